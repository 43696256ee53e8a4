"""How late a receiver stamps its velocity, and by what factor it is off: found from its own positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.smoothing.displacements import Displacements, shifted_velocity

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["VelocityClock", "velocity_clock"]

_WINDOW_S = 1.0
_LONGEST_LAG_S, _FURTHEST_SCALE = 0.6, 0.25
_ROUNDS = 8
_STANDS = 1e-7  # seconds, and share
_GRID_S = 0.05
_LOOKED_AT, _ENOUGH = 4000, 20_000  # pairs: those the grid is judged by, and those of the rounds
_SURE = 4.0
_LEAST_LAG_S, _LEAST_SCALE = 0.004, 0.004
_FEWEST = 30
_DRIFT_S = 3.0
_LIVELY = 2.0


@attrs.frozen
class VelocityClock:
    """Lag and scale of measured velocities against positions.

    Args:
        lag_s: how much later velocities are stamped than positions; 0 where nothing significant was found.
        scale: measured speed over true speed; 1 likewise.
        lag_std_s, scale_std: formal standard deviations of what was estimated.
        drift_m: median distance by which positions drift within 3 s from velocities corrected by these, NaN
            where there are no such stretches.
        raw_drift_m: the same without correction.
    """

    lag_s: float = 0.0
    scale: float = 1.0
    lag_std_s: float = float("nan")
    scale_std: float = float("nan")
    drift_m: float = float("nan")
    raw_drift_m: float = float("nan")

    def corrected(self, path: Path, broken: Mask) -> Floats:
        """Return the path's velocities as of its stamps, shape (n, 2), NaN where unknown."""
        shifted = shifted_velocity(path.t_s, path.velocity_mps, broken, self.lag_s)
        return shifted / self.scale


