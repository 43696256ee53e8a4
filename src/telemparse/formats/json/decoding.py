"""JSON values one after another from a file of any size: elements of an array, lines, or one document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.json.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Reader"]

_BLANK = re.compile(r"[ \t\r\n\0\x1e\ufeff]*")  # NUL padding, and the separator of RFC 7464
_GAP = re.compile(r"[ \t\r\n\0]*")
_BETWEEN = re.compile(rf"{_GAP.pattern}(?:,{_GAP.pattern})?")
_LONGEST_LINE = 1 << 16


@attrs.define
class Reader(Values):
    """Reads the values of one file.

    Args:
        whole: characters of a lone object up to which it is one value. There is `UNREAD` for a longer or
            damaged one, at whose beginning the buffer then stands: the caller moves on to its end. None for
            whoever wants it as one value, or what is left of it.

    Attributes:
        is_array: the values are elements of one top-level array.
        listed: the values that come next are elements of a list.
    """

    whole: int | None = None
    is_array: bool = False
    listed: bool = False

    def elements(self) -> Iterator[Any]:
        """Yield the elements of a top-level array, else the values that follow one another.

        A damaged element is passed over up to where the next one seems to begin. Raises `TooLargeError`.
        """
        buffer = self.buffer
        buffer.skip(_BLANK)
        if buffer.peek() == "[" and not self._is_one_of_lines():
            self.is_array = self.listed = True
            buffer.place += 1
        closed_ = False
        while True:
            buffer.drop()
            self.pass_between()
            letter = buffer.peek()
            if not letter:
                if self.is_array and not closed_:
                    self.end_early("the array does not end")
                return
            if closed_:
                self.note("something stands behind the end of the array", buffer.place, truncated=False)
                self.resync(buffer.place)
                closed_ = False
            elif self.is_array and letter == "]":
                buffer.place += 1
                closed_ = True
            else:
                lone = not self.is_array and self.values == 0 and letter == "{"
                yield from self.value(self.whole if lone else None, mends=lone)
                # What follows damage in a lone document are the elements of a list in it.
                self.listed |= lone and self.damaged > 0

    def pass_between(self) -> None:
        """Go past blanks, and in a list past one comma, wherever the buffer ends."""
        buffer = self.buffer
        found = self.between.match(buffer.text, buffer.place)
        if found is not None and found.end() < len(buffer.text):
            buffer.place = found.end()
            return
        buffer.skip(_GAP if self.listed else _BLANK)
        if self.listed and buffer.peek() == ",":
            buffer.place += 1
            buffer.skip(_GAP)

    def next_letter(self) -> str:
        """Go past blanks, and return the letter there, nothing at the end."""
        self.buffer.skip(_GAP)
        return self.buffer.peek()

    # --- for those who read values on their own, while the iterator of elements waits behind one ------

    @property
    def between(self) -> re.Pattern[str]:
        """What may stand between two values."""
        return _BETWEEN if self.listed else _BLANK

    def ahead(self, size: int) -> str:
        """Return so many characters behind the last value, fewer only where the text ends."""
        return self.buffer.ahead(size)

    def go_on(self, passed: int, values: int) -> None:
        """Go on behind values that were read on their own, and behind so many characters."""
        self.buffer.place += passed
        self.values += values

    def _is_one_of_lines(self) -> bool:
        """Tell a line that is an array (with more lines of arrays behind it) from one long array."""
        buffer = self.buffer
        while (
            not buffer.ended and len(buffer.text) < _LONGEST_LINE and "\n" not in buffer.text[buffer.place :]
        ):
            buffer.more()
        line, newline, rest = buffer.text[buffer.place :].partition("\n")
        if not newline:
            return False
        end = self.glimpse(line, 0)[1]
        if not end:
            return False
        while not buffer.ended and len(buffer.text) < 2 * _LONGEST_LINE and not rest.strip():
            buffer.more()
            rest = buffer.text[buffer.place :].partition("\n")[2]
        return not line[end:].strip() and rest.lstrip().startswith(("[", "{"))
