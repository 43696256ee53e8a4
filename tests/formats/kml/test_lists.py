"""Long lists of a KML track: on disk or in memory, in blocks of any size, they say the same."""

from __future__ import annotations

import pyarrow as pa
import pytest

import telemparse
from telemparse.formats.kml import lists, tracks
from telemparse.formats.kml.lists import Values

ROWS = 300
GX = "http://www.google.com/kml/ext/2.2"


def document(inner):
    return f'<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="{GX}"><Document>{inner}</Document></kml>'


def whens(count, odd=()):
    return [
        "<when>x</when>" if row in odd else f"<when>2024-05-04T10:{row // 60:02}:{row % 60:02}Z</when>"
        for row in range(count)
    ]


def places(count, alt=0, odd=()):
    return [
        "<gx:coord/>"
        if row in odd
        else f"<gx:coord>{row / 1e3} {row / 1e4} {alt if row == count - 2 else 0}</gx:coord>"
        for row in range(count)
    ]


def track(*parts, mode="absolute"):
    lists_written = "".join(part for each in parts for part in each)
    mode = f"<altitudeMode>{mode}</altitudeMode>"
    return f"<Placemark><gx:Track>{mode}{lists_written}</gx:Track></Placemark>"


def array(name, count):
    values = "".join(f"<gx:value>{row}</gx:value>" for row in range(count))
    written = f'<gx:SimpleArrayData name="{name}">{values}</gx:SimpleArrayData>'
    return [f"<ExtendedData><SchemaData>{written}</SchemaData></ExtendedData>"]


def point(row):
    when = whens(row + 1)[row]
    data = (
        f'<ExtendedData><Data name="d"><value>{row}</value></Data></ExtendedData>' if row % 40 == 39 else ""
    )
    return (
        f"<Placemark><TimeStamp>{when}</TimeStamp><Point><coordinates>{row / 1e3},{row / 1e4},5</coordinates>"
        f"</Point>{data}</Placemark>"
    )


ANGLES = ["<gx:angles>1 2 3</gx:angles>"] * 170
DOCUMENTS = {
    "one list behind the other": track(whens(ROWS), places(ROWS)),
    "times and places by turns": track([a + b for a, b in zip(whens(ROWS), places(ROWS), strict=True)]),
    "lists of other lengths": track(whens(200), places(ROWS), ANGLES, array("hr", 250), array("long", 400)),
    "more times than places": track(whens(ROWS), places(120)),
    "untimed and unplaced blocks": track(
        whens(ROWS, range(60, 150)), places(ROWS, odd=range(100, 200)), array("a", ROWS)
    ),
    "an altitude near the end": track(whens(ROWS), places(ROWS, alt=7), mode="clampToGround"),
    "altitudes that fill a place": track(whens(ROWS), places(ROWS), mode="clampToGround"),
    "several tracks": track(whens(130), places(130)) + track(whens(5), places(5)) + track([], places(90)),
    "timed points": "".join(map(point, range(ROWS))),
}


def said(data):
    result = telemparse.parse(data.encode(), parser="kml", on_error="return")
    issues = [(issue.code, issue.evidence) for issue in (*result.errors, *result.warnings)]
    return {name: table.to_pydict() for name, table in result.streams.items()}, issues, result.metadata


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_track_reads_the_same_in_blocks_of_any_size_and_from_disk(name, monkeypatch):
    data = document(DOCUMENTS[name])
    whole = said(data)
    assert whole[0]["gnss_pvt"]["t"]
    monkeypatch.setattr(tracks, "_ROWS", 37)
    monkeypatch.setattr(tracks, "_HELD", 11)
    assert said(data) == whole
    monkeypatch.setattr(lists, "_MEMORY_BYTES", 64)
    assert said(data) == whole


def test_values_come_back_in_order_and_more_than_once(monkeypatch):
    monkeypatch.setattr(lists, "_MEMORY_BYTES", 100)
    values = Values(pa.int64())
    for begin in range(0, 100, 7):
        values.add(pa.array(range(begin, min(begin + 7, 100)), pa.int64()))
    assert values.count == 100
    for _time in range(2):
        pieces = list(values.pieces(9))
        assert [len(piece) for piece in pieces] == [9] * 11 + [1]
        assert pa.concat_arrays(pieces).to_pylist() == list(range(100))


def test_two_readings_of_one_list_do_not_disturb_each_other(monkeypatch):
    monkeypatch.setattr(lists, "_MEMORY_BYTES", 0)
    values = Values(pa.int64())
    for number in range(6):
        values.add(pa.array([number], pa.int64()))
    pairs = [(a[0].as_py(), b[0].as_py()) for a, b in zip(values.pieces(1), values.pieces(1), strict=True)]
    assert pairs == [(number, number) for number in range(6)]
