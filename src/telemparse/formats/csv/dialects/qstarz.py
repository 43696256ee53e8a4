"""Qstarz loggers through the vendor's program: UTC and local time side by side, milliseconds in a column."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, FixRule, Stamps

__all__ = ["QSTARZ"]

# Two shapes: travel recorders with RCR and dilutions, whose heights and speeds carry units in their cells,
# and BL-1000 loggers with an accelerometer, in plain metres and km/h. Built from public readers of them
# (hbspace, labda, itinerum-tripkit) and tested with files of our own making. Older loggers of the vendor
# (BT-Q1000) write the layout that all MTK loggers share.
QSTARZ = CsvDialect(
    name="qstarz",
    title="Qstarz logger",
    header=frozenset(
        {
            "INDEX", "UTC DATE", "UTC TIME", "LOCAL DATE", "LOCAL TIME", "MS", "VALID", "LATITUDE", "N/S",
            "LONGITUDE", "E/W", "SPEED",
        }
    ),
    columns={
        "RCR": "event",
        "VALID": "fix",
        # Years have two or four digits, and spreadsheets turn the order: the dates show it.
        "UTC DATE": "date:utc",
        "UTC TIME": "time:utc",
        "LOCAL DATE": "",
        "LOCAL TIME": "",
        "MS": "millisecond:utc",
        "ALTITUDE": "alt:m",
        "HEIGHT": "alt:m",
        "SPEED": "speed:km/h",
        "HEADING": "course:deg",
        "G-X": "ax:g",
        "G-Y": "ay:g",
        "G-Z": "az:g",
        "NSAT(USED/VIEW)": "sat_count",
    },
    stamps=Stamps.UTC,
    fix=FixRule(
        doubtful={"unknown mode", "manual input mode", "simulator mode"},
        types={"estimated (dead reckoning)": 1, "estimated": 1},
    ),
    events={"b": "marker"},
    device_family="Qstarz",
)  # fmt: skip
