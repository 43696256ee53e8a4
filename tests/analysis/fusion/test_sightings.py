"""Rows of measurements are the slopes of what the trajectory says, for every kind."""

from __future__ import annotations

import numpy as np
import pytest

from telemparse.analysis.fusion.rotations import turned_by
from telemparse.analysis.fusion.sightings import Arm, Kind, Seen, sightings
from telemparse.analysis.fusion.states import COUNT, Trajectory

NODES = 5
LITTLE = 1e-6
WIDTHS = {Kind.PLACE: 2, Kind.PACE: 2, Kind.STANDSTILL: 6, Kind.SIDEWAYS: 2}


@pytest.fixture
def trajectory():
    drawn = np.random.default_rng(8)
    return Trajectory(
        nodes_s=np.arange(NODES) * 0.1,
        position_m=drawn.normal(0, 10, (NODES, 3)),
        velocity_mps=drawn.normal(0, 10, (NODES, 3)),
        attitude=turned_by(drawn.normal(0, 0.5, (NODES, 3))),
        force_bias=drawn.normal(0, 0.1, (NODES, 3)),
        rate_bias=drawn.normal(0, 0.01, (NODES, 3)),
        wander_m=drawn.normal(0, 1, (NODES, 4)),
        scale=drawn.normal(0, 0.01, (NODES, 3)),
        offset_s=np.zeros(NODES),
    )


def seen_of(kind):
    drawn = np.random.default_rng(kind)
    width = WIDTHS.get(kind, 1)
    return Seen(
        kind=kind,
        node=np.arange(NODES),
        values=drawn.normal(0, 1, (NODES, max(width, 3))),
        variance=drawn.uniform(0.5, 1.0, (NODES, width)),
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_a_row_is_the_slope_of_what_is_said_by_each_error(trajectory, kind):
    arm = Arm(lever_m=np.array([0.4, -0.2, 0.7]), swing_mps=np.zeros((NODES, 3)))
    here = sightings(trajectory, [seen_of(kind)], arm)
    assert (here.kind == kind).all()
    for state in range(COUNT):
        errors = np.zeros((NODES, COUNT))
        errors[:, state] = LITTLE
        there = sightings(trajectory.moved(errors), [seen_of(kind)], arm)
        slope = (here.rest - there.rest) / LITTLE
        np.testing.assert_allclose(here.rows[:, state], slope, atol=2e-4, err_msg=f"state {state}")


def test_rows_of_several_kinds_are_ordered_by_node(trajectory):
    arm = Arm(lever_m=np.zeros(3), swing_mps=np.zeros((NODES, 3)))
    found = sightings(trajectory, [seen_of(Kind.PLACE), seen_of(Kind.HEIGHT)], arm)
    assert found.node.tolist() == [node for node in range(NODES) for _row in range(3)]
    assert found.first.tolist() == [0, 3, 6, 9, 12, 15]
    assert len(found.rest) == len(found.rows) == len(found.variance) == 15


def test_the_arm_adds_its_swing_to_the_velocity(trajectory):
    still = Arm(lever_m=np.array([1.0, 0, 0]), swing_mps=np.zeros((NODES, 3)))
    swinging = Arm(lever_m=np.array([1.0, 0, 0]), swing_mps=np.tile([0.0, 2.0, 0.0], (NODES, 1)))
    less = sightings(trajectory, [seen_of(Kind.PACE)], still).rest
    more = sightings(trajectory, [seen_of(Kind.PACE)], swinging).rest
    added = 2.0 * trajectory.attitude[:, :2, 1].reshape(-1)
    np.testing.assert_allclose(less - more, added, atol=1e-12)
