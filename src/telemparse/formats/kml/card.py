"""The card of the KML parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD"]

CARD = ParserCard(
    id="kml",
    name="KML and KMZ",
    version="0.1.0",
    detector="telemparse.formats.kml.detect:detect",
    target="telemparse.formats.kml.parser:parse",
    examples="telemparse.formats.kml.examples:EXAMPLES",
    extensions=(".kml", ".kmz"),
    mime_types=("application/vnd.google-earth.kml+xml", "application/vnd.google-earth.kmz"),
    magics=((0, b"<kml"),),
    streams=("gnss_pvt", "channels", "events"),
    codes=(
        Code(
            "KML_MISSING_TIME",
            Severity.WARNING,
            "{count} of {total} points of the track have no time",
            "Lines have no times; a gx:Track may lack some. Untimed points get interpolated (partly timed)"
            " or counted times (no time at all), flagged on each row.",
            "Export the track with time stamps (as gx:Track), or treat the order as the only truth.",
        ),
        Code(
            "KML_UNPAIRED",
            Severity.WARNING,
            "{count} tracks do not have one value for each position: {lists}",
            "A gx:Track holds lists of times, positions and further values that belong together one by one."
            " Where they differ in length they are paired from the front; the evidence gives the lengths.",
            "Export the track again; look closely at what comes after the first difference.",
            loses_data=True,
        ),
        Code(
            "KML_NO_TRACK",
            Severity.ERROR,
            "{artifact} has no track ({waypoints} places, {links} links to other files)",
            "The file holds places, overlays or links, but neither a gx:Track nor timed points nor a line.",
            "Export the recorded track; a file that only links to another one is not followed.",
        ),
    ),
    support_level=1,
)
