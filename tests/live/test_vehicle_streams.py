"""Streams of a vehicle: positions to gnss_pvt, everything else to channels.main, nothing dropped."""

from __future__ import annotations

import pyarrow as pa
import pytest

from raw_hours import START_NS, message
from telemparse.live import signals
from telemparse.live.raw_lines import LineReader
from telemparse.live.streams import vehicle_streams
from telemparse.schemas.checking import check


def _streams(*messages):
    reader = LineReader()
    result = vehicle_streams([reader.read(each.line()) for each in messages], {"vehicle_id": "veh-1"})
    for name, table in result.streams.items():
        checked, problems = check(name, table)
        assert problems == []
        assert checked.equals(table)
    return result


def _payloads(*payloads):
    return _streams(*(message(number, payload=payload) for number, payload in enumerate(payloads)))


def _channels(result):
    return result.streams["channels.main"].to_pydict()


def test_names_and_units_are_canonical_where_the_payload_says_them():
    result = _payloads({"engine_rpm": 2150, "vehicle_speed_kmh": 90, "door": 1})
    channels = _channels(result)
    assert (channels["rpm"], channels["speed_mps"], channels["door"]) == ([2150], [25.0], [1])
    field = result.streams["channels.main"].schema.field("speed_mps")
    assert (field.metadata[b"unit"], field.metadata[b"source_name"], field.metadata[b"source_unit"]) == (
        b"m/s", b"vehicle_speed_kmh", b"kmh"
    )  # fmt: skip
    assert result.streams["channels.main"].schema.metadata[b"time_base"] == b"utc"
    assert result.capabilities.has_absolute_time
    assert result.ok


def test_signals_are_null_where_a_message_does_not_have_them():
    channels = _channels(_payloads({"a": 1}, {"b": 2.5}, {"a": None, "b": 3}))
    assert channels["a"] == [1, None, None]
    assert channels["b"] == [None, 2.5, 3.0]


def test_a_position_with_what_its_receiver_says_is_a_row_of_gnss_pvt():
    fix = {
        "latitude": 48.1,
        "longitude": 11.5,
        "altitude": 500,
        "speed_kmh": 36,
        "course": 360,
        "satellites": 9,
    }
    result = _payloads({**fix, "engine_rpm": 900}, {"engine_rpm": 901})
    (row,) = result.streams["gnss_pvt"].to_pylist()
    assert (row["lat_deg"], row["lon_deg"], row["alt_m"], row["speed_mps"]) == (48.1, 11.5, 500.0, 10.0)
    assert (row["course_deg"], row["sat_count"], row["quality_flags"]) == (0.0, 9, 0)
    channels = _channels(result)
    assert channels["rpm"] == [900, 901]
    assert set(channels) == {"t", "rpm"}
    assert [(issue.code, issue.evidence["column"]) for issue in result.warnings] == [
        ("UNIT_ASSUMED", "alt_m"), ("UNIT_ASSUMED", "course_deg")
    ]  # fmt: skip


def test_a_message_that_is_all_position_has_no_row_of_channels():
    result = _payloads({"lat": 48.1, "lon": 11.5}, {"lat": 48.2, "lon": 11.5})
    assert list(result.streams) == ["gnss_pvt"]


def test_impossible_positions_are_counted_and_their_other_signals_kept():
    result = _payloads({"lat": 91, "lon": 0.5, "speed_kmh": 36}, {"lat": 48.1, "lon": 11.5, "speed_kmh": 72})
    assert result.streams["gnss_pvt"].to_pydict()["speed_mps"] == [20.0]
    assert _channels(result)["speed_mps"] == [10.0]
    assert [(issue.code, issue.evidence) for issue in result.warnings] == [
        ("VALUE_OUT_OF_RANGE", {"column": "position", "count": 1})
    ]


def test_epochs_without_a_position_are_counted():
    result = _payloads({"lat": 0, "lon": 0, "x": 1}, {"lat": None, "lon": None, "x": 2})
    assert list(result.streams) == ["channels.main"]
    assert result.metadata["epochs_without_fix"] == 2
    assert [issue.code for issue in result.warnings] == ["NO_VALID_FIX"]
    assert _channels(result)["x"] == [1, 2]
    assert set(_channels(result)) == {"t", "x"}


def test_half_a_position_stays_a_signal():
    result = _payloads({"lat": 48.1}, {"lon": "east", "lat": 3})
    channels = _channels(result)
    assert channels["lat"] == [48.1, 3.0]
    assert channels["lon"] == [None, "east"]
    assert "gnss_pvt" not in result.streams


