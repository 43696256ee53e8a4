"""Least squares with offset, drift and gain between two speed signals, and how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.speed_signals import wholly

if TYPE_CHECKING:
    from telemparse.analysis.speed_signals import Signal
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["LEAST_OVERLAP_S", "Fit", "refined"]

LEAST_OVERLAP_S = 20.0
_DRIFT_OVERLAP_S = 60.0  # below, one cannot tell drift from noise
_ROUNDS, _FARTHEST_S = 12, 1.0
_HUBER = 1.345
_TO_SIGMA = 1.4826
_BLOCK_S, _FEWEST_BLOCKS = 8.0, 10
_TINY = 1e-12


@attrs.frozen(eq=False)
class Fit:
    """A match of two signals: a's instant t is b's instant `t + offset + drift (t - middle)`.

    Args:
        offset_s: at the middle, in seconds of each recording.
        drift: seconds a second; None where the overlap is too short to tell.
        gain: a's speed over b's.
        offset_std_s, drift_std: standard deviations.
        middle_s: of the overlap, a's seconds.
        overlap_s: samples in use, as time.
        scatter: robust standard deviation of the residuals, in a's unit.
        correlation: of the signals as matched.
    """

    offset_s: float
    drift: float | None
    gain: float
    offset_std_s: float
    drift_std: float | None
    middle_s: float
    overlap_s: float
    scatter: float
    correlation: float


def refined(a: Signal, b: Signal, start_s: float) -> Fit | None:
    """Return the least-squares match next to a lag, None where it leads nowhere.

    Gauss-Newton steps with Huber weights on `a(t) = gain * b(t + offset + drift (t - middle))`.

    Args:
        a: signal of the speed of one recording.
        b: that of the other one.
        start_s: lag, seconds of b less seconds of a.
    """
    at_a: Floats = np.arange(len(a.values), dtype=np.float64) * a.step_s
    at_b, slope_b = np.arange(len(b.values)) * b.step_s, b.slope
    rows = _common(a, b, start_s)
    t, target = at_a[rows], a.values[rows]
    if len(t) * a.step_s < LEAST_OVERLAP_S:
        return None
    middle = (t[0] + t[-1]) / 2
    drifting = bool(t[-1] - t[0] >= _DRIFT_OVERLAP_S)
    beside = np.interp(t + start_s, at_b, b.values)
    # Offset, gain (the speeds may be in other units) and drift.
    state = np.array([start_s, float(target @ beside) / max(float(beside @ beside), _TINY), 0.0])
    for _round in range(_ROUNDS):
        there = t + state[0] + state[2] * (t - middle)
        beside, slope = np.interp(there, at_b, b.values), np.interp(there, at_b, slope_b)
        rest = target - state[1] * beside
        off = np.abs(rest)
        scatter = _TO_SIGMA * float(np.median(off))
        usual = off <= _HUBER * scatter
        weight = np.where(usual, 1.0, _HUBER * scatter / np.maximum(off, _TINY))
        columns = [state[1] * slope, beside, state[1] * slope * (t - middle)]
        jacobian = np.stack(columns if drifting else columns[:2], axis=1)
        try:
            change = np.linalg.solve((jacobian * weight[:, None]).T @ jacobian, jacobian.T @ (weight * rest))
            # Of Huber's loss only the usual residuals curve it.
            inverse = np.linalg.inv(jacobian[usual].T @ jacobian[usual])
        except np.linalg.LinAlgError:
            return None
        state[: len(change)] += change
        if not abs(state[0] - start_s) < _FARTHEST_S:
            return None
    std = np.sqrt(np.diag(_sandwich(inverse, jacobian, weight * rest, t)))
    return Fit(
        offset_s=float(state[0]),
        drift=float(state[2]) if drifting else None,
        gain=float(state[1]),
        offset_std_s=float(std[0]),
        drift_std=float(std[2]) if drifting else None,
        middle_s=float(middle),
        overlap_s=len(t) * a.step_s,
        scatter=scatter,
        correlation=float(np.corrcoef(target, beside)[0, 1]),
    )


def _common(a: Signal, b: Signal, lag_s: float) -> Mask:
    """Return which samples of a have a known sample of b beside them, with room to move."""
    free = wholly(b.known, round(_FARTHEST_S / b.step_s))
    index = np.arange(len(a.values)) + round(lag_s / a.step_s)
    inside = (index >= 0) & (index < len(free))
    return np.asarray(a.known & inside & free[np.clip(index, 0, len(free) - 1)])


def _sandwich(inverse: Floats, jacobian: Floats, rest: Floats, t: Floats) -> Floats:
    """Return the covariance of the parameters, whatever the residuals' correlation within blocks of time."""
    blocks = max(_FEWEST_BLOCKS, int((t[-1] - t[0]) / _BLOCK_S))
    block = np.arange(len(t)) * blocks // len(t)
    scores = np.stack([np.bincount(block, column * rest, blocks) for column in jacobian.T], axis=1)
    return np.asarray(inverse @ (scores.T @ scores) @ inverse * (blocks / (blocks - jacobian.shape[1])))
