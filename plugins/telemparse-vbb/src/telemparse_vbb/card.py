"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

CARD = ParserCard(
    id="vbb",
    name="Racelogic VBB",
    version=VERSION,
    detector="telemparse_vbb.detect:detect",
    target="telemparse_vbb.parser:parse",
    examples="telemparse_vbb.examples:EXAMPLES",
    extensions=(".vbb",),
    magics=((0, b"VBB"),),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "pose", "events", "laps", "channels"),
    codes=(
        Code(
            "VBB_NO_HEADER",
            Severity.ERROR,
            "{artifact} does not begin as a VBB file of version 1 or 2",
            "The first bytes are not VBB, a known version and the two dates behind them.",
            "Copy the file from the logger again; a newer version of the format is not known yet.",
            loses_data=True,
        ),
        Code(
            "VBB_RECORDS_DAMAGED",
            Severity.WARNING,
            "{count} places of {artifact} hold no record: {bytes} bytes were passed over",
            "A record begins with a byte that names its kind. Where none follows another the file is damaged,"
            " or holds kinds that nobody has described. What comes behind is found by its shape; a sample"
            " that ends in such a place is not trusted.",
            "Copy the recording from the device again.",
            loses_data=True,
        ),
        Code(
            "VBB_GROUP_UNDEFINED",
            Severity.WARNING,
            "{count} samples of {artifact} belong to groups of channels that are not defined: {groups}",
            "The definition of the group or of one of its channels is missing or damaged, so nobody knows"
            " how its samples are made up.",
            "Copy the recording from the device again.",
            loses_data=True,
        ),
    ),
    api=1,
)
