"""i-Blue 747 and other Transystem loggers, as the vendor's own utility writes them."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, FixRule, Stamps

__all__ = ["IBLUE"]

# The vendor's utility writes UTC, heights in metres, speeds in km/h and plain numbers; validity is
# `Unknown` where the logger was not set to record it.
IBLUE = CsvDialect(
    name="iblue",
    title="i-Blue 747 (Transystem) logger",
    first_columns=(
        "INDEX", "RCR", "DATE", "TIME", "VALID", "LATITUDE", "N/S", "LONGITUDE", "E/W", "HEIGHT", "SPEED",
        "DISTANCE",
    ),
    columns={
        "RCR": "event",
        "DATE": "date:ymd",
        "VALID": "fix",
        "HEIGHT": "alt:m",
        "SPEED": "speed:km/h",
        "DISTANCE": ":km",
    },
    stamps=Stamps.UTC,
    fix=FixRule(doubtful={"unknown", "unknown mode"}),
    # RCR says why the point was logged: T time, D distance, S speed, B button.
    events={"b": "marker"},
    device_family="i-Blue",
)  # fmt: skip
