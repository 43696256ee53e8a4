"""Real GPX files: recognised, and equal to gpxpy point by point."""

from __future__ import annotations

import json

import gpxpy
import pyarrow as pa
import pytest

import telemparse
from telemparse.formats.gpx.parser import parse
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions
from telemparse.schemas import QualityFlag

REPAIRED = int(QualityFlag.INTERPOLATED | QualityFlag.TIME_REPAIRED)
EPOCH_NS = 1_000_000_000
ROWS = {
    "around-visnjan-with-car.gpx": 104,
    "cerknicko-without-times.gpx": 296,
    "expertgps-waypoints-routes.gpx": 64,
    "garmin-connect-trackpointextension.gpx": 68,
    "garmin-xt-1970-header.gpx": 958,
    "korita-zbevnica.gpx": 871,
}


def by_gpxpy(path):
    """Return the segments of a file that have points, as lists of gpxpy points."""
    encoding = "iso-8859-1" if "expertgps" in path.name else "utf-8"
    document = gpxpy.parse(path.read_text(encoding))
    return [segment.points for track in document.tracks for segment in track.segments if segment.points]


def in_file_order(path):
    """Return the tables that the parser yields, before the border sorts them."""
    pieces = {}
    for message in parse(ArtifactSet.of(path), ParseOptions()):
        if isinstance(message, Batch):
            pieces.setdefault(message.stream, []).append(pa.Table.from_batches([message.data]))
    return {
        stream: pa.concat_tables(tables, promote_options="permissive") for stream, tables in pieces.items()
    }


def test_every_gpx_file_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "gpx").iterdir()} == {*ROWS, "route-only.gpx"}


@pytest.mark.parametrize("name", [*ROWS, "route-only.gpx"])
def test_gpx_is_recognised_with_certainty(corpus, name):
    winner = telemparse.detect(corpus / "gpx" / name).winner
    assert (winner.parser_id, winner.score) == ("gpx", 1.0)
    as_csv = {"log.csv": (corpus / "gpx" / name).read_bytes()}
    assert telemparse.detect(as_csv).winner.parser_id == "gpx"


@pytest.mark.parametrize("name", ROWS)
def test_points_are_those_of_gpxpy(corpus, name):
    path = corpus / "gpx" / name
    expected = [point for segment in by_gpxpy(path) for point in segment]
    rows = in_file_order(path)["gnss_pvt"].to_pylist()
    assert len(rows) == len(expected) == ROWS[name]
    assert [(row["lat_deg"], row["lon_deg"]) for row in rows] == [(p.latitude, p.longitude) for p in expected]
    assert [row["alt_m"] for row in rows] == [point.elevation for point in expected]
    assert [row["quality_flags"] == REPAIRED for row in rows] == [point.time is None for point in expected]
    for row, point in zip(rows, expected, strict=True):
        assert point.time is None or row["t"].to_pydatetime() == point.time


@pytest.mark.parametrize("name", ROWS)
def test_segments_break_where_gpxpy_begins_a_new_one(corpus, name):
    path = corpus / "gpx" / name
    tables = in_file_order(path)
    t = tables["gnss_pvt"]["t"].to_pylist()
    firsts, place = [], 0
    for segment in by_gpxpy(path):
        firsts.append(t[place])
        place += len(segment)
    events = tables["events"].to_pylist() if "events" in tables else []
    assert [event["t"] for event in events] == firsts[1:]
    assert {event["event_type"] for event in events} <= {"segment_break"}
    assert all({"track", "segment", "name"} == set(json.loads(event["metadata_json"])) for event in events)


def test_heart_rate_and_temperature_of_the_garmin_file_are_gpxpys(corpus):
    path = corpus / "gpx" / "garmin-connect-trackpointextension.gpx"
    expected = []
    for segment in by_gpxpy(path):
        for point in segment:
            found = {leaf.tag.rpartition("}")[2]: leaf.text for part in point.extensions for leaf in part}
            expected.append((float(found["hr"]), float(found["atemp"])))
    channels = telemparse.parse(path).streams["channels.main"]
    columns = channels.select(["heart_rate_bpm", "air_temp_c"]).to_pydict()
    assert list(zip(*columns.values(), strict=True)) == expected


@pytest.mark.parametrize(
    ("name", "untimed"), [("korita-zbevnica.gpx", 358), ("cerknicko-without-times.gpx", 291)]
)
def test_untimed_points_are_interpolated_counted_and_flagged(corpus, name, untimed):
    result = telemparse.parse(corpus / "gpx" / name)
    table = result.streams["gnss_pvt"]
    assert sum(flags & REPAIRED == REPAIRED for flags in table["quality_flags"].to_pylist()) == untimed
    (issue,) = [issue for issue in result.warnings if issue.code == "GPX_MISSING_TIME"]
    assert (issue.evidence["count"], issue.evidence["total"]) == (untimed, ROWS[name])
    assert result.capabilities.has_absolute_time


def test_a_file_without_any_time_counts_its_points(corpus):
    # The last five points of the original have a time; the file is meant to have none.
    data = (corpus / "gpx" / "cerknicko-without-times.gpx").read_bytes()
    points, _start, rest = data.partition(b"<trk>")
    untimed = b"".join(line for line in rest.splitlines(keepends=True) if b"<time>" not in line)
    result = telemparse.parse({"cerknicko.gpx": points + b"<trk>" + untimed})
    table = result.streams["gnss_pvt"]
    assert table.schema.metadata[b"time_base"] == b"index"
    assert table["t"].cast(pa.int64()).to_pylist() == [row * EPOCH_NS for row in range(296)]
    assert {issue.code for issue in result.warnings} == {"GPX_MISSING_TIME", "TIME_RELATIVE"}
    assert not result.capabilities.has_absolute_time


def test_the_route_is_an_error_with_a_hint(corpus):
    result = telemparse.parse(corpus / "gpx" / "route-only.gpx", on_error="return")
    (error,) = result.errors
    assert (error.code, error.evidence["routes"]) == ("GPX_NO_TRACK", 55)
    assert "track" in error.hint
    with pytest.raises(telemparse.errors.ParseFailed):
        telemparse.parse(corpus / "gpx" / "route-only.gpx")


def test_waypoints_and_routes_are_counted_and_times_sorted(corpus):
    result = telemparse.parse(corpus / "gpx" / "expertgps-waypoints-routes.gpx")
    assert result.metadata["waypoints"]["count"] == 86
    assert result.metadata["routes"] == {"count": 1, "names": ["BELLEVUE"]}
    moved = telemparse.parse(corpus / "gpx" / "garmin-xt-1970-header.gpx")
    assert "TIME_NOT_MONOTONIC" in {issue.code for issue in moved.warnings}
    assert telemparse.parse(corpus / "gpx" / "around-visnjan-with-car.gpx").device_model == "eTrex 20x"
