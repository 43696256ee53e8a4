"""Payload names: canonical channels where name and unit say so, the sender's own names else."""

from __future__ import annotations

import pytest

from telemparse.live.payload_names import fix_meaning, named_signals
from telemparse.schemas import KNOWN_CHANNELS


@pytest.mark.parametrize(
    ("name", "canonical", "scale"),
    [
        ("engine_rpm", "rpm", 1.0),
        ("engineRpm", "rpm", 1.0),
        ("rpm", "rpm", 1.0),
        ("vehicle_speed_kmh", "speed_mps", 1 / 3.6),
        ("vehicle_speed_km_h", "speed_mps", 1 / 3.6),
        ("vehicleSpeedKmh", "speed_mps", 1 / 3.6),
        ("Vehicle Speed (km/h)", "speed_mps", 1 / 3.6),
        ("speed_mph", "speed_mps", 0.44704),
        ("speed_mps", "speed_mps", 1.0),
        ("throttle_pct", "throttle_pct", 1.0),
        ("throttle_percent", "throttle_pct", 1.0),
        ("gear", "gear", 1.0),
        ("battery_mv", "battery_v", 0.001),
        ("coolant_temp_f", "coolant_temp_c", 5 / 9),
        ("brake_pressure_kpa", "brake_pressure_bar", 0.01),
        ("yaw_rate_deg_s", "yaw_rate_rps", 0.017453292519943295),
        ("lateral_g", "accel_lat_mps2", 9.80665),
        ("power_kw", "power_w", 1000.0),
        ("odometer_km", "distance_m", 1000.0),
    ],
)
def test_names_that_say_their_unit_are_canonical(name, canonical, scale):
    channel = named_signals([name])[name]
    assert channel.name == canonical
    assert channel.unit == KNOWN_CHANNELS[canonical].unit
    assert channel.scale == pytest.approx(scale)
    assert channel.source_name == name


@pytest.mark.parametrize("name", sorted(KNOWN_CHANNELS))
def test_a_canonical_name_stands_for_itself(name):
    channel = named_signals([name])[name]
    assert (channel.name, channel.scale, channel.offset) == (name, 1.0, 0.0)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("vehicle_speed", "vehicle_speed"),  # of what unit?
        ("speed", "speed"),
        ("throttle", "throttle"),
        ("throttle_kmh", "throttle_kmh"),
        ("DoorState", "door_state"),
        ("door-state", "door_state"),
        ("t", "t_2"),
        ("can_id", "can_id_2"),
        ("throttle_1", "throttle_1"),
        ("%%", "channel"),
    ],
)
def test_names_that_say_too_little_stay_the_senders_own(name, own):
    channel = named_signals([name])[name]
    assert (channel.name, channel.unit, channel.scale) == (own, "", 1.0)


def test_of_two_names_with_one_meaning_one_is_canonical_and_nothing_is_lost():
    names = named_signals(["rpm", "engine_rpm", "EngineRPM", "speed_kmh", "speed_mps"])
    assert [names[name].name for name in ("EngineRPM", "engine_rpm", "rpm")] == ["rpm", "engine_rpm", "rpm_2"]
    assert len({channel.name for channel in names.values()}) == 5


def test_names_do_not_depend_on_their_order():
    names = ["b", "B", "rpm", "engine_rpm", "vehicle_speed_kmh"]
    assert named_signals(names) == named_signals(names[::-1])


@pytest.mark.parametrize(
    ("name", "column", "scale", "assumed"),
    [
        ("lat", "lat_deg", 1.0, ""),
        ("Latitude", "lat_deg", 1.0, ""),
        ("lng", "lon_deg", 1.0, ""),
        ("lon_deg", "lon_deg", 1.0, ""),
        ("altitude", "alt_m", 1.0, "m"),
        ("alt_ft", "alt_m", 0.3048, ""),
        ("speed_kmh", "speed_mps", 1 / 3.6, ""),
        ("gps_speed_kn", "speed_mps", 1852 / 3600, ""),
        ("course", "course_deg", 1.0, "deg"),
        ("hdop", "hdop", 1.0, ""),
        ("satellites", "sat_count", 1.0, ""),
    ],
)
def test_names_beside_a_position_are_columns_of_the_fix(name, column, scale, assumed):
    meaning = fix_meaning(name)
    assert (meaning.column, meaning.assumed) == (column, assumed)
    assert meaning.scale == pytest.approx(scale)


@pytest.mark.parametrize(
    "name", ["speed", "vehicle_speed_kmh", "latency", "lat_g", "altitude_c", "fix_type", ""]
)
def test_other_names_are_none(name):
    assert fix_meaning(name) is None
