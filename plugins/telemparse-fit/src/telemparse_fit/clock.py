"""Timestamps to instants: compressed headers, milliseconds, and clocks that a camera correlates with UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

    from telemparse_fit.definitions import Definition

__all__ = ["FIRST_UTC_S", "NS_PER_MS", "Clock", "Stamps", "utc_instant_ns"]

NS_PER_MS = 1_000_000
# FIT protocol, "date_time": seconds since 1989-12-31T00:00:00Z; below 0x10000000 since the device
# was started.
_EPOCH_S = 631_065_600
FIRST_UTC_S = 0x1000_0000
_UNKNOWN = 0xFFFF_FFFF
_COMPRESSED = 0x80
_OFFSET_BITS = 0x1F


@attrs.define
class Stamps:
    """Follows the timestamps of one section, which compressed headers count on from.

    FIT protocol, "Compressed Timestamp Header": five bits that replace those of the last timestamp; where
    they are less than they were, 32 seconds have gone round.
    """

    _last: int | None = None

    def read(
        self, buffer: Bytes, groups: Sequence[tuple[Definition, Ints]]
    ) -> dict[Definition, tuple[Ints, Mask]]:
        """Return seconds and the mask of known ones, shape (n,), of the messages of each definition.

        Args:
            buffer: the piece.
            groups: definitions with the places of their messages, all of the piece.
        """
        read = {definition: self._stated(buffer, definition, places) for definition, places in groups}
        packed = {definition: buffer[places] >= _COMPRESSED for definition, places in groups}
        if any(mask.any() for mask in packed.values()):
            self._unpack(buffer, groups, read, packed)
            return read
        last = -1
        for definition, places in groups:
            known = np.flatnonzero(read[definition][1])
            if len(known) and places[known[-1]] > last:
                last = int(places[known[-1]])
                self._last = int(read[definition][0][known[-1]])
        return read

    def _stated(self, buffer: Bytes, definition: Definition, places: Ints) -> tuple[Ints, Mask]:
        if definition.stamp is None:
            return np.zeros(len(places), np.int64), np.zeros(len(places), np.bool_)
        view = np.ndarray((len(buffer) - 3,), f"{definition.order}u4", buffer, strides=(1,))
        seconds = view[places + definition.stamp].astype(np.int64)
        return seconds, seconds != _UNKNOWN

    def _unpack(
        self,
        buffer: Bytes,
        groups: Sequence[tuple[Definition, Ints]],
        read: dict[Definition, tuple[Ints, Mask]],
        packed: dict[Definition, Mask],
    ) -> None:
        places = np.concatenate([places for _definition, places in groups])
        seconds = np.concatenate([read[definition][0] for definition, _places in groups])
        stated = np.concatenate([read[definition][1] for definition, _places in groups])
        short = np.concatenate([packed[definition] for definition, _places in groups]) & ~stated
        chosen = np.flatnonzero(stated | short)
        order = chosen[np.argsort(places[chosen], kind="stable")]
        is_short = short[order]
        bits = np.where(is_short, buffer[places[order]] & _OFFSET_BITS, seconds[order] & _OFFSET_BITS)
        before = np.concatenate([[(self._last or 0) & _OFFSET_BITS], bits[:-1]])
        steps = np.where(is_short, (bits - before) & _OFFSET_BITS, 0)
        total = np.cumsum(steps)
        # Every full timestamp begins to count anew.
        at = np.where(is_short, -1, np.arange(len(order)))
        anchor = np.maximum.accumulate(at)
        base = np.where(anchor >= 0, seconds[order][anchor], self._last or 0)
        value = base + total - np.where(anchor >= 0, total[anchor], 0)
        known = (anchor >= 0) | (self._last is not None)
        seconds[order] = value
        stated[order] = known
        if len(order) and known[-1]:
            self._last = int(value[-1])
        begin = 0
        for definition, group in groups:
            end = begin + len(group)
            read[definition] = (seconds[begin:end], stated[begin:end])
            begin = end


@attrs.define
class Clock:
    """Puts timestamps of one section on the time base of the recording.

    Args:
        correlations: (system clock, UTC) in ns, in the order of the file.
        is_relative: the recording knows no UTC at all: system time counts.

    Attributes:
        system, utc: samples whose time came from either clock.
    """

    correlations: tuple[tuple[int, int], ...] = ()
    is_relative: bool = False
    system: int = 0
    utc: int = 0

    @property
    def time_base(self) -> str:
        """Of all tables."""
        return "relative" if self.is_relative else "utc"

    def instants(self, seconds: Ints, known: Mask, ms: Ints | None = None) -> tuple[Ints, Mask]:
        """Return instants in ns and the mask of those that have one, shape (n,)."""
        is_utc = seconds >= FIRST_UTC_S
        utc_ns = (seconds + _EPOCH_S) * NS_PER_S
        if is_utc.all():
            t_ns, timed = utc_ns, known & (not self.is_relative)
            self.utc += int(np.count_nonzero(timed))
        else:
            system_ns = seconds * NS_PER_S
            timed = known.copy()
            if self.is_relative:
                t_ns = system_ns
                timed &= ~is_utc
            elif self.correlations:
                pairs = np.array(self.correlations, np.int64)
                row = np.maximum(np.searchsorted(pairs[:, 0], system_ns, side="right") - 1, 0)
                t_ns = np.where(is_utc, utc_ns, system_ns + (pairs[:, 1] - pairs[:, 0])[row])
            else:
                t_ns = utc_ns
                timed &= is_utc
            self.system += int(np.count_nonzero(timed & ~is_utc))
            self.utc += int(np.count_nonzero(timed & is_utc))
        return (t_ns if ms is None else t_ns + ms * NS_PER_MS), timed

    def facts(self) -> dict[str, Any]:
        """Return what is to be said of how the clock was made."""
        source = "timestamp"
        if self.system:
            source = "system clock, correlated with UTC" if self.correlations else "system clock"
        return {
            "source": source,
            "is": "time since the device was started" if self.is_relative else "UTC",
            "utc_samples": self.utc,
            "system_samples": self.system,
            "correlations": len(self.correlations),
        }


def utc_instant_ns(seconds: int) -> int:
    """Return the instant of a timestamp that counts from 1989."""
    return (seconds + _EPOCH_S) * NS_PER_S
