"""Days of sentences: named by RMC and ZDA, carried to the others, and over midnight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.nmea.blocks import NO_DAY
from telemparse.kernels.clocks import DAY_NS

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints

__all__ = ["Days"]


@attrs.define
class Days:
    """The calendar of one log.

    A fall of the clock by more than half a day is midnight, a rise by as much a late sentence from
    before it; every date that is named is believed and counts from there on.

    Args:
        base: the day on which the clock has passed no midnight yet; None as long as no date is known.
        passed: midnights so far.
        dated: how many sentences named their day.
    """

    base: int | None = None
    passed: int = 0
    dated: int = 0
    _last_ns: int | None = None

    def copy(self) -> Days:
        """Return a calendar that can be tried without moving this one."""
        return attrs.evolve(self, last_ns=self._last_ns)

    def first_base(self, of_day_ns: Ints, days: Ints) -> int | None:
        """Return the base that the first date of a piece gives, None without one; moves the clock on."""
        passed = self._midnights(of_day_ns)
        named = np.flatnonzero(days != NO_DAY)
        return int(days[named[0]] - passed[named[0]]) if len(named) else None

    def take(self, of_day_ns: Ints, days: Ints) -> Ints:
        """Return the day of each sentence, counted from 1970; from 0 where the log has no date."""
        passed = self._midnights(of_day_ns)
        if not len(passed):
            return passed
        named = days != NO_DAY
        self.dated += int(named.sum())
        if named.all():
            self.base = int(days[-1] - passed[-1])
            return days
        told = days[named] - passed[named]
        if self.base is not None and (told == self.base).all():
            return self.base + passed
        # The base of each row is that of the last date before it.
        bases = np.concatenate([[self.base or 0], told])
        base = bases[np.cumsum(named)]
        self.base = int(base[-1]) if self.base is not None or named.any() else None
        carried: Ints = base + passed
        return carried

    def _midnights(self, of_day_ns: Ints) -> Ints:
        if not len(of_day_ns):
            return of_day_ns
        first = int(of_day_ns[0]) if self._last_ns is None else self._last_ns
        self._last_ns = int(of_day_ns[-1])
        step = np.diff(of_day_ns, prepend=first)
        falls, rises = step < -DAY_NS // 2, step > DAY_NS // 2
        if not falls.any() and not rises.any():
            return np.full(len(of_day_ns), self.passed)
        passed = self.passed + np.cumsum(falls.astype(np.int64) - rises)
        self.passed = int(passed[-1])
        return passed
