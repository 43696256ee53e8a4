"""A text that is read piece by piece: what is in memory, and where in the file that is."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from telemparse.kernels.lines import Encoding, sniff_encoding

if TYPE_CHECKING:
    import re

__all__ = ["TextBuffer"]


@attrs.define
class TextBuffer:
    """Holds a part of a text, and a place in it up to which everything is read.

    Args:
        stream: of the file, at its beginning.
        head: its first bytes, for the encoding.
        step: characters to take at a time.

    Attributes:
        text: what is in memory.
        place: index into it.
        ended: nothing comes behind it.
    """

    stream: BinaryIO
    head: bytes
    step: int
    text: str = ""
    place: int = 0
    ended: bool = False
    _ahead: list[str] = attrs.field(factory=list)
    _passed_bytes: int = 0
    _passed_lines: int = 0
    _encoding: Encoding = attrs.field(default=Encoding("utf-8"))
    _decode: Any = None

    def __attrs_post_init__(self) -> None:
        self._encoding = sniff_encoding(self.head) or Encoding("latin-1")
        self._decode = codecs.getincrementaldecoder(self._encoding.name)("replace")
        self.stream.seek(self._encoding.bom)
        self._passed_bytes = self._encoding.bom

    def more(self) -> None:
        """Take more of the text into memory."""
        self.text += self._piece()

    def _piece(self) -> str:
        if self._ahead:
            return self._ahead.pop()
        piece = self.stream.read(self.step)
        self.ended = not piece
        return str(self._decode.decode(piece, not piece))

    def ahead(self, size: int) -> str:
        """Return so many characters from the place on, fewer only where the text ends."""
        self.drop()
        pieces, held = [self.text], len(self.text) - self.place
        while held < size and not self.ended:
            pieces.append(self._piece())
            held += len(pieces[-1])
        self.text = "".join(pieces)
        return self.text[self.place : self.place + size]

    def peek(self) -> str:
        """Return the letter at the place, which is behind a pattern that was skipped; nothing at the end."""
        return self.text[self.place : self.place + 1]

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Go past what a pattern fits, which fits nothing as well."""
        while True:
            found = pattern.match(self.text, self.place)
            self.place = found.end() if found else self.place
            if self.place < len(self.text) or self.ended:
                return
            self.drop()
            self.more()

    def drop(self) -> None:
        """Forget what has been read, once it is much.

        What is left of a long text is laid aside in pieces: it would be copied with each step, and an error
        in it counts all lines before.
        """
        if self.place < self.step:
            return
        passed, rest = self.text[: self.place], self.text[self.place :]
        self._passed_bytes += self._bytes_of(passed)
        self._passed_lines += passed.count("\n")
        self.text, self.place = rest[: self.step], 0
        self._ahead += [rest[at : at + self.step] for at in range(self.step, len(rest), self.step)][::-1]
        self.ended = self.ended and not self._ahead

    def locate(self, place: int) -> tuple[int, int]:
        """Return the offset in the file, in bytes, and the line, from 1, of an index into the text."""
        before = self.text[:place]
        return self._passed_bytes + self._bytes_of(before), self._passed_lines + before.count("\n") + 1

    def _bytes_of(self, text: str) -> int:
        if text.isascii():
            return len(text) * self._encoding.width
        return len(text.encode(self._encoding.name, "replace"))
