"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

CARD = ParserCard(
    id="motec_ld",
    name="MoTeC LD",
    version=VERSION,
    detector="telemparse_motec.detect:detect",
    target="telemparse_motec.parser:parse",
    examples="telemparse_motec.examples:EXAMPLES",
    extensions=(".ld", ".ldx"),
    magics=((0, b"\x40\x00\x00\x00\x00\x00\x00\x00"), (0, b"<LDXFile")),
    companions=(("{stem}.ld", "{stem}.ldx"),),
    streams=("gnss_pvt", "channels", "laps", "events"),
    codes=(
        Code(
            "MOTEC_LD_CHAIN_BROKEN",
            Severity.WARNING,
            "the list of channels of {artifact} breaks {count} times: {reason}",
            "Each channel's header names the place of the next one, and one of these places is none. Headers"
            " that stand behind the break are still looked for.",
            "Copy the log from the device again.",
            loses_data=True,
        ),
        Code(
            "MOTEC_LD_SAMPLES_CUT",
            Severity.WARNING,
            "{count} channels of {artifact} claim samples that are another's, and are cut: {channels}",
            "Samples of a channel lie in one piece. Where a piece would run into the next one, its count of"
            " samples is damaged, and what lies before the next one is kept.",
            "Copy the log from the device again.",
            loses_data=True,
        ),
        Code(
            "MOTEC_LD_MARKERS_LEFT_OUT",
            Severity.WARNING,
            "{count} markers of {artifact} have no time that can be read",
            "A marker of an LDX file carries its time in microseconds since the start of the log.",
            "Save the file again with MoTeC i2.",
            loses_data=True,
        ),
    ),
    support_level=2,
    api=1,
)
