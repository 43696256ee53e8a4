"""Where a unit's clock stands to the receiver's, roughly: by how both turned."""

# Rates of turn lie beside the course by as much as tyres slip, a tenth of a second: no more than a start,
# from which the filter finds the offset by the forces.

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.speed_signals import Signal, Speeds, resemblance
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.motions import Motion

__all__ = ["ClockGuess", "clock_guess"]

_STEP_S, _SIGMA_S = 0.1, 0.25
_SLOWEST_MPS = 2.0
_LEAST_S, _LEAST_SHARE = 20.0, 0.2
_APART_S = 2.0
_LONGEST_S = 172_800.0
"""Two days: signals at even steps are as long as their time, whatever a broken stamp says."""
_ALIKE, _DISTINCT = 0.6, 1.5  # of what remains unexplained, as a standard deviation


@attrs.frozen(kw_only=True)
class ClockGuess:
    """How far a unit's stamps are to be moved.

    Args:
        later_s: to the receiver's clock.
        correlation: of the rates of turn there.
        rival: the largest correlation more than two seconds away.
    """

    later_s: float
    correlation: float
    rival: float

    @property
    def sure(self) -> bool:
        """The rates of turn fit in one place, and clearly worse in every other, a lap away, say."""
        here, there = (1 - min(each, 1.0) ** 2 for each in (self.correlation, self.rival))
        return self.correlation > _ALIKE and there > _DISTINCT**2 * here


def clock_guess(unit: Inertial, motion: Motion, zero_ns: int) -> ClockGuess | None:
    """Return by how much a unit's stamps are to be moved; None where too little turns, or over days.

    Args:
        unit: samples on their own clock, in their own axes.
        motion: of the receiver alone.
        zero_ns: instant of the receiver's clock at which the moved stamps are to be 0.
    """
    speed = motion.speed_mps
    moving = speed > _SLOWEST_MPS
    if moving.sum() < _LEAST_S or len(unit) < _LEAST_S:
        return None
    if max(np.ptp(unit.t_s), np.ptp(motion.path.t_s)) > _LONGEST_S:
        return None
    (vx, vy), (ax, ay) = motion.velocity_mps.T, motion.acceleration_mps2.T
    turning = np.where(moving, (vx * ay - vy * ax) / np.maximum(speed, _SLOWEST_MPS) ** 2, 0.0)
    upright = unit.force.mean(axis=0)
    upright /= max(float(np.linalg.norm(upright)), 1e-9)
    stamps_ns = np.rint(unit.t_s * NS_PER_S).astype(np.int64)
    a = Signal.of(Speeds(motion.path.t_ns, turning), _STEP_S, _SIGMA_S)
    b = Signal.of(Speeds(stamps_ns, unit.rate @ upright), _STEP_S, _SIGMA_S)
    least = max(_LEAST_S / _STEP_S, _LEAST_SHARE * min(a.known.sum(), b.known.sum()))
    lags, correlation = resemblance(a, b, int(least))
    best = int(correlation.argmax())
    away = np.abs(lags - lags[best]) * _STEP_S > _APART_S
    # Sample i of a is sample i + lag of b.
    first_a = (int(motion.path.t_ns[0]) - zero_ns) / NS_PER_S
    return ClockGuess(
        later_s=float(first_a - (stamps_ns[0] / NS_PER_S + lags[best] * _STEP_S)),
        correlation=float(correlation[best]),
        rival=float(correlation[away].max(initial=0.0)),
    )
