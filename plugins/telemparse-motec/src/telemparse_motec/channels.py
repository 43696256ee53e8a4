"""The channels of a log: how each is named and converted, and its samples, a slice at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.channel_words import ChannelMeaning
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension, find_unit
from telemparse.schemas import ChannelNames

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats
    from telemparse.schemas import NamedChannel

    from telemparse_motec.blocks import Block

__all__ = ["Channel", "named"]

# What MoTeC's devices call canonical channels beyond the words that all loggers share.
_MEANINGS: Mapping[str, ChannelMeaning | None] = {
    "groundspeed": ChannelMeaning("speed_mps", Dimension.SPEED),
    "engoiltemp": ChannelMeaning("oil_temp_c", Dimension.TEMPERATURE),
    "engoilpres": ChannelMeaning("oil_pressure_bar", Dimension.PRESSURE),
    "gyroyawvelocity": ChannelMeaning("yaw_rate_rps", Dimension.ANGLE_RATE),
}
# What they call units beyond the ways that all know: lambda, and an angle of the throttle in percent.
_UNITS: Mapping[str, str] = {"LA": "1", "angle%": "%"}
_WIDE = frozenset({"distance_m"})
_NAME_BYTES = 32


@attrs.frozen
class Channel:
    """A channel that is read.

    Args:
        block: its header.
        count: samples that are its own.
        named: name and unit of its column.
    """

    block: Block
    count: int
    named: NamedChannel

    @property
    def is_plain(self) -> bool:
        """Its whole numbers are its values, in the unit of the column."""
        block = self.block
        plain = (block.shift, block.factor, block.scale, block.decimals) == (0, 1, 1, 0)
        return plain and not self.named.is_converted and block.kind in _WHOLE

    @property
    def kind(self) -> pa.DataType:
        """Type of its column: whole numbers where they are, else as wide as its numbers need."""
        block = self.block
        if self.is_plain and not self.named.is_canonical:
            return pa.int16() if block.width == 2 else pa.int32()
        narrow = block.kind != (8, 8) and (
            self.named.is_canonical or block.width == 2 or block.kind == (7, 4)
        )
        return pa.float32() if narrow and self.named.name not in _WIDE else pa.float64()

    def field(self) -> pa.Field:
        """Return the field of its column."""
        return self.named.field(self.kind, rate_hz=self.block.rate_hz)

    def numbers(self, file: BinaryIO, first: int, count: int) -> NDArray[np.generic]:
        """Return the numbers of up to `count` samples from number `first` on, as they are stored."""
        dtype = self.block.dtype
        if dtype is None:
            raise ValueError(self.block.trouble)
        count = max(min(count, self.count - first), 0)
        file.seek(self.block.begin + first * dtype.itemsize)
        data = file.read(count * dtype.itemsize)
        return np.frombuffer(data, dtype, len(data) // dtype.itemsize)

    def source_values(self, file: BinaryIO, first: int, count: int) -> Floats:
        """Return samples in the unit of the source, as float64; what a device did not know is NaN."""
        block = self.block
        with np.errstate(all="ignore"):
            values = self.numbers(file, first, count).astype(np.float64)
            # One rounding for numbers with decimals, so that 12.3 comes out as 12.3.
            over = block.scale * 10.0 ** max(block.decimals, 0)
            times = 10.0 ** max(-block.decimals, 0)
            if times != 1:
                values *= times
            if over != 1:
                values /= over
            if block.shift:
                values += block.shift
            if block.factor != 1:
                values *= block.factor
        return values

    def column(self, file: BinaryIO, first: int, count: int) -> tuple[pa.Array, int]:
        """Return samples as a column of length `count`, null beyond the last, and how many are infinite."""
        if pa.types.is_integer(self.kind):
            numbers = self.numbers(file, first, count)
            return _padded(numbers, self.kind, None, count), 0
        values = self.source_values(file, first, count)
        with np.errstate(all="ignore"):
            if self.named.is_converted:
                values = self.named.converted(values)
            known = np.isfinite(values)
            if self.kind == pa.float32() and len(values):
                values = values.astype(np.float32)
                known &= np.isfinite(values)
        if known.all():
            return _padded(values, self.kind, None, count), 0
        infinite = int(np.count_nonzero(~known & ~np.isnan(values)))
        return _padded(values, self.kind, known, count), infinite


_WHOLE = frozenset((kind, width) for kind in (0, 3, 5) for width in (2, 4))


def _padded(
    values: NDArray[np.generic], kind: pa.DataType, known: NDArray[np.bool_] | None, count: int
) -> pa.Array:
    missing = count - len(values)
    if not missing:
        return to_arrow(values, kind, known)
    held = np.ones(len(values), np.bool_) if known is None else known
    return to_arrow(np.pad(values, (0, missing)), kind, np.pad(held, (0, missing)))


def named(blocks: Sequence[Block], counts: Sequence[int]) -> list[Channel]:
    """Return the channels of a log, each name once, in the order of the list."""
    names = ChannelNames(_MEANINGS)
    channels = []
    for block, count in zip(blocks, counts, strict=True):
        unit = _unit(block)
        taken = names.take(block.name or block.short_name, _UNITS.get(unit, unit))
        if unit in _UNITS:
            taken = attrs.evolve(taken, source_unit=unit)
        channels.append(Channel(block, count, taken))
    return channels


def _unit(block: Block) -> str:
    """Return the unit; an M1 writes it where others write the short name."""
    short = block.short_name
    if block.unit or not short or find_unit(short) is None:
        return block.unit
    return "" if squash(block.name).startswith(squash(short)) else short
