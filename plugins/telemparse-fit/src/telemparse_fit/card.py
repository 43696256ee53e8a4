"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"
_W = Severity.WARNING

CARD = ParserCard(
    id="fit",
    name="FIT",
    version=VERSION,
    detector="telemparse_fit.detect:detect",
    target="telemparse_fit.parser:parse",
    examples="telemparse_fit.examples:EXAMPLES",
    extensions=(".fit",),
    mime_types=("application/vnd.ant.fit", "application/fit"),
    magics=((8, b".FIT"),),
    streams=(
        "gnss_pvt", "channels", "laps", "events", "imu_accel", "imu_gyro", "imu_mag",
    ),
    codes=(
        Code(
            "FIT_BYTES_SKIPPED", _W,
            "{bytes} bytes in {count} places could not be read as messages",
            "What stands there is no message that the definitions before it announce, or its times contradict"
            " those around it. Reading goes on at the next messages that agree with each other.",
            "Copy the file from the device again; if it is the same, these bytes were damaged on the device.",
            loses_data=True,
        ),
        Code(
            "FIT_SIZE_WRONG", _W,
            "the header announces {stated} bytes of messages, and {found} are there",
            "The header of a FIT file tells how long it is; some programs leave it at zero or count wrongly."
            " All messages are read.",
            "Nothing needs to be done if the recording looks complete.",
        ),
        Code(
            "FIT_FIELD_SIZE_ODD", _W,
            "{count} fields have a size that their type does not allow",
            "The size of a field must be a multiple of that of its base type. A shorter one is read as a"
            " smaller number of the same kind, any other one as plain bytes.",
            "Compare these channels with what the device shows: {fields}.",
        ),
        Code(
            "FIT_BYTE_ORDER_WRONG", _W,
            "definitions of {count} messages name a byte order that they do not have",
            "The order in which the message number is a known one was taken for the whole message.",
            "Nothing needs to be done if the values look right.",
        ),
        Code(
            "FIT_NOT_CALIBRATED", _W,
            "{count} samples of {sensor} came without a calibration",
            "Counts of a sensor become m/s², rad/s or µT only by the calibration that the camera writes"
            " before them. Without one they are kept as a channel group, in counts.",
            "Record again; the camera writes a calibration at the start.",
        ),
    ),
    api=1,
)  # fmt: skip
