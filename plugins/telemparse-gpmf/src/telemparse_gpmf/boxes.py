"""Boxes of an MP4 file: where they begin and end, and which track holds GPMF. Standard library only."""

# ISO/IEC 14496-12, section 4.2 (boxes), 8.4.3 (hdlr), 8.5.2 (stsd); GPMF introduction, section "GoPro's MP4
# Structure": handler `meta`, sample description `gpmd`.

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Box", "Movie", "boxes", "is_movie", "movie"]

_HEADER, _LONG_HEADER = 8, 16  # bytes
_MOST_BOXES = 4096
_PLAIN = frozenset(range(0x20, 0x7F)) | {0xA9}
_TRACK_PARTS = 256


@attrs.frozen
class Box:
    """One box.

    Args:
        kind: its four letters.
        body: offset behind its header.
        end: offset behind it, never beyond that of the box around it.
        cut: it claims more bytes than there are.
    """

    kind: bytes
    body: int
    end: int
    cut: bool


@attrs.frozen
class Movie:
    """What the boxes of a file tell.

    Args:
        track: boxes `mdhd`, `stts`, `stsz`, `stsc`, `stco` or `co64` of the first GPMF track, by kind; empty
            without such a track.
        has_index: there is a whole `moov` box.
        has_data: there is an `mdat` box.
        handlers: of all tracks.
        facts: boxes of `moov/udta`, by kind.
    """

    track: dict[bytes, Box]
    has_index: bool
    has_data: bool
    handlers: tuple[str, ...]
    facts: dict[bytes, Box]


def is_movie(head: bytes) -> bool:
    """Tell whether a file begins as MP4 or QuickTime."""
    return head[4:8] in {b"ftyp", b"mdat", b"moov", b"wide", b"free", b"skip"} and _known(head[4:8])


def _known(kind: bytes) -> bool:
    return len(kind) == 4 and all(letter in _PLAIN for letter in kind)


def boxes(read: Callable[[int, int], bytes], begin: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two offsets, until one cannot be; each takes at least eight bytes."""
    while begin + _HEADER <= end:
        header = read(begin, _LONG_HEADER)
        if len(header) < _HEADER or not _known(header[4:8]):
            return
        size, body = int.from_bytes(header[:4], "big"), begin + _HEADER
        if size == 1 and len(header) == _LONG_HEADER:
            size, body = int.from_bytes(header[8:], "big"), begin + _LONG_HEADER
        elif size == 0:
            size = end - begin
        if size < body - begin:
            return
        yield Box(header[4:8], body, min(begin + size, end), begin + size > end)
        begin += size


def movie(read: Callable[[int, int], bytes], size: int) -> Movie:
    """Return what the boxes of a file tell, whether `moov` is its head or its tail; the data is not read.

    Args:
        read: returns up to so many bytes from an offset.
        size: of the file.
    """
    track: dict[bytes, Box] = {}
    facts: dict[bytes, Box] = {}
    handlers: list[str] = []
    has_index = has_data = False
    left = _MOST_BOXES
    for outer in boxes(read, 0, size):
        has_data |= outer.kind == b"mdat"
        left -= 1
        if left <= 0:
            break
        if outer.kind != b"moov":
            continue
        has_index |= not outer.cut
        for box in boxes(read, outer.body, outer.end):
            left -= 1
            if left <= 0:
                break
            if box.kind == b"trak":
                parts = _track(read, box)
                left -= len(parts)
                handlers.append(_handler(read, parts))
                if not track and handlers[-1] == "meta" and _is_gpmf(read, parts):
                    track = parts
            elif box.kind == b"udta":
                inner = itertools.islice(boxes(read, box.body, box.end), _TRACK_PARTS)
                facts.update((part.kind, part) for part in inner)
    return Movie(track, has_index, has_data, tuple(handlers), facts)


_WITHIN = frozenset({b"mdia", b"minf", b"stbl"})


def _track(read: Callable[[int, int], bytes], track: Box) -> dict[bytes, Box]:
    """Return the first box of each kind in a track, down to the tables of its samples."""
    found: dict[bytes, Box] = {}
    waiting, left = [track], _TRACK_PARTS
    while waiting:
        outer = waiting.pop(0)
        for box in boxes(read, outer.body, outer.end):
            left -= 1
            if left <= 0:
                return found
            if box.kind not in found:
                found[box.kind] = box
                if box.kind in _WITHIN:
                    waiting.append(box)
    return found


def _handler(read: Callable[[int, int], bytes], parts: dict[bytes, Box]) -> str:
    box = parts.get(b"hdlr")
    if box is None or box.end - box.body < 12:
        return ""
    return read(box.body + 8, 4).decode("latin-1")


def _is_gpmf(read: Callable[[int, int], bytes], parts: dict[bytes, Box]) -> bool:
    box = parts.get(b"stsd")
    if box is None or box.end - box.body < 16:
        return False
    count, _size, kind = struct.unpack(">II4s", read(box.body + 4, 12).ljust(12, b"\0"))
    return bool(count > 0 and kind == b"gpmd")
