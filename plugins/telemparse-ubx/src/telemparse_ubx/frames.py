"""A log in pieces, and the frames in each: found by sync, length and checksum, in time linear in the bytes.

A frame is what stands first: behind a right one the search goes on at its end, behind a wrong one at the next
sync, so that `B5 62` within a payload is no frame, and a damaged length swallows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.checksums import fletcher_checksums
from telemparse.kernels.fixed_width import windows

from telemparse_ubx.between import Between, Closing, Gap
from telemparse_ubx.messages import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes
    from telemparse.model.artifacts import Artifact

    from telemparse_ubx.losses import Losses

__all__ = ["HEAD_BYTES", "Frames", "frames"]

HEAD_BYTES = 6
"""Before a payload: sync (2), class, id, length (2)."""

_SUMS = 2
_AROUND = HEAD_BYTES + _SUMS
_SYNC = 0x62B5  # as a little-endian number
_KNOWN = np.zeros(256, np.bool_)
_KNOWN[list(CLASSES)] = True


@attrs.frozen
class Frames:
    """The frames that end in a piece.

    Args:
        buffer: bytes of the piece.
        offset: of its first byte in the artifact.
        starts: of the frames in it, ascending, shape (n,).
        codes: class times 256 and id, shape (n,).
        lengths: of their payloads, shape (n,).
    """

    buffer: Bytes
    offset: int
    starts: Ints
    codes: Ints
    lengths: Ints

    def payloads(self, rows: Ints, layout: np.dtype[Any]) -> NDArray[Any]:
        """Return the beginnings of payloads as records; the caller warrants that they are long enough."""
        cells = windows(self.buffer, self.starts[rows] + HEAD_BYTES, layout.itemsize)
        return np.ascontiguousarray(cells).view(layout).ravel()

    def offsets(self, rows: Ints) -> Ints:
        """Return where frames begin in the artifact."""
        return self.starts[rows] + self.offset


def frames(artifact: Artifact, piece_bytes: int, losses: Losses) -> Iterator[Frames]:
    """Yield the frames of an artifact, piece by piece; the result does not depend on the size of a piece."""
    chunks = _pieces(artifact, piece_bytes)
    between = Between(losses)
    held, offset = b"", 0
    following = next(chunks, b"")
    while following:
        raw, following = following, next(chunks, b"")
        data = held + raw
        found, kept = _found(data, offset, between, last=not following)
        yield found
        held, offset = data[kept:], offset + kept


def _pieces(artifact: Artifact, piece_bytes: int) -> Iterator[bytes]:
    """Yield the content in pieces, however small the chunks are in which it comes."""
    parts: list[bytes] = []
    size = 0
    for chunk in artifact.chunks(piece_bytes):
        parts.append(chunk)
        size += len(chunk)
        if size >= piece_bytes:
            yield b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


def _found(data: bytes, offset: int, between: Between, *, last: bool) -> tuple[Frames, int]:
    """Return the frames of a piece, and where the rest begins that waits for more bytes."""
    buffer = np.frombuffer(data, np.uint8)
    size = len(data)
    syncs = _syncs(buffer)
    ends = _claimed_ends(buffer, syncs)
    whole = ends <= size
    right = np.zeros(len(syncs), np.bool_)
    spans = np.flatnonzero(whole)
    right[spans] = _are_right(buffer, syncs[spans], ends[spans])
    taken = np.flatnonzero(right)
    taken = taken[_disjoint(syncs[taken], ends[taken])]
    starts, stops = syncs[taken], ends[taken]
    until = size
    if not last:
        until = _undecided(buffer, syncs[~whole], starts, stops)
        kept = int(np.searchsorted(starts, until))
        starts, stops = starts[:kept], stops[:kept]
    gaps = _Gaps(
        data, np.append(0, stops), np.append(starts, until), offset, _rejected(buffer, syncs, ends, starts)
    )
    rest = gaps.go_between(between, last=last)
    codes = buffer[starts + 2].astype(np.int64) << 8 | buffer[starts + 3]
    return Frames(buffer, offset, starts, codes, stops - starts - _AROUND), rest


def _syncs(buffer: Bytes) -> Ints:
    """Return where a sync stands; the first half of one at the very end counts."""
    if len(buffer) < 2:
        return np.flatnonzero(buffer == _SYNC & 0xFF)
    pairs = np.ndarray((len(buffer) - 1,), "<u2", buffer, strides=(1,))
    found = np.flatnonzero(pairs == _SYNC)
    return np.append(found, len(buffer) - 1) if buffer[-1] == _SYNC & 0xFF else found


def _claimed_ends(buffer: Bytes, syncs: Ints) -> Ints:
    """Return where frames would end; behind the buffer where not even their length is there."""
    ends = np.full(len(syncs), len(buffer) + 1, np.int64)
    told = int(np.searchsorted(syncs, len(buffer) - HEAD_BYTES, side="right"))
    some = syncs[:told]
    ends[:told] = some + _AROUND + buffer[some + 4] + (buffer[some + 5].astype(np.int64) << 8)
    return ends


def _are_right(buffer: Bytes, starts: Ints, ends: Ints) -> Mask:
    first, second = fletcher_checksums(buffer, starts + 2, ends - _SUMS)
    return np.asarray((first == buffer[ends - 2]) & (second == buffer[ends - 1]))


def _disjoint(starts: Ints, ends: Ints) -> Mask:
    """Return which frames do not begin within another one that stands before them."""
    kept = np.ones(len(starts), np.bool_)
    if (starts[1:] >= ends[:-1]).all():
        return kept
    reached = 0
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if start < reached:
            kept[number] = False
        else:
            reached = end
    return kept


def _undecided(buffer: Bytes, unfinished: Ints, starts: Ints, stops: Ints) -> int:
    """Return where the first frame begins that is in no other one and goes on behind the buffer."""
    before = np.searchsorted(starts, unfinished, side="right") - 1
    free = before < 0
    free[~free] = stops[before[~free]] <= unfinished[~free]
    return int(unfinished[np.argmax(free)]) if free.any() else len(buffer)


def _rejected(buffer: Bytes, syncs: Ints, ends: Ints, starts: Ints) -> list[tuple[int, int]]:
    """Return what looks like frames of known classes and is none, with their claimed ends."""
    if len(starts) == len(syncs):
        return []
    others = np.ones(len(syncs), np.bool_)
    others[np.searchsorted(syncs, starts)] = False
    classes = np.minimum(syncs + 2, len(buffer) - 1)
    others &= _KNOWN[buffer[classes]] | (syncs + 2 >= len(buffer))
    if not others.any():
        return []
    return list(zip(syncs[others].tolist(), ends[others].tolist(), strict=True))


@attrs.frozen
class _Gaps:
    """What stands before, between and behind the frames of a piece.

    Args:
        data: bytes of the piece.
        begins, ends: of the gaps, most of them empty, shape (n + 1,) for n frames.
        offset: of the piece in the artifact.
        rejected: what looks like frames and is none.
    """

    data: bytes
    begins: Ints
    ends: Ints
    offset: int
    rejected: list[tuple[int, int]]

    def go_between(self, between: Between, *, last: bool) -> int:
        """Go over the gaps, and return where the next piece begins."""
        gaps = np.flatnonzero(self.ends[:-1] > self.begins[:-1])
        if len(self.begins) > 1 and not (len(gaps) and gaps[0] == 0):
            between.come_to_frame()
        for number in gaps.tolist():
            between.take(self._gap(number, Closing.FRAME))
            between.come_to_frame()
        return between.take(self._gap(-1, Closing.FILE if last else Closing.OPEN))

    def _gap(self, number: int, closing: Closing) -> Gap:
        begin, end = int(self.begins[number]), int(self.ends[number])
        return Gap(self.data, begin, end, self.offset, self.rejected, closing)
