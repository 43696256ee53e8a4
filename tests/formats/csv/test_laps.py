"""Laps of the device: in columns, in comment lines, in the lines above, whatever size blocks have."""

from __future__ import annotations

import itertools

import pytest

import telemparse
from telemparse.extension.csv_dialect import CsvDialect, LapRule, Start
from telemparse.formats.csv.laps import MOST_LAPS, Tally
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.formats.csv.recognition import taught
from telemparse.formats.csv.spans import clock_ns, decimal_ns
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch, Meta
from telemparse.schemas.device_laps import DeviceLap

HEADER = {"Clock", "Rev", "Lap"}
COLUMNS = {"Clock": "t:s", "Rev": "rpm"}


def dialect(laps, **facts):
    return CsvDialect(name="vendor", header=HEADER, columns=COLUMNS, laps=laps, **facts)


def text(laps, head="Clock,Rev,Lap", between=None):
    """Return a file of one row a second; lines of `between` follow the row of that number."""
    lines = [head]
    for second, lap in enumerate(laps):
        lines += [f"{second}.0,3000,{lap}", *([between[second]] if between and second in between else [])]
    return "\n".join([*lines, ""]).encode()


def parse(data, spoken, **options):
    with taught(spoken):
        return telemparse.parse({"log.csv": data}, telemparse.ParseOptions(parser="csv", **options))


def laps_of(data, spoken):
    """Return (stint, device's number, start, end, seconds, validity, confidence) of each lap."""
    table = parse(data, spoken).streams.get("laps")

    def seconds(t):
        return None if t is None else t.timestamp()

    return [] if table is None else [
        (lap["stint_index"], lap["device_lap"], seconds(lap["t_start"]), seconds(lap["t_end"]),
         lap["duration_ns"] / 1e9, lap["validity"], lap["confidence"])
        for lap in table.to_pylist()
    ]  # fmt: skip


COUNTED = dialect(LapRule(number="Lap"))
RUNNING = dialect(LapRule(number="Lap", running="In"))
FINISHED = dialect(LapRule(number="Lap", finished="Last:min"))
COMMENTED = dialect(
    LapRule(comment="# Lap {lap}: {time}", out_lap=0), comment_events={"Pit in": "pit_in", "End": "stop"}
)


def test_only_laps_that_begin_and_end_in_the_file_count():
    data = text([1, 1, 2, 2, 2, 3])
    assert laps_of(data, COUNTED) == [(0, 2, 2.0, 5.0, 3.0, "VALID", "MEDIUM")]
    assert parse(data, COUNTED).metadata["laps_left_out"] == {
        "the file begins within the lap": 1, "the file ends within the lap": 1,
    }  # fmt: skip


def test_a_blank_number_stands_outside_laps():
    assert laps_of(text(["", 1, 1, "", 2, ""]), COUNTED) == [
        (0, 1, 1.0, 3.0, 2.0, "VALID", "MEDIUM"), (0, 2, 4.0, 5.0, 1.0, "VALID", "MEDIUM"),
    ]  # fmt: skip
    assert laps_of(text(["", "", ""]), COUNTED) == []


def test_a_number_may_stand_for_rows_outside_laps():
    data = text([0, 1, 1, 0, 0, 2, 0])
    assert laps_of(data, dialect(LapRule(number="Lap", outside=0))) == [
        (0, 1, 1.0, 3.0, 2.0, "VALID", "MEDIUM"), (0, 2, 5.0, 6.0, 1.0, "VALID", "MEDIUM"),
    ]  # fmt: skip


STATED = dialect(LapRule(number="Lap", outside=0, stated="Lap {lap}, {time}"))


def stated(laps, *lines):
    return text(laps, head="\n".join([*lines, "", "Clock,Rev,Lap"]))


def sectors_of(data):
    table = parse(data, STATED).streams.get("sectors")
    return [] if table is None else [
        (row["lap_number"], row["sector_index"], row["t_start"] and row["t_start"].timestamp(),
         row["duration_ns"] / 1e9)
        for row in table.to_pylist()
    ]  # fmt: skip


def test_lines_above_the_rows_state_what_the_rows_know_to_a_row_only():
    data = stated([0, 1, 1, 2, 2, 2, 0], "Lap 1, 1.875, sectors, 1.0,0.875,0", "Lap 2, 0:02.9", "Lap 7, 5.0")
    assert laps_of(data, STATED) == [
        (0, 1, 1.125, 3.0, 1.875, "VALID", "HIGH"), (0, 2, 3.1, 6.0, 2.9, "VALID", "HIGH"),
    ]  # fmt: skip
    assert sectors_of(data) == [(1, 0, 1.125, 1.0), (1, 1, 2.125, 0.875)]


