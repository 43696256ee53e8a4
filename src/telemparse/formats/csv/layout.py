"""The layout of a delimited text, told from its head: encoding, delimiter, header, units, first row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.cells import CellKind, is_value, kind_of
from telemparse.formats.csv.headers import read_barred, read_heading
from telemparse.formats.csv.rows import COMMENTS, rows_of
from telemparse.kernels.lines import Lines, Newlines, decoded, sniff_encoding
from telemparse.kernels.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.formats.csv.rows import Row
    from telemparse.kernels.lines import Encoding

__all__ = ["DELIMITERS", "Layout", "read_layout"]

DELIMITERS = ("\t", ";", "|", ",", " ")
"""A blank stands for any run of blanks and tabs."""

_SAMPLE_ROWS = 100
_SURE_FRACTION = 0.7
_EXTRA_HEADINGS = 3
_ROWS_BELOW_HEADER = 3
_UNIT_ROWS = 2
_PREAMBLE_ROWS = 24
_TIME_SCALES = ("GPST", "UTC", "JST")


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
    for row in rows:
        if row.is_data and len(row.cells) > 1:
            weights[len(row.cells)] = weights.get(len(row.cells), 0.0) + row.values**2 / row.filled
            sums = values.get(len(row.cells), (0, 0))
            values[len(row.cells)] = (sums[0] + row.values, sums[1] + row.filled)
    if not weights:
        return _header_only(text, rows, delimiter, encoding, newlines)
    width = max(weights, key=lambda cells: weights[cells])
    header, start = _header(rows, width)
    body = [row for row in rows[start:] if row.filled and not row.cells[0].lstrip().startswith(("#", "%"))]
    fitting = [row for row in body if len(row.cells) == width]
    if not fitting:
        return None
    barred = read_barred(rows[header].cells) if header is not None else None
    sources = _sources(rows, header, start)
    layout = Layout(
        encoding=encoding,
        newlines=newlines,
        lines=lines,
        delimiter=delimiter,
        quoted='"' in text,
        decimal=_decimal(fitting, delimiter),
        width=width,
        header=_cells(barred.names if barred else rows[header].cells, width) if header is not None else None,
        units=_cells(barred.units if barred else _unit_row(rows, header, start, width), width),
        rates=barred.rates if barred else (),
        sources=_cells(sources, width) if sources else (),
        origins=tuple(dict.fromkeys(cell.strip() for cell in sources if cell.strip())),
        preamble=_preamble(text, rows, header if header is not None else start),
        header_line=rows[header].line if header is not None else None,
        data_line=rows[start].line,
        heading=_line(text, rows[header].line) if header is not None and lines is Lines.PLAIN else "",
        rows=tuple(fitting[:_SAMPLE_ROWS]),
        fit=len(fitting) / len(body),
    )
    return weights[width], values[width][0] / values[width][1], layout


def _header_only(
    text: str, rows: list[Row], delimiter: str, encoding: Encoding, newlines: Newlines
) -> tuple[float, float, Layout] | None:
    """Return the layout of a text without a single row of data: a row of known words that ends it."""
    filled = [index for index, row in enumerate(rows) if row.filled]
    # A preamble may come before and a row of units behind; words among more lines than that are prose.
    for index in filled[-2:] if len(filled) <= _PREAMBLE_ROWS else ():
        row = rows[index]
        known = _known(row) if row.is_words else 0
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
                header=_cells(row.cells, len(row.cells)),
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


def _fits(row: Row, width: int) -> bool:
    """Tell whether a row of words can head columns: a few cells more or less, most of them filled."""
    return abs(len(row.cells) - width) <= _EXTRA_HEADINGS and 2 * row.filled >= width


def _header(rows: list[Row], width: int) -> tuple[int | None, int]:
    """Return the index of the header row (None without one) and that of the first data row."""
    for index, row in enumerate(rows):
        if not (row.is_words and _fits(row, width)) or _is_unit_row(row):
            continue
        below = list(_filled_after(rows, index))
        words = 0
        while words < len(below) and words <= _UNIT_ROWS and rows[below[words]].is_words:
            words += 1
        data = below[words : words + _ROWS_BELOW_HEADER]
        whole = sum(rows[place].is_data and len(rows[place].cells) == width for place in data)
        if 2 * whole > len(data):
            # A last line of the preamble may look like a header; the row that names quantities is it.
            heads = [place for place in (index, *below[:words]) if not _is_unit_row(rows[place])]
            return max(heads, key=lambda place: (_known(rows[place]), rows[place].filled)), data[0]
    first = next(index for index, row in enumerate(rows) if row.is_data and len(row.cells) == width)
    while first and rows[first - 1].is_data:
        first -= 1  # values above the first whole row are a damaged row, to be counted, and no preamble
    return None, first


def _filled_after(rows: Sequence[Row], index: int) -> Iterator[int]:
    count = 0
    for place in range(index + 1, len(rows)):
        row = rows[place]
        if row.filled and not (row.filled == 1 and row.cells[0].lstrip().startswith(COMMENTS)):
            yield place
            count += 1
        if count > _UNIT_ROWS + _ROWS_BELOW_HEADER + 1:
            return


def _is_unit_row(row: Row) -> bool:
    """Tell whether most cells that hold anything are units, and more of them than are names of columns."""
    filled = [cell for cell in row.cells if cell.strip()]
    units = sum(find_unit(cell) is not None or find_unit(cell.lstrip("#")) is not None for cell in filled)
    return 2 * units > len(filled) and units > _known(row)


def _known(row: Row) -> int:
    """Return how many cells name a quantity."""
    return sum(read_heading(cell).quantity is not None for cell in row.cells)


def _unit_row(rows: list[Row], header: int | None, start: int, width: int) -> tuple[str, ...]:
    """Return the unit row next to the header: below it, or the filled row just above it."""
    if header is None:
        return ()
    above = next((row for row in reversed(rows[:header]) if row.filled), None)
    for row in (*rows[header + 1 : start], *([above] if above is not None else [])):
        if row.is_words and abs(len(row.cells) - width) <= _EXTRA_HEADINGS and _is_unit_row(row):
            return row.cells
    return ()


def _sources(rows: list[Row], header: int | None, start: int) -> tuple[str, ...]:
    """Return a row between header and data that repeats few words: names of devices or of buses."""
    for row in rows[header + 1 : start] if header is not None else ():
        distinct = {cell.strip() for cell in row.cells if cell.strip()}
        if row.is_words and not _is_unit_row(row) and 2 * len(distinct) <= row.filled:
            return row.cells
    return ()


def _cells(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Return `width` stripped cells and whatever filled ones stand beyond; a comment sign in front goes."""
    bare = [cell.strip() for cell in cells]
    if bare:
        bare[0] = bare[0].lstrip("#%").strip()
    if bare and not bare[0] and cells[0].strip():  # a comment sign that blanks part from the first name
        if len(bare) == width + 1:
            bare = bare[1:]  # `# time lat lon`
        elif len(bare) == width and bare[1].upper() in _TIME_SCALES:
            bare[0] = f"{bare[1]} date"  # `%  GPST latitude`: one name over a date and a time of day
    bare += [""] * (width - len(bare))
    while len(bare) > width and not bare[-1]:
        bare.pop()
    return tuple(bare)


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
