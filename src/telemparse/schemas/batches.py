"""Building a canonical batch from columns: cast, fill what is absent with null, stamp the time base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from telemparse.errors import CallError
from telemparse.kernels.arrays import to_arrow
from telemparse.schemas.registry import schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TIME_BASES", "build", "with_time_base"]

TIME_BASES = ("utc", "gps_week_seconds", "time_of_day", "relative", "index")


def build(
    stream: str,
    columns: Mapping[str, Any],
    *,
    time_base: str = "utc",
    fields: Mapping[str, pa.Field] | None = None,
    **facts: Any,
) -> pa.RecordBatch:
    """Return a batch of `stream` from named columns of one length.

    Args:
        stream: canonical stream name.
        columns: Arrow arrays or numpy arrays, shape (n,); int64 numpy columns of time are ns. Columns
            that the schema has and this mapping lacks become null (`quality_flags` becomes 0).
        time_base: `utc`, `gps_week_seconds`, `time_of_day`, `relative` or `index`.
        fields: for a channel group, the field of each column (`telemparse.schemas.channel_field`).
        **facts: further table metadata, such as `origin_lat_deg` of a pose.

    Raises CallError for a column that the stream does not have, or lengths that differ.
    """
    schema = schema_of(stream)
    if fields is not None:
        schema = pa.schema([*schema, *fields.values()], metadata=schema.metadata)
    unknown = [name for name in columns if name not in schema.names]
    if unknown:
        raise CallError(f"{stream} has no column {', '.join(unknown)}")
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise CallError(f"columns of {stream} have lengths {sorted(lengths)}")
    rows = lengths.pop()
    arrays = [_column(columns.get(field.name), field, rows) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=with_time_base(schema, time_base, **facts))


def with_time_base(schema: pa.Schema, time_base: str, **facts: Any) -> pa.Schema:
    """Return the schema with `time_base` (and further facts) in its metadata."""
    if time_base not in TIME_BASES:
        raise CallError(f"time_base must be one of {', '.join(TIME_BASES)}, not {time_base!r}")
    stamped = {"time_base": time_base, **{key: str(value) for key, value in facts.items()}}
    return schema.with_metadata(
        {**(schema.metadata or {}), **{k.encode(): v.encode() for k, v in stamped.items()}}
    )


def _column(values: Any, field: pa.Field, rows: int) -> pa.Array:
    if values is None:
        if field.name == "quality_flags":
            return to_arrow(np.zeros(rows, np.uint32), field.type)
        return pa.nulls(rows, field.type)
    if isinstance(values, np.ndarray):
        if values.dtype.kind in "fiub" and not pa.types.is_dictionary(field.type):
            return to_arrow(values, field.type)
        return pa.array(values.tolist(), field.type)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    elif not isinstance(values, pa.Array):
        return pa.array(values, field.type)
    return values if values.type == field.type else values.cast(field.type)
