"""The card of the GPX parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard

__all__ = ["CARD"]

CARD = ParserCard(
    id="gpx",
    name="GPX",
    version="0.1.0",
    detector="telemparse.formats.gpx.detect:detect",
    target="telemparse.formats.gpx.parser:parse",
    examples="telemparse.formats.gpx.examples:EXAMPLES",
    extensions=(".gpx",),
    mime_types=("application/gpx+xml",),
    magics=((0, b"<gpx"),),
    streams=("gnss_pvt", "channels", "events"),
    support_level=1,
)
