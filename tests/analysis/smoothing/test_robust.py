"""What lies far off counts less, and does not move the rest."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.analysis.smoothing.banded import Measurements
from telemparse.analysis.smoothing.dynamics import Dynamics
from telemparse.analysis.smoothing.noises import Noise
from telemparse.analysis.smoothing.robust import settle

COUNT = 300
GOOD = np.ones(COUNT, np.bool_)


def driven():
    t_s = np.arange(COUNT) / 10
    drawn = np.random.default_rng(1)
    place = np.stack([200 * np.cos(t_s / 10), 200 * np.sin(t_s / 10)], axis=1)
    pace = np.stack([-20 * np.sin(t_s / 10), 20 * np.cos(t_s / 10)], axis=1)
    return Measurements(
        np.full(COUNT - 1, 0.1),
        place + drawn.normal(0, 0.04, (COUNT, 2)),
        pace + drawn.normal(0, 0.055, (COUNT, 2)),
        np.zeros(COUNT - 1, np.bool_),
    )


def settled(measured, good=GOOD):
    return settle(measured, Noise(), Dynamics(), good)


def changed(measured, name, rows, by):
    values = getattr(measured, name).copy()
    values[rows] += by
    return attrs.evolve(measured, **{name: values})


def test_nothing_is_light_where_all_is_as_usual():
    found = settled(driven())
    assert not found.light.any()


@pytest.mark.parametrize(("name", "by", "limit_m"), [("position_m", 40.0, 0.05), ("velocity_mps", 30.0, 0.1)])
def test_one_wild_value_moves_nothing_but_is_named(name, by, limit_m):
    calm = settled(driven())
    found = settled(changed(driven(), name, 150, by))
    moved = found.posterior.states[:, 0] - calm.posterior.states[:, 0]
    assert found.light[150]
    assert found.light.sum() <= 5
    assert np.abs(moved).max() < limit_m


def test_positions_that_are_no_good_do_not_count_at_all():
    good = GOOD.copy()
    good[40:45] = False
    here = settled(driven(), good)
    there = settled(changed(driven(), "position_m", slice(40, 45), 1e5), good)
    np.testing.assert_allclose(there.posterior.states, here.posterior.states, atol=1e-6)
    assert not there.light.any()


def test_unknown_velocities_are_no_outliers():
    found = settled(changed(driven(), "velocity_mps", slice(20, 60), np.nan))
    assert not found.light.any()
    assert np.isfinite(found.posterior.states).all()
