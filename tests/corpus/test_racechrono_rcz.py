"""A real RaceChrono session: equal to a plain reader of its members, and to its own session.json."""

from __future__ import annotations

import json
import math
import struct
import zipfile

import numpy as np
import pytest

import telemparse
from telemparse import ParseOptions

FILE = "taupo-race1-lap4-laps.rcz"
NS_PER_MS = 1_000_000
# Rows, first and last instant in ms, as the clocks of the devices say.
STREAMS = {
    "gnss_pvt": (2513, 1767402801519, 1767402914559),
    "imu_accel": (2513, 1767402801519, 1767402914559),
    "imu_gyro": (2513, 1767402801519, 1767402914559),
    "imu_accel.acc_100": (5725, 1767402801520, 1767402914529),
    "imu_gyro.gyro_101": (5725, 1767402801520, 1767402914529),
    "imu_mag": (5638, 1767402801509, 1767402914532),
}
# Channels on the vehicle bus: number, and factor to the column.
CHANNELS = {
    ("canbus_rpm", "rpm"): (10024, 1.0),
    ("canbus_speed", "speed_mps"): (4, 1.0),
    ("canbus_steering_angle", "steering_deg"): (1001, 1.0),
    ("canbus_brake_pos", "brake_pct"): (1002, 1.0),
    ("canbus_brake_pos", "clutch_pct"): (1003, 1.0),
    ("canbus_brake_pos", "coolant_temp_c"): (10026, 1.0),
    ("canbus_brake_pos", "accelerator_pos"): (10071, 1.0),
    ("canbus_engine_oil_temp", "oil_temp_c"): (10066, 1.0),
    ("canbus_fuel_level", "fuel_level_pct"): (10058, 1.0),
    ("canbus_air_temp", "air_temp"): (10031, 1.0),
    ("canbus_speed_rr", "wheel_speed_rr_mps"): (3 << 15 | 4, 1.0),
    ("canbus_speed_rr", "wheel_speed_rl_mps"): (4 << 15 | 4, 1.0),
    ("canbus_speed_rr", "wheel_speed_fr_mps"): (5 << 15 | 4, 1.0),
    ("canbus_speed_rr", "wheel_speed_fl_mps"): (6 << 15 | 4, 1.0),
    ("canbus_tyre_temp_fr", "tyre_temp_fr_8"): (8 << 20 | 5 << 15 | 1013, 1.0),
}
# Stream, kind and number of the device, number of the first axis, columns, unit of a whole number.
_FORCES, _RATES = ("ax_mps2", "ay_mps2", "az_mps2"), ("gx_rps", "gy_rps", "gz_rps")
SENSORS = (
    ("imu_accel", "2_301", 9, _FORCES, 1e-3),
    ("imu_accel.acc_100", "2_100", 9, _FORCES, 1e-3),
    ("imu_gyro", "3_302", 12, _RATES, math.radians(1e-3)),
    ("imu_gyro.gyro_101", "3_101", 12, _RATES, math.radians(1e-3)),
    ("imu_mag", "8_102", 28, ("mx_ut", "my_ut", "mz_ut"), 1e-3),
)


