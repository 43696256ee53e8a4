// The head of a session: name, state, date, figures.
import { byId, make } from "./dom.js";
import { durationOf, grade, isDated, statusTag } from "./statuses.js";
import { decimalsFor, deviceName, instant, lapTime, sigma, span } from "./words.js";

const figure = (name, value, unit, note, style) =>
  make(
    "div",
    {},
    make("dt", {}, name),
    make(
      "dd",
      {},
      make("b", { class: style }, value),
      unit ? [" ", make("span", { class: "unit" }, unit)] : null,
      note ? make("span", { class: "note" }, note) : null,
    ),
  );

export const showHead = (session) => {
  byId("name").textContent = session.name;
  document.title = `${session.name} \u00b7 telemparse`;
  const parts = [
    statusTag(session.status),
    session.track ? make("span", {}, session.track) : null,
    deviceName(session.device).name || null,
    `${instant(session.start_time_utc)} UTC${isDated(session) ? "" : ", handed in"}`,
    isDated(session) ? span(durationOf(session)) : null,
    session.parser_id ? `read by ${session.parser_id}` : null,
  ];
  byId("meta").replaceChildren(...parts.filter(Boolean).map((part) => make("span", {}, part)));
};

export const showFigures = (session, laps, track) => {
  const items = laps?.items ?? [],
    best = items.find((lap) => lap.is_best),
    valid = items.filter((lap) => lap.validity === "VALID").length;
  const top = (track?.speed_mps ?? []).reduce(
    (most, value) => (value !== null && value > most ? value : most),
    -1,
  );
  const place = byId("figures");
  place.replaceChildren(
    ...[
      best
        ? figure(
            "Best lap",
            lapTime(best.duration_s, decimalsFor(best.duration_std_s)),
            "",
            `${sigma(best.duration_std_s) ? `\u00b1 ${sigma(best.duration_std_s)} s, ` : ""}lap ${best.lap_number}`,
          )
        : null,
      items.length ? figure("Laps", `${valid}`, "valid", `of ${items.length}`) : null,
      top >= 0 ? figure("Top speed", (top * 3.6).toFixed(0), "km/h", "") : null,
      figure(
        "Duration",
        isDated(session) ? span(durationOf(session)).replace(/ .*/, "") : "\u2013",
        isDated(session) ? span(durationOf(session)).replace(/^\S* /, "") : "",
        "",
      ),
      figure(
        "Quality",
        session.quality === null || session.quality === undefined ? "\u2013" : session.quality.toFixed(0),
        session.quality === null ? "" : "of 100",
        session.quality_label ?? "",
        session.quality === null || session.quality === undefined ? null : grade(session.quality),
      ),
    ].filter(Boolean),
  );
  place.hidden = false;
};
