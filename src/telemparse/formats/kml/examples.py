"""Small KML documents of an invented drive that show what the parser reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n'
    "<Document>\n<name>Examples</name>\n"
)
_TAIL = "</Document>\n</kml>\n"


def _track(samples: list[Sample], values: str = "") -> str:
    whens = "".join(f"<when>{s.iso}</when>\n" for s in samples)
    coords = "".join(f"<gx:coord>{s.lon_deg:.7f} {s.lat_deg:.7f} {s.alt_m:.1f}</gx:coord>\n" for s in samples)
    return f"<gx:Track>\n<altitudeMode>absolute</altitudeMode>\n{whens}{coords}{values}</gx:Track>\n"


def _values(samples: list[Sample]) -> str:
    rates = "".join(f"<gx:value>{120 + s.number % 30}</gx:value>\n" for s in samples)
    array = f'<gx:SimpleArrayData name="heartrate">\n{rates}</gx:SimpleArrayData>\n'
    return f'<ExtendedData><SchemaData schemaUrl="#s">\n{array}</SchemaData></ExtendedData>\n'


def _placemark(inner: str) -> str:
    return f"<Placemark><name>Stint</name>\n{inner}</Placemark>\n"


def _document(*placemarks: str) -> str:
    return f"{_HEAD}<Folder>\n{''.join(placemarks)}</Folder>\n{_TAIL}"


def _point(s: Sample) -> str:
    place = f"<Point><coordinates>{s.lon_deg:.7f},{s.lat_deg:.7f},{s.alt_m:.1f}</coordinates></Point>"
    return f"<Placemark><TimeStamp><when>{s.iso}</when></TimeStamp>{place}</Placemark>\n"


_DRIVE = drive()
_HALVES = f"<gx:MultiTrack>\n{_track(drive(20))}{_track(drive(20, start_s=30))}</gx:MultiTrack>\n"

EXAMPLES: Mapping[str, bytes] = {
    "track.kml": _document(_placemark(_track(_DRIVE, _values(_DRIVE)))).encode(),
    # The receiver lost ten seconds between the halves.
    "multi-track.kml": _document(_placemark(_HALVES)).encode(),
    "timed-points.kml": _document(*map(_point, _DRIVE)).encode(),
}
"""Names to bytes."""
