"""Garmin G1000 avionics: a metadata line, a unit row above the header, local time with its UTC offset."""

from __future__ import annotations

from telemparse.extension.csv_dialect import Altitude, CsvDialect, FixRule, Stamps

__all__ = ["G1000"]

# Track and heading are magnetic; MagVar, east positive, brings the track to true north.
G1000 = CsvDialect(
    name="g1000",
    title="Garmin G1000",
    preamble=("#airframe_info",),
    header=frozenset({"Lcl Date", "Lcl Time", "UTCOfst", "Latitude", "Longitude"}),
    columns={
        "Lcl Date": "date:ymd",
        "Lcl Time": "time",
        "UTCOfst": "utc_offset",
        "Latitude": "lat_deg",
        "Longitude": "lon_deg",
        "AltMSL": "alt:ft",
        "GndSpd": "speed:kn",
        "TRK": "course:deg",
        "MagVar": "declination:deg",
        "VSpdG": "vel_u_mps:ft/min",
        "HDG": "",
        "GPSfix": "fix",
        "E1 RPM": "rpm",
        "E1 OilT": "oil_temp_c",
        "E1 OilP": "oil_pressure_bar",
        "LatAc": "accel_lat_mps2:g",
        # Less one g: 0.02 in level flight.
        "NormAc": ":g",
    },
    stamps=Stamps.LOCAL,
    fix=FixRule(
        lost={"nosoln", "no soln", "no solution"},
        types={"2d": 2, "3d": 3, "3d-": 3, "2ddiff": 2, "3ddiff": 3},
    ),
    altitude=Altitude.SEA_LEVEL,
    device_family="Garmin G1000",
    device_model=r'airframe_name="([^"]{1,80})"',
)
