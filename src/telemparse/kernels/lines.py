"""Text of unknown encoding as blocks of whole lines in UTF-8: the first step of every line-based format."""

from __future__ import annotations

import codecs
import enum
import re
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Block", "Encoding", "Lines", "Newlines", "decoded", "line_blocks", "sniff_encoding"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF32_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
# Bytes that no text of any supported encoding holds: C0 controls other than NUL, tab and line ends.
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.01
_NUL_SHARE = 0.3
_LONGEST_LINE_BLOCKS = 8
# The five bytes that cp1252 leaves undefined; text that holds them is latin-1.
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@attrs.frozen
class Encoding:
    """How bytes become text.

    Args:
        name: `utf-8`, `utf-16-le`, `utf-16-be`, `cp1252` or `latin-1`.
        bom: length of the byte order mark in bytes.
    """

    name: str
    bom: int = 0

    @property
    def width(self) -> int:
        """Bytes of one code unit."""
        return 2 if self.name.startswith("utf-16") else 1


class Newlines(enum.Enum):
    """What ends a line."""

    LF = "\n"
    """Also stands for CRLF: the carriage return is trimmed with the blanks."""
    CR = "\r"


class Lines(enum.Enum):
    """Whether a line end inside quotes ends the line."""

    PLAIN = "plain"
    QUOTED = "quoted"


@attrs.frozen
class Block:
    """Whole lines of an artifact in UTF-8, without NUL bytes.

    Args:
        data: the bytes, and behind them perhaps the start of the next line, which need not be copied away.
        size: bytes of `data` that are the block; all but the last block end in a newline.
        last: nothing follows.
        offset: of the first byte in the artifact; for UTF-16 and other transcoded text only where the
            reading had got to, so that it grows but points nowhere.
    """

    data: bytes = attrs.field(repr=False)
    size: int
    last: bool
    offset: int = 0

    @property
    def lines(self) -> bytes:
        """The block's own bytes, copied where the start of the next line stands behind them."""
        return self.data if self.size == len(self.data) else self.data[: self.size]


def sniff_encoding(head: bytes) -> Encoding | None:
    """Return the encoding of a file that begins with `head`, or None when it is no supported text.

    Order of belief: byte order mark, NULs in every other byte (UTF-16 without a mark), valid UTF-8,
    and then cp1252, or latin-1 where cp1252 leaves a byte undefined.
    """
    if head.startswith(_UTF32_BOMS):
        return None
    for bom, name in _BOMS:
        if head.startswith(bom):
            return Encoding(name, len(bom))
    wide = _utf16(head)
    if wide is not None:
        return wide
    if len(_CONTROLS.findall(head)) > _CONTROL_SHARE * len(head):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return Encoding("latin-1" if _NOT_CP1252.search(head) else "cp1252")
    return Encoding("utf-8")


def _utf16(head: bytes) -> Encoding | None:
    """Tell UTF-16 without a mark by its NULs: text of mostly Latin letters has one in every pair."""
    pairs = len(head) // 2
    if pairs == 0:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0) / pairs, head[1 : 2 * pairs : 2].count(0) / pairs
    low, high = min(even, odd), max(even, odd)
    if high <= _NUL_SHARE or low > _NUL_SHARE / 10:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = head[: 2 * pairs].decode(name, "replace")
    # A line end must come out, or a block of NUL-padded bytes would pass for text.
    return Encoding(name) if "\n" in text or "\r" in text else None


def decoded(data: bytes, encoding: Encoding) -> str:
    """Return the text of `data` (mark included) with NULs left out; broken units become U+FFFD."""
    return data[encoding.bom :].decode(encoding.name, "replace").replace("\0", "")


def line_blocks(
    reader: BinaryIO,
    encoding: Encoding,
    *,
    start: int = 0,
    block_bytes: int = 1 << 21,
    newlines: Newlines = Newlines.LF,
    lines: Lines = Lines.PLAIN,
    delimiter: str = ",",
) -> Iterator[Block]:
    """Yield blocks of about `block_bytes` from byte `start`, cut where a line ends.

    Args:
        reader: of the artifact.
        encoding: of the artifact; other encodings than UTF-8 are transcoded block by block.
        start: byte offset of the first wanted line.
        block_bytes: size to read at a time.
        newlines: what ends a line; a lone CR comes out as LF.
        lines: with `QUOTED`, a line end inside a cell in double quotes does not end the line. A quote opens
            only at the beginning of a cell, as pyarrow.csv has it; elsewhere it is a letter.
        delimiter: one ASCII letter between cells; it matters with `QUOTED` alone.

    A line longer than eight blocks is cut where the block ends, so that memory stays bounded.
    """
    records = _records(delimiter) if lines is Lines.QUOTED else None
    if encoding.name == "utf-8" and newlines is Newlines.LF:
        yield from _raw_blocks(reader, start, block_bytes, records)
    else:
        yield from _transcoded_blocks(reader, encoding, start, block_bytes, newlines, records)


def _raw_blocks(
    reader: BinaryIO, start: int, block_bytes: int, records: re.Pattern[bytes] | None
) -> Iterator[Block]:
    """Yield blocks as they lie; the line that a block cuts is read again rather than carried over."""
    offset, step = start, block_bytes
    while True:
        reader.seek(offset)
        raw = reader.read(step)
        last = len(raw) < step
        cut = len(raw) if last else _cut(raw, records)
        if not cut and step < _LONGEST_LINE_BLOCKS * block_bytes:
            step *= 2
            continue
        cut = cut or len(raw)
        if b"\0" in raw:
            data = raw[:cut].translate(None, b"\0")
            yield Block(data, len(data), last, offset)
        else:
            yield Block(raw, cut, last, offset)
        if last:
            return
        offset, step = offset + cut, block_bytes


def _transcoded_blocks(  # noqa: PLR0917  (one caller, same order)
    reader: BinaryIO,
    encoding: Encoding,
    start: int,
    block_bytes: int,
    newlines: Newlines,
    records: re.Pattern[bytes] | None,
) -> Iterator[Block]:
    reader.seek(start)
    step = max(block_bytes - block_bytes % encoding.width, encoding.width)
    decoder = codecs.getincrementaldecoder(encoding.name)("replace")
    carry, offset = b"", start
    while True:
        raw = reader.read(step)
        last = len(raw) < step
        data = decoder.decode(raw, final=last).encode("utf-8", "replace").translate(None, b"\0")
        if newlines is Newlines.CR:
            data = data.replace(b"\r", b"\n")
        data = carry + data if carry else data
        cut = len(data) if last or len(data) > _LONGEST_LINE_BLOCKS * step else _cut(data, records)
        carry = data[cut:]
        if cut or last:
            yield Block(data, cut, last, offset)
            offset += len(raw)
        if last:
            return


def _cut(data: bytes, records: re.Pattern[bytes] | None) -> int:
    """Return the length of the whole lines at the start of `data`."""
    if records is None or b'"' not in data:
        return data.rfind(b"\n") + 1
    found = records.match(data)
    return found.end() if found else 0


@cache
def _records(delimiter: str) -> re.Pattern[bytes]:
    """Return what whole lines are whose cells may hold line ends; possessive, so that none is read twice."""
    between = rb"[%b\r]" % re.escape(delimiter.encode())
    letters = rb"[^%b\r\n]*+" % re.escape(delimiter.encode())
    cell = rb'(?:"(?:[^"]++|"")*+"%b|(?!")%b)' % (letters, letters)
    return re.compile(rb"(?:(?:%b%b)*+%b\n)*+" % (cell, between, cell))
