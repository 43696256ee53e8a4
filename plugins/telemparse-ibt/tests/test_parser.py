"""Values by hand, and what becomes of damage, on files made here."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pytest

import telemparse
from telemparse import ArtifactSet, ParseOptions
from telemparse.extension.drive import drive
from telemparse.extension.protocol import Message
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta

from telemparse_ibt.examples import EXAMPLES, Field, document
from telemparse_ibt.parser import parse, parse_in_pieces

DRIVE = EXAMPLES["drive.ibt"]
START_S = 1_746_352_800
TIME = Field("SessionTime", "double", "s", "", lambda car, _row: 932.0 + car.seconds)


def fields(**values: object) -> list[Field]:
    """Return SessionTime and whole numbers (or floats, by their type) named by the caller, a list each."""
    made = [TIME]
    for name, given in values.items():
        column = list(given)  # type: ignore[call-overload]
        kind = {bool: "bool", int: "int", float: "float"}[type(column[0])]
        made.append(Field(name, kind, "", "", lambda _car, row, column=column: column[row]))
    return made


def written(made: Iterable[Field], rows: int = 10, **more: object) -> bytes:
    return document(list(made), drive(rows, rate_hz=60), **more)  # type: ignore[arg-type]


def told(messages: Iterable[Message]) -> tuple[dict[str, pa.Table], list[Issue], dict[str, object]]:
    batches: dict[str, list[pa.RecordBatch]] = {}
    issues, facts = [], {}
    for message in messages:
        if isinstance(message, Batch):
            batches.setdefault(message.stream, []).append(message.data)
        elif isinstance(message, Meta):
            facts[message.key] = message.value
        else:
            issues.append(message)
    return {stream: pa.Table.from_batches(some) for stream, some in batches.items()}, issues, facts


def read(data: bytes, **options: object) -> tuple[dict[str, pa.Table], list[Issue], dict[str, object]]:
    return told(parse(ArtifactSet.of({"x.ibt": data}), ParseOptions(**options)))  # type: ignore[arg-type]


def codes(data: bytes) -> list[str]:
    return [issue.code for issue in read(data)[1]]


def header(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack("<i", value) + data[at + 4 :]


# --- values --------------------------------------------------------------------------------------


def test_the_drive_has_all_its_streams() -> None:
    streams, issues, facts = read(DRIVE)
    rows = {name: table.num_rows for name, table in streams.items()}
    assert rows == {
        "channels.60hz": 300, "channels.360hz": 1800, "gnss_pvt": 296, "events": 7, "laps": 3,
    }  # fmt: skip
    assert issues == []
    assert facts["epochs_without_fix"] == 4
    assert facts["records"] == {"stated": 300, "read": 300}
    assert facts["track"] == {
        "name": "nowhere gp",
        "display_name": "Nowhere Ring",
        "config": "Grand Prix",
        "length": "1.57 km",
    }
    assert facts["car"] == {"name": "Invented GT", "path": "invented"}
    assert "Nobody" not in str(facts)


def test_fractions_called_percent_become_percent_and_the_clutch_is_turned_round() -> None:
    table = read(DRIVE)[0]["channels.60hz"]
    row = table.slice(10, 1).to_pylist()[0]
    car = drive(300, rate_hz=60)[10]
    assert row["throttle_pct"] == pytest.approx(100 * (0.5 + car.accel_g[0]), rel=1e-6)
    assert row["clutch_pct"] == pytest.approx(50)
    assert row["fuel_level_pct"] == pytest.approx(49.99, rel=1e-6)
    assert row["lap_dist_pct"] == pytest.approx(10 / 60)
    assert row["steering_deg"] == pytest.approx(-14.3239, rel=1e-5)
    assert (row["gear"], row["rpm"], row["coolant_temp_c"]) == (3, pytest.approx(car.rpm), 77.0)
    units = {field.name: field.metadata[b"unit"] for field in table.schema}
    assert (units["lap_dist_pct"], units["session_flags"], units["fuel_level"]) == (b"1", b"", b"l")
    sources = {field.name: field.metadata[b"source_unit"] for field in table.schema if field.name != "t"}
    assert (sources["throttle_pct"], sources["lap_dist_pct"], sources["rpm"]) == (b"%", b"%", b"revs/min")


def test_units_that_others_read_otherwise_are_the_simulators() -> None:
    made = [
        TIME,
        Field("FrameRate", "float", "fps", "", lambda _car, _row: 60.0),
        Field("Energy", "float", "J", "", lambda _car, _row: 4e6),
        Field("PlayerCarPowerAdjust", "float", "%", "", lambda _car, _row: -1.5),
    ]
    table = read(written(made))[0]["channels.main"]
    units = {field.name: field.metadata[b"unit"].decode() for field in table.schema}
    assert units["frame_rate"] == "Hz"
    assert units["energy"] == "J"
    assert units["player_car_power_adjust"] == "%"


def test_samples_within_a_tick_lead_up_to_it() -> None:
    table = read(DRIVE)[0]["channels.360hz"]
    t_ns = table["t"].cast(pa.int64()).to_numpy()
    expected = START_S * 10**9 + np.rint((np.arange(1800) - 5) * 1e9 / 360)
    np.testing.assert_allclose(t_ns, expected, atol=2)
    values = table["steering_wheel_torque_st"].to_numpy()
    np.testing.assert_allclose(values, np.sin(np.arange(1800) / 6), atol=1e-6)


def test_elements_of_other_arrays_are_channels_of_their_own() -> None:
    made = [TIME, Field("Wheels", "int", "", "", lambda _car, row: [row, row + 1, row + 2], count=3)]
    table = read(written(made))[0]["channels.main"]
    assert table["wheels_2"].to_pylist() == list(range(2, 12))
    assert {field.metadata[b"source_name"] for field in table.schema if field.name != "t"} == {
        b"SessionTime",
        b"Wheels",
    }


def test_letters_are_one_text_and_bools_are_0_or_1() -> None:
    made = [
        TIME,
        Field("Word", "char", "", "", lambda _car, row: b"ab\xe9"[: row + 1], count=8),
        Field("On", "bool", "", "", lambda _car, row: row > 7),
    ]
    table = read(written(made))[0]["channels.main"]
    assert table["word"].to_pylist()[:4] == ["a", "ab", "abé", "abé"]
    assert table["on"].to_pylist() == [0] * 8 + [1] * 2


def test_a_car_that_is_not_in_the_world_has_no_position() -> None:
    made = fields(Lat=[0.0] * 10, Lon=[0.0] * 10)
    streams, issues, facts = read(written(made))
    assert "gnss_pvt" not in streams
    assert [issue.code for issue in issues] == ["NO_VALID_FIX"]
    assert facts["epochs_without_fix"] == 10


def test_positions_off_the_earth_are_left_out_and_said() -> None:
    made = fields(Lat=[10.0, 95.0, float("nan"), *[20.0] * 7], Lon=[180.0] * 10)
    streams, issues, _facts = read(written(made))
    assert streams["gnss_pvt"]["lat_deg"].to_pylist() == [10.0, *[20.0] * 7]
    assert set(streams["gnss_pvt"]["lon_deg"].to_pylist()) == {-180.0}
    assert [(issue.code, issue.evidence["count"]) for issue in issues] == [("VALUE_OUT_OF_RANGE", 2)]


def test_values_that_are_no_numbers_are_null_and_counted() -> None:
    made = fields(Boost=[1.0, float("nan"), float("inf"), *[2.0] * 7])
    streams, issues, _facts = read(written(made))
    assert streams["channels.main"]["boost"].to_pylist()[:4] == [1.0, None, None, 2.0]
    assert [(issue.code, issue.evidence) for issue in issues] == [
        ("VALUE_OUT_OF_RANGE", {"column": "boost", "count": 2})
    ]


# --- what is asked for ---------------------------------------------------------------------------


def test_only_channels_that_are_asked_for_are_decoded() -> None:
    for name in ("rpm", "RPM"):
        streams = read(DRIVE, channels=(name,), streams=("channels",))[0]
        assert {name: table.column_names for name, table in streams.items()} == {
            "channels.60hz": ["t", "rpm"]
        }


def test_only_streams_that_are_asked_for_come() -> None:
    for stream in ("laps", "events", "gnss_pvt", "channels.360hz"):
        assert set(read(DRIVE, streams=(stream,))[0]) >= {stream}
        result = telemparse.parse({"x.ibt": DRIVE}, ParseOptions(streams=(stream,)))
        assert result.streams[stream].equals(telemparse.parse({"x.ibt": DRIVE}).streams[stream])


def test_rows_do_not_depend_on_the_size_of_pieces() -> None:
    hurt = DRIVE[:20_000] + b"?!" + DRIVE[20_000:30_000] + DRIVE[30_111:]
    for data in (DRIVE, hurt):
        whole = told(parse_in_pieces(ArtifactSet.of({"x.ibt": data}), ParseOptions(), 1 << 20))
        for piece_bytes in (777, 5000):
            parts = told(parse_in_pieces(ArtifactSet.of({"x.ibt": data}), ParseOptions(), piece_bytes))
            assert parts[0].keys() == whole[0].keys()
            assert all(table.combine_chunks().equals(whole[0][name]) for name, table in parts[0].items())
            assert parts[1:] == whole[1:]


# --- the clock -----------------------------------------------------------------------------------


def instants(data: bytes) -> list[float]:
    """Return the seconds of the rows since the start date."""
    t_ns = read(data)[0]["channels.main"]["t"].cast(pa.int64()).to_numpy()
    return [round(float(value), 3) for value in (t_ns - START_S * 10**9) / 1e9]


def test_the_first_record_is_at_the_date_of_the_header() -> None:
    assert instants(written([TIME], 4)) == [0.0, 0.017, 0.033, 0.05]
    assert instants(written([TIME], 4, record_count=0)) == [0.0, 0.017, 0.033, 0.05]


def test_a_file_that_lost_its_first_record_keeps_the_times_of_the_others() -> None:
    whole = written(fields(Gear=range(6)), 6)
    width, first = 12, len(whole) - 6 * 12
    assert instants(whole[:first] + whole[first + width :]) == [0.017, 0.033, 0.05, 0.067, 0.083]


def test_a_new_session_goes_on_where_the_old_one_ended() -> None:
    times = Field("SessionTime", "double", "s", "", lambda car, row: (932, 0.5)[row > 4] + car.seconds)
    number = Field("SessionNum", "int", "", "", lambda _car, row: int(row > 4))
    data = written([times, number])
    assert instants(data) == [round(row / 60, 3) for row in range(10)]
    streams, issues, facts = read(data)
    assert facts["clock"]["session_restarts"] == 1  # type: ignore[index]
    assert [(event["event_type"], event["value"]) for event in streams["events"].to_pylist()] == [
        ("segment_break", 1.0)
    ]
    assert issues == []


def test_a_date_before_the_simulator_is_none() -> None:
    streams, issues, _facts = read(written([TIME], start_date_s=1000))
    assert [issue.code for issue in issues] == ["IBT_HEADER_ODD"]
    table = streams["channels.main"]
    assert table.schema.metadata[b"time_base"] == b"relative"
    assert table["t"].cast(pa.int64())[0].as_py() == 0


def test_records_without_a_time_are_counted() -> None:
    streams, issues, _facts = read(written(fields(Gear=range(10))[1:]))
    steps = np.diff(streams["channels.main"]["t"].cast(pa.int64()).to_numpy())
    assert set(steps.tolist()) <= {16_666_666, 16_666_667}
    assert issues == []


# --- laps ----------------------------------------------------------------------------------------


def laps(
    number: list[int], last_s: list[float] | None, pit: list[bool] | None = None
) -> list[tuple[object, ...]]:
    columns = {"Lap": number}
    if last_s is not None:
        columns["LapLastLapTime"] = last_s  # type: ignore[assignment]
    if pit is not None:
        columns["OnPitRoad"] = pit  # type: ignore[assignment]
    streams = read(written(fields(**columns), len(number)))[0]
    names = ("device_lap", "stint_index", "duration_ns", "validity", "confidence")
    return (
        [tuple(lap[name] for name in names) for lap in streams["laps"].to_pylist()]
        if "laps" in streams
        else []
    )


COUNT = [1] * 10 + [2] * 30 + [3] * 30 + [4] * 20
CROSSED_NS = 500_000_000


def test_the_simulators_time_of_a_lap_comes_some_records_late() -> None:
    last_s = [-1.0] * 44 + [0.4987] * 28 + [0.5011] * 18
    assert laps(COUNT, last_s) == [
        (2, 0, 498_700_000, "VALID", "HIGH"),
        (3, 0, 501_100_000, "VALID", "HIGH"),
    ]


def test_a_lap_whose_start_is_not_in_the_file_has_its_time_all_the_same() -> None:
    assert laps(COUNT[:30], [-1.0] * 12 + [68.6711] * 18) == [(1, 0, 68_671_100_000, "VALID", "HIGH")]


def test_two_laps_of_one_time_are_both_timed() -> None:
    assert [lap[2:] for lap in laps(COUNT, [-1.0] * 42 + [0.5001] * 48)] == [
        (500_100_000, "VALID", "HIGH")
    ] * 2


def test_a_lap_that_the_simulator_gives_no_time_is_invalid() -> None:
    last_s = [0.7] * 42 + [-1.0] * 48
    assert laps(COUNT, last_s) == [(lap, 0, CROSSED_NS, "INVALID", "MEDIUM") for lap in (2, 3)]


def test_without_the_simulators_times_laps_last_from_record_to_record() -> None:
    assert laps(COUNT, None) == [(lap, 0, CROSSED_NS, "VALID", "MEDIUM") for lap in (2, 3)]


def test_a_time_that_is_far_from_the_crossings_is_not_sure() -> None:
    assert [lap[2:] for lap in laps(COUNT[:60], [-1.0] * 44 + [7.5] * 16)] == [
        (7_500_000_000, "VALID", "MEDIUM")
    ]


def test_laps_into_and_out_of_the_pits_are_none_that_count() -> None:
    pit = [False] * 35 + [True] * 20 + [False] * 35
    assert [lap[3] for lap in laps(COUNT, None, pit)] == ["INLAP", "OUTLAP"]


def test_a_count_that_begins_again_begins_a_stint() -> None:
    assert laps(COUNT + COUNT, None) == [
        (lap, stint, CROSSED_NS, "VALID", "MEDIUM") for stint in (0, 1) for lap in (2, 3)
    ]


def test_the_pit_road_the_line_and_the_marker_are_events() -> None:
    data = written(
        fields(
            Lap=[1] * 5 + [2] * 5,
            OnPitRoad=[False] * 3 + [True] * 4 + [False] * 3,
            DriverMarker=[False, True, True, *[False] * 7],
        )
    )
    events = read(data)[0]["events"].to_pylist()
    assert [(event["event_type"], event["value"]) for event in events] == [
        ("marker", None),
        ("pit_in", None),
        ("lap_beacon", 2.0),
        ("pit_out", None),
    ]


# --- damage --------------------------------------------------------------------------------------

SMALL = written(
    fields(Gear=range(10), Rpm=[float(row) for row in range(10)]), text="---\nWeekendInfo:\n TrackName: x\n"
)
WIDTH = 16
FIRST = len(SMALL) - 10 * WIDTH


def test_a_file_cut_at_any_byte_gives_the_first_rows_and_says_so() -> None:
    whole = read(SMALL)[0]["channels.main"]
    for size in range(1, len(SMALL)):
        streams, issues, _facts = read(SMALL[:size])
        count = max(size - FIRST, 0) // WIDTH
        assert issues
        if count > 0:
            assert streams["channels.main"].equals(whole.slice(0, count))
        else:
            assert streams == {}


@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_any_byte_of_the_header_may_be_anything(byte: int) -> None:
    for at in range(FIRST):
        streams, _issues, _facts = read(SMALL[:at] + bytes([byte]) + SMALL[at + 1 :])
        assert all(table.num_rows <= 20 for table in streams.values())


@pytest.mark.parametrize(
    ("at", "value", "problem"),
    [
        (24, 0, "variables"),
        (24, 1 << 30, "variables"),
        (28, -1, "headers of the variables"),
        (28, 1 << 30, "headers of the variables"),
        (36, 0, "a record has 0 bytes"),
        (36, (1 << 31) - 1, "a record has"),
        (52, -5, "records lie outside"),
        (52, 1 << 30, "records lie outside"),
    ],
)
def test_a_header_that_points_nowhere_is_an_error(at: int, value: int, problem: str) -> None:
    result = telemparse.parse(
        {"x.ibt": header(SMALL, at, value)}, ParseOptions(parser="ibt"), on_error="return"
    )
    assert "IBT_HEADER_DAMAGED" in [error.code for error in result.errors]
    assert problem in result.errors[0].message
    assert not result.ok


def test_session_information_outside_the_file_costs_no_record() -> None:
    for at, value in ((16, 1 << 30), (16, -1), (20, -7), (20, len(SMALL))):
        streams, issues, _facts = read(header(SMALL, at, value))
        assert streams["channels.main"].num_rows == 10
        assert [issue.code for issue in issues] == ["IBT_SESSION_INFO_DAMAGED"]


def test_a_file_never_closed_is_read_whole() -> None:
    streams, issues, _facts = read(header(SMALL, 140, 0))
    assert streams["channels.main"].num_rows == 10
    assert [issue.code for issue in issues] == ["IBT_RECORD_COUNT_WRONG"]
    assert codes(header(SMALL, 140, 2_000_000_000)) == ["IBT_RECORDS_MISSING"]


def test_variables_that_cannot_be_are_named() -> None:
    data = SMALL[:432] + struct.pack("<3i", 9, 0, 1) + SMALL[444:]
    streams, issues, _facts = read(data)
    assert streams["channels.main"].column_names == ["t", "session_time", "gear"]
    assert [(issue.code, issue.evidence["channels"]) for issue in issues] == [("CHANNELS_SKIPPED", "Rpm")]
    outside = data[:432] + struct.pack("<3i", 2, 4000, 1) + data[444:]
    assert codes(outside) == ["CHANNELS_SKIPPED"]
    huge = data[:440] + struct.pack("<i", -(1 << 31)) + data[444:]
    assert codes(huge) == ["CHANNELS_SKIPPED"]


def test_variables_over_each_other_are_not_all_read() -> None:
    many = [
        TIME,
        *(Field(f"Text{number}", "char", "", "", lambda _car, _row: b"", count=50) for number in range(40)),
    ]
    data = written(many, 2)
    for number in range(1, 41):  # all over one place, and as long as the record
        at = 144 + 144 * number
        data = data[:at] + struct.pack("<3i", 0, 0, 2008) + data[at + 12 :]
    streams, issues, _facts = read(data)
    assert len(streams["channels.main"].column_names) == 5
    assert [(issue.code, issue.evidence["count"]) for issue in issues] == [("CHANNELS_SKIPPED", 37)]


def test_a_count_that_changes_all_the_time_counts_no_laps() -> None:
    assert laps(list(range(11_000)), None) == []


def gears(data: bytes) -> list[int]:
    streams = read(data)[0]
    return list(streams["channels.main"]["gear"].to_pylist()) if streams else []


def test_a_record_without_a_readable_time_is_left_out_alone() -> None:
    at = FIRST + 4 * WIDTH
    data = SMALL[:at] + b"\xff" * 8 + SMALL[at + 8 :]
    assert gears(data) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    (issue,) = read(data)[1]
    assert (issue.code, issue.evidence["count"], issue.locus and issue.locus.offset) == (
        "ROWS_SKIPPED",
        1,
        at,
    )


def test_records_behind_lost_and_foreign_bytes_are_found_again() -> None:
    at = FIRST + 4 * WIDTH + 3
    for data in (SMALL[:at] + SMALL[at + 5 :], SMALL[:at] + b"foreign" + SMALL[at:]):
        # The record before the break is left out, too: the damage may be in its end.
        assert [gear for gear in gears(data) if gear != 4] == [0, 1, 2, 5, 6, 7, 8, 9]
        assert "ROWS_SKIPPED" in codes(data)


def test_records_behind_a_stretch_of_zeros_are_found_again() -> None:
    at = FIRST + 4 * WIDTH
    data = SMALL[:at] + b"\0" * 50 + SMALL[at:]
    assert gears(data) == list(range(10))
    assert codes(data) == ["ROWS_SKIPPED"]


def test_zeros_behind_the_records_are_none() -> None:
    assert gears(SMALL + b"\0" * 1000) == list(range(10))
    assert codes(SMALL + b"\0" * 1000) == ["ROWS_SKIPPED", "ARTIFACT_TRUNCATED"]


def test_a_file_of_noise_behind_its_header_gives_no_row() -> None:
    noise = np.random.default_rng(7).bytes(50_000)
    streams, issues, _facts = read(SMALL[:FIRST] + noise)
    assert streams == {}
    assert [issue.code for issue in issues] == ["ROWS_SKIPPED"]


def test_records_at_another_rate_than_the_headers_are_records() -> None:
    for step_s in (1 / 360, 0.2):
        slow = Field("SessionTime", "double", "s", "", lambda _car, row, step_s=step_s: 932 + row * step_s)
        data = written([slow, *fields(Gear=range(10))[1:]])
        at = len(data) - 5 * 12 - 2
        assert gears(data) == list(range(10))
        assert gears(data[:at] + b"?" + data[at:]) == [0, 1, 2, 3, 5, 6, 7, 8, 9]


def test_where_every_other_time_is_unreadable_nothing_is_made_up() -> None:
    rows = bytearray(DRIVE)
    width = (len(DRIVE) - DRIVE.index(b"...\n") - 4) // 300
    first = len(DRIVE) - 300 * width
    for row in range(0, 300, 2):
        rows[first + row * width : first + row * width + 8] = b"\xff" * 8
    streams, issues, _facts = read(bytes(rows))
    assert streams == {}
    assert [(issue.code, issue.evidence["count"]) for issue in issues] == [("ROWS_SKIPPED", 300)]


def test_an_empty_file_among_others_stops_none() -> None:
    files = {"a.ibt": b"\0" * 500, "b.ibt": b"\2\0\0\0" * 50, "c.ibt": SMALL, "d.ibt": SMALL}
    streams, issues, _facts = told(parse(ArtifactSet.of(files), ParseOptions()))
    assert [issue.code for issue in issues] == ["ARTIFACT_EMPTY", "IBT_HEADER_DAMAGED"]
    assert set(streams) == {"channels.c", "channels.d"}


# --- detection -----------------------------------------------------------------------------------


def test_what_only_looks_like_the_header_is_another_file() -> None:
    for data in (
        SMALL[:144],
        b"\2\0\0\0\1\0\0\0" + b"\0" * 500,
        b"irsdk_Flags " * 100,
        b"irsdk_" + SMALL[:100],
    ):
        assert telemparse.detect({"x.bin": data}).winner is None


def test_a_table_of_variables_without_its_header_is_known_and_refused() -> None:
    part = DRIVE[300:6000]
    winner = telemparse.detect({"x.bin": part}).winner
    assert winner is not None
    assert (winner.parser_id, winner.score) == ("ibt", 0.8)
    result = telemparse.parse({"x.bin": part}, on_error="return")
    assert result.errors[0].code == "IBT_HEADER_DAMAGED"


def test_a_file_that_was_copied_as_text_is_told_from_others() -> None:
    mangled = (b"?" + DRIVE[:20_000]).decode("utf-8", "replace").encode()
    result = telemparse.parse({"x.ibt": mangled}, ParseOptions(parser="ibt"), on_error="return")
    assert "as if it were text" in result.errors[0].message


def test_a_time_at_the_end_of_its_record_is_not_looked_for_behind_the_file() -> None:
    rows = list(range(6))
    data = written(fields(Gear=rows, Extra=rows)[::-1], 6)
    for more in range(1, 20):
        # A foreign stretch in the last record, and so the end of the file is no end of a record.
        longer = data[:-1] + bytes(more) + data[-1:]
        assert gears(longer)[:5] == rows[:5]
        assert "ROWS_SKIPPED" in codes(longer) or "ARTIFACT_TRUNCATED" in codes(longer)
