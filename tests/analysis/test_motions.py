"""Between epochs a motion is the cubic of its states or a straight line, and in gaps it is unknown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.analysis.motions import Method, Motion
from telemparse.analysis.paths import Path
from telemparse.kernels.local_frame import LocalFrame

SECOND = 1_000_000_000
NUMBERS = st.floats(-50, 50)
CUBICS = st.tuples(*[st.tuples(NUMBERS, NUMBERS)] * 4)


def path_at(t_ns):
    count = len(t_ns)
    unknown = np.full(count, np.nan)
    return Path(
        t_ns=np.asarray(t_ns, np.int64),
        position_m=np.zeros((count, 2)),
        velocity_mps=np.full((count, 2), np.nan),
        speed_mps=unknown,
        hacc_m=unknown,
        sacc_mps=unknown,
        fix_type=np.full(count, -1),
        flags=np.zeros(count, np.int64),
        frame=LocalFrame(52.0, 1.0),
        time_base="utc",
    )


def motion(t_ns, position, velocity, *, method=Method.SMOOTHED, broken=(), acceleration=None):
    gaps = np.zeros(max(len(t_ns) - 1, 0), np.bool_)
    gaps[list(broken)] = True
    velocity = np.asarray(velocity, float)
    return Motion(
        path=path_at(t_ns),
        method=method,
        position_m=np.asarray(position, float),
        velocity_mps=velocity,
        acceleration_mps2=np.zeros_like(velocity)
        if acceleration is None
        else np.asarray(acceleration, float),
        broken=gaps,
    )


def cubic(coefficients, t_ns):
    """Return place and velocity of a cubic in time, t in seconds from 0."""
    powers = (np.asarray(t_ns) / SECOND)[:, None]
    a, b, c, d = (np.array(each) for each in coefficients)
    return a + powers * (b + powers * (c + powers * d)), b + powers * (2 * c + 3 * powers * d)


@given(
    CUBICS,
    st.lists(st.integers(0, 4 * SECOND), min_size=2, max_size=6, unique=True).map(sorted),
    st.lists(st.integers(0, 4 * SECOND), max_size=10),
)
def test_a_cubic_is_followed_exactly_whatever_the_steps(coefficients, stamps, asked):
    moving = motion(stamps, *cubic(coefficients, stamps))
    inside = np.array([t for t in asked if stamps[0] <= t <= stamps[-1]], np.int64)
    place, pace = moving.at(inside)
    expected_place, expected_pace = cubic(coefficients, inside)
    assert place == pytest.approx(expected_place, abs=1e-7)
    # The difference of places is divided by the step: what rounding leaves of it grows.
    shortest_s = np.diff(stamps).min() / SECOND
    assert pace == pytest.approx(expected_pace, abs=1e-7 + 1e-11 / shortest_s)


@pytest.mark.parametrize("method", Method)
def test_nothing_is_known_before_the_first_epoch_and_after_the_last(method):
    moving = motion([10, 20], [[0, 0], [1, 2]], [[1, 1], [1, 1]], method=method)
    place, pace = moving.at([9, 10, 20, 21])
    assert np.isnan(place[[0, 3]]).all()
    assert np.isnan(pace[[0, 3]]).all()
    assert place[[1, 2]].tolist() == [[0, 0], [1, 2]]


def test_straight_lines_have_the_speed_of_their_ends():
    moving = motion(
        [0, SECOND, 3 * SECOND],
        [[0, 0], [10, 0], [10, 40]],
        np.full((3, 2), 99.0),
        method=Method.LINEAR,
    )
    place, pace = moving.at([SECOND // 4, 2 * SECOND])
    assert place == pytest.approx(np.array([[2.5, 0], [10, 20]]))
    assert pace == pytest.approx(np.array([[10, 0], [0, 20]]))


@pytest.mark.parametrize("method", Method)
def test_within_a_gap_nothing_is_known_but_its_ends_are(method):
    stamps = [0, SECOND, 61 * SECOND, 62 * SECOND]
    places = [[0, 0], [5, 0], [900, 0], [907, 0]]
    velocity = [[5, 0], [6, 0], [8, 0], [7, 0]]
    moving = motion(stamps, places, velocity, method=method, broken=[1])
    place, pace = moving.at([SECOND, SECOND + 1, 30 * SECOND, 61 * SECOND - 1, 61 * SECOND])
    assert place[[0, 4]] == pytest.approx(np.array([[5, 0], [900, 0]]))
    assert np.isnan(place[1:4]).all()
    assert np.isnan(pace[1:4]).all()
    # The way across the gap says nothing of the speed at its edge.
    assert pace[0] == pytest.approx([6, 0])


@pytest.mark.parametrize("method", Method)
def test_an_epoch_between_two_gaps_is_known_and_the_last_one_behind_a_gap(method):
    stamps = [0, SECOND, 2 * SECOND]
    moving = motion(stamps, [[0, 0], [5, 5], [9, 9]], [[1, 2], [3, 4], [5, 6]], method=method, broken=[0, 1])
    place, pace = moving.at(stamps)
    assert place.tolist() == [[0, 0], [5, 5], [9, 9]]
    assert pace.tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize("method", Method)
def test_one_epoch_is_known_at_its_instant_alone(method):
    moving = motion([5], [[3, 4]], [[1, 2]], method=method)
    place, pace = moving.at([4, 5, 6])
    assert place[1].tolist() == [3, 4]
    assert pace[1].tolist() == [1, 2]
    assert np.isnan(place[[0, 2]]).all()
    assert np.isnan(pace[[0, 2]]).all()


@pytest.mark.parametrize("count", [1, 3])
def test_no_instants_give_no_states(count):
    moving = motion(range(count), np.zeros((count, 2)), np.zeros((count, 2)))
    place, pace = moving.at(np.zeros(0, np.int64))
    assert place.shape == (0, 2)
    assert pace.shape == (0, 2)


def test_instants_of_today_keep_their_nanoseconds():
    start = 1_760_000_000 * SECOND + 123_456_789
    moving = motion([start, start + SECOND], [[0, 0], [1e3, 0]], [[1e3, 0], [1e3, 0]])
    place, _pace = moving.at([start + 1_000])
    assert place[0, 0] == pytest.approx(1e-3, rel=1e-9)


def test_a_circle_has_one_curvature_and_left_turns_are_positive():
    angle = np.linspace(0, 3, 20)
    radius, rate = 25.0, 0.6
    out = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    along = np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    moving = motion(
        np.round(angle / rate * SECOND),
        radius * out,
        radius * rate * along,
        acceleration=-radius * rate**2 * out,
    )
    assert moving.curvature_per_m == pytest.approx(np.full(20, 1 / radius))
    assert moving.speed_mps == pytest.approx(np.full(20, radius * rate))


def test_what_stands_still_has_no_curvature():
    moving = motion([0, 1], [[0, 0]] * 2, [[0.0, 0.0], [0.3, 0.4]], acceleration=[[1, 0], [0, 1]])
    assert np.isnan(moving.curvature_per_m).all()


def test_a_motion_has_as_many_states_as_its_path_has_epochs():
    assert len(motion([0, 1, 2], np.zeros((3, 2)), np.zeros((3, 2)))) == 3
