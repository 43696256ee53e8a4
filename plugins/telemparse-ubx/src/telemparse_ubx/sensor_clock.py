"""The clocks of sensors: tags that count from anywhere, put beside the times of the navigation messages.

Tags and times of week are never in one message. A navigation message comes some time after the instant it
speaks of, and what sensors measured meanwhile stands before it. The shortest such delay of the log's head
says how tags and times belong together; what is left of it is the doubt of all instants of the sensors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints

__all__ = ["Pairing", "SensorClock"]

_NS_PER_S, _NS_PER_MS = 1_000_000_000, 1_000_000
_LEAP_S = 60  # a step by more begins a new count: the receiver was started again


@attrs.define
class Pairing:
    """Looks for the shortest delay between tags and times of week.

    Args:
        tick_hz: of the tags.
        bits: after which they begin again.

    Attributes:
        offset_ns: ns of the log's first week at tag 0, None as long as none is known.
    """

    tick_hz: int
    bits: int
    offset_ns: int | None = None
    _first_ns: int | None = None
    _last_tag: int = 0
    _last_ticks: int = 0
    _ended: bool = False

    @property
    def is_open(self) -> bool:
        """There are tags, and no time of week behind them yet."""
        return self._first_ns is not None and self.offset_ns is None and not self._ended

    def take(self, tag_offsets: Ints, tags: Ints, tow_offsets: Ints, unrolled_ms: Ints) -> None:
        """Look at the messages of a piece; a new count of tags ends the search."""
        if self._ended or not (len(tags) or self.is_open):
            return
        ticks = np.zeros(0, np.int64)
        if len(tags):
            if self._first_ns is None:
                self._last_tag = self._last_ticks = int(tags[0])
                self._first_ns = int(_nanoseconds(tags[:1], self.tick_hz)[0])
            steps = _steps(tags, self._last_tag, self.bits)
            ticks = self._last_ticks + np.cumsum(steps)
            leaps = np.flatnonzero(np.abs(steps) > _LEAP_S * self.tick_hz)
            if len(leaps):
                self._ended = True
                kept = int(np.searchsorted(tow_offsets, tag_offsets[leaps[0]]))
                tow_offsets, unrolled_ms = tow_offsets[:kept], unrolled_ms[:kept]
        if len(tow_offsets):
            before = np.searchsorted(tag_offsets, tow_offsets)
            paired = np.append(self._last_ticks, ticks)[before]
            delays_ns = unrolled_ms * _NS_PER_MS - _nanoseconds(paired, self.tick_hz)
            found = int(delays_ns.max())
            self.offset_ns = found if self.offset_ns is None else max(found, self.offset_ns)
        if len(tags):
            self._last_tag, self._last_ticks = int(tags[-1]), int(ticks[-1])


@attrs.define
class SensorClock:
    """Turns the tags of one source into ns since the beginning of the log's first week.

    Args:
        tick_hz: of the tags.
        bits: after which they begin again.
        offset_ns: ns at tag 0, None where no navigation message says any.

    Attributes:
        restarts: how often the count began anew.
        wraps: how often the tags came round.
    """

    tick_hz: int
    bits: int
    offset_ns: int | None
    restarts: int = 0
    wraps: int = 0
    _tag: int | None = None
    _counted: int = 0

    def take(
        self, tags: Ints, offsets: Ints, tow_offsets: Ints, unrolled_ms: Ints, last_ms: int | None
    ) -> Ints:
        """Return ns of samples, shape (n,).

        Args:
            tags: of the samples.
            offsets: of their frames in the artifact.
            tow_offsets: of navigation messages of the piece.
            unrolled_ms: theirs.
            last_ms: of the last navigation message before the piece.
        """
        if not len(tags):
            return tags
        first = int(tags[0])
        if self._tag is None:
            self._tag, self._counted = first, first
        steps = _steps(tags, self._tag, self.bits)
        self.wraps += int(np.count_nonzero((steps > 0) & (np.diff(tags, prepend=self._tag) < 0)))
        leaps = np.flatnonzero(np.abs(steps) > _LEAP_S * self.tick_hz)
        counted = self._counted + np.cumsum(steps)
        times = _nanoseconds(counted, self.tick_hz)
        if self.offset_ns is None:
            row = int(np.searchsorted(tow_offsets, offsets[0])) - 1
            known = int(unrolled_ms[row]) if row >= 0 else last_ms
            self.offset_ns = (known or 0) * _NS_PER_MS - int(times[0])
        offset = np.full(len(tags), self.offset_ns, np.int64)
        before = np.searchsorted(tow_offsets, offsets[leaps]) - 1
        for leap, row in zip(leaps.tolist(), before.tolist(), strict=True):
            self.restarts += 1
            known = int(unrolled_ms[row]) if row >= 0 else last_ms
            if known is not None:
                offset[leap:] = known * _NS_PER_MS - times[leap]
        self._tag, self._counted, self.offset_ns = int(tags[-1]), int(counted[-1]), int(offset[-1])
        return times + offset


def _steps(tags: Ints, before: int, bits: int) -> Ints:
    """Return steps from tag to tag, the short way round where they begin again."""
    half = 1 << (bits - 1)
    return (np.diff(tags, prepend=before) + half) % (1 << bits) - half


def _nanoseconds(ticks: Ints, tick_hz: int) -> Ints:
    return ticks * (_NS_PER_S // tick_hz) + ticks * (_NS_PER_S % tick_hz) // tick_hz
