"""Whether speeds, courses and times fit the way that the positions show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.arrays import numpy_view, validity
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from telemparse.kernels.arrays import Floats

__all__ = ["MOVEMENT", "known"]

_EARTH_M = 6_371_000.0
# Noise, rounding and positions that are held for some rows rule single steps, but not legs of this length.
_LEG_M = 15.0
_OF_THIS_LENGTH_PCT = 75  # a car may stand for most of a recording
_FEWEST_LEGS = 5
_LONGEST_PAUSE_S = 10.0  # nobody knows the way between fixes that are farther apart
_STRETCHES = 5
_FEWEST_STRETCHES = 3
_SLOWEST_MPS = 0.5
_RATIO = 1.6  # less than between most units of speed in use: knots and m/s differ by 1.94
_FASTEST_MPS = 400.0
_COURSE_OFF_DEG = 60.0
_TIME_IS_MADE_UP = int(QualityFlag.INTERPOLATED | QualityFlag.TIME_REPAIRED)


def known(table: pa.Table, *names: str) -> list[Floats]:
    """Return columns as floats, over the rows in which all are known."""
    columns = [table.column(name) for name in names]
    rows = np.logical_and.reduce([validity(column) for column in columns])
    return [numpy_view(column).astype(np.float64)[rows] for column in columns]


@attrs.frozen(eq=False)
class _Legs:
    """Ways of k rows each, all that follow each other in time without a pause.

    Args:
        seconds: of each step, shape (n, k).
        north_m, east_m: of each leg, shape (n,).
        told: what named columns say at the end of each step, each of shape (n, k).
    """

    seconds: Floats
    north_m: Floats
    east_m: Floats
    told: tuple[Floats, ...]

    @property
    def lengths_m(self) -> Floats:
        """The straight length of each leg, shape (n,)."""
        lengths_m: Floats = np.hypot(self.north_m, self.east_m)
        return lengths_m

    def stretches_mps(self, lengths_m: Floats) -> Floats:
        """Return the mean speeds over a few parts of the recording, for one leap spoils but one of them."""
        metres, seconds = (
            np.array([part.sum() for part in np.array_split(values, _STRETCHES)])
            for values in (lengths_m, self.seconds.sum(axis=1))
        )
        mean_mps: Floats = np.divide(metres, seconds, out=np.zeros(_STRETCHES), where=seconds > 0)
        return mean_mps


def _legs(table: pa.Table, *names: str) -> _Legs | None:
    """Return the legs of a recording, None where there are not enough to judge by.

    Each is of so many rows that a good part of them is some 15 m long.
    """
    if (table.schema.metadata or {}).get(b"time_base") == b"index":
        return None
    t_ns, lat_deg, lon_deg, flags, *others = known(table, "t", "lat_deg", "lon_deg", "quality_flags", *names)
    sound = flags.astype(np.uint32) & _TIME_IS_MADE_UP == 0
    seconds = np.diff(t_ns[sound]) / 1e9
    north_m = np.radians(np.diff(lat_deg[sound])) * _EARTH_M
    lon_step_deg = (np.diff(lon_deg[sound]) + 180) % 360 - 180
    east_m = np.radians(lon_step_deg) * _EARTH_M * np.cos(np.radians(lat_deg[sound][1:]))
    told = [other[sound][1:] for other in others]
    rows = 1
    while len(seconds) >= rows * _FEWEST_LEGS:
        steps, north, east, *columns = (_rowed(values, rows) for values in (seconds, north_m, east_m, *told))
        joined = steps.max(axis=1) <= _LONGEST_PAUSE_S
        legs = _Legs(
            steps[joined],
            north.sum(axis=1)[joined],
            east.sum(axis=1)[joined],
            tuple(column[joined] for column in columns),
        )
        if joined.sum() >= _FEWEST_LEGS and np.percentile(legs.lengths_m, _OF_THIS_LENGTH_PCT) >= _LEG_M:
            return legs
        rows *= 2
    return None


def _rowed(values: Floats, rows: int) -> Floats:
    """Return values of shape (n,) as shape (n // rows, rows)."""
    return values[: len(values) // rows * rows].reshape(-1, rows)


def _travel(table: pa.Table) -> str | None:
    legs = _legs(table)
    if legs is None:
        return None
    fastest = float(np.median(legs.stretches_mps(legs.lengths_m)))
    return f"positions and times show {fastest:.0f} m/s" if fastest > _FASTEST_MPS else None


def _speed(table: pa.Table, *names: str) -> str | None:
    """Compare a speed, or the length of a velocity, with the way between the fixes."""
    legs = _legs(table, *names)
    if legs is None:
        return None
    told = np.sqrt(sum(part**2 for part in legs.told))
    told_mps = legs.stretches_mps((told * legs.seconds).sum(axis=1))
    travelled_mps = legs.stretches_mps(legs.lengths_m)
    moving = travelled_mps >= _SLOWEST_MPS
    if moving.sum() < _FEWEST_STRETCHES:
        return None
    ratio = float(np.median(told_mps[moving] / travelled_mps[moving]))
    if 1 / _RATIO <= ratio <= _RATIO:
        return None
    return f"{' and '.join(names)} are {ratio:.2f} times the speed that positions and times show"


def _course(table: pa.Table) -> str | None:
    legs = _legs(table, "course_deg")
    return None if legs is None else _off("course_deg is", legs, legs.told[0])


def _direction(table: pa.Table) -> str | None:
    legs = _legs(table, "vel_n_mps", "vel_e_mps")
    if legs is None:
        return None
    north_mps, east_mps = legs.told
    return _off("vel_n_mps and vel_e_mps are", legs, np.degrees(np.arctan2(east_mps, north_mps)))


def _off(what: str, legs: _Legs, told_deg: Floats) -> str | None:
    """Compare directions, shape (n, k), with the bearings of the legs."""
    moving = legs.lengths_m >= _LEG_M / 2
    bearing_deg = np.degrees(np.arctan2(legs.east_m, legs.north_m))[moving]
    midway_deg = told_deg[moving, told_deg.shape[1] // 2]
    off_deg = float(np.median(np.abs((midway_deg - bearing_deg + 180) % 360 - 180)))
    return f"{what} {off_deg:.0f} degrees off the way between fixes" if off_deg > _COURSE_OFF_DEG else None


MOVEMENT: tuple[Callable[[pa.Table], str | None], ...] = (
    _travel,
    lambda table: _speed(table, "speed_mps"),
    lambda table: _speed(table, "vel_n_mps", "vel_e_mps"),
    _course,
    _direction,
)
"""Each returns what is wrong with a `gnss_pvt` table, or None."""
