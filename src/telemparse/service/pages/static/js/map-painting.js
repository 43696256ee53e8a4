// Strokes of the map on its canvas.
import { colour } from "./dom.js";
import { STEPS, stepOf } from "./ways.js";

const FONT = '600 12px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';

const trace = (pen, way, px) => {
  pen.beginPath();
  way.points.forEach((point, i) => {
    if (!point) return;
    if (way.joins(i)) pen.lineTo(...px[i]);
    else pen.moveTo(...px[i]);
  });
};

export const line = (pen, view, way, name, width, dash = []) => {
  pen.strokeStyle = colour(name);
  pen.lineWidth = width;
  pen.setLineDash(dash);
  trace(
    pen,
    way,
    way.points.map((point) => point && view.px(point)),
  );
  pen.stroke();
  pen.setLineDash([]);
};

export const coloured = (pen, view, way, range, width) => {
  const px = way.points.map((point) => point && view.px(point));
  for (const [name, extra] of [
    ["wash", 4.5],
    ["edge", 1.6],
  ]) {
    pen.strokeStyle = colour(name);
    pen.lineWidth = width + extra;
    trace(pen, way, px);
    pen.stroke();
  }
  const steps = way.points.map((_, i) => {
    if (!way.joins(i)) return -1;
    const a = way.speed[i - 1],
      b = way.speed[i];
    return a === null || b === null || a === undefined ? -1 : stepOf((a + b) / 2, range);
  });
  pen.lineWidth = width;
  for (let step = 0; step < STEPS; step += 1) {
    pen.strokeStyle = colour(`v${step}`);
    pen.beginPath();
    steps.forEach((each, i) => {
      if (each !== step) return;
      if (steps[i - 1] !== step) pen.moveTo(...px[i - 1]);
      pen.lineTo(...px[i]);
    });
    pen.stroke();
  }
};

export const gateLine = (pen, view, ends, words) => {
  const [a, b] = ends.map((end) => view.px(end));
  for (const [name, width] of [
    ["wash", 7],
    ["ink", 3.5],
  ]) {
    pen.strokeStyle = colour(name);
    pen.lineWidth = width;
    pen.lineCap = "butt";
    pen.beginPath();
    pen.moveTo(...a);
    pen.lineTo(...b);
    pen.stroke();
  }
  pen.lineCap = "round";
  if (words) label(pen, words, b[0] + (b[0] >= a[0] ? 14 : -14), b[1] + (b[1] >= a[1] ? 12 : -10));
};

export const label = (pen, words, x, y, name = "ink") => {
  pen.font = FONT;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.strokeStyle = colour("wash");
  pen.lineWidth = 3.5;
  pen.strokeText(words, x, y);
  pen.fillStyle = colour(name);
  pen.fillText(words, x, y);
};

export const disc = (pen, view, point, words) => {
  const [x, y] = view.px(point);
  pen.beginPath();
  pen.arc(x, y, 9.5, 0, 2 * Math.PI);
  pen.fillStyle = colour("card");
  pen.fill();
  pen.strokeStyle = colour("soft");
  pen.lineWidth = 1;
  pen.stroke();
  pen.font = FONT;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = colour("ink");
  pen.fillText(words, x, y + 0.5);
};

export const spot = (pen, view, point, name) => {
  const [x, y] = view.px(point);
  pen.beginPath();
  pen.arc(x, y, 6.5, 0, 2 * Math.PI);
  pen.fillStyle = colour("card");
  pen.fill();
  pen.strokeStyle = colour(name);
  pen.lineWidth = 3;
  pen.stroke();
};

export const furniture = (pen, view) => {
  const { px, words } = view.ruler(),
    x = 16,
    y = view.height - 16;
  pen.strokeStyle = colour("soft");
  pen.lineWidth = 1.4;
  pen.beginPath();
  pen.moveTo(x, y - 5);
  pen.lineTo(x, y);
  pen.lineTo(x + px, y);
  pen.lineTo(x + px, y - 5);
  pen.stroke();
  label(pen, words, x + px / 2, y - 12, "soft");
  const nx = view.width - 22;
  pen.fillStyle = colour("soft");
  pen.beginPath();
  pen.moveTo(nx, 14);
  pen.lineTo(nx + 6, 31);
  pen.lineTo(nx, 27);
  pen.lineTo(nx - 6, 31);
  pen.fill();
  label(pen, "N", nx, 42, "soft");
};
