"""A real XRK file: recognised, and equal to libxrk and to its own messages, read here byte by byte."""

from __future__ import annotations

import datetime as dt
import re
import struct
from itertools import pairwise

import numpy as np
import pytest

import telemparse
from telemparse.model.options import ParseOptions

NAME = "aim-gps-laps.xrk"
GRAVITY_MPS2 = 9.80665
# Channels of libxrk (which keeps the first name of each) to streams and columns, with the factor.
SINGLE = {
    "Logger Temperature": ("channels.1hz", "logger_temperature", 1.0),
    "Temperature 1": ("channels.20hz", "exhaust_temp", 1.0),
    "Temperature 2": ("channels.20hz", "coolant_temp_c", 1.0),
    "Int Batt Voltage": ("channels.10hz", "int_batt_voltage", 1000.0),
    "Luminosity": ("channels.10hz", "luminosity", 1.0),
    "WiFi": ("channels.10hz", "wi_fi", 1.0),
    "WAT Alarm_1": ("channels.main", "wat_alarm_1", 1.0),
}
SENSORS = {
    "AccelerometerX": ("imu_accel", "ax_mps2", GRAVITY_MPS2),
    "AccelerometerZ": ("imu_accel", "az_mps2", GRAVITY_MPS2),
    "GyroY": ("imu_gyro", "gy_rps", np.pi / 180),
}


@pytest.fixture(scope="module")
def path(corpus):
    return corpus / "aim-xrk" / NAME


@pytest.fixture(scope="module")
def result(path):
    return telemparse.parse(path)


@pytest.fixture(scope="module")
def data(path):
    return path.read_bytes()


@pytest.fixture(scope="module")
def oracle(path):
    from libxrk import aim_xrk

    return aim_xrk(str(path))


@pytest.fixture(scope="module")
def lap_messages(data):
    """Return (segment, lap, duration and end in ms) of each LAP message of 32 bytes."""
    found = re.findall(rb"<hLAP\0\x20\0\0\0\x02>(.{32})<LAP\0", data, re.DOTALL)
    return [(*struct.unpack_from("<xBHI", body), struct.unpack_from("<I", body, 28)[0]) for body in found]


def column(result, stream, name):
    return np.array(result.streams[stream][name].drop_null().to_pylist(), float)


def test_every_xrk_file_of_the_corpus_is_expected_here(corpus):
    assert [file.name for file in (corpus / "aim-xrk").iterdir()] == [NAME]


