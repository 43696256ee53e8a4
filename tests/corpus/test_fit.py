"""FIT files of real devices against fitdecode, which reads message by message in plain Python."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from functools import cache

import pytest

import telemparse

FILES = {
    "coros-pace-2-misaligned-fields": ("COROS", "COROS PACE 2"),
    "developer-types-sample": ("Stryd", None),
    "garmin-edge-500-activity": ("Garmin", "Edge 500"),
    "garmin-fr935-laps": ("Garmin", "Forerunner 935"),
    "garmin-oregon-700": ("Garmin", "Oregon 7xx"),
    "garmin-virb-ultra-30": ("Garmin", "VIRB Ultra 30"),
    "wahoo-elemnt-bolt": ("Wahoo Fitness", "ELEMNT BOLT"),
}
VIRB = "garmin-virb-ultra-30"
EPOCH = dt.datetime(1989, 12, 31, tzinfo=dt.UTC)
SEMICIRCLES = 180 / 2**31
CHANNELS = {
    "heart_rate_bpm": ("heart_rate",), "cadence_rpm": ("cadence",), "power_w": ("power",),
    "distance_m": ("distance",), "temperature": ("temperature",), "grade": ("grade",),
    "altitude": ("enhanced_altitude", "altitude"), "speed_mps": ("enhanced_speed", "speed"),
    "vertical_oscillation": ("vertical_oscillation",), "battery_soc": ("battery_soc",),
    "form_power": ("Form Power",), "leg_spring_stiffness": ("Leg Spring Stiffness",),
}  # fmt: skip


@pytest.fixture(scope="module")
def read(corpus):
    @cache
    def both(name):
        import fitdecode  # slow to import

        path = corpus / "fit" / f"{name}.fit"
        messages = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fields whose size is odd
            with fitdecode.FitReader(path) as reader:
                for frame in reader:
                    if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                        messages.setdefault(frame.global_mesg_num, []).append(frame)
        return telemparse.parse(path), messages

    return both


def value_of(frame, names):
    """Return the first of several fields that has a value."""
    for name in names:
        found = frame.get_value(name, fallback=None) if frame.has_field(name) else None
        if found is not None:
            return found
    return None


def raw_of(frame, name):
    return frame.get_raw_value(name) if frame.has_field(name) else None


def instant_of(raw):
    return EPOCH + dt.timedelta(seconds=raw)


@pytest.mark.parametrize("name", FILES)
def test_the_device_is_known_and_nothing_is_lost(read, name):
    result, _messages = read(name)
    assert (result.device_family, result.device_model) == FILES[name]
    lossy = {
        "ROWS_SKIPPED",
        "FIT_BYTES_SKIPPED",
        "FIT_CRC_MISMATCH",
        "VALUE_OUT_OF_RANGE",
        "ARTIFACT_TRUNCATED",
    }
    assert lossy.isdisjoint(issue.code for issue in result.warnings)


@pytest.mark.parametrize("name", [name for name in FILES if name != VIRB])
def test_positions_are_those_of_fitdecode(read, name):
    result, messages = read(name)
    expected = [
        (instant_of(raw_of(frame, "timestamp")), lat * SEMICIRCLES, lon * SEMICIRCLES, frame)
        for frame in messages[20]
        if (lat := raw_of(frame, "position_lat")) is not None
        and (lon := raw_of(frame, "position_long")) is not None
    ]
    rows = result.streams["gnss_pvt"].to_pylist() if expected else []
    assert ("gnss_pvt" in result.streams) == bool(expected)
    assert [(row["t"], row["lat_deg"], row["lon_deg"]) for row in rows] == [row[:3] for row in expected]
    for row, (*_place, frame) in zip(rows, expected, strict=True):
        assert same(row["alt_m"], value_of(frame, CHANNELS["altitude"]))
        assert same(row["speed_mps"], value_of(frame, CHANNELS["speed_mps"]))


def same(ours, theirs):
    if ours is None or theirs is None:
        return ours is theirs
    return math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.parametrize("name", FILES)
def test_channels_are_those_of_fitdecode(read, name):
    result, messages = read(name)
    table = result.streams["channels.main"]
    rows = iter(table.to_pylist())
    columns = [column for column in CHANNELS if column in table.column_names]
    seen = 0
    for frame in messages[20]:
        values = {column: value_of(frame, CHANNELS[column]) for column in columns}
        if any(value is not None for value in values.values()):
            row = next(rows)
            seen += 1
            assert all(same(row[column], value) for column, value in values.items())
    assert seen == table.num_rows
    assert seen > 0


@pytest.mark.parametrize("name", [name for name in FILES if name != VIRB])
def test_laps_are_those_of_the_device(read, name):
    result, messages = read(name)
    laps = result.streams["laps"].to_pylist()
    assert [lap["duration_ns"] for lap in laps] == [
        round(raw_of(frame, "total_elapsed_time") * 1e6) for frame in messages[19]
    ]
    assert [lap["t_end"] for lap in laps] == [
        instant_of(raw_of(frame, "timestamp")) for frame in messages[19]
    ]
    assert [lap["device_lap"] for lap in laps] == [raw_of(frame, "message_index") for frame in messages[19]]


@pytest.mark.parametrize("name", FILES)
def test_every_event_of_the_device_comes_out(read, name):
    result, messages = read(name)
    events = [row for row in result.streams["events"].to_pylist() if row["metadata_json"] != "{}"]
    assert len(events) == len(messages[21]) + len(messages.get(161, ()))


def test_positions_of_the_camera_come_ten_a_second_on_the_clock_of_its_correlation(read):
    result, messages = read(VIRB)
    correlation = messages[162][0]
    utc = instant_of(raw_of(correlation, "timestamp")) + dt.timedelta(
        milliseconds=raw_of(correlation, "timestamp_ms")
    )
    system_ms = raw_of(correlation, "system_timestamp") * 1000 + raw_of(correlation, "system_timestamp_ms")
    rows = result.streams["gnss_pvt"].to_pylist()
    assert len(rows) == len(messages[160]) == 1419
    for row, frame in zip(rows, messages[160], strict=True):
        ms = raw_of(frame, "timestamp") * 1000 + raw_of(frame, "timestamp_ms")
        assert row["t"] == utc + dt.timedelta(milliseconds=ms - system_ms)
        assert row["lat_deg"] == raw_of(frame, "position_lat") * SEMICIRCLES
        assert same(row["speed_mps"], raw_of(frame, "enhanced_speed") / 1000)
        east, north, up = raw_of(frame, "velocity")
        assert same(row["vel_e_mps"], east / 100)
        assert same(row["vel_n_mps"], north / 100)
        assert same(row["vel_d_mps"], -up / 100)
        # The receiver's own UTC is that of the whole second.
        assert abs((row["t"] - instant_of(raw_of(frame, "utc_timestamp"))).total_seconds()) < 2
    assert result.streams["gnss_pvt.record"].num_rows == 145


def test_sensors_of_the_camera_are_calibrated(read):
    result, messages = read(VIRB)
    factor, divisor, level, turn = 5, 82, 32768, math.radians(1)
    offsets = (6, -5, -11)
    # Rows of the orientation matrix over 65535: 0 -1 0, 0 0 -1, -1 0 0.
    first = messages[164][0]
    counts = [
        raw_of(first, f"gyro_{axis}")[0] - level - offset for axis, offset in zip("xyz", offsets, strict=True)
    ]
    expected = [-counts[1], -counts[2], -counts[0]]
    row = result.streams["imu_gyro"].to_pylist()[0]
    for column, count in zip(("gx_rps", "gy_rps", "gz_rps"), expected, strict=True):
        assert same(row[column], count * factor / divisor * turn)
    assert {result.streams[f"imu_{sensor}"].num_rows for sensor in ("accel", "gyro", "mag")} == {692 * 30}
    accel = result.streams["imu_accel"]
    norm = [
        math.hypot(x, y, z)
        for x, y, z in zip(
            *(accel[name].to_pylist() for name in ("ax_mps2", "ay_mps2", "az_mps2")), strict=True
        )
    ]
    assert abs(sum(norm) / len(norm) - 9.81) < 0.3


def test_a_chain_of_files_is_read_to_its_end(read):
    result, _messages = read("garmin-fr935-laps")
    assert result.metadata["chained_files"] == 7
