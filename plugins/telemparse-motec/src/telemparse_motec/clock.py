"""Instants of samples: the log's local start, and the number of the sample over its rate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S, civil_days, local_to_utc_ns

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints

__all__ = ["Clock", "clock_of"]

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?")
# Samples may follow for a century before 64 bits of nanoseconds end.
_LAST_YEAR = 2100
_DAY_S, _HOURS, _MINUTES = 86_400, 24, 60


@attrs.frozen
class Clock:
    """When samples were taken.

    Args:
        start_ns: of the first samples, ns since 1970; 0 without a date.
        time_base: `utc`, or `relative` without a date.
        is_assumed: the local start was taken for UTC, for nobody names its zone.
        zone: that was named, or None.
    """

    start_ns: int
    time_base: str
    is_assumed: bool
    zone: str | None

    def instants(self, first: int, count: int, rate_hz: int) -> Ints:
        """Return instants of `count` samples from number `first` on, shape (count,), to the nearest ns."""
        seconds, rest = np.divmod(np.arange(first, first + count, dtype=np.int64), rate_hz)
        instants: Ints = self.start_ns + seconds * NS_PER_S + (rest * NS_PER_S + rate_hz // 2) // rate_hz
        return instants

    def facts(self) -> dict[str, Any]:
        """Return how the clock was made, for the metadata."""
        start = "the head's date and time" if self.time_base == "utc" else "no date that can be read"
        zone = f", in the zone {self.zone}" if self.zone else ", taken for UTC" if self.is_assumed else ""
        return {
            "source": ["date", "time", "rate"],
            "is": f"number of the sample over the rate of its channel, from {start}{zone}",
        }


def clock_of(date: str, time: str, zone: str | None) -> Clock:
    """Return the clock of a log whose head says `DD/MM/YYYY` and `HH:MM:SS`, the seconds perhaps left out."""
    day, clock = _DATE.fullmatch(date), _TIME.fullmatch(time)
    if day is not None and clock is not None:
        parts = [np.array([int(day[index])], np.int64) for index in (3, 2, 1)]
        days, valid = civil_days(*parts)
        hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
        if (
            valid[0]
            and int(day[3]) <= _LAST_YEAR
            and hour < _HOURS
            and minute < _MINUTES
            and second <= _MINUTES
        ):
            of_day_s = (hour * 60 + minute) * 60 + second
            local_ns = (int(days[0]) * _DAY_S + of_day_s) * NS_PER_S + int((clock[4] or "0").ljust(9, "0"))
            if zone is not None:
                local_ns = int(local_to_utc_ns(np.array([local_ns], np.int64), zone)[0])
            return Clock(local_ns, "utc", zone is None, zone)
    return Clock(0, "relative", is_assumed=False, zone=None)
