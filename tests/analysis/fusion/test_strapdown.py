"""Sums of an inertial unit between two instants are what step by step comes to, and so are their slopes."""

from __future__ import annotations

import itertools

import attrs
import numpy as np
import pytest

from telemparse.analysis.fusion.inertial import Inertial
from telemparse.analysis.fusion.rotations import turned_by, vector_of
from telemparse.analysis.fusion.strapdown import Stretches, increments, within


def unit_of(t_s, force, rate):
    return Inertial(
        zero_ns=0,
        t_s=np.asarray(t_s, float),
        force=np.asarray(force, float),
        rate=np.asarray(rate, float),
        clipped=np.zeros(len(t_s), np.bool_),
        time_base="utc",
    )


@pytest.fixture
def unit():
    drawn = np.random.default_rng(4)
    t_s = np.cumsum(drawn.uniform(0.005, 0.015, 400))
    return unit_of(t_s, drawn.normal((0, 0, 9.8), 3, (400, 3)), drawn.normal(0, 0.8, (400, 3)))


NODES = np.array([0.1, 0.2, 0.31, 0.305 + 0.2, 1.7])
NONE = np.zeros((len(NODES) - 1, 3))


def brute(unit, start, end, parts=40):
    """Integrate in forty parts of each stretch between stamps: turn, gain and way."""
    edges = np.union1d([start, end], unit.t_s[(unit.t_s > start) & (unit.t_s < end)])
    turn, gain, way = np.eye(3), np.zeros(3), np.zeros(3)
    for first, last in itertools.pairwise(edges):
        row = np.searchsorted(unit.t_s, (first + last) / 2)
        step = (last - first) / parts
        small = turned_by((unit.rate[row] * step)[None])[0]
        half = turned_by((unit.rate[row] * step / 2)[None])[0]
        for _part in range(parts):
            pushed = turn @ half @ unit.force[row]
            way += gain * step + 0.5 * pushed * step**2
            gain = gain + pushed * step
            turn = turn @ small
    return turn, gain, way


def test_sums_are_those_of_small_steps(unit):
    sums, _slopes = increments(Stretches.of(unit, NODES), NONE, NONE)
    for row, (start, end) in enumerate(itertools.pairwise(NODES)):
        turn, gain, way = brute(unit, start, end)
        np.testing.assert_allclose(sums.turn[row], turn, atol=1e-9)
        np.testing.assert_allclose(sums.gain_mps[row], gain, atol=2e-4)
        np.testing.assert_allclose(sums.way_m[row], way, atol=2e-4)
    np.testing.assert_allclose(sums.step_s, np.diff(NODES))


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("kind", ["force", "rate"])
def test_slopes_by_the_biases_are_those_of_differences(unit, axis, kind):
    little = np.zeros_like(NONE)
    little[:, axis] = 1e-6
    stretches = Stretches.of(unit, NODES)
    here, slopes = increments(stretches, NONE, NONE)
    there, _slopes = increments(stretches, *((little, NONE) if kind == "force" else (NONE, little)))
    gain = (there.gain_mps - here.gain_mps) / 1e-6
    way = (there.way_m - here.way_m) / 1e-6
    np.testing.assert_allclose(getattr(slopes, f"gain_by_{kind}")[:, :, axis], gain, rtol=0.02, atol=0.02)
    np.testing.assert_allclose(getattr(slopes, f"way_by_{kind}")[:, :, axis], way, rtol=0.02, atol=0.02)
    turned = vector_of(np.swapaxes(here.turn, 1, 2) @ there.turn) / 1e-6
    wanted = slopes.turn_by_rate[:, :, axis] if kind == "rate" else np.zeros_like(turned)
    np.testing.assert_allclose(wanted, turned, rtol=0.02, atol=0.02)


def test_sums_to_each_sample_lead_up_to_those_of_the_interval(unit):
    stretches = Stretches.of(unit, NODES)
    sums, inside = within(stretches, NONE, NONE)
    assert (sums.turn == increments(stretches, NONE, NONE)[0].turn).all()
    inner = unit.t_s[(unit.t_s > NODES[0]) & (unit.t_s < NODES[-1])]
    np.testing.assert_allclose(NODES[stretches.interval] + stretches.since_s, inner)
    for row in (0, len(inner) // 2, len(inner) - 1):
        start = NODES[stretches.interval[row]]
        turn, gain, way = brute(unit, start, inner[row])
        np.testing.assert_allclose(inside.turn[row], turn, atol=1e-9)
        np.testing.assert_allclose(inside.gain_mps[row], gain, atol=2e-4)
        np.testing.assert_allclose(inside.way_m[row], way, atol=2e-4)


def test_a_unit_at_rest_gains_gravity_alone():
    t_s = np.arange(1, 201) / 100
    still = unit_of(t_s, np.tile([0, 0, 9.8], (200, 1)), np.zeros((200, 3)))
    stretches = Stretches.of(still, np.array([0.0, 0.5, 2.0]))
    sums, _slopes = increments(stretches, NONE[:2], NONE[:2])
    np.testing.assert_allclose(sums.gain_mps, [[0, 0, 4.9], [0, 0, 14.7]])
    np.testing.assert_allclose(sums.way_m[:, 2], [9.8 * 0.125, 9.8 * 1.125])
    np.testing.assert_allclose(stretches.force, np.tile([0, 0, 9.8], (2, 1)))


def test_what_lies_beyond_the_samples_is_that_of_the_outermost(unit):
    late = attrs.evolve(unit, t_s=unit.t_s + 0.5)
    stretches = Stretches.of(late, np.array([0.0, 0.4]))
    np.testing.assert_allclose(stretches.force[0], unit.force[0])
