"""Numpy arrays to Arrow arrays and back without copies, and without Arrow's lazy import of pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Floats", "Ints", "Mask", "bools", "floats", "null_array", "numpy_view", "to_arrow", "validity"]

Floats: TypeAlias = "NDArray[np.float64]"
Ints: TypeAlias = "NDArray[np.int64]"
Mask: TypeAlias = "NDArray[np.bool_]"


def to_arrow(values: NDArray[Any], kind: pa.DataType, valid: Mask | None = None) -> pa.Array:
    """Return an Arrow array of fixed-width `values`, shape (n,), null where `valid` is False.

    `kind` must be a fixed-width primitive type (floats, integers, timestamps in int64). Values are
    converted to its width first; a value outside an integer type's range must be masked by the caller.
    """
    width = _numpy_type(kind)
    if values.dtype != width:
        with np.errstate(invalid="ignore", over="ignore"):
            values = values.astype(width)
    values = np.ascontiguousarray(values)
    if valid is None or bool(valid.all()):
        return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)], null_count=0)
    bits = np.packbits(valid, bitorder="little")
    return pa.Array.from_buffers(kind, len(values), [pa.py_buffer(bits), pa.py_buffer(values)])


def null_array(kind: pa.DataType, length: int) -> pa.Array:
    """Return `length` nulls of any type."""
    return pa.nulls(length, kind)


def numpy_view(array: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """Return the values of a fixed-width array as numpy, zero-copy for one chunk; nulls hold anything.

    Timestamps come as int64 of their own unit. Pair it with `validity` to know the nulls.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    buffer = array.buffers()[1]
    width = _numpy_type(array.type)
    if buffer is None or len(array) == 0:
        return np.zeros(len(array), width)
    return np.frombuffer(buffer, width, count=array.offset + len(array))[array.offset :]


def validity(array: pa.Array | pa.ChunkedArray) -> Mask:
    """Return a mask, shape (n,), True where the array is not null."""
    if array.null_count == 0:
        return np.ones(len(array), np.bool_)
    if isinstance(array, pa.ChunkedArray):
        return np.concatenate([validity(chunk) for chunk in array.chunks])
    return bools(array.is_valid())


def floats(array: pa.Array | pa.ChunkedArray) -> Floats:
    """Return numbers of any width as float64, shape (n,), NaN where the array is null."""
    values = numpy_view(array).astype(np.float64)
    return values if array.null_count == 0 else np.where(validity(array), values, np.nan)


def bools(array: pa.BooleanArray) -> Mask:
    """Return a boolean array as a mask, shape (n,), False where it is null (`to_numpy` imports pandas)."""
    bits = np.frombuffer(array.buffers()[1] or b"", np.uint8)
    count = array.offset + len(array)
    mask = np.unpackbits(bits, count=count, bitorder="little")[array.offset :].view(np.bool_)
    return mask & validity(array) if array.null_count else mask


def _numpy_type(kind: pa.DataType) -> np.dtype[Any]:
    if pa.types.is_temporal(kind):
        return np.dtype(np.int64 if kind.bit_width == 64 else np.int32)  # noqa: PLR2004  (bits)
    width: np.dtype[Any] = np.dtype(kind.to_pandas_dtype())
    return width
