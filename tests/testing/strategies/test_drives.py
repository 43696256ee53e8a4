"""Drives: columns that agree with each other, limits that hold, and a car at rest as the smallest one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from telemparse.errors import CallError
from telemparse.testing.strategies import tracks

HEALTHY = settings(suppress_health_check=[])
EARTH_M = 6_371_008.8
COLUMNS = ("t_ns", "lat_deg", "lon_deg", "alt_m", "speed_mps", "course_deg")


def _steps(drive):
    """Return what lies between samples: seconds, metres to the north and to the east."""
    lat, lon = np.radians(drive.lat_deg), np.unwrap(np.radians(drive.lon_deg))
    east_m = np.diff(lon) * np.cos((lat[1:] + lat[:-1]) / 2) * EARTH_M
    return np.diff(drive.t_ns) / 1e9, np.diff(lat) * EARTH_M, east_m


def _turns_deg(course_deg):
    return (np.diff(course_deg) + 180) % 360 - 180


@HEALTHY
@given(tracks(min_points=2))
def test_speed_is_the_way_over_the_time(drive):
    seconds, north_m, east_m = _steps(drive)
    expected_m = (drive.speed_mps[1:] + drive.speed_mps[:-1]) / 2 * seconds
    np.testing.assert_allclose(np.hypot(north_m, east_m), expected_m, rtol=0.02, atol=1e-5)


@HEALTHY
@given(tracks(min_points=2))
def test_the_way_leads_halfway_between_two_courses(drive):
    _seconds, north_m, east_m = _steps(drive)
    halfway = np.radians(drive.course_deg[:-1] + _turns_deg(drive.course_deg) / 2)
    across_m = east_m * np.cos(halfway) - north_m * np.sin(halfway)
    np.testing.assert_allclose(across_m, 0, atol=1e-4)


@HEALTHY
@given(tracks())
def test_every_column_stays_in_its_range(drive):
    assert {len(getattr(drive, name)) for name in COLUMNS} == {len(drive.t_ns)}
    assert 1 <= len(drive.t_ns) <= 100
    assert (np.abs(drive.lat_deg) <= 85).all()
    assert ((drive.lon_deg >= -180) & (drive.lon_deg < 180)).all()
    assert (np.maximum(np.abs(drive.lat_deg), np.abs(drive.lon_deg)) > 0.01).all()
    assert ((drive.alt_m >= -430) & (drive.alt_m <= 9000)).all()
    assert ((drive.course_deg >= 0) & (drive.course_deg < 360)).all()


@HEALTHY
@given(tracks(min_points=2, max_speed_mps=20, max_accel_mps2=3, max_turn_rps=0.5, rates_hz=(2, 10)))
def test_a_vehicle_keeps_its_limits(drive):
    seconds = np.diff(drive.t_ns) / 1e9
    before = drive.speed_mps[:-1]
    turns = np.radians(np.abs(_turns_deg(drive.course_deg))) / seconds
    assert set(seconds) <= {0.5, 0.1}
    assert ((drive.speed_mps >= 0) & (drive.speed_mps <= 20)).all()
    assert (np.abs(np.diff(drive.speed_mps)) <= 3 * seconds + 1e-9).all()
    assert (turns <= 0.5 + 1e-9).all()
    assert (turns * before <= 3 + 1e-9).all()
    assert (turns[before == 0] < 1e-9).all()


@HEALTHY
@given(tracks(first_ns=5_000_000, last_ns=99_000_000_000, step_ns=1_000_000, rates_hz=(3, 7), max_points=50))
def test_times_are_whole_steps_within_their_range(drive):
    assert (drive.t_ns % 1_000_000 == 0).all()
    assert drive.t_ns[0] >= 5_000_000
    assert drive.t_ns[-1] <= 99_000_000_000
    assert len(set(np.diff(drive.t_ns))) <= 1


@settings(max_examples=10)
@given(tracks(min_points=1500, max_points=2000, rates_hz=(0.5,), max_speed_mps=250))
def test_the_longest_drives_stay_away_from_the_poles_and_from_null_island(drive):
    assert (np.abs(drive.lat_deg) <= 85).all()
    assert (np.maximum(np.abs(drive.lat_deg), np.abs(drive.lon_deg)) > 0.05).all()


def _is_at_rest(drive):
    return (
        not drive.speed_mps.any()
        and len({*drive.lat_deg}) == len({*drive.lon_deg}) == len({*drive.alt_m}) == 1
    )


def test_drives_shrink_to_a_car_at_rest_in_a_plain_place(smallest):
    drive = smallest(tracks(min_points=4))
    assert [getattr(drive, name).tolist() for name in COLUMNS] == [
        [1_746_352_800_000_000_000 + second * 10**9 for second in range(4)],
        [48.0] * 4,
        [11.0] * 4,
        [500.0] * 4,
        [0.0] * 4,
        [0.0] * 4,
    ]


CONDITIONS = {
    "long": lambda drive: len(drive.t_ns) >= 20,
    "southern": lambda drive: drive.lat_deg[0] < 0,
    "in another year": lambda drive: drive.t_ns[0] > 1_800_000_000 * 10**9,
    "at 25 Hz": lambda drive: len(drive.t_ns) > 2 and drive.t_ns[1] - drive.t_ns[0] == 40_000_000,
}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_what_fails_for_another_reason_shrinks_to_a_car_at_rest(smallest, condition):
    drive = smallest(tracks(), condition)
    assert condition(drive)
    assert _is_at_rest(drive)


MOTIONS = {
    "stands": lambda drive: len(drive.t_ns) > 10 and not drive.speed_mps.any(),
    "goes straight at one speed": lambda drive: (
        len(drive.t_ns) > 5 and drive.speed_mps[0] > 5 and len({*drive.speed_mps, *drive.course_deg}) == 2
    ),
    "takes a corner": lambda drive: len(drive.t_ns) > 3 and (np.abs(_turns_deg(drive.course_deg)) > 5).all(),
    "climbs": lambda drive: drive.alt_m[-1] > drive.alt_m[0] + 5,
    "starts": lambda drive: drive.speed_mps[0] == 0 and drive.speed_mps[-1] > 10,
    "comes to a stop": lambda drive: drive.speed_mps[0] > 10 and drive.speed_mps[-1] == 0,
    "crosses the antimeridian": lambda drive: np.abs(np.diff(drive.lon_deg)).max(initial=0) > 350,
}


def test_a_vehicle_does_what_vehicles_do(unmet):
    assert unmet(tracks(), MOTIONS) == []


@pytest.mark.parametrize(
    "bounds",
    [
        {"min_points": 0},
        {"min_points": 5, "max_points": 4},
        {"max_points": 10_001},
        {"rates_hz": ()},
        {"rates_hz": (0.001,)},
        {"rates_hz": (0.01,), "max_points": 2000},
        {"rates_hz": (0.1,), "max_points": 2000},
        {"max_speed_mps": 0},
        {"max_accel_mps2": float("nan")},
        {"max_turn_rps": 7},
        {"first_ns": 0, "last_ns": 10**9},
        {"step_ns": 0},
    ],
)
def test_drives_that_cannot_be_are_a_call_error(bounds):
    with pytest.raises(CallError):
        tracks(**bounds)
