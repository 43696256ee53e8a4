"""The filter and its way back give what one large least squares gives, to the last digits."""

from __future__ import annotations

import numpy as np
import pytest

from telemparse.analysis.fusion.recursions import smoothed
from telemparse.analysis.fusion.sightings import Sightings
from telemparse.analysis.fusion.states import COUNT
from telemparse.analysis.fusion.steps import Steps

NODES = 7


@pytest.fixture
def chain():
    """Return random steps, measurements and a start."""
    drawn = np.random.default_rng(11)
    count = NODES - 1
    fade = np.ones((count, COUNT))
    fade[:, 15:19] = drawn.uniform(0.5, 1.0, (count, 4))
    rows = drawn.normal(0, 0.3, (count, 9, COUNT))
    rows[:, np.arange(9), np.arange(9)] += 1.0
    shared = drawn.uniform(0, 0.01, count)
    steps = Steps(
        rows=rows,
        fade=fade,
        missed=drawn.normal(0, 0.2, (count, COUNT)),
        noise=drawn.uniform(0.05, 0.2, (count, COUNT)),
        shared=shared,
    )
    node = np.sort(drawn.integers(0, NODES, 40))
    seen = Sightings(
        first=np.searchsorted(node, np.arange(NODES + 1)),
        rows=drawn.normal(0, 1, (40, COUNT)),
        rest=drawn.normal(0, 1, 40),
        variance=drawn.uniform(0.1, 2.0, 40),
        kind=np.zeros(40, np.int64),
        node=node,
    )
    start = drawn.normal(0, 1, COUNT), np.diag(drawn.uniform(0.5, 2.0, COUNT))
    return steps, seen, start


def whole(chain):
    """Solve for all nodes at once: errors (n, 23) and their covariances (n, 23, 23)."""
    steps, seen, (first, spread) = chain
    size = NODES * COUNT
    information, right = np.zeros((size, size)), np.zeros(size)

    def add(rows, values, covariance):
        certain = np.linalg.inv(covariance)
        information[:] += rows.T @ certain @ rows
        right[:] += rows.T @ certain @ values

    add(np.eye(COUNT, size), first, spread)
    for step in range(NODES - 1):
        led = np.diag(steps.fade[step])
        led[:9] = steps.rows[step]
        rows = np.zeros((COUNT, size))
        rows[:, (step + 1) * COUNT : (step + 2) * COUNT] = np.eye(COUNT)
        rows[:, step * COUNT : (step + 1) * COUNT] = -led
        noise = np.diag(steps.noise[step])
        for axis in range(3):
            noise[axis, 3 + axis] = noise[3 + axis, axis] = steps.shared[step]
        add(rows, steps.missed[step], noise)
    for row, node in enumerate(seen.node):
        rows = np.zeros((1, size))
        rows[0, node * COUNT : (node + 1) * COUNT] = seen.rows[row]
        add(rows, seen.rest[row : row + 1], np.array([[seen.variance[row]]]))
    covariance = np.linalg.inv(information)
    blocks = [covariance[k * COUNT : (k + 1) * COUNT, k * COUNT : (k + 1) * COUNT] for k in range(NODES)]
    return (covariance @ right).reshape(NODES, COUNT), np.array(blocks)


@pytest.mark.parametrize("spread", [True, False])
def test_errors_are_those_of_one_least_squares(chain, spread):
    found = smoothed(*chain, spread=spread)
    np.testing.assert_allclose(found.errors, whole(chain)[0], atol=1e-9)


def test_covariances_are_those_of_one_least_squares(chain):
    np.testing.assert_allclose(smoothed(*chain).covariance, whole(chain)[1], atol=1e-9)


def test_a_measurement_beyond_the_gate_pulls_no_more_than_one_at_it(chain):
    steps, seen, start = chain
    wild = seen.rest.copy()
    wild[20] += 1e6
    far = smoothed(steps, _with(seen, wild), start, gate=9.0)
    wild[20] += 1e6
    farther = smoothed(steps, _with(seen, wild), start, gate=9.0)
    open_to_all = smoothed(steps, _with(seen, wild), start)
    plain = smoothed(steps, seen, start, gate=9.0)
    assert np.abs(farther.errors - far.errors).max() < 1e-3
    assert np.abs(far.errors - plain.errors).max() < 10
    assert np.abs(open_to_all.errors - plain.errors).max() > 1e4
    assert far.innovation_2.argmax() == 20


def test_both_ways_back_agree_where_measurements_are_held_back(chain):
    steps, seen, start = chain
    wild = seen.rest.copy()
    wild[[3, 20]] += 50.0
    one, other = (
        smoothed(steps, _with(seen, wild), start, gate=9.0, spread=spread) for spread in (True, False)
    )
    np.testing.assert_allclose(one.errors, other.errors, atol=1e-9)


def _with(seen, rest):
    return Sightings(
        first=seen.first, rows=seen.rows, rest=rest, variance=seen.variance, kind=seen.kind, node=seen.node
    )
