"""Times of track points: as written, between timed neighbours by index, or counted; in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow, validity
from telemparse.kernels.casts import instants
from telemparse.kernels.clocks import NS_PER_S, local_to_utc_ns
from telemparse.schemas import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Path

__all__ = ["Clock", "Times"]


@attrs.frozen
class Times:
    """Times of one block of points.

    Args:
        t_ns: ns since 1970-01-01T00:00:00Z, shape (n,).
        flags: quality flags that come from the clock, shape (n,).
        time_base: `utc` or `index`.
        first: number of the block's first point in the document, from 0.
    """

    t_ns: Ints
    flags: NDArray[np.uint32]
    time_base: str
    first: int


@attrs.frozen
class _Read:
    """Times as written: ns, which are valid, which have text that is no time, which lack a zone."""

    t_ns: Ints
    timed: Mask
    unreadable: int
    naive: int


def _read(block: Block, place: Path, zone: str | None) -> _Read:
    text = block.columns.get(place)
    if text is None:
        nothing = np.zeros(block.rows, np.int64)
        return _Read(nothing, np.zeros(block.rows, np.bool_), 0, 0)
    written = validity(text)
    if written.all():
        t_ns, timed, has_zone = instants(text)
    else:
        t_ns = np.zeros(block.rows, np.int64)
        timed, has_zone = np.zeros(block.rows, np.bool_), np.zeros(block.rows, np.bool_)
        t_ns[written], timed[written], has_zone[written] = instants(
            text.take(to_arrow(np.flatnonzero(written), pa.int64()))
        )
    naive = timed & ~has_zone
    if zone is not None and naive.any():
        t_ns = t_ns.copy()
        t_ns[naive] = local_to_utc_ns(t_ns[naive], zone)
    return _Read(t_ns, timed, int((written & ~timed).sum()), int(naive.sum()))


@attrs.define
class _Anchors:
    """The next timed point behind a given one, found by a second reading that runs ahead."""

    blocks: Iterator[Block]
    place: Path
    zone: str | None
    _first: int = 0
    _rows: int = 0
    _places: Ints = attrs.field(factory=lambda: np.zeros(0, np.int64))
    _t_ns: Ints = attrs.field(factory=lambda: np.zeros(0, np.int64))

    def after(self, index: int) -> tuple[int, int] | None:
        """Return index and time of the first timed point behind `index`; ask with ascending ones."""
        while True:
            found = int(np.searchsorted(self._places, index, side="right"))
            if found < len(self._places):
                return int(self._places[found]), int(self._t_ns[found])
            block = next(self.blocks, None)
            if block is None:
                return None
            self._first += self._rows
            self._rows = block.rows
            read = _read(block, self.place, self.zone)
            self._places = self._first + np.flatnonzero(read.timed)
            self._t_ns = read.t_ns[read.timed]


@attrs.define
class Clock:
    """Gives every point of a document its time, block by block.

    Untimed points of a partly timed document stay in file order: their time is interpolated by index
    between timed neighbours and held beyond the ends. A document without any time counts its points as
    seconds from 1970.

    Args:
        place: of the time in a point.
        zone: IANA zone of times without an offset, None for UTC.
        again: reads the same points once more; asked only when a block ends in untimed points.

    Attributes:
        points, untimed, unreadable, naive: how many so far; `unreadable` ones are untimed too.
    """

    place: Path
    zone: str | None
    again: Iterable[Block]
    points: int = 0
    untimed: int = 0
    unreadable: int = 0
    naive: int = 0
    _anchors: _Anchors | None = None
    _previous: tuple[int, int] | None = None

    def times(self, block: Block) -> Times:
        """Return the times of the next block."""
        read = _read(block, self.place, self.zone)
        begin = self.points
        self.points += block.rows
        self.unreadable += read.unreadable
        self.naive += read.naive
        flags = np.zeros(block.rows, np.uint32)
        if read.timed.all():
            self._previous = (self.points - 1, int(read.t_ns[-1]))
            return Times(read.t_ns, flags, "utc", begin)
        gaps = ~read.timed
        self.untimed += int(gaps.sum())
        places, t_ns = self._known(read, begin)
        if not len(places):
            flags[:] = QualityFlag.TIME_REPAIRED
            return Times(np.arange(begin, self.points) * NS_PER_S, flags, "index", begin)
        flags[gaps] = QualityFlag.INTERPOLATED | QualityFlag.TIME_REPAIRED
        filled = read.t_ns.copy()
        filled[gaps] = _between(begin + np.flatnonzero(gaps), places, t_ns)
        if read.timed.any():
            last = int(np.flatnonzero(read.timed)[-1])
            self._previous = (begin + last, int(read.t_ns[last]))
        return Times(filled, flags, "utc", begin)

    def _known(self, read: _Read, begin: int) -> tuple[Ints, Ints]:
        """Return index and time of the timed points in and next to a block, ascending by index."""
        before = [self._previous] if self._previous is not None else []
        after = []
        if not read.timed[-1]:
            if self._anchors is None:
                self._anchors = _Anchors(iter(self.again), self.place, self.zone)
            following = self._anchors.after(self.points - 1)
            after = [following] if following is not None else []
        inside = np.flatnonzero(read.timed)
        edges = np.array([*before, *after], np.int64).reshape(-1, 2)
        head, tail = edges[: len(before)], edges[len(before) :]
        places = np.concatenate([head[:, 0], begin + inside, tail[:, 0]])
        return places, np.concatenate([head[:, 1], read.t_ns[inside], tail[:, 1]])


def _between(wanted: Ints, places: Ints, t_ns: Ints) -> Ints:
    """Interpolate whole ns by index, held beyond the ends; exact, for floats would lose the last digits."""
    right = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
    left = np.maximum(np.searchsorted(places, wanted) - 1, 0)
    span = np.maximum(places[right] - places[left], 1)
    steps = np.clip(wanted - places[left], 0, span)
    # Divided before they are subtracted: three centuries of ns do not fit into 64 bits.
    whole = t_ns[right] // span - t_ns[left] // span
    rest = t_ns[right] % span - t_ns[left] % span
    between: Ints = t_ns[left] + whole * steps + rest * steps // span
    return between
