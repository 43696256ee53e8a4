"""Teleports are jumps that no vehicle makes: found where they are, and nowhere else."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.analysis.paths import Path
from telemparse.analysis.teleports import find_jumps, teleports
from telemparse.kernels.local_frame import LocalFrame

SECOND = 1_000_000_000
RADIUS_M = 60.0


def lap(count=600, *, rate_hz=10.0, speed_mps=25.0, noise_m=0.05, measured=True, seed=1):
    """Return a path round a circle, as a receiver sees it."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(count) / rate_hz
    angle = speed_mps * t_s / RADIUS_M
    place = RADIUS_M * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    velocity = speed_mps * np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    velocity += rng.normal(0, 0.1, velocity.shape)
    nothing = np.full(count, np.nan)
    return Path(
        t_ns=np.rint(t_s * SECOND).astype(np.int64),
        position_m=place + rng.normal(0, noise_m, place.shape),
        velocity_mps=velocity if measured else np.full((count, 2), np.nan),
        speed_mps=np.hypot(*velocity.T) if measured else nothing,
        hacc_m=nothing,
        sacc_mps=nothing,
        fix_type=np.full(count, 3),
        flags=np.zeros(count, np.int64),
        frame=LocalFrame(52.0, 1.0),
        time_base="utc",
    )


def moved(path, rows, size_m, angle=1.0):
    """Return a path some rows of which are elsewhere."""
    place = path.position_m.copy()
    place[rows] += size_m * np.array([np.cos(angle), np.sin(angle)])
    return attrs.evolve(path, position_m=place)


both = pytest.mark.parametrize("measured", [True, False])


@both
@pytest.mark.parametrize("rate_hz", [1.0, 5.0, 10.0, 25.0])
def test_a_healthy_path_has_no_teleport(measured, rate_hz):
    assert not teleports(lap(rate_hz=rate_hz, measured=measured, speed_mps=15.0)).any()


@both
@given(
    rows=st.sets(st.integers(1, 54), min_size=1, max_size=12),
    size_m=st.floats(16, 5_000),
    angle=st.floats(0, 6.3),
)
def test_epochs_that_jump_out_and_back_are_found_and_no_others(measured, rows, size_m, angle):
    at = np.array(sorted(rows)) * 10
    found = find_jumps(moved(lap(measured=measured), at, size_m, angle))
    assert np.flatnonzero(found.rows).tolist() == at.tolist()
    assert found.count == len(at)
    assert found.largest_m == pytest.approx(size_m, abs=4)


@both
def test_an_excursion_of_seconds_is_one_teleport_of_all_its_rows(measured):
    found = find_jumps(moved(lap(measured=measured), slice(200, 230), 40.0))
    assert np.flatnonzero(found.rows).tolist() == list(range(200, 230))
    assert found.count == 1


@both
def test_a_jump_that_does_not_come_back_marks_where_it_lands(measured):
    found = find_jumps(moved(lap(measured=measured), slice(200, None), 40.0))
    assert np.flatnonzero(found.rows).tolist() == [200]
    assert found.count == 1


def test_a_jump_that_comes_back_after_a_minute_is_two():
    found = find_jumps(moved(lap(count=1_500), slice(200, 800), 40.0))
    assert np.flatnonzero(found.rows).tolist() == [200, 800]
    assert found.count == 2


def test_epochs_that_jump_to_and_fro_are_an_excursion_each():
    found = find_jumps(moved(lap(), [200, 202, 204], 40.0))
    assert np.flatnonzero(found.rows).tolist() == [200, 202, 204]
    assert found.count == 3


def test_a_jump_says_its_size_and_the_pace_it_would_have_needed():
    found = find_jumps(moved(lap(noise_m=0.0), [300], 100.0))
    assert found.largest_m == pytest.approx(100, abs=3)
    assert 900 < found.limit_mps < 1_100
    assert find_jumps(lap()).largest_m is None
    assert find_jumps(lap()).limit_mps is None


@both
def test_what_happened_in_a_gap_is_no_teleport(measured):
    path = lap(measured=measured).part(np.r_[0:200, 260:600])
    assert not teleports(path).any()
    assert not teleports(moved(path, slice(200, None), 500.0)).any()


@both
@pytest.mark.parametrize("hold", [3, 8])
def test_positions_that_repeat_and_then_catch_up_are_no_teleports(measured, hold):
    path = lap(speed_mps=25.0, measured=measured)
    stale = path.position_m[np.arange(len(path)) // hold * hold]
    path = attrs.evolve(path, position_m=stale)
    assert not teleports(path).any()
    found = find_jumps(moved(path, slice(40 * hold, 41 * hold), 100.0))
    assert np.flatnonzero(found.rows).tolist() == list(range(40 * hold, 41 * hold))


def test_a_first_position_after_missed_epochs_may_be_late():
    path = lap(speed_mps=40.0).part(np.r_[0:200, 207:600])
    place = path.position_m.copy()
    place[200] = place[199] + 0.2 * path.velocity_mps[199] * 0.8
    assert not teleports(attrs.evolve(path, position_m=place)).any()


@pytest.mark.parametrize("lie", [0.0, -1.0, 3.6])
def test_a_velocity_that_does_not_fit_the_positions_is_not_believed(lie):
    path = lap(speed_mps=45.0)
    path = attrs.evolve(path, velocity_mps=path.velocity_mps * lie)
    assert not teleports(path).any()
    assert np.flatnonzero(teleports(moved(path, [300], 20.0))).tolist() == [300]


def test_epochs_without_a_measured_velocity_are_judged_by_their_neighbours():
    path = lap()
    velocity = path.velocity_mps.copy()
    velocity[250:350] = np.nan
    path = attrs.evolve(path, velocity_mps=velocity)
    assert not teleports(path).any()
    assert np.flatnonzero(teleports(moved(path, [100, 300], 20.0))).tolist() == [100, 300]


def test_coarse_positions_are_noise_and_no_teleports():
    path = lap()
    assert not teleports(attrs.evolve(path, position_m=np.rint(path.position_m / 4) * 4)).any()


@pytest.mark.parametrize("measured", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_epochs_are_judged_without_a_fuss(count, measured):
    assert teleports(lap(count=count, measured=measured)).tolist() == [False] * count


def test_a_vehicle_that_stands_exactly_still_does_not_teleport():
    path = lap()
    assert not teleports(attrs.evolve(path, position_m=np.zeros_like(path.position_m))).any()


def test_two_epochs_alone_are_no_evidence_of_a_jump():
    path = attrs.evolve(lap(count=2, noise_m=0.0), t_ns=np.array([0, 40 * SECOND]))
    far = attrs.evolve(path, position_m=np.array([[0.0, 0.0], [0.0, 900.0]]))
    assert find_jumps(far).count == 0
    farther = attrs.evolve(path, position_m=np.array([[0.0, 0.0], [0.0, 90_000.0]]))
    assert find_jumps(farther).count == 0


@given(shift_ns=st.integers(-(10**17), 10**17), angle=st.floats(0, 6.3))
def test_time_and_direction_do_not_matter(shift_ns, angle):
    path = moved(lap(), [100, 300], 30.0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    other = attrs.evolve(
        path,
        t_ns=path.t_ns + shift_ns,
        position_m=path.position_m @ turn,
        velocity_mps=path.velocity_mps @ turn,
    )
    assert teleports(other).tolist() == teleports(path).tolist()
