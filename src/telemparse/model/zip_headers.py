"""Headers of zip archives: the directory, members' own headers, and finding these where no directory is.

Facts from PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12
(central directory), 4.3.14 to 4.3.16 (end records), 4.5.3 (zip64 sizes). All of it is only claimed.
"""

from __future__ import annotations

import os
import struct
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ANY_SIGNATURE", "DESCRIPTOR", "LOCAL", "MAX_MEMBERS", "Directory", "Member",
    "claimed_end", "find", "read_directory", "read_local", "read_signed",
]  # fmt: skip

MAX_MEMBERS = 10_000

LOCAL, DESCRIPTOR, _CENTRAL = b"PK\x03\x04", b"PK\x07\x08", b"PK\x01\x02"
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
ANY_SIGNATURE = (DESCRIPTOR, LOCAL, _CENTRAL)
_LOCAL_FIELDS = struct.Struct("<4x2xHH4xIIIHH")  # flags, method, crc, packed, size, name, extra
_CENTRAL_FIELDS = struct.Struct("<4x4xHH4xIIIHHH8xI")  # the same, then comment and offset
_END_FIELDS = struct.Struct("<4x8xII2x")  # length and offset of the directory
_END_64_FIELDS = struct.Struct("<4x36xQQ")  # likewise
_LOCATOR_64_FIELDS = struct.Struct("<4x4xQ4x")  # offset of the zip64 end record
_END_REACH_BYTES = _END_FIELDS.size + 0xFFFF
_FULL = 0xFFFFFFFF
_ZIP64_EXTRA = 1
_SIZES_FOLLOW, _UTF8 = 8, 0x800
_SCAN_BYTES = 256 * 1024


@attrs.frozen
class Member:
    """One file in a zip, as a header claims it.

    Args:
        name: with folders, separated by `/`; parts that lead out of the archive are dropped.
        offset: of the local header.
        flags: general purpose bits.
        method: of compression.
        crc: CRC-32 of the content, None where the header leaves it open; likewise
        packed_bytes: size in the archive, and
        size_bytes: size of the content.
    """

    name: str
    offset: int
    flags: int
    method: int
    crc: int | None
    packed_bytes: int | None
    size_bytes: int | None

    @property
    def shown(self) -> bool:
        """Tell whether this is a file that is meant to be seen: no folder, nothing hidden."""
        parts = self.name.split("/")
        return bool(parts[-1]) and parts[0] != "__MACOSX" and not any(part.startswith(".") for part in parts)


@attrs.frozen
class Directory:
    """All members, at most one beyond 10 000, each with the offset that it cannot reach beyond."""

    members: tuple[Member, ...]
    start: int

    def spans(self) -> Iterator[tuple[Member, int]]:
        """Yield the shown members with their ends; of two at one place the second has no room."""
        offsets = sorted({member.offset for member in self.members})
        ends = {at: min(end, self.start) for at, end in pairwise([*offsets, self.start])}
        for member in self.members:
            end = ends.pop(member.offset, member.offset)
            if member.shown:
                yield member, end


def read_directory(reader: BinaryIO) -> Directory | None:
    """Return the directory; None where it is missing, damaged or empty (members may still be there)."""
    place = _place_of_directory(reader)
    if place is None:
        return None
    start, stop = place
    found: list[Member] = []
    reader.seek(start)
    while reader.tell() < stop and len(found) <= MAX_MEMBERS:
        member = _central(reader, stop)
        if member is None:
            return None
        found.append(member)
    return Directory(tuple(found), start) if found else None


