"""The states of the filter: what they are, where they stand, and a trajectory of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.rotations import turned_by, vector_of

if TYPE_CHECKING:
    from telemparse.analysis.fusion.strapdown import Increments, Stretches
    from telemparse.kernels.arrays import Floats

__all__ = [
    "ATTITUDE",
    "COUNT",
    "FAST",
    "FORCE_BIAS",
    "FORCE_SCALE",
    "GRAVITY",
    "OFFSET",
    "POSITION",
    "RATE_BIAS",
    "RATE_SCALE",
    "SLOW",
    "VELOCITY",
    "Trajectory",
]  # fmt: skip

POSITION, VELOCITY = slice(0, 3), slice(3, 6)
ATTITUDE = slice(6, 9)
"""Error of the attitude: a small turn of the vehicle's own frame, radians."""
FORCE_BIAS, RATE_BIAS = slice(9, 12), slice(12, 15)
FAST, SLOW = slice(15, 17), slice(17, 19)
"""Wandering errors of the receiver's position, east and north."""
FORCE_SCALE, RATE_SCALE = slice(19, 21), 21
"""Shares by which forces forwards and to the left, and the rate of yaw, are measured too large."""
OFFSET = 22
"""Seconds by which the receiver's stamps lie behind the unit's clock."""
COUNT = 23

GRAVITY = np.array([0.0, 0.0, -9.80665])


@attrs.frozen(eq=False, kw_only=True)
class Trajectory:
    """Values of the states at k + 1 instants, nodes.

    Args:
        nodes_s: instants, rising, shape (k + 1,).
        position_m: east, north, up, shape (k + 1, 3).
        velocity_mps: likewise.
        attitude: from the vehicle's frame (forwards, left, up) to east, north, up, shape (k + 1, 3, 3).
        force_bias, rate_bias: of the unit, m/s2 and rad/s, shape (k + 1, 3).
        wander_m: of the receiver's position, fast and slow, each east and north, shape (k + 1, 4).
        scale: of forces forwards and to the left and of the rate of yaw, shape (k + 1, 3).
        offset_s: of the receiver's stamps, shape (k + 1,).
    """

    nodes_s: Floats
    position_m: Floats
    velocity_mps: Floats
    attitude: Floats
    force_bias: Floats
    rate_bias: Floats
    wander_m: Floats
    scale: Floats
    offset_s: Floats

    def moved(self, errors: Floats) -> Trajectory:
        """Return the trajectory with errors of its states put right, shape (k + 1, 23)."""
        return attrs.evolve(
            self,
            position_m=self.position_m + errors[:, POSITION],
            velocity_mps=self.velocity_mps + errors[:, VELOCITY],
            attitude=self.attitude @ turned_by(errors[:, ATTITUDE]),
            force_bias=self.force_bias + errors[:, FORCE_BIAS],
            rate_bias=self.rate_bias + errors[:, RATE_BIAS],
            wander_m=self.wander_m + errors[:, FAST.start : SLOW.stop],
            scale=self.scale + errors[:, FORCE_SCALE.start : RATE_SCALE + 1],
            offset_s=self.offset_s + errors[:, OFFSET],
        )

    def biases(self, stretches: Stretches) -> tuple[Floats, Floats]:
        """Return what is to be taken off forces and rates in each interval, scale and all, shape (k, 3)."""
        force, rate = stretches.force, stretches.rate
        too_much = np.zeros_like(force), np.zeros_like(rate)
        too_much[0][:, :2] = self.scale[:-1, :2] * force[:, :2]
        too_much[1][:, 2] = self.scale[:-1, 2] * rate[:, 2]
        return self.force_bias[:-1] + too_much[0], self.rate_bias[:-1] + too_much[1]

    def led(self, sums: Increments) -> tuple[Floats, Floats, Floats]:
        """Return position, velocity and attitude that sums lead to at the end of each interval."""
        step = sums.step_s[:, None]
        here = self.attitude[:-1]
        way = np.einsum("kij,kj->ki", here, sums.way_m)
        gain = np.einsum("kij,kj->ki", here, sums.gain_mps)
        position = self.position_m[:-1] + self.velocity_mps[:-1] * step + 0.5 * GRAVITY * step**2 + way
        return position, self.velocity_mps[:-1] + GRAVITY * step + gain, here @ sums.turn

    def missed(self, sums: Increments) -> Floats:
        """Return by how much sums miss the next node: position, velocity and attitude, shape (k, 9)."""
        position, velocity, attitude = self.led(sums)
        apart = vector_of(np.swapaxes(self.attitude[1:], 1, 2) @ attitude)
        return np.concatenate(
            [position - self.position_m[1:], velocity - self.velocity_mps[1:], apart], axis=1
        )

    def remembered(self, fade: Floats) -> Floats:
        """Return by how much biases, wander, scale and offset, fading, miss the next node, shape (k, 14).

        Args:
            fade: share that is left of each at the next node, shape (k, 14).
        """
        parts = (self.force_bias, self.rate_bias, self.wander_m, self.scale, self.offset_s[:, None])
        values = np.concatenate(parts, axis=1)
        return np.asarray(fade * values[:-1] - values[1:])
