"""Zip archives: members found by the directory, or by their own headers where it is missing.

Facts from PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12
(central directory), 4.3.16 (end record), 4.5.3 (zip64 sizes). Sizes and checksums are claims to compare
with, never to rely on. A member ends before the next one begins, so no byte is ever unpacked twice.
"""

from __future__ import annotations

import io
import os
import struct
import threading
import weakref
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

import attrs

from telemparse.errors import Malformed
from telemparse.model.artifacts import IN_MEMORY_BYTES, Artifact, spooled
from telemparse.model.decoding import Stored, Stream, Tally, bzip2, complaints, deflate, unopened
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_MEMBERS", "deferred", "names", "unpack"]

MAX_MEMBERS = 10_000

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DESCRIPTOR, _END_64, _LOCATOR_64 = b"PK\x07\x08", b"PK\x06\x06", b"PK\x06\x07"
_LOCAL_FIELDS = struct.Struct("<4x2xHH4xIIIHH")  # flags, method, crc, packed, size, name, extra
_CENTRAL_FIELDS = struct.Struct("<4x4xHH4xIIIHHH8xI")  # the same, then comment and offset
_END_FIELDS = struct.Struct("<4x8xII2x")  # length and offset of the directory
_END_64_FIELDS = struct.Struct("<4x36xQQ")  # likewise
_LOCATOR_64_FIELDS = struct.Struct("<4x4xQ4x")  # offset of the zip64 end record
_END_REACH_BYTES = _END_FIELDS.size + 0xFFFF
_FULL = 0xFFFFFFFF
_ZIP64_EXTRA = 1
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 1, 8, 0x800
_STORED = 0
_METHODS = {8: deflate, 12: bzip2}
_SCAN_BYTES = 256 * 1024
_KEPT_MEMBERS = 4


@attrs.frozen
class _Member:
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
class _Directory:
    """All members, at most one beyond 10 000, each with the offset that it cannot reach beyond."""

    members: tuple[_Member, ...]
    start: int

    def spans(self) -> Iterator[tuple[_Member, int]]:
        """Yield the shown members with their ends; of two at one place the second has no room."""
        offsets = sorted({member.offset for member in self.members})
        ends = {at: min(end, self.start) for at, end in pairwise([*offsets, self.start])}
        for member in self.members:
            end = ends.pop(member.offset, member.offset)
            if member.shown:
                yield member, end


def names(reader: BinaryIO) -> tuple[str, ...]:
    """Return the names of the files in a zip; () without a readable directory of at most 10 000."""
    found = _directory(reader)
    if found is None or len(found.members) > MAX_MEMBERS:
        return ()
    return tuple(member.name for member in found.members if member.shown)


def unpack(artifact: Artifact, tally: Tally) -> tuple[Artifact, ...]:
    """Return the files in a zip, unpacked; see `telemparse.model.wrappers.unwrap`."""
    with artifact.open() as reader:
        found = _directory(reader)
        if found is None:
            return _salvaged(artifact, reader, tally)
        if len(found.members) > MAX_MEMBERS:
            raise tally.refusal(members=len(found.members))
        unpacked = [_unpacked(artifact, reader, member, end, tally)[0] for member, end in found.spans()]
    return tuple(unpacked) or (_without_bytes(artifact.name, artifact),)


def deferred(artifact: Artifact, *, max_decompressed_bytes: int) -> tuple[Artifact, ...]:
    """Return the files in a zip, each unpacked by itself when it is opened, and a few kept at a time.

    Issues stand on an artifact once it was opened; one that unpacks to too much is then empty and
    carries `ARCHIVE_TOO_LARGE`. Returns () for an archive that only `unpack` can judge: without a
    readable directory, with too many members, or claiming more than `max_decompressed_bytes` in all.
    """
    with artifact.open() as reader:
        found = _directory(reader)
    if found is None or len(found.members) > MAX_MEMBERS:
        return ()
    spans = list(found.spans())
    if sum(member.size_bytes or 0 for member, _end in spans) > max_decompressed_bytes:
        return ()
    shelf = _Shelf(artifact, max_decompressed_bytes)
    return tuple(_Deferred(shelf, member, end).artifact() for member, end in spans)


