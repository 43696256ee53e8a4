"""SpeedAngle files: lines on the ground, crossings, laps and sectors in blocks above bare rows."""

from __future__ import annotations

import pytest

import telemparse
from telemparse.errors import CallError
from telemparse.extension.csv_dialect import CsvDialect, LapRule, Start
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.formats.csv.recognition import taught
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.gates import GateKind
from telemparse.model.messages import Batch

FILE = EXAMPLES["speedangle.sa"].decode().replace("\r\n", "\n")
TIMER = FILE[FILE.index("<timer") : FILE.index("<trace")]
ROWS = FILE[FILE.index("<trace") :]
START_S = 1_746_352_800  # 2025-05-04T10:00:00Z
ZERO_S = START_S + 0.1  # of the timer, in the second row


def parse(text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return telemparse.parse({"log.sa": data}, telemparse.ParseOptions(**options), on_error="return")


def timed(crossings):
    """Return the file with these crossings, as (line, time)."""
    lines = "".join(f"#{line},{time}\n0,0,0,0,0,0\n" for line, time in crossings)
    return FILE.replace(TIMER, f"<timer #unit=KM/h>\n{lines}</timer>\n")


def laps(result):
    """Return (start, end, seconds, validity) of each lap, since the second row."""
    table = result.streams.get("laps")
    return [] if table is None else [
        (round(lap["t_start"].timestamp() - ZERO_S, 3), round(lap["t_end"].timestamp() - ZERO_S, 3),
         lap["duration_ns"] / 1e9, lap["validity"])
        for lap in table.to_pylist()
    ]  # fmt: skip


def sectors(result):
    """Return (lap, index, seconds) of each sector."""
    table = result.streams.get("sectors")
    return [] if table is None else [
        (each["lap_number"], each["sector_index"], each["duration_ns"] / 1e9) for each in table.to_pylist()
    ]  # fmt: skip


def codes(result):
    return sorted({issue.code for issue in (*result.errors, *result.warnings)})


LOCAL = ["TIME_ZONE_ASSUMED_UTC"]


def test_laps_lie_between_crossings_of_the_finish_and_sectors_between_lines():
    result = parse(FILE)
    assert laps(result) == [(0.0, 0.55, 0.55, "OUTLAP"), (0.55, 2.335, 1.785, "VALID")]
    assert sectors(result) == [(2, 0, 0.9), (2, 1, 0.885)]
    assert result.metadata["laps_left_out"] == {"the file ends within the lap": 1}
    assert codes(result) == LOCAL


def test_crossings_are_events_at_their_own_instants():
    events = parse(FILE, timezone="UTC").streams["events"].to_pylist()
    assert [(round(each["t"].timestamp() - ZERO_S, 3), each["event_type"]) for each in events] == [
        (0.55, "lap_beacon"), (1.45, "sector_beacon"), (2.335, "lap_beacon"), (3.075, "sector_beacon"),
    ]  # fmt: skip


def test_rows_are_a_tenth_of_a_second_apart_from_the_start_that_the_file_names():
    result = parse(FILE, timezone="Europe/Berlin")
    t_ns = result.streams["gnss_pvt"]["t"].cast("int64").to_pylist()
    assert t_ns == [(START_S - 7200) * 10**9 + row * 10**8 for row in range(40)]
    assert (
        result.metadata["clock"]["is"]
        == "number of the row at 10 Hz since the #D of the preamble, in Europe/Berlin"
    )
    assert codes(result) == []


def test_a_row_that_cannot_be_read_keeps_its_tenth():
    lines = FILE.split("\n")
    top = lines.index("<trace #pt=40>") + 1
    lines[top + 3] = lines[top + 3].rpartition(",")[0]
    result = parse("\n".join(lines), timezone="UTC")
    t_ns = result.streams["gnss_pvt"]["t"].cast("int64").to_pylist()
    assert [(t // 10**8) % 100 for t in t_ns] == [0, 1, 2, *range(4, 40)]
    assert codes(result) == ["ROWS_SKIPPED"]


def test_without_a_start_rows_are_counted_and_laps_count_from_the_first():
    result = parse(FILE.replace("#D=05-04-2025 10:00:00=", "#D=yesterday="))
    assert result.streams["laps"].schema.metadata[b"time_base"] == b"index"
    assert [lap["t_end"].timestamp() for lap in result.streams["laps"].to_pylist()] == [0.65, 2.435]
    assert codes(result) == ["TIME_RELATIVE"]


@pytest.mark.parametrize(("unit", "scale", "expected"), [
    ("KM/h", 1 / 3.6, LOCAL), ("MILE/h", 0.44704, LOCAL), ("furlongs", 1 / 3.6, [*LOCAL, "UNIT_ASSUMED"]),
])  # fmt: skip
def test_speeds_are_in_the_unit_that_the_timer_names(unit, scale, expected):
    text = FILE.replace("KM/h", unit)
    result = parse(text)
    shown = [float(line.split(",")[6]) for line in ROWS.split("\n")[1:41]]
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == pytest.approx([s * scale for s in shown])
    assert codes(result) == expected


def test_gates_are_the_ends_of_their_lines_and_the_last_is_the_finish():
    sector, finish = parse(FILE).metadata["gates"]
    written = [line for line in FILE.split("\n") if line[:2] in ("1,", "2,")]
    assert (sector.kind, finish.kind) == (GateKind.SECTOR, GateKind.START_FINISH)
    for gate, line in zip((sector, finish), written, strict=True):
        ends = [float(word) for word in line.split(",")[1:]]
        assert [gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg] == ends


def test_coordinates_in_the_other_order_are_told_by_the_trace():
    lines = [
        f"{number},{lon1},{lat1},{lon2},{lat2}"
        for number, lat1, lon1, lat2, lon2 in (
            line.split(",") for line in FILE.split("\n") if line[:2] in ("1,", "2,")
        )
    ]
    block = FILE[FILE.index("<trackplan") : FILE.index("</trackplan>")]
    turned = parse(FILE.replace(block, "\n".join(["<trackplan #sectors=2>", *lines, ""])))
    plain = parse(FILE)
    ends = ("lat1_deg", "lon1_deg", "lat2_deg", "lon2_deg")
    told = [
        [getattr(gate, end) for gate in each.metadata["gates"] for end in ends] for each in (plain, turned)
    ]
    assert told[0] == told[1]


def test_a_gate_elsewhere_is_stale_and_the_others_stay():
    first = next(line for line in FILE.split("\n") if line.startswith("1,"))
    result = parse(FILE.replace(first, "1,48.1,11.5,48.1001,11.5001"))
    assert [gate.name for gate in result.metadata["gates"]] == ["finish"]
    (stale,) = [issue for issue in result.warnings if issue.code == "GATE_STALE"]
    assert stale.evidence["gate"] == "sector 1"
    assert stale.evidence["distance_km"] > 5000
    assert "48.1" not in str(stale.evidence)


def test_gates_are_not_told_where_no_position_is_read():
    assert "gates" not in parse(FILE, streams=("laps",)).metadata


def test_lines_of_blocks_that_say_nothing_are_counted_with_their_places():
    text = FILE.replace("1,-21", "1,x-21").replace("#1,0:1.450", "#1,0:1.4z0")
    result = parse(text)
    (issue,) = [issue for issue in result.warnings if issue.code == "ROWS_SKIPPED"]
    assert issue.evidence["reasons"] == {"no gate": 1, "no crossing": 1}
    assert issue.evidence["loci"] == ["log.sa, line 11", "log.sa, line 17"]
    # Without its first line the lap is timed all the same, and its sectors are not.
    assert laps(result)[1][2] == 1.785
    assert sectors(result) == []


@pytest.mark.parametrize(("crossings", "lap_times", "sector_times"), [
    ([], [], []),
    ([("1", "0:1.000")], [], []),
    ([("2", "0:0.000"), ("1", "0:1.000"), ("2", "0:2.500")], [2.5], [(1, 0, 1.0), (1, 1, 1.5)]),
    ([("2", "0:0.500"), ("2", "0:2.000")], [0.5, 1.5], []),
    ([("2", "0:0.500"), ("1", "0:0.900"), ("1", "0:1.000"), ("2", "0:2.000")],
     [0.5, 1.5], [(2, 0, 0.4), (2, 1, 1.0)]),
    ([("2", "0:0.500"), ("1", "0:0.400"), ("0", "0:0.600"), ("2", "1:00:02.000")], [0.5, 3601.5], []),
])  # fmt: skip
def test_a_sector_needs_the_line_before_it(crossings, lap_times, sector_times):
    result = parse(timed(crossings))
    assert [lap[2] for lap in laps(result)] == lap_times
    assert sectors(result) == sector_times


def test_crossings_that_go_back_are_left_out_and_counted():
    result = parse(timed([("2", "0:0.500"), ("1", "0:0.400"), ("2", "0:2.000")]))
    assert result.metadata["laps_left_out"] == {"no possible crossing": 1}


def test_without_gates_the_highest_line_is_the_finish():
    start, end = FILE.index("<trackplan"), FILE.index("<timer")
    result = parse(FILE[:start] + FILE[end:])
    assert [lap[2] for lap in laps(result)] == [0.55, 1.785]
    assert "gates" not in result.metadata


def test_a_tag_that_says_nothing_leaves_the_finish_to_the_highest_gate():
    result = parse(FILE.replace(" #sectors=2", " #sectors=many"))
    assert [gate.kind for gate in result.metadata["gates"]] == [GateKind.SECTOR, GateKind.START_FINISH]


def test_one_line_has_laps_and_no_sectors():
    result = parse(FILE.replace("1,-21", "3,-21").replace("#sectors=2", "#sectors=1").replace("#2,", "#1,"))
    assert laps(result)
    assert sectors(result) == []


def test_the_row_of_a_crossing_shows_its_line():
    table = parse(FILE).streams["channels.main"]
    shown = {row: word for row, word in enumerate(table["crossing"].to_pylist()) if word != "0"}
    assert shown == {5: "F", 14: "1", 23: "F", 30: "1"}
    assert table.column_names == [
        "t", "lean", "lean_smoothed", "accel", "accel_smoothed", "figure_8", "figure_10", "crossing",
    ]  # fmt: skip


@pytest.mark.parametrize("blank", ["\x1c", "\x1f", "\x85", "\xa0"])
def test_odd_blanks_around_a_number_hide_no_vendor(blank):
    assert parse(FILE.replace(",-80,11", f",-80{blank},11", 1)).metadata["dialect"] == "speedangle"


def test_a_single_row_below_the_blocks_is_known():
    lines = FILE.split("\n")
    top = lines.index("<trace #pt=40>") + 1
    result = parse("\n".join(lines[: top + 1]) + "\n")
    assert (result.metadata["dialect"], result.streams["gnss_pvt"].num_rows) == ("speedangle", 1)
    assert len(laps(result)) == 2


@pytest.mark.parametrize("size", [-3, -12, -60, -700])
def test_a_file_cut_in_a_row_or_in_its_last_tag_keeps_what_stood_before(size):
    data = FILE.rstrip("\n").encode()[:size]
    result = parse(data)
    assert set(codes(result)) <= {*LOCAL, "ARTIFACT_TRUNCATED"}
    assert result.streams["gnss_pvt"].num_rows == data[data.index(b"<trace") :].count(b"\n") - 1 + (
        data.rsplit(b"\n", 1)[1].count(b",") == 10
    )


@pytest.mark.parametrize("block_bytes", [300, 1000])
def test_small_blocks_tell_the_same(block_bytes):
    def told(size):
        tables, others = {}, []
        artifacts = ArtifactSet.of({"log.sa": FILE.encode()})
        for each in parse_in_blocks(artifacts, telemparse.ParseOptions(), size):
            if isinstance(each, Batch):
                tables.setdefault(each.stream, []).extend(each.data.to_pylist())
            else:
                others.append(str(each))
        return tables, others

    assert told(block_bytes) == told(1 << 20)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings_change_nothing(encoding):
    assert laps(parse(FILE.replace("#N= ", "#N=É").encode(encoding))) == laps(parse(FILE))


# ---- the rules, for other vendors

NAMED = {"Lat", "Lon", "Sec"}


def test_a_phrase_above_the_rows_changes_columns():
    vendor = CsvDialect(
        name="vendor",
        header=NAMED,
        columns={"Sec": "t:s", "V": "speed:km/h"},
        variants={"Units: imperial": {"V": "speed:mph"}, "Names: long": {"Note": ":ft"}},
    )
    rows = "Lat,Lon,Sec,V\n" + "".join(f"1.0,{2 + i / 1000},{i}.0,100\n" for i in range(9))
    with taught(vendor):
        speeds = [
            telemparse.parse({"x.csv": (head + rows).encode()}).streams["gnss_pvt"]["speed_mps"][0].as_py()
            for head in ("Units: imperial\n", "Units: metric\n")
        ]
    assert speeds == pytest.approx([44.704, 100 / 3.6])


def test_words_of_a_channel_are_kept_as_they_are_written():
    vendor = CsvDialect(name="vendor", header=NAMED, columns={"Sec": "t:s", "Gear": "gear_word:words"})
    rows = "Lat,Lon,Sec,Gear\n" + "".join(f"1.0,2.0,{i}.0,{'N' if i == 4 else i % 6}\n" for i in range(9))
    with taught(vendor):
        channels = telemparse.parse({"x.csv": rows.encode()}).streams["channels.main"]
    assert channels["gear_word"].to_pylist() == ["0", "1", "2", "3", "N", "5", "0", "1", "2"]


@pytest.mark.parametrize("make", [
    Start,
    lambda: Start(date="Date"),
    lambda: Start(date="Date", time="Time", stamp="At"),
    lambda: Start(stamp=" "),
    lambda: LapRule(crossings="timer", number="Lap"),
    lambda: LapRule(number="Lap", zero_s=0.1),
    lambda: LapRule(crossings="timer", zero_s=float("nan")),
    lambda: CsvDialect(name="x", header=NAMED, variants={"": {"V": "speed:mph"}}),
    lambda: CsvDialect(name="x", header=NAMED, variants={"A": {"V": "speed:knts"}}),
    lambda: CsvDialect(name="x", header=NAMED, variants={"A": "speed:mph"}),
    lambda: CsvDialect(name="x", header=NAMED, variants={"A": {7: "speed:mph"}}),
    lambda: CsvDialect(name="x", header=NAMED, columns={"V": "gear:words?"}),
])  # fmt: skip
def test_slips_of_a_declaration_are_told_where_they_are_made(make):
    with pytest.raises(CallError):
        make()
