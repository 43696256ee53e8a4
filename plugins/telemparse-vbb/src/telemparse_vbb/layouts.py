"""How the samples of each group are made up, kept up to date as definitions go by."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse_vbb.records import FIXED, Channel, Group, Naming

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse_vbb.records import Record

__all__ = ["HEAD_BYTES", "Layout", "Layouts"]

HEAD_BYTES = 6
"""Of a sample: its kind, the time in 32 bits, and its group."""

_MOST_CHANGES = 1024  # a logger defines each of its groups once, before the first sample
_STAMP, _STAMP_BYTES = 11, {1: 7, 2: 8}


@attrs.frozen(eq=False)
class Layout:
    """The samples of one group.

    Args:
        group: its number.
        channels: in the order of their values.
        coding: of a whole sample; field `c0` is the first channel, `t` the time.
        length: bytes of a sample, from its first one.
    """

    group: int
    channels: tuple[Channel, ...]
    coding: np.dtype[np.void]
    length: int

    def samples(self, rows: NDArray[np.uint8]) -> NDArray[np.void]:
        """Return whole samples, shape (n, length), as records of shape (n,)."""
        return np.ascontiguousarray(rows).view(self.coding).reshape(len(rows))


@attrs.define
class Layouts:
    """Takes in definitions; a group stands once all its channels do.

    Args:
        order: of bytes, `>` or `<`.
        version: of the format.

    Attributes:
        by_group: layouts of the groups that stand.
        lengths: of samples by number of the group, 0 for one that is unknown; 256 of them.
        named: names of groups.
        unreadable: channels of types that no sample can hold.
    """

    order: str
    version: int
    by_group: dict[int, Layout] = attrs.field(factory=dict)
    lengths: list[int] = attrs.field(factory=lambda: [0] * 256)
    named: dict[int, str] = attrs.field(factory=dict)
    unreadable: dict[int, str] = attrs.field(factory=dict)
    _changes: int = 0
    _channels: dict[int, Channel] = attrs.field(factory=dict)
    _groups: dict[int, Group] = attrs.field(factory=dict)
    _missing: dict[int, set[int]] = attrs.field(factory=dict)
    _waiting: dict[int, set[int]] = attrs.field(factory=dict)

    def redefines(self, record: Record) -> bool:
        """Tell whether a record changes how the samples of a group that stands are made up."""
        if not isinstance(record, Group) or record.number not in self.by_group:
            return False
        known = self.by_group[record.number].channels
        return known != tuple(self._channels.get(number) for number in record.channels)

    def defines(self, group: Group) -> bool:
        """Tell whether all channels of a group are defined, each there once."""
        return len(set(group.channels)) == len(group.channels) and all(
            number in self._channels for number in group.channels
        )

    def take(self, record: Record) -> None:
        """Take in a definition. A channel that is defined again counts for groups from there on."""
        if isinstance(record, Naming):
            self.named[record.group] = record.name
        elif isinstance(record, Channel):
            self._channels[record.number] = record
            for number in self._waiting.pop(record.number, ()):
                missing = self._missing.get(number, set())
                missing.discard(record.number)
                if not missing and number in self._groups:
                    self._stand(self._groups[number])
        elif isinstance(record, Group) and (record.number not in self.by_group or self.redefines(record)):
            self._changes += 1
            self._groups[record.number] = record
            missing = {number for number in record.channels if number not in self._channels}
            self._missing[record.number] = missing
            for number in missing:
                self._waiting.setdefault(number, set()).add(record.number)
            self._fall(record.number)
            if not missing:
                self._stand(record)
            if self._changes > _MOST_CHANGES:
                self._fall(record.number)

    def _fall(self, number: int) -> None:
        self.by_group.pop(number, None)
        self.lengths[number] = 0

    def _stand(self, group: Group) -> None:
        channels = tuple(self._channels[number] for number in group.channels if number in self._channels)
        if len(channels) < len(group.channels):
            return
        widths = [self._width(channel) for channel in channels]
        self.unreadable.update(
            (channel.number, channel.name)
            for channel, width in zip(channels, widths, strict=True)
            if not width
        )
        if not all(widths):
            return
        offsets, place = [], HEAD_BYTES
        for width in widths:
            offsets.append(place)
            place += width
        coding = np.dtype({
            "names": ["t", *(f"c{index}" for index in range(len(channels)))],
            "formats": [f"{self.order}u4", *(self._numpy(channel) for channel in channels)],
            "offsets": [1, *offsets],
            "itemsize": place,
        })  # fmt: skip
        self.by_group[group.number] = Layout(group.number, channels, coding, place)
        self.lengths[group.number] = place

    def _width(self, channel: Channel) -> int:
        if channel.kind == _STAMP:
            return _STAMP_BYTES[self.version]
        return struct.calcsize(f"={FIXED[channel.kind]}") if channel.kind in FIXED else 0

    def _numpy(self, channel: Channel) -> str:
        if channel.kind == _STAMP:
            return f"V{_STAMP_BYTES[self.version]}" if self.version == 1 else f"{self.order}u8"
        return f"{self.order}{FIXED[channel.kind]}"
