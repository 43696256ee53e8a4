"""Stream `laps`: laps as the device or an analysis gives them."""

from __future__ import annotations

import pyarrow as pa

from telemparse.schemas.common import CONFIDENCE, LAP_SOURCE, REASONS
from telemparse.schemas.fields import TIME, Origin, dictionary, field, schema

__all__ = ["LAPS"]

LAPS = schema(
    "laps",
    "Laps in order; `laps` comes from the device, `laps.<method>` from analysis.",
    [
        field(
            "lap_number",
            pa.int32(),
            "1",
            "1...n in order over the table, never reset.",
            required=True,
            low=1,
            origin=Origin.DERIVED,
        ),
        field(
            "stint_index",
            pa.int32(),
            "1",
            "Which stint, from 0.",
            required=True,
            low=0,
            origin=Origin.DERIVED,
        ),
        field("device_lap", pa.int32(), "1", "The device's own number of the lap."),
        field(
            "t_start", TIME, "ns", "Crossing that begins the lap; null where a device gives only durations."
        ),
        field("t_end", TIME, "ns", "Crossing that ends the lap; null where a device gives only durations."),
        field("duration_ns", pa.int64(), "ns", "Lap time.", required=True, low=0),
        field("distance_m", pa.float64(), "m", "Distance driven.", low=0, origin=Origin.DERIVED),
        field(
            "validity",
            dictionary(),
            "1",
            "Whether the lap counts.",
            required=True,
            origin=Origin.DERIVED,
            choices=("VALID", "INVALID", "OUTLAP", "INLAP"),
        ),
        CONFIDENCE,
        REASONS,
        LAP_SOURCE,
        field(
            "duration_std_s",
            pa.float32(),
            "s",
            "Calibrated standard deviation of the lap time.",
            low=0,
            origin=Origin.ESTIMATED,
        ),
    ],
)
