"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

CARD = ParserCard(
    id="ubx",
    name="UBX",
    version=VERSION,
    detector="telemparse_ubx.detect:detect",
    target="telemparse_ubx.parser:parse",
    examples="telemparse_ubx.examples:EXAMPLES",
    extensions=(".ubx",),
    mime_types=("application/vnd.ublox.ubx",),
    magics=((0, b"\xb5\x62"),),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "channels", "events"),
    codes=(
        Code(
            "UBX_UNKNOWN_BYTES",
            Severity.WARNING,
            "{bytes} bytes of {artifact} belong to no frame, sentence or text ({count} stretches)",
            "Between the frames stand bytes in which no frame begins. Frames that lost their beginning look"
            " so, and so do protocols that are not known.",
            "Check the link or the card; a log of another protocol beside UBX is read for its UBX alone.",
            loses_data=True,
        ),
        Code(
            "UBX_PAYLOAD_SHORT",
            Severity.WARNING,
            "{count} frames {message} are shorter than any known version and were skipped",
            "The checksum is right, but the payload does not hold the fields of the message.",
            "Report the receiver's firmware to the author of the plugin.",
            loses_data=True,
        ),
    ),
    support_level=3,
    api=1,
)
