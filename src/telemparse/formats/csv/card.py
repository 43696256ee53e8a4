"""The card of the CSV parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard

__all__ = ["CARD"]

CARD = ParserCard(
    id="csv",
    name="CSV and TSV",
    version="0.1.0",
    detector="telemparse.formats.csv.detect:detect",
    target="telemparse.formats.csv.parser:parse",
    examples="telemparse.formats.csv.examples:EXAMPLES",
    extensions=(".csv", ".tsv", ".tab"),
    mime_types=("text/csv", "text/tab-separated-values"),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "imu_mag", "events", "laps", "sectors", "channels"),
    support_level=2,
)
