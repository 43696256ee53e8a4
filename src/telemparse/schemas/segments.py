"""Stream `segments`: corners, straights and chicanes of a track, by progress on a reference lap."""

from __future__ import annotations

import pyarrow as pa

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
            "`straight`, `corner`, `sweeper`, `chicane`, `pit_lane` or `unknown`.",
            required=True,
            origin=_D,
        ),
        field("order_index", pa.int32(), "1", "Order of travel, from 0.", required=True, low=0, origin=_D),
        field("s_start_m", pa.float64(), "m", "Progress where it begins.", required=True, origin=_D),
        field("s_end_m", pa.float64(), "m", "Progress where it ends.", required=True, origin=_D),
        field("direction", dictionary(), "1", "`left`, `right` or null.", origin=_D),
        field("apex_s_m", pa.float64(), "m", "Progress of the apex.", origin=_D),
        field("confidence", dictionary(), "1", "`HIGH`, `MEDIUM` or `LOW`.", origin=Origin.ESTIMATED),
        field(
            "reasons", pa.list_(pa.string()), "1", "Registry codes that explain the confidence.", origin=_D
        ),
        field(
            "source", dictionary(), "1", "`catalogue_default`, `user_defined` or `auto_detected`.", origin=_D
        ),
    ],
)
