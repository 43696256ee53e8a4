"""Errors of sensors that remember: Gauss-Markov processes and random walks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats

__all__ = ["gauss_markov", "random_walk"]


def gauss_markov(
    drawn: np.random.Generator, count: int, columns: int, step_s: float, *, sigma: float, tau_s: float
) -> Floats:
    """Return a stationary first-order Gauss-Markov process, shape (count, columns).

    Args:
        drawn: where chance comes from.
        count: of instants.
        columns: of independent processes.
        step_s: from one instant to the next.
        sigma: standard deviation.
        tau_s: time after which its memory has fallen to 1/e.
    """
    kept = np.exp(-step_s / tau_s)
    pushes = drawn.standard_normal((count, columns)) * (sigma * np.sqrt(1 - kept * kept))
    pushes[:1] *= 1 / np.sqrt(1 - kept * kept)
    return np.asarray(lfilter([1.0], [1.0, -kept], pushes, axis=0))


def random_walk(
    drawn: np.random.Generator, count: int, columns: int, step_s: float, per_root_s: float
) -> Floats:
    """Return a random walk from zero, shape (count, columns), that spreads by so much each root second."""
    return np.asarray(
        np.cumsum(drawn.standard_normal((count, columns)), axis=0) * (per_root_s * np.sqrt(step_s))
    )
