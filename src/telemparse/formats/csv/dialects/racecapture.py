"""RaceCapture loggers, both generations: names, units and rates in each cell of the header."""

from __future__ import annotations

from telemparse.extension.csv_dialect import (
    CsvDialect,
    EpochRule,
    FixRule,
    HeaderCells,
    LapRule,
    Match,
    Ticks,
)

__all__ = ["RACECAPTURE"]

# The second generation counts `Utc` in milliseconds, from the last fix on, so that it steps back where a
# fix comes late; `Interval` is the device's own count. The first has no time of all rows: they come at the
# highest rate of the header. `LapTime` is stated in the row in which `LapCount` rises, in decimal minutes
# even where the header says seconds. Positions repeat where the logger asks faster than the receiver
# answers.
RACECAPTURE = CsvDialect(
    name="racecapture",
    title="RaceCapture",
    header_cells=HeaderCells.BARRED,
    match=Match.ANY,  # the second generation may log without a receiver, or without laps
    first_columns=("Interval", "Utc"),
    header=frozenset({"Latitude", "Longitude", "Speed", "LapCount", "LapTime"}),
    columns={
        "Utc": "t:ms",
        "Interval": "tick:ms",
        "Time": "",  # of day, and only in rows of the receiver
        "Latitude": "lat_deg",
        "Longitude": "lon_deg",
        "Speed": "speed:mph?",
        "Altitude": "alt:m?",
        "Distance": "distance_m:mi?",
        "GPSSats": "sat_count",
        "GPSQual": "fix",
        "GPSDOP": "hdop",
        "LapTime": ":min",
        "PredTime": ":min",
        "ElapsedTime": ":min",
        "SplitTime": ":min",
        "AccelX": "ax:g?",
        "AccelY": "ay:g?",
        "AccelZ": "az:g?",
        "Yaw": ":deg/s",
        "Pitch": ":deg/s",
        "Roll": ":deg/s",
        "TPS": "throttle_pct:%",
        "EngineTemp": "coolant_temp_c:F?",
        "OilTemp": "oil_temp_c:F?",
        "Steering": "",
    },
    ticks=Ticks.LEAD,
    # No fix, two dimensions, three, three with corrections (firmware, `GpsSignalQuality`).
    fix=FixRule(lost={"0"}, types={"1": 2, "2": 3, "3": 3}),
    epochs=EpochRule(changes_of=("Latitude", "Longitude", "Speed", "Time", "Altitude")),
    laps=LapRule(number="LapCount", finished="LapTime:min"),
    device_family="RaceCapture",
)
