"""The card of the JSON parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD"]

CARD = ParserCard(
    id="json",
    name="JSON, NDJSON and GeoJSON",
    version="0.1.0",
    detector="telemparse.formats.json.detect:detect",
    target="telemparse.formats.json.parser:parse",
    examples="telemparse.formats.json.examples:EXAMPLES",
    extensions=(".json", ".geojson", ".ndjson", ".jsonl"),
    mime_types=("application/json", "application/geo+json", "application/x-ndjson"),
    # A trace of MyChronoGPS and the laps of its session, which is a file of the CSV parser.
    companions=(("{stem}-trace*.json", "{stem}-session*.txt"),),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "imu_mag", "events", "laps", "channels"),
    codes=(
        Code(
            "JSON_REPEATED_KEYS",
            Severity.WARNING,
            "{count} objects name a key twice",
            "JSON leaves open what a repeated key means. The last value is taken.",
            "Export the file with a tool that names every key once.",
            loses_data=True,
        ),
        Code(
            "JSON_NOT_A_NUMBER",
            Severity.WARNING,
            "{count} values are NaN or Infinity, which JSON does not have; they are null",
            "RFC 8259, section 6, permits neither NaN nor infinities.",
            "Nothing to do where the device had no value.",
            loses_data=True,
        ),
        Code(
            "JSON_TABLES_SKIPPED",
            Severity.WARNING,
            "{count} lists of records have no time and are not read: {tables}",
            "A document holds several lists of records; those without a time beside others with one are"
            " left out.",
            "Nothing to do if they are settings.",
            loses_data=True,
        ),
    ),
    support_level=1,
)
