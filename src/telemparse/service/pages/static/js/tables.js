// A table with its caption, which scrolls sideways by itself where it is too wide.
import { make } from "./dom.js";

export const table = (style, caption, columns, rows) =>
  make(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    make(
      "table",
      { class: style },
      make("caption", {}, caption),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          columns.map(([words, kind]) => make("th", { scope: "col", class: kind ?? null }, words)),
        ),
      ),
      make("tbody", {}, rows),
    ),
  );
