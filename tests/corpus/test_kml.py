"""Real KML files: recognised, and equal to a plain reading with lxml position by position."""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

import telemparse

KML, GX = "{http://www.opengis.net/kml/2.2}", "{http://www.google.com/kml/ext/2.2}"
# Rows, and what else is there and only counted.
FACTS = {
    "earth-expertgps-mixed.kml": (64, {"waypoints": 1, "timed_places": 195, "lines": 2}),
    "google-ext-gxtrack.kml": (451, {}),
    "gpsbabel-gxtrack-extended.kml": (5109, {"timed_places": 1}),
}


def by_lxml(path):
    """Return (time, lon, lat, alt or None) of each position of the one gx:Track."""
    (track,) = etree.parse(path).iter(f"{GX}Track")
    whens = [dt.datetime.fromisoformat(when.text) for when in track.iter(f"{KML}when")]
    coords = [[float(word) for word in coord.text.split()] for coord in track.iter(f"{GX}coord")]
    return [(when, *coord, *[None] * (3 - len(coord))) for when, coord in zip(whens, coords, strict=True)]


def test_every_kml_file_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "kml").iterdir()} == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_kml_is_recognised_with_certainty(corpus, name):
    winner = telemparse.detect(corpus / "kml" / name).winner
    assert (winner.parser_id, winner.score) == ("kml", 1.0)
    as_csv = {"log.csv": (corpus / "kml" / name).read_bytes()}
    assert telemparse.detect(as_csv).winner.parser_id == "kml"


@pytest.mark.parametrize("name", FACTS)
def test_points_are_those_of_lxml(corpus, name):
    expected = by_lxml(corpus / "kml" / name)
    result = telemparse.parse(corpus / "kml" / name)
    rows = result.streams["gnss_pvt"].to_pylist()
    assert len(rows) == len(expected) == FACTS[name][0]
    found = [(row["t"].to_pydatetime(), row["lon_deg"], row["lat_deg"], row["alt_m"]) for row in rows]
    assert found == sorted(expected, key=lambda row: row[0])
    assert result.capabilities.has_absolute_time
    assert result.errors == ()


@pytest.mark.parametrize("name", FACTS)
def test_what_is_no_track_is_counted(corpus, name):
    result = telemparse.parse(corpus / "kml" / name)
    kinds = ("waypoints", "timed_places", "lines")
    counted = {kind: result.metadata[kind]["count"] for kind in kinds if kind in result.metadata}
    assert counted == FACTS[name][1]
    assert result.metadata["track_source"] == "gx:Track"


def test_arrays_of_the_power_ride_are_those_of_lxml(corpus):
    path = corpus / "kml" / "gpsbabel-gxtrack-extended.kml"
    arrays = {
        array.get("name"): [float(value.text) if value.text else None for value in array.iter(f"{GX}value")]
        for array in etree.parse(path).iter(f"{GX}SimpleArrayData")
    }
    result = telemparse.parse(path)
    channels = result.streams["channels.main"]
    names = {"heartrate": "heart_rate_bpm", "cadence": "cadence_rpm", "power": "power_w"}
    assert {name: channels[column].to_pylist() for name, column in names.items()} == arrays
    assert channels["t"].to_pylist() == result.streams["gnss_pvt"]["t"].to_pylist()
