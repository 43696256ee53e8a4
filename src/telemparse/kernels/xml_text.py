"""XML as UTF-8 bytes on demand, whatever encoding the file declares: from any offset, with line numbers."""

from __future__ import annotations

import bisect
import codecs
import os
import re
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

__all__ = ["XmlText", "declared_encoding"]

_HEAD_BYTES = 1024
_COUNTED_BYTES = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']")
_UTF8 = ("utf-8", "utf8", "us-ascii", "ascii")
# Encodings of several bytes a letter: that the declaration could be read belies them.
_BELIED = re.compile(r"utf-?(16|32)(-?[lb]e)?|ucs-?[24]|iso-10646-ucs-[24]")
# Character sets that Python decodes piece by piece; its other codecs are no encodings of text.
_CHARACTER_SETS = re.compile(
    r"iso8859-\d+|cp\d+|koi8-[rtu]|mac-?[a-z]+|gb2312|gbk|gb18030|big5(hkscs)?|shift_jis\w*|euc_\w+|tis-620"
)
_BLANKS = b" \t\r\n\0"


def declared_encoding(head: bytes) -> tuple[str, int, str | None]:
    """Return the encoding of a document that begins with `head`, the bytes to skip, and what is odd about it.

    Byte order marks are believed first, then zero bytes around the first `<`, then the declaration;
    a declared encoding of several bytes a letter contradicts the declaration that could be read.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark), None
    for start, name in _UNMARKED:
        if head.startswith(start):
            return name, 0, None
    skip = len(head) - len(head.lstrip(_BLANKS))
    odd = "blank bytes before the XML declaration" if skip and head[skip:].startswith(b"<?xml") else None
    found = _DECLARED.match(head, skip)
    name = found[1].decode("ascii").lower() if found else "utf-8"
    if _BELIED.fullmatch(name):
        return "utf-8", skip, f"declared as {name}, which it is not"
    if name in _UTF8:
        return "utf-8", skip, odd
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if not _CHARACTER_SETS.fullmatch(known):
        return "utf-8", skip, f"unknown encoding {name}"
    return known, skip, odd


@attrs.define
class XmlText:
    """One XML document as a stream of UTF-8 bytes; offsets count those bytes.

    For documents in UTF-8 they are the offsets in the file, for others `file_offset` gives those. In 8-bit
    character sets a letter that has no meaning becomes U+FFFD.

    Args:
        opener: gives a new reader at offset 0.
        encoding: Python's name of the document's encoding.
        start: offset of the first byte that counts.
        odd: what is not as XML wants it before the first element, or None.
    """

    opener: Callable[[], BinaryIO]
    encoding: str
    start: int
    odd: str | None
    _counted: tuple[int, int] = attrs.field(default=(0, 1), init=False)

    @classmethod
    def of(cls, opener: Callable[[], BinaryIO]) -> XmlText:
        """Return the text of a document whose encoding is not known yet."""
        with opener() as reader:
            return cls(opener, *declared_encoding(reader.read(_HEAD_BYTES)))

    @property
    def first(self) -> int:
        """Offset of the first byte of `pieces`: beyond a mark or blanks in UTF-8, else 0."""
        return self.start if self.encoding == "utf-8" else 0

    def pieces(self, size: int, offset: int | None = None) -> Iterator[bytes]:
        """Yield the document from an offset (of its beginning by default) in pieces of about `size` bytes."""
        begin = self.first if offset is None else offset
        with self.opener() as reader:
            if self.encoding == "utf-8":
                reader.seek(begin)
                yield from iter(partial(reader.read, size), b"")
                return
            reader.seek(self.start)
            yield from _from_offset(_decoded(reader, self.encoding, size), begin)

    def windows(self, size: int, offset: int | None = None) -> Generator[bytes, int, None]:
        """Yield the document as `pieces` does, but send how many bytes of a window's end are to come again.

        The next window begins with them. At the end of the document windows hold nothing else. Reading
        again costs less than putting what is left and what is new together in fresh memory.
        """
        if self.encoding != "utf-8":
            yield from _joined(self.pieces(size, offset))
            return
        with self.opener() as reader:
            reader.seek(self.first if offset is None else offset)
            again = 0
            while True:
                again = yield reader.read(size + again)
                reader.seek(-again, os.SEEK_CUR)

    def line_of(self, offset: int) -> int:
        """Return the line, from 1, in which an offset lies; cheapest when asked in ascending order."""
        counted, line = self._counted if offset >= self._counted[0] else (self.first, 1)
        counted = max(counted, self.first)
        for piece in self.pieces(_COUNTED_BYTES, counted):
            part = piece[: offset - counted]
            line += part.count(b"\n")
            counted += len(part)
            if counted >= offset:
                break
        self._counted = (counted, line)
        return line

    def file_offset(self, offset: int) -> int:
        """Return where in the file the letter begins that stands at an offset of the UTF-8 text."""
        if self.encoding == "utf-8":
            return offset
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        with self.opener() as reader:
            reader.seek(self.start)
            place = self.start
            while raw := reader.read(_COUNTED_BYTES):
                state = decoder.getstate()
                size = len(_utf8(decoder.decode(raw)))
                if size >= offset:
                    decoder.setstate(state)
                    return place + _bytes_before(offset, raw, decoder)
                place, offset = place + len(raw), offset - size
        return place


def _joined(pieces: Iterator[bytes]) -> Generator[bytes, int, None]:
    window = b""
    again = 0
    while True:
        # A decoder may need more bytes for its next letter: only the last piece is the end.
        window = window[len(window) - again :] + next((piece for piece in pieces if piece), b"")
        again = yield window


def _decoded(reader: BinaryIO, encoding: str, size: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while raw := reader.read(size):
        yield _utf8(decoder.decode(raw))
    yield _utf8(decoder.decode(b"", final=True))


def _bytes_before(offset: int, raw: bytes, decoder: codecs.IncrementalDecoder) -> int:
    """Return how many bytes of `raw` it takes to fill `offset` bytes of UTF-8."""
    state = decoder.getstate()

    def filled(count: int) -> int:
        decoder.setstate(state)
        return len(_utf8(decoder.decode(raw[:count])))

    return bisect.bisect_left(range(len(raw)), offset, key=filled)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _from_offset(pieces: Iterator[bytes], offset: int) -> Iterator[bytes]:
    for piece in pieces:
        if offset < len(piece):
            yield piece[offset:]
        offset = max(0, offset - len(piece))
