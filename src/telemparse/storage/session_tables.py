"""The table of a session: what it must look like, its laps, and its values as a file holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import bools, numpy_view, to_arrow, validity
from telemparse.storage.session_columns import FIXED, LAP_NUMBER, TIME
from telemparse.storage.session_failures import SessionFailed, violation
from telemparse.storage.session_values import StoredLap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.kernels.arrays import Floats

__all__ = [
    "MOST_PIECES", "channel_count", "check_names", "check_table", "check_time", "check_type", "finite",
    "is_number", "laps_of", "stored_table",
]  # fmt: skip

MOST_PIECES = 250_000
"""Columns times laps: each piece takes some 70 bytes of the footer, which is read whole."""
_MOST_LETTERS = 256
_MOST_NAMED = 20
_EXACT = 2**53  # beyond it a float skips whole numbers
_NARROW = {"float": pa.float32(), "halffloat": pa.float32()}


def check_names(names: Iterable[str]) -> None:
    """Raise STORE_COLUMNS_CLASH for names that are equal when capitals do not count, and for odd ones."""
    seen: dict[str, list[str]] = {}
    for name in names:
        if not 0 < len(name) <= _MOST_LETTERS or "\0" in name:
            raise violation(f"a column has a name of {len(name)} letters, or one with a NUL in it")
        seen.setdefault(name.lower(), []).append(name)
    clashes = [name for alike in seen.values() if len(alike) > 1 for name in alike]
    if clashes:
        raise SessionFailed("STORE_COLUMNS_CLASH", columns=clashes[:_MOST_NAMED])


def is_number(kind: pa.DataType) -> bool:
    """Tell whether values of a type are numbers or truth values."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def check_type(field: pa.Field) -> None:
    """Raise SCHEMA_VIOLATION for a column that is neither of numbers nor of words."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if is_number(kind) and not pa.types.is_dictionary(field.type):
        return
    if field.name in FIXED or not pa.types.is_string(kind):
        wanted = "a number" if field.name in FIXED else "a number or a word"
        raise violation(f"{field.name} is {field.type}, not {wanted}", column=field.name)


def check_time(time_s: pa.ChunkedArray | pa.Array) -> None:
    """Raise SCHEMA_VIOLATION for times that are unknown, infinite or run backwards."""
    values: Floats = numpy_view(time_s)
    if time_s.null_count or not np.isfinite(values).all():
        raise violation("time is unknown or infinite in some rows", column="time")
    back = np.flatnonzero(values[1:] < values[:-1])
    if len(back):
        raise violation(
            f"time runs backwards in row {int(back[0]) + 1}: it counts from the start of the session",
            column="time",
        )


def check_table(table: pa.Table) -> None:
    """Raise SessionFailed for a table that is none of a session."""
    if tuple(table.column_names[: len(FIXED)]) != FIXED:
        raise violation(f"the first columns must be {', '.join(FIXED)}")
    check_names(table.column_names)
    for field in table.schema:
        check_type(field)
    for fixed in (LAP_NUMBER, TIME):
        if table.schema.field(fixed.name).type != fixed.type:
            raise violation(f"{fixed.name} must be {fixed.type}", column=fixed.name)
    numbers = table["lap_number"]
    if numbers.null_count or (len(numbers) and pc.min(numbers).as_py() < 0):
        raise violation("lap_number is unknown or below 0 in some rows", column="lap_number")
    check_time(table["time"])


def laps_of(table: pa.Table) -> tuple[StoredLap, ...]:
    """Return the laps of a table in order of its rows, with the stretches outside laps.

    Raises SCHEMA_VIOLATION for a lap in several pieces, and for more laps than a file has room for.
    """
    numbers, time_s = numpy_view(table["lap_number"]), numpy_view(table["time"])
    if not len(numbers):
        return ()
    firsts = np.concatenate([[0], np.flatnonzero(numbers[1:] != numbers[:-1]) + 1])
    if len(firsts) * table.num_columns > MOST_PIECES:
        raise violation(f"{len(firsts)} laps of {table.num_columns} columns are more than a file holds")
    ends = np.append(firsts[1:], len(numbers))
    laps = numbers[firsts]
    pieces, counts = np.unique(laps[laps > 0], return_counts=True)
    if (counts > 1).any():
        broken = [int(number) for number in pieces[counts > 1][:_MOST_NAMED]]
        raise violation(f"the rows of laps {broken} do not follow each other", laps=broken)
    return tuple(
        StoredLap(
            lap_number=int(numbers[first]),
            first_row=int(first),
            rows=int(end - first),
            first_s=float(time_s[first]),
            last_s=float(time_s[end - 1]),
        )
        for first, end in zip(firsts, ends, strict=True)
    )


def channel_count(table: pa.Table) -> int:
    """Return how many columns hold a value, `lap_number` and `time` not counted."""
    return sum(column.null_count < len(column) for column in table.columns[2:])


def finite(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column in which NaN and infinities are null."""
    if not pa.types.is_floating(column.type):
        return column
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    known = pc.is_finite(column)
    if pc.all(known, skip_nulls=True).as_py() is not False:
        return column
    values = column.combine_chunks()
    return pa.chunked_array([to_arrow(numpy_view(values), values.type, bools(known.combine_chunks()))])


def _as_float(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return numbers as float64, or as they are where that would change them."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return column.cast(pa.uint8()).cast(pa.float64())
    if pa.types.is_integer(kind) and kind.bit_width > 32 and len(column):  # noqa: PLR2004  (bits)
        values = numpy_view(column)[validity(column)]
        if len(values) and (int(values.max()) > _EXACT or int(values.min()) < -_EXACT):
            return column
    return column.cast(pa.float64())


def stored_table(table: pa.Table, types: Literal["float64", "source"]) -> pa.Table:
    """Return the table as a file holds it: NaN and infinities null, types as the store has them.

    Args:
        table: of a session.
        types: `float64` for all numbers (but whole ones beyond 2^53) and plain strings, `source` for the
            narrowest types that the source had.
    """
    fields, columns = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        values = finite(column)
        if field.name in {LAP_NUMBER.name, TIME.name}:
            field = field.with_nullable(False)  # noqa: FBT003, PLW2901  (Arrow's own signature)
        elif types == "source":
            narrow = _NARROW.get((field.metadata or {}).get(b"recorded_as", b"").decode("utf-8", "replace"))
            if narrow is not None and pa.types.is_float64(values.type):
                values = values.cast(narrow)
        elif pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        elif is_number(values.type):
            values = _as_float(values)
        fields.append(field.with_type(values.type))
        columns.append(values)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))
