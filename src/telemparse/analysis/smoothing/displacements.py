"""Measured velocity as displacement: its integral, and how positions drift against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Displacements", "lies_close", "shifted_velocity"]

_USUAL = 1.5


@attrs.frozen(eq=False)
class Displacements:
    """The integral of a velocity over the steps of a path, whose gaps it does not bridge.

    Args:
        t_s: instants, shape (n,), rising.
        velocity_mps: shape (n, 2), NaN where unknown.
        broken: gaps between epochs, shape (n - 1,).
        integral_m: since the first epoch, shape (n, 2).
        breaks: number of steps so far that cannot be integrated, shape (n,).
    """

    t_s: Floats
    velocity_mps: Floats
    broken: Mask
    integral_m: Floats
    breaks: Ints

    @classmethod
    def of(cls, t_s: Floats, velocity_mps: Floats, broken: Mask) -> Displacements:
        """Return the integral: trapezia, with the slopes at their ends taken into account.

        Two ends and two slopes are a cubic; trapezia alone cut corners by centimetres.
        """
        step = np.diff(t_s)[:, None]
        unknown = broken | ~np.isfinite(velocity_mps[:-1, 0]) | ~np.isfinite(velocity_mps[1:, 0])
        velocity = np.where(np.isfinite(velocity_mps), velocity_mps, 0.0)
        rise = np.diff(velocity, axis=0)
        slope = np.where(unknown[:, None], 0.0, rise / step)
        ends = np.zeros_like(velocity)
        ends[1:-1] = (slope[:-1] + slope[1:]) / 2
        ends[0], ends[-1] = slope[0], slope[-1]
        # Next to a gap the difference knows one side only.
        lone = np.zeros(len(t_s), np.bool_)
        lone[:-1] |= unknown
        lone[1:] |= unknown
        bent = (ends[1:] - ends[:-1]) * step**2 / 12
        bent[lone[:-1] | lone[1:]] = 0.0
        moved = np.where(unknown[:, None], 0.0, (velocity[:-1] + velocity[1:]) / 2 * step - bent)
        integral = np.concatenate([np.zeros((1, 2)), np.cumsum(moved, axis=0)])
        return cls(t_s, velocity_mps, broken, integral, np.concatenate([[0], np.cumsum(unknown)]))

    def pairs(self, lag: int) -> Ints:
        """Return the epochs that are joined without a break to the one `lag` epochs later, shape (k,)."""
        if lag >= len(self.t_s):
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.breaks[lag:] == self.breaks[:-lag])


def shifted_velocity(t_s: Floats, velocity_mps: Floats, broken: Mask, lag_s: float) -> Floats:
    """Return what velocities whose stamps are `lag_s` late were at the stamps, shape (n, 2).

    Cubics between the stamps; NaN where `t + lag_s` lies in a gap or beyond the ends.
    """
    if lag_s == 0:
        return velocity_mps
    wanted = t_s + lag_s
    left = np.clip(np.searchsorted(t_s, wanted, side="right") - 1, 0, len(t_s) - 2)
    step = (t_s[left + 1] - t_s[left])[:, None]
    part = (wanted - t_s[left])[:, None] / step
    slopes = _slopes(t_s, velocity_mps, broken)
    slope0, slope1 = slopes[left] * step, slopes[left + 1] * step
    rest = 1 - part
    value = velocity_mps[left] * rest**2 * (1 + 2 * part) + velocity_mps[left + 1] * part**2 * (3 - 2 * part)
    value = value + part * rest * (slope0 * rest - slope1 * part)
    inside = (wanted >= t_s[0]) & (wanted <= t_s[-1]) & ~broken[left]
    return np.where(inside[:, None], value, np.nan)


def _slopes(t_s: Floats, velocity_mps: Floats, broken: Mask) -> Floats:
    """Return slopes at the stamps, shape (n, 2), by the steps on both sides; beside a gap by one."""
    step = np.diff(t_s)[:, None]
    own = np.diff(velocity_mps, axis=0) / step
    known = ~broken[:, None] & np.isfinite(own)
    # A parabola through three stamps: the nearer one counts more.
    left = np.concatenate([np.zeros((1, 2)), np.where(known, own, 0.0)])
    right = np.concatenate([np.where(known, own, 0.0), np.zeros((1, 2))])
    far = np.where(known, 1 / step, 0.0)
    to_left, to_right = np.concatenate([np.zeros((1, 2)), far]), np.concatenate([far, np.zeros((1, 2))])
    weight = to_left + to_right
    return np.asarray((left * to_left + right * to_right) / np.where(weight > 0, weight, 1.0))


def lies_close(t_s: Floats, lag_s: float) -> Mask:
    """Return where `t + lag_s` lies between stamps that are not farther apart than usual, shape (n,).

    Between others a velocity may have done anything: its integral hardly minds, a measurement does.
    """
    if lag_s == 0:
        return np.ones(len(t_s), np.bool_)
    steps = np.diff(t_s)
    left = np.clip(np.searchsorted(t_s, t_s + lag_s, side="right") - 1, 0, len(t_s) - 2)
    return np.asarray(steps[left] <= _USUAL * np.median(steps))
