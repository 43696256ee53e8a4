"""Checking a batch against its canonical schema: what does not fit is left out and said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import numpy_view, to_arrow, validity
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue
from telemparse.schemas.batches import TIME_BASES
from telemparse.schemas.channels import labelled
from telemparse.schemas.choices import choices, odd_rows, without
from telemparse.schemas.pose import POSE_SOURCES
from telemparse.schemas.registry import is_stream, schema_of
from telemparse.schemas.texts import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.kernels.arrays import Mask

__all__ = ["check"]


def check(stream: str, data: pa.RecordBatch | pa.Table) -> tuple[pa.Table | None, list[Issue]]:
    """Return the rows of `data` that fit the canonical schema of `stream`, and what did not.

    Rows with a null or impossible required value are dropped; NaN, infinities, words that are not
    listed and values out of range in other columns become null. A batch whose columns, types or
    table metadata do not fit is refused whole.

    Returns the table (None when refused) and SCHEMA_VIOLATION / VALUE_OUT_OF_RANGE issues.
    """
    if not is_stream(stream):
        return None, [_violation(stream, "no canonical stream has this name")]
    table = data if isinstance(data, pa.Table) else pa.Table.from_batches([data])
    problem = _structure(stream, table.schema) or _facts(stream, table.schema.metadata or {})
    if problem:
        return None, [_violation(stream, problem)]
    schema = _full_schema(stream, table.schema)
    issues: list[Issue] = []
    keep: Mask | None = None
    columns = []
    for field, column in zip(schema, table.select(schema.names).columns, strict=True):
        text, garbled = as_text(column) if pa.types.is_string(field.type) else (column, 0)
        if garbled:
            problem = f"{field.name} holds text that is not UTF-8"
            issues.append(_violation(stream, problem, column=field.name, count=garbled))
        cleaned, bad_rows, found = _values(stream, field, text)
        columns.append(cleaned)
        issues += found
        if bad_rows is not None:
            keep = ~bad_rows if keep is None else keep & ~bad_rows
    checked = pa.Table.from_arrays(
        columns, schema=schema.with_metadata({**table.schema.metadata, **schema.metadata})
    )
    if keep is not None:
        checked = checked.filter(to_mask(keep))
    return checked, issues


def to_mask(keep: Mask) -> pa.BooleanArray:
    """Return a numpy mask, shape (n,), as an Arrow one."""
    bits = np.packbits(keep, bitorder="little")
    return pa.BooleanArray.from_buffers(pa.bool_(), len(keep), [None, pa.py_buffer(bits)], null_count=0)


def _violation(stream: str, problem: str, **evidence: Any) -> Issue:
    return Issue("SCHEMA_VIOLATION", stream=stream, problem=problem, **evidence)


def _full_schema(stream: str, given: pa.Schema) -> pa.Schema:
    """Return the schema that the checked table has: canonical, plus the batch's own channels."""
    schema = schema_of(stream)
    if not _is_channels(stream):
        return schema
    channels = [labelled(field) for field in given if field.name != "t"]
    return pa.schema([*schema, *channels], metadata=schema.metadata)


def _is_channels(stream: str) -> bool:
    return stream.partition(".")[0] == "channels"


# What the table metadata of a stream must say beside its time base, and the words allowed there.
_FACTS: Mapping[str, Mapping[bytes, tuple[str, ...]]] = {
    "pose": {b"origin_lat_deg": (), b"origin_lon_deg": (), b"pose_source": POSE_SOURCES}
}


def _facts(stream: str, metadata: Mapping[bytes, bytes]) -> str | None:
    """Return what is wrong with the table metadata, or None."""
    needed = {b"time_base": TIME_BASES, **_FACTS.get(stream.partition(".")[0], {})}
    for key, words in needed.items():
        if key not in metadata:
            return f"the table metadata has no {key.decode()}"
        if words and metadata[key] not in {word.encode() for word in words}:
            return f"{key.decode()} in the table metadata is none of {', '.join(words)}"
    return None


