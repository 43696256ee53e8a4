"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

CARD = ParserCard(
    id="ibt",
    name="iRacing telemetry (IBT)",
    version=VERSION,
    detector="telemparse_ibt.detect:detect",
    target="telemparse_ibt.parser:parse",
    examples="telemparse_ibt.examples:EXAMPLES",
    extensions=(".ibt",),
    magics=((0, b"\2\0\0\0"),),
    streams=("gnss_pvt", "channels", "laps", "events"),
    codes=(
        Code(
            "IBT_HEADER_DAMAGED",
            Severity.ERROR,
            "the header of {artifact} cannot be followed: {problem}",
            "An IBT file says in its first 144 bytes where everything lies. Without them, or with numbers"
            " that point outside the file, its records cannot be told apart.",
            "Copy the file from the simulator's folder again.",
            loses_data=True,
        ),
        Code(
            "IBT_HEADER_ODD",
            Severity.WARNING,
            "the header of {artifact} holds odd values: {fields}",
            "Fields of the header that no simulator writes. What they say is not used.",
            "Compare the file with the one in the simulator's folder.",
        ),
        Code(
            "IBT_RECORDS_MISSING",
            Severity.WARNING,
            "the header of {artifact} counts {stated} records, but only {count} are there",
            "The file was cut off, or bytes were lost from its middle. All records that are there are read.",
            "Copy the file from the simulator's folder again.",
            loses_data=True,
        ),
        Code(
            "IBT_RECORD_COUNT_WRONG",
            Severity.WARNING,
            "the header of {artifact} counts {stated} records, and {count} are there",
            "The simulator writes the count when it closes the file; 0 says that it never did. All records"
            " that are there are read.",
            "Nothing is lost.",
        ),
        Code(
            "IBT_SESSION_INFO_DAMAGED",
            Severity.WARNING,
            "the session information of {artifact} cannot be read: {problem}",
            "The text that names track, car and sessions lies outside the file, or is none. The records do"
            " not need it.",
            "Copy the file from the simulator's folder again, if the names matter.",
        ),
    ),
    api=1,
)
