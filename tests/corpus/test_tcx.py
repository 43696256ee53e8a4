"""Real TCX files: recognised, and equal to a plain reading with lxml point by point."""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

import telemparse
from telemparse.schemas import QualityFlag

NS = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
TPX = "{http://www.garmin.com/xmlschemas/ActivityExtension/v2}"
# Points with a position, epochs without fix, laps, breaks, device.
FACTS = {
    "garmin-history-laps.tcx": (1202, 0, 1, 1, "EDGE305"),
    "gtrnctr-laps.tcx": (928, 15, 14, 0, "Garmin Forerunner 110"),
    "tcxparser-run.tcx": (383, 0, 3, 0, "Forerunner 410 Software Version 2.20"),
}


def by_lxml(path):
    """Return the track points of a file as dictionaries of texts by local name."""
    for point in etree.parse(path).iter(f"{NS}Trackpoint"):
        yield {etree.QName(leaf).localname: leaf.text for leaf in point.iter() if len(leaf) == 0}


def number(text):
    return None if text is None else float(text)


def test_every_tcx_file_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "tcx").iterdir()} == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_tcx_is_recognised_with_certainty(corpus, name):
    winner = telemparse.detect(corpus / "tcx" / name).winner
    assert (winner.parser_id, winner.score) == ("tcx", 1.0)
    as_csv = {"log.csv": (corpus / "tcx" / name).read_bytes()}
    assert telemparse.detect(as_csv).winner.parser_id == "tcx"


@pytest.mark.parametrize("name", FACTS)
def test_points_are_those_of_lxml(corpus, name):
    points = [point for point in by_lxml(corpus / "tcx" / name) if "LatitudeDegrees" in point]
    result = telemparse.parse(corpus / "tcx" / name)
    rows = result.streams["gnss_pvt"].to_pylist()
    assert len(rows) == len(points) == FACTS[name][0]
    for row, point in zip(rows, points, strict=True):
        assert row["t"].to_pydatetime() == dt.datetime.fromisoformat(point["Time"])
        assert row["lat_deg"] == float(point["LatitudeDegrees"])
        assert row["lon_deg"] == float(point["LongitudeDegrees"])
        assert row["alt_m"] == number(point.get("AltitudeMeters"))
        speed = number(point.get("Speed"))
        assert row["speed_mps"] == (None if speed is None else pytest.approx(speed, rel=1e-6))
        # The last point of a lap and the first of the next may be of one second.
        assert row["quality_flags"] & ~QualityFlag.DUPLICATE_TIME == 0


@pytest.mark.parametrize("name", FACTS)
def test_channels_keep_the_heart_rate_of_every_point(corpus, name):
    expected = []
    for point in by_lxml(corpus / "tcx" / name):
        distance, rate = number(point.get("DistanceMeters")), number(point.get("Value"))
        if distance is not None:
            # 255 is what a byte on the device says when there is no strap.
            expected.append(
                (dt.datetime.fromisoformat(point["Time"]), distance, None if rate == 255 else rate)
            )
    found = telemparse.parse(corpus / "tcx" / name).streams["channels.main"].to_pylist()
    assert [
        (row["t"].to_pydatetime(), row["distance_m"], row.get("heart_rate_bpm")) for row in found
    ] == expected


@pytest.mark.parametrize("name", FACTS)
def test_laps_are_those_of_the_device_to_the_millisecond(corpus, name):
    expected = [
        (
            dt.datetime.fromisoformat(lap.get("StartTime")),
            round(float(lap.findtext(f"{NS}TotalTimeSeconds")) * 1000),
            float(lap.findtext(f"{NS}DistanceMeters")),
        )
        for lap in etree.parse(corpus / "tcx" / name).iter(f"{NS}Lap")
    ]
    result = telemparse.parse(corpus / "tcx" / name)
    laps = result.streams["laps"].to_pylist()
    assert len(laps) == FACTS[name][2]
    assert [
        (row["t_start"].to_pydatetime(), row["duration_ns"] / 1e6, row["distance_m"]) for row in laps
    ] == expected
    assert {row["source"] for row in laps} == {"device"}
    assert result.capabilities.has_device_laps


@pytest.mark.parametrize("name", FACTS)
def test_epochs_breaks_and_device_are_as_the_table_says(corpus, name):
    _rows, without_fix, _laps, breaks, device = FACTS[name]
    result = telemparse.parse(corpus / "tcx" / name)
    events = result.streams["events"]["event_type"].to_pylist() if "events" in result.streams else []
    assert (result.metadata["epochs_without_fix"], events.count("segment_break")) == (without_fix, breaks)
    assert (result.device_model, result.device_family) == (device, "Garmin")
    assert {issue.code for issue in result.warnings} <= {"VALUE_OUT_OF_RANGE"}
    assert result.capabilities.has_absolute_time
