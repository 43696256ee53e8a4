"""JSON values one after another from a file of any size: elements of an array, lines, or one document."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from telemparse.kernels.lines import Encoding, sniff_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LARGEST_VALUE_BYTES", "Damage", "Number", "Reader", "TooLargeError", "closed"]

LARGEST_VALUE_BYTES = 64 * 1024 * 1024
"""Largest single value: a whole document that is one object is one value."""

_DEEPEST = 64
_BLANK = re.compile(r"[ \t\r\n\0\x1e\ufeff]*")  # NUL padding, and the separator of RFC 7464
_BETWEEN = re.compile(r"[ \t\r\n\0]*(?:,[ \t\r\n\0]*)?")
_NEXT_ELEMENT = re.compile(r"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)|\][ \t\r\n]*,[ \t\r\n]*(?=\[)|\n[ \t]*(?=[{\[])")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]|"', re.DOTALL)
_CLOSERS = {"{": "}", "[": "]"}
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
    _text: str = ""
    _place: int = 0
    _passed_bytes: int = 0
    _passed_lines: int = 0
    _ended: bool = False
    _encoding: Encoding = attrs.field(default=Encoding("utf-8"))
    _decode: Any = None
    _scan: Any = None

    def __attrs_post_init__(self) -> None:
        self._encoding = sniff_encoding(self.head) or Encoding("latin-1")
        self._decode = codecs.getincrementaldecoder(self._encoding.name)("replace")
        self.stream.seek(self._encoding.bom)
        self._passed_bytes = self._encoding.bom
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
        self._skip(_BLANK)
        if self._peek() == "[" and not self._is_one_of_lines():
            self.is_array = True
            self._place += 1
        closed_ = False
        while True:
            self._drop()
            self._skip(_BETWEEN if self.is_array else _BLANK)
            letter = self._peek()
            if not letter:
                if self.is_array and not closed_ and not self._is_truncated:
                    self._note("the array does not end", truncated=True)
                return
            if closed_:
                self._note("something stands behind the end of the array", truncated=False)
                self._resync(self._place)
                closed_ = False
            elif self.is_array and letter == "]":
                self._place += 1
                closed_ = True
            else:
                yield from self._value()

    def _is_one_of_lines(self) -> bool:
        """Tell a line that is an array (with more lines of arrays behind it) from one long array."""
        while not self._ended and "\n" not in self._text[self._place :] and len(self._text) < _LONGEST_LINE:
            self._more()
        line, newline, rest = self._text[self._place :].partition("\n")
        if not newline:
            return False
        try:
            _value, end = self._scan(line, 0)
        except (ValueError, RecursionError):
            return False
        while not self._ended and not rest.strip():
            self._more()
            rest = self._text[self._place :].partition("\n")[2]
        return not line[end:].strip() and rest.lstrip().startswith(("[", "{"))

    def _value(self) -> Iterator[Any]:
        size = self.step
        if self._text[self._place] not in _STARTS:  # quicker than an error, which counts lines
            yield from self._salvage(self._place, "Expecting value")
            return
        while True:
            try:
                value, end = self._scan(self._text, self._place)
            except RecursionError:
                error, place, cut = "nested too deeply", self._place, False
            except ValueError as refused:
                place = getattr(refused, "pos", self._place)
                error = str(getattr(refused, "msg", refused))[:_LONGEST_ERROR]
                left = len(self._text) - place
                cut = left <= _NEAR_END or (error.startswith("Unterminated") and left < _LONGEST_STRING)
            else:
                if end < len(self._text) or self._ended:
                    self._place = end
                    self.values += 1
                    yield value
                    return
                error, place, cut = "", end, True  # a number may go on behind the buffer
            if not cut or self._ended:
                yield from self._salvage(place, error)
                return
            # A value that the buffer cuts is read again with twice the text, so that time stays linear.
            if len(self._text) - self._place > LARGEST_VALUE_BYTES:
                raise TooLargeError(LARGEST_VALUE_BYTES)
            while not self._ended and len(self._text) - self._place < size:
                self._more()
            size *= 2

    def _salvage(self, place: int, error: str) -> Iterator[Any]:
        """Go on behind damage with the next value; keep the good beginning of a lone document."""
        begin, lone = self._place, not self.is_array and self.values == 0
        ends = self._ended and (
            error.startswith("Unterminated") or _ENDS.match(self._text, place) is not None
        )
        self._note(error, truncated=ends, place=place)
        mended = closed(self._text[begin:place]) if lone and self._text[begin] == "{" else None
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
        self._place = place
        while True:
            found = _NEXT_ELEMENT.search(self._text, self._place)
            if found is not None:
                self._place = found.end()
                return
            self._place = max(self._place, len(self._text) - _LONGEST_GAP)
            if self._ended:
                self._place = len(self._text)
                return
            self._drop()
            self._more()

    def _note(self, error: str, *, truncated: bool, place: int | None = None) -> None:
        self.damaged += 1
        if len(self.damages) < _MOST_DAMAGES:
            before = self._text[: self._place if place is None else place]
            offset = self._passed_bytes + len(before.encode(self._encoding.name, "replace"))
            line = self._passed_lines + before.count("\n") + 1
            self.damages.append(Damage(offset, line, error, truncated))

    @property
    def _is_truncated(self) -> bool:
        return any(damage.truncated for damage in self.damages)

    def _peek(self) -> str:
        while self._place >= len(self._text) and not self._ended:
            self._more()
        return self._text[self._place : self._place + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        while True:
            found = pattern.match(self._text, self._place)
            self._place = found.end() if found else self._place
            if self._place < len(self._text) or self._ended:
                return
            self._drop()
            self._more()

    def _more(self) -> None:
        piece = self.stream.read(self.step)
        self._text += self._decode.decode(piece, not piece)
        self._ended = not piece

    def _drop(self) -> None:
        """Forget what has been read, once it is much."""
        if self._place < self.step:
            return
        passed = self._text[: self._place]
        self._passed_bytes += len(passed.encode(self._encoding.name, "replace"))
        self._passed_lines += passed.count("\n")
        self._text, self._place = self._text[self._place :], 0


def closed(text: str) -> str | None:
    """Return the beginning of a document up to its last whole value, with its brackets closed.

    None where nothing whole stands in it. Linear; a text that is cut in the middle of a string is cut
    before it.
    """
    open_: list[str] = []
    safe: tuple[int, int] | None = None
    kept: list[str] = []
    for token in _TOKEN.finditer(text):
        letter = token[0]
        if letter in "{[":
            open_.append(letter)
            if len(open_) > _DEEPEST:
                return None
            continue
        if letter in "}]":
            if not open_:
                break
            open_.pop()
            safe, kept = (token.end(), len(open_)), list(open_)
        elif letter == "," and open_:
            safe, kept = (token.start(), len(open_)), list(open_)
        elif letter == '"':
            break
    if safe is None:
        return None
    return text[: safe[0]] + "".join(_CLOSERS[letter] for letter in reversed(kept))
