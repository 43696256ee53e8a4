// Rows of the list of sessions.
import { make } from "./dom.js";
import { durationOf, grade, isDated, statusTag } from "./statuses.js";
import { DASH, deviceName, instant, lapTime, span } from "./words.js";

const dateCell = (session) => {
  const time = make("time", { datetime: session.start_time_utc }, instant(session.start_time_utc));
  return make(
    "td",
    { class: "when" },
    time,
    isDated(session) ? null : make("span", { class: "note" }, " handed in"),
  );
};

const qualityCell = ({ quality, quality_label: word }) => {
  if (quality === null || quality === undefined) return make("td", { class: "number" }, DASH);
  return make(
    "td",
    { class: "number" },
    make("b", { class: grade(quality), title: word ?? "" }, quality.toFixed(0)),
  );
};

export const rowOf = (session) =>
  make(
    "tr",
    { "data-session": session.id },
    make("th", { scope: "row" }, make("a", { href: `/sessions/${session.id}` }, session.name)),
    make(
      "td",
      {},
      statusTag(session.status),
      session.failure ? [" ", make("code", {}, session.failure.code)] : null,
    ),
    dateCell(session),
    make("td", { class: "number" }, span(durationOf(session))),
    make("td", {}, deviceName(session.device).name || DASH),
    make("td", {}, session.track ?? DASH),
    make("td", { class: "number" }, session.laps ?? DASH),
    make("td", { class: "number time" }, lapTime(session.best_lap_s)),
    qualityCell(session),
  );
