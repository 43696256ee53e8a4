"""The logger's clock, ms since it was switched on, put on UTC by the GPS time of position messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Ints

__all__ = ["NS_PER_MS", "Clock", "Ties"]

NS_PER_MS = 1_000_000
_EPOCHS = 64
_MOST_TIES = 4096
_FAR_NS = 5_000_000_000
_SHORT_MS = 120_000
_BEYOND_MS = 3_600_000
_WANDER_NS = 60_000_000


@attrs.define
class Ties:
    """Pairs of logger's time and UTC, the median of every 64 epochs; memory stays small.

    Attributes:
        epochs: with a GPS time.
    """

    epochs: int = 0
    _held: list[tuple[int, int]] = attrs.field(factory=list)
    _medians: list[tuple[int, int]] = attrs.field(factory=list)

    def add(self, ticks_ms: Sequence[int], utc_ns: Sequence[int]) -> None:
        """Take the next epochs."""
        self.epochs += len(ticks_ms)
        for tick_ms, instant_ns in zip(ticks_ms, utc_ns, strict=True):
            self._held.append((tick_ms, instant_ns - tick_ms * NS_PER_MS))
            if len(self._held) == _EPOCHS:
                self._tie()

    def _tie(self) -> None:
        tick, offset = (sorted(column)[len(column) // 2] for column in zip(*self._held, strict=True))
        self._medians.append((tick, offset))
        self._held.clear()
        if len(self._medians) > _MOST_TIES:
            self._medians = self._medians[::2]

    def clock(self) -> Clock | None:
        """Return the clock that they make, None without any."""
        if self._held:
            self._tie()
        if not self._medians:
            return None
        pairs = np.array(self._medians, np.int64)
        usual = int(np.sort(pairs[:, 1])[len(pairs) // 2])
        astray = np.abs(pairs[:, 1] - usual)
        near = pairs[astray <= _FAR_NS]
        ties = _straight(near[np.unique(near[:, 0], return_index=True)[1]])
        return Clock(
            ticks_ms=ties[:, 0],
            offsets_ns=ties[:, 1],
            epochs=self.epochs,
            jumps=int((astray > _FAR_NS).sum()),
            jump_s=int(astray.max()) // 1_000_000_000,
        )


def _straight(ties: Ints) -> Ints:
    """Return the two ends of the line through ties, shape (n, 2), or the ties where they lie on none.

    A crystal runs too fast or too slow by a constant share; how late positions get their stamps varies by far
    more from one tie to the next. Short recordings get one offset.
    """
    ticks, offsets = ties[:, 0], ties[:, 1] - ties[0, 1]
    middle = np.array([[ticks[0], ties[0, 1] + int(np.median(offsets))]], np.int64)
    if ticks[-1] - ticks[0] < _SHORT_MS:
        return middle
    # By hand: the library of numpy that solves this takes tens of megabytes.
    along = ticks - float(ticks.mean())
    level = float(offsets.mean())
    slope = float((along * (offsets - level)).sum() / (along * along).sum())
    if np.abs(offsets - (level + slope * along)).max() > _WANDER_NS:
        return ties
    ends = np.array([ticks[0] - _BEYOND_MS, ticks[-1] + _BEYOND_MS])
    line = ties[0, 1] + np.rint(level + slope * (ends - float(ticks.mean()))).astype(np.int64)
    return np.column_stack([ends, line])


@attrs.frozen(eq=False)
class Clock:
    """How logger's time becomes an instant.

    Args:
        ticks_ms: of the ties, ascending; one without GPS time.
        offsets_ns: to add there, the last and first one beyond them.
        time_base: of the instants.
        epochs: with GPS time that made the ties.
        jumps: ties left out because they lie seconds away from the others.
        jump_s: how far the farthest of them.
        zone: of the local date that stands for GPS time, `assumed` where none was given.
    """

    ticks_ms: Ints
    offsets_ns: Ints
    time_base: str = "utc"
    epochs: int = 0
    jumps: int = 0
    jump_s: int = 0
    zone: str | None = None

    def instants(self, ticks_ns: Ints) -> Ints:
        """Return ns since 1970 of the logger's ns, shape (n,)."""
        first = int(self.offsets_ns[0])
        steps = np.interp(ticks_ns, self.ticks_ms * NS_PER_MS, self.offsets_ns - first)
        return np.asarray(ticks_ns + first + np.rint(steps).astype(np.int64))

    def instant(self, tick_ms: int) -> int:
        """Return ns since 1970 of the logger's ms."""
        return int(self.instants(np.array([tick_ms * NS_PER_MS], np.int64))[0])

    def facts(self) -> dict[str, Any]:
        """Return how the clock was made, for the metadata."""
        if self.epochs:
            span_ms = max(int(self.ticks_ms[-1] - self.ticks_ms[0]), 1)
            drift_ppm = round(int(self.offsets_ns[-1] - self.offsets_ns[0]) / span_ms, 1)
            return {
                "source": ["GPS week, iTOW and fTOW of position messages", "ms of the logger"],
                "is": "GPS time less leap seconds for positions; for all else the logger's ms, moved to it by"
                " the line through the medians of every 64 epochs (by one offset below two minutes)",
                "epochs": self.epochs,
                "ties_left_out": self.jumps,
                "drift_ppm": drift_ppm,
            }
        if self.zone is not None:
            return {
                "source": ["TMD", "TMT", "ms of the logger"],
                "is": "ms of the logger since the local date and time of the recording, for no position has"
                " one",
                "zone": self.zone,
            }
        return {"source": ["ms of the logger"], "is": "ms since the logger was switched on"}
