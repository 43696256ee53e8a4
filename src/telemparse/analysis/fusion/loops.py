"""The recursions of the filter number by number, for a compiler: what `recursions` does with arrays."""

# A compiler takes long over array expressions and little over loops, which skip what is zero and ask for no
# memory. Where nobody compiles them they are not used. What a function fills stands last among its arguments.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from telemparse.analysis.fusion.compiled import compiled

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["backwards", "backwards_alone", "forwards"]

_Ways: TypeAlias = "tuple[Floats, Floats, Floats, Floats, Floats]"
_Told: TypeAlias = "tuple[Ints, Floats, Floats, Floats]"
_Left: TypeAlias = "tuple[Floats, Floats, Floats]"
_Out: TypeAlias = "tuple[Floats, Floats, Floats, Floats, Floats]"

_MOVED = 9
"""States that are led by rows: position, velocity, attitude. The others fade, each by itself."""
_LEAST_PIVOT = 1e-15


@compiled
def _inner(one: Floats, other: Floats) -> float:
    total = 0.0
    for k in range(len(one)):
        total += one[k] * other[k]
    return total


@compiled
def _summed(factors: Floats, rows: Floats, out: Floats) -> None:
    """Fill with the sum of rows, each times its factor."""
    for j in range(len(out)):
        out[j] = 0.0
    for k in range(len(factors)):
        factor = factors[k]
        if factor != 0.0:
            for j in range(len(out)):
                out[j] += factor * rows[k, j]


@compiled
def _lead(rows: Floats, fade: Floats, missed: Floats, errors: Floats, out: Floats) -> None:
    """Fill with errors led on by one step."""
    for i in range(_MOVED):
        out[i] = missed[i] + _inner(rows[i], errors)
    for i in range(_MOVED, len(fade)):
        out[i] = missed[i] + fade[i] * errors[i]


@compiled
def _carry(rows: Floats, fade: Floats, here: Floats, out: Floats) -> None:
    """Fill with covariances of the states behind one step with those before it, rows behind."""
    for i in range(_MOVED):
        _summed(rows[i], here, out[i])
    for i in range(_MOVED, len(fade)):
        for j in range(len(fade)):
            out[i, j] = fade[i] * here[i, j]


@compiled
def _foretell(rows: Floats, fade: Floats, carried: Floats, added: tuple[Floats, float], out: Floats) -> None:
    """Fill with the covariance behind one step, noise and all."""
    noise, shared = added
    size = len(fade)
    for i in range(size):
        for j in range(_MOVED, size):
            out[i, j] = out[j, i] = carried[i, j] * fade[j]
    for i in range(_MOVED):
        for j in range(_MOVED):
            out[i, j] = _inner(carried[i], rows[j])
    for i in range(size):
        out[i, i] += noise[i]
    for axis in range(3):
        out[axis, 3 + axis] += shared
        out[3 + axis, axis] += shared


@compiled
def _weigh(gate: float, spread: float, off: float, pulled: Floats, gain: Floats) -> None:
    """Fill with how much of a measurement each state takes; beyond the gate its pull grows no more."""
    surprise = off * off / spread
    if surprise > gate:
        spread *= math.sqrt(surprise / gate)
    for i in range(len(gain)):
        gain[i] = pulled[i] / spread


@compiled
def _take(gain: Floats, off: float, pulled: Floats, errors: Floats, covariance: Floats) -> None:
    """Let errors and their covariance take a measurement in."""
    for i in range(len(errors)):
        share = gain[i]
        errors[i] += share * off
        for j in range(len(errors)):
            covariance[i, j] -= share * pulled[j]


@compiled
def _even(matrix: Floats) -> None:
    """Make a matrix symmetric."""
    for i in range(len(matrix)):
        for j in range(i):
            matrix[i, j] = matrix[j, i] = 0.5 * (matrix[i, j] + matrix[j, i])


@compiled
def forwards(ways: _Ways, told: _Told, start: tuple[Floats, Floats], out: _Out, gate: float) -> None:
    """Fill errors and covariances of all nodes by the measurements up to each, and what is left of these."""
    rows, fade, missed, noise, shared = ways
    first, seen, rest, variance = told
    errors, covariances, gains, offs, spreads = out
    size = len(start[0])
    carried, pulled = np.empty((size, size)), np.empty(size)
    for node in range(len(errors)):
        error, covariance = errors[node], covariances[node]
        if node == 0:
            error[:], covariance[:] = start
        else:
            last = node - 1
            _lead(rows[last], fade[last], missed[last], errors[last], error)
            _carry(rows[last], fade[last], covariances[last], carried)
            _foretell(rows[last], fade[last], carried, (noise[last], shared[last]), covariance)
        for each in range(first[node], first[node + 1]):
            _summed(seen[each], covariance, pulled)
            offs[each] = rest[each] - _inner(seen[each], error)
            spreads[each] = variance[each] + _inner(seen[each], pulled)
            _weigh(gate, spreads[each], offs[each], pulled, gains[each])
            _take(gains[each], offs[each], pulled, error, covariance)
        _even(covariance)


