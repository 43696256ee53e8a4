"""A buffer as words of eight bytes: what stands before any place of it, without a copy of each byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from telemparse.kernels.gather import Bytes

__all__ = ["WORD", "Words", "words_before", "words_of"]

Words: TypeAlias = "NDArray[np.uint64]"
"""A buffer as little-endian words of eight bytes."""

WORD = 8
"""Bytes of a word."""

_BITS = np.uint64(64)


def words_of(buffer: Bytes) -> Words:
    """Return a buffer as words, shape (m // 8 or one more,).

    It is a view where the buffer lies at words and has whole ones, else a copy with NULs behind.
    """
    if len(buffer) and not len(buffer) % WORD and not buffer.ctypes.data % WORD:
        return buffer.view("<u8")
    return np.frombuffer(buffer.tobytes().ljust(len(buffer) // WORD * WORD + WORD, b"\0"), "<u8")


def words_before(words: Words, ends: NDArray[Any], *, more: bool = False) -> tuple[Words, Words | None]:
    """Return the eight bytes before each end, and the eight before those if there shall be `more`.

    The last byte is the highest one of its word. Where the buffer does not reach so far back, the lower
    bytes are anything.

    Args:
        words: of the buffer, from `words_of`.
        ends: shape (n,); the caller warrants 0 <= end <= bytes of the buffer.
        more: whether the second words are wanted, else they are None.
    """
    places = ends - WORD
    index = places >> 3
    places &= 7
    places <<= 3
    shift = places.astype(np.uint64)
    back = _BITS - shift  # a shift by all the 64 bits gives 0
    here = words.take(index, mode="clip")
    index += 1
    last = words.take(index, mode="clip")
    last <<= back
    if not more:
        here >>= shift
        last |= here
        return last, None
    index -= 2
    before = words.take(index, mode="clip")
    before >>= shift
    back = here << back
    before |= back
    here >>= shift
    last |= here
    return last, before
