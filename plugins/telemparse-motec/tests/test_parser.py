"""Values of logs by hand: types, factors, names, clocks, positions, laps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import telemparse
from telemparse import ArtifactSet, ParseOptions, ParseResult
from telemparse.model.messages import Batch

from telemparse_motec.examples import EXAMPLES, LDX
from telemparse_motec.parser import parse_in_batches
from telemparse_motec.writing import Column, ld_bytes

PLAIN = ld_bytes(
    [
        Column("Alpha", "bar", 10, np.arange(1, 21).astype("<i2"), (0, 1, 1, 1)),
        Column("Beta", "C", 10, np.arange(101, 121).astype("<i4")),
        Column("Gamma", "V", 5, np.arange(10).astype("<f4")),
    ],
    is_small=True,
)


def parsed(data: bytes | Mapping[str, bytes], **options: Any) -> ParseResult:
    """Parse a log, or the files of one recording, whatever is wrong with it."""
    files = {"x.ld": data} if isinstance(data, bytes) else data
    return telemparse.parse(files, ParseOptions(parser="motec_ld", **options), on_error="return")


def codes(result: ParseResult) -> list[str]:
    """Return the codes of all issues but the one that every log without a zone has."""
    found = [issue.code for issue in (*result.errors, *result.warnings)]
    return [code for code in found if code != "TIME_ZONE_ASSUMED_UTC"]


def values(result: ParseResult, name: str) -> list[Any]:
    """Return a channel of the only stream that has it."""
    found = [table for table in result.streams.values() if name in table.column_names]
    (table,) = found
    cells: list[Any] = table.column(name).to_pylist()
    return cells


def one(column: Column) -> list[float]:
    """Return the values of the only channel of a log."""
    table = parsed(ld_bytes([column], is_small=True)).streams["channels.main"]
    assert table.num_columns == 2
    found: list[float] = table.column(1).to_pylist()
    return found


@pytest.mark.parametrize("kind", ["<i2", "<i4", "<f2", "<f4", "<f8"])
def test_every_type_of_numbers_is_read(kind: str) -> None:
    assert one(Column("Alpha", "", 10, np.array([-3, 0, 12], kind))) == [-3, 0, 12]


def test_a_beacon_is_a_whole_number() -> None:
    assert one(Column("Beacon", "", 1, np.array([-8725, 56], "<i2"), kind=(0, 2))) == [-8725, 56]


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ((0, 1, 1, 1), 12.3),
        ((0, 1, 1, -1), 1230.0),
        ((0, 6, 10, -1), 738.0),
        ((-40, 1, 1, 0), 83.0),
        ((5, 2, 4, 0), 71.5),
        ((0, -1, 1, 0), -123.0),
    ],
)
def test_shift_factor_scale_and_decimals_make_the_value(
    factors: tuple[int, int, int, int], expected: float
) -> None:
    column = Column("Alpha", "", 10, np.array([123], "<i4"), factors)
    assert one(column) == [expected]


def test_known_names_become_canonical_and_others_stay() -> None:
    columns = [
        Column("Ground Speed", "km/h", 10, np.array([360], "<i2"), (0, 1, 1, 1)),
        Column("Eng Oil Pres", "kPa", 10, np.array([5813], "<i2"), (0, 1, 1, 1)),
        Column("Lambda 1", "LA", 10, np.array([985], "<i2"), (0, 1, 1, 3)),
        Column("Throttle Pos", "angle%", 10, np.array([50], "<i2")),
        Column("Engine.Speed", "", 10, np.array([6000], "<f4"), short_name="rpm"),
        Column("Gear", "", 10, np.array([3], "<i2"), short_name="Gear"),
        Column("Tyre Temp FL", "C", 10, np.array([80], "<i2")),
        Column("Tyre Temp FL", "C", 10, np.array([81], "<i2")),
    ]
    table = parsed(ld_bytes(columns)).streams["channels.main"]
    row = table.to_pylist()[0]
    del row["t"]
    assert row == pytest.approx({
        "speed_mps": 10.0, "oil_pressure_bar": 5.813, "lambda": 0.985, "throttle_pct": 50.0, "rpm": 6000.0,
        "gear": 3.0, "tyre_temp_fl": 80, "tyre_temp_fl_2": 81,
    })  # fmt: skip
    facts = table.schema.field("speed_mps").metadata
    assert (facts[b"source_name"], facts[b"source_unit"]) == (b"Ground Speed", b"km/h")
    assert facts[b"rate_hz"] == b"10.0"
    assert table.schema.field("throttle_pct").metadata[b"source_unit"] == b"angle%"
    assert table.schema.field("rpm").metadata[b"source_unit"] == b"rpm"
    assert table.schema.field("gear").metadata[b"source_unit"] == b""


def test_each_rate_is_a_group_and_samples_lie_a_period_apart() -> None:
    result = parsed(PLAIN)
    assert codes(result) == []
    assert {name: table.num_rows for name, table in result.streams.items()} == {
        "channels.10hz": 20, "channels.5hz": 10,
    }  # fmt: skip
    assert values(result, "alpha") == pytest.approx([n / 10 for n in range(1, 21)])
    seconds = [t.timestamp() for t in result.streams["channels.5hz"].column("t").to_pylist()]
    assert seconds[0] == 1_746_352_800  # 2025-05-04T10:00:00Z
    assert np.diff(seconds) == pytest.approx([0.2] * 9)


def test_a_third_of_a_second_is_rounded_to_the_nanosecond() -> None:
    data = ld_bytes([Column("Alpha", "", 3, np.zeros(5, "<i2"))])
    t_ns = parsed(data).streams["channels.main"].column("t").cast("int64").to_pylist()
    assert [t - t_ns[0] for t in t_ns] == [0, 333_333_333, 666_666_667, 1_000_000_000, 1_333_333_333]


def test_the_local_start_follows_the_zone_that_is_named() -> None:
    result = parsed(PLAIN, timezone="Australia/Melbourne")
    assert result.warnings == ()
    first = result.streams["channels.10hz"].column("t")[0].as_py()
    assert first.isoformat() == "2025-05-04T00:00:00+00:00"
    assert "Australia/Melbourne" in result.metadata["clock"]["is"]


@pytest.mark.parametrize(("date", "time"), [("31/02/2025", "10:00:00"), ("", ""), ("04/05/2025", "25:00")])
def test_without_a_date_that_can_be_times_are_relative(date: str, time: str) -> None:
    result = parsed(ld_bytes([Column("Alpha", "", 1, np.zeros(3, "<i2"))], date=date, time=time))
    table = result.streams["channels.main"]
    assert table.schema.metadata[b"time_base"] == b"relative"
    assert table.column("t").cast("int64").to_pylist() == [0, 1_000_000_000, 2_000_000_000]
    assert ("DATE_UNRELIABLE" in codes(result)) == bool(date)
    assert "TIME_RELATIVE" in codes(result)


def test_a_time_without_seconds_is_one() -> None:
    data = ld_bytes([Column("Alpha", "", 1, np.zeros(1, "<i2"))], time="17:23")
    first = parsed(data).streams["channels.main"].column("t")[0].as_py()
    assert first.isoformat() == "2025-05-04T17:23:00+00:00"


def test_the_head_is_told_without_the_driver() -> None:
    data = ld_bytes([Column("Alpha", "", 1, np.zeros(1, "<i2"))], driver="A. Nonymous")
    result = parsed(data)
    assert (result.device_family, result.device_model) == ("MoTeC", "ADL")
    assert result.metadata["device"] == {"type": "ADL", "serial": 12007, "version": 420}
    assert result.metadata["header"] == {
        "event": "Test day", "session": "2", "comment": "made up", "short_comment": "dry", "venue": "Bend",
        "vehicle": "11A", "vehicle_weight": 640, "vehicle_type": "Car",
    }  # fmt: skip
    assert result.metadata["headers_of_persons_left_out"] == ["driver"]
    assert "Nonymous" not in str(result.metadata)


def test_what_a_device_did_not_know_is_null_and_what_cannot_be_is_told() -> None:
    data = ld_bytes([Column("Alpha", "", 1, np.array([1, np.nan, np.inf, 4], "<f4"))])
    result = parsed(data)
    assert values(result, "alpha") == [1, None, None, 4]
    (issue,) = [issue for issue in result.warnings if issue.code == "VALUE_OUT_OF_RANGE"]
    assert (issue.evidence["column"], issue.evidence["count"]) == ("alpha", 1)


def test_only_wanted_channels_are_read() -> None:
    result = parsed(PLAIN, channels=("Beta", "gamma"))
    assert [table.column_names for table in result.streams.values()] == [["t", "beta"], ["t", "gamma"]]
    assert [*parsed(PLAIN, streams=("channels.5hz",)).streams] == ["channels.5hz"]


def test_the_size_of_a_batch_does_not_matter() -> None:
    for data in (PLAIN, EXAMPLES["positions.ld"]):
        whole = parsed(data).streams
        parts: dict[str, list[object]] = {name: [] for name in whole}
        for message in parse_in_batches(ArtifactSet.of({"x.ld": data}), ParseOptions(), 7):
            if isinstance(message, Batch):
                parts[message.stream] += message.data.to_pylist()
        assert parts == {name: table.to_pylist() for name, table in whole.items()}


# --- positions ------------------------------------------------------------------------------------


def test_positions_are_epochs_of_the_receiver_and_not_of_the_logger() -> None:
    result = parsed(EXAMPLES["positions.ld"])
    table = result.streams["gnss_pvt"]
    assert table.num_rows == 95  # a receiver of 5 Hz, logged at 10 Hz for 20 s, and one second without a fix
    assert result.metadata["epochs_without_fix"] == 5
    assert result.metadata["gnss_samples_repeated"] == 100
    steps = np.diff(table.column("t").cast("int64").to_numpy())
    assert set(steps.tolist()) == {200_000_000}
    assert set(table.column("sat_count").to_pylist()) == {9}
    assert table.column("alt_m")[0].as_py() == pytest.approx(118.5, abs=0.01)
    assert table.column("speed_mps")[0].as_py() == pytest.approx(22.9, abs=0.2)
    assert [event["event_type"] for event in result.streams["events"].to_pylist()] == ["fix_regained"]
    names = result.streams["channels.main"].column_names
    assert names == ["t", "rpm", "brake_state"]
    assert result.capabilities.has_gnss_position


def track(rows: int, repeat: int) -> list[Column]:
    lat = np.repeat(10 + np.arange(rows) * 1e-5, repeat)
    return [
        Column("GPS Latitude", "deg", 20, np.rint(lat * 1e7).astype("<i4"), (0, 1, 1, 7)),
        Column("GPS Longitude", "deg", 20, np.full(len(lat), -1_800_000_000, "<i4"), (0, 1, 1, 7)),
    ]


def test_a_receiver_as_fast_as_the_logger_loses_no_epoch_while_it_stands() -> None:
    lat = np.concatenate([np.arange(100), np.full(60, 99), np.arange(100, 160)])
    columns = track(220, 1)
    columns[0] = Column("GPS Latitude", "deg", 20, (lat * 100).astype("<i4"), (0, 1, 1, 7))
    result = parsed(ld_bytes(columns))
    assert result.streams["gnss_pvt"].num_rows == 220
    assert "gnss_samples_repeated" not in result.metadata


def test_a_slow_receiver_keeps_its_own_rate_while_it_stands() -> None:
    lat = np.concatenate([np.repeat(np.arange(50), 4), np.full(80, 49), np.repeat(np.arange(50, 80), 4)])
    columns = [
        Column("GPS Latitude", "deg", 20, (lat * 100).astype("<i4"), (0, 1, 1, 7)),
        Column("GPS Longitude", "deg", 20, np.full(len(lat), 70_000_000, "<i4"), (0, 1, 1, 7)),
    ]
    result = parsed(ld_bytes(columns))
    assert result.streams["gnss_pvt"].num_rows == 100
    assert result.metadata["gnss_samples_repeated"] == 300


def test_the_meridian_at_180_degrees_is_west() -> None:
    lon = parsed(ld_bytes(track(5, 1))).streams["gnss_pvt"].column("lon_deg").to_pylist()
    assert lon == [-180.0] * 5


def test_a_position_that_cannot_be_is_dropped_and_told() -> None:
    columns = track(5, 1)
    columns[0].numbers[2] = 2_000_000_000
    result = parsed(ld_bytes(columns))
    assert result.streams["gnss_pvt"].num_rows == 4
    (issue,) = [issue for issue in result.warnings if issue.code == "VALUE_OUT_OF_RANGE"]
    assert issue.evidence["column"] == "GPS Latitude"
    assert "200" not in str({key: value for key, value in issue.evidence.items() if key != "loci"})


def test_a_receiver_that_never_had_a_fix_is_said_to() -> None:
    columns = [*track(5, 1), Column("GPS Valid", "", 20, np.zeros(5, "<i2"))]
    result = parsed(ld_bytes(columns))
    assert "gnss_pvt" not in result.streams
    assert codes(result) == ["NO_VALID_FIX"]
    assert result.metadata["epochs_without_fix"] == 5
    assert result.streams["channels.main"].column_names == ["t", "gps_valid"]


def test_a_latitude_without_a_longitude_of_its_rate_stays_a_channel() -> None:
    lat, lon = track(20, 1)
    slow = Column(lon.name, lon.unit, 5, lon.numbers[:5], lon.factors)
    assert {*parsed(ld_bytes([lat, slow])).streams} == {"channels.20hz", "channels.5hz"}


def test_of_a_position_whose_longitude_is_lost_the_latitude_is_kept() -> None:
    data = ld_bytes(track(20, 1), is_small=True)
    result = parsed(data[:-80])
    assert "gnss_pvt" not in result.streams
    assert len(values(result, "gps_latitude")) == 20
    assert codes(result) == ["ARTIFACT_TRUNCATED", "CHANNELS_SKIPPED"]


def test_a_speed_that_goes_on_behind_the_last_position_stays_a_channel() -> None:
    columns = [*track(5, 1), Column("GPS Speed", "km/h", 20, np.full(50, 36, "<i2"))]
    result = parsed(ld_bytes(columns))
    assert len(values(result, "gps_speed")) == 50
    assert result.streams["gnss_pvt"].column("speed_mps").null_count == 5


def test_the_unit_of_a_speed_that_nobody_states_is_told() -> None:
    columns = [*track(5, 1), Column("GPS Speed", "", 20, np.full(5, 36, "<i2"))]
    result = parsed(ld_bytes(columns))
    assert codes(result) == ["UNIT_ASSUMED"]
    assert result.streams["gnss_pvt"].column("speed_mps").to_pylist() == [10.0] * 5


# --- laps and beacons -----------------------------------------------------------------------------


def test_laps_are_as_long_as_the_device_timed_them() -> None:
    laps = parsed(EXAMPLES["laps.ld"]).streams["laps"].to_pylist()
    assert [lap["duration_ns"] for lap in laps] == [11_910_000_000, 11_920_000_000, 11_930_000_000]
    assert [lap["device_lap"] for lap in laps] == [0, 1, 2]
    assert [lap["t_end"].second for lap in laps] == [15, 27, 39]
    assert {lap["source"] for lap in laps} == {"device"}
    assert {lap["confidence"] for lap in laps} == {"HIGH"}


def lap_channels(number: list[int], time: list[int] | None = None, rate_hz: int = 1) -> bytes:
    columns = [Column("Lap Number", "", rate_hz, np.array(number, "<i2"))]
    if time is not None:
        columns.append(Column("Lap Time", "s", rate_hz, np.array(time, "<i2"), (0, 1, 1, 2)))
    return ld_bytes(columns)


def test_a_lap_time_that_shows_up_a_sample_late_belongs_to_its_lap() -> None:
    number = [0] * 5 + [1] * 20 + [2] * 20
    time = [0] * 6 + [500] * 20 + [2010] * 19
    laps = parsed(lap_channels(number, time)).streams["laps"].to_pylist()
    assert [lap["duration_ns"] for lap in laps] == [5_000_000_000, 20_100_000_000]
    assert {lap["confidence"] for lap in laps} == {"MEDIUM"}  # the end is known to a second


def test_two_laps_of_one_time_are_two() -> None:
    number = [0] * 5 + [1] * 20 + [2] * 20 + [3] * 5
    time = [0] * 5 + [0] * 20 + [2000] * 25
    laps = parsed(lap_channels(number, time)).streams["laps"].to_pylist()
    assert [lap["duration_ns"] for lap in laps] == [20_000_000_000, 20_000_000_000]


def test_a_lap_time_of_another_lap_is_of_low_confidence() -> None:
    number = [0] * 5 + [1] * 20 + [2] * 90 + [3] * 5
    time = [0] * 5 + [0] * 20 + [2000] * 95
    laps = parsed(lap_channels(number, time)).streams["laps"].to_pylist()
    assert [lap["confidence"] for lap in laps] == ["MEDIUM", "LOW"]


def test_a_count_that_begins_anew_is_another_stint() -> None:
    number = [0] * 5 + [1] * 20 + [0] * 10 + [1] * 20
    time = [0] * 5 + [500] * 30 + [1000] * 20
    laps = parsed(lap_channels(number, time)).streams["laps"].to_pylist()
    assert [(lap["stint_index"], lap["duration_ns"]) for lap in laps] == [
        (0, 5_000_000_000),
        (1, 10_000_000_000),
    ]


def test_a_count_without_times_gives_laps_of_its_own() -> None:
    result = parsed(lap_channels([3] * 50 + [4] * 70 + [5] * 10, rate_hz=10))
    (lap,) = result.streams["laps"].to_pylist()
    assert (lap["duration_ns"], lap["device_lap"]) == (7_000_000_000, 4)
    assert [event["value"] for event in result.streams["events"].to_pylist()] == [3.0, 4.0]


def test_a_channel_that_changes_all_the_time_counts_no_laps() -> None:
    number = np.arange(30_000) % 7
    data = ld_bytes([Column("Lap Number", "", 100, number.astype("<i2"))])
    result = parsed(data)
    assert codes(result) == ["LAPS_NOT_FOUND"]
    assert [*result.streams] == ["channels.main"]


# --- LDX ------------------------------------------------------------------------------------------


def test_beacons_of_the_ldx_stand_beside_what_the_device_timed() -> None:
    result = parsed({"a.ld": EXAMPLES["laps.ld"], "a.ldx": LDX})
    assert result.streams["laps"].num_rows == 3
    laps = result.streams["laps.ldx"].to_pylist()
    assert [lap["duration_ns"] for lap in laps] == [11_910_000_000, 11_920_000_000]
    assert laps[0]["t_start"].isoformat() == "2025-05-04T10:00:03+00:00"
    kinds = [event["event_type"] for event in result.streams["events"].to_pylist()]
    assert sorted(kinds) == ["lap_beacon"] * 6 + ["sector_beacon"]
    assert codes(result) == []
    assert result.metadata["ldx"]["Fastest Time"] == "0:11.910"


def test_beacons_are_the_laps_of_a_log_without_lap_channels() -> None:
    result = parsed({"a.ld": PLAIN, "a.ldx": LDX})
    assert result.streams["laps"].num_rows == 2
    assert result.streams["events"].num_rows == 4


def test_an_ldx_alone_gives_laps_of_a_clock_without_a_date() -> None:
    result = parsed({"a.ldx": LDX})
    assert {*result.streams} == {"laps", "events"}
    assert result.ok
    assert codes(result) == ["TIME_RELATIVE"]


def test_two_logs_and_their_documents_stay_apart() -> None:
    result = parsed({"a.ld": PLAIN, "b.ld": EXAMPLES["laps.ld"], "b.ldx": LDX})
    assert {*result.streams} == {
        "channels.10hz", "channels.5hz", "channels.10hz_b", "channels.1hz_b", "laps.b", "laps.ldx_b",
        "events.b",
    }  # fmt: skip


def test_entities_are_refused() -> None:
    evil = b'<!DOCTYPE LDXFile [<!ENTITY a "b">]>' + LDX.partition(b"?>")[2]
    result = parsed({"a.ld": PLAIN, "a.ldx": evil})
    assert codes(result) == ["XML_UNSAFE"]
    assert "channels.10hz" in result.streams
    assert "laps" not in result.streams


@pytest.mark.parametrize("time", ["", "abc", "nan", "1e400", "-5", "9" * 100])
def test_a_marker_without_a_time_is_left_out_and_told(time: str) -> None:
    document = LDX.replace(b"9500000", time.encode())
    result = parsed({"a.ldx": document})
    assert codes(result) == ["MOTEC_LD_MARKERS_LEFT_OUT", "TIME_RELATIVE"]
    assert result.streams["events"].num_rows == 3


def test_markers_before_damage_are_kept() -> None:
    document = LDX.replace(b'Name="Manual.3"', b'Name="Manual.3')
    result = parsed({"a.ldx": document})
    assert codes(result) == ["XML_MALFORMED", "TIME_RELATIVE"]
    assert result.streams["laps"].num_rows == 1


def test_a_document_that_is_cut_off_keeps_what_it_holds() -> None:
    result = parsed({"a.ldx": LDX[: LDX.index(b"</MarkerGroup>")]})
    assert codes(result) == ["ARTIFACT_TRUNCATED", "TIME_RELATIVE"]
    assert result.streams["laps"].num_rows == 2


def test_a_document_in_another_encoding_is_read() -> None:
    wide = LDX.decode().replace("Manual.1", "Ziel ä").encode("utf-16")
    result = parsed({"a.ldx": wide})
    assert result.streams["laps"].num_rows == 2
    assert "\\u00e4" in result.streams["events"].column("metadata_json")[0].as_py()


def test_names_of_people_stay_in_the_document() -> None:
    document = LDX.replace(b'Id="Total Laps" Value="4"', b'Id="Driver" Value="A. Nonymous"')
    result = parsed({"a.ldx": document})
    assert "Nonymous" not in str(result.metadata)
    assert result.metadata["ldx_details_of_persons_left_out"] == ["Driver"]


def test_deep_nesting_is_no_document() -> None:
    deep = b"<LDXFile>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</LDXFile>"
    assert "XML_MALFORMED" in codes(parsed({"a.ldx": deep}))


def test_a_tag_without_an_end_is_no_document_and_takes_no_memory() -> None:
    endless = b'<LDXFile Version="1.6"><Layers Name="' + b"x" * (3 << 20)
    result = parsed({"a.ldx": endless})
    (issue,) = [issue for issue in result.warnings if issue.code == "XML_MALFORMED"]
    assert "no tag within" in issue.evidence["error"]


def test_a_long_text_between_tags_is_passed_over() -> None:
    document = LDX.replace(b"<RangeBlock/>", b"<RangeBlock>" + b"x" * (3 << 20) + b"</RangeBlock>")
    assert codes(parsed({"a.ldx": document})) == ["TIME_RELATIVE"]
