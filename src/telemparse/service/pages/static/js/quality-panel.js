// Quality: the score, what it is made of, what can be done with the recording, and why not more.
import { draw, make } from "./dom.js";
import { grade } from "./statuses.js";
import { label } from "./words.js";

const bar = (score) =>
  draw(
    "svg",
    { class: "score-bar", width: "100%", height: "8", "aria-hidden": "true" },
    draw("rect", { class: "room", width: "100%", height: "8", rx: "4" }),
    draw("rect", { class: grade(score), width: `${Math.max(score, 1)}%`, height: "8", rx: "4" }),
  );

const scores = (name, values, absent) => {
  const rows = Object.entries(values).map(([key, score]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, label(key)),
      score === null
        ? make("td", { class: "note", colspan: "2" }, absent?.[key]?.message ?? "not judged")
        : [make("td", { class: "number" }, score.toFixed(0)), make("td", { class: "bar" }, bar(score))],
    ),
  );
  return make("table", { class: "scores" }, make("caption", {}, name), make("tbody", {}, rows));
};

const reasonRow = (reason) =>
  make(
    "tr",
    { class: reason.critical ? "critical" : null },
    make("th", { scope: "row" }, make("code", {}, reason.code)),
    make("td", {}, reason.message),
    make("td", { class: "remedy" }, reason.remedy),
    make(
      "td",
      { class: "number" },
      reason.points === undefined || reason.points === null ? "" : `\u2212${Math.round(reason.points)}`,
    ),
  );

export const showQuality = (place, document_) => {
  place.hidden = !document_ || !("signals" in document_);
  if (place.hidden) return;
  const {
    overall = null,
    label: word,
    signals = {},
    tasks = {},
    absent = {},
    reasons = [],
    features_available: can = {},
    feature_reasons: why = {},
  } = document_;
  const features = Object.entries(can).map(([name, open]) =>
    make(
      "li",
      { class: open ? "open" : "shut" },
      make("span", { class: "only-heard" }, open ? "available: " : "not available: "),
      label(name),
      why[name] ? make("span", { class: "note" }, ` ${[why[name]].flat().join(", ")}`) : null,
    ),
  );
  place.replaceChildren(
    make("h2", { id: "quality-heading" }, "Quality"),
    make(
      "div",
      { class: "quality" },
      make(
        "div",
        { class: `overall ${overall === null ? "" : grade(overall)}` },
        make("span", { class: "score" }, overall === null ? "\u2013" : overall.toFixed(0)),
        make("span", { class: "of" }, "of 100"),
        word ? make("b", {}, word) : null,
      ),
      scores("Signals", signals, absent),
      scores("What for", tasks, absent),
    ),
    make("ul", { class: "features", "aria-label": "Features" }, features),
    reasons.length
      ? make(
          "div",
          { class: "scroll", tabindex: "0", role: "region", "aria-label": "Reasons" },
          make(
            "table",
            { class: "reasons" },
            make("caption", {}, "What costs points"),
            make(
              "thead",
              {},
              make(
                "tr",
                {},
                ["Code", "What", "Remedy"].map((words) => make("th", { scope: "col" }, words)),
                make("th", { scope: "col", class: "number" }, "Points"),
              ),
            ),
            make("tbody", {}, reasons.map(reasonRow)),
          ),
        )
      : make("p", { class: "note" }, "Nothing costs points."),
  );
};