@attrs.define
class _Shelf:
    """The few members of one zip that were opened last, unpacked."""

    outer: Artifact
    limit_bytes: int
    _kept: dict[_Member, Artifact] = attrs.field(factory=dict)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def take(self, member: _Member, end: int) -> Artifact:
        with self._lock:
            if member not in self._kept:
                while len(self._kept) >= _KEPT_MEMBERS:
                    del self._kept[next(iter(self._kept))]
                self._kept[member] = self._unpack(member, end)
            return self._kept[member]

    def _unpack(self, member: _Member, end: int) -> Artifact:
        tally = Tally(self.outer.name, self.outer.size, self.limit_bytes)
        try:
            with self.outer.open() as reader:
                return _unpacked(self.outer, reader, member, end, tally)[0]
        except Malformed as refusal:
            issue = Issue(refusal.code, refusal.locus, **refusal.evidence)
            return _without_bytes(_path(self.outer, member), self.outer, issue)


@attrs.define
class _Deferred:
    """Opens one member from the shelf, and tells its artifact what was wrong with it."""

    shelf: _Shelf
    member: _Member
    end: int
    _told: weakref.ref[Artifact] | None = None

    def artifact(self) -> Artifact:
        outer = self.shelf.outer
        artifact = Artifact(_path(outer, self.member), self.open, wrapper="zip", outer=outer)
        self._told = weakref.ref(artifact)
        return artifact

    def open(self) -> BinaryIO:
        unpacked = self.shelf.take(self.member, self.end)
        if self._told is not None and (artifact := self._told()) is not None:
            artifact.issues = unpacked.issues
        return unpacked.open()


# --- the directory ------------------------------------------------------------------------------


def _directory(reader: BinaryIO) -> _Directory | None:
    """Return the directory; None where it is missing, damaged or empty (members may still be there)."""
    place = _place_of_directory(reader)
    if place is None:
        return None
    start, stop = place
    found: list[_Member] = []
    reader.seek(start)
    while reader.tell() < stop and len(found) <= MAX_MEMBERS:
        member = _central(reader)
        if member is None:
            return None
        found.append(member)
    return _Directory(tuple(found), start) if found else None


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
    locator = _read(reader, base + at - _LOCATOR_64_FIELDS.size, _LOCATOR_64_FIELDS.size, _LOCATOR_64)
    if locator is None:
        return None
    (place,) = _LOCATOR_64_FIELDS.unpack(locator)
    record = _read(reader, min(place, size), _END_64_FIELDS.size, _END_64)
    if record is None:
        return None
    length, start = _END_64_FIELDS.unpack(record)
    return min(start, size), min(start + length, place)


def _read(reader: BinaryIO, at: int, length: int, signature: bytes) -> bytes | None:
    if at < 0:
        return None
    reader.seek(at)
    data = reader.read(length)
    return data if len(data) == length and data.startswith(signature) else None


def _central(reader: BinaryIO) -> _Member | None:
    """Read one directory entry and move behind it."""
    at = reader.tell()
    fixed = _read(reader, at, _CENTRAL_FIELDS.size, _CENTRAL)
    if fixed is None:
        return None
    fields = _CENTRAL_FIELDS.unpack(fixed)
    flags, method, crc, packed, size, name_length, extra_length, comment_length, offset = fields
    raw_name, extra = reader.read(name_length), reader.read(extra_length)
    if len(raw_name) + len(extra) < name_length + extra_length:
        return None
    reader.seek(at + len(fixed) + name_length + extra_length + comment_length)
    size, packed, offset = _zip64_sizes(extra, [size, packed, offset])
    return _Member(_plain_name(raw_name, flags), offset, flags, method, crc, packed, size)


def _local(reader: BinaryIO, at: int) -> tuple[_Member, int] | None:
    """Read a local header: the member as it claims it, and the offset of its data."""
    fixed = _read(reader, at, _LOCAL_FIELDS.size, _LOCAL)
    if fixed is None:
        return None
    flags, method, crc, packed, size, name_length, extra_length = _LOCAL_FIELDS.unpack(fixed)
    raw_name, extra = reader.read(name_length), reader.read(extra_length)
    if len(raw_name) + len(extra) < name_length + extra_length:
        return None
    size, packed = _zip64_sizes(extra, [size, packed])
    known = (None, None, None) if flags & _SIZES_FOLLOW else (crc, packed, size)
    data_at = at + len(fixed) + name_length + extra_length
    return _Member(_plain_name(raw_name, flags), at, flags, method, *known), data_at


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


# --- members ------------------------------------------------------------------------------------


def _path(outer: Artifact, member: _Member) -> str:
    return f"{outer.name}/{member.name}"


def _without_bytes(name: str, outer: Artifact, *issues: Issue) -> Artifact:
    return Artifact(name, io.BytesIO, wrapper="zip", outer=outer, issues=issues)


