"""The local plane is exact: against PROJ, at poles, across the antimeridian, high above the ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from telemparse.kernels.geodesy import ecef_m, geodetic_deg
from telemparse.kernels.local_frame import LocalFrame

ORIGINS = [
    (52.1, -1.0, 120.0),
    (0.0, 0.0, 0.0),
    (-33.8, 151.2, -20.0),
    (12.0, 179.9999, 5.0),
    (12.0, -180.0, 5.0),
    (89.9999, 30.0, 0.0),
    (90.0, 0.0, 0.0),
    (-90.0, 77.0, 2_800.0),
    (64.0, -147.0, 20_000.0),
]
PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 179.999), st.floats(-100, 30_000))

GEOCENTRIC = Transformer.from_pipeline(
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84"
)


def by_proj(origin, lat_deg, lon_deg, alt_m):
    """Return east, north, up of places as PROJ has them."""
    lat, lon, alt = origin
    pipeline = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84"
        f" +step +proj=topocentric +ellps=WGS84 +lat_0={lat} +lon_0={lon} +h_0={alt}"
    )
    return np.stack(pipeline.transform(lon_deg, lat_deg, np.broadcast_to(alt_m, np.shape(lat_deg))))


def around(origin, seed, reach_m=50_000.0, count=200):
    """Return latitudes and longitudes of random places within reach of an origin, as PROJ has them."""
    dice = np.random.default_rng(seed)
    distance, course = reach_m * np.sqrt(dice.random(count)), 2 * np.pi * dice.random(count)
    lat, lon, alt = origin
    back = Transformer.from_pipeline(
        "+proj=pipeline +step +inv +proj=topocentric +ellps=WGS84"
        f" +lat_0={lat} +lon_0={lon} +h_0={alt}"
        " +step +inv +proj=cart +ellps=WGS84 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    lon_deg, lat_deg, _height = back.transform(
        distance * np.sin(course), distance * np.cos(course), np.zeros(count)
    )
    return lat_deg, lon_deg


@given(PLACES)
def test_earth_centred_places_are_those_of_proj(place):
    lat, lon, alt = place
    assert np.array(ecef_m(lat, lon, alt)) == pytest.approx(GEOCENTRIC.transform(lon, lat, alt), abs=1e-7)


@given(st.lists(PLACES, min_size=1, max_size=5))
def test_earth_centred_places_lead_back(places):
    lat, lon, alt = np.array(places).T
    lat_back, lon_back, alt_back = geodetic_deg(*ecef_m(lat, lon, alt))
    assert lat_back == pytest.approx(lat, abs=1e-10)
    assert alt_back == pytest.approx(alt, abs=1e-6)
    turn = (lon_back - lon + 180) % 360 - 180
    assert turn * np.cos(np.radians(lat)) == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_plane_is_that_of_proj_within_50_km(origin):
    lat, lon = around(origin, seed=1)
    east, north, _up = by_proj(origin, lat, lon, origin[2])
    plane = LocalFrame(*origin).plane_m(lat, lon)
    assert np.hypot(east, north).max() > 40_000
    assert plane == pytest.approx(np.stack([east, north], axis=1), abs=1e-6)


@pytest.mark.parametrize("origin", ORIGINS)
def test_velocities_are_the_motion_of_places_in_the_plane(origin):
    frame = LocalFrame(*origin)
    lat, lon = around(origin, seed=2)
    dice = np.random.default_rng(3)
    east, north = dice.normal(0, 30, (2, len(lat)))
    # The same motion as PROJ sees it: a millisecond back and forth along the ground at each place.
    step = 1e-3
    ends = []
    for sign in (-1, 1):
        sin_lat, cos_lat = np.sin(np.radians(lat)), np.cos(np.radians(lat))
        sin_lon, cos_lon = np.sin(np.radians(lon)), np.cos(np.radians(lon))
        place = np.stack(GEOCENTRIC.transform(lon, lat, np.full(len(lat), origin[2])))
        moved = place + sign * step * (
            east * np.stack([-sin_lon, cos_lon, 0 * lon])
            + north * np.stack([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat])
        )
        to_plane = Transformer.from_pipeline(
            f"+proj=topocentric +ellps=WGS84 +lat_0={origin[0]} +lon_0={origin[1]} +h_0={origin[2]}"
        )
        ends.append(np.stack(to_plane.transform(*moved))[:2])
    assert frame.plane_mps(lat, lon, east, north) == pytest.approx(
        ((ends[1] - ends[0]) / (2 * step)).T, abs=1e-5
    )


def test_velocity_of_an_unknown_place_in_time_stays_unknown():
    velocity = LocalFrame(52.0, 1.0).plane_mps(
        np.array([52.0, 52.1]), np.array([1.0, 1.0]), np.array([np.nan, 3.0]), np.array([1.0, 4.0])
    )
    assert np.isnan(velocity[0]).all()
    assert np.hypot(*velocity[1]) == pytest.approx(5.0, abs=1e-3)


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_plane_leads_back_to_the_place(origin):
    lat, lon = around(origin, seed=4)
    lat_back, lon_back = LocalFrame(*origin).geodetic_deg(LocalFrame(*origin).plane_m(lat, lon))
    assert lat_back == pytest.approx(lat, abs=1e-9)
    turn = (lon_back - lon + 180) % 360 - 180
    # A degree of longitude is short next to a pole.
    assert turn * np.cos(np.radians(lat)) == pytest.approx(0, abs=1e-9)
    assert (lon_back >= -180).all()
    assert (lon_back < 180).all()


@settings(deadline=None)
@given(
    st.tuples(st.floats(-90, 90), st.floats(-180, 179.999), st.floats(-100, 9_000)),
    st.lists(st.tuples(st.floats(-300_000, 300_000), st.floats(-300_000, 300_000)), min_size=1, max_size=4),
)
def test_metres_in_the_plane_lead_back_for_hundreds_of_kilometres(origin, metres):
    frame = LocalFrame(*origin)
    plane = np.array(metres)
    assert frame.plane_m(*frame.geodetic_deg(plane)) == pytest.approx(plane, abs=1e-4)


def test_the_middle_of_places_knows_no_edge():
    across = LocalFrame.around(np.array([10.0, 10.0]), np.array([179.99, -179.99]))
    assert abs(across.lon_deg) == pytest.approx(180.0, abs=1e-6)
    assert across.lat_deg == pytest.approx(10.0, abs=1e-4)
    polar = LocalFrame.around(np.array([89.9, 89.9]), np.array([0.0, 180.0]), 30.0)
    assert polar.lat_deg == pytest.approx(90.0, abs=1e-6)
    assert polar.alt_m == 30.0


def test_how_often_a_place_was_passed_does_not_move_the_middle():
    lat, lon = np.array([52.0, 52.1, 52.05]), np.array([1.0, 1.2, 1.1])
    once, often = (
        LocalFrame.around(lat, lon),
        LocalFrame.around(lat[[0] * 50 + [1, 2]], lon[[0] * 50 + [1, 2]]),
    )
    assert once == often


def test_one_place_is_its_own_middle():
    frame = LocalFrame.around(np.array([-41.25]), np.array([174.75]), 200.0)
    assert (frame.lat_deg, frame.lon_deg) == pytest.approx((-41.25, 174.75), abs=1e-10)
    assert frame.plane_m(np.array([-41.25]), np.array([174.75])) == pytest.approx(0.0, abs=1e-6)


def test_a_wild_place_does_not_drag_the_origin_away():
    lat, lon = np.full(500, 52.0) + np.linspace(0, 0.01, 500), np.full(500, 13.0)
    lat[100], lon[100] = -52.0, -167.0
    frame = LocalFrame.around(lat, lon)
    assert abs(frame.lat_deg - 52.005) < 1e-3
    assert abs(frame.lon_deg - 13.0) < 1e-9
