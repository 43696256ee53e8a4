"""The header of one channel: which numbers, where they lie, and what they mean."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse_motec.texts import text_at

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BLOCK_BYTES", "Block", "block_of"]

BLOCK_BYTES = 84  # that are known; what follows (40 bytes of an ADL, 128 of an M1) differs by device
_LAYOUT = struct.Struct("<4I4H4h")

# By class and width, as public readers have found them. Class 0 is what an ADL gives its beacons, 8 the
# positions of an M1 (gotzl/ldparser, issue 19). Class 6 is met, but nobody knows what it holds.
_KINDS: Mapping[tuple[int, int], np.dtype[np.generic]] = {
    **{(kind, 2): np.dtype("<i2") for kind in (0, 3, 5)},
    **{(kind, 4): np.dtype("<i4") for kind in (0, 3, 5)},
    (7, 2): np.dtype("<f2"),
    (7, 4): np.dtype("<f4"),
    (8, 8): np.dtype("<f8"),
}
_MOST_DECIMALS = 30


@attrs.frozen(kw_only=True)
class Block:
    """A channel as its header describes it: value = (number / scale / 10**decimals + shift) * factor.

    Args:
        place: offset of the header.
        back, after: offsets of the headers before and behind it, 0 for none.
        begin: offset of its samples.
        count: how many samples.
        kind: class and width of its numbers.
        rate_hz: samples a second.
        shift, factor, scale, decimals: from number to value.
        name, short_name, unit: as they stand there.
        is_text: the name has nothing but letters and signs.
    """

    place: int
    back: int
    after: int
    begin: int
    count: int
    kind: tuple[int, int]
    rate_hz: int
    shift: int
    factor: int
    scale: int
    decimals: int
    name: str
    short_name: str
    unit: str
    is_text: bool

    @property
    def dtype(self) -> np.dtype[np.generic] | None:
        """Type of its numbers; None for one that is not known."""
        return _KINDS.get(self.kind)

    @property
    def width(self) -> int:
        """Bytes of one number, as the header says."""
        return self.kind[1]

    @property
    def end(self) -> int:
        """Offset behind its samples, as the header says."""
        return self.begin + self.count * self.width

    @property
    def is_end_mark(self) -> bool:
        """An M1 ends its list with a header of nothing, that names the one before."""
        return bool(self.back) and not (self.name or self.count or self.after)

    @property
    def trouble(self) -> str:
        """Why the channel cannot be read; empty where it can."""
        if self.dtype is None:
            return f"numbers of class {self.kind[0]} and {self.kind[1]} bytes"
        if not self.rate_hz:
            return "a rate of 0"
        if not (self.scale and self.factor) or abs(self.decimals) > _MOST_DECIMALS:
            return f"scale {self.scale}, factor {self.factor}, decimals {self.decimals}"
        return ""

    def is_likely(self, size: int) -> bool:
        """Tell whether this can be the header of a channel of a file of so many bytes."""
        return (
            self.dtype is not None
            and bool(self.rate_hz and self.scale and self.factor and self.name and self.is_text)
            and abs(self.decimals) <= _MOST_DECIMALS
            and self.after < size
            and self.back < size
            and self.begin + self.width <= size
        )


def block_of(data: bytes, place: int) -> Block:
    """Return the header that `data`, at least BLOCK_BYTES of the file from `place` on, begins with."""
    back, after, begin, count, _number, kind, width, rate_hz, *factors = _LAYOUT.unpack_from(data)
    shift, factor, scale, decimals = factors
    return Block(
        place=place,
        back=back,
        after=after,
        begin=begin,
        count=count,
        kind=(kind, width),
        rate_hz=rate_hz,
        shift=shift,
        factor=factor,
        scale=scale,
        decimals=decimals,
        name=text_at(data, 32, 32),
        short_name=text_at(data, 64, 8),
        unit=text_at(data, 72, 12),
        is_text=min(data[32:64].partition(b"\0")[0], default=0) >= ord(" "),
    )
