"""How a vehicle moves between epochs: Singer's model of an acceleration that fades with a time constant."""

# R. A. Singer, Estimating optimal tracking filter performance for manned maneuvering targets, IEEE Trans.
# AES-6 (1970): acceleration is a Gauss-Markov process.

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Dynamics", "dynamics_of", "transitions"]

_NODES = 5
_QUADRATURE = 1.0
_SHORTEST_STEP_S = 1e-3
_SHAKES_M = 2e-4
_LEAST_MPS2, _MOST_MPS2 = 0.5, 60.0
_SHORTEST_S, _LONGEST_S = 0.4, 2.0
_FEWEST = 20


@attrs.frozen
class Dynamics:
    """How lively a vehicle is.

    Args:
        acceleration_mps2: standard deviation of each axis.
        time_s: within which an acceleration fades.
    """

    acceleration_mps2: float = 5.0
    time_s: float = 0.8


def dynamics_of(path: Path, velocity_mps: Floats, broken: Mask) -> Dynamics:
    """Return the liveliness that measured velocities show; the usual one where they show nothing.

    Args:
        path: of the epochs.
        velocity_mps: as of their stamps, shape (n, 2), NaN where unknown.
        broken: gaps between epochs, shape (n - 1,).
    """
    step = path.step_s
    whole = ~broken & np.isfinite(velocity_mps[:-1, 0]) & np.isfinite(velocity_mps[1:, 0])
    if int(whole.sum()) < _FEWEST:
        return Dynamics()
    rates = (np.diff(velocity_mps, axis=0) / step[:, None])[whole]
    # Half of the squares lie below the median, which outliers do not move; racing is no normal distribution.
    size = math.sqrt(float(np.mean(np.minimum(rates**2, 25 * np.median(rates**2)))))
    acceleration = min(max(size, _LEAST_MPS2), _MOST_MPS2)
    speeds = np.hypot(*velocity_mps[:-1][whole].T)
    # A vehicle changes its acceleration as it meets corners, whose length goes with its speed.
    time = float(np.median(speeds)) / 20.0 if len(speeds) else 0.8
    return Dynamics(acceleration, min(max(time, _SHORTEST_S), _LONGEST_S))


def transitions(step_s: Floats, dynamics: Dynamics) -> tuple[Floats, Floats]:
    """Return what position, velocity and acceleration become over steps, and how far off that is.

    Args:
        step_s: lengths, shape (k,), above 0.
        dynamics: of the vehicle.

    Returns matrices of shape (k, 3, 3): transitions, and the inverses of the covariances of the process
    noise, to which each step adds a fifth of a millimetre, for vehicles shake. Most receivers keep their
    rhythm: steps of one length are worked out once.
    """
    lengths, which = np.unique(step_s, return_inverse=True)
    transition, certainty = _transitions(lengths, dynamics)
    return transition[which], certainty[which]


def _transitions(step_s: Floats, dynamics: Dynamics) -> tuple[Floats, Floats]:
    fade = 1 / dynamics.time_s
    transition = np.zeros((len(step_s), 3, 3))
    transition[:, 0, 0] = transition[:, 1, 1] = 1
    transition[:, 0, 1] = step_s
    transition[:, :, 2] = _reach(step_s, fade)
    # Over no time at all nothing could change, and the system would be singular to the last digit: of 100 Hz
    # already, where the covariance of the position, which goes with the fifth power, is all there is.
    step_s = np.maximum(step_s, _SHORTEST_STEP_S)
    short = (fade * step_s <= _QUADRATURE)[:, None, None]
    covariance = np.where(short, _summed(step_s, fade), _integrated(step_s, fade))
    covariance *= dynamics.acceleration_mps2**2
    covariance[:, 0, 0] += _SHAKES_M**2
    size = np.sqrt(np.einsum("kii->ki", covariance))
    outer = size[:, :, None] * size[:, None, :]
    return transition, np.linalg.inv(covariance / outer) / outer


def _summed(step_s: Floats, fade: float) -> Floats:
    """Return covariances of the process noise by a Gauss quadrature, which keeps short ones positive."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    reach = _reach(0.5 * step_s[:, None] * (nodes + 1), fade)
    weighted = reach * (0.5 * step_s[:, None] * weights)[:, :, None]
    return np.asarray(np.swapaxes(weighted, 1, 2) @ reach * (2 * fade))


def _integrated(step_s: Floats, fade: float) -> Floats:
    """Return the same in closed form, whose differences short steps would cancel to nothing."""
    decay = fade * step_s
    left = np.exp(-decay)
    half = (1 - left**2) / 2
    place = decay**3 / 3 - decay**2 + decay + half - 2 * decay * left
    pace = decay - 2 * (1 - left) + half
    parts = {
        (0, 0): place,
        (0, 1): (decay + left - 1) ** 2 / 2,
        (0, 2): half - decay * left,
        (1, 1): pace,
        (1, 2): (1 - left) ** 2 / 2,
        (2, 2): half,
    }
    covariance = np.empty((len(step_s), 3, 3))
    for (row, column), part in parts.items():
        covariance[:, row, column] = covariance[:, column, row] = 2 * part / fade ** (4 - row - column)
    return covariance


def _reach(time_s: Floats, fade: float) -> Floats:
    """Return how far an acceleration of 1 moves position, velocity and itself, shape (..., 3)."""
    decay = fade * time_s
    # Near 0 the first of these is a difference of equal numbers: its series instead.
    near = decay < 1e-3  # noqa: PLR2004  (beyond it the difference has ten digits)
    place = np.where(near, time_s**2 * (0.5 - decay / 6), (decay + np.expm1(-decay)) / (fade * fade))
    return np.stack([place, -np.expm1(-decay) / fade, np.exp(-decay)], axis=-1)
