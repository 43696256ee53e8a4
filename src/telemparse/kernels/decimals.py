"""Plain decimal numbers in spans of a buffer, read eight bytes at a time, with no text made of them.

The bytes of a number that ends at a place are one 64-bit word, or two: what stands before the number is
shifted out, the point is closed up, and three multiplications make eight digits an integer. That integer
over a power of ten is exact in every bit, for both are exact in a float64 and the division rounds once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.words import WORD, words_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Mask
    from telemparse.kernels.words import Words

    Places = NDArray[Any]

__all__ = ["decimals"]

_BITS = 64
_MOST_DIGITS = 15  # all integers of so many digits are float64
# Layouts that are tried are those of rows here, in halves of the column: the middle, the first, the last.
_SAMPLES = (1, 0, 2)
_MINUS, _POINT = ord("-"), ord(".")

_ALL = (1 << _BITS) - 1
_ZEROS = np.uint64(int.from_bytes(b"0" * WORD, "little"))
_BYTE, _HALF = np.uint64(8), np.uint64(16)
# Added to a byte from 10 on, it reaches the top bit; a byte up to 9 does not.
_ABOVE_NINE = np.uint64(int.from_bytes(b"\x76" * WORD, "little"))
_TOPS = np.uint64(int.from_bytes(b"\x80" * WORD, "little"))
# Two pairs of digits are weighed at once: hundreds of millions and of thousands, tens and ones.
_PAIRS = np.uint64(0x000000FF_000000FF)
_OUTER, _INNER = np.uint64(0x000F4240_00000064), np.uint64(0x00002710_00000001)
_TEN, _HIGH = np.uint64(10), np.uint64(32)


@attrs.frozen
class _Layout:
    """How a number is written.

    Args:
        wide: in more than eight bytes.
        decimals: digits behind the point, None without one.
    """

    wide: bool
    decimals: int | None

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the least and the most bytes of numbers of this layout."""
        pointed = self.decimals is not None
        most = min(2 * WORD, _MOST_DIGITS + pointed) if self.wide else WORD
        return max(WORD + 1 if self.wide else 1, (self.decimals or 0) + 1 + pointed), most


def decimals(words: Words, begins: Places, ends: Places) -> tuple[Floats, Mask | None]:
    """Return numbers, shape (n,), each the float64 next to what is written, and a mask of those read.

    Read are one minus or none, digits, and a point with digits on both sides or none, fifteen digits at
    most, in up to three layouts a column (a layout is the number of decimals, and whether there are
    more than eight bytes). All else is left to a slower reader, whatever it is: the value there is NaN.

    Args:
        words: of the buffer, from `words_of`.
        begins: shape (n,), of any integer type with a sign.
        ends: likewise, exclusive, shape (n,); the caller warrants 0 <= begin <= end <= bytes of the buffer.

    The mask is None where all were read.
    """
    if not len(begins):
        return np.zeros(0), None
    values, read = _alike(words, begins, ends, _SAMPLES[0])
    if read is None:
        return values, None
    values[~read] = np.nan
    for sample in _SAMPLES[1:]:
        rows = np.flatnonzero(~read)
        if not len(rows):
            return values, None
        part, fine = _alike(words, begins[rows], ends[rows], sample)
        done = rows if fine is None else rows[fine]
        values[done] = part if fine is None else part[fine]
        read[done] = True
    return values, None if read.all() else read


