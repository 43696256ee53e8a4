"""Stream `segments`: corners, straights and chicanes of a track, by progress on a reference lap."""

from __future__ import annotations

import pyarrow as pa

from telemparse.model.gates import GATE_SOURCES
from telemparse.schemas.common import CONFIDENCES, REASONS
from telemparse.schemas.fields import Origin, dictionary, field, schema

__all__ = ["SEGMENTS"]

_D = Origin.DERIVED

SEGMENTS = schema(
    "segments",
    "Parts of the track; progress `s` is measured on the reference lap that the table metadata names.",
    [
        field("segment_id", pa.string(), "1", "Stable name of the segment.", required=True, origin=_D),
        field("name", pa.string(), "1", "For people.", required=True, origin=_D),
        field(
            "segment_type",
            dictionary(),
            "1",
            "Shape of the segment.",
            required=True,
            origin=_D,
            choices=("straight", "corner", "sweeper", "chicane", "pit_lane", "unknown"),
        ),
        field("order_index", pa.int32(), "1", "Order of travel, from 0.", required=True, low=0, origin=_D),
        field("s_start_m", pa.float64(), "m", "Progress where it begins.", required=True, origin=_D),
        field("s_end_m", pa.float64(), "m", "Progress where it ends.", required=True, origin=_D),
        field("direction", dictionary(), "1", "Which way it turns.", origin=_D, choices=("left", "right")),
        field("apex_s_m", pa.float64(), "m", "Progress of the apex.", origin=_D),
        field(
            "confidence",
            dictionary(),
            "1",
            "How sure the segment is.",
            origin=Origin.ESTIMATED,
            choices=CONFIDENCES,
        ),
        REASONS,
        field("source", dictionary(), "1", "Who says so.", origin=_D, choices=GATE_SOURCES),
    ],
)
