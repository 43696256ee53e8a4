"""The card of the NMEA 0183 parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard

__all__ = ["CARD"]

CARD = ParserCard(
    id="nmea",
    name="NMEA 0183",
    version="0.1.0",
    detector="telemparse.formats.nmea.detect:detect",
    target="telemparse.formats.nmea.parser:parse",
    examples="telemparse.formats.nmea.examples:EXAMPLES",
    extensions=(".nmea", ".nma", ".nme"),
    mime_types=("application/vnd.nmea0183", "text/nmea"),
    magics=((0, b"$GP"), (0, b"$GN")),
    streams=("gnss_pvt", "channels", "events"),
    support_level=2,
)
