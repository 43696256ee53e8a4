"""Wrappers round a recording: gzip, zlib, zip, xz and bzip2 are opened safely.

Nothing that a header claims is believed: bytes are counted as they come out. One layer is opened and
no more; content that is itself a wrapper is handed out as it is, with `wrapper` set.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import attrs

from telemparse.model import zips
from telemparse.model.artifacts import Artifact, spooled
from telemparse.model.decoding import Stream, Tally, bzip2, complaints, deflate, xz
from telemparse.model.issues import Issue, Locus
from telemparse.model.wrapper_tells import wrapper_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.decoding import Decoder

__all__ = ["members_of", "unwrap"]

_HEAD_BYTES = 64 * 1024
_TRAILING_LOOK_BYTES = 256


def members_of(artifact: Artifact) -> tuple[str, ...]:
    """Return the names inside a zip, folders and hidden files left out; () for anything else."""
    with artifact.open() as reader:
        return zips.names(reader)


def unwrap(artifact: Artifact, *, max_decompressed_bytes: int) -> tuple[Artifact, ...]:
    """Return what a wrapper holds, read to its end; an artifact without a wrapper is returned as it is.

    Args:
        artifact: a file as given.
        max_decompressed_bytes: most that may come out, over all members together.

    Returns one artifact, or one per member of a zip (folders, `__MACOSX/` and hidden files left out;
    one without bytes when there is none), with `wrapper` and `outer` set. What was damaged is kept up
    to the damage and says so in `issues`. Raises Malformed `ARCHIVE_TOO_LARGE` when more comes out
    than allowed, when it is more than 1 000 times the size of the wrapper (from 1 MiB on), or when a
    zip has more than 10 000 members.
    """
    wrapper = wrapper_of(artifact.read_at(0, _HEAD_BYTES))
    if wrapper is None:
        return (artifact,)
    tally = Tally(artifact.name, artifact.size, max_decompressed_bytes)
    if wrapper == "zip":
        return zips.unpack(artifact, tally)
    issues: list[Issue] = []
    with artifact.open() as reader:
        opener = spooled(_content(_FRAMES[wrapper], artifact, reader, tally, issues))
    name = _without(artifact.name, _FRAMES[wrapper].suffixes)
    return (Artifact(name, opener, wrapper=wrapper, outer=artifact, issues=tuple(issues)),)


def _without(name: str, suffixes: tuple[str, ...]) -> str:
    for suffix in suffixes:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


# --- the frames round a compressed stream -------------------------------------------------------

_Checksum: TypeAlias = Callable[[bytes, int], int]


@attrs.frozen
class _Frame:
    """How a wrapper stands round its compressed stream.

    Args:
        suffixes: that fall off the file name.
        fresh: returns a decoder of the stream.
        opened: moves the reader behind the header; False when the header is cut short.
        trailer: length of the trailer in bytes.
        expected: the trailer that fits (checksum, length).
        checksum: running checksum, and its first value.
    """

    suffixes: tuple[str, ...]
    fresh: Callable[[], Decoder]
    opened: Callable[[BinaryIO], bool] = lambda _reader: True
    trailer: int = 0
    expected: Callable[[int, int], bytes] = lambda _checksum, _length: b""
    checksum: _Checksum = lambda _data, value: value
    first: int = 0


def _open_gzip(reader: BinaryIO) -> bool:
    """RFC 1952 section 2.3: ten bytes, then extra field, name, comment and header CRC as flagged."""
    fixed = reader.read(10)
    if len(fixed) < 10:  # noqa: PLR2004  (RFC field)
        return False
    flags = fixed[3]
    if flags & 4:
        length = int.from_bytes(reader.read(2), "little")
        if len(reader.read(length)) < length:
            return False
    for flag in (8, 16):
        if flags & flag:
            at, text = reader.tell(), reader.read(_HEAD_BYTES)
            if b"\0" not in text:
                return False
            reader.seek(at + text.index(b"\0") + 1)
    return not flags & 2 or len(reader.read(2)) == 2  # noqa: PLR2004  (RFC field)


def _skip(length: int, reader: BinaryIO) -> bool:
    return len(reader.read(length)) == length


_LOW_32 = 0xFFFFFFFF
_FRAMES = {
    "gzip": _Frame(
        (".gz", ".gzip", ".z"), deflate, _open_gzip, 8,
        lambda crc, length: crc.to_bytes(4, "little") + (length & _LOW_32).to_bytes(4, "little"), zlib.crc32,
    ),
    "zlib": _Frame(
        (".zz", ".zlib", ".z"), deflate, partial(_skip, 2), 4,
        lambda adler, _length: adler.to_bytes(4, "big"), zlib.adler32, 1,
    ),
    "xz": _Frame((".xz",), xz),
    "bzip2": _Frame((".bz2", ".bz"), bzip2),
}  # fmt: skip


def _content(
    frame: _Frame, artifact: Artifact, reader: BinaryIO, tally: Tally, issues: list[Issue]
) -> Iterator[bytes]:
    """Yield the content of all streams in a row; what is wrong with them is added to `issues`."""
    name, size = artifact.name, artifact.size
    at = 0
    while True:
        reader.seek(at)
        if not frame.opened(reader):
            issues.append(_truncated(name, size, "ends in a header"))
            return
        stream = Stream(reader, reader.tell(), size, frame.fresh)
        checksum, length = frame.first, 0
        for piece in stream.pieces():
            checksum, length = frame.checksum(piece, checksum), length + len(piece)
            yield tally.count(piece)
        if stream.damage is not None:
            issues += complaints(stream, name, name)
            return
        reader.seek(stream.stop)
        trailer = reader.read(frame.trailer)
        if len(trailer) < frame.trailer:
            issues.append(_truncated(name, size, "ends in a trailer"))
            return
        if trailer != frame.expected(checksum, length):
            issues.append(Issue("INTEGRITY_HASH_MISMATCH", Locus(name, stream.stop), artifact=name))
        at = _next_stream(reader, stream.stop + frame.trailer)
        if at == size:
            return
        reader.seek(at)
        if _FRAMES.get(wrapper_of(reader.read(_TRAILING_LOOK_BYTES)) or "") is not frame:
            issues.append(_truncated(name, at, f"{size - at} bytes follow that are no further stream"))
            return


def _next_stream(reader: BinaryIO, at: int) -> int:
    """Return the offset of the first byte from `at` that is no NUL padding."""
    reader.seek(at)
    # Small at first: thousands of tiny streams in a row have no padding at all.
    width = 1
    while piece := reader.read(width):
        rest = piece.lstrip(b"\0")
        if rest:
            return at + len(piece) - len(rest)
        at += len(piece)
        width = min(2 * width, _HEAD_BYTES)
    return at


def _truncated(name: str, offset: int, reason: str) -> Issue:
    return Issue("ARTIFACT_TRUNCATED", Locus(name, offset), artifact=name, offset=offset, reason=reason)
