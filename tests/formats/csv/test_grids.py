"""Grids of several sources: repeated names, the receiver's own epochs, cells of a header, rows as a clock."""

from __future__ import annotations

import pytest

import telemparse
from telemparse.extension.csv_dialect import CsvDialect, EpochRule
from telemparse.formats.csv.headers import read_barred
from telemparse.formats.csv.layout import read_layout
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.formats.csv.recognition import demand, fitting, taught, which_dialect
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch

UNION = CsvDialect(
    name="union",
    header={"clk", "lat", "lon", "speed"},
    sources=("gps", "calc", "obd"),
    columns={
        "clk": "t:s", "lat": "lat_deg", "lon": "lon_deg", "speed@gps": "speed:m/s", "speed@calc": "",
        "speed@obd": "vehiclespeed:km/h",
    },
    epochs=EpochRule(rate="rate@gps"),
)  # fmt: skip
FIFTHS = {0, 200, 400, 600, 800}
HEAD = (
    "clk,lat,lon,speed,rate,speed,speed,rate\n"
    "s,deg,deg,m/s,Hz,m/s,km/h,Hz\n"
    ",1: gps,1: gps,1: gps,1: gps,calc,2: obd,calc\n"
)


def parse(data, spoken, **options):
    with taught(spoken):
        return telemparse.parse(
            {"log.csv": data}, telemparse.ParseOptions(parser="csv", **options), on_error="return"
        )


def union(rows):
    lines = [f"{1746352800 + s:.3f},{48 + s * 1e-4:.7f},11.5,{20 + s},{rate},9.5,72,25" for s, rate in rows]
    return (HEAD + "\n".join(lines) + "\n").encode()


def test_names_that_repeat_are_told_apart_by_the_row_of_sources():
    result = parse(union([(i / 10, "5.0") for i in range(20)]), UNION)
    channels = result.streams["channels.main"]
    assert channels["speed_mps"].to_pylist() == [20.0] * 20
    assert channels["speed_calc"].to_pylist() == [9.5] * 20
    assert {"rate_gps", "rate_calc"} <= set(channels.column_names)
    assert result.metadata["columns"]["speed@gps"] == "speed_mps from m/s"
    assert channels.schema.field("speed_calc").metadata[b"source_name"] == b"speed@calc"


def test_a_user_names_a_column_with_its_source():
    data = union([(i / 10, "5.0") for i in range(20)])
    result = parse(data, UNION, columns={"speed@calc": "speed:m/s"})
    assert set(result.streams["gnss_pvt"]["speed_mps"].to_pylist()) == {9.5}


