"""The clock of the week: which week a time of week is in, and which instants dates are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import DAY_NS, NS_PER_S, civil_days, gps_to_utc_ns

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["NO_BASE", "WEEK_MS", "WeekClock", "base_of", "dates"]

WEEK_MS = 7 * 86_400 * 1000
NO_BASE = np.iinfo(np.int64).min
"""Stands for a beginning that nobody names."""

_NS_PER_MS = 1_000_000
_GPS_EPOCH_MS = 315_964_800_000
_FIRST_YEAR = 1980
_AGREE_MS = 60_000  # leap seconds, and a date that is rounded
_DATE, _TIME = 1, 2


@attrs.define
class WeekClock:
    """Follows the time of week through one log; a fall by more than half a week begins the next one.

    Attributes:
        base: ms of GPS time at which the count began, None as long as no message tells.
        passed: weeks that have ended so far.
    """

    base: int | None = None
    passed: int = 0
    _last_ms: int | None = None

    def unrolled(self, tow_ms: Ints) -> Ints:
        """Return ms since the beginning of the first week, shape (n,), of times of week as they come."""
        if not len(tow_ms):
            return tow_ms
        steps = np.diff(tow_ms, prepend=tow_ms[0] if self._last_ms is None else self._last_ms)
        self._last_ms = int(tow_ms[-1])
        # A message that comes late may still be of the week before.
        turns = (steps < -WEEK_MS // 2).astype(np.int64) - (steps > WEEK_MS // 2)
        if not turns.any():
            return tow_ms + self.passed * WEEK_MS
        passed = self.passed + np.cumsum(turns)
        self.passed = int(passed[-1])
        return tow_ms + passed * WEEK_MS

    def bases(self, told_ms: Ints) -> Ints:
        """Return the beginning of the count as each message knows it from the last one that told, shape (n,).

        Args:
            told_ms: what messages say it is, `NO_BASE` where they say nothing, shape (n,).
        """
        told = np.flatnonzero(told_ms != NO_BASE)
        before = 0 if self.base is None else self.base
        if not len(told):
            return np.full(len(told_ms), before, np.int64)
        self.base = int(told_ms[told[-1]])
        if before == self.base and (told_ms[told] == before).all():
            return np.full(len(told_ms), before, np.int64)
        said = np.zeros(len(told_ms), np.int64)
        said[told] = 1
        return np.append(before, told_ms[told])[np.cumsum(said)]


def base_of(unrolled_ms: Ints, utc_ns: Ints, known: Mask) -> Ints:
    """Return ms of GPS time at which the count began as dates tell it, shape (n,), `NO_BASE` without one.

    It is the beginning of a week. Where time of week and date are not of one clock, as some receivers have
    it, the date is believed, and the count begins anywhere.

    Args:
        unrolled_ms: ms since that beginning.
        utc_ns: of the same messages.
        known: which of these are dates.
    """
    apart_ms = utc_ns // _NS_PER_MS - _GPS_EPOCH_MS - unrolled_ms
    begins_ms = np.rint(apart_ms / WEEK_MS).astype(np.int64) * WEEK_MS
    odd = known & (np.abs(apart_ms - begins_ms) > _AGREE_MS)
    if odd.any():
        gps_ns = (apart_ms + unrolled_ms)[odd] * _NS_PER_MS
        leaps_ns = gps_ns + _GPS_EPOCH_MS * _NS_PER_MS - gps_to_utc_ns(np.zeros_like(gps_ns), gps_ns)
        begins_ms[odd] = apart_ms[odd] + leaps_ns // _NS_PER_MS
    return np.where(known, begins_ms, NO_BASE)


def dates(rows: NDArray[Any], needed: int = _DATE | _TIME) -> tuple[Ints, Mask]:
    """Return instants of messages with year, month, day, hour, min, sec, nano and valid, and which are some.

    Args:
        rows: payloads, shape (n,).
        needed: bits of `valid` that must be set: those of date and time.
    """
    days, known = civil_days(*(rows[name].astype(np.int64) for name in ("year", "month", "day")))
    hour, minute, second = (rows[name].astype(np.int64) for name in ("hour", "min", "sec"))
    known &= (rows["valid"] & needed) == needed
    known &= rows["year"] >= _FIRST_YEAR
    known &= (hour <= 23) & (minute <= 59) & (second <= 60)
    # Nanoseconds are about the rounded second, and so may be below 0.
    known &= np.abs(rows["nano"].astype(np.int64)) <= NS_PER_S
    t_ns = days * DAY_NS + ((hour * 60 + minute) * 60 + second) * NS_PER_S + rows["nano"]
    return np.where(known, t_ns, 0), known
