"""Where a KML document has its tracks, and what may stand around them."""

from __future__ import annotations

from telemparse.kernels.xml_outline import Outline

__all__ = ["OUTLINE"]

# What may stand around tracks, and says nothing of them.
_AROUND = "Document Folder Placemark MultiTrack MultiGeometry ExtendedData SchemaData"
_UPDATES = "NetworkLinkControl Update Create Change"
# Track is an extension of Google (kml/ext 2.2) that OGC KML 2.3 took over; some forget to declare it.
_GOOGLE = ("http://www.google.com/kml/ext/2.2", "?gx")
_VERSIONS = (
    *(f"http://earth.google.com/kml/{version}" for version in ("2.0", "2.1", "2.2")),
    *(f"http://www.opengis.net/kml/{version}" for version in ("2.2", "2.3")),
)

OUTLINE = Outline(
    "kml",
    ("Track",),
    "coord",
    frozenset({"Metadata"}),
    others=(("Track", "SimpleArrayData"), ("SimpleArrayData",)),
    siblings=frozenset({"when", "angles", "value"}),
    passing=frozenset(f"{_AROUND} {_UPDATES}".split()),
    loose=frozenset({"when", "value", "SimpleArrayData"}),
    kin=frozenset({*_GOOGLE, *_VERSIONS}),
    streamed=frozenset({"coordinates"}),
)
"""KML reference (developers.google.com/kml/documentation/kmlreference, gx:Track); OGC 12-007r2."""