def _place_of_directory(reader: BinaryIO) -> tuple[int, int] | None:
    """Return start and stop of the directory, as the end record claims them."""
    size = reader.seek(0, os.SEEK_END)
    base = max(0, size - _END_REACH_BYTES)
    reader.seek(base)
    tail = reader.read(_END_REACH_BYTES)
    at = tail.rfind(_END, 0, max(0, len(tail) - _END_FIELDS.size + len(_END)))
    if at < 0:
        return None
    length, start = _END_FIELDS.unpack_from(tail, at)
    if _FULL not in (length, start):
        return min(start, size), min(start + length, base + at)
    locator = read_signed(reader, base + at - _LOCATOR_64_FIELDS.size, _LOCATOR_64_FIELDS.size, _LOCATOR_64)
    if locator is None:
        return None
    (place,) = _LOCATOR_64_FIELDS.unpack(locator)
    record = read_signed(reader, min(place, size), _END_64_FIELDS.size, _END_64)
    if record is None:
        return None
    length, start = _END_64_FIELDS.unpack(record)
    return min(start, size), min(start + length, place)


def read_signed(reader: BinaryIO, at: int, length: int, signature: bytes) -> bytes | None:
    """Return the bytes at an offset when all are there and begin with the signature, else None."""
    if at < 0:
        return None
    reader.seek(at)
    data = reader.read(length)
    return data if len(data) == length and data.startswith(signature) else None


def _central(reader: BinaryIO, stop: int) -> Member | None:
    """Read one directory entry and move behind it; None when it reaches beyond the directory."""
    at = reader.tell()
    fixed = read_signed(reader, at, _CENTRAL_FIELDS.size, _CENTRAL)
    if fixed is None:
        return None
    fields = _CENTRAL_FIELDS.unpack(fixed)
    flags, method, crc, packed, size, name_length, extra_length, comment_length, offset = fields
    after = at + len(fixed) + name_length + extra_length + comment_length
    if after > stop:
        return None
    raw_name, extra = reader.read(name_length), reader.read(extra_length)
    reader.seek(after)
    size, packed, offset = _zip64_sizes(extra, [size, packed, offset])
    return Member(_plain_name(raw_name, flags), offset, flags, method, crc, packed, size)


def read_local(reader: BinaryIO, at: int) -> tuple[Member, int] | None:
    """Read a local header: the member as it claims it, and the offset of its data."""
    fixed = read_signed(reader, at, _LOCAL_FIELDS.size, LOCAL)
    if fixed is None:
        return None
    flags, method, crc, packed, size, name_length, extra_length = _LOCAL_FIELDS.unpack(fixed)
    raw_name, extra = reader.read(name_length), reader.read(extra_length)
    if len(raw_name) + len(extra) < name_length + extra_length:
        return None
    size, packed = _zip64_sizes(extra, [size, packed])
    known = (None, None, None) if flags & _SIZES_FOLLOW else (crc, packed, size)
    data_at = at + len(fixed) + name_length + extra_length
    return Member(_plain_name(raw_name, flags), at, flags, method, *known), data_at


def _zip64_sizes(extra: bytes, claimed: list[int]) -> list[int]:
    """Replace the fields that are full by those of the zip64 extra field, in their order."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64_EXTRA:
            count = min(length, len(extra) - at - 4) // 8
            wide = iter(struct.unpack_from(f"<{count}Q", extra, at + 4))
            return [next(wide, value) if value == _FULL else value for value in claimed]
        at += 4 + length
    return claimed


def _plain_name(raw: bytes, flags: int) -> str:
    text = raw.partition(b"\0")[0].decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    *folders, last = text.replace("\\", "/").split("/")
    return "/".join([*(folder for folder in folders if folder not in {"", ".", ".."}), last])


def claimed_end(reader: BinaryIO, member: Member, start: int, size: int) -> int:
    """Believe a claimed size only when something of the archive begins right behind it."""
    end = start + (member.packed_bytes or 0)
    return end if start < end < size and read_signed(reader, end, 4, b"PK") is not None else size


def find(reader: BinaryIO, at: int, end: int, signatures: tuple[bytes, ...]) -> int:
    """Return the offset of the first of the signatures from `at`, or `end`."""
    while at < end:
        reader.seek(at)
        window = reader.read(min(_SCAN_BYTES, end - at))
        hits = [hit for signature in signatures if (hit := window.find(signature)) >= 0]
        if hits:
            return at + min(hits)
        if len(window) < _SCAN_BYTES:
            break
        at += len(window) - 3  # a signature may lie across the edge
    return end
