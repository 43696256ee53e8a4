"""Canonical Arrow schemas, version 1: one per stream, and building and checking batches against them.

Every schema carries `stream`, `schema_version` and `description`; every field carries `unit`,
`description`, `origin` and, where they apply, `low`, `high` (inclusive), `below` (exclusive) and
`choices` (words, comma-separated).
"""

from __future__ import annotations

from telemparse.schemas.batches import build, with_time_base
from telemparse.schemas.channel_names import ChannelNames, NamedChannel, snake_case
from telemparse.schemas.channels import CHANNELS, KNOWN_CHANNELS, Channel, channel_field
from telemparse.schemas.checking import check
from telemparse.schemas.common import QualityFlag
from telemparse.schemas.device_laps import DeviceLap, DeviceSector, laps_batch, sectors_batch
from telemparse.schemas.events import EVENT_TYPES, EVENTS
from telemparse.schemas.fields import SCHEMA_VERSION, TIME, Origin
from telemparse.schemas.fix_changes import FixChanges
from telemparse.schemas.lap_counts import LapCount
from telemparse.schemas.registry import SCHEMAS, is_stream, schema_of

__all__ = [
    "CHANNELS", "EVENTS", "EVENT_TYPES", "KNOWN_CHANNELS", "SCHEMAS", "SCHEMA_VERSION", "TIME",
    "Channel", "ChannelNames", "DeviceLap", "DeviceSector", "FixChanges", "LapCount", "NamedChannel",
    "Origin", "QualityFlag", "build", "channel_field", "check", "is_stream", "laps_batch", "schema_of",
    "sectors_batch", "snake_case", "with_time_base",
]  # fmt: skip