def test_a_stated_time_that_is_not_that_of_the_rows_is_left_out():
    data = stated([0, 1, 1, 0], "Lap 1, 77.0, sectors, 70.0,7.0", "Lap 1, 2.0")
    assert laps_of(data, STATED) == [(0, 1, 1.0, 3.0, 2.0, "VALID", "MEDIUM")]
    assert parse(data, STATED).metadata["laps_left_out"] == {
        "the lap time above the rows is another than theirs": 1,
    }  # fmt: skip
    assert sectors_of(data) == []


def test_stated_laps_that_no_row_counts_are_durations_alone():
    data = stated([0, 0, 0], "Lap 1, 2.0, sectors, 1.5,0.5", "Lap 2, 2.0, sectors, 1.5,x", "Lap 3, 0.0")
    assert laps_of(data, STATED) == [
        (0, 1, None, None, 2.0, "VALID", "HIGH"), (0, 2, None, None, 2.0, "VALID", "HIGH"),
    ]  # fmt: skip
    assert sectors_of(data) == [(1, 0, None, 1.5), (1, 1, None, 0.5)]


def test_a_number_that_falls_begins_another_stint():
    assert [lap[:2] for lap in laps_of(text([1, 2, 3, 1, 2, 3]), COUNTED)] == [(0, 2), (0, 3), (1, 1), (1, 2)]


def test_numbers_that_count_nothing_stand_outside_laps():
    assert laps_of(text([1.5, 1, 1e30, "x", 7]), COUNTED) == [(0, 1, 1.0, 2.0, 1.0, "VALID", "MEDIUM")]


def running(cells):
    rows = [f"{second},3000,{lap},{span}" for second, lap, span in cells]
    return "\n".join(["Clock,Rev,Lap,In", *rows, ""]).encode()


def test_a_running_time_ends_where_the_next_lap_begins_and_unsurely_where_none_does():
    data = running([
        ("10.0", 5, "0.0"), ("11.5", 5, "1.5"), ("11.5", 6, "0.0"), ("12.5", 6, "1.0"), ("13.5", 7, "0.4"),
        ("13.9", 7, "0.8"), ("60.0", 8, "2.0"), ("61.0", 8, "3.0"),
    ])  # fmt: skip
    assert laps_of(data, RUNNING) == [
        (0, 5, 0.0, 1.5, 1.5, "VALID", "HIGH"),
        (0, 6, 1.5, 3.1, 1.6, "VALID", "MEDIUM"),
        (0, 7, 3.1, 3.9, 0.8, "VALID", "LOW"),
        (1, 8, 48.0, 51.0, 3.0, "VALID", "LOW"),
    ]
    reasons = parse(data, RUNNING).streams["laps"]["reasons"].to_pylist()
    assert reasons == [[], [], ["LOW_CONFIDENCE_CROSSING"], ["LOW_CONFIDENCE_CROSSING"]]


def test_a_lap_of_no_length_is_left_out():
    data = running([("10.0", 5, "0.0"), ("12.0", 6, "0.0"), ("12.0", 7, "0.0")])
    result = parse(data, RUNNING)
    assert result.metadata["laps_left_out"] == {"no possible lap time": 2}


def test_a_rising_number_states_the_lap_that_ended_and_blank_cells_say_nothing():
    rows = [
        "0,1,0,0.0",
        "1,1,,",
        "130,1,1,2.1",
        "131,1,,",
        "260,1,2,",
        "390,1,3,2.05",
        "400,1,0,0",
        "500,1,1,1.5",
    ]
    data = "\n".join(["Clock,Rev,Lap,Last", *rows, ""]).encode()
    assert laps_of(data, FINISHED) == [
        (0, 1, 4.0, 130.0, 126.0, "VALID", "HIGH"),
        (0, 3, 267.0, 390.0, 123.0, "VALID", "HIGH"),
        (1, 1, 410.0, 500.0, 90.0, "VALID", "HIGH"),
    ]
    assert parse(data, FINISHED).metadata["laps_left_out"] == {"no lap time beside the number": 1}


def test_a_file_without_the_columns_of_a_rule_has_no_laps():
    assert laps_of(text([1, 2, 3]), RUNNING) == []


def test_comments_between_rows_carry_laps_and_events():
    data = text([0] * 9, between={
        -1: "", 1: "# Lap 0: 00:00:01.900", 3: "# Pit in", 4: "# lap 1 was fine", 5: "# Lap 1: 4.000",
        6: "#Lap x", 8: "# End\n# Lap 2: 0:03.000",
    })  # fmt: skip
    assert laps_of(data, COMMENTED) == [
        (0, 0, pytest.approx(0.1), 2.0, 1.9, "OUTLAP", "HIGH"),
        (0, 1, 2.0, 6.0, 4.0, "VALID", "HIGH"),
        (0, 2, None, None, 3.0, "VALID", "HIGH"),
    ]
    result = parse(data, COMMENTED)
    events = [(event["event_type"], event["t"].timestamp()) for event in result.streams["events"].to_pylist()]
    assert events == [("pit_in", 3.0), ("stop", 8.0)]
    assert result.metadata["comment_lines"] == 7


