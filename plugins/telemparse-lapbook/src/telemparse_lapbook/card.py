"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

CARD = ParserCard(
    id="lapbook",
    name="Lapbook",
    version=VERSION,
    detector="telemparse_lapbook.detect:detect",
    target="telemparse_lapbook.parser:parse",
    examples="telemparse_lapbook.examples:EXAMPLES",
    extensions=(".lapbook",),
    magics=((0, b"LAPBOOK "),),
    streams=("gnss_pvt", "laps", "events"),
    codes=(
        Code(
            "LAPBOOK_COUNT_DIFFERS",
            Severity.WARNING,
            "the end line of {artifact} counts {stated} records, but {count} are there",
            "Records were lost from the file or came twice, and left no other trace.",
            "Copy the recording from the device again.",
            loses_data=True,
        ),
    ),
    api=1,
)
