"""Noise of a receiver: what its positions and velocities are off by, found from the recording itself."""

# A position is off by two errors that wander and one that does not: the sum of two Gauss-Markov processes, of
# some minutes (orbits, clocks, ionosphere) and of ten seconds (multipath), and white noise. A velocity is off
# by white noise and by an error that wanders within about a second.

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.analysis.smoothing.displacements import Displacements
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["FAST_S", "SLOW_S", "Noise", "noise_of"]

FAST_S, SLOW_S = 10.0, 300.0
"""Correlation times of the two position errors."""

_VELOCITY_S, _VELOCITY_SHARE = 1.0, 0.4
_LONGEST_LAG_S = 60.0
_FEWEST, _LOOKED_AT = 20, 20_000
_LEAST_M, _LEAST_MPS = 3e-3, 2e-3
_FLAWLESS_M = 0.01
_LEAST_FAST, _STATED_SHARE = 0.8, 0.35
_MEDIAN_OF_SQUARES = 2 * math.log(2)  # of two normal variables of one standard deviation
_RTK = (6, 7)
# Positions that keep this close to the velocities are those of a receiver that measures phases, even where
# nothing says so: a variance in m2, and how it grows with the lag in m2/s.
_EXACT_M2, _EXACT_SLOPE = 2e-3, 1.5e-3
_PLAIN_M, _MOST_SLOW_M = (0.01, 0.1, 0.8), 2.5
_SHORT_S, _LONG_S, _MODEL_ERROR = 0.3, 1.0, 0.2


@attrs.frozen
class Noise:
    """Standard deviations of a receiver's errors, each for one axis.

    Args:
        white_m: of positions, from epoch to epoch.
        fast_m: of the error that wanders within ten seconds.
        slow_m: of the one that wanders within minutes.
        velocity_mps: of velocities, white.
        wander_mps: of velocities, what wanders within a second.
        exact: positions are those of a receiver that measures phases.
        measured: found from the recording; False where a usual receiver is assumed.
        flawless: positions and integrated velocities stay within a centimetre of each other: a simulation.
    """

    white_m: float = 0.04
    fast_m: float = 0.25
    slow_m: float = 1.2
    velocity_mps: float = 0.055
    wander_mps: float = 0.022
    exact: bool = False
    measured: bool = False
    flawless: bool = False

    def velocity_std_mps(self, step_s: Floats | float) -> Floats:
        """Return the white noise that integrates to the same as both parts, for steps of a length."""
        wander = 2 * self.wander_mps**2 * _VELOCITY_S
        return np.sqrt(self.velocity_mps**2 + wander / np.asarray(step_s, np.float64))

    def covariance_m2(self, lag_s: Floats | float) -> Floats:
        """Return the covariance of two position errors that many seconds apart, without the white part."""
        lag = np.abs(np.asarray(lag_s, np.float64))
        return np.asarray(self.fast_m**2 * np.exp(-lag / FAST_S) + self.slow_m**2 * np.exp(-lag / SLOW_S))


def noise_of(path: Path, displacements: Displacements, good: Mask) -> Noise:
    """Return the noise of a path whose velocities have been integrated.

    How far positions drift against the integrated velocity, over lags from one step to a minute, tells the
    white part (at once), the fast one (within seconds) and a slope that slow positions and wandering
    velocities share. Their shares are those of usual receivers, of the class that white and fast part, the
    kind of the fix and the receiver's own estimate of its error name.

    Args:
        path: of the positions.
        displacements: of its velocities as of the same stamps.
        good: epochs whose position may be used, shape (n,).
    """
    lags, drifts, counts = _structure(path, displacements, good)
    if not len(lags):
        return assumed(path)
    stated = _stated_m(path)
    close = bool((drifts < _EXACT_M2 + _EXACT_SLOPE * lags).all())
    exact = close or _is_rtk(path, stated)
    # What a receiver that shows to measure phases says of its error, wandering and all, is about true.
    most_2 = stated**2 if close and math.isfinite(stated) else math.inf
    white_2, fast_2, slope = _parts(lags, drifts, counts, 0.0 if exact else _LONG_S, most_2)
    white, fast = math.sqrt(white_2), math.sqrt(fast_2)
    if exact:
        white = max(white, _LEAST_M, _STATED_SHARE * stated if math.isfinite(stated) else 0.0)
        # Beside exact positions the velocities' own errors hide it.
        fast = max(fast, min(_LEAST_FAST * white, stated if math.isfinite(stated) else math.inf), _LEAST_M)
        slow = min(5.0 * max(fast, white), stated if math.isfinite(stated) else math.inf)
    else:
        # A receiver that filters its positions hides what they are off by, and is no better for it.
        known = stated if math.isfinite(stated) else math.inf
        white, fast = max(white, _PLAIN_M[0]), max(fast, _PLAIN_M[1])
        slow = max(min(5.0 * fast, known), 2 * fast, min(_PLAIN_M[2], known))
    velocity = max(_velocity_beside(white), _LEAST_MPS)
    usual = 2 * slow**2 / SLOW_S + _per_second(velocity, path.period_s)
    factor = math.sqrt(max(slope, usual / 100) / usual)
    factor = min(max(factor, 0.6), 20.0)
    # Positions do not wander without end: what drifts more is the velocity.
    most = slow if exact else max(_MOST_SLOW_M, 2 * stated if math.isfinite(stated) else 0.0)
    slow = min(slow * factor, max(most, slow))
    left = slope - 2 * slow**2 / SLOW_S
    velocity *= max(factor, math.sqrt(max(left, 0.0) / _per_second(velocity, path.period_s)))
    return Noise(
        white_m=white,
        fast_m=fast,
        slow_m=max(slow, _LEAST_M),
        velocity_mps=max(velocity, _LEAST_MPS),
        wander_mps=max(velocity, _LEAST_MPS) * _VELOCITY_SHARE,
        exact=exact,
        measured=True,
        flawless=bool((drifts < 2 * _FLAWLESS_M**2).all()),
    )


