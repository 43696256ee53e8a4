"""Columns in other clothes: dictionaries as plain words, chunks under one schema, text for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from telemparse.errors import CallError
from telemparse.kernels.texts import strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["conformed", "iso_text", "legible", "plain_words", "time_column", "time_text", "united", "worded"]


def united(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """Return the schema that holds the rows of all: columns in order of appearance, metadata of the first."""
    return pa.unify_schemas(list(schemas), promote_options="permissive")


def conformed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the table under a schema that `united` made of its own: absent columns become null."""
    if table.schema.equals(schema, check_metadata=True):
        return table
    table = pa.concat_tables([schema.empty_table(), table], promote_options="permissive")
    return table.select(schema.names).cast(schema)


def plain_words(table: pa.Table) -> pa.Table:
    """Return the table with dictionary columns as plain strings, metadata kept."""
    schema = plain_schema(table.schema)
    return table if schema is table.schema else table.cast(schema)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema with dictionary types replaced by what they hold."""
    for index, field in enumerate(schema):
        if pa.types.is_dictionary(field.type):
            schema = schema.set(index, field.with_type(field.type.value_type))
    return schema


def worded(table: pa.Table, schema: pa.Schema, vocabulary: Mapping[str, Iterable[str]]) -> pa.Table:
    """Return a table of plain strings under a schema with dictionary types, one dictionary a column.

    Raises CallError when a column has more words than its index type can number.
    """
    columns = []
    for field, column in zip(schema, table.columns, strict=True):
        if pa.types.is_dictionary(field.type):
            # Not `pa.array`, which imports pandas where that is installed.
            words = strings(list(vocabulary[field.name])).cast(field.type.value_type)
            if len(words) > 2 ** (field.type.index_type.bit_width - 1):
                raise CallError(
                    f"{field.name} has {len(words)} different words, more than {field.type} can hold"
                )
            indices = pc.index_in(column.combine_chunks(), words).cast(field.type.index_type)
            columns.append(pa.DictionaryArray.from_arrays(indices, words))
        else:
            columns.append(column)
    return pa.Table.from_arrays(columns, schema=schema)


# --- as text ------------------------------------------------------------------------------------


def time_column(name: str, time_base: str | None) -> str:
    """Return what a time column is called where it leaves Arrow.

    Only UTC may look like a date; any other clock is a count of ns with the clock in its name
    (`t_relative_ns`).
    """
    return name if time_base == "utc" else f"{name}_{time_base or 'unknown'}_ns"


def iso_text(t: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return instants as ISO-8601 with nine digits and `Z`, null where null."""
    return pc.binary_replace_slice(t.cast(pa.string()), 10, 11, "T")


def time_text(t: pa.ChunkedArray, time_base: str | None) -> pa.ChunkedArray:
    """Return instants as ISO-8601 when they are UTC, else as whole ns."""
    return iso_text(t) if time_base == "utc" else t.cast(pa.int64())


def legible(table: pa.Table) -> pa.Table:
    """Return the table in types that text formats know: numbers and strings; lists as JSON arrays."""
    base = (table.schema.metadata or {}).get(b"time_base", b"").decode() or None
    names, columns = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        timed = pa.types.is_timestamp(field.type)
        names.append(time_column(field.name, base) if timed else field.name)
        columns.append(time_text(column, base) if timed else _legible(column))
    return pa.Table.from_arrays(columns, names)


def _legible(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if pa.types.is_list(column.type):
        lists = [None if items is None else json.dumps(items) for items in column.to_pylist()]
        return pa.array(lists, pa.string())
    return column.cast(pa.float32()) if pa.types.is_float16(column.type) else column
