"""Real IGC files: recognised, and equal to aerofiles fix by fix."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from aerofiles.igc import Reader

import telemparse
from telemparse.schemas import QualityFlag

KMH = 1 / 3.6
# Fixes, first and last instant; read off the first and last B record and HFDTE.
FLIGHTS = {
    "lxnav-92h.igc": (2470, "2019-02-17T17:32:57Z", "2019-02-17T19:34:25Z"),
    "napret.igc": (5380, "2016-04-03T12:00:00Z", "2016-04-03T13:29:39Z"),
    "new-zealand-midnight.igc": (5367, "2009-11-06T23:48:08Z", "2009-11-07T04:08:30Z"),
    "no-time-increment.igc": (200, "2003-02-01T10:16:48Z", "2003-02-01T10:24:03Z"),
}
# Codes of aerofiles to columns, with the factor from what aerofiles returns (plain digits).
FIELDS = {
    "lxnav-92h.igc": {"FXA": ("hacc_m", 1), "GSP": ("speed_mps", KMH / 100), "TRT": ("course_deg", 1)},
    "new-zealand-midnight.igc": {
        "FXA": ("hacc_m", 1), "GSP": ("speed_mps", KMH / 100), "TRT": ("course_deg", 1),
    },
}  # fmt: skip


@pytest.fixture(params=FLIGHTS)
def flight(request, corpus):
    path = corpus / "igc" / request.param
    return request.param, path, telemparse.parse(path)


def fixes(path):
    with path.open("r", encoding="latin-1") as file:
        return Reader(skip_duplicates=False).read(file)["fix_records"][1]


def column(result, name, stream="gnss_pvt"):
    return np.array(result.streams[stream][name].to_pylist(), float)


def test_every_igc_file_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "igc").iterdir()} == set(FLIGHTS)


def test_igc_is_recognised_with_certainty(flight):
    _name, path, _result = flight
    for source in (path, {"log.csv": path.read_bytes()}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("igc", 1.0)


def test_counts_and_instants_are_those_of_the_file(flight):
    name, _path, result = flight
    table = result.streams["gnss_pvt"]
    ends = [str(table["t"][row].as_py().isoformat()).replace("+00:00", "Z") for row in (0, -1)]
    assert (table.num_rows, *ends) == FLIGHTS[name]
    assert result.metadata["records"]["B"] == table.num_rows
    assert result.capabilities.has_absolute_time
    assert result.metadata["epochs_without_fix"] == 0
    assert not result.errors


def test_fixes_are_those_of_aerofiles(flight):
    name, path, result = flight
    expected = fixes(path)
    assert len(expected) == FLIGHTS[name][0]
    for mine, theirs in (("lat_deg", "lat"), ("lon_deg", "lon")):
        np.testing.assert_allclose(column(result, mine), [fix[theirs] for fix in expected], atol=1e-9)
    assert column(result, "alt_m").tolist() == [fix["gps_alt"] for fix in expected]
    pressure = column(result, "pressure_alt_m", "channels.main")
    assert pressure.tolist() == [fix["pressure_alt"] for fix in expected]
    assert result.streams["gnss_pvt"]["fix_type"].to_pylist() == [3] * len(expected)
    ellipsoidal = int(QualityFlag.ALTITUDE_ELLIPSOIDAL)
    assert all(flags & ellipsoidal for flags in result.streams["gnss_pvt"]["quality_flags"].to_pylist())


@pytest.mark.parametrize("name", FIELDS)
def test_fields_of_the_i_record_are_those_of_aerofiles(corpus, name):
    path = corpus / "igc" / name
    result, expected = telemparse.parse(path), fixes(path)
    for code, (mine, factor) in FIELDS[name].items():
        theirs = np.array([fix[code] for fix in expected], float) * factor
        np.testing.assert_allclose(column(result, mine), theirs, rtol=1e-6, err_msg=code)


@pytest.mark.parametrize("name", FIELDS)
def test_speed_is_metres_per_second_and_course_degrees(corpus, name):
    result = telemparse.parse(corpus / "igc" / name)
    t_s = result.streams["gnss_pvt"]["t"].cast(pa.int64()).to_numpy() / 1e9
    lat, lon = (np.radians(column(result, axis)) for axis in ("lat_deg", "lon_deg"))
    step = np.diff(t_s)
    north = np.diff(lat) * 6_371_000 / step
    east = np.diff(lon) * np.cos(lat[1:]) * 6_371_000 / step
    flying = np.hypot(north, east) > 10
    assert flying.sum() > 1000
    ratio = column(result, "speed_mps")[1:][flying] / np.hypot(north, east)[flying]
    assert np.median(ratio) == pytest.approx(1, abs=0.01)
    course = np.degrees(np.arctan2(east, north))[flying]
    off = (column(result, "course_deg")[1:][flying] - course + 180) % 360 - 180
    assert np.median(np.abs(off)) < 4


def test_k_records_have_a_group_of_their_own(corpus):
    table = telemparse.parse(corpus / "igc" / "lxnav-92h.igc").streams["channels.k"]
    assert table.num_rows == 40
    assert table["wind_direction_deg"][0].as_py() == 184
    assert table["wind_speed_mps"][0].as_py() == pytest.approx(0.7 * KMH)


def test_one_midnight_is_passed_and_nothing_is_moved(corpus):
    result = telemparse.parse(corpus / "igc" / "new-zealand-midnight.igc")
    assert result.metadata["clock"]["midnights"] == 1
    assert not [issue for issue in result.warnings if issue.code == "TIME_NOT_MONOTONIC"]


def test_repeated_stamps_are_kept_and_flagged(corpus):
    result = telemparse.parse(corpus / "igc" / "no-time-increment.igc")
    table = result.streams["gnss_pvt"]
    t_ns = table["t"].cast(pa.int64()).to_pylist()
    repeated = {t for t, after in pairwise(t_ns) if t == after}
    assert repeated
    flags = table["quality_flags"].to_pylist()
    assert [bool(flag & QualityFlag.DUPLICATE_TIME) for flag in flags] == [t in repeated for t in t_ns]


def test_names_of_persons_stay_in_the_file(corpus):
    metadata = telemparse.parse(corpus / "igc" / "lxnav-92h.igc").metadata
    assert metadata["headers_of_persons_left_out"] == ["PLT"]
    assert metadata["headers"]["GTY"] == "Discus 2c"
    assert metadata["signature"] == {"records": 5, "verified": False}
