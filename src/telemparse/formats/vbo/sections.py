"""The sections of a VBO file: what stands above the rows, and where the rows begin (standard library only).

Racelogic, "VBO file structure": one line that says when the file was created, then sections in brackets;
`[data]` holds the rows. Texts are UTF-8 or the Windows code page, now and then both in one file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.lines import Encoding, Newlines, sniff_encoding
from telemparse.kernels.spelling import squash

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HEAD_BYTES", "SECTION", "Head", "line_text", "read_head", "read_lines"]

HEAD_BYTES = 64 * 1024
_LONGEST_HEAD_BYTES = 1 << 20
_MOST_LINES = 10_000
_LONGEST_LINE = 65_536

SECTION = re.compile(r"[\s\0]*\[([A-Za-z][^\]\r\n]{0,60})\]\s*")
"""A line that begins a section."""

_ROWS = re.compile(r"^[ \t\0]*\[data\][^\n]*(?:\n|\Z)", re.IGNORECASE | re.MULTILINE)


@attrs.frozen
class Head:
    """What a VBO file says above its rows.

    Args:
        encoding: of the rows.
        newlines: what ends a line.
        preamble: lines above the first section.
        sections: lines by squashed section name (`columnnames`), blank ones among them.
        data_offset: byte where the first row begins, None without `[data]`.
        data_line: number of that line, from 1.
    """

    encoding: Encoding
    newlines: Newlines
    preamble: tuple[str, ...]
    sections: dict[str, list[str]]
    data_offset: int | None
    data_line: int

    def lines(self, section: str) -> list[str]:
        """Return the lines of a section that hold anything."""
        return [line.strip() for line in self.sections.get(section, ()) if line.strip()]


def read_head(read_at: Callable[[int, int], bytes]) -> Head | None:
    """Return the head of a file that is read by offset and length, None when it is no text."""
    size = HEAD_BYTES
    while True:
        data = read_at(0, size)
        encoding = sniff_encoding(data[:HEAD_BYTES])
        if encoding is None:
            return None
        # One letter a byte, so that places in the text are places in the file.
        name = "latin-1" if encoding.width == 1 else encoding.name
        text = data[encoding.bom :].decode(name, "replace")
        newlines = Newlines.CR if "\n" not in text and "\r" in text else Newlines.LF
        text = text.replace("\r", "\n") if newlines is Newlines.CR else text
        found = _ROWS.search(text)
        if found is not None or len(data) < size or size >= _LONGEST_HEAD_BYTES:
            break
        size = _LONGEST_HEAD_BYTES
    above = text if found is None else text[: found.start()]
    lines = above.split("\n")
    offset = None
    if found is not None:
        offset = encoding.bom + found.end() * encoding.width
        lines = lines[:-1]  # the piece in front of `[data]`
    decoded = [line_text(line, encoding) for line in lines]
    preamble, sections = read_lines(decoded)
    # Rows are ASCII: whatever a byte above it means, it is no part of a number.
    rows = Encoding("utf-8", encoding.bom) if encoding.width == 1 else encoding
    return Head(rows, newlines, tuple(preamble), sections, offset, len(lines) + 2)


def line_text(line: str, encoding: Encoding) -> str:
    """Return a line that was read one letter a byte: UTF-8 where it is, else the Windows code page."""
    line = line[:_LONGEST_LINE].strip("\r")
    if encoding.width == 2:  # noqa: PLR2004  (bytes of a unit of UTF-16)
        return line.replace("\0", "")
    raw = line.encode("latin-1", "replace").replace(b"\0", b"")
    for name in ("utf-8", "cp1252"):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def read_lines(lines: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the lines above the first section, and those of each section by its squashed name."""
    preamble: list[str] = []
    sections: dict[str, list[str]] = {}
    now = preamble
    for line in lines:
        begins = SECTION.fullmatch(line)
        if begins is not None:
            now = sections.setdefault(squash(begins[1]), [])
        elif len(now) < _MOST_LINES:
            now.append(line)
    return preamble, sections
