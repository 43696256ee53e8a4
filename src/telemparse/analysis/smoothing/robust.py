"""Least squares that outliers do not pull: what lies far off counts less, and all is solved again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.smoothing.banded import posterior

if TYPE_CHECKING:
    from telemparse.analysis.smoothing.banded import Measurements, Posterior
    from telemparse.analysis.smoothing.dynamics import Dynamics
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Settled", "settle"]

# In standard deviations; of two normal variables one in 270 000 lies farther away.
_FAR = 5.0
_ROUNDS = 3


@attrs.frozen(eq=False)
class Settled:
    """States once outliers count less.

    Args:
        posterior: the states.
        light: epochs whose position or velocity counts less, shape (n,).
    """

    posterior: Posterior
    light: Mask


def settle(measured: Measurements, noise: Noise, dynamics: Dynamics, good: Mask) -> Settled:
    """Return the likeliest states; positions that are not `good`, shape (n,), do not count at all.

    Weights by Huber's rule (Robust Statistics, 1981), found anew for at most three rounds.
    """
    whole = (good.astype(np.float64), np.ones(len(good)))
    weights = whole
    for _round in range(_ROUNDS):
        solved = posterior(measured, noise, dynamics, weights)
        far = (_off(measured, noise, solved) * (whole[0] > 0), _off_pace(measured, noise, solved))
        if max(each.max() for each in far) <= _FAR:
            break
        tame = tuple(np.minimum(1.0, _FAR / np.maximum(each, _FAR)) for each in far)
        weights = (whole[0] * tame[0], whole[1] * tame[1])
    return Settled(solved, good & ((weights[0] < 1) | (weights[1] < 1)))


def _off(measured: Measurements, noise: Noise, solved: Posterior) -> Floats:
    """Return how far off positions are, in standard deviations, shape (n,)."""
    rest = measured.position_m - solved.states[:, [0, 3, 4]].sum(axis=1)
    return np.asarray(np.hypot(*rest.T) / noise.white_m)


def _off_pace(measured: Measurements, noise: Noise, solved: Posterior) -> Floats:
    """Return how far off velocities are, in standard deviations, shape (n,), 0 where unknown."""
    rest = measured.velocity_mps - solved.states[:, 1]
    return np.asarray(np.nan_to_num(np.hypot(*rest.T) / measured.velocity_std_mps(noise)))
