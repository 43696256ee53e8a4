"""Gathering spans of bytes out of a buffer into Arrow strings and fixed windows, without a loop over rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Bytes", "equal_at", "positions", "spans"]

Bytes: TypeAlias = "NDArray[np.uint8]"

# A window as wide as the longest span is fast while the spans are alike; beyond this waste it is not.
_WASTE = 4
_SMALL = 64 * 1024
_STEP = 128 * 1024
_WORD = 8


def positions(buffer: Bytes, byte: int) -> Ints:
    """Return where `byte` stands in the buffer, ascending.

    The comparison goes through the buffer in steps: fresh memory for all of it would cost more than the
    comparison itself.
    """
    found = []
    same = np.empty(min(len(buffer), _STEP), np.bool_)
    for begin in range(0, len(buffer), _STEP):
        part = buffer[begin : begin + _STEP]
        found.append(np.flatnonzero(np.equal(part, byte, out=same[: len(part)])) + begin)
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _windows(buffer: Bytes, width: int, kind: str) -> NDArray[Any]:
    """Return a view, shape (len - width + 1,), whose item i is the `width` bytes from i on."""
    return np.ndarray((len(buffer) - width + 1,), f"{kind}{width}", buffer, strides=(1,))


def equal_at(buffer: Bytes, starts: Ints, literal: bytes) -> Mask:
    """Return for each start whether `literal` stands there, shape (n,).

    Starts below 0 or too near to the end are False. `literal` must hold no NUL, which numpy would trim.
    """
    width = len(literal)
    if width == 0:
        return np.ones(len(starts), np.bool_)
    last = len(buffer) - width
    if last < 0:
        return np.zeros(len(starts), np.bool_)
    starts = starts.astype(np.int64, copy=False)
    if not len(starts):
        return np.zeros(0, np.bool_)
    # As unsigned, a start below 0 is beyond every end.
    if int(starts.view(np.uint64).max()) > last:
        inside = (starts >= 0) & (starts <= last)
        return inside & equal_at(buffer, np.where(inside, starts, 0), literal)
    if width < _WORD:
        return np.asarray(_windows(buffer, width, "S")[starts] == literal)
    return _equal_words(_windows(buffer, width, "V")[starts], literal)


def _equal_words(windows: NDArray[Any], literal: bytes) -> Mask:
    """Return which windows, as wide as the literal, hold it: eight bytes at a time, the last ones again."""
    same = np.ones(len(windows), np.bool_)
    last = len(literal) - _WORD
    for place in (*range(0, last, _WORD), last):
        words = np.ndarray((len(windows),), np.uint64, windows, place, (len(literal),))
        same &= words == np.frombuffer(literal, np.uint64, 1, place)[0]
    return same


def spans(buffer: Bytes, starts: Ints, ends: Ints) -> pa.StringArray:
    """Return the bytes from each start to its end as strings, shape (n,).

    The caller warrants 0 <= start <= end <= len(buffer), and that the bytes are UTF-8.
    """
    lengths = ends - starts
    offsets = np.zeros(len(starts) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    data = _gathered(buffer, starts, lengths, offsets)
    return pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(data))


def _gathered(buffer: Bytes, starts: Ints, lengths: Ints, offsets: NDArray[np.int32]) -> Bytes:
    total = int(offsets[-1])
    if total == 0:
        return np.zeros(0, np.uint8)
    width = int(lengths.max())
    fits = int(starts.max()) + width <= len(buffer)
    if fits and len(starts) * width <= _WASTE * total + _SMALL:
        window = _windows(buffer, width, "V")[starts].view(np.uint8).reshape(len(starts), width)
        if int(lengths.min()) == width:
            return window.ravel()
        return window[np.arange(width, dtype=np.int32) < lengths.astype(np.int32)[:, None]]
    index = np.repeat(starts - offsets[:-1], lengths)
    index += np.arange(total)
    return buffer[index]
