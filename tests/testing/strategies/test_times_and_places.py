"""Instants and positions: ranges, digits, edges and what they shrink to."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.testing.strategies import Position, instants_ns, positions

HEALTHY = settings(suppress_health_check=[])
SECOND_NS = 10**9
DAY_NS = 86_400 * SECOND_NS
PLAIN_NS = 1_746_352_800 * SECOND_NS


def _ns(*date):
    return round(dt.datetime(*date, tzinfo=dt.UTC).timestamp()) * SECOND_NS


@HEALTHY
@given(instants_ns())
def test_instants_lie_from_1999_to_2090(instant_ns):
    assert type(instant_ns) is int
    assert _ns(1999, 1, 1) <= instant_ns < _ns(2091, 1, 1)


RANGES = {
    "milliseconds of a day": (0, DAY_NS - 1, 10**6),
    "before 1970": (-(10**18), -1, 7),
    "the widest": (-(2**62), 2**62, 1),
    "one instant": (21, 27, 7),
    "whole days": (_ns(2024, 1, 1), _ns(2024, 12, 31), DAY_NS),
}


@HEALTHY
@given(
    st.sampled_from(sorted(RANGES)).flatmap(
        lambda name: st.tuples(
            st.just(RANGES[name]),
            instants_ns(first_ns=RANGES[name][0], last_ns=RANGES[name][1], step_ns=RANGES[name][2]),
        )
    )
)
def test_instants_are_multiples_of_the_step_within_any_range(drawn):
    (first_ns, last_ns, step_ns), instant_ns = drawn
    assert instant_ns % step_ns == 0
    assert first_ns <= instant_ns <= last_ns


EDGES = {
    "midnight": lambda t: t % DAY_NS == 0,
    "the second before midnight": lambda t: DAY_NS - SECOND_NS <= t % DAY_NS < DAY_NS,
    "a leap day": lambda t: _ns(2024, 2, 29) <= t < _ns(2024, 3, 1),
    "just before GPS weeks roll over": lambda t: 0 < _ns(2019, 4, 7) - t <= 2 * SECOND_NS,
    "the second that 32 bits do not hold": lambda t: 2**31 <= t // SECOND_NS < 2**31 + 2,
    "behind a leap second": lambda t: 0 <= t - _ns(2017, 1, 1) <= SECOND_NS,
}


def test_instants_come_to_the_edges_of_calendars(unmet):
    assert unmet(instants_ns(), EDGES) == []


def test_instants_shrink_to_a_plain_one_or_what_is_nearest(smallest):
    assert smallest(instants_ns()) == smallest(instants_ns(step_ns=100 * SECOND_NS)) == PLAIN_NS
    assert smallest(instants_ns(first_ns=PLAIN_NS + 5)) == PLAIN_NS + 5
    assert smallest(instants_ns(first_ns=3, last_ns=17, step_ns=7)) == 14


@pytest.mark.parametrize(
    "bounds", [{"first_ns": 2, "last_ns": 1}, {"first_ns": 1, "last_ns": 6, "step_ns": 7}, {"step_ns": 0}]
)
def test_instants_that_cannot_be_are_a_call_error(bounds):
    with pytest.raises(CallError):
        instants_ns(**bounds)


@HEALTHY
@given(positions())
def test_positions_lie_on_earth_and_are_no_lost_fix(position):
    assert isinstance(position, Position)
    assert -90 <= position.lat_deg <= 90
    assert -180 <= position.lon_deg < 180
    assert -430 <= position.alt_m <= 9000
    assert max(abs(position.lat_deg), abs(position.lon_deg)) >= 0.001


@HEALTHY
@given(positions(decimals=4, alt_decimals=0))
def test_positions_have_the_decimals_asked_for(position):
    for degrees in (position.lat_deg, position.lon_deg):
        assert degrees == float(f"{degrees:.4f}")
    assert position.alt_m.is_integer()


@HEALTHY
@given(
    positions(
        min_lat_deg=-0.002,
        max_lat_deg=0.002,
        min_lon_deg=-0.0005,
        max_lon_deg=0.0007,
        min_alt_m=1.5,
        max_alt_m=1.5,
    )
)
def test_positions_stay_in_a_box_round_zero(position):
    assert abs(position.lat_deg) <= 0.002
    assert -0.0005 <= position.lon_deg <= 0.0007
    assert max(abs(position.lat_deg), abs(position.lon_deg)) >= 0.001
    assert position.alt_m == 1.5


CORNERS = {
    "the north pole": lambda place: place.lat_deg > 89.99,
    "the south pole": lambda place: place.lat_deg < -89.99,
    "east of the antimeridian": lambda place: place.lon_deg < -179.99,
    "west of the antimeridian": lambda place: place.lon_deg > 179.99,
    "the antimeridian": lambda place: place.lon_deg == -180,
    "south and west": lambda place: place.lat_deg < -1 and place.lon_deg < -1,
    "the equator": lambda place: 0 < abs(place.lat_deg) < 0.01,
}


def test_positions_come_to_the_corners_of_the_earth(unmet):
    assert unmet(positions(), CORNERS) == []


def test_positions_shrink_to_a_plain_place_or_what_is_nearest(smallest):
    assert smallest(positions()) == Position(48.0, 11.0, 500.0)
    assert smallest(positions(max_lat_deg=-10.25, min_lon_deg=20)) == Position(-10.25, 20.0, 500.0)


@pytest.mark.parametrize(
    "bounds",
    [
        {"min_lat_deg": 1, "max_lat_deg": 0},
        {"max_lat_deg": 91},
        {"min_lon_deg": float("nan")},
        {"decimals": 10},
        {"alt_decimals": -1},
        {"min_lat_deg": 0.2, "max_lat_deg": 0.7, "decimals": 0},
        {"min_lat_deg": 0, "max_lat_deg": 0.0001, "min_lon_deg": 0, "max_lon_deg": 0.0001},
    ],
)
def test_positions_that_cannot_be_are_a_call_error(bounds):
    with pytest.raises(CallError):
        positions(**bounds)
