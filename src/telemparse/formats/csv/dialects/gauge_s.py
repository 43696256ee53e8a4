"""Gauge.S display for BMW: a millisecond counter beside split date, hour, minute and second."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, Stamps, Ticks

__all__ = ["GAUGE_S"]

# `Speed` and `Engine Speed` come from the vehicle's bus, `GPS Speed` from the receiver; the clock is
# the display's own, in local time, and ticks irregularly by up to two seconds: the counter is even.
GAUGE_S = CsvDialect(
    name="gauge_s",
    title="Gauge.S",
    header=frozenset(
        {"Timestamp (ms)", "Date", "Hour (h)", "Minute (min)", "Second (s)", "GPS Latitude (°)"}
    ),
    columns={
        "Timestamp (ms)": "tick:ms",
        "Date": "date:ymd",
        "Hour (h)": "hour",
        "Minute (min)": "minute",
        "Second (s)": "second",
        "Speed (mph)": "vehicle speed:mph",
        "Speed (km/h)": "vehicle speed:km/h",
        "GPS North (Angle)": "course:deg",
        "TPS (%)": "throttle_pct",
        "Lambda 1 (V)": ":V",
    },
    stamps=Stamps.LOCAL,
    ticks=Ticks.SUBDIVIDE,
    device_family="Gauge.S",
)
