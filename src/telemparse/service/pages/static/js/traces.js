// Traces over time: speed and chosen channels, one window, one cursor, never more points than pixels show.
import { get, query } from "./api.js";
import { Chart } from "./charts.js";
import { channelsOf, speedOf } from "./channels.js";
import { announce, byId, colour, make, showProblem } from "./dom.js";
import { TimeWindow } from "./time-window.js";
import { clock, number } from "./words.js";

const MOST_CHARTS = 6;
const COLOURS = ["second", "third", "fourth", "best", "fair", "good"];
const WAIT_MS = 90;

export class Traces {
  constructor(place, session, cursor) {
    Object.assign(this, { session, cursor, laps: [], charts: [], asked: 0 });
    this.output = make("output", { class: "read-out", "aria-live": "polite", for: "channel" });
    this.problem = make("p", { class: "notice", role: "alert", hidden: true });
    this.box = make("div", {
      class: "charts",
      tabindex: "0",
      role: "group",
      "aria-label":
        "Traces over time. Arrow keys move the cursor, with Shift the window; plus and minus zoom, 0 shows all.",
    });
    const button = (words, name, call) =>
      make("button", { type: "button", "aria-label": name, title: name, onclick: call }, words);
    this.bar = make(
      "div",
      { class: "trace-bar" },
      this.output,
      make(
        "div",
        { class: "buttons small" },
        button("+", "Zoom in", () => this.window?.zoom(1.6, this.cursor.t ?? undefined)),
        button("\u2212", "Zoom out", () => this.window?.zoom(1 / 1.6)),
        button("\u2190", "Earlier", () => this.window?.pan(-0.4)),
        button("\u2192", "Later", () => this.window?.pan(0.4)),
        button("All", "Show the whole recording", () => this.window?.whole()),
      ),
    );
    place.replaceChildren(this.bar, this.problem, this.box);
    this.box.addEventListener("keydown", (event) => {
      if (event.target === this.box && !event.ctrlKey && !event.metaKey && this.key(event))
        event.preventDefault();
    });
    cursor.hear((t, from) => this.follow(t, from));
    byId("channel").addEventListener("change", (event) => {
      this.add(event.target.value);
      event.target.value = "";
    });
  }
  show(streams, laps) {
    this.laps = laps.items ?? [];
    const groups = channelsOf(streams),
      speed = speedOf(groups);
    this.all = new Map(groups.flatMap((group) => group.channels.map((channel) => [channel.id, channel])));
    byId("channel").replaceChildren(
      make("option", { value: "" }, "\u2026"),
      ...groups.map((group) =>
        make(
          "optgroup",
          { label: group.group },
          group.channels
            .filter((channel) => channel !== speed)
            .map((channel) =>
              make(
                "option",
                { value: channel.id },
                channel.unit ? `${channel.name}, ${channel.unit}` : channel.name,
              ),
            ),
        ),
      ),
    );
    byId("channel").value = "";
    const kept = this.charts.map(({ channel }) => channel.id).filter((id) => this.all.has(id));
    for (const { chart } of this.charts) chart.drop();
    this.charts = [];
    if (!speed) return false;
    // Only streams of one clock share an axis.
    const timed = groups.filter((group) => group.time_base === speed.base);
    const first = Math.min(...timed.map((group) => group.t_first_s)),
      last = Math.max(...timed.map((group) => group.t_last_s));
    const { min, max } = this.window ?? {};
    this.window = new TimeWindow(first, last, () => this.moved());
    if (min !== undefined)
      Object.assign(this.window, { min: Math.max(min, first), max: Math.min(max, last) });
    if (!(this.window.max > this.window.min)) Object.assign(this.window, { min: first, max: last });
    this.base = speed.base;
    for (const id of kept.length ? kept : [speed.id]) this.put(this.all.get(id));
    this.fetch();
    return true;
  }
  put(channel) {
    const tone = COLOURS[this.charts.length % COLOURS.length];
    const title = channel.unit ? `${channel.name}, ${channel.unit}` : channel.name;
    const chart = new Chart(this.box, {
      title,
      height: 130,
      lines: [{ colour: tone }],
      x: { words: clock },
      onCursor: (t) => this.cursor.set(t, this),
      onZoom: (min, max) => this.window.set(min, max),
      onReset: () => this.window.whole(),
      onDraw: (plot) => this.rule(plot, chart),
      onWider: () => this.moved(),
    });
    chart.node.dataset.channel = channel.id;
    const entry = { channel, chart, title };
    if (this.charts.length)
      chart.heading.append(
        " ",
        make(
          "button",
          {
            type: "button",
            class: "quiet tiny",
            "aria-label": `Remove ${title}`,
            onclick: () => this.drop(entry),
          },
          "\u2715",
        ),
      );
    chart.range(this.window.min, this.window.max);
    this.charts.push(entry);
    this.settle();
  }
  // The first chart has the room that others leave.
  settle() {
    this.charts.forEach(({ chart }, i) => chart.tall(i ? 120 : ([0, 330, 210][this.charts.length] ?? 190)));
  }
  add(id) {
    const channel = this.all?.get(id);
    if (!channel || this.charts.some((each) => each.channel.id === id)) return;
    showProblem(this.problem, null);
    if (channel.base !== this.base) {
      showProblem(this.problem, {
        code: "OTHER_CLOCK",
        message:
          "This stream is stamped by another clock than the receiver, so it has no place on this axis.",
      });
      return;
    }
    if (this.charts.length >= MOST_CHARTS) this.drop(this.charts[1]);
    this.put(channel);
    announce(`${channel.name} added`);
    this.fetch();
  }
  drop(entry) {
    entry.chart.drop();
    this.charts = this.charts.filter((each) => each !== entry);
    this.settle();
    this.read();
  }
  // Lap boundaries behind the traces, with numbers where there is room.
  rule(plot, chart) {
    const { ctx, bbox } = plot,
      { min, max } = plot.scales.x;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    let free = -Infinity;
    for (const lap of this.laps) {
      if (lap.t_start_s === null || lap.t_end_s === null || lap.t_end_s < min || lap.t_start_s > max)
        continue;
      const from = plot.valToPos(lap.t_start_s, "x", true),
        to = plot.valToPos(lap.t_end_s, "x", true);
      const left = Math.max(from, bbox.left),
        right = Math.min(to, bbox.left + bbox.width);
      if (lap.lap_number % 2) {
        ctx.fillStyle = colour("wash");
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
      }
      const words = this.charts[0]?.chart === chart ? String(lap.lap_number) : "";
      if (words && right - left > 20 * devicePixelRatio && left >= free) {
        ctx.fillStyle = colour(lap.is_best ? "best" : "soft");
        ctx.fillText(words, left + 4 * devicePixelRatio, bbox.top + 2 * devicePixelRatio);
        free = left + 22 * devicePixelRatio;
      }
    }
    ctx.restore();
  }
  moved() {
    for (const { chart } of this.charts) chart.range(this.window.min, this.window.max);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), WAIT_MS);
  }
  async fetch() {
    if (!this.charts.length) return;
    this.abort?.abort();
    this.abort = new AbortController();
    const { signal } = this.abort,
      { min, max, isWhole } = this.window,
      asked = ++this.asked;
    const points = Math.min(Math.max(this.charts[0].chart.columns * 2, 16), 10000);
    const ends = isWhole ? {} : { from_s: min.toFixed(6), to_s: max.toFixed(6) };
    const byStream = grouped(this.charts);
    this.box.setAttribute("aria-busy", "true");
    try {
      await Promise.all(
        [...byStream].map(async ([stream, entries]) => {
          const columns = [...new Set(entries.map((entry) => entry.channel.column))].join(",");
          const answer = await get(
            `/sessions/${this.session}/timeseries${query({ stream, columns, ...ends, max_points: points })}`,
            { signal },
          );
          if (asked !== this.asked) return;
          for (const { channel, chart } of entries) {
            const series = answer.series.find((each) => each.name === channel.column);
            if (!series) continue;
            chart.show(
              [series.t_s, series.values.map((value) => (value === null ? null : value * channel.factor))],
              min,
              max,
            );
          }
        }),
      );
      showProblem(this.problem, null);
    } catch (error) {
      if (error.name === "AbortError") return;
      showProblem(this.problem, error);
    } finally {
      if (asked === this.asked) {
        this.box.removeAttribute("aria-busy");
        this.follow(this.cursor.t, null);
      }
    }
  }
  follow(t, from) {
    for (const { chart } of this.charts) chart.point(t);
    this.read();
  }
  read() {
    const { t } = this.cursor;
    if (t === null || !this.charts.length) {
      this.output.textContent = "";
      return;
    }
    const lap = this.laps.find((each) => each.t_start_s !== null && t >= each.t_start_s && t < each.t_end_s);
    const values = this.charts.map(
      ({ channel, chart }) =>
        `${channel.name.toLowerCase()} ${number(chart.value(1, t))}${channel.unit ? ` ${channel.unit}` : ""}`,
    );
    this.output.textContent = [clock(t, 0.1), lap ? `lap ${lap.lap_number}` : null, ...values]
      .filter(Boolean)
      .join("  \u00b7  ");
  }
  key(event) {
    const { window: shown } = this;
    if (!shown) return false;
    const wide = shown.max - shown.min,
      way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way && event.shiftKey) shown.pan(way * 0.25);
    else if (way) {
      const t = this.cursor.t === null ? (shown.min + shown.max) / 2 : this.cursor.t + (way * wide) / 200;
      const next = Math.min(Math.max(t, shown.first), shown.last);
      if (next < shown.min || next > shown.max) shown.pan(way * 0.5);
      this.cursor.set(next, this);
    } else if (event.key === "Home") this.cursor.set(shown.min, this);
    else if (event.key === "End") this.cursor.set(shown.max, this);
    else if (event.key === "+" || event.key === "=") shown.zoom(1.6, this.cursor.t ?? undefined);
    else if (event.key === "-") shown.zoom(1 / 1.6);
    else if (event.key === "0") shown.whole();
    else if (event.key === "Escape") this.cursor.set(null, this);
    else return false;
    return true;
  }
}

const grouped = (entries) => {
  const found = new Map();
  for (const entry of entries)
    found.set(entry.channel.stream, [...(found.get(entry.channel.stream) ?? []), entry]);
  return found;
};