def _alike(words: Words, begins: Places, ends: Places, sample: int) -> tuple[Floats, Mask | None]:
    """Read numbers of the layout of one of them; the mask is None where all are such."""
    buffer = words.view(np.uint8)
    minus = buffer.take(begins, mode="clip") == _MINUS
    negative = bool(minus.any())
    widths = ends - begins
    if negative:
        widths -= minus
    row = (len(ends) - 1) * sample // 2
    end, width = int(ends[row]), int(widths[row])
    layout = _layout_of(buffer[end - min(width, 2 * WORD) : end].tobytes())
    least, most = layout.bounds
    read = None
    if int(widths.min()) < least or int(widths.max()) > most:
        read = (widths >= least) & (widths <= most)
        widths = np.clip(widths, least, most)
    low, high = words_before(words, ends, more=layout.wide)
    if high is None:
        values, odd = _narrow(low, widths, layout)
    else:
        values, odd = _wide(low, high, widths, layout)
    if odd is not None:
        read = ~odd if read is None else read & ~odd
    if negative:
        np.negative(values, out=values, where=minus)
    return values, read


def _layout_of(text: bytes) -> _Layout:
    point = text.rfind(b".")
    decimals = len(text) - 1 - point
    usual = point >= 0 and 0 < decimals < WORD
    return _Layout(len(text) > WORD, decimals if usual else None)


def _narrow(word: Words, widths: Places, layout: _Layout) -> tuple[Floats, Mask | None]:
    """Return the numbers of up to eight bytes in the upper ends of words, and which are none."""
    junk = (_BITS - (widths << 3)).astype(np.uint64)
    zeros = _ZEROS << junk
    word >>= junk
    word <<= junk
    odd = None
    if layout.decimals is not None:
        odd, carried = _closed_up(word, layout.decimals)
        word |= carried
        zeros <<= _BYTE
    word ^= zeros
    odd = _either(odd, _no_digits(word))
    return _over(_eight_digits(word), layout), odd


def _wide(word: Words, before: Words, widths: Places, layout: _Layout) -> tuple[Floats, Mask | None]:
    """Return the numbers of nine to sixteen bytes, and which are none."""
    junk = (2 * _BITS - (widths << 3)).astype(np.uint64)
    zeros = _ZEROS << junk
    before >>= junk
    before <<= junk
    odd = None
    if layout.decimals is not None:
        odd, carried = _closed_up(word, layout.decimals)
        word |= carried
        word |= before >> np.uint64(_BITS - 8)
        before <<= _BYTE
        zeros <<= _BYTE
    word ^= _ZEROS
    before ^= zeros
    odd = _either(_either(odd, _no_digits(word)), _no_digits(before))
    digits = _eight_digits(word)
    if before.any():
        before = _eight_digits(before)
        before *= np.uint64(10**WORD)
        digits += before
    return _over(digits, layout), odd


def _closed_up(word: Words, decimals: int) -> tuple[Mask | None, Words]:
    """Leave the decimals in the words; return which lack the point before them, and what stands before it.

    That is moved up by one byte, to where the point was.
    """
    place = 8 * (WORD - 1 - decimals)
    point, whole = np.uint64(_POINT << place), (1 << place) - 1
    pointed = (word & np.uint64(0xFF << place)) == point
    carried = word & np.uint64(whole)
    carried <<= _BYTE
    word &= np.uint64(_ALL & ~((whole << 8) | 0xFF))
    return None if pointed.all() else ~pointed, carried


def _no_digits(word: Words) -> Mask | None:
    """Return which words have a byte above 9, None where there is none."""
    above = word + _ABOVE_NINE
    above |= word
    if not int(np.bitwise_or.reduce(above)) & int(_TOPS):
        return None
    odd: Mask = (above & _TOPS) != 0
    return odd


def _either(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _eight_digits(word: Words) -> Words:
    """Return the number that eight bytes from 0 to 9 are the digits of, the first one in the lowest byte."""
    pairs = word >> _BYTE
    word = word * _TEN
    word += pairs
    np.right_shift(word, _HALF, out=pairs)
    word &= _PAIRS
    word *= _OUTER
    pairs &= _PAIRS
    pairs *= _INNER
    word += pairs
    word >>= _HIGH
    return word


def _over(digits: Words, layout: _Layout) -> Floats:
    values = digits.astype(np.float64)
    if layout.decimals is not None:
        values /= 10.0**layout.decimals
    return values