def _structure(stream: str, given: pa.Schema) -> str | None:
    schema = schema_of(stream)
    names = given.names
    if len(set(names)) != len(names):
        return "two columns have one name"
    missing = [field.name for field in schema if field.name not in names]
    if missing:
        return f"columns are missing: {', '.join(missing)}"
    if _is_channels(stream):
        odd = [field.name for field in given if field.name != "t" and not _channel_type(field.type)]
        if odd:
            return f"channels must be float, integer or string: {', '.join(odd)}"
    else:
        extra = [name for name in names if name not in schema.names]
        if extra:
            return f"columns are unknown: {', '.join(extra)}"
    wrong = [
        f"{field.name} is {given.field(field.name).type}, not {field.type}"
        for field in schema
        if given.field(field.name).type != field.type
    ]
    return "; ".join(wrong) or None


_FLOATS = (pa.float32(), pa.float64())


def _channel_type(kind: pa.DataType) -> bool:
    return bool(kind in _FLOATS or pa.types.is_integer(kind) or pa.types.is_string(kind))


def _values(
    stream: str, field: pa.Field, column: pa.ChunkedArray
) -> tuple[pa.ChunkedArray, Mask | None, list[Issue]]:
    """Return the column with impossible values as null, the rows to drop for it, and what was found."""
    issues: list[Issue] = []
    bad: Mask | None = None
    if column.null_count == len(column) and field.nullable:
        return column, None, issues
    words = choices(field)
    odd = odd_rows(column, words) if words else None
    if odd is not None:
        problem = f"{field.name} holds what its list does not have"
        issues.append(_violation(stream, problem, column=field.name, count=int(odd.sum())))
        if field.nullable:
            return without(column, odd), None, issues
        bad = odd
    bounds = None if _is_channels(stream) else _bounds(field)
    numeric = pa.types.is_floating(field.type) or (bounds is not None and pa.types.is_integer(field.type))
    if numeric and len(column) and not _all_fine(column, field, bounds):
        finite, inside = _fine_masks(column, field, bounds)
        valid = validity(column)
        unfinite, outside = int((~finite & valid).sum()), int((finite & ~inside & valid).sum())
        if unfinite:
            issues.append(
                _violation(stream, f"{field.name} holds NaN or infinity", column=field.name, count=unfinite)
            )
        if outside:
            issues.append(
                Issue(
                    "VALUE_OUT_OF_RANGE",
                    column=field.name,
                    count=outside,
                    stream=stream,
                    severity=Severity.WARNING,
                )
            )
        good = finite & inside & valid
        bad = valid & ~good
        if field.nullable:
            column = pa.chunked_array([to_arrow(numpy_view(column), field.type, good)])
    if field.nullable:
        return column, None, issues
    if column.null_count:
        valid = validity(column)
        issues.append(
            _violation(stream, f"{field.name} is null", column=field.name, count=int(column.null_count))
        )
        bad = ~valid if bad is None else bad | ~valid
    return column, bad, issues


def _bounds(field: pa.Field) -> tuple[float, float, float] | None:
    facts = field.metadata or {}
    if not facts.keys() & {b"low", b"high", b"below"}:
        return None
    return (
        float(facts.get(b"low", "-inf")),
        float(facts.get(b"high", "inf")),
        float(facts.get(b"below", "inf")),
    )


def _all_fine(column: pa.ChunkedArray, field: pa.Field, bounds: tuple[float, float, float] | None) -> bool:
    """Tell in two passes whether every value is finite and within bounds (min and max carry NaN on)."""
    low, high, below = bounds or (-math.inf, math.inf, math.inf)
    if column.null_count:
        if pa.types.is_floating(field.type) and not pc.all(pc.is_finite(column), skip_nulls=True).as_py():
            return False
        extremes = pc.min_max(column)
        least, most = extremes["min"].as_py(), extremes["max"].as_py()
    else:
        values = numpy_view(column)
        least, most = float(values.min()), float(values.max())
    return bool(
        math.isfinite(least) and math.isfinite(most) and least >= low and most <= high and (most < below)
    )


def _fine_masks(
    column: pa.ChunkedArray, field: pa.Field, bounds: tuple[float, float, float] | None
) -> tuple[Mask, Mask]:
    values = numpy_view(column)
    finite = np.isfinite(values) if pa.types.is_floating(field.type) else np.ones(len(values), np.bool_)
    if bounds is None:
        return finite, np.ones(len(values), np.bool_)
    low, high, below = bounds
    with np.errstate(invalid="ignore"):
        return finite, (values >= low) & (values <= high) & (values < below)
