"""JSON values one after another from a file of any size: elements of an array, lines, or one document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from telemparse.formats.json.buffer import TextBuffer
from telemparse.formats.json.mending import closed, deep_place

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LARGEST_VALUE_BYTES", "Damage", "Number", "Reader", "TooLargeError"]

LARGEST_VALUE_BYTES = 64 * 1024 * 1024
"""Largest single value: a whole document that is one object is one value."""

_DEEPEST = 512  # of one value; the standard library's scanner takes a thousand, or since 3.13 ten thousand
_BLANK = re.compile(r"[ \t\r\n\0\x1e\ufeff]*")  # NUL padding, and the separator of RFC 7464
_GAP = re.compile(r"[ \t\r\n\0]*")
_BETWEEN = re.compile(rf"{_GAP.pattern}(?:,{_GAP.pattern})?")
_NEXT_ELEMENT = re.compile(r"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)|\][ \t\r\n]*,[ \t\r\n]*(?=\[)|\n[ \t]*(?=[{\[])")
_STEP = 1 << 16
_STARTS = frozenset('{["-0123456789tfnNI')
_LONGEST_ERROR = 60
_LONGEST_LINE = 1 << 16
_LONGEST_STRING = 1 << 20
_LONGEST_GAP = 64
_NEAR_END = 16
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


@attrs.define
class Reader:
    """Reads the values of one file, each whole, with bounded memory.

    Args:
        stream: of the file, at its beginning.
        head: its first bytes, for the encoding.
        step: characters to read at a time; the values do not depend on it.

    Attributes:
        damages: the first places where the text is no JSON, and in `damaged` how many.
        is_array: the values are elements of one top-level array.
    """

    stream: BinaryIO
    head: bytes
    step: int = _STEP
    damages: list[Damage] = attrs.field(factory=list)
    damaged: int = 0
    is_array: bool = False
    values: int = 0
    counts: Counts = attrs.field(factory=Counts)
    _buffer: TextBuffer = attrs.field(init=False)
    _scan: Any = None
    _began: int = 0

    def __attrs_post_init__(self) -> None:
        self._buffer = TextBuffer(self.stream, self.head, self.step)
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

    def elements(self) -> Iterator[Any]:
        """Yield the elements of a top-level array, else the values that follow one another.

        A damaged element is passed over up to where the next one seems to begin. Raises `TooLargeError`.
        """
        buffer = self._buffer
        buffer.skip(_BLANK)
        if buffer.peek() == "[" and not self._is_one_of_lines():
            self.is_array = True
            buffer.place += 1
        closed_ = False
        while True:
            buffer.drop()
            self._pass_between()
            letter = buffer.peek()
            if not letter:
                if self.is_array and not closed_ and not self._is_truncated:
                    self._note("the array does not end", buffer.place, truncated=True)
                return
            if closed_:
                self._note("something stands behind the end of the array", buffer.place, truncated=False)
                self._resync(buffer.place)
                closed_ = False
            elif self.is_array and letter == "]":
                buffer.place += 1
                closed_ = True
            else:
                yield from self._value()

    def _pass_between(self) -> None:
        """Go past blanks, and in an array past one comma, wherever the buffer ends."""
        buffer = self._buffer
        found = self.between.match(buffer.text, buffer.place)
        if found is not None and found.end() < len(buffer.text):
            buffer.place = found.end()
            return
        buffer.skip(_GAP if self.is_array else _BLANK)
        if self.is_array and buffer.peek() == ",":
            buffer.place += 1
            buffer.skip(_GAP)

    # --- for those who read values on their own, while the iterator of elements waits behind one ------

    @property
    def last(self) -> str:
        """The text of the last value."""
        return self._buffer.text[self._began : self._buffer.place]

    @property
    def between(self) -> re.Pattern[str]:
        """What may stand between two values."""
        return _BETWEEN if self.is_array else _BLANK

    def ahead(self, size: int) -> str:
        """Return so many characters behind the last value, fewer only where the text ends."""
        return self._buffer.ahead(size)

    def go_on(self, passed: int, values: int) -> None:
        """Go on behind values that were read on their own, and behind so many characters."""
        self._buffer.place += passed
        self.values += values

    def _is_one_of_lines(self) -> bool:
        """Tell a line that is an array (with more lines of arrays behind it) from one long array."""
        buffer = self._buffer
        while (
            not buffer.ended and len(buffer.text) < _LONGEST_LINE and "\n" not in buffer.text[buffer.place :]
        ):
            buffer.more()
        line, newline, rest = buffer.text[buffer.place :].partition("\n")
        if not newline:
            return False
        met, self.counts = self.counts, Counts()
        try:
            _value, end = self._scan(line, 0)
        except (ValueError, RecursionError):
            return False
        finally:
            self.counts = met
        while not buffer.ended and len(buffer.text) < 2 * _LONGEST_LINE and not rest.strip():
            buffer.more()
            rest = buffer.text[buffer.place :].partition("\n")[2]
        return not line[end:].strip() and rest.lstrip().startswith(("[", "{"))

    def _value(self) -> Iterator[Any]:
        buffer, size = self._buffer, self.step
        if buffer.text[buffer.place] not in _STARTS:  # quicker than an error, which counts lines
            yield from self._salvage(buffer.place, "Expecting value")
            return
        counts = self.counts
        met = counts.repeated_keys, counts.not_numbers
        while True:
            try:
                value, end = self._scan(buffer.text, buffer.place)
            except RecursionError:
                # Not where the value begins: what stands in it would be read again from each bracket on.
                deep = deep_place(buffer.text, buffer.place, _DEEPEST)
                error, place, cut = "nested too deeply", buffer.place if deep is None else deep, False
            except ValueError as refused:
                place = getattr(refused, "pos", buffer.place)
                error = str(getattr(refused, "msg", refused))[:_LONGEST_ERROR]
                left = len(buffer.text) - place
                cut = left <= _NEAR_END or (error.startswith("Unterminated") and left < _LONGEST_STRING)
            else:
                if end < len(buffer.text) or buffer.ended:
                    self._began, buffer.place = buffer.place, end
                    self.values += 1
                    yield value
                    return
                error, place, cut = "", end, True  # a number may go on behind the buffer
            # What stands in a value is counted once, when it is whole.
            counts.repeated_keys, counts.not_numbers = met
            if not cut or buffer.ended:
                yield from self._salvage(place, error)
                return
            # A value that the buffer cuts is read again with twice the text, so that time stays linear.
            if len(buffer.text) - buffer.place > LARGEST_VALUE_BYTES:
                raise TooLargeError(LARGEST_VALUE_BYTES)
            while not buffer.ended and len(buffer.text) - buffer.place < size:
                buffer.more()
            size *= 2

    def _salvage(self, place: int, error: str) -> Iterator[Any]:
        """Go on behind damage with the next value; keep the good beginning of a lone document."""
        text, begin = self._buffer.text, self._buffer.place
        lone = not self.is_array and self.values == 0
        ends = self._buffer.ended and (
            error.startswith("Unterminated") or _ENDS.match(text, place) is not None
        )
        self._note(error, place, truncated=ends)
        mended = closed(text[begin:place]) if lone and text[begin] == "{" else None
        if mended is not None:
            try:
                value, _end = self._scan(mended, 0)
            except (ValueError, RecursionError):
                pass  # what is left is no document either, and the damage is noted
            else:
                self.values += 1
                yield value
        self._resync(max(place, begin + 1))

    def _resync(self, place: int) -> None:
        """Go to where the next value seems to begin, or to the end."""
        buffer = self._buffer
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

    def _note(self, error: str, place: int, *, truncated: bool) -> None:
        self.damaged += 1
        if len(self.damages) < _MOST_DAMAGES:
            self.damages.append(Damage(*self._buffer.locate(place), error, truncated))

    @property
    def _is_truncated(self) -> bool:
        return any(damage.truncated for damage in self.damages)
