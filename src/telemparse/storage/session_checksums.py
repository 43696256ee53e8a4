"""Checksums of a lap's values: Parquet has some for its pages, but none for what says how to read them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import numpy_view, validity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telemparse.storage.session_values import StoredLap

__all__ = ["checksums", "odd_columns"]

_DIGITS = 8


def checksums(table: pa.Table, laps: Iterable[StoredLap]) -> list[str]:
    """Return a text a lap: the CRC-32 of each column's values, eight hex digits each."""
    return [
        "".join(f"{_checksum(column):08x}" for column in table.slice(lap.first_row, lap.rows).columns)
        for lap in laps
    ]


def odd_columns(table: pa.Table, places: Sequence[int], expected: str) -> list[str]:
    """Return the names of columns of a lap whose values are not those that were written.

    Args:
        table: rows of the lap, some columns or all.
        places: of each column among all of the session.
        expected: text of the lap.
    """
    return [
        name
        for name, column, place in zip(table.column_names, table.columns, places, strict=True)
        if f"{_checksum(column):08x}" != expected[place * _DIGITS : (place + 1) * _DIGITS]
    ]


def _checksum(column: pa.ChunkedArray) -> int:
    if column.null_count == len(column):
        return 0
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    known = validity(column)
    crc = 0 if not column.null_count else zlib.crc32(np.packbits(known).tobytes())
    if pa.types.is_string(column.type):
        for part in (pc.binary_length(column), column.cast(pa.binary())):
            crc = zlib.crc32(_bytes(part, known), crc)
        return crc
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    return zlib.crc32(_bytes(column, known), crc)


def _bytes(column: pa.ChunkedArray, known: Any) -> Any:
    """Return the bytes of all values, zeros where they are null."""
    if pa.types.is_binary(column.type):
        return b"".join(value for value in column.to_pylist() if value)
    values = numpy_view(column)
    if column.null_count:
        values = np.where(known, values, np.zeros(1, values.dtype))
    return np.ascontiguousarray(values).view(np.uint8)