class Plain:
    """Reads members with nothing but zipfile and struct."""

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)

    def values(self, name, kind, size):
        data = self.archive.read(name)
        return [value for (value,) in struct.iter_unpack(f"<{kind}", data[: len(data) // size * size])]

    def ints(self, name):
        return self.values(name, "i", 4)

    def document(self, name):
        return json.loads(self.archive.read(name))


@pytest.fixture(scope="module")
def path(corpus):
    return corpus / "racechrono-rcz" / FILE


@pytest.fixture(scope="module")
def result(path):
    return telemparse.parse(path)


@pytest.fixture(scope="module")
def plain(path):
    return Plain(path)


def column(result, stream, name):
    return np.array(result.streams[stream][name].to_pylist(), float)


def instants_ms(result, stream):
    return [instant.value // NS_PER_MS for instant in result.streams[stream]["t"]]


def test_every_rcz_file_of_the_corpus_is_expected_here(corpus):
    assert [path.name for path in (corpus / "racechrono-rcz").iterdir()] == [FILE]


def test_an_rcz_is_recognised_with_certainty_under_any_name(path):
    for source in (path, {"session.zip": path.read_bytes()}, {"x.bin": path.read_bytes()}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("racechrono_rcz", 1.0)


def test_nothing_is_wrong_with_the_real_session(result):
    assert (result.warnings, result.errors, result.metadata["epochs_without_fix"]) == ((), (), 0)
    assert (result.device_family, result.capabilities.imu_dof) == ("RaceChrono", 9)


@pytest.mark.parametrize("stream", STREAMS)
def test_counts_and_instants_are_those_of_the_file(result, stream):
    times = instants_ms(result, stream)
    assert (len(times), times[0], times[-1]) == STREAMS[stream]


def test_every_member_with_values_is_a_column(result, plain):
    numbered = [name.split("_") for name in plain.archive.namelist() if name.startswith("channel")]
    buses = [parts for parts in numbered if parts[0] == "channel2"]
    held = [table for stream, table in result.streams.items() if stream.startswith("channels.canbus")]
    assert sum(table.num_columns - 1 for table in held) == len(buses)
    assert "members_unread" not in result.metadata


def test_laps_are_those_of_session_json_to_the_millisecond(result, plain):
    timed = [lap for lap in plain.document("session.json")["laps"] if "finishTimestamp" in lap]
    rows = result.streams["laps"].to_pylist()
    assert [row["device_lap"] for row in rows] == [lap["number"] for lap in timed]
    spans = [(lap["startTimestamp"], lap["finishTimestamp"]) for lap in timed]
    table = result.streams["laps"]
    ends = [[instant.value for instant in table[name]] for name in ("t_start", "t_end")]
    assert list(zip(*ends, strict=True)) == [(a * NS_PER_MS, b * NS_PER_MS) for a, b in spans]
    assert [row["duration_ns"] for row in rows] == [(b - a) * NS_PER_MS for a, b in spans]
    assert {row["validity"] for row in rows} == {"VALID"}
    assert (
        min(row["duration_ns"] for row in rows) == plain.document("session.json")["bestLaptime"] * NS_PER_MS
    )
    assert result.metadata["laps_unfinished"] == 1


def test_the_receiver_equals_a_plain_reader(result, plain):
    head = "channel_1_300_0"
    assert instants_ms(result, "gnss_pvt") == plain.values(f"{head}_1_1", "q", 8)
    places = np.array(plain.ints(f"{head}_3_1")).reshape(-1, 2) / 6_000_000
    assert np.array_equal(column(result, "gnss_pvt", "lat_deg"), places[:, 0])
    assert np.array_equal(column(result, "gnss_pvt", "lon_deg"), places[:, 1])
    for number, name in ((4, "speed_mps"), (5, "alt_m"), (6, "course_deg"), (30007, "hacc_m")):
        expected = np.array(plain.ints(f"{head}_{number}_0")) / 1000
        assert np.allclose(column(result, "gnss_pvt", name), expected, rtol=1e-6, atol=0), name
    for number, name in ((30002, "sat_count"), (30003, "fix_type")):
        assert np.array_equal(column(result, "gnss_pvt", name), plain.ints(f"{head}_{number}_0"))


def test_speed_and_course_are_those_of_the_places_themselves(result):
    """Another way to the units: what the places alone say of the motion."""
    lat, lon = (np.radians(column(result, "gnss_pvt", name)) for name in ("lat_deg", "lon_deg"))
    seconds = np.array(instants_ms(result, "gnss_pvt")) / 1000
    north = np.gradient(lat, seconds) * 6_371_000
    east = np.gradient(lon, seconds) * 6_371_000 * np.cos(lat)
    assert np.median(np.abs(np.hypot(north, east) - column(result, "gnss_pvt", "speed_mps"))) < 0.3
    turned = np.degrees(np.arctan2(east, north)) - column(result, "gnss_pvt", "course_deg")
    assert np.median(np.abs((turned + 180) % 360 - 180)) < 1.0


def test_the_way_is_that_of_the_places(result):
    way = column(result, "channels.gps", "distance_m")
    speeds = column(result, "gnss_pvt", "speed_mps")
    seconds = np.array(instants_ms(result, "gnss_pvt")) / 1000
    driven = np.sum((speeds[1:] + speeds[:-1]) / 2 * np.diff(seconds))
    assert way[-1] - way[0] == pytest.approx(driven, rel=1e-3)


@pytest.mark.parametrize("sensor", SENSORS, ids=lambda sensor: sensor[0])
def test_sensors_equal_a_plain_reader(result, plain, sensor):
    stream, device, first, names, scale = sensor
    assert instants_ms(result, stream) == plain.values(f"channel_{device}_0_1_1", "q", 8)
    for axis, name in enumerate(names):
        expected = np.array(plain.ints(f"channel_{device}_0_{first + axis}_0")) * scale
        assert np.allclose(column(result, stream, name), expected, rtol=1e-6, atol=1e-9)


def test_the_sensors_of_the_receiver_feel_gravity_and_the_turns(result):
    """Another way to the units: standing upright, 1 g; the rate of yaw is the change of the course."""
    assert np.mean(column(result, "imu_accel", "az_mps2")) == pytest.approx(9.8, abs=0.6)
    course = np.unwrap(np.radians(column(result, "gnss_pvt", "course_deg")))
    seconds = np.array(instants_ms(result, "gnss_pvt")) / 1000
    yaw = -column(result, "imu_gyro", "gz_rps")
    slope, _offset = np.polyfit(np.gradient(course, seconds), yaw, 1)
    assert slope == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(("group", "name"), CHANNELS)
def test_channels_of_the_bus_equal_a_plain_reader(result, plain, group, name):
    number, scale = CHANNELS[group, name]
    stream = f"channels.{group}"
    assert instants_ms(result, stream) == plain.values(f"channel_12_200_{number}_1_1", "q", 8)
    expected = np.array(plain.values(f"channel2_12_200_{number}_{number}_3", "d", 8)) * scale
    assert np.array_equal(column(result, stream, name), expected)


def test_the_speed_of_the_bus_is_that_of_the_receiver(result):
    bus = np.interp(
        instants_ms(result, "gnss_pvt"),
        instants_ms(result, "channels.canbus_speed"),
        column(result, "channels.canbus_speed", "speed_mps"),
    )
    assert np.median(bus / column(result, "gnss_pvt", "speed_mps")) == pytest.approx(1.0, abs=0.03)


def test_neither_the_address_nor_the_first_place_is_told(result, plain):
    session = plain.document("session.json")
    told = repr(dict(result.metadata))
    assert session["firstPositionReverseGeocoding"] not in told
    assert str(session["firstPositionLatitude"]) not in told


def test_only_what_is_asked_for_is_given(path):
    some = telemparse.parse(path, ParseOptions(channels=("rpm", "brake_pct"), streams=("channels", "laps")))
    assert {name: table.column_names for name, table in some.streams.items() if name != "laps"} == {
        "channels.canbus_rpm": ["t", "rpm"],
        "channels.canbus_brake_pos": ["t", "brake_pct"],
    }
    assert some.streams["laps"].num_rows == 10


def test_an_unpacked_real_session_is_the_same(path, result, tmp_path):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    loose = telemparse.parse(tmp_path)
    assert loose.warnings == ()
    assert loose.streams.keys() == result.streams.keys()
    assert all(loose.streams[name].equals(table) for name, table in result.streams.items())


def test_a_real_session_cut_anywhere_keeps_its_whole_members(path, result):
    data = path.read_bytes()
    whole = instants_ms(result, "gnss_pvt")
    for cut in range(len(data) // 40, len(data), len(data) // 40):
        part = telemparse.parse({FILE: data[:cut]}, ParseOptions(parser="racechrono_rcz"), on_error="return")
        assert [issue.code for issue in (*part.warnings, *part.errors)]
        assert part.streams["laps"].num_rows == 10
        if "gnss_pvt" in part.streams:
            times = instants_ms(part, "gnss_pvt")
            assert times == whole[: len(times)]