def test_a_comment_with_an_impossible_time_is_counted():
    result = parse(text([0] * 4, between={1: "# Lap 1: 1:2:3:4", 2: "# Lap 2: ..."}), COMMENTED)
    assert "laps" not in result.streams
    assert result.metadata["laps_left_out"] == {"no possible lap time": 2}


def test_an_event_above_the_first_row_is_that_of_the_first_row():
    result = parse(b"Clock,Rev,Lap\n1.0,1,0\n# Pit in\n2.0,1,0\nx,1,0\n# End\n3.0,1,0\n", COMMENTED)
    assert [t.timestamp() for t in result.streams["events"]["t"].to_pylist()] == [0.0, 1.0]


BEACONS = dialect(
    LapRule(beacons="Beacons", segments="Segments", duration="Duration"),
    start=Start(date="Day", time="Hour", order="dmy"),
)


def marked(*lines):
    return text([1] * 9, head="\n".join([*lines, "", "Clock,Rev,Lap"]))


def test_beacons_are_laps_between_them_and_events():
    data = marked("Beacons,2.5 5.25 x -3 7.0", "Duration,9.0")
    assert laps_of(data, BEACONS) == [
        (0, None, 2.5, 5.25, 2.75, "VALID", "HIGH"), (0, None, 5.25, 7.0, 1.75, "VALID", "HIGH"),
    ]  # fmt: skip
    events = parse(data, BEACONS).streams["events"]
    assert events["event_type"].to_pylist() == ["lap_beacon"] * 3


@pytest.mark.parametrize(("lines", "expected"), [
    (["Beacons,2.5,5.25", "Segments,0:02.5,0:02.7", "Duration,9"], [(2.5, "OUTLAP"), (2.75, "VALID")]),
    (["Beacons,2.5,9", "Segments,a,b", "Duration,9.001"], [(2.5, "OUTLAP"), (6.5, "INLAP")]),
    (["Beacons,9", "Segments,0:09.0", "Duration,9"], []),
    (["Beacons,2.5", "Duration,9"], []),
    (["Beacons", "2.5,4.0"], [(1.5, "VALID")]),
    (['"Beacons","2.5,4.0"'], [(1.5, "VALID")]),
    (["Beacons,"], []),
    (["Beacons"], []),
])  # fmt: skip
def test_the_ways_to_and_from_the_line_count_where_segments_say_so(lines, expected):
    assert [(lap[4], lap[5]) for lap in laps_of(marked(*lines), BEACONS)] == expected


@pytest.mark.parametrize(("lines", "first"), [
    (["Day,04/05/2025", "Hour,1:34 PM"], "2025-05-04 13:34:00"),
    (['Day,"Sunday, May 4, 2025"', "Hour,13:34:05.5"], "2025-05-04 13:34:05.500000"),
    (["Day,2025-05-04", "Hour,00:00"], "2025-05-04 00:00:00"),
    (["Day,Sunday,May 4,2025", "Hour,00:01"], "2025-05-04 00:01:00"),
    (["Day,yesterday", "Hour,00:01"], "1970-01-01 00:00:00"),
    (["Day,04/05/2025"], "1970-01-01 00:00:00"),
])  # fmt: skip
def test_a_counter_begins_when_the_lines_above_say(lines, first):
    result = parse(marked(*lines), BEACONS)
    assert str(result.streams["channels.main"]["t"][0].as_py())[:26].removesuffix("+00:00") == first
    codes = {issue.code for issue in result.warnings}
    assert ("TIME_ZONE_ASSUMED_UTC" in codes) == (not first.startswith("1970"))
    assert ("TIME_RELATIVE" in codes) == first.startswith("1970")


def test_a_zone_brings_the_start_to_utc():
    result = parse(marked("Day,04/05/2025", "Hour,12:00"), BEACONS, timezone="Europe/Berlin")
    assert str(result.streams["channels.main"]["t"][0].as_py()) == "2025-05-04 10:00:00+00:00"
    assert "TIME_ZONE_ASSUMED_UTC" not in {issue.code for issue in result.warnings}


