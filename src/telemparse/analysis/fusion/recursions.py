"""The filter and its way back: Kalman over the linear errors, and smoothed ones from the last node on."""

# Where numba is installed the loops of another room do the same: tests hold both against each other.

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs
import numpy as np

from telemparse.analysis.fusion import loops
from telemparse.analysis.fusion.compiled import compiles

if TYPE_CHECKING:
    from telemparse.analysis.fusion.sightings import Sightings
    from telemparse.analysis.fusion.steps import Steps
    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["Smoothed", "smoothed"]


@attrs.frozen(eq=False, kw_only=True)
class Smoothed:
    """Errors of the states at all nodes, by all measurements, and what the filter met on its way.

    Args:
        errors: shape (n, 23).
        covariance: of them, shape (n, 23, 23).
        innovation_2: square of each measurement's distance from what was foretold, over its variance, in the
            order of the sightings, shape (m,).
    """

    errors: Floats
    covariance: Floats
    innovation_2: Floats


def smoothed(
    steps: Steps, seen: Sightings, start: tuple[Floats, Floats], *, gate: float = np.inf, spread: bool = True
) -> Smoothed:
    """Return errors of the states, by all measurements before and behind each node.

    Args:
        steps: between n nodes.
        seen: rows of measurements at them.
        start: errors at the first node, shape (23,), and their covariance, shape (23, 23).
        gate: squares of innovations over their variance beyond which a measurement counts less (Huber).
        spread: work out covariances, too; else they are those by the measurements up to each node.
    """
    count, size = len(steps.rows) + 1, len(start[0])
    errors, covariance = np.zeros((count, size)), np.zeros((count, size, size))
    gains, offs, spreads = np.zeros_like(seen.rows), np.zeros_like(seen.rest), np.zeros_like(seen.rest)
    ways = (steps.rows, steps.fade, steps.missed, steps.noise, steps.shared)
    left = (gains, offs, spreads)
    told = (seen.first, seen.rows, seen.rest, seen.variance)
    fast = compiles()
    forwards = loops.forwards if fast else _forwards
    forwards(ways, told, start, (errors, covariance, *left), gate)
    innovation_2 = offs**2 / spreads
    # A measurement beyond the gate was given a larger variance.
    far = innovation_2 > gate
    spreads[far] *= np.sqrt(innovation_2[far] / gate)
    if spread:
        backwards = loops.backwards if fast else _backwards
        backwards(ways, errors, covariance)
    else:
        alone = loops.backwards_alone if fast else _backwards_alone
        alone(ways, told, left, errors, covariance)
    return Smoothed(errors=errors, covariance=covariance, innovation_2=innovation_2)


# Both ways take arrays in tuples: those of the steps, those of the measurements, and what the filter
# leaves for the way back.
_Ways: TypeAlias = "tuple[Floats, Floats, Floats, Floats, Floats]"
_Told: TypeAlias = "tuple[Ints, Floats, Floats, Floats]"
_Left: TypeAlias = "tuple[Floats, Floats, Floats]"


def _foretold(
    rows: Floats, fade: Floats, added: tuple[Floats, float], covariance: Floats
) -> tuple[Floats, Floats]:
    """Return the covariance at the end of one step, and its first rows with that of before."""
    noise, shared = added
    half = rows @ covariance
    ahead = fade[:, None] * covariance * fade
    ahead[:9, 9:] = half[:, 9:] * fade[9:]
    ahead[9:, :9] = ahead[:9, 9:].T
    ahead[:9, :9] = half @ rows.T
    np.einsum("ii->i", ahead)[:] += noise
    for axis in range(3):
        ahead[axis, 3 + axis] += shared
        ahead[3 + axis, axis] += shared
    return half, ahead


def _forwards(
    ways: _Ways,
    told: _Told,
    start: tuple[Floats, Floats],
    out: tuple[Floats, Floats, Floats, Floats, Floats],
    gate: float,
) -> None:
    """Fill errors and covariances of all nodes by the measurements up to each, and what is left of these."""
    rows, fade, missed, noise, shared = ways
    first, seen, rest, variance = told
    error, covariance = start
    errors, covariances, gains, offs, spreads = out
    for node in range(len(errors)):
        if node > 0:
            last = node - 1
            _half, covariance = _foretold(rows[last], fade[last], (noise[last], shared[last]), covariance)
            ahead = fade[last] * error + missed[last]
            ahead[:9] = rows[last] @ error + missed[last, :9]
            error = ahead
        for each in range(first[node], first[node + 1]):
            row = seen[each]
            pulled = covariance @ row
            spread = row @ pulled + variance[each]
            off = rest[each] - row @ error
            offs[each], spreads[each] = off, spread
            surprise = off * off / spread
            if surprise > gate:
                # Beyond the gate the pull of a measurement grows no more.
                spread *= np.sqrt(surprise / gate)
            gains[each] = pulled / spread
            error = error + gains[each] * off
            covariance = covariance - gains[each][:, None] * pulled
        covariance = 0.5 * (covariance + covariance.T)
        errors[node] = error
        covariances[node] = covariance


def _backwards_alone(ways: _Ways, told: _Told, left: _Left, errors: Floats, covariances: Floats) -> None:
    """Turn errors by measurements up to each node into those by all: Bryson and Frazier's way, no inverse."""
    rows, fade = ways[0], ways[1]
    first, seen = told[0], told[1]
    gains, offs, spreads = left
    pull = np.zeros(errors.shape[1])
    for node in range(len(errors) - 1, -1, -1):
        if node < len(errors) - 1:
            ahead = fade[node] * pull
            ahead[:9] = 0.0
            pull = ahead + pull[:9].copy() @ rows[node]
        before = pull
        for each in range(first[node + 1] - 1, first[node] - 1, -1):
            pull = pull - seen[each] * (offs[each] / spreads[each] + gains[each] @ pull)
        errors[node] = errors[node] - covariances[node] @ before


def _backwards(ways: _Ways, errors: Floats, covariances: Floats) -> None:
    """Do so with the covariances: Rauch, Tung and Striebel's way, which keeps small ones positive."""
    rows, fade, missed, noise, shared = ways
    for node in range(len(errors) - 2, -1, -1):
        here = covariances[node]
        half, ahead = _foretold(rows[node], fade[node], (noise[node], shared[node]), here)
        carried = np.concatenate([half, fade[node, 9:, None] * here[9:]])
        expected = fade[node] * errors[node] + missed[node]
        expected[:9] = rows[node] @ errors[node] + missed[node, :9]
        # Of states that nothing moves the foretold variance may be tiny: scaled, the matrix stays regular.
        scale = 1.0 / np.sqrt(np.diag(ahead))
        even = ahead * np.outer(scale, scale)
        gain = (np.linalg.solve(even, carried * scale[:, None]) * scale[:, None]).T
        errors[node] = errors[node] + gain @ (errors[node + 1] - expected)
        behind = here + gain @ (covariances[node + 1] - ahead) @ gain.T
        covariances[node] = 0.5 * (behind + behind.T)
