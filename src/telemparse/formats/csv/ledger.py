"""What was lost, counted: rows and cells that could not be used, each with the first three places."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.csv.rows import COMMENTS, split_line
from telemparse.kernels.lines import Lines
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.reading import Cells
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.lines import Block
    from telemparse.model.artifacts import Artifact

__all__ = ["Ledger", "LineCounter"]

_LOCI = 3
_PIECE_BYTES = 1 << 20


@attrs.define
class LineCounter:
    """Numbers of the lines at which blocks begin, counted only when somebody asks.

    A clean file is never counted; for the first damage the bytes before it are read once more.

    Args:
        artifact: that the blocks come from.
        line: number of the line at `offset`, from 1.
        offset: byte up to which lines are counted.
    """

    artifact: Artifact
    line: int
    offset: int
    _transcoded: bool = False

    def at(self, block: Block) -> int:
        """Return the number of a block's first line; blocks are asked about in file order."""
        if not self._transcoded and block.offset > self.offset:
            with self.artifact.open() as reader:
                reader.seek(self.offset)
                left = block.offset - self.offset
                while left and (piece := reader.read(min(left, _PIECE_BYTES))):
                    self.line += piece.count(b"\n")
                    left -= len(piece)
            self.offset = block.offset
        return self.line

    def passed(self, block: Block) -> None:
        """Count a transcoded block, whose bytes cannot be found again."""
        self._transcoded = True
        self.line += block.data.count(b"\n", 0, block.size)


@attrs.define
class _Account:
    count: int = 0
    lines: list[int] = attrs.field(factory=list)


@attrs.define
class Ledger:
    """Counts of one file.

    Args:
        artifact: its name.
        layout: of the file.
        rows: data rows seen, good and bad.
        comments: comment lines among them.
        headers: lines among them that are the header once more.
    """

    artifact: str
    layout: Layout
    rows: int = 0
    comments: int = 0
    headers: int = 0
    _skipped: dict[str, _Account] = attrs.field(factory=dict)
    _cells: dict[tuple[str, str], _Account] = attrs.field(factory=dict)
    _block: Cells | None = None
    _first_line: Callable[[], int] = lambda: 1
    _lines: tuple[list[int], list[int]] | None = None

    def begin(self, cells: Cells, first_line: Callable[[], int]) -> None:
        """Go on to the next block; `first_line` tells the number of its first line when somebody asks."""
        self._block, self._first_line, self._lines = cells, first_line, None
        skipped = cells.skipped
        self.rows += cells.rows + skipped.count
        self.comments += skipped.comments
        self.headers += skipped.headers
        if skipped.count:
            account = self._skipped.setdefault("wrong number of cells", _Account())
            account.count += skipped.count
            if len(account.lines) < _LOCI:
                account.lines += self._places()[1][: _LOCI - len(account.lines)]

    def skip(self, rows: Mask, reason: str) -> None:
        """Count rows of the block, given as a mask, that could not be used at all."""
        self._charge(self._skipped.setdefault(reason, _Account()), rows)

    def blank(self, rows: Mask, column: str, reason: str) -> None:
        """Count cells of a column that became null."""
        self._charge(self._cells.setdefault((column, reason), _Account()), rows)

    def _charge(self, account: _Account, rows: Mask) -> None:
        places = np.flatnonzero(rows)
        account.count += len(places)
        if len(account.lines) < _LOCI and len(places):
            lines = self._places()[0]
            account.lines += [
                lines[place] for place in places[: _LOCI - len(account.lines)] if place < len(lines)
            ]

    def _places(self) -> tuple[list[int], list[int]]:
        """Return line numbers of the block's rows and of those with a wrong number of cells."""
        if self._lines is None:
            good: list[int] = []
            wrong: list[int] = []
            for line, cells in self._walk():
                if len(cells) == self.layout.width:
                    good.append(line)
                elif "".join(cells).strip() and not cells[0].lstrip().startswith(COMMENTS):
                    wrong.append(line)
            self._lines = good, wrong
        return self._lines

    def _walk(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        assert self._block is not None  # noqa: S101  (begin comes first)
        lines = self._block.data[: self._block.size].decode("utf-8", "replace").split("\n")
        first = self._first_line()
        if self.layout.lines is Lines.QUOTED:
            yield from self._walk_quoted(lines, first)
            return
        for number, line in enumerate(lines, first):
            # A lone carriage return ends a row for Arrow, though not a line for an editor.
            for row in line.split("\r"):
                if row:
                    yield number, split_line(row, self.layout.delimiter)

    def _walk_quoted(self, lines: list[str], first: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        reader = csv.reader((line + "\n" for line in lines), delimiter=self.layout.delimiter)
        before = 0
        try:
            for cells in reader:
                if cells:
                    yield first + before, tuple(cells)
                before = reader.line_num
        except csv.Error:
            return

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost in the whole file."""
        if self._skipped:
            lines = sorted(line for account in self._skipped.values() for line in account.lines)[:_LOCI]
            yield Issue(
                "ROWS_SKIPPED",
                Locus(self.artifact, line=lines[0] if lines else None),
                count=sum(account.count for account in self._skipped.values()),
                total=self.rows,
                reasons={reason: account.count for reason, account in sorted(self._skipped.items())},
                loci=[str(Locus(line=line)) for line in lines],
            )
        for (column, reason), account in sorted(self._cells.items()):
            yield Issue(
                "VALUE_OUT_OF_RANGE",
                Locus(self.artifact, line=account.lines[0] if account.lines else None),
                severity=Severity.WARNING,
                count=account.count,
                column=column,
                reason=reason,
                loci=[str(Locus(line=line)) for line in account.lines],
            )
