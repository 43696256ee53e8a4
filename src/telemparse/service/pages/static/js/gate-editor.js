// The start/finish line: pulled on the map, or its two ends moved with pointer or arrow keys.
import { announce, make } from "./dom.js";
import { length } from "./words.js";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const SHORTEST_M = 1;
const HALF_WIDTH_M = 12;
const NARROWEST_PX = 90;

export class GateEditor {
  constructor(place, map, onReprocess) {
    Object.assign(this, { place, map, onReprocess, ends: null, stored: null });
    this.handles = [0, 1].map((which) => this.handle(which));
    map.onPaint = () => this.settle();
    this.rest();
  }
  handle(which) {
    const node = make("button", {
      type: "button",
      class: "gate-end",
      "aria-label": `${which ? "Second" : "First"} end of the start/finish line. Arrow keys move it by one metre, with Shift by ten.`,
    });
    let held = false;
    node.addEventListener("pointerdown", (event) => {
      held = true;
      node.setPointerCapture(event.pointerId);
      event.stopPropagation();
    });
    node.addEventListener("pointermove", (event) => {
      if (held) this.put(which, this.map.view.metres(...this.map.place(event)));
    });
    for (const name of ["pointerup", "pointercancel"])
      node.addEventListener(name, () => {
        held = false;
      });
    node.addEventListener("keydown", (event) => {
      const way = KEYS[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? 10 : 1,
        [x, y] = this.ends[which];
      this.put(which, [x + way[0] * step, y + way[1] * step]);
      announce(`Line of ${length(this.width())}`);
    });
    return node;
  }
  width() {
    const [[ax, ay], [bx, by]] = this.ends;
    return Math.hypot(ax - bx, ay - by);
  }
  show(gate) {
    this.stored = gate;
    this.map.showGate(gate);
    this.rest();
  }
  rest(focus = false) {
    this.map.editing = false;
    this.map.onPull = null;
    this.map.box.classList.remove("editing");
    for (const handle of this.handles) handle.remove();
    const source = this.stored
      ? `Start/finish line${this.stored.name ? ` \u201c${this.stored.name}\u201d` : ""}${this.stored.source ? `, from: ${String(this.stored.source).toLowerCase().replaceAll("_", " ")}` : ""}.`
      : "No start/finish line.";
    const begin = make(
      "button",
      { type: "button", onclick: () => this.edit() },
      this.stored ? "Move the line" : "Set the line",
    );
    this.place.replaceChildren(
      make("p", { class: "note" }, source),
      make("div", { class: "buttons" }, begin),
    );
    if (focus) begin.focus();
  }
  edit() {
    const { map } = this;
    this.ends = map.gate ?? this.proposal();
    map.gate = this.ends;
    map.editing = true;
    map.box.classList.add("editing");
    map.onPull = (from) => {
      let first = true;
      return (to) => {
        if (first) {
          first = false;
          this.ends = [from, to];
        }
        this.put(1, to);
      };
    };
    map.box.append(...this.handles);
    this.go = make(
      "button",
      { type: "button", class: "main", onclick: () => this.send() },
      "Reprocess with this line",
    );
    this.words = make("p", { class: "note", id: "gate-words" });
    this.problem = make("p", { class: "notice", role: "alert", hidden: true });
    this.place.replaceChildren(
      this.words,
      this.problem,
      make(
        "div",
        { class: "buttons" },
        this.go,
        make("button", { type: "button", onclick: () => this.cancel() }, "Cancel"),
      ),
    );
    map.view.approach(this.ends, NARROWEST_PX);
    map.redraw();
    this.tell();
    this.handles[0].focus({ preventScroll: true });
    announce("Moving the start/finish line. Tab goes from one end to the other.");
  }
  // Across the way at the cursor, or at the fastest place.
  proposal() {
    const way = this.map.lap ?? this.map.whole,
      { points, speed } = way;
    let at = 1,
      most = -1;
    for (let i = 1; i < points.length; i += 1)
      if (way.joins(i) && (speed[i] ?? 0) > most) {
        at = i;
        most = speed[i] ?? 0;
      }
    const a = points[at - 1] ?? [0, 0],
      b = points[at] ?? [1, 0];
    const far = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1,
      across = [-(b[1] - a[1]) / far, (b[0] - a[0]) / far];
    return [-1, 1].map((side) => [
      b[0] + side * across[0] * HALF_WIDTH_M,
      b[1] + side * across[1] * HALF_WIDTH_M,
    ]);
  }
  put(which, place) {
    this.ends = this.ends.map((end, i) => (i === which ? place : end));
    this.map.gate = this.ends;
    this.map.redraw();
    this.tell();
  }
  tell() {
    const wide = this.width();
    this.words.textContent = `Pull a new line on the map, or move its ends: ${length(wide)} wide. It should cross the track and nothing else.`;
    this.go.disabled = wide < SHORTEST_M;
  }
  settle() {
    if (!this.map.editing) return;
    this.handles.forEach((handle, i) => {
      const [x, y] = this.map.view.px(this.ends[i]);
      handle.style.left = `${x}px`;
      handle.style.top = `${y}px`;
    });
  }
  cancel() {
    this.map.view.fit();
    this.map.showGate(this.stored);
    this.rest(true);
  }
  async send() {
    const [a, b] = this.ends.map(([x, y]) => this.map.plane.from(x, y));
    this.go.disabled = true;
    try {
      await this.onReprocess({ lat1_deg: a.lat, lon1_deg: a.lon, lat2_deg: b.lat, lon2_deg: b.lon });
      this.map.view.fit();
      this.rest();
      this.map.redraw();
    } catch (error) {
      this.problem.textContent = `${error.code}: ${error.message} ${error.hint}`;
      this.problem.hidden = false;
      this.go.disabled = false;
    }
  }
}
