"""Rows of a text's head: cells, line numbers, and whether they look like data or like words."""

from __future__ import annotations

import csv
import re
from collections import Counter

import attrs

from telemparse.formats.csv.cells import CellKind, kind_of
from telemparse.kernels.lines import Lines

__all__ = ["COMMENTS", "Row", "rows_of", "split_line"]

COMMENTS = ("#", "%", "//", "</")
"""A line that begins so and has another number of cells is a comment or the end of a block, and no damage."""


_BLANKS = re.compile(r"[ \t]+")


@attrs.frozen
class Row:
    """One row of the head: number of its first line (from 1) and its cells."""

    line: int
    cells: tuple[str, ...]
    values: int = 0
    filled: int = 0

    @property
    def is_data(self) -> bool:
        """At least half of the cells that hold anything are values."""
        return self.filled > 0 and 2 * self.values >= self.filled

    @property
    def is_words(self) -> bool:
        """At least two cells hold anything, and few of them values."""
        return self.filled >= 2 and 4 * self.values <= self.filled  # noqa: PLR2004  (shares)


def split_line(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of one line; quotes are minded only where the line has any."""
    if delimiter == " ":  # runs of blanks are one, as for the reader of the rows
        line = _BLANKS.sub(" ", line).strip(" ")
    if '"' not in line:
        return tuple(line.split(delimiter)) if line else ()
    try:
        rows = list(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return tuple(line.split(delimiter))
    return tuple(rows[0]) if rows else ()


def rows_of(text: str, delimiter: str) -> tuple[list[Row], Lines]:
    """Return the rows of the head with their line numbers, and whether line ends stand inside quotes."""
    lines = text.split("\n")
    if delimiter != " " and '"' in text:
        joined = _quoted_rows(lines, delimiter)
        if joined is not None:
            return joined, Lines.QUOTED
    return [
        _row(number, split_line(line.strip("\r"), delimiter)) for number, line in enumerate(lines, 1)
    ], Lines.PLAIN


def _quoted_rows(lines: list[str], delimiter: str) -> list[Row] | None:
    """Return rows whose quoted cells span lines; None where none does, or a stray quote swallows the text.

    Where quotes are meant to hold line ends, rows that span lines have as many cells as the others.
    """
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    rows: list[Row] = []
    spanning: list[int] = []
    before = 0
    try:
        for cells in reader:
            rows.append(_row(before + 1, tuple(cells)))
            if any("\n" in cell for cell in cells):
                spanning.append(len(cells))
            before = reader.line_num
    except csv.Error:
        return None
    if spanning and "".join(lines[rows[-1].line - 1 :]).count('"') % 2:
        spanning.pop()  # never closed: a stray quote, or the head ends inside
    width, _count = Counter(len(row.cells) for row in rows).most_common(1)[0]
    return rows if 2 * spanning.count(width) > len(spanning) else None


def _row(line: int, cells: tuple[str, ...]) -> Row:
    kinds = [kind_of(cell) for cell in cells]
    filled = sum(kind is not CellKind.BLANK for kind in kinds)
    values = sum(kind not in (CellKind.BLANK, CellKind.WORD, CellKind.LETTER) for kind in kinds)
    return Row(line, cells, values, filled)
