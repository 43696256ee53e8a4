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

    from numpy.typing import NDArray

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
        columns: Arrow arrays, numpy arrays or lists, shape (n,); int64 numpy columns of time are ns, and
            NaN in numpy floats says unknown and becomes null. Columns that the schema has and this
            mapping lacks become null (`quality_flags` becomes 0).
        time_base: `utc`, `gps_week_seconds`, `time_of_day`, `relative` or `index`.
        fields: for a channel group, the field of each column (`telemparse.schemas.channel_field`).
        **facts: further table metadata, such as `origin_lat_deg` of a pose.

    Raises CallError for a column that the stream does not have, lengths that differ, and values that
    the column's type cannot hold.
    """
    schema = schema_of(stream)
    if fields is not None:
        schema = pa.schema([*schema, *fields.values()], metadata=schema.metadata)
    known = set(schema.names)  # Arrow makes the list anew each time
    unknown = [name for name in columns if name not in known]
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
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub" and pa.types.is_primitive(field.type):
        return _numbers(values, field)
    try:
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        elif not isinstance(values, pa.Array):
            return pa.array(values.tolist() if isinstance(values, np.ndarray) else values, field.type)
        return values if values.type == field.type else values.cast(field.type)
    except (pa.ArrowException, ValueError, TypeError) as error:
        # Arrow quotes the value in its message, and a value may be a coordinate.
        raise CallError(f"{field.name} cannot be {field.type}: {type(error).__name__}") from None


def _numbers(values: NDArray[Any], field: pa.Field) -> pa.Array:
    """Return numpy numbers as the field's type, NaN as null; nothing is wrapped round or cut off."""
    if pa.types.is_floating(field.type):
        known = ~np.isnan(values) if values.dtype.kind == "f" else None
        return to_arrow(values, field.type, known)
    known = None
    if values.dtype.kind == "f":
        if pa.types.is_temporal(field.type):
            raise CallError(f"{field.name} must be whole nanoseconds, not {values.dtype}")
        known = ~np.isnan(values)
        values = np.where(known, values, 0)
    limits = np.iinfo(np.int64 if pa.types.is_temporal(field.type) else field.type.to_pandas_dtype())
    fits = len(values) == 0 or (limits.min <= values.min() and values.max() <= limits.max)
    if not fits or (known is not None and bool((np.trunc(values) != values).any())):
        raise CallError(f"{field.name} holds values that {field.type} cannot hold")
    return to_arrow(values, field.type, known)
