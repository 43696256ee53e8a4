"""The card of the IGC parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD"]

CARD = ParserCard(
    id="igc",
    name="IGC flight recorder",
    version="0.1.0",
    detector="telemparse.formats.igc.detect:detect",
    target="telemparse.formats.igc.parser:parse",
    examples="telemparse.formats.igc.examples:EXAMPLES",
    extensions=(".igc",),
    mime_types=("application/vnd.fai.igc",),
    streams=("gnss_pvt", "channels", "events"),
    codes=(
        Code(
            "IGC_SHORT_RECORD",
            Severity.WARNING,
            "{count} records are shorter than the {definition} record says",
            "A B or K record ends before the last of the fields that its I or J record names. What is there"
            " is kept.",
            "Copy the file from the recorder again.",
            loses_data=True,
        ),
        Code(
            "IGC_BAD_DEFINITION",
            Severity.WARNING,
            "{count} I or J records cannot be followed: {reason}",
            "A definition of further fields is damaged, names bytes that no field can have, or is one of too"
            " many. The fields are not read.",
            "Copy the file from the recorder again.",
            loses_data=True,
        ),
        Code(
            "IGC_OTHER_DATUM",
            Severity.WARNING,
            "positions refer to {datum}, not to WGS-84, and are kept as they are",
            "The header names another geodetic datum than the one that the format prescribes.",
            "Set the recorder to WGS-84.",
        ),
    ),
    support_level=1,
)
