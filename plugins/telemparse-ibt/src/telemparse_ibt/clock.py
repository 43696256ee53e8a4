"""Instants of records: SessionTime, counted from the moment when the recording began.

iRacing's own writer takes the date from the computer when it opens the file, and SessionTime of the first
record into the header beside it (`logHeaderToIBT` and `logDataToIBT` of the SDK's examples). So the first
record is at the date, to a second, and the others are where SessionTime puts them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import attrs
import numpy as np

from telemparse.kernels.arrays import Floats, Ints
from telemparse.kernels.clocks import NS_PER_S

from telemparse_ibt.layout import Layout

__all__ = ["Clock"]

_DAY_S = 86_400
_LAST_NS = 7_000_000_000 * NS_PER_S  # the year 2191


@attrs.define
class Clock:
    """Puts the records of one file on one clock, in the order of the file.

    Args:
        layout: of the file.

    Attributes:
        restarts: how often a new session began to count from 0.
    """

    layout: Layout
    restarts: int = 0
    _anchor_ns: int | None = None  # where SessionTime would be 0
    _last: tuple[int, float, int] = (0, 0.0, 0)  # instant, SessionTime and session of the last record

    @property
    def time_base(self) -> str:
        """`utc`, or `relative` without a date."""
        return "relative" if self.layout.start_date_s is None else "utc"

    @property
    def _tick_ns(self) -> int:
        return round(NS_PER_S / (self.layout.tick_rate_hz or 1))

    def instants(self, session_s: Floats, session: Ints) -> Ints:
        """Return instants, shape (n,).

        Args:
            session_s: SessionTime, shape (n,).
            session: number of the session, shape (n,).
        """
        if not len(session_s):
            return np.zeros(0, np.int64)
        since_ns = np.rint(session_s * NS_PER_S).astype(np.int64)
        if self._anchor_ns is None:
            first_s = float(session_s[0])
            self._anchor_ns = self._begin(first_s)
            self._last = (self._anchor_ns + int(since_ns[0]), first_s, int(session[0]))
        before = np.concatenate([[self._last[2]], session[:-1]])
        before_s = np.concatenate([[self._last[1]], session_s[:-1]])
        begins = np.flatnonzero((session != before) & (session_s < before_s)).tolist()
        instants = since_ns + self._anchor_ns
        for row, end in pairwise([*begins, len(since_ns)]):
            last_ns = int(instants[row - 1]) if row else self._last[0]
            if last_ns < _LAST_NS:
                self._anchor_ns = last_ns + self._tick_ns - int(since_ns[row])
                self.restarts += 1
            instants[row:end] = since_ns[row:end] + self._anchor_ns
        self._last = (int(instants[-1]), float(session_s[-1]), int(session[-1]))
        return instants

    def counted(self, first: int, count: int) -> Ints:
        """Return instants of records by their number alone, shape (count,)."""
        start_ns = (self.layout.start_date_s or 0) * NS_PER_S
        numbers = np.arange(first, first + count, dtype=np.int64)
        return start_ns + numbers * NS_PER_S // (self.layout.tick_rate_hz or 1)

    def _begin(self, first_s: float) -> int:
        """Return the instant at which SessionTime would be 0."""
        if self.layout.start_date_s is None:
            return -round(first_s * NS_PER_S)
        # Of a file that lost its first records, the header still knows when they were.
        stated_s = self.layout.start_time_s
        begin_s = stated_s if self.layout.record_count and 0 <= first_s - stated_s < _DAY_S else first_s
        return self.layout.start_date_s * NS_PER_S - round(begin_s * NS_PER_S)

    def facts(self, *, timed: bool) -> dict[str, Any]:
        """Return how the clock was made, for the metadata.

        Args:
            timed: the records have a SessionTime.
        """
        date = "from the date of the header, a whole second" if self.layout.start_date_s else "without a date"
        if not timed:
            return {"source": ["start date", "tick rate"], "is": f"records counted in ticks, {date}"}
        return {
            "source": ["start date", "SessionTime"],
            "is": f"SessionTime of the simulator since the first record, {date}",
            "session_restarts": self.restarts,
        }
