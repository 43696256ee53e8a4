"""Records of fixed width: lines of a buffer by their first letter, and numbers at known bytes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.gather import positions

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

__all__ = ["MOST_DIGITS", "LineIndex", "line_index", "numbers", "windows"]

MOST_DIGITS = 18
"""Digits that 64 bits hold whatever they are."""

_LF, _CR, _BLANK, _ZERO = 0x0A, 0x0D, 0x20, 0x30
_PLUS, _MINUS = 0x2B, 0x2D


@attrs.frozen
class LineIndex:
    """The lines of a buffer.

    Args:
        buffer: the bytes, with blanks behind them as far as the widest window may reach.
        starts, ends: of each line, its end without the line break, shape (n,).
        letters: the first byte of each line, 0 for a line of no bytes, shape (n,).
    """

    buffer: Bytes
    starts: Ints
    ends: Ints
    letters: Bytes

    def line(self, number: int) -> bytes:
        """Return the bytes of a line, without its line break."""
        return self.buffer[self.starts[number] : self.ends[number]].tobytes()


def line_index(data: bytes, reach: int) -> LineIndex:
    """Return the lines of `data` (LF or CRLF), windows of up to `reach` bytes being safe at each start."""
    buffer = np.frombuffer(data + b" " * reach, np.uint8)
    breaks = positions(buffer[: len(data)], _LF)
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(data)]])
    if starts[-1] == len(data):  # nothing stands behind the last line break
        starts, ends = starts[:-1], ends[:-1]
    filled = ends > starts
    ends = ends - (filled & (buffer[np.maximum(ends, 1) - 1] == _CR))
    letters = np.where(ends > starts, buffer[starts], 0).astype(np.uint8)
    return LineIndex(buffer, starts, ends, letters)


def windows(buffer: Bytes, starts: Ints, width: int) -> Bytes:
    """Return the `width` bytes from each start on, shape (n, width); the caller warrants that they exist."""
    if len(starts) == 0 or width == 0:
        return np.zeros((len(starts), width), np.uint8)
    view = np.ndarray((len(buffer) - width + 1,), f"V{width}", buffer, strides=(1,))
    return view[starts].view(np.uint8).reshape(len(starts), width)


def numbers(cells: Bytes) -> tuple[Ints, Mask]:
    """Return whole numbers of cells of digits, shape (n,), and a mask of valid ones (0 elsewhere).

    A sign may stand in the first byte, and blanks before the first digit or sign.

    Args:
        cells: shape (n, width), width at most `MOST_DIGITS`; the caller warrants it.
    """
    rows, width = cells.shape
    if width == 0:
        return np.zeros(rows, np.int64), np.zeros(rows, np.bool_)
    digits = cells - np.uint8(_ZERO)
    plain = digits <= 9  # noqa: PLR2004  (digits)
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    if plain.all():
        return digits @ powers, np.ones(rows, np.bool_)
    blank = np.logical_and.accumulate(cells == _BLANK, axis=1)
    before = np.concatenate([np.ones((rows, 1), np.bool_), blank[:, :-1]], axis=1)
    signed = before & ((cells == _MINUS) | (cells == _PLUS))
    valid = (plain | blank | signed).all(axis=1) & plain[:, -1]
    value = np.where(plain, digits, 0) @ powers
    negative = (signed & (cells == _MINUS)).any(axis=1)
    return np.where(valid, np.where(negative, -value, value), 0), valid
