"""The GPMF track of an MP4 video: where its payloads lie and when they begin, by the tables of the track."""

# ISO/IEC 14496-12, sections 8.4.2 (mdhd), 8.6.1.2 (stts), 8.7.3.2 (stsz), 8.7.4 (stsc), 8.7.5 (stco, co64).

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

from telemparse_gpmf.bare import Between, Payload, devices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints

    from telemparse_gpmf.boxes import Box, Movie
    from telemparse_gpmf.losses import Losses

__all__ = ["Index", "index_of", "video_payloads"]

_LARGEST_PAYLOAD = 1 << 24
_MOST_PAYLOADS = 1 << 22  # seven weeks of one a second
_TABLE_HEAD = {b"stts": 8, b"stsc": 8, b"stco": 8, b"co64": 8, b"stsz": 12}
_ENTRY_BYTES = {b"stts": 8, b"stsc": 12, b"stco": 4, b"co64": 8, b"stsz": 4}
_LONG_DURATION_S = 10 * 365 * 86_400  # beyond it a table is damaged


@attrs.frozen
class Index:
    """Payloads in the order of the track, each of shape (n,).

    Args:
        offsets: in the file.
        sizes: bytes.
        starts_ns: since the beginning of the track, n + 1 of them: the last one is the track's end.
    """

    offsets: Ints
    sizes: Ints
    starts_ns: Ints


def index_of(reader: BinaryIO, movie: Movie, size: int, losses: Losses) -> Index:
    """Return where the payloads lie; what the tables say beyond the file is counted and left out.

    The payloads together are never more than the file, so that hostile tables cost no more time than it.
    """
    tables = {kind: _table(reader, box, losses) for kind, box in movie.track.items() if kind in _TABLE_HEAD}
    chunks = tables.get(b"co64", tables.get(b"stco", np.zeros(0, np.int64)))
    runs = tables.get(b"stsc", np.zeros(0, np.int64)).reshape(-1, 3)
    sizes = _sizes(reader, movie.track.get(b"stsz"), tables.get(b"stsz"), size, losses)
    owners, firsts = _owners(chunks, runs, len(sizes))
    where = movie.track.get(b"stsz")
    at = where.body if where is not None else 0
    losses.table("no chunk of the file is theirs", at, len(sizes) - len(owners))
    sizes = sizes[: len(owners)]
    before = np.cumsum(sizes) - sizes
    offsets = chunks[owners] + before - before[firsts] if len(owners) else np.zeros(0, np.int64)
    starts_ns = _starts_ns(reader, movie.track.get(b"mdhd"), tables.get(b"stts"), len(sizes), losses)
    fits = (offsets >= 0) & (offsets < size) & (sizes > 0)
    beyond = (offsets >= size) & (sizes > 0)
    if beyond.any():
        losses.cut(size)
    fits &= np.cumsum(np.where(fits, sizes, 0)) <= size
    losses.table("they are too large, empty, or more than the file holds", at, int((~fits & ~beyond).sum()))
    ends_ns = np.append(starts_ns[:-1][fits], starts_ns[-1:])
    return Index(offsets[fits], sizes[fits], ends_ns)


def video_payloads(reader: BinaryIO, index: Index, size: int, losses: Losses) -> Iterator[Payload]:
    """Yield the payloads of a video; of its other data nothing is read."""
    for number in range(len(index.offsets)):
        offset, length = int(index.offsets[number]), int(index.sizes[number])
        reader.seek(offset)
        data = reader.read(length)
        cut = losses.cut if len(data) < length else losses.damage
        start_ns, end_ns = (int(part) for part in index.starts_ns[number : number + 2])
        found = list(devices(io.BytesIO(data), offset, losses, length, Between.DAMAGE, cut))
        if len(data) < length:
            losses.cut(size)
        yield Payload(number, found, start_ns, end_ns - start_ns)


