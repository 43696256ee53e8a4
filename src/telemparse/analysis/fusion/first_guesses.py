"""A trajectory to begin with: places and velocities of the receiver, and where the nose may have pointed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.analysis.fusion.rotations import about_up
from telemparse.analysis.fusion.states import (
    ATTITUDE,
    COUNT,
    FAST,
    FORCE_BIAS,
    FORCE_SCALE,
    OFFSET,
    POSITION,
    RATE_BIAS,
    RATE_SCALE,
    SLOW,
    VELOCITY,
    Trajectory,
)

if TYPE_CHECKING:
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.fusion.nodes import Nodes
    from telemparse.analysis.fusion.parameters import UnitNoise
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["OFFSET_STD_S", "first_guess", "start_std"]

_SLOWEST_MPS = 3.0
_WINDOW_S = 10.0
OFFSET_STD_S = 0.05
"""By which clocks may stand apart before anything is known of it."""
_YAW_STD, _TILT_STD = 0.15, 0.06
_FREE_M, _FREE_MPS = 10.0, 3.0


def first_guess(unit: Inertial, motion: Motion, nodes: Nodes, zero_ns: int) -> Trajectory:
    """Return a trajectory along a motion, level, its nose by the rates of turn and, over seconds, the course.

    Args:
        unit: samples in the vehicle's frame, on the receiver's clock.
        motion: of the receiver alone.
        nodes: instants of the filter.
        zero_ns: instant of their 0.
    """
    t_s = (motion.path.t_ns - zero_ns) / 1e9
    count = len(nodes)
    place = np.zeros((count, 3))
    pace = np.zeros((count, 3))
    for axis in range(2):
        place[:, axis] = np.interp(nodes.t_s, t_s, motion.position_m[:, axis])
        pace[:, axis] = np.interp(nodes.t_s, t_s, motion.velocity_mps[:, axis])
    # Nobody knows how a vehicle turned in silence.
    lasting = np.minimum(np.diff(unit.t_s, prepend=unit.t_s[0] - unit.period_s), unit.silence_s)
    turned = np.cumsum(unit.rate[:, 2] * lasting)
    yaw = np.interp(nodes.t_s, unit.t_s, turned)
    # In a gap nobody knows the course.
    speed = np.where(nodes.far(motion.path.gap_s), 0.0, np.hypot(pace[:, 0], pace[:, 1]))
    yaw = yaw + _constant(nodes.t_s, yaw, pace[:, :2], speed > _SLOWEST_MPS)
    return Trajectory(
        nodes_s=nodes.t_s,
        position_m=place,
        velocity_mps=pace,
        attitude=about_up(yaw),
        force_bias=np.zeros((count, 3)),
        rate_bias=np.zeros((count, 3)),
        wander_m=np.zeros((count, 4)),
        scale=np.zeros((count, 3)),
        offset_s=np.zeros(count),
    )


def _constant(t_s: Floats, yaw: Floats, velocity: Floats, moving: Mask) -> Floats:
    """Return by how much the course is ahead of summed rates, over windows of some seconds, shape (n,)."""
    if not moving.any():
        return np.zeros(len(t_s))
    apart = np.exp(1j * (np.arctan2(velocity[moving, 1], velocity[moving, 0]) - yaw[moving]))
    window = ((t_s[moving] - t_s[0]) / _WINDOW_S).astype(np.int64)
    first = np.flatnonzero(np.diff(window, prepend=-1))
    means = np.add.reduceat(apart, first) / np.diff(np.append(first, len(window)))
    middles = np.add.reduceat(t_s[moving], first) / np.diff(np.append(first, len(window)))
    return np.interp(t_s, middles, np.unwrap(np.angle(means)))


def start_std(unit: UnitNoise, receiver: Noise) -> Floats:
    """Return how far off the states of a first guess may be, standard deviations, shape (23,)."""
    std = np.zeros(COUNT)
    std[POSITION], std[VELOCITY] = _FREE_M + receiver.slow_m, _FREE_MPS
    std[ATTITUDE] = (_TILT_STD, _TILT_STD, _YAW_STD)
    std[FORCE_BIAS], std[RATE_BIAS] = unit.force_bias, unit.rate_bias
    std[FAST], std[SLOW] = receiver.fast_m, receiver.slow_m
    std[FORCE_SCALE], std[RATE_SCALE], std[OFFSET] = unit.scale, unit.scale, OFFSET_STD_S
    return std
