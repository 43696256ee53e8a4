"""Real VBO files: recognised, equal to a plain reader row by row, with gates and laps where they are."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import telemparse
from formats.vbo.plain_vbo import read_plainly
from telemparse.kernels.geodesy import local_offsets_m
from telemparse.schemas import QualityFlag

DAY = 86_400 * 10**9
# File: rows, first and last instant, warnings, gates (name, course), (device lap, milliseconds).
TABLE = {
    "racechrono-massa-finalese-laps.vbo": (
        10_390, "2026-07-04T09:03:58.200", "2026-07-04T09:21:17.100",
        {"UNIT_ASSUMED", "DATE_UNRELIABLE"},
        [("Start", 120), ("1°settore", 161), ("2°settore", 294)],
        [],
    ),
    "racelogic-vbox3i-imu-100hz.vbo": (
        1833, "2016-03-01T14:26:19.860", "2016-03-01T14:26:38.180", {"DATE_UNRELIABLE"}, [], [],
    ),
    "racelogic-video-hd2-road-america-run01-stale-gate.vbo": (
        5675, "2025-08-01T19:00:13.040", "2025-08-01T19:04:00.000", {"DATE_UNRELIABLE", "GATE_STALE"}, [], [],
    ),
    "racelogic-video-hd2-road-america-run04-laps.vbo": (
        10_401, "2025-08-01T19:43:33.680", "2025-08-01T19:50:29.720",
        {"DATE_UNRELIABLE"},
        [("Start / Finish", 179)],
        [(2, 115_000)],
    ),
    "speedangle-converted-grattan.vbo": (
        6080, "1970-01-01T14:01:51.000", "1970-01-01T14:11:58.900", {"TIME_RELATIVE", "UNIT_ASSUMED"}, [], [],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def results(corpus):
    return {name: telemparse.parse(corpus / "vbo" / name) for name in TABLE}


def instants(table):
    return table["t"].cast("int64").to_numpy()


def crossings(table, gate):
    """Return the instants, in seconds, in which a trace crosses a gate."""
    lat, lon = table["lat_deg"].to_numpy(), table["lon_deg"].to_numpy()
    east, north = local_offsets_m(gate.lat1_deg, gate.lon1_deg, lat, lon)
    line = local_offsets_m(gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg)
    length = np.hypot(*line)
    beside, along = (east * line[1] - north * line[0]) / length, (east * line[0] + north * line[1]) / length
    changes = np.sign(beside[1:]) != np.sign(beside[:-1])
    rows = np.flatnonzero(changes & (along[1:] >= 0) & (along[1:] <= length))
    t_s = instants(table) / 1e9
    share = beside[rows] / (beside[rows] - beside[rows + 1])
    return t_s[rows] + share * (t_s[rows + 1] - t_s[rows])


def test_every_vbo_file_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "vbo").iterdir()} == TABLE.keys()


@pytest.mark.parametrize("name", TABLE)
def test_vbo_is_recognised_with_certainty(corpus, name):
    winner = telemparse.detect(corpus / "vbo" / name).winner
    assert (winner.parser_id, winner.score) == ("vbo", 1.0)


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_the_corpus_holds(results, name):
    rows, first, last, warnings, gates, laps = TABLE[name]
    result = results[name]
    table = result.streams["gnss_pvt"]
    assert table.num_rows == rows
    stamps = [table["t"][place].as_py().isoformat(timespec="milliseconds")[:23] for place in (0, -1)]
    assert stamps == [first, last]
    assert {issue.code for issue in result.warnings} == warnings
    assert [(g.name, round(g.course_deg)) for g in result.metadata.get("gates", [])] == gates
    timed = result.streams["laps"].to_pylist() if laps else []
    assert [(lap["device_lap"], lap["duration_ns"] // 10**6) for lap in timed] == laps
    assert ("laps" in result.streams) == bool(laps)
    assert result.metadata["epochs_without_fix"] == 0


@pytest.mark.parametrize("name", TABLE)
def test_rows_are_those_of_a_plain_reader(corpus, results, name):
    table = results[name].streams["gnss_pvt"]
    plain = read_plainly((corpus / "vbo" / name).read_bytes(), "_" if "vbox3i" in name else "")
    assert len(plain) == table.num_rows
    base = instants(table)[0] // DAY * DAY
    assert (instants(table) - base).tolist() == [row["of_day_ns"] for row in plain]
    for column, tolerance in (("lat_deg", 1e-12), ("lon_deg", 1e-12), ("alt_m", 0), ("course_deg", 2e-5)):
        expected = [row[column] for row in plain]
        np.testing.assert_allclose(table[column].to_numpy(), expected, rtol=0, atol=tolerance)
    # The converter wrote miles an hour below a title that says km/h, as its positions show.
    factor = 1.609344 if "converted" in name else 1
    speeds = [row["speed_mps"] * factor for row in plain]
    np.testing.assert_allclose(table["speed_mps"].to_numpy(), speeds, rtol=1e-6)
    if "vbox3i" not in name:
        assert table["sat_count"].to_pylist() == [int(row["sats"]) for row in plain]


def test_speeds_are_those_of_the_positions(results):
    for name in TABLE.keys() - {"racelogic-vbox3i-imu-100hz.vbo"}:
        table = results[name].streams["gnss_pvt"]
        lat, lon = table["lat_deg"].to_numpy(), table["lon_deg"].to_numpy()
        east, north = local_offsets_m(lat[:-10], lon[:-10], lat[10:], lon[10:])
        seconds = (instants(table)[10:] - instants(table)[:-10]) / 1e9
        measured = np.hypot(east, north) / seconds
        written = table["speed_mps"].to_numpy()[5:-5]
        fast = written > 15
        assert np.median(np.abs(measured[fast] / written[fast] - 1)) < 0.03, name


def test_the_filters_solution_is_fused_and_the_receivers_is_not(corpus, results):
    name = "racelogic-vbox3i-imu-100hz.vbo"
    streams = results[name].streams
    fused = streams["gnss_pvt.kalman"]
    plain = read_plainly((corpus / "vbo" / name).read_bytes())
    np.testing.assert_allclose(fused["lat_deg"].to_numpy(), [row["lat_deg"] for row in plain], atol=1e-12)
    assert set(fused["quality_flags"].to_pylist()) == {int(QualityFlag.DEVICE_FUSED)}
    assert set(streams["gnss_pvt"]["quality_flags"].to_pylist()) == {0}
    assert streams["pose"].schema.metadata[b"pose_source"] == b"onboard_fused"
    apart = np.hypot(streams["pose"]["x_e_m"].to_numpy()[-1], streams["pose"]["y_n_m"].to_numpy()[-1])
    assert 0 < apart < 10
    assert results[name].capabilities.has_onboard_fused_pose
    assert results[name].capabilities.imu_dof == 6
    weight = np.median(streams["imu_accel"]["az_mps2"].to_numpy())
    assert weight == pytest.approx(9.8, abs=0.1)


def test_real_gates_lie_across_the_road(results):
    app = results["racechrono-massa-finalese-laps.vbo"]
    trace = app.streams["gnss_pvt"]
    for gate, fewest in zip(app.metadata["gates"], (20, 20, 19), strict=True):
        laps = np.diff(crossings(trace, gate))
        assert len(laps) >= fewest
        assert np.median(laps) == pytest.approx(44.8, abs=0.5)
    logger = results["racelogic-video-hd2-road-america-run04-laps.vbo"]
    (gate,) = logger.metadata["gates"]
    crossed = crossings(logger.streams["gnss_pvt"], gate)
    assert np.diff(crossed)[0] == pytest.approx(114.96, abs=0.02)
    # The count of laps goes up a moment behind the line.
    lap = logger.streams["laps"].to_pylist()[0]
    behind = [lap[name].timestamp() - t for name, t in zip(("t_start", "t_end"), crossed[:2], strict=True)]
    assert behind == pytest.approx([0.24, 0.28], abs=0.05)


def test_the_stale_gate_is_told_with_its_distance_and_no_coordinates(results):
    result = results["racelogic-video-hd2-road-america-run01-stale-gate.vbo"]
    (issue,) = [issue for issue in result.warnings if issue.code == "GATE_STALE"]
    assert issue.evidence == {"gate": "Start / Finish", "distance_km": pytest.approx(2150, abs=5)}
    assert "gates" not in result.metadata


def test_the_repeated_row_is_flagged_and_kept(results):
    table = results["racelogic-video-hd2-road-america-run01-stale-gate.vbo"].streams["gnss_pvt"]
    flagged = [row for row, flags in enumerate(table["quality_flags"].to_pylist()) if flags]
    assert flagged == [2, 3]
    assert table["t"][2] == table["t"][3]


def test_channels_keep_every_column_in_its_unit(results):
    channels = results["racelogic-video-hd2-road-america-run04-laps.vbo"].streams["channels.main"]
    known = {"rpm", "throttle_pct", "brake_pressure_bar", "gear", "speed_mps", "lap_number"}
    assert known <= {*channels.column_names}
    # The file does not say what the angle is counted in.
    assert channels.schema.field("steering_angle").metadata[b"unit"] == b""
    assert channels["speed_mps"][0].as_py() == pytest.approx(58.2 / 3.6, rel=1e-6)
    assert channels["ambient_temperature"][0].as_py() == -40
    assert (
        channels.num_columns == 26
    )  # 33, without nine of the receiver, with t and the flags of the satellites


def test_the_date_is_that_of_the_day_nearest_to_the_stamp(results):
    result = results["racelogic-video-hd2-road-america-run04-laps.vbo"]
    (issue,) = [issue for issue in result.warnings if issue.code == "DATE_UNRELIABLE"]
    assert "5.0 h after" in issue.evidence["reason"]
    assert result.streams["gnss_pvt"]["t"][0].as_py().date() == dt.date(2025, 8, 1)
    assert result.device_model == "VBVDHD2-V12 2cam HDMI 25Hz"
