"""Damage to bytes, whatever they mean: cuts, flips, splices, repeats, insertions."""

from __future__ import annotations

import itertools
import re
from functools import partial
from typing import TYPE_CHECKING

import attrs
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["MOST_ADDED_BYTES", "Blow", "cuts", "flips", "insertions", "repeats", "splices"]

MOST_ADDED_BYTES = 4096
"""Bytes that damage may add even to a file that has fewer."""

_MOST_LINES = 4096
_MOST_COPIES = 64
_MOST_FLIPS = 8


@attrs.frozen
class Blow:
    """Bytes after one blow, and what was done to them: offsets and lengths, no content."""

    data: bytes
    words: str


def cuts(data: bytes) -> SearchStrategy[Blow] | None:
    """Return the ways to lose an end of `data`, from the last byte to all; None for empty data."""
    if not data:
        return None
    missing = st.integers(1, len(data))
    return st.one_of(missing.map(partial(_without_tail, data)), missing.map(partial(_without_head, data)))


def _without_tail(data: bytes, missing: int) -> Blow:
    kept = len(data) - missing
    return Blow(data[:kept], f"ends after {kept} of {len(data)} bytes")


def _without_head(data: bytes, missing: int) -> Blow:
    return Blow(data[missing:], f"the first {missing} of {len(data)} bytes are missing")


@st.composite
def _flips(draw: st.DrawFn, data: bytes) -> Blow:
    """Turn bits over in stretches from left to right, so that no flip undoes another."""
    changed, done, place = bytearray(data), list[str](), 0
    stretches = draw(st.integers(1, _MOST_FLIPS))
    while place < len(data) and len(done) < stretches:
        first = place + draw(st.integers(0, len(data) - 1 - place))
        length = draw(st.integers(1, min(16, len(data) - first)))
        mask = draw(st.integers(1, 255))
        place = first + length
        changed[first:place] = bytes(byte ^ mask for byte in data[first:place])
        done.append(f"{first}+{length} by {mask:#04x}")
    return Blow(bytes(changed), f"bits turned over at {', '.join(done)} (offset+length)")


def flips(data: bytes) -> SearchStrategy[Blow] | None:
    """Return the ways to turn bits of 1 to 8 stretches over; None for empty data."""
    return _flips(data) if data else None


@st.composite
def _spans(draw: st.DrawFn, data: bytes) -> tuple[int, int]:
    """Draw a piece of non-empty data as (first, behind)."""
    first = draw(st.integers(0, len(data) - 1))
    return first, first + draw(st.integers(1, len(data) - first))


@st.composite
def _line_spans(draw: st.DrawFn, starts: tuple[int, ...]) -> tuple[int, int]:
    first = draw(st.integers(0, len(starts) - 2))
    return starts[first], starts[first + draw(st.integers(1, len(starts) - 1 - first))]


def _pieces(data: bytes) -> SearchStrategy[tuple[int, int]]:
    """Return the pieces of data: of any bytes, and of whole lines where there are several."""
    ends = [found.end() for found in itertools.islice(re.finditer(rb"\n", data), _MOST_LINES)]
    starts = tuple(dict.fromkeys([0, *ends, len(data)]))
    return st.one_of(_spans(data), _line_spans(starts)) if len(starts) > 2 else _spans(data)  # noqa: PLR2004  (one line)


def splices(data: bytes) -> SearchStrategy[Blow] | None:
    """Return the ways to lose a piece, or to move it elsewhere; None for empty data."""
    if not data:
        return None
    pieces = _pieces(data)
    return st.one_of(
        pieces.map(partial(_without, data)),
        st.tuples(pieces, st.integers(0, len(data))).map(partial(_moved, data)),
    )


def _without(data: bytes, piece: tuple[int, int]) -> Blow:
    first, behind = piece
    return Blow(data[:first] + data[behind:], f"bytes {first} to {behind} of {len(data)} are missing")


def _moved(data: bytes, drawn: tuple[tuple[int, int], int]) -> Blow:
    (first, behind), place = drawn
    rest = data[:first] + data[behind:]
    place = min(place, len(rest))
    moved = rest[:place] + data[first:behind] + rest[place:]
    if moved == data:  # it stands where it stood, or all bytes are alike
        return _without(data, (first, behind))
    return Blow(moved, f"bytes {first} to {behind} of {len(data)} stand at {place}")


@st.composite
def _repeats(draw: st.DrawFn, data: bytes, pieces: SearchStrategy[tuple[int, int]]) -> Blow:
    first, behind = draw(pieces)
    room = max(len(data), MOST_ADDED_BYTES) // (behind - first)
    copies = draw(st.integers(1, min(room, _MOST_COPIES)))
    changed = data[:behind] + copies * data[first:behind] + data[behind:]
    return Blow(changed, f"bytes {first} to {behind} of {len(data)} stand there {copies + 1} times")


def repeats(data: bytes) -> SearchStrategy[Blow] | None:
    """Return the ways to repeat a piece in its place; None for empty data."""
    return _repeats(data, _pieces(data)) if data else None


# What gets into files: the smallest first. Names go into the words, bytes do not.
_SPRINKLES = {
    "a NUL": b"\0", "a line end": b"\n", "a quote": b'"', "a comma": b",", "a semicolon": b";",
    "a minus": b"-", "an exponent": b"e99", "an angle bracket": b"<", "a brace": b"{",
    "a byte that is no UTF-8": b"\xff", "a byte order mark": b"\xef\xbb\xbf", "an escape": b"\x1b[0m",
}  # fmt: skip
_RUNS = {
    "NULs": b"\0", "line ends": b"\n", "carriage returns": b"\r", "digits": b"9", "zeros": b"0",
    "blanks": b" ", "tabs": b"\t", "letters": b"A", "quotes": b'"', "commas": b",", "angle brackets": b"<",
}  # fmt: skip
_EXTRAS = st.one_of(
    st.sampled_from(tuple(_SPRINKLES)).map(lambda word: (word, _SPRINKLES[word])),
    st.tuples(st.sampled_from(tuple(_RUNS)), st.integers(1, MOST_ADDED_BYTES)).map(
        lambda run: (f"{run[1]} {run[0]}", run[1] * _RUNS[run[0]])
    ),
    st.binary(min_size=1, max_size=64).map(lambda noise: (f"{len(noise)} bytes of noise", noise)),
)


@st.composite
def _insertions(draw: st.DrawFn, data: bytes) -> Blow:
    place = draw(st.integers(0, len(data)))
    words, extra = draw(_EXTRAS)
    return Blow(data[:place] + extra + data[place:], f"{words} put in at {place} of {len(data)}")


def insertions(data: bytes) -> SearchStrategy[Blow]:
    """Return the ways to put bytes in that do not belong there; they work on empty data too."""
    return _insertions(data)
