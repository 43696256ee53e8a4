"""The layout of a delimited text, told from its head: encoding, delimiter, header, units, first row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.cells import CellKind, is_value, kind_of
from telemparse.formats.csv.header_rows import (
    column_cells,
    header_and_start,
    known_names,
    source_cells,
    unit_cells,
)
from telemparse.formats.csv.headers import read_barred
from telemparse.formats.csv.rows import rows_of
from telemparse.kernels.lines import Lines, Newlines, decoded, sniff_encoding

if TYPE_CHECKING:
    from telemparse.formats.csv.rows import Row
    from telemparse.kernels.lines import Encoding

__all__ = ["DELIMITERS", "Layout", "read_layout"]

DELIMITERS = ("\t", ";", "|", ",", " ")
"""A blank stands for any run of blanks and tabs."""

_SAMPLE_ROWS = 100
_SURE_FRACTION = 0.7
_PREAMBLE_ROWS = 24


@attrs.frozen(kw_only=True)
class Layout:
    """How the cells of a text lie.

    Args:
        encoding: of the artifact.
        newlines, lines: see `telemparse.kernels.lines`.
        delimiter: one of `DELIMITERS`.
        quoted: some cell of the head is quoted.
        decimal: `.` or `,`.
        width: cells of a data row.
        header: cells of the header row, or None for a headerless text.
        units: cells of a unit row (empty strings where there is none), same order.
        rates: of a header whose cells hold name, unit and rate, the rates in Hz; else empty.
        sources: cells of a row below the header that says which source each column comes from, else empty.
        origins: distinct cells of a row below the header that says which source each column comes from.
        preamble: lines before header and data.
        header_line, data_line: line numbers from 1; `data_line` is that of the first data row.
        heading: the header's line as it stands in the file, empty without one.
        rows: the first data rows of the head.
        fit: share of the data region's lines that have `width` cells.
    """

    encoding: Encoding
    newlines: Newlines
    lines: Lines
    delimiter: str
    quoted: bool
    decimal: str
    width: int
    header: tuple[str, ...] | None
    units: tuple[str, ...]
    rates: tuple[float, ...] = ()
    sources: tuple[str, ...] = ()
    origins: tuple[str, ...]
    preamble: tuple[str, ...]
    header_line: int | None
    data_line: int
    heading: str = ""
    rows: tuple[Row, ...] = attrs.field(repr=False)
    fit: float

    @property
    def is_transcoded(self) -> bool:
        """True when blocks are not the artifact's own bytes."""
        return self.encoding.name != "utf-8" or self.newlines is Newlines.CR


def read_layout(head: bytes, *, whole: bool) -> Layout | None:
    """Return the layout of a text that begins with `head`, or None when it is no delimited text.

    Args:
        head: the first bytes.
        whole: `head` is the entire file, so that its last line is complete.
    """
    encoding = sniff_encoding(head)
    if encoding is None:
        return None
    text = decoded(head, encoding)
    newlines = Newlines.LF if "\n" in text else Newlines.CR
    if newlines is Newlines.CR:
        text = text.replace("\r", "\n")
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    best: tuple[float, float, Layout] | None = None
    for delimiter in DELIMITERS:
        if delimiter == " " and best is not None and best[1] >= _SURE_FRACTION:
            break
        found = _layout(text, delimiter, encoding, newlines)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[2] if best else None


