"""Gates lie across the road, whichever way their points were written, and stale ones are told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.gate_lines import HALF_WIDTH_M, STALE_M, GateChoice, Meaning, across, between
from telemparse.kernels.geodesy import distance_m, initial_course_deg, local_offsets_m, local_position_deg
from telemparse.model.gates import GateKind

KIND = GateKind.START_FINISH
PLACES = st.tuples(st.floats(-80, 80), st.floats(-180, 179.99))
COURSES = st.floats(0, 359.99)


def turn(course, other):
    return abs((course - other + 180) % 360 - 180)


def at(place, course, metres):
    """Return the place so many metres away, as plain numbers."""
    east, north = metres * np.sin(np.radians(course)), metres * np.cos(np.radians(course))
    lat, lon = local_position_deg(*place, east, north)
    return float(lat), float(lon)


def drive(place, course):
    """Return a straight trace over a place: latitudes, longitudes, courses, all of it moving."""
    points = [at(place, course, step) for step in np.arange(-200.0, 201.0, 5.0)]
    lats, lons = np.array(points).T
    return lats, lons, np.full(len(lats), course), np.ones(len(lats), np.bool_)


@given(PLACES, COURSES)
def test_a_gate_across_a_course_has_its_middle_and_its_length(place, course):
    gate = across(KIND, "x", *place, course, half_width_m=20)
    ends = [
        local_offsets_m(*place, gate.lat1_deg, gate.lon1_deg),
        local_offsets_m(*place, gate.lat2_deg, gate.lon2_deg),
    ]
    assert np.hypot(*ends[0]) == pytest.approx(20, abs=1e-6)
    assert np.add(*ends) == pytest.approx([0, 0], abs=1e-6)
    along = np.radians(course)
    assert ends[0][0] * np.sin(along) + ends[0][1] * np.cos(along) == pytest.approx(0, abs=1e-5)
    # The first end lies on the left of the direction of travel.
    assert turn(float(initial_course_deg(*place, gate.lat1_deg, gate.lon1_deg)), course - 90) < 0.5
    assert gate.course_deg == course


@given(PLACES, COURSES, st.sampled_from([1, -1]), st.booleans(), st.integers(1, 40))
def test_points_mean_what_the_trace_shows(place, course, side, upstream, cut):
    second = at(place, course + 180, 12) if upstream else at(place, course + 90 * side, 24)
    swapped = tuple(((lat + 60) % 80, lon) for lat, lon in (place, second))
    choice = GateChoice(KIND, "x", (swapped, (place, second)))
    trace = drive(place if upstream else at(place, course + 90 * side, 12), course)
    for part in (slice(None, cut), slice(cut, None)):
        choice.watch(*(column[part] for column in trace))
    assert not choice.is_stale
    gate = choice.gate
    assert turn(gate.course_deg, course) < 0.5
    assert gate.raw["points"] == (Meaning.UPSTREAM if upstream else Meaning.ENDS).value
    middle = place if upstream else at(place, course + 90 * side, 12)
    ends = np.array(
        [
            local_offsets_m(*middle, gate.lat1_deg, gate.lon1_deg),
            local_offsets_m(*middle, gate.lat2_deg, gate.lon2_deg),
        ]
    )
    assert ends.sum(axis=0) == pytest.approx([0, 0], abs=0.1)
    assert np.hypot(*ends[0]) == pytest.approx(HALF_WIDTH_M if upstream else 12, abs=0.1)


def test_without_a_direction_of_travel_the_writer_decides():
    place, second = (10.0, 20.0), at((10.0, 20.0), 90, 20)
    lats, lons, courses, _moving = drive(place, 0)
    for meaning in Meaning:
        choice = GateChoice(KIND, "x", ((place, second),), meaning)
        choice.watch(lats, lons, courses, np.zeros(len(lats), np.bool_))
        assert choice.gate.raw["points"] == meaning.value
    assert choice.gate.course_deg is None
    assert turn(GateChoice(KIND, "x", ((place, second),)).gate.course_deg, 270) < 0.1


def test_a_point_twice_is_a_gate_without_a_length():
    choice = GateChoice(KIND, "x", (((10.0, 20.0), (10.0, 20.0)),))
    choice.watch(*drive((10.0, 20.0), 0))
    gate = choice.gate
    assert (gate.lat1_deg, gate.lon1_deg) == (gate.lat2_deg, gate.lon2_deg)


def test_a_gate_is_stale_beyond_its_limit_and_says_how_far_it_is():
    place = (10.0, 20.0)
    for metres, stale in ((STALE_M - 300, False), (STALE_M + 300, True)):
        choice = GateChoice(KIND, "x", ((place, at(place, 0, 20)),))
        choice.watch(*drive(at(place, 90, metres), 0))
        assert choice.is_stale is stale
    assert choice.away_m(*at(place, 90, 7000)) == pytest.approx(7000, rel=0.01)


def test_without_fixes_or_coordinates_a_gate_is_stale():
    place = ((10.0, 20.0), (10.001, 20.0))
    unseen = GateChoice(KIND, "x", (place,))
    unseen.watch(*(np.zeros(0) for _column in range(4)))
    assert unseen.is_stale
    nowhere = GateChoice(KIND, "x", (((95.0, 20.0), (10.0, 20.0)), ((10.0, 180.0), (1.0, 2.0))))
    assert nowhere.is_stale
    assert nowhere.away_m(10.0, 20.0) == float("inf")


def test_a_gate_over_the_antimeridian_is_short():
    gate = across(KIND, "x", -17.0, -180.0, 0.0, half_width_m=10)
    assert gate.lon1_deg > 179.9
    assert gate.lon2_deg < -179.9
    assert float(distance_m(gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg)) == pytest.approx(
        20, rel=0.01
    )
    line = between(KIND, "x", (0.0, 179.9999), (0.0, -179.9999), travel_deg=10.0)
    assert turn(line.course_deg, 0) < 1e-6
