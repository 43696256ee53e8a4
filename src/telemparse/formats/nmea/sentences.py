"""Sentences in a piece of a log: found by their signs, judged by their checksums, told by their addresses."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.checksums import xor_checksums
from telemparse.kernels.words import words_before, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.nmea.pieces import Piece
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes
    from telemparse.kernels.words import Words

__all__ = ["KINDS", "TIMED", "Checksums", "Findings", "Kind", "Sentences", "find"]


class Kind(enum.IntEnum):
    """Sentences that are read, by their formatters."""

    RMC = 0
    GGA = 1
    GNS = 2
    GLL = 3
    GST = 4
    ZDA = 5
    VTG = 6
    GSA = 7
    HDT = 8


KINDS = {kind.name.encode(): kind for kind in Kind}
TIMED = Kind.ZDA
"""Kinds up to this one have a time."""


class Checksums(enum.Enum):
    """Whether the writer of a log adds checksums: where it does, a sentence without one is damaged."""

    WRITTEN = "written"
    ABSENT = "absent"


@attrs.frozen
class Sentences:
    """Sentences of one piece that can be trusted, in its order.

    Args:
        buffer: the bytes of the piece.
        words: the same, eight bytes each.
        text: the same with `?` for what is no ASCII.
        signs: 32-bit places of commas, of what begins and ends sentences, and the end of the piece.
        first: index into `signs` of the beginning of each sentence, shape (n,).
        fields: of each sentence behind its address, shape (n,).
        places: where each sentence begins, shape (n,).
        codes: the five letters of each address as a number, 0 where it has another length, shape (n,).
    """

    buffer: Bytes
    words: Words
    text: Bytes
    signs: NDArray[np.int32]
    first: Ints
    fields: Ints
    places: Ints
    codes: NDArray[np.uint64]


@attrs.frozen
class Findings:
    """What a piece holds.

    Args:
        good: sentences to be read or passed over.
        failed: places of sentences whose checksum is wrong or lost, ascending.
        lacking: how many of these have none.
        cut: place of a sentence that the end of the file cuts, or None.
        idle: lines without any sentence.
    """

    good: Sentences
    failed: Ints
    lacking: int
    cut: int | None
    idle: int


_COMMA, _STAR, _DOLLAR, _BANG, _LF, _CR = b",*$!\n\r"
_SIGNS = np.zeros(256, np.bool_)
_SIGNS[list(b",*$!\n\r")] = True
_NO_HEX = 255
_HEX = np.full(256, _NO_HEX, np.uint8)
_HEX[list(b"0123456789ABCDEF")] = np.arange(16)
_HEX[list(b"abcdef")] = np.arange(10, 16)
_LETTERS = np.zeros(256, np.bool_)
_LETTERS[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] = True
_ADDRESS = 5
_NO_ASCII, _UNKNOWN = 0x80, ord("?")
_LONGEST_ADDRESS = 10
_MAKERS, _QZSS = b"PQ"
_LONGEST_STAMP = 80
_FEWEST_COMMAS = 2
_ABOVE_LETTERS = np.uint64(8 * (8 - _ADDRESS))


def find(piece: Piece, checksums: Checksums) -> Findings:
    """Return the sentences of a piece."""
    buffer = piece.buffer
    signs, breaks, what = _signs(buffer, piece.size)
    begins = np.flatnonzero((what == _DOLLAR) | (what == _BANG))
    after = begins + 1
    first, stop = breaks[begins], breaks[after]
    broken = signs.take(breaks)
    starts, stops = broken[begins], broken[after]
    stopped_by = what[after]
    summed, right = _summed(buffer, starts, stops, stopped_by == _STAR)
    commas = stop - first - 1
    rest = np.flatnonzero(~right)
    failed, lacking, cut = np.zeros(0, np.int64), 0, None
    if len(rest):
        shaped = _addressed(buffer, starts[rest], signs[first[rest] + 1])
        ends_file = piece.last & (stop[rest] == len(signs) - 1)
        ends_file |= piece.last & ~summed[rest] & (stopped_by[rest] == _STAR) & (stops[rest] + 3 > piece.size)
        cuts = (shaped | _is_beginning(buffer, starts[rest], piece.size)) & ends_file & ~summed[rest]
        cut = int(starts[rest[cuts]][-1]) if cuts.any() else None
        plain = shaped & ~cuts & ~summed[rest]
        own = plain & _are_proprietary(buffer, starts[rest]) & np.isin(stopped_by[rest], (_LF, _CR))
        # What makers write without checksums beside the standard's sentences is read by nobody.
        right[rest[own]] = True
        plain &= ~own
        # Even without an address, a line that ends in a checksum has been a sentence.
        lined = (commas[rest] >= _FEWEST_COMMAS) & np.isin(
            buffer[np.minimum(stops[rest] + 3, piece.size)], (_LF, _CR)
        )
        lost = summed[rest] & (shaped | lined)
        if checksums is Checksums.ABSENT:
            right[rest[plain]] = True
        else:
            lacking, lost = int(plain.sum()), lost | plain
        failed = starts[rest[lost]]
    if piece.last and cut is None:
        cut = _stump(buffer[: piece.size], signs, breaks, what, first=piece.first)
    headless = _headless(buffer[: piece.size], signs, breaks, what)
    if len(headless):
        failed = np.sort(np.concatenate([failed, headless]))
    good = _sentences(buffer, signs, first, commas, right)
    return Findings(good, failed, lacking, cut, _idle(broken, what))


def _signs(buffer: Bytes, size: int) -> tuple[Ints, Ints, NDArray[np.uint8]]:
    """Return the places of signs, the indices of those that are no commas, and what they are.

    The last one stands for the end of the piece.
    """
    # All signs, and little else of a log, are below the digits.
    signs = np.flatnonzero(buffer[: size + 1] <= _COMMA)
    kinds = buffer[signs]
    breaks = np.flatnonzero(kinds != _COMMA)
    what = kinds[breaks]
    wanted = _SIGNS[what]
    bangs = np.flatnonzero(what == _BANG)
    if len(bangs):
        # An exclamation mark in a text is none that begins a sentence.
        begun = signs[breaks[bangs]]
        wanted[bangs] = _LETTERS[buffer[begun + 1]] & (buffer[begun + 6] == _COMMA)
    if wanted.all():
        return signs, breaks, what
    kept = np.ones(len(signs), np.bool_)
    kept[breaks[~wanted]] = False
    signs = signs[kept]
    return signs, np.flatnonzero(buffer[signs] != _COMMA), what[wanted]


def _summed(buffer: Bytes, starts: Ints, stops: Ints, starred: Mask) -> tuple[Mask, Mask]:
    """Return which sentences have a checksum, and which a right one."""
    # What is read behind the end of a piece is 0, which is no digit.
    high, low = _HEX[buffer[stops + 1]], _HEX[buffer[stops + 2]]
    summed = starred & (high != _NO_HEX) & (low != _NO_HEX)
    if summed.all():
        return summed, xor_checksums(buffer, starts + 1, stops) == (high << 4 | low)
    right = np.zeros(len(starts), np.bool_)
    right[summed] = xor_checksums(buffer, starts[summed] + 1, stops[summed]) == (high << 4 | low)[summed]
    return summed, right


def _addressed(buffer: Bytes, starts: Ints, commas: Ints) -> Mask:
    """Tell what begins as sentences do from signs that stand in binary by chance."""
    fits = (commas - starts > 3) & (commas - starts <= _LONGEST_ADDRESS)  # noqa: PLR2004  (letters)
    for place in (1, 2, 3):
        fits &= _LETTERS[buffer[starts + place]]
    return fits


def _are_proprietary(buffer: Bytes, starts: Ints) -> Mask:
    """Tell which addresses are a maker's own; `PQ` is a talker of the standard, Japan's QZSS."""
    own: Mask = (buffer[starts + 1] == _MAKERS) & (buffer[starts + 2] != _QZSS)
    return own


def _is_beginning(buffer: Bytes, starts: Ints, size: int) -> Mask:
    """Tell which sentences end with the piece in the middle of their address: only the last one can."""
    found = np.zeros(len(starts), np.bool_)
    rest = buffer[int(starts[-1]) + 1 : size]
    found[-1] = len(rest) <= _LONGEST_ADDRESS and bool(_LETTERS[rest].all())
    return found


def _stump(buffer: Bytes, signs: Ints, breaks: Ints, what: NDArray[np.uint8], *, first: bool) -> int | None:
    """Return where a file ends in a line of text that holds no sentence yet: a logger wrote its stamp."""
    # The last one is the end. A line without any other is the rest of a log, unless it is all of it.
    lone = len(what) == 1
    if first if lone else what[-2] not in (_LF, _CR):
        return None
    begin = 0 if lone else int(signs[breaks[-2]]) + 1
    text = buffer[begin:].tobytes()
    is_text = text.strip() and len(text) <= _LONGEST_STAMP and text.isascii() and text.decode().isprintable()
    return begin if is_text and not text.startswith(b"#") else None


def _headless(buffer: Bytes, signs: Ints, breaks: Ints, what: NDArray[np.uint8]) -> Ints:
    """Return the lines that end in a checksum and have lost the sign that began their sentence."""
    stars = np.flatnonzero(what == _STAR)
    before = what[stars - 1]
    lone = stars[(before != _DOLLAR) & (before != _BANG)] if len(stars) else stars
    found = []
    for star in lone.tolist():
        place = int(signs[breaks[star]])
        digits = buffer[place + 1 : place + 3]
        ends = place + 3 >= len(buffer) or buffer[place + 3] in (_LF, _CR)
        comma = int(breaks[star - 1]) + 1 if star else 0
        many = int(breaks[star]) - comma >= _FEWEST_COMMAS
        if ends and many and len(digits) == 2 and (_HEX[digits] != _NO_HEX).all():  # noqa: PLR2004  (hexadecimal)
            found.append(int(signs[comma]))
    return np.array(found, np.int64)


def _idle(broken: Ints, what: NDArray[np.uint8]) -> int:
    """Count lines of some letters in which no sentence begins."""
    ends = (what == _LF) | (what == _CR)
    # From the beginning of the piece, or from a line end, to the next one.
    lines = ends[1:] & ends[:-1]
    lines &= np.diff(broken) > 1
    return int(np.count_nonzero(lines)) + int(ends[0] and broken[0] > 0)


def _sentences(buffer: Bytes, signs: Ints, first: Ints, commas: Ints, right: Mask) -> Sentences:
    if not right.all():
        first, commas = first[right], commas[right]
    starts = signs[first]
    words = words_of(buffer)
    usual = (commas > 0) & (signs.take(first + 1, mode="clip") - starts == _ADDRESS + 1)
    letters, _before = words_before(words, starts + (_ADDRESS + 1))
    codes = np.where(usual, letters >> _ABOVE_LETTERS, np.uint64(0))
    text = (
        buffer
        if buffer.max() < _NO_ASCII
        else np.where(buffer < _NO_ASCII, buffer, _UNKNOWN).astype(np.uint8)
    )
    return Sentences(buffer, words, text, signs.astype(np.int32), first, commas, starts, codes)