def assumed(path: Path) -> Noise:
    """Return the noise of a usual receiver, scaled to what the path's own says of its accuracy."""
    stated = _stated_m(path)
    usual = Noise()
    if not math.isfinite(stated):
        return usual
    share = stated / usual.slow_m
    return attrs.evolve(
        usual,
        white_m=max(usual.white_m * share, 0.005),
        fast_m=max(usual.fast_m * share, _LEAST_M),
        slow_m=max(stated, _LEAST_M),
    )


def _velocity_beside(white_m: float) -> float:
    """Return the white noise of the velocities of receivers whose positions have that of `white_m`."""
    return float(0.05 * (white_m / 0.03) ** (0.66 if white_m > 0.03 else 0.32))  # noqa: PLR2004  (of an M9-class one)


def _per_second(velocity_mps: float, step_s: float) -> float:
    """Return the variance by which integrated velocity wanders within a second."""
    return velocity_mps**2 * step_s + 2 * (_VELOCITY_SHARE * velocity_mps) ** 2 * _VELOCITY_S


def _stated_m(path: Path) -> float:
    # Receivers that do not know their error write 0.
    known = path.hacc_m[np.isfinite(path.hacc_m) & (path.hacc_m > 0)]
    return float(np.median(known)) if len(known) else float("nan")


def _is_rtk(path: Path, stated_m: float) -> bool:
    return bool(np.isin(path.fix_type, _RTK).mean() > 0.5) or stated_m < 0.1  # noqa: PLR2004  (half; m)


def _structure(path: Path, displacements: Displacements, good: Mask) -> tuple[Floats, Floats, Floats]:
    """Return lags in seconds, the variance of drift over each (one axis), and the number of pairs."""
    drift = path.position_m - displacements.integral_m
    longest = min(_LONGEST_LAG_S, (displacements.t_s[-1] - displacements.t_s[0]) / 4)
    most = max(1, int(longest / path.period_s))
    steps = np.unique(np.rint(np.geomspace(1, most, 18)).astype(np.int64))
    found: list[tuple[float, float, float]] = []
    for lag in steps.tolist():
        start = displacements.pairs(lag)
        start = start[good[start] & good[start + lag]]
        count = len(start)
        if count < _FEWEST:
            continue
        # A median of many thousands is that of all.
        start = start[:: -(-count // _LOOKED_AT)]
        apart = displacements.t_s[start + lag] - displacements.t_s[start]
        moved = drift[start + lag] - drift[start]
        variance = float(np.median((moved * moved).sum(axis=1))) / _MEDIAN_OF_SQUARES
        found.append((float(np.median(apart)), variance, float(count)))
    lags, drifts, counts = (
        (np.array(part) for part in zip(*found, strict=True)) if found else (np.zeros(0),) * 3
    )
    return lags, drifts, counts


def _parts(
    lags: Floats, drifts: Floats, counts: Floats, least_s: float, most_2: float
) -> tuple[float, float, float]:
    """Return white and fast variance and the slope that explain how drift grows with the lag.

    Lags from `least_s` on tell the fast part and the slope, and each of them as much as the others; what the
    shortest ones show beyond these is white. Receivers that filter their positions hide their errors from
    short lags, and it is the long ones that lap times depend on. Fast errors and a slope are hard to tell
    apart in a short recording: the fast variance is at most `most_2`.
    """
    from scipy.optimize import nnls

    long = lags >= least_s
    if long.sum() < 4:  # noqa: PLR2004  (three parts and one to spare)
        long = np.ones(len(lags), np.bool_)
    basis = np.stack([np.full(len(lags), 2.0), 2 * (1 - np.exp(-lags / FAST_S)), lags], axis=1)
    # Long lags overlap: what counts is how many fit one after the other.
    independent = counts * lags[0] / lags
    weight = 1 / (np.maximum(drifts, 1e-9) * np.sqrt(_MODEL_ERROR**2 + 2 / np.maximum(independent, 1.0)))
    solution, _rest = nnls(basis[long] * weight[long, None], (drifts * weight)[long])
    if solution[1] > most_2:
        left = np.maximum(drifts - basis[:, 1] * most_2, 0.0)
        rest, _rest = nnls((basis[:, ::2] * weight[:, None])[long], (left * weight)[long])
        solution = np.array([rest[0], most_2, rest[1]])
    short = lags <= max(lags[0] * 3, _SHORT_S)
    white = np.median((drifts - basis[:, 1:] @ solution[1:])[short]) / 2
    return max(float(white), 0.0), float(solution[1]), float(solution[2])
