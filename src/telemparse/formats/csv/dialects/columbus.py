"""Columbus (Visiontac) V-900, V-990, V-1000 and P-series loggers."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, FixRule, Stamps

__all__ = ["COLUMBUS"]

# The loggers write the receiver's UTC as YYMMDD and HHMMSS; cells are padded with NULs, hemispheres are
# suffixes, heights metres, speeds km/h (V-900 user manual, "CSV format").
COLUMBUS = CsvDialect(
    name="columbus",
    title="Columbus GPS logger",
    first_columns=(
        "INDEX",
        "TAG",
        "DATE",
        "TIME",
        "LATITUDE N/S",
        "LONGITUDE E/W",
        "HEIGHT",
        "SPEED",
        "HEADING",
    ),
    columns={
        "TAG": "event",
        "DATE": "date:ymd",
        "TIME": "time",
        "LATITUDE N/S": "lat_deg",
        "LONGITUDE E/W": "lon_deg",
        "HEIGHT": "alt:m",
        "SPEED": "speed:km/h",
        "HEADING": "course:deg",
        "FIX MODE": "fix",
        "VALID": "",
    },
    stamps=Stamps.UTC,
    fix=FixRule(types={"2d": 2, "3d": 3}),
    # T track point, C point of interest, D second kind of it, V point with voice recording.
    events={"c": "marker", "d": "marker", "v": "marker"},
    device_family="Columbus",
)
