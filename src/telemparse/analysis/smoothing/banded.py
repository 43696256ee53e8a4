"""The likeliest states of a chain of epochs: one banded system for all of them, solved at once."""

# The normal equations of a Gauss-Markov chain are block tridiagonal; their Cholesky solution is that of a
# Rauch-Tung-Striebel smoother.

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.smoothing.dynamics import transitions
from telemparse.analysis.smoothing.noises import FAST_S, SLOW_S

if TYPE_CHECKING:
    from telemparse.analysis.smoothing.dynamics import Dynamics
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["STATES", "Measurements", "Posterior", "posterior"]

STATES = 5
"""Position, velocity, acceleration, and the two wandering errors of the position, of one axis."""

_BAND = 2 * STATES
_CHUNK = 512
_FREE_M, _FREE_MPS = 1e6, 1e2
_SHORTEST_S, _LONGEST_S = 1e-3, 1.0
_SEEN = np.array([1.0, 0.0, 0.0, 1.0, 1.0])  # what a measured position is the sum of


@attrs.frozen(eq=False)
class Posterior:
    """States of both axes at all epochs, and how uncertain they are together.

    Args:
        states: shape (n, 5, 2).
        factor: lower Cholesky factor of the scaled information, banded, shape (10, 5 n).
        scale: by which each state was multiplied, shape (5 n,).
    """

    states: Floats
    factor: Floats
    scale: Floats

    def variance(self, epochs: Ints, weights: Floats) -> float:
        """Return the variance of a weighted sum of states of one axis.

        Args:
            epochs: rows of the chain, shape (k,), rising.
            weights: of the states at them, shape (k, 5).
        """
        first = int(epochs[0])
        chunk = int(epochs[-1]) // _CHUNK
        end = min((chunk + 1) * _CHUNK, len(self.states))
        right = np.zeros((end - first, STATES))
        np.add.at(right, np.asarray(epochs) - first, weights)
        right *= self.scale[first * STATES : end * STATES].reshape(-1, STATES)
        half, rest = self._forward(first, end, right.reshape(-1, 1))
        beyond = rest[:, 0] @ self._behind[chunk] @ rest[:, 0]
        return float(half[:, 0] @ half[:, 0] + beyond)

    @functools.cached_property
    def _behind(self) -> Floats:
        """Covariances of the scaled states just behind each chunk of epochs, shape (chunks, 5, 5)."""
        starts = range(0, len(self.states), _CHUNK)
        found = np.zeros((len(starts), STATES, STATES))
        for chunk in range(len(starts) - 2, -1, -1):
            first = starts[chunk + 1]
            end = min(first + _CHUNK, len(self.states))
            right = np.zeros(((end - first) * STATES, STATES))
            right[:STATES] = np.eye(STATES)
            half, rest = self._forward(first, end, right)
            found[chunk] = half.T @ half + rest.T @ found[chunk + 1] @ rest
        return found

    def _forward(self, first: int, end: int, right: Floats) -> tuple[Floats, Floats]:
        """Return the factor's solution for epochs `first` to `end`, and what it leaves for the next one.

        Args:
            first: row of the chain.
            end: row behind the last one.
            right: shape (5 (end - first), k).
        """
        from scipy.linalg.lapack import dtbtrs

        part = np.asfortranarray(self.factor[:, first * STATES : end * STATES])
        half, _info = dtbtrs(part, right, uplo="L")
        if end == len(self.states):
            return half, np.zeros((STATES, right.shape[1]))
        rows, columns = np.indices((STATES, STATES))
        coupling = self.factor[STATES + rows - columns, (end - 1) * STATES + columns]
        return half, -coupling @ half[-STATES:]


@attrs.frozen(eq=False)
class Measurements:
    """What a receiver measured at a chain of epochs.

    Args:
        step_s: between epochs, shape (n - 1,), above 0.
        position_m: shape (n, 2), near 0.
        velocity_mps: shape (n, 2), NaN where unknown.
        severed: steps over which nothing is known, shape (n - 1,): the motion begins anew behind them.
    """

    step_s: Floats
    position_m: Floats
    velocity_mps: Floats
    severed: Mask

    def velocity_std_mps(self, noise: Noise) -> Floats:
        """Return the white noise of the velocities as if each stood for the step before it, shape (n,)."""
        steps = np.concatenate([self.step_s[:1], self.step_s])
        return noise.velocity_std_mps(np.clip(steps, _SHORTEST_S, _LONGEST_S))


