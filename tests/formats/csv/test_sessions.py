"""Sessions of MyChronoGPS: laps and sectors as the device writes them, and what damage does to them."""

from __future__ import annotations

import datetime as dt

import pytest

import telemparse
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.formats.csv.session_lines import recognised
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import Rung
from telemparse.model.gates import GateKind
from telemparse.model.messages import Batch

HEAD = "04/05/2025;23:58:30;Étang;-21.45;-12.34;-21.46;-12.35;0;0;0;"
LAPS = (
    "04/05/2025;23:58:30;1;01:10.49;00:16.19;00:54.28;",
    "04/05/2025;23:59:39;2;01:08.91;00:15.13;00:53.77;",
    "05/05/2025;00:00:47;3;01:08.49;00:14.89;00:53.59;",
)
TEXT = "".join(f"{line}\n" for line in (HEAD, *LAPS))


def session(text, name="session.txt", **options):
    data = text if isinstance(text, bytes) else text.encode()
    return telemparse.parse({name: data}, telemparse.ParseOptions(**options), on_error="return")


def times(result, stream="laps"):
    table = result.streams.get(stream)
    return [] if table is None else [span / 1e9 for span in table["duration_ns"].to_pylist()]


def codes(result):
    return [issue.code for issue in (*result.errors, *result.warnings)]


def test_laps_and_sectors_are_durations_to_the_hundredth_and_have_no_instants():
    result = session(TEXT)
    laps, sectors = result.streams["laps"].to_pylist(), result.streams["sectors"].to_pylist()
    assert times(result) == [70.49, 68.91, 68.49]
    assert [lap["device_lap"] for lap in laps] == [1, 2, 3]
    assert {lap["source"] for lap in (*laps, *sectors)} == {"device"}
    assert {lap["t_start"] or lap["t_end"] for lap in (*laps, *sectors)} == {None}
    assert [(each["lap_number"], each["sector_index"], each["duration_ns"] / 1e9) for each in sectors] == [
        (1, 0, 16.19), (1, 1, 54.28), (2, 0, 15.13), (2, 1, 53.77), (3, 0, 14.89), (3, 1, 53.59),
    ]  # fmt: skip
    assert codes(result) == []
    assert result.capabilities.has_device_laps


def test_ends_of_laps_are_events_to_the_second_and_the_clock_says_so():
    result = session(TEXT)
    ends = result.streams["events"].to_pylist()
    assert [(each["t"].isoformat(), each["event_type"], each["value"]) for each in ends] == [
        ("2025-05-04T23:58:30+00:00", "lap_beacon", 1.0),
        ("2025-05-04T23:59:39+00:00", "lap_beacon", 2.0),
        ("2025-05-05T00:00:47+00:00", "lap_beacon", 3.0),
    ]
    clock = result.metadata["clock"]
    assert (clock["resolution_s"], clock["lap_time_resolution_s"]) == (1, 0.01)


def test_the_first_line_is_the_gate_and_the_circuit():
    result = session(TEXT)
    (gate,) = result.metadata["gates"]
    assert (gate.kind, gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg) == (
        GateKind.START_FINISH, -21.45, -12.34, -21.46, -12.35,
    )  # fmt: skip
    assert (result.metadata["track"], result.metadata["dialect"]) == ("Étang", "mychronogps_session")
    assert result.device_family == "MyChronoGPS"


@pytest.mark.parametrize("gate", ["0;0;0;0", "1.5;2.5;1.5;2.5", "91.0;0;0;1"])
def test_a_line_that_is_none_is_no_gate(gate):
    result = session(TEXT.replace("-21.45;-12.34;-21.46;-12.35", gate))
    assert "gates" not in result.metadata
    assert len(times(result)) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(encoding, end):
    result = session(TEXT.replace("\n", end).encode(encoding))
    assert (times(result), result.metadata["track"]) == ([70.49, 68.91, 68.49], "Étang")
    assert codes(result) == []


def test_nul_padding_and_blank_lines_are_nothing():
    result = session(TEXT.replace("\n", "\n\n").encode() + b"\0" * 500)
    assert (len(times(result)), codes(result)) == (3, [])


@pytest.mark.parametrize("block_bytes", [16, 60, 100])
def test_small_blocks_tell_the_same(block_bytes):
    def told(size):
        artifacts = ArtifactSet.of({"session.txt": TEXT.encode()})
        return [
            (each.stream, each.data.to_pylist()) if isinstance(each, Batch) else str(each)
            for each in parse_in_blocks(artifacts, telemparse.ParseOptions(), size)
        ]

    assert told(block_bytes) == told(1 << 20)


