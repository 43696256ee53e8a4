"""What could not be used of an IGC file: counted by reason, with the first three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Count", "Tally"]

_LINES = 3


@attrs.define
class Count:
    """How often, and the numbers of the first three lines, from 1."""

    count: int = 0
    lines: list[int] = attrs.field(factory=list)


@attrs.define
class Tally:
    """Counts by what they are called."""

    by_name: dict[str, Count] = attrs.field(factory=dict)

    def add(self, name: str, lost: Mask, lines: Ints) -> None:
        """Count the rows that are lost; `lines` has the line number of each row, shape (n,)."""
        rows = np.flatnonzero(lost)
        if not len(rows):
            return
        entry = self.by_name.setdefault(name, Count())
        entry.count += len(rows)
        entry.lines += [int(line) for line in lines[rows[: _LINES - len(entry.lines)]]]

    def note(self, name: str, line: int) -> None:
        """Count one line."""
        entry = self.by_name.setdefault(name, Count())
        entry.count += 1
        if len(entry.lines) < _LINES:
            entry.lines.append(line)
