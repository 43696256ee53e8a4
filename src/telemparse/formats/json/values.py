"""Single JSON values, each whole, out of a text that is read piece by piece; damage is passed over."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import attrs

from telemparse.formats.json.buffer import TextBuffer
from telemparse.formats.json.mending import closed, deep_place

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LARGEST_VALUE_BYTES", "UNREAD", "Counts", "Damage", "Number", "TooLargeError", "Values"]

LARGEST_VALUE_BYTES = 64 * 1024 * 1024
"""Largest single value: a record, or what a document holds beside its lists of records."""

UNREAD = object()
"""Stands for a value that is damaged, or longer than the caller wants it to be, and is not read."""

_DEEPEST = 512  # of one value; the standard library's scanner takes a thousand, or since 3.13 ten thousand
_NEXT_ELEMENT = re.compile(r"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)|\][ \t\r\n]*,[ \t\r\n]*(?=\[)|\n[ \t]*(?=[{\[])")
_STEP = 1 << 16
_STARTS = frozenset('{["-0123456789tfnNI')
_LONGEST_ERROR = 60
_LONGEST_STRING = 1 << 20
_LONGEST_GAP = 64
_NEAR_END = 16
_TAIL = 3  # behind a number that the buffer cuts `.`, `e` or `e+` may stand, which are none of it yet
_MOST_DAMAGES = 3
_ENDS = re.compile(r'["\0 \t\r\n]*\Z')


class Number(str):
    """A number as the document writes it, so that no digit is lost on the way."""

    __slots__ = ()


class TooLargeError(ValueError):
    """A single value is larger than memory should hold."""


@attrs.frozen
class Damage:
    """Where the text is no JSON.

    Args:
        offset: byte in the artifact.
        line: from 1.
        error: in words.
        truncated: the text ends where a value should go on.
    """

    offset: int
    line: int
    error: str
    truncated: bool = False


@attrs.define
class Counts:
    """What a document has that JSON does not define."""

    repeated_keys: int = 0
    not_numbers: int = 0


class _Try(NamedTuple):
    """A value and where it ends, or what is wrong with it and where; it may only be cut by the buffer."""

    place: int
    value: Any = None
    error: str = ""
    cut: bool = False


@attrs.define
class Values:
    """Reads single values, with bounded memory.

    Args:
        stream: of the file, at its beginning.
        head: its first bytes, for the encoding.
        step: characters to read at a time; the values do not depend on it.

    Attributes:
        damages: the first places where the text is no JSON, and in `damaged` how many.
        values: read so far.
        buffer: what is in memory, and the place in it.
    """

    stream: BinaryIO
    head: bytes
    step: int = _STEP
    damages: list[Damage] = attrs.field(factory=list)
    damaged: int = 0
    values: int = 0
    counts: Counts = attrs.field(factory=Counts)
    buffer: TextBuffer = attrs.field(init=False)
    _scan: Any = None
    _began: int = 0

    def __attrs_post_init__(self) -> None:
        self.buffer = TextBuffer(self.stream, self.head, self.step)
        self._scan = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=Number,
            parse_int=Number,
            parse_constant=self._constant,
            strict=False,
        ).raw_decode

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.counts.repeated_keys += len(found) != len(pairs)
        return found

    def _constant(self, _word: str) -> None:
        self.counts.not_numbers += 1

    @property
    def last(self) -> str:
        """The text of the last value."""
        return self.buffer.text[self._began : self.buffer.place]

    def glimpse(self, text: str, place: int) -> tuple[Any, int]:
        """Return a value and where it ends, without counting what is odd in it; 0 where there is none."""
        met, self.counts = self.counts, Counts()
        try:
            value, end = self._scan(text, place)
        except (ValueError, RecursionError):
            return None, 0
        finally:
            self.counts = met
        return value, end

    def value(self, most: int | None = None, *, mends: bool = False) -> Iterator[Any]:
        """Yield the value at the place; none where it is damaged, behind which the place then is.

        Args:
            most: characters that it may have; for a longer one, or one that begins well but is damaged,
                there is `UNREAD`, and the place stays.
            mends: of a damaged list or object the good beginning is wanted.
        """
        buffer, size = self.buffer, self.step
        if buffer.text[buffer.place] not in _STARTS:  # quicker than an error, which counts lines
            yield from self._salvage(buffer.place, "Expecting value", mends=mends)
            return
        counts = self.counts
        while True:
            met = counts.repeated_keys, counts.not_numbers
            tried = self._try()
            if not (tried.error or tried.cut) and (most is None or tried.place - buffer.place <= most):
                self._began, buffer.place = buffer.place, tried.place
                self.values += 1
                yield tried.value
                return
            # What stands in a value is counted once, when it is whole.
            counts.repeated_keys, counts.not_numbers = met
            decided = not tried.cut or buffer.ended
            if most is not None and (decided or tried.place - buffer.place > most):
                yield UNREAD
                return
            if decided:
                yield from self._salvage(tried.place, tried.error, mends=mends)
                return
            # A value that the buffer cuts is read again with twice the text, so that time stays linear.
            if len(buffer.text) - buffer.place > LARGEST_VALUE_BYTES:
                raise TooLargeError(LARGEST_VALUE_BYTES)
            while not buffer.ended and len(buffer.text) - buffer.place < size:
                buffer.more()
            size *= 2

    def _try(self) -> _Try:
        buffer = self.buffer
        try:
            value, end = self._scan(buffer.text, buffer.place)
        except RecursionError:
            # Not where the value begins: what stands in it would be read again from each bracket on.
            deep = deep_place(buffer.text, buffer.place, _DEEPEST)
            return _Try(buffer.place if deep is None else deep, error="nested too deeply")
        except ValueError as refused:
            place = getattr(refused, "pos", buffer.place)
            error = str(getattr(refused, "msg", refused))[:_LONGEST_ERROR]
            left = len(buffer.text) - place
            cut = left <= _NEAR_END or (error.startswith("Unterminated") and left < _LONGEST_STRING)
            return _Try(place, error=error, cut=cut)
        reach = _TAIL if isinstance(value, Number) else 0
        return _Try(end, value=value, cut=end + reach >= len(buffer.text) and not buffer.ended)

    def _salvage(self, place: int, error: str, *, mends: bool) -> Iterator[Any]:
        """Go on behind damage with the next value."""
        text, begin = self.buffer.text, self.buffer.place
        ends = self.buffer.ended and (
            error.startswith("Unterminated") or _ENDS.match(text, place) is not None
        )
        self.note(error, place, truncated=ends)
        mended = closed(text[begin:place]) if mends and text[begin] in "{[" else None
        if mended is not None:
            try:
                value, _end = self._scan(mended, 0)
            except (ValueError, RecursionError):
                pass  # what is left is no document either, and the damage is noted
            else:
                self.values += 1
                yield value
        self.resync(max(place, begin + 1))

    def resync(self, place: int) -> None:
        """Go to where the next value seems to begin, or to the end."""
        buffer = self.buffer
        buffer.place = place
        while True:
            found = _NEXT_ELEMENT.search(buffer.text, buffer.place)
            if found is not None:
                buffer.place = found.end()
                return
            buffer.place = max(buffer.place, len(buffer.text) - _LONGEST_GAP)
            if buffer.ended:
                buffer.place = len(buffer.text)
                return
            buffer.drop()
            buffer.more()

    def note(self, error: str, place: int, *, truncated: bool) -> None:
        """Remember damage at an index into the buffer."""
        self.damaged += 1
        if len(self.damages) < _MOST_DAMAGES:
            self.damages.append(Damage(*self.buffer.locate(place), error, truncated))

    def end_early(self, error: str) -> None:
        """Remember that the text ends where something should go on, unless that is known."""
        if not any(damage.truncated for damage in self.damages):
            self.note(error, self.buffer.place, truncated=True)
