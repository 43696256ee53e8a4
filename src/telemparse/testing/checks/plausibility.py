"""Whether numbers can be what their units say: speeds beside positions, gravity, rotation, fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.kernels.arrays import numpy_view, validity
from telemparse.testing.kit import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.testing.subject import Subject

__all__ = ["units_are_plausible"]

_EARTH_M = 6_371_000.0
_MOVING_MPS = 2.0
_RATIO = 1.6  # less than between any two units of speed in use: knots and m/s differ by 1.94
_FEWEST = 5
_FASTEST_MPS = 400.0
_COURSE_OFF_DEG = 60.0
_ALTITUDE_M = (-500.0, 20_000.0)
_GRAVITY_IN_G = (0.9, 1.1)
_STEADY = 0.2
_STRONGEST_MPS2 = 400.0
_FASTEST_RPS = 40.0  # gyroscopes end at 2 000 degrees a second, which is 35
_FIELD_UT = (5.0, 500.0)
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "rpm": (0.0, 30_000.0), "throttle_pct": (-10.0, 150.0), "brake_pct": (-10.0, 150.0),
    "steering_deg": (-1080.0, 1080.0), "heart_rate_bpm": (20.0, 250.0), "battery_v": (0.0, 1000.0),
    "lambda": (0.3, 5.0),
}  # fmt: skip


def units_are_plausible(subject: Subject) -> None:
    """Look at the tables of every sample."""
    for sample in subject.samples:
        streams = subject.result(sample.files).streams
        for name, table in streams.items():
            looks = _LOOKS.get(name.partition(".")[0], ())
            for words in filter(None, (look(table) for look in looks)):
                raise Broken(f"sample {sample.name}, stream {name}: {words}")


def _known(table: pa.Table, *names: str) -> list[NDArray[np.float64]]:
    """Return columns as floats, over the rows in which all are known."""
    columns = [table.column(name) for name in names]
    rows = np.logical_and.reduce([validity(column) for column in columns])
    return [numpy_view(column).astype(np.float64)[rows] for column in columns]


def _steps(table: pa.Table, *names: str) -> list[NDArray[np.float64]]:
    """Return seconds, metres north and metres east between successive fixes, and columns at their ends."""
    t_ns, lat_deg, lon_deg, *others = _known(table, "t", "lat_deg", "lon_deg", *names)
    seconds = np.diff(t_ns) / 1e9
    lon_step = (np.diff(lon_deg) + 180) % 360 - 180
    north = np.radians(np.diff(lat_deg)) * _EARTH_M
    east = np.radians(lon_step) * _EARTH_M * np.cos(np.radians(lat_deg[1:]))
    return [column[seconds > 0] for column in (seconds, north, east, *(other[1:] for other in others))]


def _speed(table: pa.Table, *names: str) -> str | None:
    """Compare a speed, or the length of a velocity, with the way between the fixes."""
    seconds, north, east, *parts = _steps(table, *names)
    travelled = np.hypot(north, east) / seconds
    moving = travelled > _MOVING_MPS
    if moving.sum() < _FEWEST:
        return None
    told = np.sqrt(sum(part[moving] ** 2 for part in parts))
    ratio = float(np.median(told) / np.median(travelled[moving]))
    if 1 / _RATIO <= ratio <= _RATIO:
        return None
    return f"{' and '.join(names)} are {ratio:.2f} times the speed that positions and times show"


def _travel(table: pa.Table) -> str | None:
    seconds, north, east = _steps(table)
    if len(seconds) < _FEWEST:
        return None
    fastest = float(np.median(np.hypot(north, east) / seconds))
    return f"positions and times show {fastest:.0f} m/s" if fastest > _FASTEST_MPS else None


def _course(table: pa.Table) -> str | None:
    seconds, north, east, course = _steps(table, "course_deg")
    moving = np.hypot(north, east) / seconds > _MOVING_MPS
    if moving.sum() < _FEWEST:
        return None
    bearing = np.degrees(np.arctan2(east[moving], north[moving]))
    off = np.abs((course[moving] - bearing + 180) % 360 - 180)
    median = float(np.median(off))
    return (
        f"course_deg is {median:.0f} degrees off the way between fixes" if median > _COURSE_OFF_DEG else None
    )


def _altitude(table: pa.Table) -> str | None:
    (altitude,) = _known(table, "alt_m")
    return _outside("alt_m", altitude, _ALTITUDE_M)


def _outside(name: str, values: NDArray[np.float64], bounds: tuple[float, float]) -> str | None:
    median = float(np.median(values)) if len(values) else bounds[0]
    if bounds[0] <= median <= bounds[1]:
        return None
    return f"the median of {name} is {median:g}, outside {bounds[0]:g} to {bounds[1]:g}"


def _length(table: pa.Table, *names: str) -> NDArray[np.float64]:
    length: NDArray[np.float64] = np.sqrt(sum(axis**2 for axis in _known(table, *names)))
    return length


def _acceleration(table: pa.Table) -> str | None:
    length = _length(table, "ax_mps2", "ay_mps2", "az_mps2")
    if len(length) < _FEWEST:
        return None
    median, spread = float(np.median(length)), float(np.median(np.abs(length - np.median(length))))
    if _GRAVITY_IN_G[0] <= median <= _GRAVITY_IN_G[1] and spread < _STEADY:
        return f"the acceleration is {median:.2f} m/s² all the time: that is gravity in g"
    return _outside("the acceleration", length, (0.0, _STRONGEST_MPS2))


def _rotation(table: pa.Table) -> str | None:
    return _outside("the rotation", _length(table, "gx_rps", "gy_rps", "gz_rps"), (0.0, _FASTEST_RPS))


def _field(table: pa.Table) -> str | None:
    return _outside("the magnetic field", _length(table, "mx_ut", "my_ut", "mz_ut"), _FIELD_UT)


def _channels(table: pa.Table) -> str | None:
    for name in set(table.column_names) & set(_BOUNDS):
        (values,) = _known(table, name)
        words = _outside(name, values, _BOUNDS[name])
        if words is not None:
            return words
    return None


_LOOKS: Mapping[str, tuple[Callable[[pa.Table], str | None], ...]] = {
    "gnss_pvt": (
        _travel,
        lambda table: _speed(table, "speed_mps"),
        lambda table: _speed(table, "vel_n_mps", "vel_e_mps"),
        _course,
        _altitude,
    ),
    "imu_accel": (_acceleration,),
    "imu_gyro": (_rotation,),
    "imu_mag": (_field,),
    "channels": (_channels,),
}
