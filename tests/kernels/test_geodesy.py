"""Geodesy against the ellipsoid by Vincenty's series, written plainly, and against itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from telemparse.kernels.geodesy import (
    EARTH_RADIUS_M,
    destination_deg,
    distance_m,
    geodetic_deg,
    initial_course_deg,
    local_offsets_m,
    local_position_deg,
    local_velocity_mps,
    wrapped_longitude_deg,
)

LATS = st.floats(-89, 89)
LONS = st.floats(-180, 179.999)
COURSES = st.floats(0, 359.99)


def by_vincenty(lat1, lon1, lat2, lon2):
    """Return distance and initial course on the ellipsoid (Survey Review 23, 1975), point by point."""
    a, f = 6_378_137.0, 1 / 298.257223563
    b = (1 - f) * a
    u1, u2 = (math.atan((1 - f) * math.tan(math.radians(lat))) for lat in (lat1, lat2))
    turn = math.radians((lon2 - lon1 + 180) % 360 - 180)
    now = turn
    for _round in range(200):
        across, along = math.sin(now), math.cos(now)
        east = math.cos(u2) * across
        north = math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * along
        sine = math.hypot(east, north)
        if sine == 0:
            return 0.0, 0.0
        cosine = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * along
        sigma = math.atan2(sine, cosine)
        azimuth = math.cos(u1) * math.cos(u2) * across / sine
        square = 1 - azimuth**2
        middle = cosine - 2 * math.sin(u1) * math.sin(u2) / square if square else 0
        c = f / 16 * square * (4 + f * (4 - 3 * square))
        bend = sigma + c * sine * (middle + c * cosine * (2 * middle**2 - 1))
        before, now = now, turn + (1 - c) * f * azimuth * bend
        if abs(now - before) < 1e-13:
            break
    u = square * (a * a - b * b) / (b * b)
    big_a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    big_b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    inner = cosine * (2 * middle**2 - 1) - big_b / 6 * middle * (4 * sine**2 - 3) * (4 * middle**2 - 3)
    off = big_b * sine * (middle + big_b / 4 * inner)
    return b * big_a * (sigma - off), math.degrees(math.atan2(east, north)) % 360


def turn(course, other):
    return abs((course - other + 180) % 360 - 180)


@given(LATS, LONS, LATS, LONS)
def test_distances_and_courses_are_near_those_of_the_ellipsoid(lat1, lon1, lat2, lon2):
    there = float(distance_m(lat1, lon1, lat2, lon2))
    assume(there < 19_000_000)  # nearly opposite points have no course, and the series does not end
    true, course = by_vincenty(lat1, lon1, lat2, lon2)
    assert there == pytest.approx(true, rel=6e-3, abs=1e-6)
    if 1 < true < 10_000_000:
        assert turn(float(initial_course_deg(lat1, lon1, lat2, lon2)), course) < 0.5


@given(LATS, LONS, COURSES, st.floats(0.001, 5_000_000))
def test_a_destination_is_as_far_away_as_was_asked_and_in_that_direction(lat, lon, course, way):
    there = destination_deg(lat, lon, course, way)
    assert -90 <= there[0] <= 90
    assert -180 <= there[1] < 180
    assert float(distance_m(lat, lon, *there)) == pytest.approx(way, rel=1e-6, abs=1e-3)
    if way > 10:
        assert turn(float(initial_course_deg(lat, lon, *there)), course) < 1e-3


@given(st.floats(-85, 85), LONS, st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_local_offsets_are_undone_and_true_to_the_ellipsoid(lat, lon, east, north):
    there = local_position_deg(lat, lon, east, north)
    assert local_offsets_m(lat, lon, *there) == pytest.approx((east, north), abs=1e-5)
    true, _course = by_vincenty(lat, lon, float(there[0]), float(there[1]))
    reach = math.hypot(east, north)
    assert true == pytest.approx(
        reach, abs=1e-4 + reach**2 * math.tan(math.radians(abs(lat) + 1)) / EARTH_RADIUS_M
    )


def test_offsets_take_the_short_way_round_the_antimeridian():
    east, north = local_offsets_m(10.0, 179.999, np.array([10.0, 10.0]), np.array([-179.999, 179.998]))
    assert east == pytest.approx([219.3, -109.7], abs=0.2)
    assert north.tolist() == [0, 0]
    assert local_offsets_m(0.0, -180.0, 0.0, 179.99)[0] == pytest.approx(-1113.2, abs=0.1)


@given(st.floats(-1e6, 1e6))
def test_longitudes_are_wrapped_to_the_half_open_turn(lon):
    wrapped = float(wrapped_longitude_deg(lon))
    assert -180 <= wrapped < 180
    assert turn(wrapped, lon) < 1e-6


def test_special_points_have_the_values_that_they_must():
    assert float(distance_m(90, 0, -90, 77)) == pytest.approx(math.pi * EARTH_RADIUS_M)
    assert float(distance_m(0, 0, 0, 180)) == pytest.approx(math.pi * EARTH_RADIUS_M)
    assert float(initial_course_deg(5, 5, 5, 5)) == 0
    assert float(initial_course_deg(0, 179, 0, -179)) == pytest.approx(90)
    assert (
        float(wrapped_longitude_deg(np.nextafter(-180.0, -181.0))) == -180
    )  # and not 180, to which it rounds
    assert local_offsets_m(0.0, 0.0, np.zeros(0), np.zeros(0))[0].shape == (0,)


def earth_centred(lat_deg, lon_deg, height_m):
    """Return ECEF coordinates as the ellipsoid defines them, one place at a time."""
    a, f = 6_378_137.0, 1 / 298.257223563
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    normal = a / math.sqrt(1 - f * (2 - f) * math.sin(lat) ** 2)
    across = (normal + height_m) * math.cos(lat)
    return (
        across * math.cos(lon),
        across * math.sin(lon),
        (normal * (1 - f) ** 2 + height_m) * math.sin(lat),
    )


@given(st.floats(-90, 90), LONS, st.floats(-10_000, 1_000_000))
def test_earth_centred_places_come_back_as_they_went(lat, lon, height):
    found = [
        float(value[0]) for value in geodetic_deg(*np.array(earth_centred(lat, lon, height)).reshape(3, 1))
    ]
    assert found[0] == pytest.approx(lat, abs=1e-11)
    assert found[2] == pytest.approx(height, abs=1e-6)
    if abs(lat) < 89.999:
        assert (found[1] - lon + 180) % 360 - 180 == pytest.approx(0, abs=1e-9)


def test_the_poles_have_the_height_above_the_minor_axis():
    lat, _lon, height = geodetic_deg(*np.array([[0.0, 0.0], [0.0, 0.0], [6_356_852.3142, -6_356_752.3142]]))
    assert lat == pytest.approx([90, -90])
    assert height == pytest.approx([100, 0], abs=1e-3)


@given(LATS, LONS, st.floats(-50, 50), st.floats(-50, 50), st.floats(-50, 50))
def test_a_velocity_is_how_the_place_moves(lat, lon, north, east, down):
    # A thousandth of a second along each local axis, seen from the middle of the Earth.
    there = np.array(earth_centred(lat, lon, 0.0))
    per_north, per_east = 1e-6, 1e-6 / math.cos(math.radians(lat))
    ahead = (np.array(earth_centred(lat + per_north, lon, 0.0)) - there) / per_north
    right = (np.array(earth_centred(lat, lon + per_east, 0.0)) - there) / per_east
    above = np.array(earth_centred(lat, lon, 1.0)) - there
    ahead, right = ahead / np.linalg.norm(ahead), right / np.linalg.norm(right)
    moving = north * ahead + east * right - down * above
    place = np.array([lat]), np.array([lon])
    found = np.ravel(local_velocity_mps(*place, *moving.reshape(3, 1)))
    assert found == pytest.approx([north, east, down], abs=1e-3)
