"""Three axes on one clock to imu_accel, imu_gyro and imu_mag."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse import schemas
from telemparse.model.messages import Batch
from telemparse.model.skips import Skips

from telemparse_racechrono.elements import Column, Limits, skip_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.issues import Issue

    from telemparse_racechrono.archive import Member
    from telemparse_racechrono.clocks import Block, Clock

__all__ = ["SENSORS", "Sensor", "SensorKind"]

_STANDARD_GRAVITY_MPS2 = 9.80665
_MOST = 1e6  # of any of the units


@attrs.frozen
class SensorKind:
    """One kind of sensor.

    Args:
        stream: that it becomes.
        axes: channel and column of each axis.
        whole_scale: from whole numbers to the unit of the columns.
        decimal_scale: from decimals.
    """

    stream: str
    axes: tuple[tuple[int, str], ...]
    whole_scale: float
    decimal_scale: float

    def members(self, clock: Clock) -> tuple[Member, ...]:
        """Return the members of the three axes, () unless the clock has all of them."""
        found = [clock.channel(number) for number, _column in self.axes]
        held = tuple(member for member in found if member is not None)
        return held if len(held) == len(self.axes) else ()


SENSORS = (
    SensorKind("imu_accel", ((9, "ax_mps2"), (10, "ay_mps2"), (11, "az_mps2")), 1e-3, _STANDARD_GRAVITY_MPS2),
    SensorKind(
        "imu_gyro", ((12, "gx_rps"), (13, "gy_rps"), (14, "gz_rps")), math.radians(1e-3), math.radians(1)
    ),
    SensorKind("imu_mag", ((28, "mx_ut"), (29, "my_ut"), (30, "mz_ut")), 1e-3, 1.0),
)
"""Channels of the axes: mm/s2, thousandths of a degree a second, nT; as decimals g, degrees a second, uT."""


@attrs.define
class Sensor:
    """Reads the samples of one sensor; its axes are those of the device.

    Attributes:
        without_values: samples of which no axis has a value, as a device without the sensor writes them.
    """

    kind: SensorKind
    clock: Clock
    suffix: str
    without_values: int = 0
    skips: Skips = attrs.field(factory=Skips)
    limits: Limits = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.limits = Limits(self.clock.folder.archive)

    @property
    def stream(self) -> str:
        """Name of the stream."""
        return f"{self.kind.stream}{self.suffix}"

    @property
    def width(self) -> int:
        """Columns that a block has to hold."""
        return len(self.kind.axes)

    @property
    def taken(self) -> set[int]:
        """Channels that need not be kept beside."""
        return {number for number, _column in self.kind.axes}

    def take(self, block: Block) -> Iterator[Batch]:
        """Yield the rows of a block of instants."""
        columns, all_known, any_known = {}, np.ones(len(block.rows), bool), np.zeros(len(block.rows), bool)
        for (_number, name), member in zip(self.kind.axes, self.kind.members(self.clock), strict=True):
            column = Column(member)
            raw, known = column.read(block.first, block.count)
            scale = self.kind.whole_scale if column.is_whole else self.kind.decimal_scale
            values, known = raw[block.rows] * scale, known[block.rows]
            any_known |= known
            known = self.limits.within(name, values, known, (-_MOST, _MOST), block.rows + block.first)
            all_known &= known
            columns[name] = values
        self.without_values += int(np.count_nonzero(~any_known))
        skip_rows(self.skips, self.clock.folder.archive, block.rows[any_known & ~all_known] + block.first)
        if all_known.any():
            chosen = {name: values[all_known] for name, values in columns.items()}
            data = schemas.build(self.kind.stream, {"t": block.t_ns[all_known], **chosen})
            yield Batch(self.stream, data)

    def losses(self) -> Iterator[Issue]:
        """Yield what was left out while the blocks went by."""
        yield from self.skips.issues(total=self.clock.rows, stream=self.stream)
        yield from self.limits.issues()
