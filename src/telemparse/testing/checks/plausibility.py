"""Whether numbers can be what their units say: speeds beside positions, gravity, rotation, fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.testing.checks.movement import MOVEMENT, known
from telemparse.testing.kit import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemparse.kernels.arrays import Floats
    from telemparse.testing.subject import Subject

__all__ = ["units_are_plausible"]

_NS_PER_S = 1e9
_CLOCK_S = (315_532_800.0, 4_102_444_800.0)  # 1980 to 2100
_ALTITUDE_M = (-500.0, 50_000.0)  # up to where balloons go
_FEWEST = 5
_GRAVITY_IN_G = (0.9, 1.1)
_STEADY = 0.2
_STRONGEST_MPS2 = 400.0
_FASTEST_RPS = 40.0  # gyroscopes end at 2 000 degrees a second, which is 35
_FAST_PCT = 95  # a car turns at so many degrees a second in its bends only
_FIELD_UT = (5.0, 500.0)
# 0 is within all of them: it is what a device writes for a sensor that nobody connected.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "rpm": (0.0, 150_000.0), "throttle_pct": (-10.0, 150.0), "brake_pct": (-10.0, 150.0),
    "steering_deg": (-1080.0, 1080.0), "heart_rate_bpm": (0.0, 250.0), "battery_v": (0.0, 1000.0),
    "lambda": (0.0, 10.0),
}  # fmt: skip


def units_are_plausible(subject: Subject) -> None:
    """Look at the tables of every sample."""
    for sample in subject.samples:
        for name, table in subject.result(sample.files).streams.items():
            looks = (_clock, *_LOOKS.get(name.partition(".")[0], ()))
            for words in filter(None, (look(table) for look in looks)):
                raise Broken(f"sample {sample.name}, stream {name}: {words}")


def _clock(table: pa.Table) -> str | None:
    if "t" not in table.column_names or (table.schema.metadata or {}).get(b"time_base") != b"utc":
        return None
    (t_ns,) = known(table, "t")
    return _outside("t, in seconds since 1970,", t_ns / _NS_PER_S, _CLOCK_S)


def _outside(name: str, values: Floats, bounds: tuple[float, float]) -> str | None:
    median = float(np.median(values)) if len(values) else bounds[0]
    if bounds[0] <= median <= bounds[1]:
        return None
    return f"the median of {name} is {median:.10g}, outside {bounds[0]:.10g} to {bounds[1]:.10g}"


def _altitude(table: pa.Table) -> str | None:
    (altitude,) = known(table, "alt_m")
    return _outside("alt_m", altitude, _ALTITUDE_M)


def _length(table: pa.Table, *names: str) -> Floats:
    length: Floats = np.sqrt(sum(axis**2 for axis in known(table, *names)))
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
    length = _length(table, "gx_rps", "gy_rps", "gz_rps")
    if len(length) < _FEWEST:
        return None
    fast_rps = float(np.percentile(length, _FAST_PCT))
    return f"rotations of {fast_rps:.0f} rad/s are no rarity" if fast_rps > _FASTEST_RPS else None


def _field(table: pa.Table) -> str | None:
    return _outside("the magnetic field", _length(table, "mx_ut", "my_ut", "mz_ut"), _FIELD_UT)


def _channels(table: pa.Table) -> str | None:
    for name in table.column_names:
        if name not in _BOUNDS or pa.types.is_string(table.schema.field(name).type):
            continue
        (values,) = known(table, name)
        words = _outside(name, values, _BOUNDS[name])
        if words is not None:
            return words
    return None


_LOOKS: Mapping[str, tuple[Callable[[pa.Table], str | None], ...]] = {
    "gnss_pvt": (*MOVEMENT, _altitude),
    "imu_accel": (_acceleration,),
    "imu_gyro": (_rotation,),
    "imu_mag": (_field,),
    "channels": (_channels,),
}
