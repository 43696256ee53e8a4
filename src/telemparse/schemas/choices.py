"""Columns whose values come from a list: which rows hold something else, and what stays without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import bools, numpy_view, validity
from telemparse.kernels.texts import strings

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Mask

__all__ = ["choices", "odd_rows", "without"]


def choices(field: pa.Field) -> tuple[str, ...]:
    """Return the words that a canonical field may hold, () where any may stand."""
    listed: bytes = (field.metadata or {}).get(b"choices", b"")
    return tuple(listed.decode().split(",")) if listed else ()


def odd_rows(column: pa.ChunkedArray, words: tuple[str, ...]) -> Mask | None:
    """Return a mask, shape (n,), of rows with a value that is not among `words`; None when all are.

    Takes strings, dictionaries of strings and lists of strings, where one odd item makes its row odd.
    A null row only says unknown and is not odd.
    """
    nested = pa.types.is_list(column.type)
    array = column.combine_chunks()
    values = array.flatten() if nested else array
    # `pa.array` and `to_numpy` import pandas where that is installed.
    odd: Mask = ~bools(pc.is_in(values.cast(pa.string()), value_set=strings(words)))
    if nested:
        rows = np.zeros(len(array), np.bool_)
        rows[numpy_view(pc.list_parent_indices(array))[odd]] = True
        odd = rows
    else:
        odd &= validity(array)
    return odd if odd.any() else None


def without(column: pa.ChunkedArray, rows: Mask) -> pa.ChunkedArray:
    """Return the column with null in these rows."""
    kept = pa.array([None if odd else row for row, odd in enumerate(rows.tolist())], pa.int64())
    return column.take(kept)
