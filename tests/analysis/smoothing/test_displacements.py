"""Velocities are integrated and shifted exactly where they are smooth, and never over what is unknown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.analysis.smoothing.displacements import Displacements, lies_close, shifted_velocity

NUMBERS = st.floats(-20, 20)


def whole(t_s):
    return np.zeros(len(t_s) - 1, np.bool_)


def parabola(parts, t_s):
    """Return velocities that are parabolas of time, and their integrals: cubic motion."""
    a, b, c = (np.array(part) for part in parts)
    t_s = np.asarray(t_s)[:, None]
    return a + t_s * (b + t_s * c), t_s * (a + t_s * (b / 2 + t_s * c / 3))


@given(st.tuples(*[st.tuples(NUMBERS, NUMBERS)] * 3))
def test_cubic_motion_is_integrated_exactly_between_the_ends(parts):
    t_s = np.arange(30) / 5
    velocity, place = parabola(parts, t_s)
    found = Displacements.of(t_s, velocity, whole(t_s))
    inner = slice(1, -1)
    moved, true = found.integral_m[inner] - found.integral_m[1], place[inner] - place[1]
    np.testing.assert_allclose(moved, true, atol=1e-9)


def test_even_acceleration_is_integrated_exactly_to_the_ends_and_with_uneven_steps():
    t_s = np.array([0.0, 0.1, 0.15, 0.4, 1.0, 1.01])
    velocity, place = parabola([(3, -2), (4, 1), (0, 0)], t_s)
    np.testing.assert_allclose(Displacements.of(t_s, velocity, whole(t_s)).integral_m, place, atol=1e-12)


def test_gaps_and_unknown_velocities_break_the_integral():
    t_s = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 5.2, 5.3, 5.4])
    velocity = np.full((8, 2), 10.0)
    velocity[6] = np.nan
    broken = np.diff(t_s) > 1
    found = Displacements.of(t_s, velocity, broken)
    assert found.breaks.tolist() == [0, 0, 0, 1, 1, 1, 2, 3]
    assert found.integral_m[:, 0].round(9).tolist() == [0, 1, 2, 2, 3, 4, 4, 4]
    assert found.pairs(1).tolist() == [0, 1, 3, 4]
    assert found.pairs(2).tolist() == [0, 3]
    assert found.pairs(7).tolist() == []
    assert found.pairs(8).tolist() == []
    assert found.pairs(99).tolist() == []


def test_beside_a_break_no_slope_is_taken_from_beyond_it():
    t_s = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    velocity = np.array([[0.0, 0], [1, 0], [np.nan, np.nan], [9, 0], [5, 0]])
    found = Displacements.of(t_s, velocity, whole(t_s))
    assert found.integral_m[:, 0] == pytest.approx([0, 0.05, 0.05, 0.05, 0.75])


@given(st.tuples(*[st.tuples(NUMBERS, NUMBERS)] * 3), st.floats(-0.6, 0.6))
def test_parabolas_are_shifted_exactly_inside(parts, lag_s):
    t_s = np.arange(40) / 10
    velocity, _place = parabola(parts, t_s)
    found = shifted_velocity(t_s, velocity, whole(t_s), lag_s)
    true, _place = parabola(parts, t_s + lag_s)
    inner = slice(8, -8)
    np.testing.assert_allclose(found[inner], true[inner], atol=1e-9)


def test_a_shift_knows_nothing_beyond_the_ends_and_within_gaps():
    t_s = np.array([0.0, 0.1, 0.2, 0.3, 3.0, 3.1, 3.2])
    velocity = np.stack([t_s, -t_s], axis=1)
    broken = np.diff(t_s) > 1
    later = shifted_velocity(t_s, velocity, broken, 0.05)
    earlier = shifted_velocity(t_s, velocity, broken, -0.05)
    assert np.isnan(later[:, 0]).tolist() == [False, False, False, True, False, False, True]
    assert np.isnan(earlier[:, 0]).tolist() == [True, False, False, False, True, False, False]
    assert later[:3, 0] == pytest.approx([0.05, 0.15, 0.25])
    assert earlier[1:4, 1] == pytest.approx([-0.05, -0.15, -0.25])


def test_beside_a_gap_a_shift_takes_the_slope_of_its_own_side():
    t_s = np.array([0.0, 0.1, 0.2, 5.2, 5.3, 5.4])
    velocity = np.array([[0.0, 0], [1, 0], [2, 0], [-900, 0], [-901, 0], [-902, 0]])
    found = shifted_velocity(t_s, velocity, np.diff(t_s) > 1, 0.05)
    assert found[[0, 1, 3, 4], 0] == pytest.approx([0.5, 1.5, -900.5, -901.5])


@pytest.mark.parametrize("lag_s", [-0.2, -0.03, 0.02, 0.13])
def test_smooth_velocities_are_shifted_to_their_place_whatever_gaps_there_are(lag_s):
    t_s = np.delete(np.arange(200) / 10, [50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 80, 100, 104, 130])
    broken = (np.diff(t_s) > 1) | (np.arange(len(t_s) - 1) == 120)
    velocity, true = (
        np.stack([20 * np.sin(at), 20 * np.cos(at)], axis=1) for at in (t_s / 2, (t_s + lag_s) / 2)
    )
    found = shifted_velocity(t_s, velocity, broken, lag_s)
    known = np.isfinite(found[:, 0])
    assert known.sum() > len(t_s) - 10
    assert np.abs(found - true)[known].max() < 0.01
    assert np.median(np.abs(found - true)[known]) < 5e-4


def test_two_known_velocities_are_a_straight_line_and_one_alone_says_nothing():
    t_s = np.array([0.0, 0.1, 5.0, 10.0, 10.1])
    velocity = np.stack([t_s, 2 * t_s], axis=1)
    found = shifted_velocity(t_s, velocity, np.diff(t_s) > 1, 0.05)
    assert found[[0, 3]] == pytest.approx(np.array([[0.05, 0.1], [10.05, 20.1]]))
    assert np.isnan(found[[1, 2, 4]]).all()
    alone = np.where(np.arange(5)[:, None] == 2, velocity, np.nan)
    assert np.isnan(shifted_velocity(t_s, alone, np.diff(t_s) > 1, 0.05)).all()


def test_an_unknown_velocity_spoils_its_two_steps_alone():
    t_s = np.arange(8) / 10
    velocity = np.stack([3 * t_s, t_s], axis=1)
    velocity[4] = np.nan
    found = shifted_velocity(t_s, velocity, whole(t_s), 0.05)
    assert np.isnan(found[:, 0]).tolist() == [False, False, False, True, True, False, False, True]
    assert found[[2, 5], 0] == pytest.approx([0.75, 1.65])


def test_without_a_shift_velocities_stay_as_they_are():
    velocity = np.array([[1.0, 2], [np.nan, np.nan]])
    found = shifted_velocity(np.array([0.0, 9.0]), velocity, np.array([True]), 0.0)
    np.testing.assert_array_equal(found, velocity)


def test_places_between_distant_stamps_are_not_close():
    t_s = np.array([0.0, 0.1, 0.2, 0.4, 0.5, 0.6])
    assert lies_close(t_s, 0.0).tolist() == [True] * 6
    assert lies_close(t_s, 0.05).tolist() == [True, True, False, True, True, True]
    assert lies_close(t_s, -0.05).tolist() == [True, True, True, False, True, True]
