// Where a session comes from: device, versions, findings; its files and what can be downloaded.
import { address } from "./api.js";
import { make } from "./dom.js";
import { table } from "./tables.js";
import { DASH, bytes, deviceName, instant, label, plural } from "./words.js";

const facts = (pairs) =>
  make(
    "dl",
    { class: "facts" },
    pairs
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );

const finding = (issue) =>
  make(
    "li",
    { class: issue.severity },
    make("span", { class: "severity" }, issue.severity),
    " ",
    make("code", {}, issue.code),
    " ",
    issue.message,
    issue.hint ? make("span", { class: "remedy" }, ` ${issue.hint}`) : null,
  );

const MOST_FINDINGS = 50;

export const showDevice = (place, session) => {
  place.hidden = false;
  const { name, serial } = deviceName(session.device),
    stages = session.stages ?? {};
  const parts = stages.artifact_classify?.facts?.parts ?? [];
  const clocks = Object.entries(stages.time_align?.facts?.clocks ?? {}).map(
    ([stream, clock]) =>
      `${stream} ${clock.rate_hz === null ? DASH : `${Number(clock.rate_hz.toPrecision(3))} Hz`}`,
  );
  const laps = stages.detect_laps?.facts ?? {};
  const issues = Object.values(stages).flatMap((stage) => stage.issues ?? []);
  place.replaceChildren(
    make("h2", { id: "device-heading" }, "Device and provenance"),
    facts([
      ["Device", name || "not named by the recording"],
      ["Serial", serial],
      ["Read by", session.parser_id ? `${session.parser_id} ${session.parser_version ?? ""}` : null],
      ["Because", parts.flatMap((part) => part.evidence ?? []).join("; ")],
      ["telemparse", session.telemparse_version],
      ["Schema", session.schema_version],
      ["Rates", clocks.join(", ")],
      [
        "Laps by",
        laps.method
          ? `${laps.method}${laps.gate_source ? `, line from: ${laps.gate_source.replaceAll("_", " ")}` : ""}`
          : null,
      ],
      ["Materialised", session.materialisation_status ? label(session.materialisation_status) : null],
      ["Handed in", instant(session.created_at) + " UTC"],
      ["Run", session.processing_run_id ? make("code", { class: "id" }, session.processing_run_id) : null],
    ]),
    issues.length
      ? make(
          "details",
          {},
          make("summary", {}, plural(issues.length, "finding")),
          make("ul", { class: "findings" }, issues.slice(0, MOST_FINDINGS).map(finding)),
        )
      : "",
  );
};

const artifact = (file) =>
  make(
    "tr",
    {},
    make("th", { scope: "row" }, file.name),
    make("td", { class: "number" }, bytes(file.byte_size)),
    make("td", {}, file.discarded_at ? "read, bytes discarded" : label(file.status)),
    make("td", {}, make("code", { class: "hash", title: file.sha256 }, (file.sha256 ?? "").slice(0, 12))),
  );

const download = (file) =>
  make(
    "tr",
    {},
    make(
      "th",
      { scope: "row" },
      make("a", { href: address(file.url), download: "" }, `${file.stream}.parquet`),
    ),
    make("td", {}, file.level),
    make("td", { class: "number" }, bytes(file.byte_size)),
    make(
      "td",
      {},
      make("code", { class: "hash", title: file.sha256 ?? "" }, (file.sha256 ?? "").slice(0, 12)),
    ),
  );

const frame = (caption, heads, rows) =>
  table(
    "files",
    caption,
    heads.map((words) => [words, words === "Size" ? "number" : null]),
    rows,
  );

export const showFiles = (place, session, files) => {
  place.hidden = false;
  const levels = (level) => files.filter((file) => (file.level === "L0") === level).map(download);
  place.replaceChildren(
    make("h2", { id: "files-heading" }, "Files and downloads"),
    frame("Uploaded", ["Name", "Size", "State", "SHA-256"], session.artifacts.map(artifact)),
    files.length
      ? frame("Parquet, rate of the recording", ["Stream", "Level", "Size", "SHA-256"], levels(true))
      : "",
    levels(false).length
      ? make(
          "details",
          {},
          make("summary", {}, "Parquet, downsampled"),
          frame("Parquet, downsampled", ["Stream", "Level", "Size", "SHA-256"], levels(false)),
        )
      : "",
  );
};
