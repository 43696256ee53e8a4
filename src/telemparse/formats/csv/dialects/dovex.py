"""Dove's lap logger (`.dovex`): lap times in a block of their own, padding, and then the rows."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, LapRule, Stamps

__all__ = ["DOVEX"]

DOVEX = CsvDialect(
    name="dovex",
    title="Dove's lap logger",
    header=frozenset({"timestamp", "sats", "hdop", "lat", "lng", "speed_mph"}),
    columns={
        "timestamp": "t:ms",
        "sats": "sat_count",
        "hdop": "hdop",
        "lat": "lat_deg",
        "lng": "lon_deg",
        "speed_mph": "speed:mph",
        "altitude_m": "alt:m",
        "heading_deg": "course:deg",
        "h_acc_m": "hacc:m",
        "accel_x": "ax:g",
        "accel_y": "ay:g",
        "accel_z": "az:g",
    },
    stamps=Stamps.UTC,
    laps=LapRule(durations="laps_ms:ms"),
    device_family="Dove's lap logger",
)
