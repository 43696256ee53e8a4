"""Real CSV recordings against Python's csv module with the arithmetic of each file written out by hand."""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pytest

import telemparse

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

FOOT, MPH, KNOT, G = 0.3048, 0.44704, 1852 / 3600, 9.80665


def _rows(path: Path, skip: int = 1, **kinds: Any) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file, **kinds)][skip:]


def _column(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy()


def _instants(table: pa.Table) -> np.ndarray:
    return table["t"].cast("int64").to_numpy()


def _ns(moment: str, form: str | None = None) -> int:
    """Return an instant of UTC in ns: an ISO text, or a text in a form of strptime."""
    if form is None:
        found = datetime.fromisoformat(moment)
    else:
        found = datetime.strptime(moment, form).replace(tzinfo=UTC)
    since = found.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return round(since / timedelta(microseconds=1)) * 1000


def _close(table: pa.Table, name: str, expected: list[float], rel: float = 1e-6) -> None:
    np.testing.assert_allclose(_column(table, name), expected, rtol=rel, atol=1e-9, err_msg=name)


# Read by eye from the files: name, dialect, rows of gnss_pvt, first and last instant, and one
# speed in m/s with its row, so that a mistake shared by parser and reader cannot hide.
@attrs.frozen
class Known:
    file: str
    dialect: str
    fixes: int
    first: str
    last: str
    speed: tuple[int, float] | None = None


HAND_CHECKED = (
    Known(
        "gps-csv/columbus-24173415.csv", "columbus", 742,
        "2025-07-24T17:34:18", "2025-07-24T17:45:41", (0, 0.2 / 3.6),
    ),
    Known(
        "gps-csv/garmin-g1000-flight.csv", "g1000", 442,
        "2014-03-29T22:50:22", "2014-03-29T22:57:57", (0, 3.5 * KNOT),
    ),
    Known(
        "gps-csv/iblue747-vendor.csv", "iblue", 747,
        "2005-05-01T10:12:47", "2005-05-01T14:54:00", (1, 4.2 / 3.6),
    ),
    Known(
        "gps-csv/mtk-logger-holux.csv", "mtk", 803,
        "2008-01-27T14:14:35", "2008-01-27T15:21:20", (0, 4.329 / 3.6),
    ),
    Known(
        "airdata-csv/dji-20231001-0327pm.csv", "airdata", 1650,
        "2023-10-01T20:27:23.7", "2023-10-01T20:30:08.5",
    ),
    Known(
        "airdata-csv/dji-20231010-0511pm.csv", "airdata", 513,
        "2023-10-10T22:11:51.5", "2023-10-10T22:12:42.7",
    ),
    Known(
        "gauge-s-csv/gauge-s-cota.csv", "gauge_s", 13743,
        "2025-04-06T19:02:49.929", "2025-04-06T19:19:07.999", (0, 5.28 / 3.6),
    ),
    Known(
        "racebox-csv/racebox-bare-excerpt-24rows.csv", "racebox", 24,
        "2026-07-11T21:49:38.72", "2026-07-11T21:49:39.64", (0, 4.05 / 3.6),
    ),
    Known(
        "gnss-imu/kf-gins-gnss-rtk.txt", "kf_gins", 3413,
        "1970-01-01T00:00:00", "1970-01-01T00:56:52",
    ),
)  # fmt: skip


@pytest.mark.parametrize("known", HAND_CHECKED, ids=lambda known: known.dialect + "-" + known.file[-12:])
def test_rows_instants_and_speeds_are_those_read_by_eye(corpus: Path, known: Known) -> None:
    result = telemparse.parse(corpus / known.file)
    assert result.provenance.parser_id == "csv"
    assert result.metadata["dialect"] == known.dialect
    table = result.streams["gnss_pvt"]
    assert table.num_rows == known.fixes
    instants = _instants(table)
    assert instants[0] == _ns(known.first)
    assert instants[-1] == _ns(known.last)
    if known.speed is not None:
        row, speed = known.speed
        assert _column(table, "speed_mps")[row] == pytest.approx(speed, rel=1e-6)


@pytest.mark.parametrize("file", [known.file for known in HAND_CHECKED])
def test_the_classifier_is_sure_of_every_dialect(corpus: Path, file: str) -> None:
    found = telemparse.detect(corpus / file)
    assert found.winner is not None
    assert (found.winner.parser_id, found.winner.score) == ("csv", 0.8)


def test_columbus_hemispheres_and_kilometres_an_hour(corpus: Path) -> None:
    path = corpus / "gps-csv/columbus-24173415.csv"
    rows = _rows(path)
    result = telemparse.parse(path)
    table = result.streams["gnss_pvt"]
    _close(
        table, "lat_deg", [float(row[4][:-1]) * (1 if row[4][-1] == "N" else -1) for row in rows], rel=1e-15
    )
    _close(
        table, "lon_deg", [float(row[5][:-1]) * (1 if row[5][-1] == "E" else -1) for row in rows], rel=1e-15
    )
    _close(table, "alt_m", [float(row[6]) for row in rows])
    _close(table, "speed_mps", [float(row[7]) / 3.6 for row in rows])
    _close(table, "course_deg", [float(row[8]) % 360 for row in rows])
    assert list(_instants(table)) == [_ns(row[2] + row[3], "%y%m%d%H%M%S") for row in rows]
    assert result.streams["events"].num_rows == sum(row[1] != "T" for row in rows) == 58
    assert result.streams["channels.main"]["tag"].to_pylist() == [row[1] for row in rows]
    assert not result.errors


@pytest.mark.parametrize("file", ["gps-csv/iblue747-vendor.csv", "gps-csv/mtk-logger-holux.csv"])
def test_no_fix_is_no_fix_and_unknown_validity_is_doubtful(corpus: Path, file: str) -> None:
    rows = _rows(corpus / file)
    fixes = [row for row in rows if row[4] != "No fix"]
    result = telemparse.parse(corpus / file)
    table = result.streams["gnss_pvt"]
    _close(table, "lat_deg", [float(row[5]) * (1 if row[6] == "N" else -1) for row in fixes], rel=1e-15)
    _close(table, "lon_deg", [float(row[7]) * (1 if row[8] == "E" else -1) for row in fixes], rel=1e-15)
    _close(table, "alt_m", [float(row[9].split()[0]) for row in fixes])
    _close(table, "speed_mps", [float(row[10].split()[0]) / 3.6 for row in fixes])
    doubtful = [row[4] == "Unknown" for row in fixes]
    assert [bool(flags & 16) for flags in table["quality_flags"].to_pylist()] == doubtful
    stamps = [f"{row[2].replace('/', '-')}T{row[3]}" for row in fixes]
    assert list(_instants(table)) == [_ns(stamp) for stamp in stamps]
    assert result.metadata["epochs_without_fix"] == len(rows) - len(fixes)
    assert not result.errors


def test_mtk_loses_its_fix_and_regains_it(corpus: Path) -> None:
    path = corpus / "gps-csv/mtk-logger-holux.csv"
    rows = _rows(path)
    result = telemparse.parse(path)
    events = result.streams["events"]["event_type"].to_pylist()
    valid = [row[4] != "No fix" for row in rows]
    assert events.count("fix_regained") == sum(b and not a for a, b in pairwise(valid)) == 1
    assert events.count("fix_lost") == sum(a and not b for a, b in pairwise(valid)) == 1
    assert events.count("marker") == sum(row[1] == "B" for row in rows) == 4
    _close(
        result.streams["gnss_pvt"],
        "sat_count",
        [int(row[12].split("(")[0]) for row in rows if row[4] != "No fix"],
    )


def test_g1000_turns_magnetic_tracks_to_true_ones_and_feet_to_metres(corpus: Path) -> None:
    path = corpus / "gps-csv/garmin-g1000-flight.csv"
    header = [cell.strip() for cell in _rows(path, skip=2)[0]]
    rows = [dict(zip(header, row, strict=True)) for row in _rows(path, skip=3)]
    result = telemparse.parse(path)
    table = result.streams["gnss_pvt"]
    _close(table, "lat_deg", [float(row["Latitude"]) for row in rows], rel=1e-15)
    _close(table, "lon_deg", [float(row["Longitude"]) for row in rows], rel=1e-15)
    _close(table, "alt_m", [float(row["AltMSL"]) * FOOT for row in rows])
    _close(table, "speed_mps", [float(row["GndSpd"]) * KNOT for row in rows])
    _close(table, "course_deg", [(float(row["TRK"]) + float(row["MagVar"])) % 360 for row in rows])
    _close(table, "vel_d_mps", [-float(row["VSpdG"]) * FOOT / 60 for row in rows])
    assert set(table["fix_type"].to_pylist()) == {3}
    channels = result.streams["channels.main"]
    _close(channels, "oil_temp_c", [(float(row["E1 OilT"]) - 32) / 1.8 for row in rows])
    _close(channels, "rpm", [float(row["E1 RPM"]) for row in rows])
    _close(channels, "e1_egt1", [float(row["E1 EGT1"]) for row in rows])
    assert result.device_model == "Cessna T182T"
    assert not result.errors
    assert not result.warnings


def test_g1000_course_is_the_direction_of_travel(corpus: Path) -> None:
    table = telemparse.parse(corpus / "gps-csv/garmin-g1000-flight.csv").streams["gnss_pvt"]
    lat, lon = (np.radians(_column(table, name)) for name in ("lat_deg", "lon_deg"))
    bearing = np.degrees(np.arctan2((lon[5:] - lon[:-5]) * np.cos(lat[5:]), lat[5:] - lat[:-5]))
    fast = _column(table, "speed_mps")[5:] > 30
    off = (_column(table, "course_deg")[5:] - bearing + 180) % 360 - 180
    assert abs(np.median(off[fast])) < 3


@pytest.mark.parametrize(("file", "base"), [
    ("airdata-csv/dji-20231001-0327pm.csv", "2023-10-01T20:27:23.700000"),
    ("airdata-csv/dji-20231010-0511pm.csv", "2023-10-10T22:11:51.500000"),
])  # fmt: skip
def test_airdata_milliseconds_agree_with_every_whole_second(corpus: Path, file: str, base: str) -> None:
    rows = _rows(corpus / file)
    result = telemparse.parse(corpus / file)
    table = result.streams["gnss_pvt"]
    assert list(_instants(table)) == [_ns(base) + int(row[0]) * 10**6 for row in rows]
    off = _instants(table) - np.array([_ns(row[1]) for row in rows])
    # All but a few samples on the very edge of a second lie in the second that their stamp shows.
    assert (off.min(), off.max()) >= (-(10**8), 10**9 - 10**8)
    assert off.max() <= 10**9
    assert ((off >= 0) & (off < 10**9)).mean() > 0.95
    _close(table, "lat_deg", [float(row[2]) for row in rows], rel=1e-15)
    _close(table, "alt_m", [float(row[7]) * FOOT for row in rows])
    _close(table, "speed_mps", [float(row[9]) * MPH for row in rows])
    _close(table, "vel_n_mps", [float(row[19]) * MPH for row in rows])
    _close(table, "sat_count", [int(row[12]) for row in rows])
    channels = result.streams["channels.main"]
    _close(channels, "distance_m", [float(row[11]) * FOOT for row in rows])
    assert channels["flyc_state"].to_pylist() == [row[50] for row in rows]
    assert [word or "" for word in channels["message"].to_pylist()] == [row[51] for row in rows]
    assert not result.errors


def test_gauge_s_even_counter_on_an_uneven_clock(corpus: Path) -> None:
    path = corpus / "gauge-s-csv/gauge-s-cota.csv"
    rows = _rows(path)
    result = telemparse.parse(path)
    table = result.streams["gnss_pvt"]
    assert list(np.diff(_instants(table)) // 10**6) == list(np.diff([int(row[0]) for row in rows]))
    wall = np.array([_ns("".join(row[1:5]), "%y%m%d%H%M%S") for row in rows])
    assert np.abs(_instants(table) - wall).max() < 2.5e9
    _close(table, "speed_mps", [float(row[40]) / 3.6 for row in rows])
    _close(table, "lat_deg", [float(row[43]) for row in rows], rel=1e-15)
    _close(result.streams["imu_accel"], "ax_mps2", [float(row[9]) * G for row in rows])
    channels = result.streams["channels.main"]
    _close(channels, "coolant_temp_c", [(float(row[13]) - 32) / 1.8 for row in rows])
    _close(channels, "speed_mps", [float(row[29]) * MPH for row in rows])
    assert [issue.code for issue in result.warnings].count("TIME_ZONE_ASSUMED_UTC") == 1
    local = telemparse.parse(path, telemparse.ParseOptions(timezone="America/Chicago"))
    assert list(_instants(local.streams["gnss_pvt"]) - _instants(table)) == [5 * 3600 * 10**9] * len(rows)


def test_racebox_g_forces_turn_rates_and_an_assumed_unit(corpus: Path) -> None:
    path = corpus / "racebox-csv/racebox-bare-excerpt-24rows.csv"
    rows = _rows(path)
    result = telemparse.parse(path)
    _close(result.streams["gnss_pvt"], "lon_deg", [float(row[3]) for row in rows], rel=1e-15)
    _close(result.streams["gnss_pvt"], "speed_mps", [float(row[5]) / 3.6 for row in rows])
    _close(result.streams["imu_accel"], "az_mps2", [float(row[8]) * G for row in rows])
    _close(result.streams["imu_gyro"], "gz_rps", [math.radians(float(row[12])) for row in rows])
    assumed = [issue for issue in result.warnings if issue.code == "UNIT_ASSUMED"]
    assert [issue.evidence["column"] for issue in assumed] == ["Speed"]


def test_an_ecu_log_without_gnss_gives_its_channels_and_a_warning(corpus: Path) -> None:
    path = corpus / "no-gnss/cobb-accessport.csv"
    rows = _rows(path)
    result = telemparse.parse(path)
    assert list(result.streams) == ["channels.main"]
    channels = result.streams["channels.main"]
    first = round(float(rows[0][0]) * 1000)
    expected = [(round(float(row[0]) * 1000) - first) * 10**6 for row in rows]
    assert list(_instants(channels)) == expected
    _close(channels, "rpm", [float(row[10]) for row in rows])
    _close(channels, "speed_mps", [float(row[14]) / 3.6 for row in rows])
    _close(channels, "coolant_temp_c", [float(row[4]) for row in rows])
    _close(channels, "boost", [float(row[3]) for row in rows])
    assert not result.capabilities.has_gnss_position
    assert {issue.code for issue in result.warnings} == {"CSV_MISSING_LAT_LON", "TIME_RELATIVE"}
    assert (result.device_family, result.device_model) == ("Cobb Accessport", "AP3-SUB-004 v1.7.4.2-17441")


def test_a_bare_imu_log_is_told_by_gravity_and_a_rising_tick(corpus: Path) -> None:
    path = corpus / "gnss-imu/drive-0708-imu.csv"
    rows = _rows(path, skip=0)
    result = telemparse.parse(path)
    assert result.metadata["dialect"] == "imu_bare"
    assert telemparse.detect(path).winner.score == 0.8
    accel, gyro = result.streams["imu_accel"], result.streams["imu_gyro"]
    assert accel.num_rows == gyro.num_rows == len(rows) == 54860
    assert list(_instants(accel)) == [(int(row[6]) - int(rows[0][6])) * 10**6 for row in rows]
    for axis, column in zip("xyz", range(3), strict=True):
        _close(accel, f"a{axis}_mps2", [float(row[column]) * G for row in rows])
        _close(gyro, f"g{axis}_rps", [math.radians(float(row[column + 3])) for row in rows])


def test_kf_gins_positions_are_ellipsoidal_and_relative(corpus: Path) -> None:
    path = corpus / "gnss-imu/kf-gins-gnss-rtk.txt"
    rows = [line.split() for line in path.read_text().splitlines()]
    result = telemparse.parse(path)
    table = result.streams["gnss_pvt"]
    assert table.schema.metadata[b"time_base"] == b"relative"
    assert list(_instants(table)) == [round((float(row[0]) - 456250.0) * 1000) * 10**6 for row in rows]
    _close(table, "lat_deg", [float(row[1]) for row in rows], rel=1e-15)
    _close(table, "lon_deg", [float(row[2]) for row in rows], rel=1e-15)
    _close(table, "vacc_m", [float(row[6]) for row in rows])
    assert set(table["quality_flags"].to_pylist()) == {256}
