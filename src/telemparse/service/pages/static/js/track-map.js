// The map: the way coloured by speed, moved and zoomed by wheel, drag, buttons and keys.
import { make, onScheme } from "./dom.js";
import * as paint from "./map-painting.js";
import { Plane, View } from "./view.js";
import { Way, speedRange } from "./ways.js";

const STEP_PX = 60;
const NEAR_PX = 30;
const BUTTONS = [
  ["+", "Zoom in", "+"],
  ["\u2212", "Zoom out", "-"],
  ["\u25a2", "Show the whole track", "0"],
];
const MOVES = {
  ArrowLeft: [STEP_PX, 0],
  ArrowRight: [-STEP_PX, 0],
  ArrowUp: [0, STEP_PX],
  ArrowDown: [0, -STEP_PX],
};

export class TrackMap {
  constructor(place, cursor) {
    Object.assign(this, {
      cursor,
      view: new View(),
      whole: null,
      lap: null,
      pair: [],
      corners: [],
      gate: null,
      spots: [],
      grab: null,
      editing: false,
    });
    this.canvas = make("canvas", { role: "img", "aria-label": "Track map" });
    this.buttons = make(
      "div",
      { class: "map-buttons" },
      BUTTONS.map(([words, name, key]) =>
        make(
          "button",
          { type: "button", "aria-label": name, title: `${name} (${key})`, onclick: () => this.key(key) },
          words,
        ),
      ),
    );
    this.box = make(
      "div",
      {
        class: "map-box",
        tabindex: "0",
        role: "group",
        "aria-roledescription": "map",
        "aria-label": "Track map. Arrow keys move it, plus and minus zoom, 0 shows the whole track.",
      },
      this.canvas,
    );
    this.legend = make("p", { class: "legend" });
    place.replaceChildren(make("div", { class: "map-frame" }, this.box, this.buttons), this.legend);
    new ResizeObserver(() => this.resize()).observe(this.box);
    onScheme(() => this.redraw());
    this.listen();
    cursor.hear((t) => this.follow(t));
  }
  listen() {
    const { box } = this;
    let scrolled = 0;
    addEventListener(
      "scroll",
      () => {
        scrolled = performance.now();
      },
      { passive: true },
    );
    box.addEventListener(
      "wheel",
      (event) => {
        // Whoever scrolls the page past the map does not mean the map.
        if (performance.now() - scrolled < 250 && !event.ctrlKey) return;
        event.preventDefault();
        this.view.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018)), ...this.place(event));
        this.redraw();
      },
      { passive: false },
    );
    box.addEventListener("pointerdown", (event) => {
      if (event.button || event.target.closest("button")) return;
      const [x, y] = this.place(event);
      this.grab = { x, y, moved: false, pulled: this.onPull?.(this.view.metres(x, y)) ?? null };
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"])
      box.addEventListener(name, () => {
        this.grab = null;
        box.classList.remove("held");
      });
    box.addEventListener("pointerleave", () => {
      if (!this.grab) this.cursor.set(null, this);
    });
    box.addEventListener("keydown", (event) => {
      if (event.target === box && !event.ctrlKey && !event.metaKey && this.key(event.key))
        event.preventDefault();
    });
  }
  place(event) {
    const { left, top } = this.box.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }
  move(event) {
    const [x, y] = this.place(event),
      { grab } = this;
    if (!grab) {
      this.point(x, y);
      return;
    }
    if (grab.pulled) {
      grab.pulled(this.view.metres(x, y));
      return;
    }
    this.view.pan(x - grab.x, y - grab.y);
    Object.assign(grab, { x, y });
    this.box.classList.add("held");
    this.redraw();
  }
  key(key) {
    if (MOVES[key]) this.view.pan(...MOVES[key]);
    else if (key === "+" || key === "=") this.view.zoom(1.4);
    else if (key === "-") this.view.zoom(1 / 1.4);
    else if (key === "0" || key === "Home") this.view.fit();
    else return false;
    this.redraw();
    return true;
  }
  point(x, y) {
    if (this.editing) return;
    if (this.pair.length) {
      this.pointPair(x, y);
      return;
    }
    const way = this.lap ?? this.whole;
    if (!way) return;
    const near = way.nearest(this.view.metres(x, y));
    this.cursor.set(near && near.distance * this.view.scale < NEAR_PX ? near.t : null, this);
  }
  pointPair(x, y) {
    const near = this.pair.at(-1).way.nearest(this.view.metres(x, y));
    this.onPair?.(near && near.distance * this.view.scale < NEAR_PX ? near.index : null);
  }
  follow(t) {
    const place = t === null ? null : (this.lap?.at(t) ?? this.whole?.at(t));
    this.spots = place ? [{ place, name: "accent" }] : [];
    this.redraw();
  }
  mark(places) {
    this.spots = places;
    this.redraw();
  }
  resize() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!width || !height) return;
    const dense = Math.min(devicePixelRatio || 1, 3);
    this.canvas.width = Math.round(width * dense);
    this.canvas.height = Math.round(height * dense);
    this.dense = dense;
    this.view.resize(width, height);
    if (this.view.fitted !== false) this.view.fit();
    this.paint();
  }
  show(track) {
    const { bounds } = track,
      first = track.lat_deg.findIndex((value) => value !== null);
    const anew = !this.plane;
    this.plane = this.plane ?? new Plane(track.lat_deg[first] ?? 0, track.lon_deg[first] ?? 0);
    this.whole = new Way(this.plane, track);
    this.view.extent = this.whole.extent ?? this.view.extent;
    this.bounds = bounds;
    if (anew) {
      this.view.fit();
      this.resize();
    }
    this.redraw();
  }
  showLap(track, name) {
    this.lap = track ? new Way(this.plane, track) : null;
    this.colours(name);
  }
  colours(name) {
    const way = this.lap ?? this.whole;
    this.range = speedRange(way.speed);
    this.name = name;
    this.tell();
    this.redraw();
  }
  tell() {
    const { name } = this,
      [low, high] = this.range ?? [null, null];
    if (this.pair.length) {
      this.legend.replaceChildren(
        ...this.pair
          .toReversed()
          .map(({ words }, i) =>
            make("span", {}, make("i", { class: `key k${i}`, "aria-hidden": "true" }), words),
          ),
      );
      this.canvas.setAttribute(
        "aria-label",
        `Track map, ways of ${this.pair.map(({ words }) => words.toLowerCase()).join(" and ")}`,
      );
      return;
    }
    this.legend.replaceChildren(
      ...(this.range
        ? [
            make("span", {}, `${name}, km/h`),
            make("span", {}, `${low}`),
            this.ramp(),
            make("span", {}, `${high}`),
          ]
        : []),
    );
    this.canvas.setAttribute(
      "aria-label",
      this.range ? `Track map, ${name} coloured by speed from ${low} to ${high} km/h` : "Track map",
    );
  }
  ramp() {
    return make(
      "span",
      { class: "ramp", "aria-hidden": "true" },
      Array.from({ length: 10 }, (_, i) => make("i", { class: `v${i}` })),
    );
  }
  // Two laps, with the places of corners.
  showPair(pair, corners) {
    this.pair = pair.map(({ name, dash, words, ...track }) => ({
      name,
      dash,
      words,
      way: new Way(this.plane, track),
    }));
    this.tell();
    this.corners = corners.map(({ words, lat, lon }) => ({ words, place: this.plane.to(lat, lon) }));
    this.redraw();
  }
  showGate(gate) {
    this.gate = gate
      ? [this.plane.to(gate.lat1_deg, gate.lon1_deg), this.plane.to(gate.lat2_deg, gate.lon2_deg)]
      : null;
    this.redraw();
  }
  redraw() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.paint();
    });
  }
  paint() {
    const { view, whole, lap, pair } = this,
      pen = this.canvas.getContext("2d");
    if (!whole || !this.dense) return;
    pen.setTransform(this.dense, 0, 0, this.dense, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    pen.lineCap = pen.lineJoin = "round";
    if (lap || pair.length || !this.range) paint.line(pen, view, whole, "faint", 1.2);
    if (pair.length) for (const { way, name, dash } of pair) paint.line(pen, view, way, name, 2.2, dash);
    else if (this.range) paint.coloured(pen, view, lap ?? whole, this.range, lap ? 4.6 : 2.6);
    if (this.gate) paint.gateLine(pen, view, this.gate, "S/F");
    for (const { place, words } of this.corners) paint.disc(pen, view, place, words);
    for (const { place, name } of this.spots) paint.spot(pen, view, place, name);
    paint.furniture(pen, view);
    this.onPaint?.();
  }
}
