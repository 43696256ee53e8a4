"""Encodings of a session's columns: each is tried on a sample, and the smallest one is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["encoding_settings"]

_DICTIONARY = "DICTIONARY"
_FLOATS = (_DICTIONARY, "BYTE_STREAM_SPLIT", "PLAIN")
_INTEGERS = (_DICTIONARY, "DELTA_BINARY_PACKED", "PLAIN")
# A larger dictionary than the usual 1 MB, or a long lap would change to plain values halfway.
_SIZES = {"dictionary_pagesize_limit": 16 * 1024 * 1024}


def encoding_settings(sample: pa.Table, compression: str) -> Mapping[str, Any]:
    """Return what a Parquet writer is told of encodings.

    No rule guesses well: rounded speeds are smallest as a dictionary, positions with their bytes sorted by
    significance, constants anyhow. So each column is written in each way.

    Args:
        sample: rows of the longest lap.
        compression: of the file.
    """
    chosen = {
        field.name: _smallest(field, column, compression)
        for field, column in zip(sample.schema, sample.columns, strict=True)
    }
    others = {name: encoding for name, encoding in chosen.items() if encoding not in {None, _DICTIONARY}}
    return {
        "use_dictionary": [name for name, encoding in chosen.items() if encoding == _DICTIONARY] or False,
        "column_encoding": others or None,
        **_SIZES,
    }


def _smallest(field: pa.Field, column: pa.ChunkedArray, compression: str) -> str | None:
    if pa.types.is_boolean(field.type):
        return None
    if not (pa.types.is_floating(field.type) or pa.types.is_integer(field.type)):
        return _DICTIONARY
    if column.null_count == len(column):
        return "PLAIN"
    ways = _FLOATS if pa.types.is_floating(field.type) else _INTEGERS
    table = pa.Table.from_arrays([column], schema=pa.schema([field.with_name("c")]))
    return min(ways, key=lambda way: _size(table, way, compression))


def _size(table: pa.Table, way: str, compression: str) -> int:
    sink = pa.BufferOutputStream()
    encoding = {"use_dictionary": True} if way == _DICTIONARY else {
        "use_dictionary": False, "column_encoding": {"c": way},
    }  # fmt: skip
    pq.write_table(
        table, sink, compression=compression, store_schema=False, write_statistics=False, **encoding, **_SIZES
    )
    return int(sink.getvalue().size)
