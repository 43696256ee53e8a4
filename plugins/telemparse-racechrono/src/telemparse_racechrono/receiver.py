"""A receiver's epochs to gnss_pvt, with events where the fix is lost and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse import schemas
from telemparse.model.messages import Batch

from telemparse_racechrono.clocks import POSITION
from telemparse_racechrono.elements import Column, Limits, Positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_racechrono.archive import Member
    from telemparse_racechrono.clocks import Block, Clock
    from telemparse_racechrono.gates import Traps

__all__ = ["FIX_TYPE", "Receiver"]

FIX_TYPE = 30003
_SATELLITES = 30002
_NO_FIX, _THREE_DIMENSIONS = 0, 3
_FULL_TURN_DEG = 360.0
_FAR = 1e7  # beyond any altitude, speed and accuracy of a receiver on Earth
_MOST_SATELLITES = 255

# Channel: column, thousandths of its unit, and what the column may hold.
_COLUMNS = {
    4: ("speed_mps", 0.0, _FAR),
    5: ("alt_m", -_FAR, _FAR),
    6: ("course_deg", 0.0, _FULL_TURN_DEG),
    30004: ("hdop", 0.0, _FAR),
    30005: ("vdop", 0.0, _FAR),
    30006: ("pdop", 0.0, _FAR),
    30007: ("hacc_m", 0.0, _FAR),
}
_PER_THOUSAND = 1000.0
# Older versions write this where a receiver tells no precision.
_NO_PRECISION = -128
_PRECISIONS = frozenset({"hdop", "vdop", "pdop"})


@attrs.define
class Receiver:
    """Reads the epochs of one receiver.

    Args:
        clock: of the receiver.
        suffix: of its streams, empty for the main one.
        wants_rows, wants_events: which of its streams are asked for.
        traps: lines that watch the trace, None for further receivers.
    """

    clock: Clock
    suffix: str
    wants_rows: bool
    wants_events: bool
    traps: Traps | None
    limits: Limits = attrs.field(init=False)
    changes: schemas.FixChanges = attrs.field(factory=schemas.FixChanges)
    members: dict[int, Member] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.limits = Limits(self.clock.folder.archive)
        held = [POSITION, _SATELLITES, FIX_TYPE, *_COLUMNS]
        found = ((number, self.clock.channel(number)) for number in held)
        # Decimals under these numbers would be values of an equation.
        self.members = {
            number: member
            for number, member in found
            if member is not None and (number == POSITION or member.name.element == 0)
        }

    @property
    def width(self) -> int:
        """Columns that a block has to hold."""
        return len(self.members) + 1

    @property
    def taken(self) -> set[int]:
        """Channels that need not be kept beside; kinds of fixes are, for not all have a canonical word."""
        return set(self.members) - {FIX_TYPE}

    def take(self, block: Block) -> Iterator[Batch]:
        """Yield the rows of a block of instants."""
        positions = Positions(self.members[POSITION])
        rows = block.rows[block.rows + block.first < positions.rows]
        t_ns = block.t_ns[: len(rows)]
        if not len(rows):
            return
        lats_deg, lons_deg, known = positions.read(block.first, block.count)
        fixed = known[rows] & self._has_fix(block, rows)
        lat_deg, lon_deg = lats_deg[rows], lons_deg[rows]
        there = (np.abs(lat_deg) <= 90) & (lon_deg >= -180) & (lon_deg < 180)
        self.limits.count("position", rows[fixed & ~there] + block.first)
        sane = ~fixed | there
        t_ns, rows, fixed = t_ns[sane], rows[sane], fixed[sane]
        lat_deg, lon_deg = lat_deg[sane], lon_deg[sane]
        if self.traps is not None:
            self.traps.watch(lat_deg[fixed], lon_deg[fixed])
        events = self.changes.events(t_ns, fixed)
        if events is not None and self.wants_events:
            yield Batch(f"events{self.suffix}", events)
        if self.wants_rows and fixed.any():
            columns: dict[str, NDArray[np.generic]] = {
                "t": t_ns[fixed], "lat_deg": lat_deg[fixed], "lon_deg": lon_deg[fixed],
                **self._columns(block, rows[fixed]),
            }  # fmt: skip
            yield Batch(f"gnss_pvt{self.suffix}", schemas.build("gnss_pvt", columns))

    def _has_fix(self, block: Block, rows: Ints) -> Mask:
        if FIX_TYPE not in self.members:
            return np.ones(len(rows), np.bool_)
        kinds, known = Column(self.members[FIX_TYPE]).read(block.first, block.count)
        lost: Mask = known[rows] & (kinds[rows] == _NO_FIX)
        return ~lost

    def _columns(self, block: Block, rows: Ints) -> dict[str, Floats]:
        """Return what is known beside the place, NaN where it is not."""
        columns = {}
        places = rows + block.first
        for number, (column, low, high) in _COLUMNS.items():
            if number in self.members:
                raw, known = self._read(number, block, rows)
                if column in _PRECISIONS:
                    known &= raw != _NO_PRECISION
                values = raw / _PER_THOUSAND
                fits = self.limits.within(column, values, known, (low, high), places)
                if column == "course_deg":
                    values = np.where(values == _FULL_TURN_DEG, 0.0, values)
                columns[column] = np.where(fits, values, np.nan)
        if _SATELLITES in self.members:
            raw, known = self._read(_SATELLITES, block, rows)
            fits = self.limits.within("sat_count", raw, known, (0, _MOST_SATELLITES), places)
            columns["sat_count"] = np.where(fits, raw, np.nan)
        if FIX_TYPE in self.members:
            raw, known = self._read(FIX_TYPE, block, rows)
            columns["fix_type"] = np.where(known & (raw == _THREE_DIMENSIONS), raw, np.nan)
        return columns

    def _read(self, number: int, block: Block, rows: Ints) -> tuple[Floats, Mask]:
        values, known = Column(self.members[number]).read(block.first, block.count)
        return values[rows].astype(np.float64), known[rows]
