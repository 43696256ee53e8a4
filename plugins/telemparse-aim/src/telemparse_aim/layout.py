"""What the samples of a recording are: channels (CHS), groups of them (GRP), and the frames that carry them.

Facts: libxrk (MIT licence), `aim_xrk.pyx` and its format notes; checked on real files.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHANNEL_BYTES", "EXPANSION", "GROUP", "MANY", "SINGLE", "Definition", "Layout", "Part", "Slot"]

# The two bytes with which a sample frame begins, as a little-endian number.
GROUP, SINGLE, MANY, EXPANSION = (int.from_bytes(sign, "little") for sign in (b"(G", b"(S", b"(M", b"(c"))
_HEAD_BYTES = {GROUP: 8, SINGLE: 8, MANY: 10, EXPANSION: 11}

CHANNEL_BYTES = 112
_MOST_SLOTS = 20_000
_MOST_GROUPED = 1000
_MOST_BYTES = 65_536

# Decoder of a channel (byte 20) to the type of its samples.
_DECODERS: Mapping[int, str] = {
    1: "<u2", 4: "<i2", 6: "<f4", 11: "<i2", 13: "<u1", 15: "<u2", 20: "<f2",
    **dict.fromkeys((0, 3, 12, 22, 24, 26, 27, 31, 32, 33, 37, 38, 39), "<i4"),
}  # fmt: skip
_WIDTHS = {"<u1": 1, "<u2": 2, "<i2": 2, "<f2": 2, "<i4": 4, "<f4": 4, "<u8": 8}
# Gears that the logger works out stand in bits of eight bytes, whatever the decoder says.
_BITS_OF_GEAR = ("Calculated_Gear", "PreCalcGear")

# Unit of a channel (byte 12, without its highest bit). Gears and lambda need none.
_UNITS: Mapping[int, str] = {
    1: "%", 3: "g", 4: "deg", 5: "deg/s", 9: "Hz", 12: "mm", 14: "bar", 15: "rpm", 16: "km/h", 17: "C",
    18: "ms", 19: "Nm", 20: "km/h", 21: "mV", 22: "l", 24: "l/s", 27: "A", 33: "%", 43: "kg",
}  # fmt: skip


@attrs.frozen
class Definition:
    """A channel as a CHS message describes it.

    Args:
        index: by which sample frames name it.
        name: the long name.
        decoder: kind of its samples.
        unit: as the parser writes it, empty for none and for those that nobody knows.
        size: bytes of a sample.
        period_us: declared, 0 where none is.
    """

    index: int
    name: str
    decoder: int
    unit: str
    size: int
    period_us: int

    @property
    def key(self) -> tuple[int, int, int]:
        """What stays the same where the logger describes the channel again under a better name."""
        return self.index, self.decoder, self.size

    @property
    def kind(self) -> str | None:
        """The type of a sample, None for one that nobody knows or that its bytes do not hold."""
        kind = "<u8" if self.name in _BITS_OF_GEAR else _DECODERS.get(self.decoder)
        return kind if kind is not None and _WIDTHS[kind] <= self.size else None

    @classmethod
    def read(cls, payload: bytes) -> Definition | None:
        """Return the channel of a CHS message, None for one that is none."""
        if len(payload) < CHANNEL_BYTES or not payload[72]:
            return None
        long_name, short_name = (_text(payload[32:56]), _text(payload[24:32]))
        index, period_us = struct.unpack_from("<H", payload)[0], struct.unpack_from("<I", payload, 64)[0]
        unit = _UNITS.get(payload[12] & 0x7F, "")
        return cls(index, long_name or short_name, payload[20], unit, payload[72], period_us)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("latin-1").strip()


@attrs.frozen
class Part:
    """A channel within the samples of a frame, from byte `offset` on."""

    definition: Definition
    offset: int


@attrs.frozen
class Slot:
    """One kind of sample frame: what it carries.

    Args:
        op: how it begins.
        parts: its channels.
        width: bytes of a sample (of all channels of a group).
    """

    op: int
    parts: tuple[Part, ...]
    width: int

    @property
    def head_bytes(self) -> int:
        """Bytes before the first sample."""
        return _HEAD_BYTES[self.op]


@attrs.define
class Layout:
    """The sample frames that are known so far; grows as descriptions go by.

    Attributes:
        lengths: (whole bytes, number of the slot) by `op << 16 | index`; of `(M` frames bytes of a sample.
        slots: all that were ever known; samples already seen refer to them.
        refused: descriptions beyond the most that are taken.
    """

    lengths: dict[int, tuple[int, int]] = attrs.field(factory=dict)
    slots: list[Slot] = attrs.field(factory=list)
    refused: int = 0
    _channels: dict[int, Definition] = attrs.field(factory=dict)

    def add_channel(self, payload: bytes) -> bool:
        """Take a CHS message; False for one that is none."""
        definition = Definition.read(payload)
        if definition is None:
            return False
        if self._channels.get(definition.index) != definition:
            self._channels[definition.index] = definition
            parts = (Part(definition, 0),)
            for op in (SINGLE, MANY, EXPANSION):
                self._add(definition.index, Slot(op, parts, definition.size))
        return True

    def add_group(self, payload: bytes) -> bool:
        """Take a GRP message, `index, count, channels...`; False for one that fits no known channels."""
        words = [word for (word,) in struct.iter_unpack("<H", payload[: len(payload) // 2 * 2])]
        if len(words) < 2 or not 0 < words[1] == len(words) - 2 <= _MOST_GROUPED:
            return False
        parts, offset = [], 0
        for index in words[2:]:
            definition = self._channels.get(index)
            if definition is None:
                return False
            parts.append(Part(definition, offset))
            offset += definition.size
        if offset <= _MOST_BYTES:
            self._add(words[0], Slot(GROUP, tuple(parts), offset))
        return offset <= _MOST_BYTES

    def _add(self, index: int, slot: Slot) -> None:
        known = self.lengths.get(slot.op << 16 | index)
        if known is not None and self.slots[known[1]] == slot:
            return
        if len(self.slots) >= _MOST_SLOTS:
            self.refused += 1
            return
        length = slot.width if slot.op == MANY else slot.head_bytes + slot.width + 1
        self.lengths[slot.op << 16 | index] = length, len(self.slots)
        self.slots.append(slot)
