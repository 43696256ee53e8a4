"""Real recordings of lap timers and of RTKLIB against little readers written out by hand."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby, pairwise

import attrs
import numpy as np
import pytest

import telemparse
from corpus.crossing import crossed_s

MPH, G = 0.44704, 9.80665
NS_PER_S = 10**9


def ns(moment):
    """Return an ISO text of UTC in ns."""
    found = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return round(Decimal(str(found.replace(microsecond=0).timestamp()))) * NS_PER_S + found.microsecond * 1000


def lines_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def instants(table, name="t"):
    return table[name].cast("int64").to_pylist()


def close(table, name, expected, rel=1e-6, atol=1e-9):
    np.testing.assert_allclose(table[name].to_numpy(), expected, rtol=rel, atol=atol, err_msg=name)


def durations(result):
    """Return the laps as (the device's number, seconds, validity)."""
    laps = result.streams["laps"].to_pylist()
    return [(lap["device_lap"], lap["duration_ns"] / NS_PER_S, lap["validity"]) for lap in laps]


@attrs.frozen
class Known:
    """What was read by eye.

    Args:
        file, dialect: the recording.
        fixes: rows of gnss_pvt.
        rows: of the channels.
        first, last: instants of the channels.
        laps: of the device.
        total_s: sum of their times.
    """

    file: str
    dialect: str
    fixes: int
    rows: int
    first: str
    last: str
    laps: int
    total_s: float


KNOWN = (
    Known(
        "racechrono-csv/tianma-lap9-v3.csv", "racechrono_v3", 2108, 3850,
        "2025-12-31T03:13:17.440", "2025-12-31T03:14:41.720", 1, 76.329,
    ),
    Known(
        "racechrono-csv/tianma-lap13-v3.csv", "racechrono_v3", 2098, 6488,
        "2025-12-31T03:19:58.443", "2025-12-31T03:21:22.370", 1, 75.934,
    ),
    Known(
        "racechrono-csv/auckland-data-logging-v3.csv", "racechrono_v3", 20, 1958,
        "2026-02-09T19:20:02.050", "2026-02-09T19:20:22", 0, 0.0,
    ),
    Known(
        "harrys-csv/chuckwalla-20170318-laps.csv", "harrys", 3517, 3671,
        "2017-03-18T15:42:55.290", "2017-03-18T22:56:04.620", 26, 3453.67,
    ),
    # Eight rows are stamped a day and a half early by the app itself.
    Known(
        "harrys-csv/willow-springs-20161126-laps.csv", "harrys", 6587, 6767,
        "2016-11-26T07:45:35", "2016-11-28T00:20:25.650", 63, 6486.51,
    ),
    Known(
        "trackaddict-csv/stc-lausitz-laps.csv", "trackaddict", 1164, 25198,
        "2019-06-05T11:28:31", "2019-06-05T11:49:16.587", 5, 1180.831,
    ),
    Known(
        "racecapture/sonoma-laps.log", "racecapture", 9946, 34208,
        "2015-04-22T23:01:48.107", "2015-04-22T23:20:56.575", 7, 893.904,
    ),
    Known(
        "racecapture/mk1-predictive-test-lap.log", "racecapture", 11159, 33491,
        "1970-01-01T00:00:00", "1970-01-01T00:18:36.333333", 4, 1073.16,
    ),
    Known(
        "aim-csv/racestudio3-fsae-217-headerless.csv", "aim_rs3", 1100, 1100,
        "1970-01-01T00:00:00", "1970-01-01T00:00:54.950", 0, 0.0,
    ),
    Known(
        "aim-csv/racestudio3-fsae-219.csv", "aim_rs3", 1220, 1220,
        "2025-10-18T13:12:00", "2025-10-18T13:13:00.950", 0, 0.0,
    ),
    Known(
        "aim-csv/racestudio3-mychron-kart-laps.csv", "aim_rs3", 503, 503,
        "2024-12-15T13:34:00", "2024-12-15T13:34:25.100", 10, 535.996,
    ),
    Known(
        "motec-csv/gran-turismo-60hz-20230404-laps.csv", "motec_i2", 0, 11700,
        "2023-04-04T13:16:25", "2023-04-04T13:19:39.983", 1, 165.843,
    ),
    Known(
        "dovex/okc-tillotson-kart-laps.dovex", "dovex", 22691, 22691,
        "2026-04-04T16:14:20.240", "2026-04-04T16:29:30.600", 13, 732.479,
    ),
    Known(
        "speedangle/grattan-bike.sa", "speedangle", 6080, 6080,
        "2020-08-30T14:01:51", "2020-08-30T14:11:58.900", 6, 511.873,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def parsed(corpus):
    """Return the parse of a recording, each read once."""
    results = {}

    def parse(file):
        if file not in results:
            results[file] = telemparse.parse(corpus / file)
        return results[file]

    return parse


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.file)
def test_rows_instants_and_laps_are_those_read_by_eye(parsed, known):
    result = parsed(known.file)
    assert (result.provenance.parser_id, result.metadata["dialect"]) == ("csv", known.dialect)
    fixes, channels = result.streams.get("gnss_pvt"), result.streams["channels.main"]
    assert (0 if fixes is None else fixes.num_rows, channels.num_rows) == (known.fixes, known.rows)
    first, *_others, last = instants(channels)
    assert first == ns(known.first)
    assert last // 1000 == ns(known.last) // 1000
    spans = [seconds for _lap, seconds, _validity in durations(result)] if known.laps else []
    assert len(spans) == known.laps
    assert sum(spans) == pytest.approx(known.total_s, abs=1e-6)
    assert result.capabilities.has_device_laps is (known.laps > 0)
    assert not result.errors


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.file)
def test_the_classifier_is_sure_of_every_lap_timer(corpus, known):
    winner = telemparse.detect(corpus / known.file).winner
    assert winner is not None
    assert (winner.parser_id, winner.score) == ("csv", 0.8)


@pytest.mark.parametrize(("file", "lap", "before"), [
    ("racechrono-csv/tianma-lap9-v3.csv", 9, 1767150801_425),
    ("racechrono-csv/tianma-lap13-v3.csv", 13, 1767151202_441),
])  # fmt: skip
def test_racechrono_epochs_are_the_receivers_own_and_laps_begin_at_their_rows(
    corpus, parsed, file, lap, before
):
    lines = lines_of(corpus / file)
    top = next(place for place, line in enumerate(lines) if line[:1] == ["timestamp"])
    names, _units, sources = lines[top : top + 3]
    rows = lines[top + 3 :]
    told = zip(names, (source.rpartition(": ")[2] for source in sources), strict=True)
    mine = {column: place for place, column in enumerate(told)}
    speed, bearing, obd = mine["speed", "gps"], mine["bearing", "gps"], mine["speed", "obd"]
    # 25 Hz of whole milliseconds: rows at multiples of 40 ms, each instant once.
    epochs = {}
    for row in rows:
        millis = int(Decimal(row[0]) * 1000)
        if millis % 40 == 0:
            epochs.setdefault(millis, row)
    result = parsed(file)
    table = result.streams["gnss_pvt"]
    assert [t // 10**6 for t in instants(table)] == list(epochs)
    close(table, "lat_deg", [float(row[names.index("latitude")]) for row in epochs.values()], rel=1e-15)
    close(table, "lon_deg", [float(row[names.index("longitude")]) for row in epochs.values()], rel=1e-15)
    close(table, "speed_mps", [float(row[speed]) for row in epochs.values()])
    # The bearing is held between epochs: it never changes but in one of them.
    changed = {int(Decimal(b[0]) * 1000) for a, b in pairwise(rows) if a[bearing] != b[bearing]}
    assert changed <= set(epochs)
    channels = result.streams["channels.main"]
    close(channels, "speed_mps", [float(row[obd]) for row in rows])
    assert {"speed_calc", "device_update_rate_calc", "accel_lat_mps2"} <= set(channels.column_names)
    # `elapsed_time` has the crossing finer than the stamp: the two agree to the millisecond.
    begins = [row for a, row in pairwise(rows) if a[2] != row[2]]
    exact = [float(row[3]) for row in begins]
    assert durations(result) == [(lap, pytest.approx(exact[1] - exact[0], abs=1.1e-3), "VALID")]
    assert instants(result.streams["laps"], "t_start") == [before * 10**6]
    assert sum(result.metadata["laps_left_out"].values()) == 2


def test_racechrono_at_one_hertz_has_twenty_epochs_among_two_thousand_rows(parsed):
    table = parsed("racechrono-csv/auckland-data-logging-v3.csv").streams["gnss_pvt"]
    assert np.diff(instants(table)).tolist() == [NS_PER_S] * 19
    assert [count == round(count) for count in table["sat_count"].to_pylist()] == [True] * 20


@pytest.mark.parametrize("file", [known.file for known in KNOWN if known.dialect == "harrys"])
def test_harrys_laps_are_the_last_time_lap_of_each(corpus, parsed, file):
    _banner, names, *rows = lines_of(corpus / file)
    index, at = names.index("LAPINDEX"), names.index("TIME_LAP")
    expected = [
        (int(lap), float(list(own)[-1][at]), "VALID")
        for lap, own in groupby(rows, key=lambda row: row[index])
    ]
    result = parsed(file)
    assert durations(result) == [(lap, pytest.approx(span, abs=1e-6), valid) for lap, span, valid in expected]
    laps = result.streams["laps"].to_pylist()
    # Where the next lap begins at the same instant the end is sure; the last one of a stint overruns its lap.
    sure = [a["t_end"] == b["t_start"] for a, b in pairwise(laps)]
    assert [lap["confidence"] == "HIGH" for lap in laps] == [*sure, False]
    assert laps[-1]["stint_index"] == sum(not each for each in sure)
    table = result.streams["gnss_pvt"]
    # A row that shows the instant and the place of the one before brings no fix.
    place = [names.index(name) for name in ("DATE", "TIME", "LATITUDE", "LONGITUDE")]
    own = [
        row
        for a, row in pairwise([[""] * len(names), *rows])
        if [a[i] for i in place] != [row[i] for i in place]
    ]
    own.sort(
        key=lambda row: datetime.strptime(f"{row[2]} {row[3]}", "%d-%b-%y %H:%M:%S.%f").replace(tzinfo=UTC)
    )
    close(table, "lat_deg", [float(row[5]) for row in own], rel=1e-15)
    close(table, "speed_mps", [float(row[7]) / 3.6 for row in own])
    assert [bool(flags & 16) for flags in table["quality_flags"].to_pylist()] == [
        row[13] == "3" for row in own
    ]


def test_trackaddict_fixes_are_those_marked_and_laps_those_in_comments(corpus, parsed):
    path = corpus / "trackaddict-csv/stc-lausitz-laps.csv"
    text = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in text if line[:1].isdigit()]
    fresh = [row for row in rows if row[5] == "1"]
    result = parsed("trackaddict-csv/stc-lausitz-laps.csv")
    table = result.streams["gnss_pvt"]
    assert instants(table) == [int(Decimal(row[1]) * NS_PER_S) for row in fresh]
    close(table, "lon_deg", [float(row[8]) for row in fresh], rel=1e-15)
    close(table, "speed_mps", [float(row[11]) / 3.6 for row in fresh])
    close(table, "hacc_m", [float(row[13]) for row in fresh])
    told = [
        found.groups() for line in text if (found := re.fullmatch(r"# Lap (\d+): (\d+):(\d+):([\d.]+)", line))
    ]
    expected = [(int(lap), 3600 * int(h) + 60 * int(m) + float(s)) for lap, h, m, s in told]
    assert durations(result) == [
        (lap, pytest.approx(span, abs=1e-9), "OUTLAP" if lap == 0 else "VALID") for lap, span in expected
    ]
    # Each lap is told at the fix that shows it: the `Lap` column rises in the next row.
    rises = [int(Decimal(b[1]) * NS_PER_S) for a, b in pairwise(rows) if a[2] != b[2]]
    assert instants(result.streams["laps"], "t_end") == rises
    kinds = result.streams["events"]["event_type"].to_pylist()
    assert (kinds.count("pit_in"), kinds.count("pit_out"), kinds.count("stop")) == (5, 4, 1)


def test_racecapture_laps_are_decimal_minutes_and_repeated_fixes_are_none(corpus, parsed):
    head, *lines = (corpus / "racecapture/sonoma-laps.log").read_text(encoding="utf-8").splitlines()
    names = re.findall(r'(?:^|,)"(\w+)"\|', head)
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines]
    result = parsed("racecapture/sonoma-laps.log")
    counted = [row for row in rows if row["LapCount"]]
    ends = [b for a, b in pairwise(counted) if a["LapCount"] != b["LapCount"]]
    assert durations(result) == [
        (int(row["LapCount"]), pytest.approx(60 * float(row["LapTime"]), abs=1e-6), "VALID") for row in ends
    ]
    # `Utc` steps back by up to 90 ms: the clock is the device's own count, with one offset.
    assert not result.warnings
    zero_ms = 1429742542065
    stamps, ticks = (np.array([int(row[name]) for row in rows]) for name in ("Utc", "Interval"))
    assert abs(np.median(stamps - ticks) - zero_ms) < 10  # of all rows; the parser's is of the head
    clock = result.metadata["clock"]
    assert clock["counter_zero"] == f"{np.datetime64(zero_ms, 'ms')}000000"
    assert (clock["rows"], clock["stamps_stepping_back"]) == (34208, int((np.diff(stamps) < 0).sum()))
    spread = stamps - ticks - zero_ms
    assert clock["stamps_less_counter_ms"] == {"low": spread.min(), "high": spread.max()}
    assert instants(result.streams["laps"], "t_end") == [
        (int(row["Interval"]) + zero_ms) * 10**6 for row in ends
    ]
    apart = np.diff([int(row["Interval"]) for row in ends]) / 1000
    np.testing.assert_allclose([span for _lap, span, _v in durations(result)][1:], apart, atol=0.15)
    channels = result.streams["channels.main"]
    assert channels["utc"].to_pylist() == stamps.tolist()
    assert instants(channels) == ((ticks + zero_ms) * 10**6).tolist()
    told = ("Latitude", "Longitude", "Speed", "Altitude")
    own = [
        b
        for a, b in pairwise([{}, *(row for row in rows if row["Latitude"])])
        if any(a.get(n) != b[n] for n in told)
    ]
    table = result.streams["gnss_pvt"]
    assert instants(table) == [(int(row["Interval"]) + zero_ms) * 10**6 for row in own]
    close(table, "lat_deg", [float(row["Latitude"]) for row in own], rel=1e-15)
    close(table, "speed_mps", [float(row["Speed"]) * MPH for row in own])
    assert set(table["fix_type"].to_pylist()) == {3}


