"""Real iRacing files: the whole one equal to pyirsdk value by value, the damaged one an error."""

from __future__ import annotations

import struct

import numpy as np
import pyarrow as pa
import pytest

import telemparse
from telemparse import ParseOptions
from telemparse.schemas import KNOWN_CHANNELS

RECORDS = 390
# Canonical channel, variable, and what it takes from the one to the other.
CONVERTED = {
    "speed_mps": ("Speed", 1, 0),
    "rpm": ("RPM", 1, 0),
    "gear": ("Gear", 1, 0),
    "throttle_pct": ("Throttle", 100, 0),
    "brake_pct": ("Brake", 100, 0),
    "clutch_pct": ("Clutch", -100, 100),
    "steering_deg": ("SteeringWheelAngle", 180 / np.pi, 0),
    "accel_lat_mps2": ("LatAccel", 1, 0),
    "accel_long_mps2": ("LongAccel", 1, 0),
    "accel_vert_mps2": ("VertAccel", 1, 0),
    "yaw_rate_rps": ("YawRate", 1, 0),
    "wheel_speed_fl_mps": ("LFspeed", 1, 0),
    "wheel_speed_fr_mps": ("RFspeed", 1, 0),
    "wheel_speed_rl_mps": ("LRspeed", 1, 0),
    "wheel_speed_rr_mps": ("RRspeed", 1, 0),
    "fuel_level_pct": ("FuelLevelPct", 100, 0),
    "oil_temp_c": ("OilTemp", 1, 0),
    "oil_pressure_bar": ("OilPress", 1, 0),
    "coolant_temp_c": ("WaterTemp", 1, 0),
}
POSITION = {"lat_deg": "Lat", "lon_deg": "Lon", "alt_m": "Alt", "speed_mps": "Speed"}


@pytest.fixture(scope="module")
def path(corpus):
    return corpus / "ibt" / "iracing-spielberg.ibt"


@pytest.fixture(scope="module")
def result(path):
    return telemparse.parse(path)


@pytest.fixture(scope="module")
def oracle(path):
    import irsdk

    file = irsdk.IBT()
    file.open(str(path))
    yield file
    file.close()


def values(table, name):
    return table[name].to_numpy()


def test_every_ibt_file_of_the_corpus_is_expected_here(corpus):
    names = {path.name for path in (corpus / "ibt").iterdir()}
    assert names == {"iracing-spielberg.ibt", "iracing-invalid.ibt"}


def test_ibt_is_recognised_with_certainty(path):
    for source in (path, {"log.csv": path.read_bytes()}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("ibt", 1.0)


def test_counts_and_instants_are_those_of_the_file(result, path):
    rows = {name: table.num_rows for name, table in result.streams.items()}
    assert rows == {"gnss_pvt": RECORDS, "channels.60hz": RECORDS, "channels.360hz": 6 * RECORDS}
    assert (result.errors, result.warnings) == ((), ())
    assert result.metadata["records"] == {"stated": RECORDS, "read": RECORDS}
    assert result.metadata["epochs_without_fix"] == 0
    date_s, start_s, end_s = struct.unpack_from("<qdd", path.read_bytes(), 112)
    t_ns = result.streams["gnss_pvt"]["t"].cast(pa.int64()).to_numpy()
    assert t_ns[0] == date_s * 10**9
    assert abs(t_ns[-1] - t_ns[0] - (end_s - start_s) * 1e9) < 10
    assert result.capabilities.has_absolute_time


def test_every_variable_is_read_as_pyirsdk_reads_it(result, oracle):
    tables = {name: table for name, table in result.streams.items() if name.startswith("channels")}
    sources = {
        field.metadata[b"source_name"].decode(): (name, field)
        for name, table in tables.items()
        for field in table.schema
        if field.name != "t"
    }
    assert set(sources) == set(oracle.var_headers_names) - {"Lat", "Lon", "Alt"}
    for variable, (stream, field) in sources.items():
        if field.name in KNOWN_CHANNELS:
            continue
        mine = values(tables[stream], field.name)
        theirs = np.array(oracle.get_all(variable)).reshape(-1)
        assert np.array_equal(mine, theirs.astype(mine.dtype)), variable


def test_known_channels_are_those_of_pyirsdk_in_canonical_units(result, oracle):
    table = result.streams["channels.60hz"]
    assert {name for name in table.column_names if name in KNOWN_CHANNELS} == set(CONVERTED)
    for name, (variable, scale, offset) in CONVERTED.items():
        expected = np.array(oracle.get_all(variable)) * scale + offset
        np.testing.assert_allclose(values(table, name), expected, rtol=1e-6, atol=1e-5)


def test_positions_are_those_of_pyirsdk(result, oracle):
    table = result.streams["gnss_pvt"]
    for name, variable in POSITION.items():
        np.testing.assert_array_equal(
            values(table, name),
            np.array(oracle.get_all(variable), np.float32 if name == "speed_mps" else np.float64),
        )
    assert table["fix_type"].null_count == RECORDS


def test_the_last_sample_of_a_tick_is_the_value_of_the_tick(result):
    fast, slow = result.streams["channels.360hz"], result.streams["channels.60hz"]
    assert fast["t"].combine_chunks()[5::6].equals(slow["t"].combine_chunks())
    torque = values(fast, "steering_wheel_torque_st").reshape(RECORDS, 6)
    assert np.array_equal(torque[:, 5], values(slow, "steering_wheel_torque"))


def test_track_and_car_are_named_and_nobody_else(result):
    assert result.metadata["track"]["display_name"] == "Red Bull Ring"
    assert result.metadata["track"]["config"] == "Grand Prix"
    assert result.metadata["car"]["name"] == "Mercedes-AMG W13 E Performance"
    assert result.metadata["sessions"] == [{"number": "0", "type": "Offline Testing", "name": "TESTING"}]
    assert not {"driver", "UserName", "team"} & set(result.metadata)
    assert result.device_family == "iRacing"


def test_two_channels_are_those_of_the_whole_result(path, result):
    few = telemparse.parse(path, ParseOptions(channels=("rpm", "LFspeed"), streams=("channels",)))
    (table,) = few.streams.values()
    assert table.column_names == ["t", "rpm", "wheel_speed_fl_mps"]
    assert table.equals(result.streams["channels.60hz"].select(table.column_names))


def test_the_damaged_file_is_an_error(corpus):
    damaged = corpus / "ibt" / "iracing-invalid.ibt"
    result = telemparse.parse(damaged, on_error="return")
    assert [error.code for error in result.errors] == ["IBT_HEADER_DAMAGED"]
    assert dict(result.streams) == {}
    with pytest.raises(telemparse.errors.ParseFailed):
        telemparse.parse(damaged)