def _layout(
    text: str, delimiter: str, encoding: Encoding, newlines: Newlines
) -> tuple[float, float, Layout] | None:
    if delimiter not in text and not (delimiter == " " and "\t" in text):
        return None
    rows, lines = rows_of(text, delimiter)
    weights: dict[int, float] = {}
    values: dict[int, tuple[int, int]] = {}
    for row in rows[_behind_blocks(rows) :]:
        if row.is_data and len(row.cells) > 1:
            weights[len(row.cells)] = weights.get(len(row.cells), 0.0) + row.values**2 / row.filled
            sums = values.get(len(row.cells), (0, 0))
            values[len(row.cells)] = (sums[0] + row.values, sums[1] + row.filled)
    if not weights:
        return _header_only(text, rows, delimiter, encoding, newlines)
    width = max(weights, key=lambda cells: weights[cells])
    header, start = header_and_start(rows, width)
    body = [row for row in rows[start:] if row.filled and not row.cells[0].lstrip().startswith(("#", "%"))]
    fitting = [row for row in body if len(row.cells) == width]
    if not fitting:
        return None
    names = rows[header].cells if header is not None else None
    barred = read_barred(names) if names is not None else None
    sources = source_cells(rows, header, start)
    layout = Layout(
        encoding=encoding,
        newlines=newlines,
        lines=lines,
        delimiter=delimiter,
        quoted='"' in text,
        decimal=_decimal(fitting, delimiter),
        width=width,
        header=(
            column_cells(barred.names if barred else names, width, fitting[0].cells)
            if names is not None
            else None
        ),
        units=column_cells(barred.units if barred else unit_cells(rows, header, start, width), width),
        rates=barred.rates if barred else (),
        sources=column_cells(sources, width) if sources else (),
        origins=tuple(dict.fromkeys(cell.strip() for cell in sources if cell.strip())),
        preamble=_preamble(text, rows, header if header is not None else start),
        header_line=rows[header].line if header is not None else None,
        data_line=rows[start].line,
        heading=_line(text, rows[header].line) if header is not None and lines is Lines.PLAIN else "",
        rows=tuple(fitting[:_SAMPLE_ROWS]),
        fit=len(fitting) / len(body),
    )
    return weights[width], values[width][0] / values[width][1], layout


def _behind_blocks(rows: list[Row]) -> int:
    """Return the index of the first row behind blocks in tags, whose figures are no rows of the table.

    That is the row behind the last opening tag that a closed block stands before, 0 without one.
    """
    place, closed = 0, False
    for index, row in enumerate(rows):
        text = row.cells[0].lstrip() if row.cells else ""
        closed = closed or text.startswith("</")
        if closed and text.startswith("<") and not text.startswith("</"):
            place = index + 1
    return place if any(row.is_data for row in rows[place:]) else 0


def _header_only(
    text: str, rows: list[Row], delimiter: str, encoding: Encoding, newlines: Newlines
) -> tuple[float, float, Layout] | None:
    """Return the layout of a text without a single row of data: a row of known words that ends it."""
    filled = [index for index, row in enumerate(rows) if row.filled]
    # A preamble may come before and a row of units behind; words among more lines than that are prose.
    for index in filled[-2:] if len(filled) <= _PREAMBLE_ROWS else ():
        row = rows[index]
        known = known_names(row) if row.is_words else 0
        # Blanks part the words of a sentence, too.
        if known >= 2 and (delimiter != " " or known == len(row.cells)):  # noqa: PLR2004  (one proves nothing)
            layout = Layout(
                encoding=encoding,
                newlines=newlines,
                lines=Lines.PLAIN,
                delimiter=delimiter,
                quoted='"' in text,
                decimal=".",
                width=len(row.cells),
                header=column_cells(row.cells, len(row.cells)),
                units=(),
                origins=(),
                preamble=_preamble(text, rows, index),
                header_line=row.line,
                data_line=row.line + 1,
                rows=(),
                fit=0.0,
            )
            # Any delimiter that shows data outweighs this.
            return known * 1e-6, 1.0 if delimiter != " " else 0.0, layout
    return None


def _preamble(text: str, rows: list[Row], index: int) -> tuple[str, ...]:
    last = rows[index].line - 1
    return tuple(line.strip("\r") for line in text.split("\n", last)[:last])


def _line(text: str, number: int) -> str:
    return text.split("\n", number)[number - 1].strip("\r")


def _decimal(rows: list[Row], delimiter: str) -> str:
    """Return the decimal sign: a comma only where numbers have commas, and more of them than points."""
    if delimiter == ",":
        cells = [cell for row in rows for cell in row.cells if "," in cell]
        return "," if cells and all(is_value(cell) for cell in cells) and not _points(rows) else "."
    commas = sum("," in cell and kind_of(cell) is CellKind.NUMBER for row in rows for cell in row.cells)
    return "," if commas > _points(rows) else "."


def _points(rows: list[Row]) -> int:
    return sum("." in cell and kind_of(cell) is CellKind.NUMBER for row in rows for cell in row.cells)
