"""A crossing is found once, at its instant, and never made up within a gap."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moving import along, line_across, motion_of, path_of
from telemparse.analysis.crossings import crossings
from telemparse.analysis.motions import Method

LINE = line_across(half_m=5.0)
BOTH = pytest.mark.parametrize("method", list(Method))


def straight(t_s, east, north=0.0, *, pace=None, method=Method.SMOOTHED):
    """Return a motion eastwards with the velocities given, or those of the straight lines."""
    east = np.asarray(east, float)
    place = np.stack([east, np.zeros(len(east)) + north], axis=1)
    velocity = None if pace is None else np.stack([pace, np.zeros(len(east))], axis=1)
    return motion_of(path_of(t_s, place, velocity), method=method)


@given(
    st.floats(2, 60),
    st.floats(-4, 4),
    st.floats(-2, 2),
    st.floats(0.01, 0.99),
    st.lists(st.floats(0.02, 0.9), min_size=3, max_size=8),
)
def test_the_instant_on_a_cubic_is_exact(pace, push, jerk, share, steps):
    t_s = np.round(np.concatenate([[0.0], np.cumsum(steps)]), 6)

    def east(at):
        return pace * at + push * at**2 / 2 + jerk * at**3 / 6

    moving = pace + push * t_s + jerk * t_s**2 / 2
    if (moving < 1).any() or (pace + push * np.linspace(0, t_s[-1], 99) < 1).any():
        return
    true = t_s[-1] * share
    found = crossings(straight(t_s, east(t_s) - east(true), pace=moving), LINE)
    assert len(found) == 1
    assert abs(found.t_ns[0] / 1e9 - true) < 2e-9
    assert found.forward.tolist() == [True]
    assert found.speed_mps[0] == pytest.approx(pace + push * true + jerk * true**2 / 2, rel=1e-6)
    assert found.normal_mps[0] == pytest.approx(found.speed_mps[0])
    assert 0 <= t_s[found.epoch[0]] <= true + 1e-9 <= t_s[found.epoch[0] + 1] + 2e-9


@BOTH
@pytest.mark.parametrize("way", [1, -1])
def test_an_epoch_on_the_line_is_crossed_once_either_way(method, way):
    t_s = np.arange(5.0)
    found = crossings(straight(t_s, way * np.array([-4.0, -2, 0, 2, 4]), method=method), LINE)
    assert found.t_ns.tolist() == [2_000_000_000]
    assert found.forward.tolist() == [way > 0]
    assert found.normal_mps.tolist() == [2.0]


@BOTH
def test_touching_the_line_is_one_crossing_there_and_one_back_or_none(method):
    t_s = np.arange(5.0)
    before = crossings(straight(t_s, [-2, -1, -0.1, -1, -2], method=method), LINE)
    upon = crossings(straight(t_s, [-2.0, -1, 0, -1, -2], method=Method.LINEAR), LINE)
    assert len(before) == 0
    assert upon.forward.tolist() == [True, False]


@BOTH
def test_there_and_back_and_there_again_are_three(method):
    t_s = np.arange(7.0)
    found = crossings(straight(t_s, [-9, -3, 4, -4, -2, 5, 9], method=method), LINE)
    assert found.forward.tolist() == [True, False, True]
    assert (np.diff(found.t_ns) > 0).all()
    assert found.epoch.tolist() == [1, 2, 4]


@BOTH
def test_beside_the_ends_is_no_crossing_but_for_the_margin(method):
    t_s = np.arange(4.0)
    offsets = (-7.1, -5.1, -4.9, 0.0, 4.9, 5.1, 7.1)
    for margin, inside in ((0.0, 3), (2.0, 5), (3.0, 7)):
        found = [
            crossings(straight(t_s, [-9, -3, 3, 9], north, method=method), LINE, margin_m=margin)
            for north in offsets
        ]
        assert sum(len(each) for each in found) == inside
        assert all(
            abs(each.offset_m[0] - north) < 1e-9
            for each, north in zip(found, offsets, strict=True)
            if len(each)
        )


@BOTH
def test_what_happened_in_a_gap_is_known_but_not_when(method):
    t_s = np.array([0.0, 0.1, 0.2, 9.2, 9.3, 9.4])
    found = crossings(straight(t_s, [-30, -28, -26, 30, 32, 34], method=method), LINE)
    assert found.hidden.tolist() == [True]
    assert found.t_ns.tolist() == [4_700_000_000]
    assert found.epoch.tolist() == [2]
    assert found.speed_mps[0] == pytest.approx(56 / 9)


def test_just_before_a_gap_the_instant_is_not_looked_for_within_it():
    t_s = np.array([0.0, 0.1, 0.2, 9.2, 9.3])
    motion = straight(t_s, [-3.0, -2, -1, 80, 81], pace=[10.0] * 5)
    # The receiver saw the car a metre and a half ahead.
    seen = attrs.evolve(motion, apparent_m=motion.position_m + np.array([1.5, 0.0]))
    found = crossings(seen, LINE)
    assert found.hidden.tolist() == [False]
    assert found.t_ns[0] == pytest.approx(150_000_000, abs=2)


def test_whether_is_told_by_what_was_seen_and_when_by_the_motion():
    t_s = np.arange(0, 4, 0.1)
    motion = straight(t_s, 10 * t_s - 20, pace=np.full(40, 10.0))
    found = crossings(attrs.evolve(motion, apparent_m=motion.position_m + np.array([1.0, 6.0])), LINE)
    assert len(found) == 0
    found = crossings(attrs.evolve(motion, apparent_m=motion.position_m + np.array([1.0, 4.0])), LINE)
    assert found.t_ns[0] == pytest.approx(2_000_000_000, abs=2)
    assert found.offset_m[0] == pytest.approx(4.0)


def test_where_the_motion_never_is_on_the_line_the_instant_is_that_of_the_positions():
    t_s = np.arange(0, 2, 0.1)
    motion = straight(t_s, np.full(20, -2.0), pace=np.zeros(20))
    seen = np.stack([t_s - 1.05, np.zeros(20)], axis=1)
    found = crossings(attrs.evolve(motion, apparent_m=seen), LINE)
    assert found.t_ns[0] == pytest.approx(1_050_000_000, abs=2)
    assert found.normal_mps.tolist() == [0.0]


def test_where_the_motion_is_on_the_line_much_later_the_instant_stays():
    t_s = np.arange(0, 20, 0.1)
    motion = straight(t_s, 2 * t_s - 30, pace=np.full(200, 2.0))
    seen = np.stack([t_s - 5.05, np.zeros(200)], axis=1)
    found = crossings(attrs.evolve(motion, apparent_m=seen), LINE)
    assert found.t_ns[0] == pytest.approx(5_050_000_000, abs=2)


def test_one_epoch_crosses_nothing():
    assert len(crossings(motion_of(path_of([0.0], [(0, 0)], [(1, 0)])), LINE)) == 0


def test_crossings_are_chosen_by_mask_and_index():
    found = crossings(straight(np.arange(7.0), [-9, -3, 4, -4, -2, 5, 9]), LINE)
    assert found.part(found.forward).epoch.tolist() == [1, 4]
    assert found.part(np.array([1])).forward.tolist() == [False]


def test_smoothed_and_straight_find_the_same_crossings_of_a_slanting_way():
    path = along([(-50, -40), (50, 44), (-50, 30), (60, -30)], [15, 12, 18])
    smoothed, lines = (
        crossings(motion_of(path, method=method), line_across(half_m=60.0)) for method in Method
    )
    assert smoothed.forward.tolist() == lines.forward.tolist() == [True, False, True]
    assert np.abs(smoothed.t_ns - lines.t_ns).max() < 1000
    assert smoothed.speed_mps == pytest.approx([15, 12, 18])
    assert (smoothed.normal_mps < smoothed.speed_mps).all()