def _table(reader: BinaryIO, box: Box, losses: Losses) -> Ints:
    """Return the entries of a table as whole numbers; those that it claims beyond its box are counted."""
    head, entry = _TABLE_HEAD[box.kind], _ENTRY_BYTES[box.kind]
    room = max(box.end - box.body - head, 0) // entry
    reader.seek(box.body)
    start = reader.read(head)
    count = int.from_bytes(start[head - 4 : head], "big") if len(start) == head else 0
    if box.kind == b"stsz" and int.from_bytes(start[4:8], "big"):
        return np.zeros(0, np.int64)  # all of one size
    losses.table(f"{box.kind.decode('latin-1')} is shorter than it says", box.body, max(count - room, 0))
    data = reader.read(min(count, room, _MOST_PAYLOADS) * entry)
    width = ">i8" if box.kind == b"co64" else ">u4"
    whole = len(data) - len(data) % entry
    values: NDArray[np.int64] = np.frombuffer(data[:whole], width).astype(np.int64)
    return values


def _sizes(reader: BinaryIO, box: Box | None, table: Ints | None, file_size: int, losses: Losses) -> Ints:
    if box is None or table is None:
        return np.zeros(0, np.int64)
    reader.seek(box.body)
    head = reader.read(12)
    one, count = (int.from_bytes(head[place : place + 4].ljust(4, b"\0"), "big") for place in (4, 8))
    if not one:
        return np.where(table <= _LARGEST_PAYLOAD, table, 0)
    # Nothing but the file's size bounds how many payloads of one size there are.
    most = min(count, file_size // one, _MOST_PAYLOADS)
    losses.table("they are more than the file holds", box.body, count - most)
    return np.full(most, one, np.int64)


def _owners(chunks: Ints, runs: Ints, payloads: int) -> tuple[Ints, Ints]:
    """Return the chunk of each payload, from 0, and the first payload of that chunk; at most `payloads`."""
    begins = runs[:, 0] - 1
    good = (begins >= 0) & (begins < len(chunks)) & (np.diff(begins, prepend=-1) > 0) & (runs[:, 1] > 0)
    begins, counts = begins[good], np.minimum(runs[good, 1], payloads)
    if not len(begins) or not payloads:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    chunk = np.arange(begins[0], len(chunks))
    each = counts[np.searchsorted(begins, chunk, side="right") - 1]
    ends = np.minimum(np.cumsum(each), payloads)
    each = np.diff(ends, prepend=0)
    return np.repeat(chunk, each), np.repeat(ends - each, each)


def _starts_ns(reader: BinaryIO, box: Box | None, table: Ints | None, payloads: int, losses: Losses) -> Ints:
    """Return when payloads begin and the last one ends, shape (n + 1,); a second each without a table."""
    scale = 0
    if box is not None:
        reader.seek(box.body)
        head = reader.read(24).ljust(24, b"\0")
        # Version 1 has 64 bits for creation and modification before the time scale.
        scale = int.from_bytes(head[20:24] if head[0] == 1 else head[12:16], "big")
    runs = (table if table is not None else np.zeros(0, np.int64)).reshape(-1, 2)
    counts = np.minimum(runs[:, 0], payloads)
    ends = np.minimum(np.cumsum(counts), payloads)
    ticks = np.repeat(runs[:, 1], np.diff(ends, prepend=0))
    good = scale > 0 and bool((ticks > 0).all()) and int(ticks.sum()) < _LONG_DURATION_S * scale
    if not good or len(ticks) < payloads:
        at = box.body if box is not None else 0
        losses.table(
            "no time of theirs is stated, and a second is taken",
            at,
            payloads - len(ticks) if good else payloads,
        )
        scale = scale if good else 1
        ticks = ticks if good else np.zeros(0, np.int64)
        last = ticks[-1] if len(ticks) else scale
        ticks = np.append(ticks, np.full(payloads - len(ticks), last, np.int64))
    elapsed = np.concatenate([np.zeros(1, np.int64), np.cumsum(ticks)])
    seconds, rest = np.divmod(elapsed, scale)
    starts_ns: Ints = seconds * NS_PER_S + rest * NS_PER_S // scale
    return starts_ns
