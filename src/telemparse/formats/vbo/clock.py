"""The clock of a VBO file: UTC time of day in each row, and a day out of the line that says when it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.vbo.stamps import Zone
from telemparse.kernels.clocks import DAY_NS, NS_PER_S, digits_of_day

if TYPE_CHECKING:
    from telemparse.formats.vbo.rows import Numbers
    from telemparse.formats.vbo.stamps import Created
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Clock", "Times"]


@attrs.frozen
class Times:
    """Times of one block.

    Args:
        t_ns: ns since 1970, shape (n,); 0 where not valid.
        valid: None when all are.
    """

    t_ns: Ints
    valid: Mask | None


@attrs.define
class Clock:
    """Gives rows their instants, block by block.

    A fall by more than half a day is midnight. The day of the first row is the one that puts it nearest
    to the stamp of the head: that may be a local time, and the rows are in UTC.

    Args:
        created: stamp of the head, or None.

    Attributes:
        first_of_day_ns: time of day of the first row.
        passed: midnights that the clock has passed.
    """

    created: Created | None
    first_of_day_ns: int | None = None
    passed: int = 0
    _previous_ns: int = 0
    _day: int = 0

    @property
    def time_base(self) -> str:
        """`utc` with a date, else `time_of_day`."""
        return "time_of_day" if self.created is None else "utc"

    def read(self, column: Numbers, nowhere: Mask | None = None) -> Times:
        """Return the times of the next block of `HHMMSS.sss`, written as one number.

        Args:
            column: of the block.
            nowhere: rows without a position. Zeros among them at the head of a file are no midnight: a
                logger that is still searching writes them.
        """
        numbers = column.values if column.valid is None else np.where(column.valid, column.values, -1.0)
        possible = (numbers >= 0) & (numbers < 240_000)  # noqa: PLR2004  (the day's end)
        # Fourteen digits are exact in a double: rounding to ns changes none of them.
        if self.first_of_day_ns is None and nowhere is not None:
            possible &= ~_leading((numbers == 0) & nowhere)
        scaled = np.rint(np.where(possible, numbers, 0.0) * NS_PER_S).astype(np.int64)
        of_day, clock = digits_of_day(scaled)
        valid = possible & clock
        every = bool(valid.all())
        if not valid.any():
            return Times(np.zeros(len(numbers), np.int64), valid)
        known = of_day if every else of_day[valid]
        t_ns = known + self._days(known) * DAY_NS
        if not every:
            placed = np.zeros(len(numbers), np.int64)
            placed[valid] = t_ns
            t_ns = placed
        return Times(t_ns, None if every else valid)

    def _days(self, of_day: Ints) -> Ints:
        if self.first_of_day_ns is None:
            self.first_of_day_ns = self._previous_ns = int(of_day[0])
            self._day = self._first_day(self.first_of_day_ns)
        step = np.diff(of_day, prepend=self._previous_ns)
        jumps = np.flatnonzero(np.abs(step) > DAY_NS // 2)
        self._previous_ns = int(of_day[-1])
        turns = np.zeros(len(of_day), np.int64)
        turns[0] = self.passed
        for row in jumps.tolist():
            # A late row from before midnight goes back to its own day, and none before the first one.
            before = self.passed
            self.passed = max(0, before + (1 if step[row] < 0 else -1))
            turns[row] += self.passed - before
        days: Ints = self._day + np.cumsum(turns)
        return days

    def _first_day(self, of_day_ns: int) -> int:
        if self.created is None:
            return 0
        if self.created.of_day_ns is None:
            return self.created.day
        ahead = of_day_ns - self.created.of_day_ns
        return self.created.day + (ahead < -DAY_NS // 2) - (ahead > DAY_NS // 2)

    @property
    def words(self) -> str:
        """How the clock was made."""
        if self.created is None:
            return "UTC time of day, no date"
        stamp = "start that the comments say" if self.created.zone is Zone.UTC else "stamp of the head"
        return f"UTC time of day, date of the day nearest to the {stamp}"

    @property
    def doubt(self) -> str | None:
        """Why the date is doubtful: how far the stamp of the head is from the first row; None without."""
        if self.created is None or self.created.zone is Zone.UTC:
            return None
        stamp = self.created.of_day_ns
        reason = "the head says when the file was created, by a clock of unknown zone"
        if stamp is None or self.first_of_day_ns is None:
            return reason
        hours = (self.first_of_day_ns - stamp) / (3600 * NS_PER_S)
        hours = (hours + 12) % 24 - 12
        return f"{reason}; the first row is {abs(hours):.1f} h {'after' if hours >= 0 else 'before'} that"


def _leading(rows: Mask) -> Mask:
    """Return the run of rows at the head of a block."""
    leading: Mask = np.logical_and.accumulate(rows) if len(rows) else rows
    return leading
