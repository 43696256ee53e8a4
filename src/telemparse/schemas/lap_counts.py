"""Laps out of a channel that counts them, as vehicle electronics and simulators write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.schemas.device_laps import DeviceLap

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["LapCount"]

_FINE_NS = 100_000_000
_HIGHEST = 1_000_000
_MOST = 10_000


@attrs.define
class LapCount:
    """Times laps by the rows in which the count goes up by one.

    A lap lasts from the row that shows its number first to the row that shows the next one; the laps
    that the recording or a reset of the count cuts have no time. The step from 0 to 1 may be the line or
    the moment when the ignition is switched on, so lap 1 behind it is an out-lap of low confidence.

    Attributes:
        laps: so far.
        changes: of the number so far; beyond 10 000 it is no lap count.
    """

    laps: list[DeviceLap] = attrs.field(factory=list)
    changes: int = 0
    _number: int | None = None
    _last_ns: int = 0
    _since: tuple[int, int] | None = None  # instant, and how long before the old number still stood there
    _stint: int = 0

    @property
    def is_count(self) -> bool:
        """The channel changes as seldom as laps do."""
        return self.changes <= _MOST

    def read(
        self, numbers: Floats, t_ns: Ints, *, known: Mask | None = None, timed: Mask | None = None
    ) -> list[tuple[int, float]]:
        """Take in a block; return (row, new number) of each crossing of the line.

        Args:
            numbers: what the channel counts, shape (n,).
            t_ns: instants of the rows, shape (n,).
            known: rows with a number, None for all.
            timed: rows with an instant, None for all.
        """
        values = numbers if known is None else np.where(known, numbers, -1.0)
        there = (values >= 0) & (values < _HIGHEST) & (values == np.rint(values))
        rows = np.flatnonzero(there if timed is None else there & timed)
        if not len(rows):
            return []
        counts, times = values[rows].astype(np.int64), t_ns[rows]
        first = int(counts[0]) if self._number is None else self._number
        before = np.concatenate([[first], counts[:-1]])
        before_ns = np.concatenate([[self._last_ns], times[:-1]])
        changed = np.flatnonzero(counts != before)
        self.changes += len(changed)
        self._number, self._last_ns = int(counts[-1]), int(times[-1])
        if not self.is_count:
            return []
        crossings = []
        for place in changed.tolist():
            old, new, now_ns = int(before[place]), int(counts[place]), int(times[place])
            if self._change(old, new, now_ns, now_ns - int(before_ns[place])):
                crossings.append((int(rows[place]), float(new)))
        return crossings

    def _change(self, old: int, new: int, now_ns: int, step_ns: int) -> bool:
        if new != old + 1:
            self._stint += new < old
            self._since = None
            return False
        if self._since is not None and now_ns > self._since[0]:
            begin_ns, begin_step_ns = self._since
            out = begin_step_ns < 0
            fine = not out and 0 <= step_ns <= _FINE_NS and begin_step_ns <= _FINE_NS
            self.laps.append(
                DeviceLap(
                    duration_ns=now_ns - begin_ns,
                    device_lap=old,
                    stint_index=self._stint,
                    t_start_ns=begin_ns,
                    t_end_ns=now_ns,
                    validity="OUTLAP" if out else "VALID",
                    confidence="MEDIUM" if fine else "LOW",
                    reasons=("LOW_CONFIDENCE_CROSSING",),
                )
            )
        self._since = (now_ns, step_ns if old else -1)
        return old > 0
