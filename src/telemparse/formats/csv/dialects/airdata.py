"""DJI flights as AirData exports them: feet and mph, whole seconds of UTC with a millisecond counter."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, Stamps, Ticks

__all__ = ["AIRDATA"]

AIRDATA = CsvDialect(
    name="airdata",
    title="AirData flight CSV (DJI)",
    header=frozenset(
        {"time(millisecond)", "datetime(utc)", "latitude", "longitude", "satellites", "gpslevel"}
    ),
    columns={
        "time(millisecond)": "tick:ms",
        "datetime(utc)": "t",
        "latitude": "lat_deg",
        "longitude": "lon_deg",
        "satellites": "sat_count",
        # The compass points where the nose points, not where the aircraft flies.
        "compass_heading(degrees)": ":deg",
        "altitude_above_seaLevel(feet)": "alt:ft",
        "altitude(feet)": ":ft",
        "altitude_above_seaLevel(meters)": "alt:m",
        "altitude(meters)": ":m",
        "speed(mph)": "speed:mph",
        "speed(m/s)": "speed:m/s",
        "speed(km/h)": "speed:km/h",
        "distance(feet)": ":ft",  # from the home point
        "mileage(feet)": "distance_m:ft",
        "distance(meters)": ":m",
        "mileage(meters)": "distance_m:m",
        "xSpeed(mph)": "vel_n_mps:mph",
        "ySpeed(mph)": "vel_e_mps:mph",
        "zSpeed(mph)": "vel_d_mps:mph",
        "xSpeed(m/s)": "vel_n_mps:m/s",
        "ySpeed(m/s)": "vel_e_mps:m/s",
        "zSpeed(m/s)": "vel_d_mps:m/s",
    },
    stamps=Stamps.UTC,
    ticks=Ticks.SUBDIVIDE,
    device_family="DJI",
)
