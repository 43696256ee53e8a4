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
class Ledger:
    """Counts the losses of one file.

    Args:
        artifact: its name.
        rows: lines of data that were looked at.
    """

    artifact: str
    rows: int = 0
    _rows_lost: Skips = attrs.field(factory=Skips)
    _reasons: dict[str, int] = attrs.field(factory=dict)
    _values: dict[str, Skips] = attrs.field(factory=dict)

    def skip(self, lines: Sequence[int], reason: str) -> None:
        """Count lines that give no row, by their numbers in ascending order."""
        self._add(self._rows_lost, lines[:_PLACES], len(lines))
        if len(lines):
            self._reasons[reason] = self._reasons.get(reason, 0) + len(lines)

    def skip_rows(self, lost: Mask, line: Callable[[int], int], reason: str) -> None:
        """Count rows of a block."""
        rows = np.flatnonzero(lost)
        self._add(self._rows_lost, [line(row) for row in rows[:_PLACES].tolist()], len(rows))
        if len(rows):
            self._reasons[reason] = self._reasons.get(reason, 0) + len(rows)

    def blank(self, lost: Mask, line: Callable[[int], int], column: str) -> None:
        """Count values of a block that are none or cannot be."""
        rows = np.flatnonzero(lost)
        if len(rows):
            skips = self._values.setdefault(column, Skips("VALUE_OUT_OF_RANGE"))
            self._add(skips, [line(row) for row in rows[:_PLACES].tolist()], len(rows))

    def _add(self, skips: Skips, first: Sequence[int], count: int) -> None:
        for line in first:
            skips.add(Locus(self.artifact, line=line))
        skips.count += count - len(first)

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost."""
        yield from self._rows_lost.issues(total=self.rows, reasons=dict(self._reasons))
        for column, skips in self._values.items():
            yield from skips.issues(column=column)
