"""Clocks: the calendar, zones, GPS weeks, leap seconds, exact numbers, and the roll over midnight."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import validity

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask

__all__ = [
    "DAY_NS", "NS_PER_S", "civil_days", "digits_of_day", "exact_ns", "gps_to_utc_ns", "local_to_utc_ns",
    "midnights",
]  # fmt: skip

NS_PER_S = 1_000_000_000
DAY_NS = 86_400 * NS_PER_S
_FIRST_YEAR, _LAST_YEAR = 1678, 2261  # years that 64 bits of nanoseconds hold completely

_GPS_EPOCH_S = 315_964_800  # 1980-01-06T00:00:00Z
# GPS - UTC in seconds from each day on (IERS Bulletin C; TAI - UTC less 19).
_LEAP_DAYS = tuple(
    int(np.datetime64(day, "s").astype(np.int64))
    for day in (
        "1981-07-01", "1982-07-01", "1983-07-01", "1985-07-01", "1988-01-01", "1990-01-01", "1991-01-01",
        "1992-07-01", "1993-07-01", "1994-07-01", "1996-01-01", "1997-07-01", "1999-01-01", "2006-01-01",
        "2009-01-01", "2012-07-01", "2015-07-01", "2017-01-01",
    )
)  # fmt: skip


def exact_ns(decimals: pa.Array | pa.ChunkedArray) -> tuple[Ints, Mask]:
    """Return a decimal128 column as the integers it stores (value * 10**scale), and the mask of non-nulls.

    A column of seconds read with scale 9 comes out in nanoseconds without any rounding. Values whose
    integer does not fit into 62 bits are masked and come out as 0.
    """
    if isinstance(decimals, pa.ChunkedArray):
        decimals = decimals.chunk(0) if decimals.num_chunks == 1 else pa.concat_arrays(decimals.chunks)
    words = np.frombuffer(decimals.buffers()[1] or b"", np.int64)
    words = words[2 * decimals.offset : 2 * (decimals.offset + len(decimals))]
    low, high = words[0::2], words[1::2]
    valid = validity(decimals) & (high == low >> 63) & (np.abs(low >> 1) < 1 << 61)
    return np.where(valid, low, 0), valid


def civil_days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Mask]:
    """Return days since 1970-01-01 of calendar dates, shape (n,), and a mask of those that exist."""
    plausible = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12)  # noqa: PLR2004  (calendar)
    index = np.where(plausible, (year - 1970) * 12 + month - 1, 0)
    first = index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (index + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    valid = plausible & (day >= 1) & (day <= following - first)
    return np.where(valid, first + day - 1, 0), valid


def digits_of_day(value: Ints, scale_ns: int = NS_PER_S) -> tuple[Ints, Mask]:
    """Return ns since midnight of clocks written as one number HHMMSS, and a mask of valid ones.

    Args:
        value: shape (n,), the number times `scale_ns`.
        scale_ns: 1 for whole numbers, 10**9 for those with nine decimals.
    """
    whole, fraction = np.divmod(value, scale_ns)
    hour, rest = np.divmod(whole, 10_000)
    minute, second = np.divmod(rest, 100)
    valid = (value >= 0) & (hour <= 23) & (minute <= 59) & (second <= 60)  # noqa: PLR2004  (clock)
    ns = ((hour * 60 + minute) * 60 + second) * NS_PER_S + fraction * (NS_PER_S // scale_ns)
    return np.where(valid, ns, 0), valid


def midnights(of_day_ns: Ints, previous_ns: int | None = None) -> Ints:
    """Return how often the clock has passed midnight up to each row, shape (n,), from 0.

    A fall by more than half a day is midnight; a smaller one is disorder and left alone.

    Args:
        of_day_ns: ns since midnight, all valid.
        previous_ns: of the row before the first, so that blocks can be joined.
    """
    if len(of_day_ns) == 0:
        return np.zeros(0, np.int64)
    before = np.concatenate([[of_day_ns[0] if previous_ns is None else previous_ns], of_day_ns[:-1]])
    step = of_day_ns - before
    # A late row from before midnight goes back to its own day.
    passed = (step < -DAY_NS // 2).astype(np.int64) - (step > DAY_NS // 2).astype(np.int64)
    count = np.cumsum(passed)
    return count if previous_ns is not None else np.maximum(count, 0)


def local_to_utc_ns(local_ns: Ints, zone: str) -> Ints:
    """Return UTC instants of wall-clock times in an IANA zone, shape (n,), in ns.

    Summer time is followed. An hour that comes twice is taken as its first pass; one that does not
    exist as if the clock had not been put forward yet. Offsets are looked up once a quarter of an hour.
    """
    if len(local_ns) == 0:
        return local_ns
    quarter_ns = 900 * NS_PER_S
    quarters, inverse = np.unique(local_ns // quarter_ns, return_inverse=True)
    place = zoneinfo.ZoneInfo(zone)
    offsets = [_offset_s(place, int(quarter) * 900) for quarter in quarters]
    return local_ns - np.array(offsets, np.int64)[inverse] * NS_PER_S


def _offset_s(place: zoneinfo.ZoneInfo, wall_s: int) -> int:
    # Beyond the years that datetime knows, the offset of its last one holds.
    bounded = min(max(wall_s, -62_000_000_000), 253_000_000_000)
    wall = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=bounded)  # noqa: DTZ001  (a wall clock has no zone)
    offset = wall.replace(tzinfo=place).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def gps_to_utc_ns(week: Ints, seconds_ns: Ints) -> Ints:
    """Return UTC instants of GPS weeks and ns of week, shape (n,), leap seconds taken off.

    Args:
        week: full count since 1980-01-06, not modulo 1024.
        seconds_ns: since the week's beginning.
    """
    gps_ns = _GPS_EPOCH_S * NS_PER_S + week * (7 * DAY_NS) + seconds_ns
    # The n-th leap second takes effect in GPS time n seconds after the UTC midnight.
    steps = np.array([day + count for count, day in enumerate(_LEAP_DAYS, start=1)], np.int64) * NS_PER_S
    return gps_ns - np.searchsorted(steps, gps_ns, side="right") * NS_PER_S
