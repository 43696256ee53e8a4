"""Files of aggregates: one small Parquet for each hour, that says itself what it was made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa
import pyarrow.parquet as pq

from telemparse.live.hour_sources import HourSources, table_folder
from telemparse.live.parts import PartDamage
from telemparse.live.table_files import placed

if TYPE_CHECKING:
    from pathlib import Path

    from telemparse.live.raw_layout import RawHour

__all__ = ["AGGREGATES", "HourAggregate", "aggregate_file", "read_aggregate", "write_aggregate"]

_TIME = pa.timestamp("ns", "UTC")


def _field(name: str, kind: pa.DataType, unit: str, description: str) -> pa.Field:
    return pa.field(name, kind, name.endswith("_t"), {"unit": unit, "description": description})


AGGREGATES = pa.schema(
    [
        _field("hour_start", _TIME, "ns", "Beginning of the hour in which the messages were taken."),
        _field("vehicle_id", pa.string(), "1", "The vehicle."),
        _field("messages", pa.int64(), "1", "Messages, each counted once."),
        _field("duplicates", pa.int64(), "1", "Further copies of messages, here or in the hour before."),
        _field("conflicts", pa.int64(), "1", "Those of them that say something else than the first."),
        _field("first_t", _TIME, "ns", "Earliest instant of the messages by the vehicle's clock."),
        _field("last_t", _TIME, "ns", "Latest instant of the messages by the vehicle's clock."),
    ],
    {"description": "Messages of each vehicle in one hour."},
)
"""Columns of the aggregates; `first_t` and `last_t` are null where all messages are duplicates."""

_FILE = "vehicles.parquet"
_KEY = b"telemparse"
_VERSION = 1


@attrs.frozen
class HourAggregate:
    """Counts of one hour.

    Args:
        table: with the columns of `AGGREGATES`, a row for each vehicle, by its id.
        sources: that the counts were made from.
        damages: parts with lines that could not be read.
    """

    table: pa.Table
    sources: HourSources
    damages: tuple[PartDamage, ...]


def aggregate_file(root: Path, hour: RawHour) -> Path:
    """Return where the counts of an hour lie."""
    return table_folder(root, "aggregates", hour) / _FILE


def write_aggregate(root: Path, hour: RawHour, counts: HourAggregate) -> None:
    """Put the counts of an hour in place, whole or not at all; raises OSError."""
    document = {
        "v": _VERSION,
        "sources": counts.sources.document(),
        "damages": [attrs.asdict(damage) for damage in counts.damages],
    }
    facts = {**(counts.table.schema.metadata or {}), _KEY: json.dumps(document, sort_keys=True)}
    with placed(aggregate_file(root, hour)) as place:
        pq.write_table(counts.table.replace_schema_metadata(facts), place, compression="zstd", version="2.6")


def read_aggregate(root: Path, hour: RawHour) -> HourAggregate | None:
    """Return the counts of an hour, None where none stand, or what stands there is damaged or foreign."""
    try:
        table = pq.read_table(aggregate_file(root, hour), partitioning=None)
        document: dict[str, Any] = json.loads((table.schema.metadata or {})[_KEY])
        if document["v"] != _VERSION or not table.schema.equals(AGGREGATES):
            return None
        return HourAggregate(
            table,
            HourSources.read(document["sources"]),
            tuple(
                PartDamage(damage["part"], damage["count"], tuple(damage["lines"]))
                for damage in document["damages"]
            ),
        )
    except (OSError, pa.ArrowException, ValueError, TypeError, KeyError):
        return None