@pytest.mark.parametrize(
    "lines", [["Laps,58648,57320,,x"], ["Laps", "58648,57320"], ["LAPS,", "58648,57320,"]]
)
def test_durations_stand_in_the_line_or_below_it_and_have_no_instants(lines):
    spoken = dialect(LapRule(durations="laps:ms"))
    assert laps_of(marked(*lines), spoken) == [
        (0, None, None, None, 58.648, "VALID", "HIGH"), (0, None, None, None, 57.32, "VALID", "HIGH"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "spoken",
    [COUNTED, RUNNING, FINISHED, COMMENTED, BEACONS],
    ids=["counted", "running", "finished", "commented", "beacons"],
)
def test_the_size_of_blocks_changes_no_lap(spoken):
    cells = itertools.cycle(["", "1", "1", "2", "2", "3", "1", "x"])
    lines = ["Beacons,3.5,20,77", "Segments,1,2", "", "Clock,Rev,Lap,In,Last"]
    for second, lap in zip(range(90), cells, strict=False):
        lines.append(f"{second}.5,3000,{lap},{second % 4}.0,{second % 3}")
        lines += {7: ["# Lap 0: 0:07.0"], 20: ["# Pit in"], 21: ["torn", "# Lap 1: 9.5"]}.get(second, [])
    # The last blocks have comments and no rows.
    data = "\n".join([*lines, "# and nothing more is to come of it", "# End", ""]).encode()

    def told(size):
        with taught(spoken):
            artifacts = ArtifactSet.of({"log.csv": data})
            messages = list(parse_in_blocks(artifacts, telemparse.ParseOptions(), size))
        rows = [
            (message.stream, row)
            for message in messages
            if isinstance(message, Batch) and message.stream in ("laps", "events")
            for row in message.data.to_pylist()
        ]
        return sorted(rows, key=str), [m.value for m in messages if isinstance(m, Meta) and "left" in m.key]

    assert told(1 << 22) == told(40) == told(333)


def test_a_flood_of_laps_is_cut_and_counted():
    tally = Tally()
    for _lap in range(MOST_LAPS + 2):
        tally.add(DeviceLap(duration_ns=1))
    assert (len(tally.laps), tally.left_out) == (MOST_LAPS, {"more laps than are kept": 2})


@pytest.mark.parametrize(("word", "ns"), [
    ("1:21.638", 81_638_000_000), ("00:02:35.138", 155_138_000_000), ("99:59", 5_999_000_000_000),
    ("1:2:3:4", None), ("61.5", None), ("", None), ("9999:99:99", None), ("1:-2", None),
])  # fmt: skip
def test_clocks_count_from_zero(word, ns):
    assert clock_ns(word) == ns


@pytest.mark.parametrize(("word", "scale", "ns"), [
    ("58648", 1e-3, 58_648_000_000), ("2.135", 60.0, 128_100_000_000), ("1,5", 1.0, 1_500_000_000),
    ("-1", 1.0, None), ("1e3", 1.0, None), ("99999999999", 1.0, None), ("", 1.0, None),
])  # fmt: skip
def test_decimals_of_any_unit_are_exact(word, scale, ns):
    assert decimal_ns(word, scale) == ns


def test_comments_between_header_and_rows_leave_the_header_what_it_is():
    data = b"Clock,Rev,Lap\n# Pit in\n# Lap 0: 1.5\n# Pit in\n# Pit in\n1.0,1,0\n2.0,1,0\n3.0,1,0\n"
    result = parse(data, COMMENTED)
    assert result.metadata["dialect"] == "vendor"
    assert result.streams["channels.main"].num_rows == 3


def test_rows_without_the_running_time_begin_and_end_no_lap():
    data = running([("x", 5, "0.0"), ("", 6, "1.0"), ("10.0", 7, ""), ("11.0", 8, "0.0"), ("13.0", 8, "2.0")])
    assert laps_of(data, RUNNING) == [(0, 8, 1.0, 3.0, 2.0, "VALID", "LOW")]


def test_beacons_in_a_file_of_stamps_are_durations_alone():
    spoken = CsvDialect(name="vendor", header=HEADER, columns={"Rev": "rpm"}, laps=LapRule(beacons="Beacons"))
    rows = [f"2025-05-04T10:00:0{second}Z,3000,1" for second in range(9)]
    result = parse(
        "\n".join(["Beacons,2.5,4", "", "Clock,Rev,Lap", *rows, ""]).encode(), spoken, columns={"Clock": "t"}
    )
    (lap,) = result.streams["laps"].to_pylist()
    assert (lap["duration_ns"], lap["t_start"], lap["t_end"]) == (1_500_000_000, None, None)
    assert "events" not in result.streams


def test_only_what_is_asked_for_is_given():
    data = text([0] * 9, between={1: "# Lap 0: 00:00:01.900", 3: "# Pit in"})
    assert set(parse(data, COMMENTED, streams=("channels",)).streams) == {"channels.main"}
    assert set(parse(data, COMMENTED, streams=("laps",)).streams) == {"laps"}
    assert set(parse(data, COMMENTED, streams=("events",)).streams) == {"events"}
    counted = parse(text([1, 2, 3]), COUNTED, channels=("rpm",))
    assert (counted.streams["channels.main"].column_names, counted.streams["laps"].num_rows) == (
        ["t", "rpm"],
        1,
    )