def test_what_cannot_be_beside_a_position_stays_a_signal():
    result = _payloads({"lat": 1.5, "lon": 180, "speed_kmh": -36, "course_deg": 400, "satellites": 3.5})
    (row,) = result.streams["gnss_pvt"].to_pylist()
    assert (row["lon_deg"], row["speed_mps"], row["course_deg"], row["sat_count"]) == (
        -180.0,
        None,
        None,
        None,
    )
    channels = _channels(result)
    assert (channels["speed_mps"], channels["course_deg"], channels["satellites"]) == ([-10.0], [400], [3.5])


def test_of_two_names_for_one_column_of_the_fix_both_are_kept():
    result = _payloads({"lat": 1.5, "latitude": 2.5, "lon": 3.5})
    assert result.streams["gnss_pvt"].to_pydict()["lat_deg"] == [1.5]
    assert _channels(result)["latitude"] == [2.5]


def test_each_kind_of_value_has_a_column_and_mixtures_are_told():
    result = _payloads(
        {"a": 1, "b": "on", "c": True, "rpm": 5, "n": None},
        {"a": 2.5, "b": "off", "c": False, "rpm": "idle", "n": None},
        {"a": 3, "b": 7, "c": None, "rpm": True, "n": None},
    )
    table = result.streams["channels.main"]
    channels = _channels(result)
    assert channels["a"] == [1.0, 2.5, 3.0]
    assert (channels["b"], channels["b_text"]) == ([None, None, 7], ["on", "off", None])
    assert channels["c"] == [1, 0, None]
    assert (channels["rpm"], channels["rpm_text"], channels["rpm_flag"]) == (
        [5, None, None], [None, "idle", None], [None, None, 1]
    )  # fmt: skip
    assert channels["n"] == [None] * 3
    assert table.schema.field("a").type == pa.float64()
    assert table.schema.field("c").type == pa.uint8()
    assert table.schema.field("rpm").type == pa.int64()
    told = [(issue.evidence["signal"], issue.evidence["kinds"]) for issue in result.warnings]
    assert told == [("b", "number, text"), ("rpm", "flag, number, text")]


def test_a_text_under_a_canonical_name_does_not_pass_for_the_channel():
    channels = _channels(_payloads({"gear": "N", "gear_text": "x", "brake_pct": True}))
    assert sorted(value for name, (value,) in channels.items() if name.startswith("gear")) == ["N", "x"]
    assert channels["brake_pct_flag"] == [1]
    assert "gear" not in channels
    assert "brake_pct" not in channels


@pytest.mark.parametrize("whole", [2**53 + 1, 2**63 - 1, -(2**63)])
def test_no_digit_of_a_whole_number_is_lost(whole):
    assert _channels(_payloads({"n": whole}))["n"] == [whole]
    channels = _channels(_payloads({"n": whole}, {"n": 0.5}))
    kept = [number if text is None else int(text) for number, text in zip(
        channels["n"], channels.get("n_text", [None, None]), strict=True
    )]  # fmt: skip
    assert kept == [whole, 0.5]


def test_the_id_of_a_frame_is_kept_where_there_is_one():
    result = _streams(
        message(0, can_id="0x1F0", payload={"lat": 1.5, "lon": 2.5}),
        message(1, payload={"lat": 1.5, "lon": 2.5}),
        message(2, payload={"can_id": 4}),
    )
    channels = _channels(result)
    assert channels["can_id"] == ["0x1F0", None]
    assert channels["can_id_2"] == [None, 4]
    assert result.streams["gnss_pvt"].num_rows == 2


def test_rows_are_sorted_by_time_and_late_ones_are_flagged():
    fix = {"lat": 1.5, "lon": 2.5, "x": 0}
    result = _streams(*(message(n, t_s=t_s, payload={**fix, "x": n}) for n, t_s in enumerate((5, 3, 9, 5))))
    assert [t.value - START_NS for t in _channels(result)["t"]] == [
        3_000_000_000,
        5_000_000_000,
        5_000_000_000,
        9_000_000_000,
    ]
    assert _channels(result)["x"] == [1, 0, 3, 2]
    assert result.streams["gnss_pvt"].to_pydict()["quality_flags"] == [4, 8, 12, 0]
    assert {issue.code for issue in result.warnings} == {"TIME_NOT_MONOTONIC"}


def test_names_beyond_the_limit_are_told(monkeypatch):
    monkeypatch.setattr(signals, "MOST_SIGNALS", 2)
    result = _payloads({"a": 1, "b": 2, "c": 3, "d": 4}, {"c": 1, "a": 2})
    assert set(_channels(result)) == {"t", "a", "b"}
    (issue,) = result.warnings
    assert (issue.code, issue.evidence) == ("CHANNELS_SKIPPED", {"count": 2, "channels": "c, d"})


def test_numbers_that_leave_the_range_in_another_unit_are_not_infinite():
    result = _payloads({"power_kw": 1.7e308, "x": 1})
    assert _channels(result)["x"] == [1]
    assert _channels(result)["power_w_text"] == ["1.7e+308"]
