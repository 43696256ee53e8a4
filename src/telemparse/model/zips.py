"""Zip archives unpacked: found by the directory, or by the members' own headers where it is missing.

Sizes and checksums in headers are claims to compare with, never to rely on. A member ends before the
next one begins, so no byte is ever unpacked twice.
"""

from __future__ import annotations

import io
import threading
import weakref
import zlib
from typing import TYPE_CHECKING, BinaryIO

import attrs

from telemparse.errors import Malformed
from telemparse.model.artifacts import IN_MEMORY_BYTES, Artifact, spooled
from telemparse.model.decoding import Stored, Stream, Tally, bzip2, complaints, deflate, unopened
from telemparse.model.issues import Issue, Locus
from telemparse.model.zip_headers import (
    ANY_SIGNATURE,
    DESCRIPTOR,
    LOCAL,
    MAX_MEMBERS,
    claimed_end,
    find,
    read_directory,
    read_local,
    read_signed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.zip_headers import Member

__all__ = ["deferred", "names", "unpack"]

_ENCRYPTED = 1
_STORED = 0
_METHODS = {8: deflate, 12: bzip2}
_KEPT_MEMBERS = 4


def names(reader: BinaryIO) -> tuple[str, ...]:
    """Return the names of the files in a zip; () without a readable directory of at most 10 000."""
    found = read_directory(reader)
    if found is None or len(found.members) > MAX_MEMBERS:
        return ()
    return tuple(member.name for member in found.members if member.shown)


def unpack(artifact: Artifact, tally: Tally) -> tuple[Artifact, ...]:
    """Return the files in a zip, unpacked; see `telemparse.model.wrappers.unwrap`."""
    with artifact.open() as reader:
        found = read_directory(reader)
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
        found = read_directory(reader)
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
    _kept: dict[Member, Artifact] = attrs.field(factory=dict)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def take(self, member: Member, end: int) -> Artifact:
        with self._lock:
            if member not in self._kept:
                while len(self._kept) >= _KEPT_MEMBERS:
                    del self._kept[next(iter(self._kept))]
                self._kept[member] = self._unpack(member, end)
            return self._kept[member]

    def _unpack(self, member: Member, end: int) -> Artifact:
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
    member: Member
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


# --- members ------------------------------------------------------------------------------------


def _path(outer: Artifact, member: Member) -> str:
    return f"{outer.name}/{member.name}"


def _without_bytes(name: str, outer: Artifact, *issues: Issue) -> Artifact:
    return Artifact(name, io.BytesIO, wrapper="zip", outer=outer, issues=issues)


def _unpacked(
    outer: Artifact, reader: BinaryIO, member: Member, end: int, tally: Tally
) -> tuple[Artifact, int]:
    """Return a member as an artifact, and the offset at which its data ended."""
    name = _path(outer, member)
    header = read_local(reader, member.offset) if member.offset < end else None
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
        length = max(claims) if claims else find(reader, start, end, ANY_SIGNATURE) - start
        stream = Stored(reader, start, length, end)
    else:
        stream = Stream(reader, start, end, _METHODS[member.method])
    content = _Counted(stream, tally)
    opener = spooled(content.pieces(), max(0, IN_MEMORY_BYTES - tally.out_bytes))
    issues = tuple(_findings(outer, name, member, content, reader))
    return Artifact(name, opener, wrapper="zip", outer=outer, issues=issues), stream.stop


def _refusal(member: Member) -> str | None:
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
    outer: Artifact, name: str, member: Member, content: _Counted, reader: BinaryIO
) -> Iterator[Issue]:
    stream = content.stream
    if stream.damage is not None:
        yield from complaints(stream, outer.name, name)
        return
    claimed = {"crc32": member.crc, "size_bytes": member.size_bytes, "packed_bytes": member.packed_bytes}
    if member.crc is None and (following := read_signed(reader, stream.stop, 8, DESCRIPTOR)) is not None:
        claimed["crc32"] = int.from_bytes(following[4:], "little")
    found = {"crc32": content.crc, "size_bytes": content.length, "packed_bytes": stream.stop - stream.start}
    wrong = [fact for fact, claim in claimed.items() if claim not in (None, found[fact])]
    if wrong:
        yield Issue(
            "INTEGRITY_HASH_MISMATCH", Locus(outer.name, member.offset), artifact=name,
            claimed={fact: claimed[fact] for fact in wrong}, found={fact: found[fact] for fact in wrong},
        )  # fmt: skip


def _truncated(outer: Artifact, name: str, offset: int, reason: str) -> Issue:
    # A directory may claim a place behind the end of the file.
    place = Locus(outer.name, min(offset, outer.size))
    return Issue("ARTIFACT_TRUNCATED", place, artifact=name, offset=offset, reason=reason)


# --- without a directory ------------------------------------------------------------------------


def _salvaged(outer: Artifact, reader: BinaryIO, tally: Tally) -> tuple[Artifact, ...]:
    """Walk from local header to local header and unpack what lies between."""
    size = outer.size
    unpacked: list[Artifact] = []
    at, count = find(reader, 0, size, (LOCAL,)), 0
    while at < size:
        header = read_local(reader, at)
        if header is None:
            break
        member, start = header
        count += 1
        if count > MAX_MEMBERS:
            raise tally.refusal(members=count)
        artifact, stop = _unpacked(outer, reader, member, claimed_end(reader, member, start, size), tally)
        if member.shown:
            unpacked.append(artifact)
        at = find(reader, max(stop, start), size, (LOCAL,))
    unpacked = unpacked or [_without_bytes(outer.name, outer)]
    if not unpacked[-1].issues:
        unpacked[-1].issues = (_truncated(outer, outer.name, at, "the directory at its end is missing"),)
    return tuple(unpacked)