def test_xrk_is_recognised_with_certainty(path, data):
    for source in (path, {"log.csv": data}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("aim_xrk", 1.0)


def test_a_sound_file_has_nothing_to_report(result):
    assert (result.errors, result.warnings) == ((), ())
    assert result.metadata["messages"]["LAP"] == 33
    assert result.metadata["epochs_without_fix"] == 0
    assert result.capabilities.has_absolute_time
    assert (result.device_family, result.metadata["logger_model_id"]) == ("AiM", 773)


def test_instants_of_positions_are_gps_time(result, data):
    positions = re.findall(rb"<hGPS\0\x38\0\0\0.>(.{56})<GPS\0", data, re.DOTALL)
    assert len(positions) == result.streams["gnss_pvt"].num_rows == 4749
    epoch, leap_s = dt.datetime(1980, 1, 6, tzinfo=dt.UTC), 17
    for row in (0, 1, 2000, 4748):
        itow_ms, ftow_ns, week = struct.unpack_from("<IiH", positions[row], 4)
        t = epoch + dt.timedelta(
            weeks=week, milliseconds=itow_ms, microseconds=ftow_ns // 1000, seconds=-leap_s
        )
        assert result.streams["gnss_pvt"]["t"][row].as_py().to_pydatetime(warn=False) == t


def test_positions_are_those_of_libxrk(result, oracle):
    pairs = {
        "lat_deg": ("GPS Latitude", 1e-9),
        "lon_deg": ("GPS Longitude", 1e-9),
        "alt_m": ("GPS Altitude", 1e-3),
        "sat_count": ("GPS_Satellites", 0),
        "fix_type": ("GPS_Fix", 0),
        "pdop": ("GPS_pDOP", 1e-6),
        "hacc_m": ("GPS_Position_Accuracy", 1e-4),
        "sacc_mps": ("GPS_Velocity_Accuracy", 1e-4),
    }
    for ours, (theirs, tolerance) in pairs.items():
        values = oracle.channels[theirs][theirs].to_numpy()
        assert np.abs(column(result, "gnss_pvt", ours) - values).max() <= tolerance, ours
    speed = [column(result, "gnss_pvt", name) for name in ("vel_n_mps", "vel_e_mps", "vel_d_mps")]
    whole = oracle.channels["GPS Speed"]["GPS Speed"].to_numpy()
    assert np.abs(np.sqrt(sum(part**2 for part in speed)) - whole).max() < 1e-4


@pytest.mark.parametrize("theirs", SINGLE)
def test_channels_are_those_of_libxrk(result, oracle, theirs):
    stream, name, factor = SINGLE[theirs]
    values = oracle.channels[theirs][theirs].to_numpy() * factor
    assert np.allclose(column(result, stream, name), values, rtol=1e-6)


def test_instants_of_channels_follow_the_clock_of_the_logger(result, oracle):
    """libxrk counts ms from the first sample; ours run faster by the drift that the metadata tells."""
    table = result.streams["channels.20hz"]
    ours_ms = np.array(table["t"].cast("int64").to_pylist()) / 1e6
    theirs_ms = oracle.channels["Temperature 1"]["timecodes"].to_numpy()
    drift = 1 + result.metadata["clock"]["drift_ppm"] / 1e6
    assert 100 < result.metadata["clock"]["drift_ppm"] < 150
    assert np.abs((ours_ms - ours_ms[0]) - (theirs_ms - theirs_ms[0]) * drift).max() < 0.1


@pytest.mark.parametrize("theirs", SENSORS)
def test_no_sample_of_a_sensor_is_lost(result, oracle, data, theirs):
    """libxrk leaves out samples of frames that come before the last one is through at the declared rate."""
    stream, name, factor = SENSORS[theirs]
    index = {"AccelerometerX": 13, "AccelerometerZ": 15, "GyroY": 17}[theirs]
    size, kind = (4, "<f4") if theirs == "GyroY" else (2, "<f2")
    head = re.escape(b"(M") + b"(.{4})" + re.escape(struct.pack("<HH", index, 20))
    frames = re.findall(head + b"(.{%d})" % (20 * size) + re.escape(b")"), data, re.DOTALL)
    values = np.concatenate([np.frombuffer(body, kind) for _tick, body in frames]).astype(float) * factor
    ours = column(result, stream, name)
    assert len(ours) == len(values) == 63_820
    assert np.allclose(ours, values, rtol=1e-5, atol=1e-6)
    assert oracle.channels[theirs].num_rows < 61_000
    steps_ms = np.diff(result.streams[stream]["t"].cast("int64").to_numpy()) / 1e6
    assert steps_ms.min() > 5
    assert np.median(steps_ms) == pytest.approx(10, abs=0.2)


def test_laps_are_those_of_the_messages(result, lap_messages):
    laps = result.streams["laps"].to_pylist()
    whole = [message for message in lap_messages if message[0] == 0]
    assert len(laps) == len(whole) == 11
    assert [lap["duration_ns"] for lap in laps] == [duration * 1_000_000 for _s, _l, duration, _e in whole]
    assert [lap["device_lap"] for lap in laps] == [number for _s, number, _d, _e in whole]
    assert [lap["validity"] for lap in laps] == ["OUTLAP", *["VALID"] * 9, "INLAP"]
    # What the messages say agrees with itself: from crossing to crossing is the duration.
    ends = [end for _s, _l, _d, end in whole]
    assert [later - earlier for earlier, later in pairwise(ends)] == [each[2] for each in whole[1:]]


def test_sectors_fill_each_lap(result, lap_messages):
    sectors = result.streams["sectors"].to_pylist()
    assert [sector["sector_index"] for sector in sectors] == [0, 1, 2] * 11
    laps = result.streams["laps"].to_pylist()
    for lap in laps:
        own = [sector["duration_ns"] for sector in sectors if sector["lap_number"] == lap["lap_number"]]
        assert sum(own) == lap["duration_ns"]
    first = [message for message in lap_messages if message[0] == 1]
    assert [sector["duration_ns"] for sector in sectors[::3]] == [each[2] * 1_000_000 for each in first]


def test_libxrk_times_laps_by_positions_and_so_misses_the_messages_by_some_ms(result, oracle):
    theirs = np.array(oracle.laps["end_time"].to_pylist()) - np.array(oracle.laps["start_time"].to_pylist())
    ours = column(result, "laps", "duration_ns") / 1e6
    assert 5 <= np.abs(theirs[1:-1] - ours[1:-1]).max() <= 50


def test_two_channels_alone_are_the_same(path, result):
    some = telemparse.parse(path, ParseOptions(channels=("rpm",), streams=("channels",)))
    assert list(some.streams) == ["channels.50hz"]
    assert some.streams["channels.50hz"] == result.streams["channels.50hz"]
    assert some.streams["channels.50hz"].num_rows == 29_915


def test_a_file_cut_in_the_middle_keeps_what_stands_before(data, result):
    cut = telemparse.parse({NAME: data[: len(data) // 2]}, on_error="return")
    # The cut lies between the frames of the three axes of one sensor.
    codes = [issue.code for issue in cut.warnings]
    assert codes == ["ARTIFACT_TRUNCATED", "AIM_XRK_BYTES_SKIPPED", "ROWS_SKIPPED"]
    table = cut.streams["gnss_pvt"]
    assert table["lat_deg"] == result.streams["gnss_pvt"].slice(0, table.num_rows)["lat_deg"]
    assert cut.streams["laps"].num_rows == 5


def test_damage_in_the_middle_costs_little(data, result):
    hurt = bytearray(data)
    hurt[1_500_000:1_500_400] = bytes(400)
    mended = telemparse.parse({NAME: bytes(hurt)}, on_error="return")
    assert "AIM_XRK_BYTES_SKIPPED" in [issue.code for issue in mended.warnings]
    assert mended.streams["laps"].num_rows == 11
    for stream in ("imu_accel", "channels.20hz", "gnss_pvt"):
        assert 0 <= result.streams[stream].num_rows - mended.streams[stream].num_rows <= 60