def _unpacked(
    outer: Artifact, reader: BinaryIO, member: _Member, end: int, tally: Tally
) -> tuple[Artifact, int]:
    """Return a member as an artifact, and the offset at which its data ended."""
    name = _path(outer, member)
    header = _local(reader, member.offset) if member.offset < end else None
    if header is None or header[1] > end:
        reason = "its header is missing" if member.offset < end else "it lies over another member"
        return _without_bytes(name, outer, _truncated(outer, name, member.offset, reason)), member.offset
    local, start = header
    refusal = _refusal(member)
    if refusal is not None:
        issue = unopened(outer.name, name, member.offset, refusal)
        return _without_bytes(name, outer, issue), min(end, start + (member.packed_bytes or 0))
    stream: Stored | Stream
    if member.method == _STORED:
        claims = [each.packed_bytes for each in (member, local) if each.packed_bytes is not None]
        length = max(claims) if claims else _next(reader, start, end, (_DESCRIPTOR, _LOCAL, _CENTRAL)) - start
        stream = Stored(reader, start, length, end)
    else:
        stream = Stream(reader, start, end, _METHODS[member.method])
    content = _Counted(stream, tally)
    opener = spooled(content.pieces(), max(0, IN_MEMORY_BYTES - tally.out_bytes))
    issues = tuple(_findings(outer, name, member, content, reader))
    return Artifact(name, opener, wrapper="zip", outer=outer, issues=issues), stream.stop


def _refusal(member: _Member) -> str | None:
    if member.flags & _ENCRYPTED:
        return "encrypted"
    if member.method != _STORED and member.method not in _METHODS:
        return f"unknown compression method {member.method}"
    return None


@attrs.define
class _Counted:
    """The content of a member, with its length and checksum as they come out."""

    stream: Stored | Stream
    tally: Tally
    length: int = 0
    crc: int = 0

    def pieces(self) -> Iterator[bytes]:
        for piece in self.stream.pieces():
            self.length += len(piece)
            self.crc = zlib.crc32(piece, self.crc)
            yield self.tally.count(piece)


def _findings(
    outer: Artifact, name: str, member: _Member, content: _Counted, reader: BinaryIO
) -> Iterator[Issue]:
    stream = content.stream
    if stream.damage is not None:
        yield from complaints(stream, outer.name, name)
        return
    claimed = {"crc32": member.crc, "size_bytes": member.size_bytes, "packed_bytes": member.packed_bytes}
    if member.crc is None and (following := _read(reader, stream.stop, 8, _DESCRIPTOR)) is not None:
        claimed["crc32"] = int.from_bytes(following[4:], "little")
    found = {"crc32": content.crc, "size_bytes": content.length, "packed_bytes": stream.stop - stream.start}
    wrong = [fact for fact, claim in claimed.items() if claim not in (None, found[fact])]
    if wrong:
        yield Issue(
            "INTEGRITY_HASH_MISMATCH", Locus(outer.name, member.offset), artifact=name,
            claimed={fact: claimed[fact] for fact in wrong}, found={fact: found[fact] for fact in wrong},
        )  # fmt: skip


def _truncated(outer: Artifact, name: str, offset: int, reason: str) -> Issue:
    return Issue("ARTIFACT_TRUNCATED", Locus(outer.name, offset), artifact=name, offset=offset, reason=reason)


# --- without a directory ------------------------------------------------------------------------


def _salvaged(outer: Artifact, reader: BinaryIO, tally: Tally) -> tuple[Artifact, ...]:
    """Walk from local header to local header and unpack what lies between."""
    size = outer.size
    unpacked: list[Artifact] = []
    at, count = _next(reader, 0, size, (_LOCAL,)), 0
    while at < size:
        header = _local(reader, at)
        if header is None:
            break
        member, start = header
        count += 1
        if count > MAX_MEMBERS:
            raise tally.refusal(members=count)
        artifact, stop = _unpacked(outer, reader, member, _claimed_end(reader, member, start, size), tally)
        if member.shown:
            unpacked.append(artifact)
        at = _next(reader, max(stop, start), size, (_LOCAL,))
    unpacked = unpacked or [_without_bytes(outer.name, outer)]
    if not unpacked[-1].issues:
        unpacked[-1].issues = (_truncated(outer, outer.name, at, "the directory at its end is missing"),)
    return tuple(unpacked)


def _claimed_end(reader: BinaryIO, member: _Member, start: int, size: int) -> int:
    """Believe a claimed size only when something of the archive begins right behind it."""
    end = start + (member.packed_bytes or 0)
    return end if start < end < size and _read(reader, end, 4, b"PK") is not None else size


def _next(reader: BinaryIO, at: int, end: int, signatures: tuple[bytes, ...]) -> int:
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
