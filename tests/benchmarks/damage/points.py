"""Damage of GPX, TCX and KML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.damage.changes import CLEAN, CUT, SWAPPED, Kind, each, every, nul_bytes, once, replaced


def _common(value: str, time: str) -> dict[str, Kind]:
    """Return what can happen to any XML; `value` is an element of each point, `time` its time."""
    opening, closing = f"<{value}>", f"</{value}>"
    return {
        "no times": each(lambda point: point.replace(f"<{time}>", "<x>").replace(f"</{time}>", "</x>")),
        "blocks out of order": SWAPPED,
        "broken in the middle": once(0.5, lambda point: point.replace(closing, "")),
        "a comment in each point": each(lambda point: point.replace(opening, f"<!-- here -->{opening}")),
        "CDATA in each point": each(
            lambda point: point.replace(opening, f"<name><![CDATA[<a>]]></name>{opening}")
        ),
        "elements never closed": every(3, lambda point: point.replace(closing, "<x>")),
        "NUL bytes in one place": nul_bytes(1000),
        "cut off at the end": CUT,
    }


def _unplaced(point: str) -> str:
    """Take the position out of a point of a TCX."""
    begin, end = point.index("            <Position>"), point.index("            <AltitudeMeters>")
    return point[:begin] + point[end:]


def _in_two_lists(points: Iterator[str], _rows: int) -> Iterator[str]:
    """Write all times of a track before all its places, as Google Earth does."""
    pairs = [point.split("\n", 1) for point in points]
    for when, _coord in pairs:
        yield when + "\n"
    for _when, coord in pairs:
        yield coord


def _placemark(point: str) -> str:
    """Return the placemark of one time and place."""
    when, coord = point.strip().split("\n")
    place = coord.strip().removeprefix("<gx:coord>").removesuffix("</gx:coord>").replace(" ", ",")
    return (
        f"    <Placemark>\n      <TimeStamp>{when}</TimeStamp>\n"
        f"      <Point><coordinates>{place}</coordinates></Point>\n    </Placemark>\n"
    )


_NEXT_LAP = (
    '        </Track>\n      </Lap>\n      <Lap StartTime="2025-05-17T09:30:00.000Z">\n'
    "        <TotalTimeSeconds>1</TotalTimeSeconds>\n        <Track>\n"
)
_NEXT_TRACK = "      </gx:Track>\n      <gx:Track>\n"
_TRACK_BEGINS, _TRACK_ENDS = "    <Placemark>", "  </Document>"

GPX: Mapping[str, Kind] = {
    "clean": CLEAN,
    **_common("ele", "time"),
    "single quotes": each(lambda point: point.replace('"', "'")),
    "a segment for each point": each(lambda point: point + "</trkseg><trkseg>\n"),
    "latitudes that are no number": every(20, lambda point: point.replace('lat="', 'lat="x')),
}

TCX: Mapping[str, Kind] = {
    "clean": CLEAN,
    **_common("AltitudeMeters", "Time"),
    "a track for each point": each(lambda point: point + "        </Track>\n        <Track>\n"),
    "a lap for each ten points": every(10, lambda point: point + _NEXT_LAP),
    "points without a position by turns": every(2, _unplaced),
    "latitudes that are no number": every(
        20, lambda point: point.replace("<LatitudeDegrees>", "<LatitudeDegrees>x")
    ),
    "another prefix": replaced("ns3:", "x:"),
}

KML: Mapping[str, Kind] = {
    "clean": CLEAN,
    **_common("gx:coord", "when"),
    "all times before all places": Kind(_in_two_lists),
    "a placemark for each point": Kind(
        each(_placemark).rows,
        lambda head: head[: head.index(_TRACK_BEGINS)],
        lambda tail: tail[tail.index(_TRACK_ENDS) :],
    ),
    "a track for each ten points": every(10, lambda point: point + _NEXT_TRACK),
    "positions that are no number": every(20, lambda point: point.replace("<gx:coord>", "<gx:coord>x")),
    "times without places": every(3, lambda point: point.split("\n")[0] + "\n        <gx:coord/>\n"),
}
