"""What can be wrong with an inertial unit: changes of its tables, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from telemparse.testing.simulate import simulate

__all__ = ["FAULTS", "Fault", "Tables", "restamped", "reworked"]

Tables: TypeAlias = Mapping[str, pa.Table]
Fault: TypeAlias = Callable[[Tables, str, int], Tables]
"""From the tables of a run, its circuit and its seed to the tables that are recorded."""
Change: TypeAlias = Callable[[np.ndarray], np.ndarray]

FORCES = ("imu_accel", ("ax_mps2", "ay_mps2", "az_mps2"))
RATES = ("imu_gyro", ("gx_rps", "gy_rps", "gz_rps"))
UNIT = ("imu_accel", "imu_gyro")
_G_MPS2 = 9.80665
_OTHER_SEED = 1000
_NS_PER_S = 1_000_000_000


def reworked(tables: Tables, sensor: tuple[str, tuple[str, ...]], change: Change) -> Tables:
    """Return tables in which the three axes of a sensor, shape (3, n), are changed together."""
    stream, names = sensor
    table = tables[stream]
    values = change(np.stack([table[name].to_numpy().astype(np.float64) for name in names]))
    for name, column in zip(names, values, strict=True):
        index = table.schema.get_field_index(name)
        field = table.schema.field(index)
        table = table.set_column(index, field, pa.array(column, field.type))
    return {**tables, stream: table}


def restamped(tables: Tables, change: Change) -> Tables:
    """Return tables in which the instants of the unit, ns since 1970, are changed."""
    changed = dict(tables)
    for stream in UNIT:
        table = tables[stream]
        stamps = change(table["t"].cast(pa.int64()).to_numpy())
        field = table.schema.field("t")
        column = pa.array(stamps, pa.int64()).cast(field.type)
        changed[stream] = table.set_column(table.schema.get_field_index("t"), field, column)
    return changed


def _values(sensor: tuple[str, tuple[str, ...]], change: Change) -> Fault:
    return lambda tables, _track, _seed: reworked(tables, sensor, change)


def _stamps(change: Change) -> Fault:
    return lambda tables, _track, _seed: restamped(tables, change)


def _turned(axis: int, degrees: float) -> Fault:
    """Return the fault that the unit is built in turned about one of its axes."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    into = np.eye(3)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    into[[first, first, second, second], [first, second, first, second]] = cos, -sin, sin, cos

    def fault(tables: Tables, _track: str, _seed: int) -> Tables:
        for sensor in (FORCES, RATES):
            tables = reworked(tables, sensor, lambda values: into @ values)
        return tables

    return fault


def _without(*streams: str) -> Fault:
    def fault(tables: Tables, _track: str, _seed: int) -> Tables:
        return {name: table for name, table in tables.items() if name not in streams}

    return fault


def _silent(*spans_s: tuple[float, float]) -> Fault:
    """Return the fault that the unit says nothing for some spans, seconds since its first sample."""

    def fault(tables: Tables, _track: str, _seed: int) -> Tables:
        changed = dict(tables)
        for stream in UNIT:
            stamps = tables[stream]["t"].cast(pa.int64()).to_numpy()
            since = (stamps - stamps[0]) / _NS_PER_S
            quiet = np.logical_or.reduce([(since > first) & (since < last) for first, last in spans_s])
            changed[stream] = tables[stream].filter(pa.array(~quiet))
        return changed

    return fault


def _own_clock(tables: Tables, _track: str, _seed: int) -> Tables:
    changed = restamped(tables, lambda t_ns: t_ns - t_ns[0])
    return {
        name: table.replace_schema_metadata({**table.schema.metadata, b"time_base": b"relative"})
        if name in UNIT
        else table
        for name, table in changed.items()
    }


def _jittered(tables: Tables, _track: str, seed: int) -> Tables:
    # Both sensors of a unit are written down together.
    drawn = np.random.default_rng([seed, 1]).normal(0.0, 0.020 * _NS_PER_S, tables["imu_accel"].num_rows)
    return restamped(tables, lambda t_ns: t_ns + np.rint(drawn).astype(np.int64))


def _mere_noise(tables: Tables, _track: str, seed: int) -> Tables:
    drawn = np.random.default_rng([seed, 2])
    for sensor, spread in ((FORCES, 5.0), (RATES, 0.5)):
        tables = reworked(tables, sensor, lambda values, by=spread: drawn.normal(0.0, by, values.shape))
    return tables


def _other_session(tables: Tables, track: str, seed: int) -> Tables:
    other = simulate(track, seed=seed + _OTHER_SEED, imu=6).tables
    return {**tables, **{stream: other[stream] for stream in UNIT}}


def _sound(tables: Tables, _track: str, _seed: int) -> Tables:
    return tables


FAULTS: dict[str, Fault] = {
    "": _sound,
    "axes of the gyroscope swapped": _values(RATES, lambda values: values[[1, 2, 0]]),
    "axes of the accelerometer swapped": _values(FORCES, lambda values: values[[1, 0, 2]]),
    "gyroscope mirrored": _values(RATES, lambda values: values * [[1.0], [1.0], [-1.0]]),
    "accelerometer mirrored": _values(FORCES, lambda values: values * [[1.0], [-1.0], [1.0]]),
    "forces x 1.1": _values(FORCES, lambda values: values * 1.1),
    "forces x 1.5": _values(FORCES, lambda values: values * 1.5),
    "rates x 1.1": _values(RATES, lambda values: values * 1.1),
    "rates x 1.5": _values(RATES, lambda values: values * 1.5),
    "forces in g": _values(FORCES, lambda values: values / _G_MPS2),
    "rates in deg/s": _values(RATES, np.degrees),
    "turned 4° about the upright": _turned(2, 4.0),
    "turned 30° about the upright": _turned(2, 30.0),
    "turned 180° about the upright": _turned(2, 180.0),
    "tilted 20° sideways": _turned(0, 20.0),
    "tilted 90° sideways": _turned(0, 90.0),
    "upside down": _turned(0, 180.0),
    "nose 90° up": _turned(1, 90.0),
    "clock 50 ms early": _stamps(lambda t_ns: t_ns - 50_000_000),
    "clock 200 ms late": _stamps(lambda t_ns: t_ns + 200_000_000),
    "clock 2 s late": _stamps(lambda t_ns: t_ns + 2_000_000_000),
    "clock 50 ppm fast": _stamps(lambda t_ns: t_ns[0] + ((t_ns - t_ns[0]) * 1.00005).astype(np.int64)),
    "a clock of its own": _own_clock,
    "stamps jitter 20 ms": _jittered,
    "forces clipped at 1.2 g": _values(FORCES, lambda values: np.clip(values, -1.2 * _G_MPS2, 1.2 * _G_MPS2)),
    "forces clipped at 1 g": _values(FORCES, lambda values: np.clip(values, -_G_MPS2, _G_MPS2)),
    "rates clipped at 2 rad/s": _values(RATES, lambda values: np.clip(values, -2.0, 2.0)),
    "gyroscope says zero": _values(RATES, lambda values: values * 0.0),
    "accelerometer says zero": _values(FORCES, lambda values: values * 0.0),
    "noise and nothing else": _mere_noise,
    "of another session": _other_session,
    "silent for 2 s, thrice": _silent((30.0, 32.0), (70.0, 72.0), (110.0, 112.0)),
    "silent for 30 s": _silent((60.0, 90.0)),
    "silent before 20 s": _silent((-1.0, 20.0)),
    "no gyroscope": _without("imu_gyro"),
    "no unit": _without("imu_gyro", "imu_accel"),
}
"""Faults by what is said of them; of `""` none."""
