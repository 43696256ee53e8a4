"""The inertial unit: specific force, angular rate and magnetic field in the vehicle's own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
from scipy.ndimage import gaussian_filter1d

from telemparse.kernels.clocks import NS_PER_S
from telemparse.schemas import build
from telemparse.testing.simulate.chances import Cause, chance
from telemparse.testing.simulate.noises import random_walk

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.testing.simulate.truths import States, Truth

__all__ = ["ACCEL", "GYRO", "Sensor", "inertial_tables"]


@attrs.frozen
class Sensor:
    """How a sensor errs, standard deviations of each axis, in its own unit.

    Args:
        density: white noise, a root hertz.
        vibration: of the vehicle, white.
        bias: constant over a run.
        wander: random walk of the bias, a root second.
        scale: share by which values are too large, constant over a run.
    """

    density: float
    vibration: float
    bias: float
    wander: float
    scale: float


# Invented after data sheets of cheap units, and what they feel in a small car on dirt.
ACCEL = Sensor(0.0015, 0.6, 0.15, 0.002, 0.004)
GYRO = Sensor(np.radians(0.008), np.radians(1.0), np.radians(0.6), np.radians(0.003), 0.004)

_GRAVITY_MPS2 = 9.80665
_ROLL, _PITCH = np.radians(0.25), np.radians(-0.2)  # lean by each m/s2 sideways and forwards
_LEAN_S = 0.06
_PARTS = 8
"""A sample is the mean over its period, as units with filters give it: taken at so many instants."""
_FIELD_UT = (22.0, 43.0)  # to the north and down, as at middle latitudes
_MAG_WHITE_UT, _MAG_BIAS_UT = 0.4, 3.0


def inertial_tables(truth: Truth, axes: int, rate_hz: float, seed: int) -> dict[str, pa.Table]:
    """Return the streams of an inertial unit: x forwards, y to the left, z up, at rest +g along z.

    Args:
        truth: of the run.
        axes: 3 accelerometer, 6 gyroscope as well, 9 magnetometer as well.
        rate_hz: samples a second.
        seed: of its errors.
    """
    count = int(truth.seconds * rate_hz)
    inner = truth.at_s(np.asarray((np.arange(count * _PARTS) + 0.5) / (rate_hz * _PARTS), np.float64))
    step_s = 1 / rate_hz
    force, turn = _felt(inner, step_s / _PARTS)
    t_ns = truth.start_ns + np.rint(np.arange(1, count + 1) * (NS_PER_S / rate_hz)).astype(np.int64)
    tables = {}
    accel = _spoilt(_means(force), ACCEL, step_s, chance(seed, Cause.ACCEL))
    tables["imu_accel"] = _table("imu_accel", t_ns, ("ax_mps2", "ay_mps2", "az_mps2"), accel)
    if axes >= 6:  # noqa: PLR2004  (as declared above)
        gyro = _spoilt(_means(turn), GYRO, step_s, chance(seed, Cause.GYRO))
        tables["imu_gyro"] = _table("imu_gyro", t_ns, ("gx_rps", "gy_rps", "gz_rps"), gyro)
    if axes >= 9:  # noqa: PLR2004  (as declared above)
        field = _magnetic(truth.at(t_ns).yaw_rad, chance(seed, Cause.MAG))
        tables["imu_mag"] = _table("imu_mag", t_ns, ("mx_ut", "my_ut", "mz_ut"), field)
    return tables


def _felt(states: States, step_s: float) -> tuple[Floats, Floats]:
    """Return specific force and angular rate without errors, shape (n, 3) each."""
    forwards, left = _pushed(states)
    roll, pitch = _leaning(states, step_s)
    # The unit is turned by yaw, then pitch, then roll, each about its own axis; gravity pushes it upwards.
    cos_r, sin_r, cos_p, sin_p = np.cos(roll), np.sin(roll), np.cos(pitch), np.sin(pitch)
    down = forwards * sin_p + _GRAVITY_MPS2 * cos_p
    force = np.stack(
        [
            forwards * cos_p - _GRAVITY_MPS2 * sin_p,
            left * cos_r + down * sin_r,
            down * cos_r - left * sin_r,
        ],
        axis=1,
    )
    rolling, pitching, yawing = np.gradient(roll, step_s), np.gradient(pitch, step_s), states.yaw_rate_rps
    turn = np.stack(
        [
            rolling - yawing * sin_p,
            pitching * cos_r + yawing * cos_p * sin_r,
            yawing * cos_p * cos_r - pitching * sin_r,
        ],
        axis=1,
    )
    return force, turn


def _pushed(states: States) -> tuple[Floats, Floats]:
    """Return accelerations along the nose and to its left, shape (n,) each."""
    cos, sin = np.cos(states.yaw_rad), np.sin(states.yaw_rad)
    east, north = states.acceleration_mps2.T
    return east * cos + north * sin, north * cos - east * sin


def _leaning(states: States, step_s: float) -> tuple[Floats, Floats]:
    """Return roll (right side down) and pitch (nose down) of a body on its springs, shape (n,) each."""
    forwards, left = _pushed(states)
    wide = _LEAN_S / step_s
    return gaussian_filter1d(_ROLL * left, wide), gaussian_filter1d(_PITCH * forwards, wide)


def _means(values: Floats) -> Floats:
    return np.asarray(values.reshape(-1, _PARTS, values.shape[1]).mean(axis=1))


def _spoilt(values: Floats, sensor: Sensor, step_s: float, drawn: np.random.Generator) -> Floats:
    white = np.hypot(sensor.density / np.sqrt(step_s), sensor.vibration)
    scale, bias = sensor.scale * drawn.standard_normal(3), sensor.bias * drawn.standard_normal(3)
    walk = random_walk(drawn, len(values), 3, step_s, sensor.wander)
    return np.asarray(values * (1 + scale) + bias + walk + white * drawn.standard_normal(values.shape))


def _magnetic(yaw: Floats, drawn: np.random.Generator) -> Floats:
    north, down = _FIELD_UT
    field = np.stack([north * np.sin(yaw), north * np.cos(yaw), np.full(len(yaw), -down)], axis=1)
    bias = _MAG_BIAS_UT * drawn.standard_normal(3)
    return np.asarray(field + bias + _MAG_WHITE_UT * drawn.standard_normal(field.shape))


def _table(stream: str, t_ns: Ints, names: tuple[str, ...], values: Floats) -> pa.Table:
    columns = dict(zip(names, values.T, strict=True))
    return pa.Table.from_batches([build(stream, {"t": t_ns, **columns})])