@compiled
def _pull_back(rows: Floats, fade: Floats, pull: Floats, out: Floats) -> None:
    """Fill with what pulls before a step, by what pulls behind it."""
    _summed(pull[:_MOVED], rows, out)
    for i in range(_MOVED, len(fade)):
        out[i] += fade[i] * pull[i]


@compiled
def backwards_alone(ways: _Ways, told: _Told, left: _Left, errors: Floats, covariances: Floats) -> None:
    """Turn errors by measurements up to each node into those by all, and leave their covariances."""
    rows, fade = ways[0], ways[1]
    first, seen = told[0], told[1]
    gains, offs, spreads = left
    count, size = errors.shape
    pull, before = np.zeros(size), np.zeros(size)
    for node in range(count - 1, -1, -1):
        if node < count - 1:
            _pull_back(rows[node], fade[node], pull, before)
            pull[:] = before
        for each in range(first[node + 1] - 1, first[node] - 1, -1):
            total = offs[each] / spreads[each] + _inner(gains[each], pull)
            for i in range(size):
                pull[i] -= seen[each, i] * total
        for i in range(size):
            errors[node, i] -= _inner(covariances[node, i], before)


@compiled
def _factor(matrix: Floats) -> None:
    """Turn a positive matrix into its lower factor (Cholesky), in place."""
    for j in range(len(matrix)):
        pivot = matrix[j, j]
        for k in range(j):
            pivot -= matrix[j, k] * matrix[j, k]
        root = math.sqrt(max(pivot, _LEAST_PIVOT))
        matrix[j, j] = root
        for i in range(j + 1, len(matrix)):
            matrix[i, j] = (matrix[i, j] - _inner(matrix[i, :j], matrix[j, :j])) / root


@compiled
def _subtract(share: float, other: Floats, row: Floats) -> None:
    for j in range(len(row)):
        row[j] -= share * other[j]


@compiled
def _divide(by: float, row: Floats) -> None:
    whole = 1.0 / by
    for j in range(len(row)):
        row[j] *= whole


@compiled
def _solve(factor: Floats, columns: Floats) -> None:
    """Turn columns into the solutions of a factored system, in place."""
    size = len(factor)
    for i in range(size):
        for k in range(i):
            _subtract(factor[i, k], columns[k], columns[i])
        _divide(factor[i, i], columns[i])
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            _subtract(factor[k, i], columns[k], columns[i])
        _divide(factor[i, i], columns[i])


@compiled
def _gain(ahead: Floats, even: Floats, carried: Floats) -> None:
    """Turn what was carried over a step into the gain of the way back, its columns as rows."""
    size = len(ahead)
    # Of states that nothing moves the foretold variance may be tiny: scaled, the matrix stays regular.
    for i in range(size):
        scale = 1.0 / math.sqrt(ahead[i, i])
        for j in range(size):
            even[i, j] = ahead[i, j] * scale / math.sqrt(ahead[j, j])
            carried[i, j] *= scale
    _factor(even)
    _solve(even, carried)
    for i in range(size):
        _divide(math.sqrt(ahead[i, i]), carried[i])


@compiled
def _spread_back(gain: Floats, change: Floats, turned: Floats, here: Floats) -> None:
    """Add to a covariance what is known behind a step more than was foretold."""
    size = len(here)
    for i in range(size):
        _summed(change[i], gain, turned[i])
    for k in range(size):
        for i in range(size):
            share = gain[k, i]
            for j in range(i + 1):
                here[i, j] += share * turned[k, j]
    for i in range(size):
        for j in range(i):
            here[j, i] = here[i, j]


@compiled
def backwards(ways: _Ways, errors: Floats, covariances: Floats) -> None:
    """Turn errors and covariances by the measurements up to each node into those by all of them."""
    rows, fade, missed, noise, shared = ways
    size = errors.shape[1]
    ahead, even, gain, turned = (
        np.empty((size, size)), np.empty((size, size)), np.empty((size, size)), np.empty((size, size))
    )  # fmt: skip
    off = np.empty(size)
    for node in range(len(errors) - 2, -1, -1):
        here = covariances[node]
        _carry(rows[node], fade[node], here, gain)
        _foretell(rows[node], fade[node], gain, (noise[node], shared[node]), ahead)
        _gain(ahead, even, gain)
        _lead(rows[node], fade[node], missed[node], errors[node], off)
        for i in range(size):
            off[i] = errors[node + 1, i] - off[i]
            for j in range(size):
                even[i, j] = covariances[node + 1, i, j] - ahead[i, j]
        for k in range(size):
            _subtract(-off[k], gain[k], errors[node])
        _spread_back(gain, even, turned, here)
