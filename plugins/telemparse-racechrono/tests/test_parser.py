"""Sessions made up here: every number of theirs is known, and so is every damage."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

import telemparse
from telemparse import ParseOptions, ParseResult
from telemparse.model.artifacts import Artifact, ArtifactSet

from telemparse_racechrono import clocks
from telemparse_racechrono.examples import (
    EXAMPLES,
    decimals,
    places,
    session,
    thousandths,
    zipped,
)

START_MS = 1_746_352_800_000
START_NS = START_MS * 1_000_000
NO_VALUE = 2**31 - 1
CLOCK = "channel_1_300_0_1_1"
POSITIONS = "channel_1_300_0_3_1"


def clock(count: int, step_ms: int = 40, start_ms: int = START_MS) -> bytes:
    return struct.pack(f"<{count}q", *range(start_ms, start_ms + count * step_ms, step_ms))


def ints(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}i", *values)


def ring(count: int) -> bytes:
    return places((-21.5 + row * 1e-5, -12.5 + row * 1e-5) for row in range(count))


def documents(laps: Iterable[Any] = (), **track: Any) -> dict[str, bytes]:
    return {
        "session.json": session(list(laps), START_MS),
        "sessionfragment.json": b'{"version":1,"primaryGpsDeviceIndex":300}',
        "trackId.json": json.dumps(track or {"id": 7}).encode(),
    }


def receiver(count: int = 5, **members: bytes) -> dict[str, bytes]:
    return {CLOCK: clock(count), POSITIONS: ring(count), **members}


def parsed(
    members: Mapping[str, bytes] | bytes, options: ParseOptions | None = None, name: str = "run.rcz"
) -> ParseResult:
    data = members if isinstance(members, bytes) else zipped(members)
    return telemparse.parse({name: data}, options, on_error="return")


def codes(result: ParseResult) -> list[str]:
    return [issue.code for issue in (*result.warnings, *result.errors)]


def column(result: ParseResult, stream: str, name: str) -> list[Any]:
    values: list[Any] = result.streams[stream][name].to_pylist()
    return values


def ns(result: ParseResult, stream: str = "gnss_pvt", name: str = "t") -> list[int]:
    return [instant.value for instant in result.streams[stream][name]]


# --- values ---------------------------------------------------------------------------------------


def test_units_of_a_receiver_are_thousandths_and_hundred_thousandths_of_a_minute() -> None:
    result = parsed(
        documents()
        | {
            CLOCK: clock(2),
            POSITIONS: ints(-129_000_000, 74_070_968, 6_000_001, -1_080_000_000),
            "channel_1_300_0_4_0": ints(27_275, 0),
            "channel_1_300_0_5_0": ints(-1_250, 457_618),
            "channel_1_300_0_6_0": ints(359_999, 360_000),
            "channel_1_300_0_30002_0": ints(15, 0),
            "channel_1_300_0_30003_0": ints(3, 2),
            "channel_1_300_0_30004_0": ints(1_300, -128),
            "channel_1_300_0_30005_0": ints(800, NO_VALUE),
            "channel_1_300_0_30006_0": ints(1_500, 1_600),
            "channel_1_300_0_30007_0": ints(322, 1_000),
        }
    )
    first, second = result.streams["gnss_pvt"].to_pylist()
    assert ns(result) == [START_NS, START_NS + 40_000_000]
    assert (first["lat_deg"], first["lon_deg"]) == (-21.5, 74_070_968 / 6e6)
    assert (second["lat_deg"], second["lon_deg"]) == (6_000_001 / 6e6, -180.0)
    names = ("speed_mps", "alt_m", "course_deg", "hdop", "vdop", "pdop", "hacc_m")
    assert [first[name] for name in names] == pytest.approx([27.275, -1.25, 359.999, 1.3, 0.8, 1.5, 0.322])
    assert [second[name] for name in names] == pytest.approx([0.0, 457.618, 0.0, None, None, 1.6, 1.0])
    assert [(row["sat_count"], row["fix_type"]) for row in (first, second)] == [(15, 3), (0, None)]
    assert column(result, "channels.main", "fix_type") == [3, 2]
    assert codes(result) == []


def test_sensors_are_in_canonical_units_whether_they_are_whole_numbers_or_decimals() -> None:
    axes = {f"channel_2_301_0_{9 + axis}_0": ints(9_807 * axis) for axis in range(3)}
    turns = {f"channel_3_302_0_{12 + axis}_0": ints(180_000 * axis) for axis in range(3)}
    fields = {f"channel_8_303_0_{28 + axis}_0": ints(-54_900 * axis) for axis in range(3)}
    equations = {f"channel2_4_400_0_{9 + axis}_3": decimals([axis / 2]) for axis in range(3)}
    heads = ("2_301", "3_302", "8_303", "4_400")
    result = parsed(
        documents()
        | {f"channel_{head}_0_1_1": clock(1) for head in heads}
        | axes | turns | fields | equations
    )  # fmt: skip
    rows = {stream: table.to_pylist()[0] for stream, table in result.streams.items()}
    assert [rows["imu_accel"][f"a{axis}_mps2"] for axis in "xyz"] == pytest.approx([0, 9.807, 19.614])
    assert [rows["imu_gyro"][f"g{axis}_rps"] for axis in "xyz"] == pytest.approx([0, 3.14159265, 6.2831853])
    assert [rows["imu_mag"][f"m{axis}_ut"] for axis in "xyz"] == pytest.approx([0, -54.9, -109.8])
    decimal = rows["imu_accel.data_400"]
    assert [decimal[f"a{axis}_mps2"] for axis in "xyz"] == pytest.approx([0, 4.903325, 9.80665])


def test_a_sensor_with_two_axes_is_kept_as_channels() -> None:
    result = parsed(
        documents()
        | {"channel_2_1_0_1_1": clock(1), "channel_2_1_0_9_0": ints(-500), "channel_2_1_0_10_0": ints(0)}
    )
    assert result.streams["channels.main"].to_pylist()[0]["x_acc"] == -0.5
    field = result.streams["channels.main"].schema.field("x_acc")
    assert field.metadata[b"unit"] == b"m/s2"


def test_the_main_receiver_is_the_one_that_the_session_names_and_its_housing_has_the_main_sensors() -> None:
    fragment = {
        "primaryGpsDeviceIndex": 300,
        "devices": {"items": [{"id": 300, "model": 121, "type": 1}, {"id": 301, "model": 121, "type": 2}]},
    }
    sensor = {
        f"channel_2_{device}_0_{9 + axis}_0": ints(device) for device in (101, 301) for axis in range(3)
    }
    result = parsed(
        documents()
        | {"sessionfragment.json": json.dumps(fragment).encode()}
        | receiver(3)
        | {"channel_1_100_0_1_1": clock(2), "channel_1_100_0_3_1": ring(2)}
        | {"channel_2_101_0_1_1": clock(1), "channel_2_301_0_1_1": clock(1)}
        | sensor
    )
    lengths = {stream: table.num_rows for stream, table in result.streams.items()}
    assert (lengths["gnss_pvt"], lengths["gnss_pvt.gps_100"]) == (3, 2)
    assert column(result, "imu_accel", "ax_mps2") == pytest.approx([0.301])
    assert column(result, "imu_accel.acc_101", "ax_mps2") == pytest.approx([0.101])


def test_channels_of_a_bus_are_named_and_grouped_by_their_instants() -> None:
    wheel, tyre, unknown, marked = (6 << 15) | 1015, (2 << 20) | (3 << 15) | 1013, 31_999, (1 << 31) | 10024
    fast, slow = {1004: 3.0, wheel: 20.0, 10024: 4321.0}, {tyre: 61.5, unknown: 1.5, marked: 2.0, 1007: 250.0}
    members = {}
    for instants, channels in ((clock(2), fast), (clock(1), slow)):
        for number, value in channels.items():
            members[f"channel_12_200_{number}_1_1"] = instants
            members[f"channel2_12_200_{number}_{number}_3"] = decimals([value] * (len(instants) // 8))
    result = parsed(documents() | members)
    groups = {stream: table.to_pylist()[0] for stream, table in result.streams.items()}
    assert set(groups) == {"channels.canbus_gear", "channels.canbus_oil_pressure"}
    first, second = groups["channels.canbus_gear"], groups["channels.canbus_oil_pressure"]
    assert (first["gear"], first["wheel_speed_fl_mps"], first["rpm"]) == (3.0, 20.0, 4321.0)
    assert (second["oil_pressure_bar"], second["tyre_temp_rr_2"]) == (2.5, 61.5)
    assert (second["channel_31999"], second[f"channel_{marked}"]) == (1.5, 2.0)
    assert result.capabilities.has_gnss_position is False


def test_whole_numbers_that_nobody_knows_are_kept_as_they_are() -> None:
    members = {"channel_4_101_0_1_1": clock(3), "channel_4_101_0_777_0": ints(5, NO_VALUE, -7)}
    result = parsed(documents() | members | {"channel_4_101_0_20003_0": ints(500, 1500, -(2**31))})
    assert column(result, "channels.main", "channel_777") == [5, None, -7]
    assert column(result, "channels.main", "analog1") == [0.5, 1.5, None]


def test_decimals_that_are_no_numbers_are_unknown() -> None:
    values = decimals([1.0, float("nan"), float("inf"), 1.7976931348623157e308])
    members = {"channel_5_200_10024_1_1": clock(4), "channel2_5_200_10024_10024_3": values}
    assert column(parsed(documents() | members), "channels.main", "rpm") == [1.0, None, None, None]


def test_the_way_is_given_once_though_every_clock_has_it() -> None:
    ways = {f"channel_{head}_0_2_1": struct.pack("<2q", 1000, 2500) for head in ("1_300", "5_200")}
    other = {"channel_5_200_0_1_1": clock(2), "channel_5_200_0_10024_0": thousandths([900, 901])}
    result = parsed(documents() | receiver(2) | ways | other)
    assert column(result, "channels.gps", "distance_m") == [1.0, 2.5]
    assert result.streams["channels.obd"].column_names == ["t", "rpm"]


# --- epochs without a fix -------------------------------------------------------------------------


@pytest.mark.parametrize("nowhere", [(NO_VALUE, NO_VALUE), (0, 0), (NO_VALUE, 5)])
def test_epochs_without_a_place_are_counted_and_told_as_events(nowhere: tuple[int, int]) -> None:
    positions = ints(6_000_000, 6_000_000, *nowhere, *nowhere, 6_000_000, 6_000_000)
    result = parsed(documents() | {CLOCK: clock(4), POSITIONS: positions})
    assert ns(result) == [START_NS, START_NS + 120_000_000]
    assert result.metadata["epochs_without_fix"] == 2
    assert column(result, "events", "event_type") == ["fix_lost", "fix_regained"]
    assert codes(result) == []


def test_a_kind_of_fix_that_is_none_is_an_epoch_without() -> None:
    result = parsed(documents() | receiver(2, channel_1_300_0_30003_0=ints(0, 3)))
    assert (ns(result), result.metadata["epochs_without_fix"]) == ([START_NS + 40_000_000], 1)


def test_a_receiver_that_never_had_a_fix_says_so() -> None:
    result = parsed(documents() | {CLOCK: clock(2), POSITIONS: ints(0, 0, 0, 0)})
    assert codes(result).count("NO_VALID_FIX") == 1
    assert "gnss_pvt" not in result.streams


def test_places_off_the_globe_are_left_out_and_counted() -> None:
    positions = ints(600_000_000, 0, 6_000_000, 6_000_000, 1, 1_200_000_000)
    result = parsed(documents() | {CLOCK: clock(3), POSITIONS: positions})
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["column"], issue.evidence["count"]) == (
        "VALUE_OUT_OF_RANGE", "position", 2,
    )  # fmt: skip
    assert ns(result) == [START_NS + 40_000_000]


def test_impossible_values_beside_a_place_become_null() -> None:
    members = {"channel_1_300_0_4_0": ints(-5, 1000), "channel_1_300_0_30002_0": ints(256, 9)}
    result = parsed(documents() | receiver(2, **members))
    assert column(result, "gnss_pvt", "speed_mps") == [None, 1.0]
    assert column(result, "gnss_pvt", "sat_count") == [None, 9]
    assert {issue.evidence["column"] for issue in result.warnings} == {"speed_mps", "sat_count"}


# --- laps and lines -------------------------------------------------------------------------------


def lap(number: int, start: float, finish: float | None = None, **facts: Any) -> dict[str, Any]:
    times = {"startTimestamp": START_MS + start} | (
        {} if finish is None else {"finishTimestamp": START_MS + finish}
    )
    return {"number": number, "sessionResume": 0, "isInvalid": False, **times, **facts}


def test_laps_are_those_of_the_session_to_the_millisecond() -> None:
    laps = [
        lap(1, 0, 107_525),
        lap(2, 107_525, 215_001, isInvalid=True),
        lap(3, 300_000, 400_000, sessionResume=1),
    ]
    result = parsed(documents([*laps, lap(4, 400_000)]))
    rows = result.streams["laps"].to_pylist()
    assert [row["duration_ns"] for row in rows] == [107_525_000_000, 107_476_000_000, 100_000_000_000]
    assert [row["validity"] for row in rows] == ["VALID", "INVALID", "VALID"]
    assert [(row["device_lap"], row["stint_index"]) for row in rows] == [(1, 0), (2, 0), (3, 1)]
    assert ns(result, "laps", "t_start")[1] == START_NS + 107_525_000_000
    assert column(result, "events", "value") == [1.0, 2.0, None, 3.0, 4.0]
    assert set(column(result, "events", "event_type")) == {"lap_beacon"}
    assert (result.metadata["laps_unfinished"], codes(result)) == (1, [])


@pytest.mark.parametrize(
    "broken",
    [
        lap(2, 5, 4), lap(2, 10**16), lap(2, 5.5), lap(-1, 5, 6), lap(1, 5, 6, sessionResume=-1),
        lap(1, 5, 10**16), {"number": 1}, "lap", None, [1], {"startTimestamp": True},
    ],
)  # fmt: skip
def test_laps_that_cannot_be_are_counted_and_the_others_kept(broken: Any) -> None:
    result = parsed(documents([lap(1, 0, 10), broken, lap(2, 10, 20)]))
    assert result.streams["laps"].num_rows == 2
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"], issue.evidence["total"]) == ("ROWS_SKIPPED", 1, 3)


LINE = {
    "type": 3,
    "centerLatitude": -129_000_000,
    "centerLongitude": -75_000_000,
    "width": 40_000,
    "bearing": 90_000,
}


def test_a_line_lies_across_the_course_half_its_width_to_each_side() -> None:
    result = parsed(documents(track={"traps": [LINE, {**LINE, "type": 4, "name": "S1"}]}) | receiver())
    start, sector = result.metadata["gates"]
    assert (start.kind, start.name, start.course_deg) == ("start_finish", "Start/finish", 90.0)
    assert (sector.kind, sector.name) == ("sector", "S1")
    # Eastwards the line runs from 20 m in the north to 20 m in the south.
    half_deg = 20 / 110_700
    assert start.lat1_deg == pytest.approx(-21.5 + half_deg, abs=1e-6)
    assert start.lat2_deg == pytest.approx(-21.5 - half_deg, abs=1e-6)
    assert (start.lon1_deg, start.lon2_deg) == pytest.approx((-12.5, -12.5), abs=1e-9)


def test_a_line_that_counts_both_ways_has_no_course() -> None:
    result = parsed(documents(traps=[{**LINE, "uniDirectional": False}]) | receiver())
    assert result.metadata["gates"][0].course_deg is None


def test_a_line_of_another_place_is_not_used() -> None:
    result = parsed(documents(traps=[{**LINE, "centerLatitude": 0}]) | receiver())
    assert "gates" not in result.metadata
    (issue,) = result.warnings
    assert issue.code == "GATE_STALE"
    assert issue.evidence["distance_km"] == pytest.approx(2380, abs=15)


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        ({"trackLocalUuid": "b", "trackId": -1}, 2),
        ({"trackLocalUuid": "z", "trackId": -1}, 1),
        ({"trackLocalUuid": 5, "trackId": -9}, 0),
    ],
)
def test_lines_of_a_backup_are_those_of_its_library(names: dict[str, Any], lines: int) -> None:
    tracks = [
        {"id": -1, "localUuid": "a", "traps": [LINE]},
        {"id": -2, "localUuid": "b", "traps": [LINE, LINE]},
        {"id": [{}]},
    ]
    members = documents() | {"session.json": session([], START_MS, **names)} | receiver()
    del members["trackId.json"]
    held = {f"sessions/s1/{name}": data for name, data in members.items()}
    result = parsed(held | {"json/track_storage.json": json.dumps({"tracks": [*tracks, 7]}).encode()})
    assert len(result.metadata.get("gates", ())) == lines
    assert codes(result) == []


@pytest.mark.parametrize(
    "odd",
    [
        {"width": 0},
        {"width": "wide"},
        {"bearing": -1},
        {"centerLatitude": NO_VALUE},
        {"centerLongitude": None},
    ],
)
def test_lines_that_cannot_be_are_named_in_the_metadata(odd: dict[str, Any]) -> None:
    result = parsed(documents(traps=[{**LINE, **odd}, {**LINE, "type": 5}]) | receiver())
    assert result.metadata["timing_lines_left_out"] == {"5": 1, "unreadable": 1}


# --- documents ------------------------------------------------------------------------------------


def test_facts_are_told_but_neither_addresses_nor_what_stands_for_none() -> None:
    facts = {
        "firstPositionReverseGeocoding": "1, Some Road",
        "title": "1, Some Road",
        "driverName": "Someone",
    }
    result = parsed(documents() | {"session.json": session([], START_MS, **facts)} | receiver())
    assert "Some" not in repr(result.metadata)
    assert result.metadata["session"]["track_name"] == "Mid-ocean ring"
    assert "best_lap_s" not in result.metadata["session"]
    assert result.metadata["clock"]["repairs"] == 0


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"{", b"[1]", b'{"laps": ', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000,
        b'{"version":' + b"9" * 5000 + b"}", b'{"x":"' + b"y" * (1 << 20) + b'"}', b"NaN",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["session.json", "sessionfragment.json", "trackId.json"])
def test_channels_are_read_beside_a_broken_document(name: str, broken: bytes) -> None:
    result = parsed(documents() | receiver() | {name: broken})
    assert result.streams["gnss_pvt"].num_rows == 5
    assert [issue.code for issue in result.warnings] == ["JSON_MALFORMED"]
    assert result.warnings[0].evidence["member"] == name


def test_whole_laps_of_a_cut_document_are_kept() -> None:
    document = session([lap(1, 0, 10), lap(2, 10, 20), lap(3, 20, 30)], START_MS)
    cut = document[: document.index(b'"number":3') + 4]
    result = parsed(documents() | {"session.json": cut})
    assert [row["device_lap"] for row in result.streams["laps"].to_pylist()] == [1, 2]
    assert codes(result) == ["JSON_MALFORMED"]


@pytest.mark.parametrize("name", ["session.json", "sessionfragment.json"])
def test_a_missing_document_is_told_and_the_channels_are_read(name: str) -> None:
    members = documents() | receiver()
    del members[name]
    result = parsed(members)
    assert result.streams["gnss_pvt"].num_rows == 5
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["member"]) == ("RACECHRONO_RCZ_MEMBER_MISSING", name)


def test_values_of_odd_types_in_documents_are_left_out() -> None:
    odd = {"title": 5, "trackName": ["x"], "lapCount": 1e400, "bestLaptime": "1", "trackId": True}
    fragment = {"devices": 5, "devices2": [1, {"selector": 7}, {"selector": {"id": "x"}}], "videos": {"a": 1}}
    held = documents() | {
        "session.json": session([], START_MS, **odd),
        "sessionfragment.json": json.dumps(fragment).encode(),
    }
    result = parsed(held | receiver())
    assert set(result.metadata["session"]) == {"version", "created_ms", "duration_s", "distance_m"}
    assert "devices" not in result.metadata
    assert codes(result) == []


def test_half_characters_in_a_title_do_not_reach_the_result() -> None:
    held = documents() | {"session.json": b'{"title":"\\ud800x","laps":[]}'}
    assert parsed(held | receiver()).metadata["session"]["title"] == "?x"


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kept", "speeds"), [(0, 0), (4, 1), (10, 2), (20, 5)])
def test_a_member_that_ends_early_costs_its_own_values_only(kept: int, speeds: int) -> None:
    result = parsed(documents() | receiver(5, channel_1_300_0_4_0=ints(1, 2, 3, 4, 5)[:kept]))
    table = result.streams["gnss_pvt"]
    assert (table.num_rows, table["speed_mps"].null_count) == (5, 5 - speeds)
    expected = ["RACECHRONO_RCZ_LENGTHS_DIFFER"] if speeds < 5 else []
    assert [code for code in codes(result) if code != "ARTIFACT_TRUNCATED"] == expected
    assert ("ARTIFACT_TRUNCATED" in codes(result)) == bool(kept % 4)


def test_a_clock_that_ends_early_leaves_what_has_no_instant_out() -> None:
    result = parsed(documents() | receiver(5) | {CLOCK: clock(5)[:-11]})
    assert ns(result) == [START_NS + row * 40_000_000 for row in range(3)]
    truncated, lengths = result.warnings
    assert (truncated.code, truncated.evidence["offset"]) == ("ARTIFACT_TRUNCATED", 24)
    assert (lengths.code, lengths.evidence["rows"]) == ("RACECHRONO_RCZ_LENGTHS_DIFFER", 3)
    assert lengths.evidence["members"] == {POSITIONS: 5}


def test_places_that_end_early_are_no_epochs_without_a_fix() -> None:
    result = parsed(documents() | receiver(5) | {POSITIONS: ring(5)[:20]})
    assert (len(ns(result)), result.metadata["epochs_without_fix"]) == (2, 0)


def test_values_without_a_clock_are_named_and_not_timed_by_another_one() -> None:
    members = {"channel2_12_200_10024_10024_3": decimals([1.0]), "channel_12_200_1_1_1": clock(1)}
    result = parsed(documents() | receiver() | members)
    (issue,) = result.warnings
    assert issue.code == "CHANNELS_SKIPPED"
    assert issue.evidence["channels"] == "channel2_12_200_10024_10024_3"
    assert issue.evidence["reason"] == "no clock"


def test_values_of_a_type_that_nobody_knows_are_named() -> None:
    result = parsed(documents() | receiver() | {"channel_1_300_0_4_2": b"1234", "notes.txt": b"x"})
    assert [(issue.code, issue.evidence["channels"]) for issue in result.warnings] == [
        ("CHANNELS_SKIPPED", "channel_1_300_0_4_2")
    ]
    assert result.metadata["members_unread"] == ["notes.txt"]


@pytest.mark.parametrize("instant", [0, -5, 2**63 - 1, -(2**63), 4_102_444_800_000])
def test_rows_whose_instant_cannot_be_are_skipped_and_counted(instant: int) -> None:
    times = struct.pack("<3q", START_MS, instant, START_MS + 80)
    result = parsed(documents() | receiver(3) | {CLOCK: times})
    assert ns(result) == [START_NS, START_NS + 80_000_000]
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"], str(issue.locus)) == ("ROWS_SKIPPED", 1, "run.rcz, record 1")


def test_samples_with_one_axis_missing_are_counted() -> None:
    axes = {f"channel_2_1_0_{9 + axis}_0": ints(1, NO_VALUE if axis else 1, NO_VALUE) for axis in range(3)}
    result = parsed(documents() | {"channel_2_1_0_1_1": clock(3)} | axes)
    assert result.streams["imu_accel"].num_rows == 1
    assert (codes(result), result.warnings[0].evidence["count"]) == (["ROWS_SKIPPED"], 1)
    assert result.metadata["samples_without_values.imu_accel"] == 1


def test_an_archive_without_its_directory_gives_the_members_in_front_of_the_cut() -> None:
    whole = zipped(documents() | receiver(200))
    result = parsed(whole[: whole.index(b"PK\x01\x02") + 50])
    assert result.streams["gnss_pvt"].num_rows == 200
    assert "ARTIFACT_TRUNCATED" in codes(result)


def test_members_with_hostile_paths_are_only_names() -> None:
    members = documents() | receiver() | {"../../../etc/passwd": b"x", "/abs/channel_1_1_0_1_1": clock(1)}
    result = parsed(members)
    assert result.streams["gnss_pvt"].num_rows == 5


def test_a_member_that_stands_there_twice_counts_once() -> None:
    name = POSITIONS.replace("_3_1", "_4_0")
    data = zipped(documents() | receiver(1, **{name: ints(1000), name.replace("4_0", "4_9"): ints(2000)}))
    result = parsed(data.replace(b"_4_9", b"_4_0"))
    assert column(result, "gnss_pvt", "speed_mps") == [1.0]
    assert codes(result) == ["CHANNELS_SKIPPED"]


def test_an_archive_cut_anywhere_gives_rows_from_the_front_and_says_so() -> None:
    small = {"session.json": b'{"laps":[]}', "sessionfragment.json": b"{}"}
    data = zipped(small | receiver(4, channel_1_300_0_4_0=ints(1, 2, 3, 4)))
    whole = ns(parsed(data))
    options = ParseOptions(parser="racechrono_rcz")
    for cut in range(1, len(data)):
        result = parsed(data[:cut], options)
        table = result.streams.get("gnss_pvt")
        rows = [] if table is None else ns(result)
        assert rows == whole[: len(rows)]
        assert codes(result)


# --- ways to hand it over -------------------------------------------------------------------------


def test_an_archive_is_a_session_whatever_it_is_called() -> None:
    for name in ("run.rcz", "run.zip", "run", "run.csv"):
        winner = telemparse.detect({name: EXAMPLES["race.rcz"]}).winner
        assert winner is not None
        assert (winner.parser_id, winner.score) == ("racechrono_rcz", 1.0)


def test_an_unpacked_session_gives_the_same_streams(tmp_path: Path) -> None:
    members = documents([lap(1, 0, 10)]) | receiver(5, channel_1_300_0_4_0=ints(1, 2, 3, 4, 5))
    for name, data in members.items():
        (tmp_path / name).write_bytes(data)
    packed, loose = parsed(members), telemparse.parse(tmp_path)
    (grouped,) = telemparse.group(tmp_path)
    assert {name: table.to_pylist() for name, table in loose.streams.items()} == {
        name: table.to_pylist() for name, table in packed.streams.items()
    }
    assert (codes(loose), len(grouped)) == ([], len(members))


def test_members_of_an_ordinary_zip_are_one_session() -> None:
    data = zipped({f"my session/{name}": held for name, held in (documents() | receiver()).items()})
    (grouped,) = telemparse.group({"session.zip": data})
    assert telemparse.parse(grouped).streams["gnss_pvt"].num_rows == 5
    assert parsed(data, name="session.zip").streams["gnss_pvt"].num_rows == 5


def test_sessions_of_a_backup_are_told_apart_by_their_folders() -> None:
    result = parsed(EXAMPLES["backup.rcz"])
    assert [issue.code for issue in result.warnings] == ["RACECHRONO_RCZ_SEVERAL_SESSIONS"]
    first, second = (result.streams[f"channels.{name}obd"] for name in ("", "session_20250504_1100_"))
    assert second["t"][0].value - first["t"][0].value == 3600 * 10**9


def test_what_is_recorded_after_a_pause_goes_on_in_the_same_streams() -> None:
    later = START_MS + 60_000
    speeds = {"channel_1_300_0_4_0": ints(1000, 2000), "channel_5_200_0_10024_0": thousandths([900, 901])}
    first = receiver(2) | speeds | {"channel_5_200_0_1_1": clock(2)}
    second = first | {CLOCK: clock(2, start_ms=later), "channel_5_200_0_1_1": clock(2, start_ms=later)}
    for resumed in ("resume_1/", "resume_10/", "resume_2/"):
        times = clock(2, start_ms=later + 1000 * int(resumed[7:-1]))
        second |= {f"{resumed}{name}": data for name, data in (first | {CLOCK: times}).items()}
        second[f"{resumed}channel_5_200_0_1_1"] = times
    laps = [lap(1, 0, 10), lap(2, 60_000, 60_010, sessionResume=1)]
    result = parsed({f"my run/{name}": data for name, data in (documents(laps) | first | second).items()})
    assert set(result.streams) == {"gnss_pvt", "laps", "events", "channels.main"}
    assert [row // 10**9 - later // 1000 for row in ns(result)[::2]] == [0, 1, 2, 10]
    assert column(result, "gnss_pvt", "speed_mps") == [1.0, 2.0] * 4
    assert column(result, "channels.main", "rpm") == [900, 901] * 4
    assert column(result, "laps", "stint_index") == [0, 1]
    assert codes(result) == []


def test_channels_that_nobody_asked_for_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    original = Artifact.read_at

    def spy(artifact: Artifact, offset: int, length: int) -> bytes:
        read.append(artifact.name.rpartition("/")[2])
        return original(artifact, offset, length)

    monkeypatch.setattr(Artifact, "read_at", spy)
    options = ParseOptions(streams=("channels",), channels=("rpm",))
    result = parsed(EXAMPLES["race.rcz"], options)
    assert {name: table.column_names for name, table in result.streams.items()} == {
        "channels.canbus_rpm": ["t", "rpm"]
    }
    assert not [name for name in read if "1001_3" in name or "_9_0" in name]


def test_the_size_of_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parsed(EXAMPLES["race.rcz"])
    monkeypatch.setattr(clocks, "_MOST_ROWS", 7)
    pieces = parsed(EXAMPLES["race.rcz"])
    assert {name: table.combine_chunks() for name, table in pieces.streams.items()} == {
        name: table.combine_chunks() for name, table in whole.streams.items()
    }


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    data = zipped(documents() | {CLOCK: bytes(4 << 20)})
    result = parsed(data, ParseOptions(max_decompressed_bytes=1 << 20))
    assert "ARCHIVE_TOO_LARGE" in codes(result)


def test_a_track_alone_is_known_but_holds_no_stream() -> None:
    result = parsed({"trackId.json": json.dumps({"traps": [LINE]}).encode()})
    assert result.metadata["gates"][0].name == "Start/finish"
    assert "NO_STREAMS" in codes(result)


def test_members_of_two_archives_do_not_mix() -> None:
    both = ArtifactSet.of({"a.rcz": EXAMPLES["engine.rcz"], "b.rcz": EXAMPLES["telephone.rcz"]})
    result = telemparse.parse(both)
    assert result.streams["channels.obd"].num_rows == 15
    assert any(name.startswith("gnss_pvt.") for name in result.streams)
