"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

CARD = ParserCard(
    id="gpmf",
    name="GPMF (GoPro)",
    version=VERSION,
    detector="telemparse_gpmf.detect:detect",
    target="telemparse_gpmf.parser:parse",
    examples="telemparse_gpmf.examples:EXAMPLES",
    extensions=(".mp4", ".360", ".lrv", ".mov", ".gpmf", ".raw"),
    mime_types=("video/mp4", "video/quicktime"),
    magics=((0, b"DEVC\0"), (4, b"ftyp")),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "imu_mag", "channels", "events"),
    codes=(
        Code(
            "GPMF_DAMAGED",
            Severity.WARNING,
            "{count} places of {artifact} hold no readable record and were passed over",
            "A key, a type or a length is not possible where it stands. Reading went on at the next stream or"
            " device that is whole.",
            "Copy the file from the camera's card again.",
            loses_data=True,
        ),
        Code(
            "GPMF_STREAM_UNREADABLE",
            Severity.WARNING,
            "{count} records of {keys} could not be read: {reason}",
            "The structure of a stream's samples does not fit its description (TYPE, SCAL), or is one that"
            " this parser does not know (compressed or nested samples).",
            "Report the file if the stream matters.",
            loses_data=True,
        ),
        Code(
            "GPMF_NO_INDEX",
            Severity.WARNING,
            "{artifact} has no usable index of its telemetry; {payloads} payloads were found by searching",
            "A video whose recording was cut off has no `moov` box, or one whose tables are damaged. The"
            " telemetry was looked for among the video's bytes; nothing says what is missing.",
            "Let the camera or a repair tool mend the video to get the index back.",
            loses_data=True,
        ),
        Code(
            "GPMF_TABLE_DAMAGED",
            Severity.WARNING,
            "the index of {artifact} names {count} payloads that cannot be: {reason}",
            "Tables of the telemetry track contradict each other or the size of the file. What they name"
            " within the file is read.",
            "Copy the file from the camera's card again.",
            loses_data=True,
        ),
        Code(
            "GPMF_DURATION_ASSUMED",
            Severity.WARNING,
            "nothing tells how long a payload of {streams} lasts; {seconds} s is assumed",
            "Samples have no stamps of their own, and with a single payload of a stream, outside of a video,"
            " there is no second stamp to spread them to. Cameras write about one payload a second.",
            "Read the video itself rather than telemetry taken out of it.",
        ),
        Code(
            "GPMF_AXES_ASSUMED",
            Severity.WARNING,
            "the order of the axes of {stream} is not stated; {order} is assumed",
            "Neither ORIN nor the stream's name says which channel is which axis of the camera; that of"
            " HERO5 is taken.",
            "Turn the camera about one axis at a time to check.",
        ),
    ),
    api=1,
)
