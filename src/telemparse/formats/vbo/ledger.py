"""What a VBO file loses on its way: rows and values that could not be used, with the first three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.model.issues import Locus
from telemparse.model.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from telemparse.kernels.arrays import Mask
    from telemparse.model.issues import Issue

__all__ = ["Ledger"]

_PLACES = 3


@attrs.define
class _Loss:
    """How often something was lost, and the first lines of it."""

    count: int = 0
    lines: list[int] = attrs.field(factory=list)

    def add(self, lines: Sequence[int], count: int) -> None:
        """Count more; their lines ascend, and follow those that were counted before."""
        self.count += count
        self.lines += lines[: _PLACES - len(self.lines)]


@attrs.define
class Ledger:
    """Counts the losses of one file.

    Args:
        artifact: its name.
        rows: lines of data that were looked at.
    """

    artifact: str
    rows: int = 0
    _rows_lost: dict[str, _Loss] = attrs.field(factory=dict)
    _values: dict[str, _Loss] = attrs.field(factory=dict)

    def skip(self, lines: Sequence[int], reason: str) -> None:
        """Count lines that give no row, by their numbers in ascending order."""
        if lines:
            self._rows_lost.setdefault(reason, _Loss()).add(lines, len(lines))

    def skip_rows(self, lost: Mask, line: Callable[[int], int], reason: str) -> None:
        """Count rows of a block."""
        self._mark(self._rows_lost, reason, lost, line)

    def blank(self, lost: Mask, line: Callable[[int], int], column: str) -> None:
        """Count values of a block that are none or cannot be."""
        self._mark(self._values, column, lost, line)

    def _mark(self, losses: dict[str, _Loss], name: str, lost: Mask, line: Callable[[int], int]) -> None:
        rows = np.flatnonzero(lost)
        if len(rows):
            lines = [line(row) for row in rows[:_PLACES].tolist()]
            losses.setdefault(name, _Loss()).add(lines, len(rows))

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost, the same however the file was cut into blocks."""
        reasons = dict(sorted(self._rows_lost.items()))
        rows = self._skips("ROWS_SKIPPED", list(reasons.values()))
        counts = {reason: loss.count for reason, loss in reasons.items()}
        yield from rows.issues(total=self.rows, reasons=counts)
        for column, loss in sorted(self._values.items()):
            yield from self._skips("VALUE_OUT_OF_RANGE", [loss]).issues(column=column)

    def _skips(self, code: str, losses: Sequence[_Loss]) -> Skips:
        skips = Skips(code)
        for line in sorted(line for loss in losses for line in loss.lines)[:_PLACES]:
            skips.add(Locus(self.artifact, line=line))
        skips.count = sum(loss.count for loss in losses)
        return skips
