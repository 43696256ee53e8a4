"""Small GPX documents, made up here, that show what the parser reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EXAMPLES"]

_TPX = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"


def _point(number: int, inner: str) -> str:
    return (
        f'<trkpt lat="{50.33 + number * 1e-4:.6f}" lon="{6.94 + number * 2e-4:.6f}">'
        f"<ele>{620 + number % 7}</ele>"
        f"<time>2024-05-04T10:{number // 60:02}:{number % 60:02}Z</time>{inner}</trkpt>\n"
    )


def _gpx_1_1() -> bytes:
    inner = (
        "<extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>{hr}</gpxtpx:hr>"
        "<gpxtpx:speed>{speed}</gpxtpx:speed><gpxtpx:course>{course}</gpxtpx:course>"
        "</gpxtpx:TrackPointExtension></extensions>"
    )
    points = [
        _point(i, inner.format(hr=120 + i % 30, speed=30 + i / 10, course=i * 3 % 360)) for i in range(120)
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="telemparse examples"'
        f' xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="{_TPX}">\n<trk><name>Stint</name>\n'
        f"<trkseg>\n{''.join(points[:60])}</trkseg>\n<trkseg>\n{''.join(points[60:])}</trkseg>\n</trk>\n</gpx>\n"
    ).encode()


def _gpx_1_0() -> bytes:
    inner = "<course>{course}</course><speed>{speed}</speed><fix>3d</fix><sat>9</sat><hdop>1.2</hdop>"
    points = "".join(_point(i, inner.format(speed=i / 4, course=i)) for i in range(60))
    return (
        '<?xml version="1.0"?>\n<gpx version="1.0" creator="telemparse examples"'
        f' xmlns="http://www.topografix.com/GPX/1/0">\n<trk><trkseg>\n{points}</trkseg></trk>\n</gpx>\n'
    ).encode()


EXAMPLES: Mapping[str, bytes] = {"stint-1-1.gpx": _gpx_1_1(), "stint-1-0.gpx": _gpx_1_0()}
