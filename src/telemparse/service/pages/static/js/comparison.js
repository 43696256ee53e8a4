// Two laps against each other over the same way: speeds, time behind, corners, and both ways on the map.
import { get, query } from "./api.js";
import { Chart } from "./charts.js";
import { announce, codeWords, colour, make } from "./dom.js";
import { cornerTable, sectorTable } from "./corner-table.js";
import { length, number, signed } from "./words.js";

const VERDICTS = {
  faster: "faster",
  slower: "slower",
  "not distinguishable": "they cannot be told apart: the difference is within two of its standard deviations",
  unknown: "nobody knows how uncertain one of the times is",
};
const STYLES = [
  { colour: "ink", width: 2 },
  { colour: "second", width: 1.8, dash: [7, 3] },
];

export class Comparison {
  constructor(place, session, map, onClose) {
    Object.assign(this, { place, session, map, onClose, charts: [], at: null });
    map.onPair = (index) => this.follow(index === null ? null : (this.s?.[index] ?? null), false);
  }
  async show(pair) {
    this.close();
    if (!pair) return;
    this.abort = new AbortController();
    this.place.hidden = false;
    this.place.parentElement.classList.add("paired");
    const close = make("button", { type: "button", class: "quiet", onclick: () => this.onClose() }, "Close");
    const heading = make("h2", { id: "comparison-heading" }, `Lap ${pair[0]} and lap ${pair[1]}`);
    const head = make("div", { class: "section-head" }, heading, close);
    this.place.replaceChildren(head, make("p", { class: "note" }, "Comparing\u2026"));
    try {
      const found = await get(`/sessions/${this.session}/comparison${query({ laps: pair.join(",") })}`, {
        signal: this.abort.signal,
      });
      this.fill(found, head, heading);
    } catch (error) {
      if (error.name !== "AbortError")
        this.place.replaceChildren(head, make("p", { class: "notice", role: "alert" }, codeWords(error)));
    }
  }
  fill(found, head, heading) {
    const [reference, other] = this.order(found),
      { s_m: s, traces, corners = [] } = found;
    Object.assign(this, { s, reference, other, traces, corners });
    heading.textContent = `Lap ${other} against lap ${reference}`;
    const difference = found.difference ?? {};
    const verdict = make(
      "p",
      { class: "verdict" },
      make("b", {}, this.gap(difference)),
      " ",
      VERDICTS[difference.verdict] ?? difference.verdict ?? "",
    );
    const keys = make(
      "ul",
      { class: "keys" },
      [reference, other].map((lap, i) =>
        make("li", {}, make("i", { class: `key k${i}`, "aria-hidden": "true" }), `Lap ${lap}`),
      ),
    );
    this.output = make("output", { class: "read-out", "aria-live": "polite" });
    this.box = make("div", {
      class: "charts",
      tabindex: "0",
      role: "group",
      "aria-label": "Both laps over the way. The left and right arrow keys move the cursor.",
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    const warnings = (found.warnings ?? []).map((warning) =>
      make("p", { class: "caution" }, codeWords({ hint: "", ...warning })),
    );
    this.place.replaceChildren(
      head,
      verdict,
      ...warnings,
      keys,
      this.output,
      this.box,
      make(
        "div",
        { class: "tables" },
        cornerTable(corners, reference, other),
        sectorTable(found.sectors ?? [], reference, other),
      ),
    );
    this.draw(
      "Speed, km/h",
      190,
      STYLES,
      [reference, other].map((lap) =>
        traces[lap].speed_mps.map((speed) => (speed === null ? null : speed * 3.6)),
      ),
    );
    this.draw(
      `Time behind lap ${reference}, s`,
      130,
      [{ colour: "second", width: 1.8 }],
      [traces[other].delta_s],
      true,
    );
    this.onMap();
    const { top } = this.place.getBoundingClientRect();
    if (top > innerHeight * 0.8)
      this.place.scrollIntoView({
        block: "start",
        behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
      });
    announce(verdict.textContent);
  }
  // Traces come by the laps' numbers; the other lap is drawn against the reference.
  order({ reference, laps, traces }) {
    const numbers = Object.keys(traces).map(Number);
    const first = reference ?? laps?.[0] ?? numbers[0];
    return [first, numbers.find((lap) => lap !== first)];
  }
  gap({ seconds, std_s: std }) {
    if (seconds === null || seconds === undefined) return "";
    return `${signed(seconds, 3)} s${std ? ` \u00b1 ${number(std)} s` : ""}`;
  }
  draw(title, height, lines, values, zero = false) {
    const chart = new Chart(this.box, {
      title,
      height,
      lines,
      zero,
      x: { words: (value) => length(value) },
      onCursor: (s) => this.follow(s, true),
      onZoom: (min, max) => this.range(min, max),
      onReset: () => this.range(this.s[0], this.s.at(-1)),
      onDraw: (plot) => this.shade(plot),
    });
    this.charts.push(chart);
    chart.show([this.s, ...values], this.s[0], this.s.at(-1));
  }
  range(min, max) {
    const first = Math.max(min, this.s[0]),
      last = Math.min(max, this.s.at(-1));
    if (last - first > 1) for (const chart of this.charts) chart.range(first, last);
  }
  shade(plot) {
    const { ctx, bbox } = plot,
      { min, max } = plot.scales.x;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const corner of this.corners) {
      if (corner.s_end_m < min || corner.s_start_m > max) continue;
      const from = Math.max(plot.valToPos(corner.s_start_m, "x", true), bbox.left),
        to = Math.min(plot.valToPos(corner.s_end_m, "x", true), bbox.left + bbox.width);
      ctx.fillStyle = colour("wash");
      ctx.fillRect(from, bbox.top, to - from, bbox.height);
      ctx.fillStyle = colour("soft");
      if (plot === this.charts[0]?.plot || !this.charts.length)
        ctx.fillText(corner.number, (from + to) / 2, bbox.top + 2);
    }
    ctx.restore();
  }
  index(s) {
    let low = 0,
      high = this.s.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.s[middle] <= s) low = middle;
      else high = middle;
    }
    return s - this.s[low] <= this.s[high] - s ? low : high;
  }
  spotOf(lap, i) {
    const { lat_deg: lat, lon_deg: lon } = this.traces[lap];
    return lat && lat[i] !== null ? this.map.plane.to(lat[i], lon[i]) : null;
  }
  follow(s) {
    this.at = s;
    for (const chart of this.charts) chart.point(s);
    if (s === null) {
      this.output.textContent = "";
      this.map.mark([]);
      return;
    }
    const i = this.index(s),
      speeds = [this.reference, this.other].map(
        (lap) => `lap ${lap}: ${((this.traces[lap].speed_mps[i] ?? NaN) * 3.6).toFixed(1)} km/h`,
      );
    const behind = this.traces[this.other].delta_s[i];
    this.output.textContent = [length(s), ...speeds, behind === null ? null : `${signed(behind, 2)} s`]
      .filter(Boolean)
      .join("  \u00b7  ");
    this.map.mark(
      [
        [this.other, "second"],
        [this.reference, "ink"],
      ]
        .map(([lap, name]) => ({ place: this.spotOf(lap, i), name }))
        .filter(({ place }) => place),
    );
  }
  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.target !== this.box) return;
    event.preventDefault();
    const { min, max } = this.charts[0].plot.scales.x;
    this.follow(Math.min(Math.max((this.at ?? (min + max) / 2) + (step * (max - min)) / 200, min), max));
  }
  onMap() {
    const ways = [
      [this.other, STYLES[1]],
      [this.reference, STYLES[0]],
    ]
      .filter(([lap]) => this.traces[lap].lat_deg)
      .map(([lap, style]) => ({
        name: style.colour,
        dash: style.dash,
        words: `Lap ${lap}`,
        lat_deg: this.traces[lap].lat_deg,
        lon_deg: this.traces[lap].lon_deg,
        speed_mps: this.traces[lap].speed_mps,
      }));
    const marks = this.corners
      .map((corner) => {
        const i = this.index(corner.apex_s_m ?? corner.s_start_m),
          { lat_deg: lat, lon_deg: lon } = this.traces[this.reference];
        return { words: String(corner.number), lat: lat?.[i], lon: lon?.[i] };
      })
      .filter(({ lat }) => lat !== null && lat !== undefined);
    this.map.showPair(ways, marks);
  }
  close() {
    this.abort?.abort();
    for (const chart of this.charts) chart.drop();
    this.charts = [];
    this.s = null;
    this.place.hidden = true;
    this.place.parentElement.classList.remove("paired");
    this.place.replaceChildren();
    if (this.map.plane) this.map.showPair([], []);
    this.map.mark([]);
  }
}
