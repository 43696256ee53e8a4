"""Stream `sectors`: parts of laps between sector gates."""

from __future__ import annotations

import pyarrow as pa

from telemparse.schemas.common import LAP_SOURCE
from telemparse.schemas.fields import TIME, Origin, field, schema

__all__ = ["SECTORS"]

SECTORS = schema(
    "sectors",
    "Sectors in order of lap and travel.",
    [
        field(
            "lap_number",
            pa.int32(),
            "1",
            "The lap of the `laps` table.",
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
        field("sector_index", pa.int32(), "1", "Position within the lap, from 0.", required=True, low=0),
        field("name", pa.string(), "1", "As the source names it."),
        field("t_start", TIME, "ns", "Crossing that begins the sector; null where only durations are given."),
        field("t_end", TIME, "ns", "Crossing that ends the sector; null where only durations are given."),
        field("duration_ns", pa.int64(), "ns", "Sector time.", required=True, low=0),
        field(
            "duration_std_s",
            pa.float32(),
            "s",
            "Calibrated standard deviation of the sector time.",
            low=0,
            origin=Origin.ESTIMATED,
        ),
        LAP_SOURCE,
    ],
)