def test_racecapture_without_a_time_counts_its_rows_at_the_rate_of_the_header(corpus, parsed):
    _head, *lines = (
        (corpus / "racecapture/mk1-predictive-test-lap.log").read_text(encoding="utf-8").splitlines()
    )
    rows = [line.split(",") for line in lines]
    result = parsed("racecapture/mk1-predictive-test-lap.log")
    channels = result.streams["channels.main"]
    assert channels.schema.metadata[b"time_base"] == b"index"
    assert instants(channels) == [number * NS_PER_S // 30 for number in range(len(rows))]
    counted = [row for row in rows if row[9]]
    ends = [b for a, b in pairwise(counted) if a[9] != b[9]]
    assert durations(result) == [
        (int(row[9]), pytest.approx(60 * float(row[10]), abs=1e-6), "VALID") for row in ends
    ]
    # The receiver's own time of day says the same of all laps but the first, which began before.
    of_day = [
        int(row[8][:-8]) * 3600 + int(row[8][-8:-6].lstrip("0") or 0) * 60 + float(row[8][-6:])
        for row in ends
    ]
    np.testing.assert_allclose(np.diff(of_day), [60 * float(row[10]) for row in ends[1:]], atol=0.5)
    sensors = [row for row in rows if all(row[1:4])]
    close(result.streams["imu_accel"], "az_mps2", [float(row[3]) * G for row in sensors])


def test_aim_positions_accuracies_and_the_grid_are_confessed(corpus, parsed):
    lines = lines_of(corpus / "aim-csv/racestudio3-fsae-219.csv")
    rows = [line for line in lines[17:] if line]
    table = parsed("aim-csv/racestudio3-fsae-219.csv").streams["gnss_pvt"]
    close(table, "lat_deg", [float(row[12]) for row in rows], rel=1e-15)
    close(table, "lon_deg", [float(row[13]) for row in rows], rel=1e-15)
    close(table, "speed_mps", [float(row[1]) / 3.6 for row in rows])
    close(table, "hacc_m", [float(row[9]) / 1000 for row in rows])
    close(table, "sacc_mps", [float(row[10]) / 3.6 for row in rows])
    assert set(table["quality_flags"].to_pylist()) == {1}
    bare = parsed("aim-csv/racestudio3-fsae-217-headerless.csv")
    own = lines_of(corpus / "aim-csv/racestudio3-fsae-217-headerless.csv")[1:]
    close(bare.streams["gnss_pvt"], "hacc_m", [float(row[9]) / 1000 for row in own])
    assumed = {issue.evidence["unit"] for issue in bare.warnings if issue.code == "UNIT_ASSUMED"}
    assert assumed == {"km/h", "m", "mm", "g"}


def test_aim_laps_lie_between_beacons_with_the_ways_to_and_from_the_line(corpus, parsed):
    lines = {
        line[0]: line[1:] for line in lines_of(corpus / "aim-csv/racestudio3-mychron-kart-laps.csv")[:13]
    }
    beacons = [0.0, *(float(cell) for cell in lines["Beacon Markers"] if cell)]
    stated = [60 * int(cell[:2]) + float(cell[3:]) for cell in lines["Segment Times"] if cell]
    result = parsed("aim-csv/racestudio3-mychron-kart-laps.csv")
    spans = [span for _lap, span, _validity in durations(result)]
    assert spans == pytest.approx([b - a for a, b in pairwise(beacons)], abs=1e-9)
    assert spans == pytest.approx(stated, abs=0.051)  # the segments are told to a tenth
    assert [validity for _l, _s, validity in durations(result)] == ["OUTLAP", *["VALID"] * 8, "INLAP"]
    events = result.streams["events"]
    start = instants(result.streams["channels.main"])[0]
    assert [t - start for t in instants(events)] == [round(b * 1000) * 10**6 for b in beacons[1:-1]]
    assert set(events["event_type"].to_pylist()) == {"lap_beacon"}


def test_motec_has_a_lap_between_two_beacons_of_one_cell(corpus, parsed):
    lines = lines_of(corpus / "motec-csv/gran-turismo-60hz-20230404-laps.csv")
    first, second = map(float, next(line[1] for line in lines if line[:1] == ["Beacon Markers"]).split())
    rows = [line for line in lines[18:] if line]
    result = parsed("motec-csv/gran-turismo-60hz-20230404-laps.csv")
    assert durations(result) == [(None, pytest.approx(second - first, abs=1e-9), "VALID")]
    channels = result.streams["channels.main"]
    close(channels, "speed_mps", [float(row[2]) / 3.6 for row in rows])
    close(channels, "accel_lat_mps2", [float(row[4]) * G for row in rows])
    close(channels, "rpm", [float(row[9]) for row in rows])
    close(channels, "wheel_speed_rl_mps", [float(row[12]) / 3.6 for row in rows])
    start = ns("2023-04-04T13:16:25")
    assert instants(channels) == [start + round(float(row[0]) * 1000) * 10**6 for row in rows]
    assert result.device_model == "ADL"


def test_dovex_laps_stand_in_milliseconds_above_the_padding(corpus, parsed):
    lines = (corpus / "dovex/okc-tillotson-kart-laps.dovex").read_text(encoding="utf-8").splitlines()
    stated = [int(cell) for cell in lines[lines.index("laps_ms") + 1].split(",")]
    rows = [line.split(",") for line in lines[lines.index("laps_ms") + 2 :] if line[:1].isdigit()]
    result = parsed("dovex/okc-tillotson-kart-laps.dovex")
    assert result.streams["laps"]["duration_ns"].to_pylist() == [lap * 10**6 for lap in stated]
    assert result.streams["laps"]["t_start"].null_count == len(stated)
    table = result.streams["gnss_pvt"]
    assert instants(table) == [int(row[0]) * 10**6 for row in rows]
    close(table, "lat_deg", [float(row[3]) for row in rows], rel=1e-15)
    close(table, "speed_mps", [float(row[5]) * MPH for row in rows])
    close(result.streams["imu_accel"], "ax_mps2", [float(row[10]) * G for row in rows])


def test_rtklib_solutions_are_utc_fixed_and_above_the_ellipsoid(corpus, parsed):
    file = "gnss-imu/drive-0708-rtk-solution.pos"
    rows = [line.split() for line in (corpus / file).read_text().splitlines() if line[:1] != "%"]
    result = parsed(file)
    assert (result.metadata["dialect"], telemparse.detect(corpus / file).winner.score) == ("rtklib_pos", 0.8)
    table = result.streams["gnss_pvt"]
    # GPS time was 18 s ahead in 2025.
    assert instants(table) == [ns(f"{row[0].replace('/', '-')}T{row[1]}") - 18 * NS_PER_S for row in rows]
    close(table, "lat_deg", [float(row[2]) for row in rows], rel=1e-15)
    close(table, "lon_deg", [float(row[3]) for row in rows], rel=1e-15)
    close(table, "alt_m", [float(row[4]) for row in rows], rel=1e-15)
    close(table, "vel_e_mps", [float(row[16]) for row in rows])
    close(table, "vel_d_mps", [-float(row[17]) for row in rows])
    close(table, "vacc_m", [float(row[9]) for row in rows])
    assert table["fix_type"].to_pylist() == [{"1": 7, "2": 6, "5": 3}[row[5][0]] for row in rows]
    assert set(table["quality_flags"].to_pylist()) == {256}
    assert not result.errors
    assert not result.warnings


def test_an_rtk_solution_and_its_imu_are_one_recording_of_one_parser(corpus):
    files = [corpus / "gnss-imu" / name for name in ("drive-0708-rtk-solution.pos", "drive-0708-imu.csv")]
    result = telemparse.parse(files)
    assert {name: result.streams[name].num_rows for name in ("gnss_pvt", "imu_accel")} == {
        "gnss_pvt": 2197, "imu_accel": 54860,
    }  # fmt: skip


def test_speedangle_laps_and_sectors_are_differences_of_its_timer_to_the_millisecond(corpus, parsed):
    lines = (corpus / "speedangle/grattan-bike.sa").read_text(encoding="ascii").splitlines()
    crossed = [
        (int(found[1]), 60_000 * int(found[2]) + 1000 * int(found[3]) + int(found[4]))
        for line in lines
        if (found := re.fullmatch(r"#(\d),(\d+):(\d+)\.(\d{3})", line))
    ]
    finishes = [0, *(millis for line, millis in crossed if line == 2)]
    result = parsed("speedangle/grattan-bike.sa")
    assert durations(result) == [
        (None, (b - a) / 1000, "VALID" if a else "OUTLAP") for a, b in pairwise(finishes)
    ]
    start = ns("2020-08-30T14:01:51.1")  # the timer begins in the second row
    laps, sectors = result.streams["laps"], result.streams["sectors"]
    assert instants(laps, "t_start") == [start + millis * 10**6 for millis in finishes[:-1]]
    assert instants(laps, "t_end") == [start + millis * 10**6 for millis in finishes[1:]]
    ways = [(a, b) for (line, a), (_line, b) in pairwise(crossed)]
    assert sectors["duration_ns"].to_pylist() == [(b - a) * 10**6 for a, b in ways]
    assert instants(sectors, "t_start") == [start + a * 10**6 for a, _b in ways]
    assert sectors["lap_number"].to_pylist() == [2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert sectors["sector_index"].to_pylist() == [0, 1] * 5
    # The rows mark their own crossings, by tenths of the timer.
    rows = [line.split(",") for line in lines if line.count(",") == 10]
    marked = [number for number, row in enumerate(rows) if row[10] != "0"]
    assert marked == [millis // 100 for _line, millis in crossed]


def test_speedangle_speeds_are_miles_an_hour_and_gates_are_crossed_when_the_timer_says(corpus, parsed):
    path = corpus / "speedangle/grattan-bike.sa"
    lines = path.read_text(encoding="ascii").splitlines()
    rows = [line.split(",") for line in lines if line.count(",") == 10]
    result = parsed("speedangle/grattan-bike.sa")
    table = result.streams["gnss_pvt"]
    close(table, "lat_deg", [float(row[0]) for row in rows], rel=1e-15)
    close(table, "lon_deg", [float(row[1]) for row in rows], rel=1e-15)
    close(table, "speed_mps", [int(row[6]) * MPH for row in rows])
    close(table, "sat_count", [int(row[8]) for row in rows])
    # The way by speeds is the way by positions, over the whole recording.
    lat, lon = (np.radians(table[axis].to_numpy()) for axis in ("lat_deg", "lon_deg"))
    way = np.hypot(np.diff(lat), np.diff(lon) * np.cos(lat[1:])).sum() * 6_371_000
    assert table["speed_mps"].to_numpy().sum() * 0.1 == pytest.approx(way, rel=0.02)
    written = [
        [float(word) for word in line.split(",")[1:]] for line in lines if re.match(r"\d,\d+\.\d{6},", line)
    ]
    gates = result.metadata["gates"]
    assert [[g.lat1_deg, g.lon1_deg, g.lat2_deg, g.lon2_deg] for g in gates] == written
    # Interpolated, the trace crosses the finish when the timer says; the last time is behind the last lap.
    crossings = crossed_s(table, gates[1])
    ends = np.array(instants(result.streams["laps"], "t_end")) / NS_PER_S
    np.testing.assert_allclose(crossings[: len(ends)] - ends, 0, atol=0.02)
    assert len(crossings) == len(ends) + 1
