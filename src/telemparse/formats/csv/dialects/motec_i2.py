"""MoTeC i2: channels resampled to one rate, beacons in one cell of the lines above."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, Grid, LapRule, Stamps, Start

__all__ = ["MOTEC_I2"]

# Laps lie between two beacons; the ways before the first and behind the last are none.
MOTEC_I2 = CsvDialect(
    name="motec_i2",
    title="MoTeC i2",
    preamble=("MoTeC CSV File",),
    columns={
        "Time": "t:s",
        "Distance": "distance_m:m?",
        "GPS Latitude": "lat_deg",
        "GPS Longitude": "lon_deg",
        "GPS Speed": "speed:km/h?",
        "GPS Altitude": "alt:m?",
        "GPS Heading": "course:deg",
        "Vehicle Speed": "vehiclespeed:km/h?",
        "G Force Long": "accel_long_mps2:g?",
        "G Force Lat": "accel_lat_mps2:g?",
        "G Force Vert": "accel_vert_mps2:g?",
        "Throttle Pos": "throttle_pct:%?",
        "Brake Press": "brake_pressure_bar:bar?",
        "Steered Angle": "steering_deg:deg?",
        "Engine RPM": "rpm",
    },
    grid=Grid.RESAMPLED,
    stamps=Stamps.LOCAL,
    start=Start(date="Log Date", time="Log Time", order="dmy"),
    laps=LapRule(beacons="Beacon Markers", duration="Duration"),
    device_family="MoTeC",
    device_model=r'"?Device"?,"?([A-Za-z0-9 _-]{1,40})"?',
)