def posterior(
    measured: Measurements, noise: Noise, dynamics: Dynamics, weights: tuple[Floats, Floats]
) -> Posterior:
    """Return the likeliest states behind measured positions and velocities.

    Args:
        measured: at two epochs or more.
        noise: of the receiver.
        dynamics: of the vehicle.
        weights: of positions and velocities, each shape (n,), from 0 to 1 for full trust.
    """
    from scipy.linalg import cho_solve_banded, cholesky_banded

    seen = np.isfinite(measured.velocity_mps[:, 0])
    position_weight = weights[0] / noise.white_m**2
    velocity_weight = np.where(seen, weights[1] / measured.velocity_std_mps(noise) ** 2, 0.0)
    diagonal, below = _chain(measured.step_s, noise, dynamics, measured.severed)
    diagonal += position_weight[:, None, None] * np.outer(_SEEN, _SEEN)
    diagonal[:, 1, 1] += velocity_weight
    right = _SEEN[None, :, None] * (position_weight[:, None] * measured.position_m)[:, None, :]
    right[:, 1] += velocity_weight[:, None] * np.where(seen[:, None], measured.velocity_mps, 0.0)
    band, scale = _scaled(_banded(diagonal, below))
    factor = cholesky_banded(band, overwrite_ab=True, lower=True, check_finite=False)
    flat = right.reshape(-1, 2) * scale[:, None]
    states = cho_solve_banded((factor, True), flat, overwrite_b=True, check_finite=False) * scale[:, None]
    return Posterior(states.reshape(-1, STATES, 2), factor, scale)


def _chain(step_s: Floats, noise: Noise, dynamics: Dynamics, severed: Mask) -> tuple[Floats, Floats]:
    """Return the information of the model alone: blocks (n, 5, 5) on the diagonal, (n - 1, 5, 5) below it."""
    count = len(step_s) + 1
    diagonal, below = np.zeros((count, STATES, STATES)), np.zeros((count - 1, STATES, STATES))
    begins = np.concatenate([[True], severed])
    free = np.diag([1 / _FREE_M**2, 1 / _FREE_MPS**2, 1 / dynamics.acceleration_mps2**2])
    diagonal[begins, :3, :3] += free
    transition, certainty = transitions(np.where(severed, 1.0, step_s), dynamics)
    certainty[severed] = 0.0
    forward = np.swapaxes(transition, 1, 2) @ certainty
    diagonal[:-1, :3, :3] += forward @ transition
    diagonal[1:, :3, :3] += certainty
    below[:, :3, :3] = -(certainty @ transition)
    span_s = np.maximum(step_s, _SHORTEST_S)
    for state, (std, time_s) in enumerate(((noise.fast_m, FAST_S), (noise.slow_m, SLOW_S)), start=3):
        fade = np.exp(-span_s / time_s)
        known = 1 / (std * std * -np.expm1(-2 * span_s / time_s))
        diagonal[0, state, state] += 1 / std**2
        diagonal[:-1, state, state] += fade * fade * known
        diagonal[1:, state, state] += known
        below[:, state, state] = -fade * known
    return diagonal, below


def _banded(diagonal: Floats, below: Floats) -> Floats:
    """Return blocks as the lower band of one symmetric matrix, shape (10, 5 n)."""
    count = len(diagonal)
    band = np.zeros((_BAND, count * STATES))
    for row in range(STATES):
        for column in range(row + 1):
            band[row - column, column::STATES] = diagonal[:, row, column]
        for column in range(STATES):
            band[STATES + row - column, column : (count - 1) * STATES : STATES] = below[:, row, column]
    return band


def _scaled(band: Floats) -> tuple[Floats, Floats]:
    """Return the band with ones on its diagonal, and by what each state was multiplied."""
    scale = 1 / np.sqrt(band[0])
    size = band.shape[1]
    for offset in range(_BAND):
        band[offset, : size - offset] *= scale[: size - offset] * scale[offset:]
    return band, scale