@pytest.mark.parametrize(("rate", "millis"), [
    ("5.0", FIFTHS), ("4.9", FIFTHS), ("1.0", {0}), ("", FIFTHS), ("-3", FIFTHS), ("0.2", {0}),
    ("1e300", set(range(0, 1000, 50))),
])  # fmt: skip
def test_epochs_lie_at_multiples_of_the_receivers_period(rate, millis):
    rows = [(i / 20, "5.0") for i in range(61)] + [(3 + i / 20, rate) for i in range(20)]
    table = parse(union(rows), UNION).streams["gnss_pvt"]
    late = [t for t in table["t"].cast("int64").to_pylist() if t >= (1746352800 + 3) * 10**9]
    assert {t // 10**6 % 1000 for t in late} == millis
    assert len(late) == len(set(late))


def test_a_file_without_any_rate_has_an_epoch_a_second():
    table = parse(union([(i / 20, "") for i in range(61)]), UNION).streams["gnss_pvt"]
    assert table.num_rows == 4


CHANGING = CsvDialect(
    name="changing",
    header={"clk", "lat", "lon", "kmh"},
    columns={"clk": "t:s", "lat": "lat_deg", "lon": "lon_deg", "kmh": "speed:km/h"},
    epochs=EpochRule(changes_of=("lat", "lon", "kmh", "gone")),
)


def changing(cells):
    rows = [f"{1746352800 + i}.0,{lat},{lon},{kmh}" for i, (lat, lon, kmh) in enumerate(cells)]
    return ("clk,lat,lon,kmh\n" + "\n".join(rows) + "\n").encode()


CELLS = [
    ("48.1", "11.5", "50"), ("48.1", "11.5", "50"), ("48.1", "11.5", "51"), ("", "", ""),
    ("48.1", "11.5", "51"), ("48.2", "11.5", "51"), ("48.2", "11.5", "x"),
    ("48.2", "11.6", "51"), ("48.2", "11.6", "51"),
]  # fmt: skip


def test_a_row_that_repeats_the_last_fix_is_none():
    table = parse(changing(CELLS), CHANGING).streams["gnss_pvt"]
    assert [t.second for t in table["t"].to_pylist()] == [0, 2, 5, 7]


@pytest.mark.parametrize("size", [30, 70, 500])
@pytest.mark.parametrize(("spoken", "data"), [
    (CHANGING, changing(CELLS * 9)), (UNION, union([(i // 2 / 20, ["5.0", ""][i % 2]) for i in range(300)])),
], ids=["changes", "rate"])  # fmt: skip
def test_the_size_of_blocks_changes_no_epoch(spoken, data, size):
    def told(block_bytes):
        with taught(spoken):
            messages = parse_in_blocks(
                ArtifactSet.of({"log.csv": data}), telemparse.ParseOptions(), block_bytes
            )
            return [
                row
                for message in messages
                if isinstance(message, Batch) and message.stream == "gnss_pvt"
                for row in message.data.to_pylist()
            ]

    assert told(size) == told(1 << 22)


def test_cells_of_a_header_hold_unit_and_rate():
    cells = ['#"Batt"|"Volts"|1', 'Speed|"MPH"|0.0|150.0|10', '"Lat"|""|-1|1|2.5']
    found = read_barred(cells)
    assert (found.names, found.units, found.rates) == (
        ("Batt", "Speed", "Lat"),
        ("Volts", "MPH", ""),
        (1, 10, 2.5),
    )
    assert read_barred([*cells, "Lon"]) is None
    assert read_barred([]) is None
    assert read_barred(["a|b|c"]) is None


BARRED = CsvDialect(name="barred", header_cells="barred", header={"Rev"}, columns={"Rev": "rpm"})


def rows_of(result):
    return result.streams["channels.main"]["t"].cast("int64").to_pylist()


def test_rows_without_a_time_count_at_the_highest_rate_of_the_header():
    data = b'"Rev"|"rpm"|8,"Volt"|"V"|2\n' + b"3000,12.5\n" * 6
    result = parse(data, BARRED)
    assert rows_of(result) == [number * 125_000_000 for number in range(6)]
    assert result.streams["channels.main"].schema.metadata[b"time_base"] == b"index"
    assert result.metadata["clock"]["is"] == "number of the row at 8 Hz"


@pytest.mark.parametrize("size", [25, 1 << 20])
def test_a_row_that_cannot_be_read_keeps_its_number(size):
    data = (
        b'"Rev"|"rpm"|8,"Volt"|"V"|2\n'
        + b"3000,12.5\n" * 3
        + b"torn\n# said\n"
        + b"3000,12.5\n" * 3
        + b"1,2,3\n1,2\n"
    )
    with taught(BARRED):
        messages = list(parse_in_blocks(ArtifactSet.of({"log.csv": data}), telemparse.ParseOptions(), size))
    numbers = [
        t // 125_000_000
        for message in messages
        if isinstance(message, Batch)
        for t in message.data["t"].cast("int64").to_pylist()
    ]
    assert numbers == [0, 1, 2, 4, 5, 6, 8]


def test_a_declared_rate_may_be_broken():
    spoken = CsvDialect(name="counted", header={"Rev", "Volt"}, columns={"Rev": "rpm"}, rate_hz=0.3)
    result = parse(b"Rev,Volt\n1,2\n1,2\n1,2\n", spoken)
    assert rows_of(result) == [0, 3_333_333_333, 6_666_666_667]


def test_a_plain_header_is_not_barred():
    layout = read_layout(b"Rev,Volt\n1,2\n1,2\n", whole=True)
    assert layout.rates == ()
    assert which_dialect(layout, [BARRED]).name == "generic"


def test_where_any_part_is_enough_the_least_is_asked_for():
    either = CsvDialect(name="either", match="any", preamble=["Made by us"], header={"Rev", "Volt"})
    both = CsvDialect(name="both", preamble=["Made by us"], header={"Rev", "Volt"})
    head = b"Made by us\n\nRev,Volt\n1,2\n1,2\n"
    assert [each.name for each in fitting(read_layout(head, whole=True), [either, both])] == [
        "both",
        "either",
    ]
    for data in (b"Rev,Volt\n1,2\n1,2\n", b"Made by us\n\na,b\n1,2\n1,2\n"):
        assert [each.name for each in fitting(read_layout(data, whole=True), [either, both])] == ["either"]
    assert (demand(either), demand(both)) == (1, 3)


def test_a_resampled_grid_is_flagged_in_every_row():
    spoken = CsvDialect(
        name="smooth", header={"clk", "lat"}, columns={"clk": "t:s"}, grid="resampled", altitude="ellipsoid"
    )
    table = parse(b"clk,lat,lon\n1746352800,48,11\n1746352801,48.1,11\n", spoken).streams["gnss_pvt"]
    assert table["quality_flags"].to_pylist() == [257, 257]


@pytest.mark.parametrize("clk", ["1746352800", "2025-05-04T10:00:00", "10:00:00", "100000", "x"])
def test_a_rule_may_look_at_a_column_of_the_clock(clk):
    rule = EpochRule(changes_of=("clk", "lat"))
    spoken = CsvDialect(name="clocked", header={"clk", "lat", "lon"}, columns={"clk": "t:s"}, epochs=rule)
    result = parse(
        f"clk,lat,lon\n{clk},48,11\n{clk},48,11\n{clk},49,11\n".encode(), spoken, columns={"clk": "time"}
    )
    codes = {issue.code for issue in result.errors}
    assert codes == ({"CSV_NO_TIME_COLUMN"} if clk == "x" else set())
    assert clk == "x" or result.streams["gnss_pvt"].num_rows == 2
