"""Which rows of a text's head are the header, its units and its sources, and where the data begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.headers import read_heading
from telemparse.formats.csv.rows import COMMENTS
from telemparse.kernels.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.formats.csv.rows import Row

__all__ = ["column_cells", "header_and_start", "known_names", "source_cells", "unit_cells"]

_EXTRA_HEADINGS = 3
_ROWS_BELOW_HEADER = 3
_UNIT_ROWS = 2
_FEWEST_NUMBERS = 3
_TIME_SCALES = ("GPST", "UTC", "JST")


def _fits(row: Row, width: int) -> bool:
    """Tell whether a row of words can head columns: a few cells more or less, most of them filled."""
    return abs(len(row.cells) - width) <= _EXTRA_HEADINGS and 2 * row.filled >= width


def header_and_start(rows: list[Row], width: int) -> tuple[int | None, int]:
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
            numbered = len(data) > 1 and _is_numbering(rows[data[0]])
            first = data[1] if numbered else data[0]
            return max(heads, key=lambda place: (known_names(rows[place]), rows[place].filled)), first
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
    return 2 * units > len(filled) and units > known_names(row)


def _is_numbering(row: Row) -> bool:
    """Tell whether a row below a header numbers its columns, with nothing over the clock: `,,1,2,3`."""
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    if row.cells[0].strip() or len(filled) < _FEWEST_NUMBERS or not all(map(str.isdecimal, filled)):
        return False
    numbers = [int(cell[:9]) for cell in filled]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def known_names(row: Row) -> int:
    """Return how many cells name a quantity."""
    return sum(read_heading(cell).quantity is not None for cell in row.cells)


def unit_cells(rows: list[Row], header: int | None, start: int, width: int) -> tuple[str, ...]:
    """Return the unit row next to the header: below it, or the filled row just above it."""
    if header is None:
        return ()
    above = next((row for row in reversed(rows[:header]) if row.filled), None)
    for row in (*rows[header + 1 : start], *([above] if above is not None else [])):
        if row.is_words and abs(len(row.cells) - width) <= _EXTRA_HEADINGS and _is_unit_row(row):
            return row.cells
    return ()


def source_cells(rows: list[Row], header: int | None, start: int) -> tuple[str, ...]:
    """Return a row between header and data that repeats few words: names of devices or of buses."""
    for row in rows[header + 1 : start] if header is not None else ():
        distinct = {cell.strip() for cell in row.cells if cell.strip()}
        if row.is_words and not _is_unit_row(row) and 2 * len(distinct) <= row.filled:
            return row.cells
    return ()


def column_cells(cells: tuple[str, ...], width: int, first: Sequence[str] = ()) -> tuple[str, ...]:
    """Return `width` stripped cells and whatever filled ones stand beyond; a comment sign in front goes.

    `first` is a row of the table: one name of a time scale over two columns stands over what they hold.
    """
    bare = [cell.strip() for cell in cells]
    if bare:
        bare[0] = bare[0].lstrip("#%").strip()
    if bare and not bare[0] and cells[0].strip():  # a comment sign that blanks part from the first name
        if len(bare) == width + 1:
            bare = bare[1:]  # `# time lat lon`
        elif len(bare) == width and bare[1].upper() in _TIME_SCALES:
            # `%  GPST latitude`: one name over a date and a time of day, or over a week and its seconds.
            of_weeks = bool(first) and first[0].strip().isdigit()
            bare[:2] = [f"{bare[1]} week", f"{bare[1]} tow"] if of_weeks else [f"{bare[1]} date", bare[1]]
    bare += [""] * (width - len(bare))
    while len(bare) > width and not bare[-1]:
        bare.pop()
    return tuple(bare)
