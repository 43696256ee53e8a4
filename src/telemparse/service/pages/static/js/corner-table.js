// Tables of corners and sectors of two laps.
import { make } from "./dom.js";
import { table } from "./tables.js";
import { DASH, kmh, lapTime, length, signed } from "./words.js";

const frame = (caption, heads, rows) => {
  const columns = heads.map((words) => [words, words === "Turns" ? null : "number"]);
  return rows.length ? table("corners", caption, columns, rows) : "";
};

const cell = (value) => make("td", { class: "number" }, value);
const gap = (a, b) =>
  a === null || b === null || a === undefined || b === undefined ? DASH : signed(b - a, 2);
const turn = (corner) =>
  [
    corner.direction ? String(corner.direction).toLowerCase() : null,
    corner.turn_deg === null || corner.turn_deg === undefined
      ? null
      : `${Math.abs(corner.turn_deg).toFixed(0)}\u00b0`,
  ]
    .filter(Boolean)
    .join(" ");

export const cornerTable = (corners, reference, other) =>
  frame(
    "Corners",
    [
      "Corner",
      "Turns",
      "At",
      `Min ${reference}, km/h`,
      `Min ${other}, km/h`,
      `Time ${reference}`,
      `Time ${other}`,
      "Off, s",
    ],
    corners.map((corner) => {
      const a = corner.laps?.[reference],
        b = corner.laps?.[other];
      return make(
        "tr",
        {},
        make("th", { scope: "row", class: "number" }, corner.number),
        make("td", {}, turn(corner)),
        cell(length(corner.apex_s_m)),
        cell(kmh(a?.min_mps)),
        cell(kmh(b?.min_mps)),
        cell(lapTime(a?.duration_s, 2)),
        cell(lapTime(b?.duration_s, 2)),
        cell(gap(a?.duration_s, b?.duration_s)),
      );
    }),
  );

// Sectors come as rows, one a sector and a lap.
export const sectorTable = (rows, reference, other) => {
  const sectors = new Map();
  for (const row of rows) {
    const known = sectors.get(row.sector_index) ?? { name: row.name, laps: {} };
    known.laps[row.lap_number] = row.duration_s ?? row.duration_ns / 1e9;
    sectors.set(row.sector_index, known);
  }
  return frame(
    "Sectors",
    ["Sector", `Time ${reference}`, `Time ${other}`, "Off, s"],
    [...sectors].map(([index, { name, laps }]) =>
      make(
        "tr",
        {},
        make("th", { scope: "row", class: "number" }, name || index + 1),
        cell(lapTime(laps[reference], 3)),
        cell(lapTime(laps[other], 3)),
        cell(gap(laps[reference], laps[other])),
      ),
    ),
  );
};
