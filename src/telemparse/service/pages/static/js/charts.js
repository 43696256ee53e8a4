// One chart: uPlot with the colours of the page, a cursor and a window that are ruled from outside.
import { colour, make, onScheme } from "./dom.js";

const { uPlot } = window;
const FONT = '12px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';

export class Chart {
  // `lines`: [{name, colour, dash, width}]; `x.words(value, step)` and `y.words(value)` tell the axes.
  constructor(place, { title, height, lines, x, onCursor, onZoom, onReset, onDraw, onWider, zero = false }) {
    this.place = place;
    this.node = make("div", { class: "chart" });
    this.heading = make("p", { class: "chart-name" }, title);
    place.append(this.heading, this.node);
    this.quiet = false;
    this.height = height;
    const grid = { stroke: () => colour("rule"), width: 1 };
    const axis = { stroke: () => colour("soft"), font: FONT, grid, ticks: { show: false } };
    this.plot = new uPlot(
      {
        width: Math.max(this.node.clientWidth, 100),
        height,
        legend: { show: false },
        padding: [6, 18, 0, 0],
        cursor: {
          y: false,
          drag: { x: true, y: false, setScale: false },
          points: { size: 7 },
          bind: {
            dblclick: () => () => {
              onReset();
              return null;
            },
          },
        },
        scales: {
          x: { time: false, auto: false, range: (_plot, min, max) => [min, max] },
          y: {
            range: (_plot, min, max) =>
              min === null
                ? [0, 1]
                : uPlot.rangeNum(...(zero ? [Math.min(min, 0), Math.max(max, 0)] : [min, max]), 0.08, true),
          },
        },
        series: [
          {},
          ...lines.map((line) => ({
            stroke: () => colour(line.colour),
            width: line.width ?? 1.5,
            dash: line.dash,
            points: { show: false },
            spanGaps: false,
          })),
        ],
        axes: [
          {
            ...axis,
            size: 26,
            gap: 4,
            space: 70,
            values: (_plot, splits, _axis, _space, step) => splits.map((value) => x.words(value, step)),
          },
          { ...axis, size: 46, gap: 4, space: 28 },
        ],
        hooks: {
          setCursor: [
            (plot) => {
              if (!this.quiet) onCursor(plot.cursor.left >= 0 ? plot.posToVal(plot.cursor.left, "x") : null);
            },
          ],
          setSelect: [
            (plot) => {
              const { left, width } = plot.select;
              if (width > 3) onZoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
              plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            },
          ],
          drawClear: [(plot) => onDraw?.(plot)],
          draw: [
            (plot) => {
              if (!zero) return;
              const { ctx, bbox } = plot,
                y = Math.round(plot.valToPos(0, "y", true)) + 0.5;
              ctx.save();
              ctx.strokeStyle = colour("soft");
              ctx.lineWidth = 1;
              ctx.beginPath();
              ctx.moveTo(bbox.left, y);
              ctx.lineTo(bbox.left + bbox.width, y);
              ctx.stroke();
              ctx.restore();
            },
          ],
        },
      },
      [[], ...lines.map(() => [])],
      this.node,
    );
    this.plot.over.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        const at = this.plot.posToVal(event.offsetX, "x"),
          { min, max } = this.plot.scales.x,
          factor = Math.exp(event.deltaY * 0.004);
        onZoom(at - (at - min) * factor, at + (max - at) * factor);
      },
      { passive: false },
    );
    onScheme(() => this.plot.redraw(false, true));
    this.watch = new ResizeObserver(() => {
      const width = this.node.clientWidth;
      const wider = width > this.plot.width * 1.2;
      if (width > 50 && width !== this.plot.width) this.plot.setSize({ width, height: this.height });
      if (wider) onWider?.();
    });
    this.watch.observe(this.node);
  }
  // Pixels of the drawing itself.
  get columns() {
    return Math.max(this.plot.width - 64, 50);
  }
  tall(height) {
    if (height !== this.height) {
      this.height = height;
      this.plot.setSize({ width: this.plot.width, height });
    }
  }
  show(data, min, max) {
    this.quiet = true;
    this.plot.batch(() => {
      this.plot.setData(data, false);
      this.range(min, max);
    });
    this.quiet = false;
  }
  range(min, max) {
    this.quiet = true;
    this.plot.setScale("x", { min, max });
    this.quiet = false;
  }
  // Puts the cursor without telling anybody.
  point(x) {
    const left =
      x === null || x < this.plot.scales.x.min || x > this.plot.scales.x.max
        ? -10
        : this.plot.valToPos(x, "x");
    this.quiet = true;
    this.plot.setCursor({ left, top: left < 0 ? -10 : 10 }, false);
    this.quiet = false;
  }
  // The value of a line at a place, between its points; null in a gap.
  value(line, at) {
    const xs = this.plot.data[0],
      ys = this.plot.data[line];
    if (!xs.length || at < xs[0] || at > xs[xs.length - 1]) return null;
    let low = 0,
      high = xs.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] <= at) low = middle;
      else high = middle;
    }
    const a = ys[low],
      b = ys[high];
    if (a === null || b === null || a === undefined || b === undefined)
      return at - xs[low] < xs[high] - at ? (a ?? null) : (b ?? null);
    return xs[high] === xs[low] ? a : a + ((at - xs[low]) / (xs[high] - xs[low])) * (b - a);
  }
  drop() {
    this.watch.disconnect();
    this.plot.destroy();
    this.heading.remove();
    this.node.remove();
  }
}
