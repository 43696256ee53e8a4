"""Arrow strings from Python and back to masks, without `pa.array` and `pa.scalar`, which import pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import numpy_view, to_arrow, validity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Mask

__all__ = ["blank", "only", "strings"]


def strings(values: Sequence[str]) -> pa.StringArray:
    """Return texts as an Arrow array, shape (n,); letters that UTF-8 does not have become `?`."""
    encoded = [value.encode("utf-8", "replace") for value in values]
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(value) for value in encoded], out=offsets[1:])
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def only(array: pa.Array, rows: Mask) -> pa.Array:
    """Return the array with null in all but some rows, shape (n,)."""
    return array.take(to_arrow(np.arange(len(rows)), pa.int64(), rows))


def blank(texts: pa.Array) -> Mask:
    """Return which texts have no letter at all, shape (n,); a null has none."""
    return np.asarray((numpy_view(pc.binary_length(texts)) == 0) | ~validity(texts))