def velocity_clock(path: Path, broken: Mask, good: Mask) -> VelocityClock:
    """Return the lag and scale of a path's velocities.

    Least squares of position steps over a second against the integral of the velocity, lag and scale free,
    robust against outliers. What is not four standard deviations away from none is none: a correction that
    is not needed would only add noise.

    Args:
        path: with velocities.
        broken: gaps between epochs, shape (n - 1,).
        good: epochs whose position may be used, shape (n,).
    """
    t_s = path.t_s
    raw = Displacements.of(t_s, path.velocity_mps, broken)
    raw_drift = _drift(path, raw, good)
    lag = max(1, round(_WINDOW_S / path.period_s))
    start = raw.pairs(lag)
    start = start[good[start] & good[start + lag]]
    if len(start) < _FEWEST:
        return VelocityClock(drift_m=raw_drift, raw_drift_m=raw_drift)
    # Windows overlap `lag` times over: of long recordings, fewer of them say as much.
    every = min(lag, -(-len(start) // _ENOUGH))
    start = start[::every]
    moved = path.position_m[start + lag] - path.position_m[start]
    spread = (float("nan"), float("nan"))
    some = slice(None, None, -(-len(start) // _LOOKED_AT))
    first = min(
        np.arange(-_LONGEST_LAG_S, _LONGEST_LAG_S + _GRID_S / 2, _GRID_S),
        key=lambda each: _misfit(raw, start[some], lag, moved[some], float(each)),
    )
    best = (float(first), 1.0)
    for _round in range(_ROUNDS):
        step, spread = _refined(raw, (start, start + lag), moved, best, lag / every)
        best = (
            float(np.clip(best[0] + step[0], -_LONGEST_LAG_S, _LONGEST_LAG_S)),
            float(np.clip(best[1] + step[1], 1 - _FURTHEST_SCALE, 1 + _FURTHEST_SCALE)),
        )
        if max(map(abs, step)) < _STANDS:
            break
    lag_std, scale_std = spread
    lag_s, scale = best
    lag_shows = _is_lively(path.velocity_mps, start, lag) and abs(lag_s) > max(_SURE * lag_std, _LEAST_LAG_S)
    lag_s = lag_s if lag_shows else 0.0
    scale = scale if abs(scale - 1) > max(_SURE * scale_std, _LEAST_SCALE) else 1.0
    found = VelocityClock(lag_s, scale, float(lag_std), float(scale_std), raw_drift, raw_drift)
    if lag_s == 0 and scale == 1:
        return found
    better = Displacements.of(t_s, found.corrected(path, broken), broken)
    return attrs.evolve(found, drift_m=_drift(path, better, good))


def _is_lively(velocity_mps: Floats, start: Ints, lag: int) -> bool:
    """Tell whether velocities change by more than their noise: else a lag would only follow the noise."""
    rough = velocity_mps[2:] - 2 * velocity_mps[1:-1] + velocity_mps[:-2]
    noise = float(np.nanmedian(np.abs(rough))) / (0.6745 * np.sqrt(6.0))  # of normal noise, 1, -2, 1 times
    change = velocity_mps[start + lag] - velocity_mps[start]
    return bool(np.sqrt(np.mean(change**2)) > _LIVELY * np.sqrt(2.0) * noise)


def _integral_at(displacements: Displacements, t_s: Floats) -> Floats:
    """Return the integral at instants, shape (k, 2): cubics, for its slope is the velocity itself.

    Straight lines would cut the corners, and a scale of a part in a thousand would seem to be missing.
    """
    stamps, integral = displacements.t_s, displacements.integral_m
    left = np.clip(np.searchsorted(stamps, t_s, side="right") - 1, 0, len(stamps) - 2)
    step = (stamps[left + 1] - stamps[left])[:, None]
    part = np.clip((t_s - stamps[left])[:, None] / step, 0.0, 1.0)
    rest = 1 - part
    moved = integral[left + 1] - integral[left]
    slope0, slope1 = (np.nan_to_num(displacements.velocity_mps[left + each]) * step for each in (0, 1))
    known = (displacements.breaks[left + 1] == displacements.breaks[left])[:, None]
    bent = part * rest * ((slope0 - moved) * rest - (slope1 - moved) * part)
    return np.asarray(integral[left] + moved * part + np.where(known, bent, 0.0))


def _misfit(raw: Displacements, start: Ints, lag: int, moved: Floats, lag_s: float) -> float:
    begin, end = (_integral_at(raw, raw.t_s[rows] + lag_s) for rows in (start, start + lag))
    return float(np.median(np.hypot(*(moved - (end - begin)).T)))


def _refined(
    raw: Displacements, ends: tuple[Ints, Ints], moved: Floats, best: tuple[float, float], overlap: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return a Gauss-Newton step for lag and scale, and their standard deviations."""
    lag_s, scale = best
    at = [raw.t_s[rows] + lag_s for rows in ends]
    begin, end = (_integral_at(raw, each) for each in at)
    known = np.nan_to_num(raw.velocity_mps)
    before, after = (
        np.stack([np.interp(each, raw.t_s, known[:, axis]) for axis in (0, 1)], axis=1) for each in at
    )
    way = (end - begin) / scale
    rest = moved - way
    slopes = ((after - before) / scale, -way / scale)
    size = np.hypot(*rest.T)
    unit = np.median(size) / 1.1774 + 1e-9  # of a Rayleigh distribution
    weight = np.minimum(1.0, 2.0 * unit / np.maximum(size, 1e-12))
    normal = np.array([[(weight[:, None] * a * b).sum() for b in slopes] for a in slopes])
    right = np.array([(weight[:, None] * a * rest).sum() for a in slopes])
    normal += np.diag(np.diag(normal) * 1e-12 + 1e-12)
    step = np.linalg.solve(normal, right)
    # Of windows that overlap so many times over, that many say the same.
    spread = unit * np.sqrt(np.diag(np.linalg.inv(normal)) * overlap)
    return (float(step[0]), float(step[1])), (float(spread[0]), float(spread[1]))


def _drift(path: Path, displacements: Displacements, good: Mask) -> float:
    """Return the median drift of positions against integrated velocity within 3 s."""
    lag = max(1, round(_DRIFT_S / path.period_s))
    start = displacements.pairs(lag)
    start = start[good[start] & good[start + lag]]
    if not len(start):
        return float("nan")
    rest = path.position_m - displacements.integral_m
    return float(np.median(np.hypot(*(rest[start + lag] - rest[start]).T)))
