"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

CARD = ParserCard(
    id="aim_xrk",
    name="AiM XRK",
    version=VERSION,
    detector="telemparse_aim.detect:detect",
    target="telemparse_aim.parser:parse",
    examples="telemparse_aim.examples:EXAMPLES",
    # An `.xrz` is a zlib stream, which the core opens as any other.
    extensions=(".xrk",),
    magics=((0, b"<hCNF\0"),),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "events", "laps", "sectors", "channels"),
    codes=(
        Code(
            "AIM_XRK_BYTES_SKIPPED",
            Severity.WARNING,
            "{bytes} bytes of {artifact} in {count} places are no frames and were skipped",
            "The file is damaged there, or holds frames of a kind that is not known, or samples of channels"
            " whose description is lost. Reading went on at the next sound frame.",
            "Copy the file from the logger again.",
            loses_data=True,
        ),
        Code(
            "AIM_XRK_CHECKSUM_FAILED",
            Severity.WARNING,
            "{count} messages have a wrong checksum and were skipped",
            "Messages (positions, laps, descriptions) carry the sum of their bytes; where it differs they are"
            " not read.",
            "Copy the file from the logger again.",
            loses_data=True,
        ),
        Code(
            "AIM_XRK_CLOCK_JUMPS",
            Severity.WARNING,
            "the logger's clock and GPS time disagree by up to {jump_s} s in {count} stretches of {artifact}",
            "The stamps of the position messages leap against GPS time, as faulty firmware makes them."
            " Positions follow GPS time; channels and laps follow the offset that most of the recording has.",
            "Compare a channel with the positions before relying on their alignment; update the firmware.",
        ),
        Code(
            "AIM_XRK_FRAMES_UNREAD",
            Severity.WARNING,
            "{count} frames of expansion modules were left out, for their layout is not known",
            "Two kinds of short frames of expansion modules do not name their channel.",
            "Export the session with AiM's own program where these channels matter.",
            loses_data=True,
        ),
        Code(
            "AIM_XRK_TICKS_IMPLAUSIBLE",
            Severity.WARNING,
            "{count} samples have instants far from those round them and were left out",
            "The clock of a sample lies more than a minute away from the samples before and behind it, which"
            " agree: its bytes are damaged.",
            "Copy the file from the logger again.",
            loses_data=True,
        ),
    ),
    support_level=2,
    api=1,
)
