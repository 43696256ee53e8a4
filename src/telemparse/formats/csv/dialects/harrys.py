"""Harry's LapTimer: the database of recorded points, grouped by laps."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, EpochRule, FixRule, LapRule, Stamps

__all__ = ["HARRYS"]

# Lists of enumerations stand in the names (`GPSFIX[NOFIX/2D/3D/UNKNOWN]`), their indices in the cells.
# Points are repeated where the app joins them with sensors; each lap begins and ends with a point on the
# line.
HARRYS = CsvDialect(
    name="harrys",
    title="Harry's LapTimer",
    header=frozenset({"LAPINDEX", "TIME_LAP", "LATITUDE", "LONGITUDE", "SPEED_KPH", "GPSFIX"}),
    columns={
        "DATE": "date:dmy",
        "TIME": "time",
        "TIME_LAP": ":s",
        "LATITUDE": "lat_deg",
        "LONGITUDE": "lon_deg",
        "SPEED_KPH": "speed:km/h",
        "SPEED_MPH": ":mph",
        "HEIGHT_M": "alt:m",
        "HEIGHT_FT": ":ft",
        "HEADING_DEG": "course:deg",
        "GPSDIFFERENTIAL": "",
        "GPSFIX": "fix",
        "SATELLITES": "sat_count",
        "HDOP": "hdop",
        "ACCURACY_M": "hacc:m",
        "DISTANCE_KM": ":km",  # since the lap began
        "DISTANCE_MILE": ":mi",
        "ACCELERATIONSOURCE": "",
        "LATERALG": "accel_lat_mps2:g",
        "LINEALG": "accel_long_mps2:g",
        "LEAN": ":deg",
        "RPM": "rpm",
        "MAF": "",
        "WHEEL_SPEED_KPH": "vehiclespeed:km/h",
        "WHEEL_SPEED_MPH": ":mph",
        "THROTTLE": "throttle_pct:%",
        "GEAR": "gear",
        "FUEL": "",
        "COOLANT_CELSIUS": "coolant_temp_c:degC",
        "OIL_CELSIUS": "oil_temp_c:degC",
        "IAT_CELSIUS": ":degC",
        "MAP": "",
    },
    stamps=Stamps.UTC,
    # Points on the line are put between two fixes and have none of their own.
    fix=FixRule(lost={"0"}, doubtful={"3"}, types={"1": 2, "2": 3}),
    epochs=EpochRule(changes_of=("TIME", "LATITUDE", "LONGITUDE")),
    laps=LapRule(number="LAPINDEX", running="TIME_LAP:s"),
    device_family="Harry's LapTimer",
)