def test_a_file_cut_anywhere_keeps_whole_laps_and_says_where_it_ends():
    data = TEXT.encode()
    whole = {len(data), len(data) - 1}
    for size in range(data.index(b"\n") + 1 + len(LAPS[0]), len(data) + 1):
        result = session(data[:size])
        at_line_end = data[size - 1 : size] == b"\n" or data[size : size + 1] == b"\n"
        cut = [issue for issue in result.warnings if issue.code == "ARTIFACT_TRUNCATED"]
        assert bool(cut) is not (size in whole or at_line_end), size
        assert all(issue.locus.offset == data.rindex(b"\n", 0, size) + 1 for issue in cut)
        assert times(result) == [70.49, 68.91, 68.49][: len(times(result))]
        # A lap whose time is closed by its semicolon is whole, whatever is missing of its sectors.
        closed = [
            line for line in data[:size].decode("utf-8", "ignore").split("\n")[1:] if line.count(";") > 3
        ]
        assert len(times(result)) == len(closed)


def test_lines_that_are_no_laps_are_counted_with_their_places():
    odd = "05/05/2025;00:01:55;4;01:99.00;00:14.89;\nhello\n"
    result = session(TEXT.replace(LAPS[1] + "\n", LAPS[1] + "\n" + odd))
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"], issue.evidence["loci"]) == (
        "ROWS_SKIPPED", 2, ["session.txt, line 4", "session.txt, line 5"],
    )  # fmt: skip
    assert len(times(result)) == 3


def test_a_lap_that_stands_twice_counts_once():
    result = session(TEXT + LAPS[0] + "\n")
    assert result.warnings[0].evidence["reasons"] == {"repeats a lap": 1}
    assert len(times(result)) == 3


def test_sectors_and_stamps_that_are_impossible_are_counted_and_the_lap_is_kept():
    result = session(TEXT.replace("00:15.13", "00:7x.13").replace("05/05/2025", "35/05/2025"))
    assert times(result) == [70.49, 68.91, 68.49]
    assert {issue.evidence["column"] for issue in result.warnings} == {"sector", "date and time"}
    assert result.streams["sectors"].num_rows == 5
    assert result.streams["events"].num_rows == 2


@pytest.mark.parametrize("year", ["9999", "0001", "1979", "2262"])
def test_a_year_that_no_receiver_names_is_no_instant(year):
    result = session(TEXT.replace("04/05/2025", f"04/05/{year}"))
    assert (len(times(result)), codes(result)) == (3, ["VALUE_OUT_OF_RANGE"])
    assert result.streams["events"]["value"].to_pylist() == [3.0]


def test_what_the_device_has_no_time_for_is_no_lap_and_no_damage():
    text = TEXT.replace("01:08.91", "no valid time   ").replace("00:14.89", "no valid time   ")
    result = session(text.replace("01:10.49", "00:00.00"))
    assert times(result) == [68.49]
    assert result.metadata["laps_left_out"] == {"no lap time": 1, "no possible lap time": 1}
    assert [each["sector_index"] for each in result.streams["sectors"].to_pylist()] == [1]
    assert codes(result) == []


def test_a_hundred_hundredths_are_a_second():
    assert times(session(TEXT.replace("01:08.91", "01:08.100"))) == [70.49, 69.0, 68.49]


def test_another_start_line_or_a_number_that_falls_begins_a_stint():
    again = "05/05/2025;01:00:00;1;01:05.00;00:15.00;00:50.00;\n05/05/2025;01:01:00;1;01:04.00;00:15.00;\n"
    result = session(TEXT + HEAD + "\n" + again)
    assert result.streams["laps"]["stint_index"].to_pylist() == [0, 0, 0, 1, 2]


def test_a_start_line_alone_has_no_laps_and_that_is_an_error():
    result = session(HEAD + "\n")
    assert (list(result.streams), codes(result)) == ([], ["NO_STREAMS"])


@pytest.mark.parametrize(("text", "rung"), [
    (TEXT, Rung.MARKER),
    (HEAD + "\n", Rung.SHAPE),
    ("\n".join(LAPS), Rung.SHAPE),
    ("x;y\n" + "\n".join(LAPS[:2]), Rung.SHAPE),
    (LAPS[0], None),
    ("04/05/2025;10:00:00;48.5;2.5\n" * 3, None),
    ("", None),
    ("\x01\x02\x03", None),
])  # fmt: skip
def test_a_session_is_told_by_its_lines(text, rung):
    found = recognised(text.encode())
    assert (None if found is None else found.rung) is rung


def test_streams_that_are_not_asked_for_are_not_given():
    assert list(session(TEXT, streams=("laps",)).streams) == ["laps"]


def test_columns_named_by_the_user_are_read_as_the_user_says():
    result = session(TEXT, columns={0: "date:dmy", 1: "time", 2: "lap", 3: "lap_time"})
    assert "laps" not in result.streams
    assert result.streams["channels.main"].num_rows == 3


def test_the_example_is_a_session_whose_lines_end_when_their_laps_do():
    result = session(EXAMPLES["mychronogps-session.txt"])
    first, second = result.streams["events"]["t"].to_pylist()
    assert (second - first) <= dt.timedelta(seconds=69)
    assert times(result) == [70.49, 68.91]
