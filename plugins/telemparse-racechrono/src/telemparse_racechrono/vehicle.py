"""Channels that are no position and no inertial sensor to groups, one for each clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse import schemas
from telemparse.kernels.arrays import to_arrow
from telemparse.model.messages import Batch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from telemparse_racechrono.clocks import Block
    from telemparse_racechrono.elements import Column
    from telemparse_racechrono.quantities import Quantity

__all__ = ["Channel", "Group"]


@attrs.frozen
class Channel:
    """One channel of a group."""

    column: Column
    quantity: Quantity
    name: schemas.NamedChannel

    @property
    def is_raw(self) -> bool:
        """Whole numbers of which nobody knows the unit stay whole."""
        return self.column.is_whole and not self.name.is_converted and self.quantity.scale == 1.0

    @property
    def kind(self) -> pa.DataType:
        """Type of the column."""
        if not self.is_raw:
            return pa.float64()
        return pa.int64() if self.column.width > 4 else pa.int32()

    def read(self, block: Block) -> pa.Array:
        """Return the values of a block, null where there is none."""
        raw, known = self.column.read(block.first, block.count)
        raw, known = raw[block.rows], known[block.rows]
        if self.is_raw:
            return to_arrow(raw, self.kind, known)
        with np.errstate(over="ignore", invalid="ignore"):
            values = self.name.converted(raw.astype(np.float64) * self.quantity.scale)
        return to_arrow(np.where(known, values, 0.0), self.kind, known & np.isfinite(values))


@attrs.frozen
class Group:
    """Reads the channels of one clock."""

    stream: str
    channels: tuple[Channel, ...]

    @property
    def width(self) -> int:
        """Columns that a block has to hold."""
        return len(self.channels)

    def wanted(self, asked: Collection[str] | None) -> Group | None:
        """Return the group with the channels asked for alone, None where there is none."""
        if asked is None:
            return self
        kept = tuple(
            channel for channel in self.channels if {channel.name.name, channel.name.source_name} & set(asked)
        )
        return Group(self.stream, kept) if kept else None

    def take(self, block: Block) -> Iterator[Batch]:
        """Yield the rows of a block of instants."""
        if len(block.rows):
            columns = {channel.name.name: channel.read(block) for channel in self.channels}
            fields = {channel.name.name: channel.name.field(channel.kind) for channel in self.channels}
            yield Batch(self.stream, schemas.build("channels", {"t": block.t_ns, **columns}, fields=fields))
