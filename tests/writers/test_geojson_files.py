"""GeoJSON lines follow RFC 7946, are parted where the track is, and carry the time of each point."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

import telemparse
from telemparse import writers
from telemparse.errors import CallError, ParseFailed
from telemparse.model.gates import Gate
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch
from telemparse.schemas import build
from telemparse.writers import filing, geojson_files

SECOND_NS = 10**9


def track(t_s, lon_deg, alt_m=None, time_base="utc"):
    columns = {
        "t": np.array(t_s, np.int64) * SECOND_NS,
        "lat_deg": np.arange(len(t_s)) / 10,
        "lon_deg": np.array(lon_deg, float),
    }
    if alt_m is not None:
        columns["alt_m"] = pa.array(alt_m, pa.float64())
    return pa.Table.from_batches([build("gnss_pvt", columns, time_base=time_base)])


def events(t_s, kinds, time_base="utc"):
    columns = {"t": np.array(t_s, np.int64) * SECOND_NS, "event_type": kinds}
    return pa.Table.from_batches([build("events", columns, time_base=time_base)])


@pytest.fixture
def features(result_of, tmp_path):
    """Return a function that writes streams as GeoJSON and returns the features."""

    def write(streams, **facts):
        writers.write(result_of(streams, **facts), tmp_path, format="geojson")
        collection = json.loads((tmp_path / "recording.geojson").read_text("utf-8"))
        assert collection["type"] == "FeatureCollection"
        assert all(feature["type"] == "Feature" for feature in collection["features"])
        return collection["features"]

    return write


def test_a_track_is_one_line_of_lon_lat_alt_with_a_time_a_point(features):
    (line,) = features({"gnss_pvt": track([0, 1, 2], [7.5, 7.6, 7.7], [100.5, None, 101])})

    assert line["geometry"] == {
        "type": "LineString",
        "coordinates": [[7.5, 0, 100.5], [7.6, 0.1], [7.7, 0.2, 101]],
    }
    properties = line["properties"]
    assert properties["coordTimes"] == [f"1970-01-01T00:00:0{second}.000000000Z" for second in range(3)]
    assert (properties["role"], properties["stream"], properties["time_base"]) == ("track", "gnss_pvt", "utc")
    assert properties["streams"] == ["gnss_pvt"]
    assert properties["source"]["parsers"] == ["toy"]
    assert properties["source"]["artifacts"] == ["ride.toy"]


def test_a_relative_clock_gives_no_dates(features):
    (line,) = features({"gnss_pvt": track([0, 1], [7, 8], time_base="relative")})

    assert "coordTimes" not in line["properties"]
    assert line["properties"]["t_relative_ns"] == [0, SECOND_NS]


def test_a_segment_break_parts_the_line_before_the_next_point(features):
    lines = features({
        "gnss_pvt": track([0, 1, 2, 3, 4], [1, 2, 3, 4, 5]),
        "events": events([2, 2, 9], ["segment_break", "segment_break", "segment_break"]),
    })  # fmt: skip

    (line,) = lines
    assert line["geometry"]["type"] == "MultiLineString"
    assert [[lon for lon, _lat in part] for part in line["geometry"]["coordinates"]] == [[1, 2], [3, 4, 5]]
    assert [len(part) for part in line["properties"]["coordTimes"]] == [2, 3]


def test_the_antimeridian_parts_the_line(features):
    (line,) = features({"gnss_pvt": track([0, 1, 2, 3], [179.8, 179.9, -180, -179.9])})

    parts = line["geometry"]["coordinates"]
    assert [[lon for lon, _lat in part] for part in parts] == [[179.8, 179.9], [-180, -179.9]]


def test_points_without_neighbours_are_points_and_no_line(features):
    line, points = features({
        "gnss_pvt": track([0, 1, 2, 3], [1, 2, 3, 4]),
        "events": events([1, 2], ["segment_break", "segment_break"]),
    })  # fmt: skip

    assert line["geometry"] == {"type": "LineString", "coordinates": [[3, 0.2], [4, 0.3]]}
    assert points["geometry"] == {"type": "MultiPoint", "coordinates": [[1, 0], [2, 0.1]]}
    assert points["properties"]["role"] == "points"
    assert len(points["properties"]["coordTimes"]) == 2


def test_a_recording_of_one_point_is_a_point(features):
    (point,) = features({"gnss_pvt": track([0], [1])})
    assert point["geometry"] == {"type": "MultiPoint", "coordinates": [[1, 0]]}


def test_lines_go_on_over_the_edges_of_pieces(features, monkeypatch):
    streams = {
        "gnss_pvt": track(range(20), [*range(170, 180), *range(-180, -170)]),
        "events": events([4, 8, 9], ["segment_break"] * 3),
    }
    whole = features(streams)
    for size in (1, 2, 3, 7):
        monkeypatch.setattr(geojson_files, "_TEXT_ROWS", size)
        assert features(streams) == whole


def test_every_receiver_has_a_line_of_its_own(features):
    lines = features({"gnss_pvt": track([0, 1], [1, 2]), "gnss_pvt.rover": track([0, 1], [3, 4])})
    assert [line["properties"]["stream"] for line in lines] == ["gnss_pvt", "gnss_pvt.rover"]


def test_laps_events_and_gates_are_features_too(features):
    laps = build("laps", {
        "lap_number": [1], "stint_index": [0], "duration_ns": [60 * SECOND_NS], "validity": ["VALID"],
        "confidence": ["HIGH"], "reasons": [["PIT_AFFECTED"]], "source": ["device"],
    })  # fmt: skip
    gate = Gate("start_finish", "S/F", 48.0, 11.0, 48.1, 11.1, 90.0)

    _line, lap, event, line = features(
        {
            "gnss_pvt": track([0, 1], [1, 2]),
            "laps": pa.Table.from_batches([laps]),
            "events": events([0, 1], ["segment_break", "pit_in"]),
        },
        metadata={"gates": [gate, "no gate"]},
    )

    assert lap["geometry"] is None
    assert (lap["properties"]["role"], lap["properties"]["duration_ns"]) == ("lap", 60 * SECOND_NS)
    assert lap["properties"]["reasons"] == ["PIT_AFFECTED"]
    assert (event["properties"]["event_type"], event["properties"]["t"]) == (
        "pit_in",
        "1970-01-01T00:00:01.000000000Z",
    )
    assert line["geometry"] == {"type": "LineString", "coordinates": [[11.0, 48.0], [11.1, 48.1]]}
    assert (line["properties"]["role"], line["properties"]["kind"]) == ("gate", "start_finish")


def test_the_manifest_lists_the_streams_that_are_in_the_file(result_of, drive, tmp_path):
    streams = {"gnss_pvt": drive(9), "imu_accel": _accel(9), "events": events([1], ["marker"])}

    manifest = writers.write(result_of(streams), tmp_path, format="geojson")

    assert [(record.name, record.file, record.rows) for record in manifest.streams] == [
        ("gnss_pvt", "recording.geojson", 9),
        ("events", "recording.geojson", 1),
    ]


def _accel(rows):
    values = np.arange(rows) / 10
    columns = {"t": np.arange(rows), "ax_mps2": values, "ay_mps2": values, "az_mps2": values}
    return pa.Table.from_batches([build("imu_accel", columns)])


def test_a_recording_without_positions_is_refused_and_the_reason_named(result_of, tmp_path):
    with pytest.raises(CallError, match="no gnss_pvt stream; it holds imu_accel"):
        writers.write(result_of({"imu_accel": _accel(3)}), tmp_path, format="geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_parse_says_its_own_errors_rather_than_missing_positions(toy, tmp_path):
    source = toy(Issue("ARTIFACT_EMPTY", bytes=3))

    with pytest.raises(ParseFailed, match="ARTIFACT_EMPTY"):
        telemparse.convert(source, tmp_path, format="geojson")


def test_converting_gives_the_same_collection_as_writing(toy, drive, tmp_path, monkeypatch):
    monkeypatch.setattr(filing, "GROUP_ROWS", 10)
    rows = drive(100)
    source = toy(
        *(Batch("gnss_pvt", rows.slice(start, 7)) for start in (0, 14, 7, 21)),
        Batch("events", events([1_700_000_001], ["segment_break"])),
    )

    telemparse.convert(source, tmp_path / "streamed", format="geojson")
    writers.write(telemparse.parse(source), tmp_path / "whole", format="geojson")

    streamed, whole = ((tmp_path / name / "recording.geojson").read_bytes() for name in ("streamed", "whole"))
    assert streamed == whole
