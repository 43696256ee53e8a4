// The table of laps: times with their doubt, what counts, why not, and two to compare.
import { make } from "./dom.js";
import { DASH, decimalsFor, label, lapTime, length, plural, sigma, signed } from "./words.js";

const COLUMNS = [
  ["Compare", "pick"],
  ["Lap", "number"],
  ["Time", "number"],
  ["\u00b1 \u03c3, s", "number"],
  ["Behind, s", "number"],
  ["Way", "number"],
  ["Counts", ""],
  ["Why", "why"],
];
const WORDS = { OUTLAP: "out lap", INLAP: "in lap", VALID: "valid", INVALID: "not valid" };

export class LapTable {
  constructor(place, { onPair, onLap }) {
    Object.assign(this, { place, onPair, onLap, picked: [] });
  }
  show({ items, best_lap: best }) {
    this.items = items;
    const shortest = items.find((lap) => lap.lap_number === best) ?? null;
    const stints = new Set(items.map((lap) => lap.stint_index)).size;
    const rows = [];
    let stint = null;
    for (const lap of items) {
      if (stints > 1 && lap.stint_index !== stint) {
        stint = lap.stint_index;
        rows.push(
          make(
            "tr",
            { class: "stint" },
            make("th", { scope: "rowgroup", colspan: COLUMNS.length }, `Stint ${stint + 1}`),
          ),
        );
      }
      rows.push(this.row(lap, shortest));
    }
    const caption = make(
      "caption",
      { class: "only-heard" },
      "Laps with their times; choose two to compare them",
    );
    const head = make(
      "thead",
      {},
      make(
        "tr",
        {},
        COLUMNS.map(([words, style]) => make("th", { scope: "col", class: style || null }, words)),
      ),
    );
    this.place.replaceChildren(
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of laps" },
        make("table", { class: "laps" }, caption, head, make("tbody", {}, rows)),
      ),
    );
    this.picked = this.picked.filter((number) =>
      items.some((lap) => lap.lap_number === number && lap.t_start_s !== null),
    );
    this.mark();
    if (this.picked.length === 2) this.onPair(this.picked);
  }
  row(lap, best) {
    const name = lap.lap_number,
      timed = lap.t_start_s !== null && lap.t_end_s !== null;
    const box = make("input", {
      type: "checkbox",
      "data-lap": name,
      "aria-label": `Compare lap ${name}`,
      disabled: !timed,
      onchange: (event) => this.pick(name, event.target.checked),
    });
    const behind =
      !best || lap.validity !== "VALID"
        ? DASH
        : lap === best
          ? make("span", { class: "tag best-tag" }, "best")
          : this.behind(lap, best);
    return make(
      "tr",
      { class: lap === best ? "best" : lap.validity === "VALID" ? null : "not-valid", "data-lap": name },
      make("td", { class: "pick" }, box),
      make(
        "th",
        { scope: "row", class: "number" },
        timed
          ? make(
              "button",
              {
                type: "button",
                class: "link",
                title: "Show in map and traces",
                "aria-label": `Lap ${name}: show in map and traces`,
                onclick: () => this.onLap(lap),
              },
              name,
            )
          : name,
      ),
      make("td", { class: "number time" }, lapTime(lap.duration_s, decimalsFor(lap.duration_std_s))),
      make("td", { class: "number sigma" }, sigma(lap.duration_std_s) || DASH),
      make("td", { class: "number" }, behind),
      make("td", { class: "number" }, length(lap.distance_m)),
      make(
        "td",
        { class: "counts" },
        make(
          "span",
          { class: `tag ${lap.validity === "VALID" ? "ok" : "off"}` },
          WORDS[lap.validity] ?? lap.validity.toLowerCase(),
        ),
        lap.validity === "VALID" && lap.confidence
          ? make("span", { class: "sure" }, ` ${lap.confidence.toLowerCase()} confidence`)
          : null,
      ),
      make(
        "td",
        { class: "why" },
        lap.reasons
          .map((code) => make("code", { title: label(code) }, code))
          .flatMap((code, i) => (i ? [" ", code] : [code])),
      ),
    );
  }
  // Two laps within their doubt cannot be told apart.
  behind(lap, best) {
    const off = lap.duration_s - best.duration_s,
      doubt = Math.hypot(lap.duration_std_s ?? 0, best.duration_std_s ?? 0);
    return `${doubt && off < 2 * doubt ? "\u2248 " : ""}${signed(off, decimalsFor(lap.duration_std_s))}`;
  }
  pick(number, on) {
    this.picked = this.picked.filter((each) => each !== number);
    if (on) this.picked = [...this.picked, number].slice(-2);
    this.mark();
    this.onPair(this.picked.length === 2 ? this.picked : null);
  }
  clear() {
    this.picked = [];
    this.mark();
    this.onPair(null);
  }
  mark() {
    for (const box of this.place.querySelectorAll("input[data-lap]")) {
      box.checked = this.picked.includes(Number(box.dataset.lap));
      box.closest("tr").classList.toggle("picked", box.checked);
    }
  }
}

export const lapsNote = ({ items, method }) => {
  const valid = items.filter((lap) => lap.validity === "VALID").length;
  return `${plural(valid, "valid lap")} of ${items.length}${method === "device" ? ", timed by the device" : ""}. Choose two to compare them.`;
};
