"""How uncertain the time between two crossings is, by a smoothed motion or by positions alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import attrs
import numpy as np

from telemparse.analysis.smoothing.banded import STATES

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.analysis.smoothing.banded import Posterior
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.kernels.arrays import Floats

__all__ = ["Moment", "PositionSpread", "PosteriorSpread", "Spread"]


class Spread(Protocol):
    """What tells how uncertain times between crossings are."""

    def duration_std_s(self, start: Moment, end: Moment) -> float:
        """Return the standard deviation of the time between two crossings."""


@attrs.frozen(eq=False)
class Moment:
    """A crossing: where in the chain, and which way across the line.

    Args:
        epoch: row before it.
        part: of the step to the next row, in [0, 1].
        normal_mps: speed across the line, above 0.
        normal: unit vector across the line, shape (2,).
    """

    epoch: int
    part: float
    normal_mps: float
    normal: Floats


@attrs.frozen(eq=False)
class PosteriorSpread:
    """Uncertainty of a smoothed motion: exact, from the factor of its own system."""

    path: Path
    solved: Posterior

    def duration_std_s(self, start: Moment, end: Moment) -> float:
        """Return the standard deviation of the time between two crossings."""
        # Errors of the two axes are alike and know nothing of each other: those along the normal of the start
        # (a lap ends across the same), and those beside it, which matter where a sector turns.
        ahead, aside = _turned(start.normal, end.normal)
        variance = self._variance(((start, -1.0), (end, ahead)))
        if aside:
            variance += self._variance(((end, aside),))
        return float(np.sqrt(variance))

    def _variance(self, moments: tuple[tuple[Moment, float], ...]) -> float:
        """Return the variance of a weighted sum of instants, errors of one axis alone."""
        epochs, weights = [], []
        for moment, share in moments:
            for step, part in ((0, 1 - moment.part), (1, moment.part)):
                row = np.zeros(STATES)
                row[0] = share * part / moment.normal_mps
                epochs.append(min(moment.epoch + step, len(self.path) - 1))
                weights.append(row)
        order = np.argsort(epochs, kind="stable")
        return self.solved.variance(np.array(epochs)[order], np.array(weights)[order])


@attrs.frozen(eq=False)
class PositionSpread:
    """Uncertainty of positions as measured, with straight lines between them.

    Args:
        path: of the positions.
        noise: of the receiver.
        acceleration_mps2: usual one, by which a straight line misses the way.
    """

    path: Path
    noise: Noise
    acceleration_mps2: float

    def duration_std_s(self, start: Moment, end: Moment) -> float:
        """Return the standard deviation of the time between two crossings."""
        noise, stamps = self.noise, self.path.t_s
        apart = float(stamps[end.epoch] - stamps[start.epoch])
        whole = noise.fast_m**2 + noise.slow_m**2
        variance = 0.0
        for moment in (start, end):
            later = min(moment.epoch + 1, len(stamps) - 1)
            step = float(stamps[later] - stamps[moment.epoch])
            # White noise of two epochs averages; a straight line misses the way by a t (T - t) / 2.
            white = noise.white_m**2 * ((1 - moment.part) ** 2 + moment.part**2)
            missed = self._acceleration(moment, later) * step**2 * moment.part * (1 - moment.part) / 2
            variance += (whole + white + missed**2) / moment.normal_mps**2
        ahead, _aside = _turned(start.normal, end.normal)
        shared = ahead * float(noise.covariance_m2(apart)) / (start.normal_mps * end.normal_mps)
        return float(np.sqrt(max(variance - 2 * shared, 0.0)))

    def _acceleration(self, moment: Moment, later: int) -> float:
        """Return the acceleration across the line: as measured there, else the usual one."""
        velocity, stamps = self.path.velocity_mps, self.path.t_s
        rise = (velocity[later] - velocity[moment.epoch]) @ moment.normal
        if later == moment.epoch or not np.isfinite(rise):
            return self.acceleration_mps2
        return float(rise / (stamps[later] - stamps[moment.epoch]))


def _turned(first: Floats, second: Floats) -> tuple[float, float]:
    """Return the parts of a unit vector along another one and beside it."""
    return float(first @ second), float(first[0] * second[1] - first[1] * second[0])
