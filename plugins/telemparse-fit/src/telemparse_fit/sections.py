"""The chained files in one: where each begins and ends, and whether its CRC is right."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

from telemparse_fit.crc import crc16

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["Crc", "Section", "sections_of"]

# FIT protocol, "File Header": size, protocol and profile version, length of the data, ".FIT", CRC.
_MAGIC_AT, _MAGIC = 8, b".FIT"
_SIZES = (14, 12)
_CRC_BYTES = 2
_BLOCK = 1 << 19
_MOST_SECTIONS = 100_000
# Headers that claim far more than there is must not have the same bytes summed again and again.
_MOST_SUMMED = 4
_DEFINITION_BITS, _DEFINITION = 0xC0, 0x40


class Crc(enum.Enum):
    """What the CRC at the end of a section says."""

    GOOD = "good"
    BAD = "bad"
    ABSENT = "absent"


@attrs.frozen
class Section:
    """One FIT file of the chain.

    Args:
        header: where it begins.
        start, end: of its messages.
        crc: of header and messages.
        stated: bytes of messages that its header announces.
        cut: it announces more than there is.
    """

    header: int
    start: int
    end: int
    crc: Crc
    stated: int
    cut: bool

    @property
    def is_size_right(self) -> bool:
        """As many bytes of messages as announced are there."""
        return self.stated == self.end - self.start


def sections_of(file: BinaryIO, size: int) -> tuple[list[Section], list[tuple[int, int]]]:
    """Return the sections of a file, and the ranges between them that belong to none.

    A header counts only if its word stands where it must. Data that goes on where a header said that it ends
    belongs to the section when its CRC did not fit there.
    """
    headers = _headers(file)
    budget = _MOST_SUMMED * size
    sections: list[Section] = []
    gaps: list[tuple[int, int]] = []
    place = 0
    index = 0
    while index < len(headers):
        header = headers[index]
        if header > place:
            gaps.append((place, header))
        section, place = _section(file, header, _following(headers, index, size), size, budget)
        budget -= section.end - section.header
        sections.append(section)
        index += 1
        while index < len(headers) and headers[index] < place:
            index += 1
    if not sections:
        return _headless(file, size)
    if place < size:
        gaps.append((place, size))
    return sections, gaps


def _following(headers: list[int], index: int, size: int) -> int:
    return headers[index + 1] if index + 1 < len(headers) else size


def _section(file: BinaryIO, header: int, following: int, size: int, budget: int) -> tuple[Section, int]:
    """Return a section, and where the next one may begin."""
    head = _read(file, header, 32)
    start = header + _header_size(head)
    stated = int.from_bytes(head[4:8], "little")
    end = start + stated
    if stated and end + _CRC_BYTES <= size and end - header <= budget:
        found = _crc(file, header, end)
        if found == _stored(file, end):
            return Section(header, start, end, Crc.GOOD, stated, cut=False), end + _CRC_BYTES
        if end + _CRC_BYTES == following:
            return Section(header, start, end, Crc.BAD, stated, cut=False), following
    # The size is wrong, or the file was cut: all up to the next header may be messages.
    if following - start >= _CRC_BYTES and following - header <= budget:
        end = following - _CRC_BYTES
        if _crc(file, header, end) == _stored(file, end):
            return Section(header, start, end, Crc.GOOD, stated, cut=False), following
    if start + stated + _CRC_BYTES <= following and stated:
        # Bytes came between: messages may go on behind the end that is stated.
        end = max(following - _CRC_BYTES, start)
        return Section(header, start, end, Crc.BAD, stated, cut=False), following
    start = min(start, following)
    cut = start + stated + _CRC_BYTES > following
    # A CRC may be cut in two, or stand whole behind messages of which some are lost.
    end = min(following, start + stated) if stated else following
    return Section(header, start, end, Crc.ABSENT, stated, cut=cut), following


def _headless(file: BinaryIO, size: int) -> tuple[list[Section], list[tuple[int, int]]]:
    """Return the section of a file whose header is damaged, if a definition stands behind it."""
    head = _read(file, 0, 32)
    for start in _SIZES:
        if _defines(head, start):
            end = max(size - _CRC_BYTES, start)
            return [Section(0, start, end, Crc.BAD, 0, cut=False)], []
    return [], [(0, size)] if size else []


def _header_size(head: bytes) -> int:
    """Return the size of a header; where it states one that cannot be, the one that a definition follows."""
    if head[0] in _SIZES:
        return head[0]
    return next((size for size in _SIZES if _defines(head, size)), _SIZES[0])


def _defines(head: bytes, place: int) -> bool:
    first = head[place : place + 3]
    return len(first) == 3 and first[0] & _DEFINITION_BITS == _DEFINITION and not first[1]


def _headers(file: BinaryIO) -> list[int]:
    """Return where headers begin: each word `.FIT` eight bytes behind a size that a header can have."""
    found: list[int] = []
    file.seek(0)
    base, tail = 0, b""
    while block := file.read(_BLOCK):
        data = tail + block
        place = data.find(_MAGIC)
        while place >= 0:
            begin = place - _MAGIC_AT
            # The first one counts whatever it says of its size.
            if begin >= 0 and (data[begin] in _SIZES or base + begin == 0) and len(found) < _MOST_SECTIONS:
                found.append(base + begin)
            place = data.find(_MAGIC, place + 1)
        keep = min(len(data), _MAGIC_AT + len(_MAGIC) - 1)
        base += len(data) - keep
        tail = data[len(data) - keep :]
    return found


def _read(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


def _stored(file: BinaryIO, place: int) -> int:
    return int.from_bytes(_read(file, place, _CRC_BYTES), "little")


def _blocks(file: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    file.seek(begin)
    while begin < end and (block := file.read(min(_BLOCK, end - begin))):
        begin += len(block)
        yield block


def _crc(file: BinaryIO, begin: int, end: int) -> int:
    register = 0
    for block in _blocks(file, begin, end):
        register = crc16(block, register)
    return register
