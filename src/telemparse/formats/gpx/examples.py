"""Small GPX documents of an invented drive that show what the parser reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_GPX_10 = '<gpx version="1.0" creator="telemparse examples" xmlns="http://www.topografix.com/GPX/1/0"'
_GPX_11 = '<gpx version="1.1" creator="telemparse examples" xmlns="http://www.topografix.com/GPX/1/1"'
_TPX = ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2"'

_POINT = '<trkpt lat="{s.lat_deg:.7f}" lon="{s.lon_deg:.7f}"><ele>{s.alt_m:.1f}</ele><time>{s.iso}</time>'
_MOTION_10 = "<course>{s.course_deg:.1f}</course><speed>{s.speed_mps:.2f}</speed><fix>3d</fix><sat>9</sat>"
_MOTION_11 = (
    "<hdop>0.8</hdop><extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>{heart_rate}</gpxtpx:hr>"
    "<gpxtpx:speed>{s.speed_mps:.2f}</gpxtpx:speed><gpxtpx:course>{s.course_deg:.1f}</gpxtpx:course>"
    "</gpxtpx:TrackPointExtension></extensions>"
)


def _segment(samples: list[Sample], motion: str = "") -> str:
    row = f"{_POINT}{motion}</trkpt>\n"
    return f"<trkseg>\n{''.join(row.format(s=s, heart_rate=120 + s.number % 30) for s in samples)}</trkseg>\n"


def _document(root: str, *segments: str) -> str:
    return f"{_DECLARATION}{root}>\n<trk><name>Stint</name>\n{''.join(segments)}</trk>\n</gpx>\n"


def _prefixed(document: str) -> str:
    """Return the document with every element of GPX behind a prefix of its own."""
    named = document.replace("xmlns=", "xmlns:g=").replace("</", "</g:").replace("<", "<g:")
    return named.replace("<g:/g:", "</g:").replace("<g:?", "<?")


EXAMPLES: Mapping[str, bytes] = {
    "version-1-0.gpx": _document(_GPX_10, _segment(drive(), _MOTION_10)).encode(),
    "extensions.gpx": _document(_GPX_11 + _TPX, _segment(drive(), _MOTION_11)).encode(),
    "prefixed.gpx": _prefixed(_document(_GPX_11, _segment(drive()))).encode(),
    # The receiver lost ten seconds between the halves.
    "two-segments.gpx": _document(_GPX_11, _segment(drive(20)), _segment(drive(20, start_s=30))).encode(),
}
"""Names to bytes."""
