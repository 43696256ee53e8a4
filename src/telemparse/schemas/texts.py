"""Text that is text: strings that a parser made of raw buffers are looked at before anybody reads them."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["as_text"]


def as_text(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, int]:
    """Return the column with what is no text as null, and how many cells that are.

    A parser may make strings of raw buffers, which Arrow takes on trust.
    """
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        cells = _texts(column)
        garbled = cells.count(None) - column.null_count
        return pa.chunked_array([pa.array(cells, column.type)]), garbled
    return column, 0


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    raw = column.cast(pa.binary())
    try:
        raw.validate(full=True)
    except pa.ArrowInvalid:  # not even the offsets are sound
        return [None] * len(column)
    return [None if cell is None else _decoded(cell) for cell in raw.to_pylist()]


def _decoded(cell: bytes) -> str | None:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return None
