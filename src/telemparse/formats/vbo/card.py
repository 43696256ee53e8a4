"""The card of the VBO parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD"]

CARD = ParserCard(
    id="vbo",
    name="Racelogic VBO",
    version="0.1.0",
    detector="telemparse.formats.vbo.detect:detect",
    target="telemparse.formats.vbo.parser:parse",
    examples="telemparse.formats.vbo.examples:EXAMPLES",
    extensions=(".vbo",),
    magics=((0, b"File created on "), (0, b"[header]")),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "pose", "events", "laps", "channels"),
    codes=(
        Code(
            "VBO_NO_COLUMNS",
            Severity.ERROR,
            "{artifact} does not say what its columns are",
            "Neither [column names] nor [header] names the columns of the data.",
            "Copy the file from the logger again: its head is missing.",
            loses_data=True,
        ),
        Code(
            "VBO_NO_TIME",
            Severity.ERROR,
            "no column of {artifact} is the time: {columns}",
            "Rows are placed by their column `time`, and there is none.",
            "Export the recording again with its time channel.",
            loses_data=True,
        ),
        Code(
            "VBO_NO_POSITION",
            Severity.WARNING,
            "{artifact} has no pair of latitude and longitude: {columns}",
            "Without both coordinates there is no gnss_pvt stream; channels are kept.",
            "Export the recording again with its position channels.",
        ),
    ),
    support_level=1,
)
