"""Sample frames of a stretch to instants and values of each channel, a few calls for all frames of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.fixed_width import windows

from telemparse_aim.clock import NS_PER_MS
from telemparse_aim.layout import EXPANSION, MANY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

    from telemparse_aim.frames import Stretch
    from telemparse_aim.layout import Definition, Layout, Slot

__all__ = ["Sampler", "Samples"]

_TICK_BYTE = {EXPANSION: 7}  # in all others 2
_FAR_MS = 60_000


@attrs.frozen(eq=False)
class Samples:
    """Samples of one channel: ns of the logger, and the values as the file has them, each of shape (n,)."""

    definition: Definition
    ticks_ns: Ints
    values: NDArray[Any]


@attrs.define
class Sampler:
    """Takes the samples out of frames.

    The samples of a `(M` frame follow each other at the period that the channel declares, unless the next
    frame begins before they are through: sensors that run faster than they declare, as those of some loggers
    do, fill the time between the two frames evenly. So the last `(M` frame of a channel is held back until
    the next one comes.

    Attributes:
        first_ms, last_ms: of the logger, over all frames; None before the first.
        faster: `(M` frames whose samples came faster than declared.
        many: all `(M` frames.
        implausible: places of frames with an instant far from those of their neighbours.
    """

    layout: Layout
    first_ms: int | None = None
    last_ms: int | None = None
    faster: int = 0
    many: int = 0
    implausible: list[int] = attrs.field(factory=list)
    _previous_ms: int | None = None
    _held: dict[int, tuple[int, Bytes]] = attrs.field(factory=dict)

    def read(self, data: bytes, found: Stretch, next_ms: int | None) -> Iterator[Samples]:
        """Yield the samples of a stretch, by kind of frame.

        Args:
            data: the bytes in which the places of the stretch lie.
            found: its frames.
            next_ms: of the sample frame behind the stretch, None where none follows at once.
        """
        if not found.places:
            return
        buffer = np.frombuffer(data, np.uint8)
        places, slots = np.array(found.places, np.int64), np.array(found.slots, np.int64)
        order = np.argsort(slots, kind="stable")
        numbers, begins = np.unique(slots[order], return_index=True)
        rows = np.split(order, begins[1:])
        ticks = np.zeros(len(places), np.int64)
        for number, some in zip(numbers.tolist(), rows, strict=True):
            byte = _TICK_BYTE.get(self.layout.slots[number].op, 2)
            ticks[some] = windows(buffer, places[some] + byte, 4).view("<i4")[:, 0]
        good = self._plausible(ticks, next_ms)
        self.implausible += places[~good].tolist()
        if good.any():
            first, last = int(ticks[good].min()), int(ticks[good].max())
            self.first_ms = first if self.first_ms is None else min(first, self.first_ms)
            self.last_ms = last if self.last_ms is None else max(last, self.last_ms)
        for number, all_rows in zip(numbers.tolist(), rows, strict=True):
            some = all_rows[good[all_rows]]
            slot = self.layout.slots[number]
            if slot.op == MANY:
                yield from self._many(buffer, number, slot, places[some], ticks[some])
            elif len(some):
                cells = windows(buffer, places[some] + slot.head_bytes, slot.width)
                yield from _parts(slot, ticks[some] * NS_PER_MS, cells)

    def rest(self) -> Iterator[Samples]:
        """Yield the samples of frames that were held back, at the end of the file."""
        for number, (tick_ms, cells) in sorted(self._held.items()):
            slot = self.layout.slots[number]
            step_ns = slot.parts[0].definition.period_us * 1000
            yield from _parts(slot, tick_ms * NS_PER_MS + np.arange(len(cells)) * step_ns, cells)
        self._held.clear()

    def _plausible(self, ticks: Ints, next_ms: int | None) -> Mask:
        """Return which frames are not far from both of two neighbours that agree, shape (n,)."""
        before = ticks[min(2, len(ticks) - 1)] if self._previous_ms is None else self._previous_ms
        after = ticks[-1] if next_ms is None else next_ms
        previous = np.concatenate([[before], ticks[:-1]])
        following = np.concatenate([ticks[1:], [after]])
        self._previous_ms = int(ticks[-1])
        far = np.abs(ticks - previous) > _FAR_MS
        far &= np.abs(ticks - following) > _FAR_MS
        return np.asarray(~(far & (np.abs(following - previous) <= _FAR_MS)))

    def _many(self, buffer: Bytes, number: int, slot: Slot, places: Ints, ticks: Ints) -> Iterator[Samples]:
        if not len(places):
            return
        counts = windows(buffer, places + 8, 2).view("<u2")[:, 0].astype(np.int64)
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        cells = windows(buffer, np.repeat(places + slot.head_bytes, counts) + within * slot.width, slot.width)
        self.many += len(places)
        held = self._held.get(number)
        if held is not None:
            ticks = np.concatenate([[held[0]], ticks])
            counts = np.concatenate([[len(held[1])], counts])
            cells = np.concatenate([held[1], cells])
        kept = int(counts[-1])
        self._held[number] = int(ticks[-1]), cells[len(cells) - kept :].copy()
        cells, counts = cells[: len(cells) - kept], counts[:-1]
        declared_ns = slot.parts[0].definition.period_us * 1000
        gaps_ns = np.diff(ticks) * NS_PER_MS
        faster = (gaps_ns > 0) & ((gaps_ns < declared_ns * counts) | (declared_ns == 0))
        self.faster += int(faster.sum())
        step_ns = np.where(faster, gaps_ns / counts, declared_ns)
        within = np.arange(len(cells)) - np.repeat(np.cumsum(counts) - counts, counts)
        ticks_ns = np.repeat(ticks[:-1] * NS_PER_MS, counts) + (within * np.repeat(step_ns, counts)).astype(
            np.int64
        )
        yield from _parts(slot, ticks_ns, cells)


def _parts(slot: Slot, ticks_ns: Ints, cells: Bytes) -> Iterator[Samples]:
    for part in slot.parts:
        kind = part.definition.kind
        if kind is not None and len(cells):
            width = np.dtype(kind).itemsize
            own = np.ascontiguousarray(cells[:, part.offset : part.offset + width])
            yield Samples(part.definition, ticks_ns, own.view(kind)[:, 0])
