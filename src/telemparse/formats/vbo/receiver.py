"""Positions of a VBO file to epochs: minutes to degrees, what is no fix told, impossible values left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.vbo.coordinates import PER_DEGREE, Coordinates
from telemparse.formats.vbo.fixes import FixWords, counted
from telemparse.formats.vbo.producers import interpolated
from telemparse.formats.vbo.values import both, scaled
from telemparse.kernels.arrays import to_arrow
from telemparse.schemas import SCHEMAS, QualityFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from telemparse.formats.vbo.clock import Times
    from telemparse.formats.vbo.layout import Source
    from telemparse.formats.vbo.ledger import Ledger
    from telemparse.formats.vbo.producers import Producer
    from telemparse.formats.vbo.rows import Cells, Numbers
    from telemparse.formats.vbo.values import Values
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Epochs", "Solution"]

_NOT_NEGATIVE = frozenset({"speed_mps", "hacc_m", "hdop", "vdop", "pdop"})
_PLAIN = ("speed_mps", "alt_m", "vel_u_mps", "hacc_m", "hdop", "vdop", "pdop")
_TURN = 360.0


@attrs.frozen
class Epochs:
    """What a solution says in one block.

    Args:
        columns: canonical columns without `t`, all rows.
        usable: rows that are fixes, None when all are.
        lost: rows whose receiver had no fix, None when no row.
        flags: quality flags, None for none.
        lat_deg, lon_deg: shape (n,); anything where not usable.
    """

    columns: dict[str, pa.Array]
    usable: Mask | None
    lost: Mask | None
    flags: NDArray[np.uint32] | None
    lat_deg: Floats
    lon_deg: Floats


@attrs.frozen
class Solution:
    """Reads one solution for position and motion.

    Args:
        sources: by word of `words.RECEIVER`; with `lat` and `lon`.
        producer: of the file.
        fused: it comes out of the logger's filter rather than the receiver.
        ledger: takes what is lost.
        coordinates: what positions are written in.
    """

    sources: Mapping[str, Source]
    producer: Producer
    fused: bool
    ledger: Ledger
    coordinates: Coordinates = Coordinates.MINUTES

    def read(self, cells: Cells, times: Times) -> Epochs:
        """Return the epochs of a block."""
        lat, lon = (cells.numbers(self.sources[name].column.index) for name in ("lat", "lon"))
        north, east = PER_DEGREE[self.coordinates]
        lat_deg, lon_deg = lat.values / north, lon.values / east
        lon_deg = np.where(lon_deg == 180.0, -180.0, lon_deg) if (lon_deg == 180.0).any() else lon_deg  # noqa: PLR2004  (the meridian of both)
        usable, lost = self._placed(cells, times.valid, (lat, lat_deg), (lon, lon_deg))
        doubtful: Mask | None = None
        columns: dict[str, pa.Array] = {}
        words = FixWords(self.sources, self.producer, self.fused, self.ledger)
        for told in words.verdicts(cells, times.valid):
            columns.update(told.kinds)
            if told.lost is not None:
                lost = told.lost if lost is None else lost | told.lost
                usable = ~told.lost if usable is None else usable & ~told.lost
            if told.doubtful is not None:
                doubtful = told.doubtful if doubtful is None else doubtful | told.doubtful
        usable = both(usable, times.valid)
        if lost is not None and times.valid is not None:
            lost &= times.valid
        for name in _PLAIN:
            if name in self.sources:
                low = 0.0 if name in _NOT_NEGATIVE else None
                column = scaled(cells, self.sources[name], self.ledger, usable, low=low)
                columns.update(_canonical(name, column))
        if "course_deg" in self.sources:
            columns["course_deg"] = self._course(cells, usable)
        columns["lat_deg"] = to_arrow(lat_deg, pa.float64())
        columns["lon_deg"] = to_arrow(lon_deg, pa.float64())
        return Epochs(columns, usable, lost, self._flags(cells, times, doubtful), lat_deg, lon_deg)

    def _placed(
        self, cells: Cells, timed: Mask | None, lat: tuple[Numbers, Floats], lon: tuple[Numbers, Floats]
    ) -> tuple[Mask | None, Mask | None]:
        """Return which rows have a possible position, and which have none; None for all and for none."""
        (lat_read, lat_deg), (lon_read, lon_deg) = lat, lon
        if lat_read.valid is None and lon_read.valid is None and _plainly_fine(lat_deg, lon_deg):
            return None, None
        every = np.ones(cells.rows, np.bool_)
        lat_there = every if lat_read.valid is None else lat_read.valid
        lon_there = every if lon_read.valid is None else lon_read.valid
        faulty = np.zeros(cells.rows, np.bool_)
        for name, read, there, possible in (
            ("lat", lat_read, lat_there, (lat_deg >= -90.0) & (lat_deg <= 90.0)),  # noqa: PLR2004  (degrees)
            ("lon", lon_read, lon_there, (lon_deg >= -180.0) & (lon_deg < 180.0)),  # noqa: PLR2004  (degrees)
        ):
            bad = there & ~possible if read.bad is None else (there & ~possible) | read.bad
            self.ledger.blank(counted(bad, timed), cells.line, self.sources[name].column.name)
            faulty |= bad
        zero = lat_there & lon_there & (lat_deg == 0) & (lon_deg == 0)
        lost = (~lat_there | ~lon_there | zero) & ~faulty
        return ~lost & ~faulty, lost

    def _course(self, cells: Cells, used: Mask | None) -> pa.Array:
        column = scaled(cells, self.sources["course_deg"], self.ledger, used)
        known = column.values if column.valid is None else np.where(column.valid, column.values, 0.0)
        # Some writers count from -180 to 180.
        single = np.mod(known, _TURN).astype(np.float32) if _turns(known) else known.astype(np.float32)
        if len(single) and single.max() >= _TURN:
            single[single >= _TURN] = 0.0
        return to_arrow(single, pa.float32(), column.valid)

    def _flags(self, cells: Cells, times: Times, doubtful: Mask | None) -> NDArray[np.uint32] | None:
        bits = [
            (doubtful, QualityFlag.FIX_DOUBTFUL),
            (interpolated(self.producer, times.t_ns), QualityFlag.INTERPOLATED),
            (np.ones(cells.rows, np.bool_) if self.fused else None, QualityFlag.DEVICE_FUSED),
        ]
        flags: NDArray[np.uint32] | None = None
        for mask, bit in bits:
            if mask is not None and mask.any():
                more = np.where(mask, np.uint32(bit), np.uint32(0))
                flags = more if flags is None else flags | more
        return flags


def _canonical(name: str, column: Values) -> dict[str, pa.Array]:
    if name == "vel_u_mps":
        return {"vel_d_mps": to_arrow(-column.values, pa.float32(), column.valid)}
    values = column.values if column.valid is None else np.where(column.valid, column.values, 0.0)
    return {name: to_arrow(values, SCHEMAS["gnss_pvt"].field(name).type, column.valid)}


def _turns(values: Floats) -> bool:
    return bool(len(values)) and not (values.min() >= 0.0 and values.max() < _TURN)


def _plainly_fine(lat_deg: Floats, lon_deg: Floats) -> bool:
    """Tell that every position is possible and none is 0/0."""
    if not len(lat_deg):
        return True
    south, north, west, east = lat_deg.min(), lat_deg.max(), lon_deg.min(), lon_deg.max()
    away = south > 0 or north < 0 or west > 0 or east < 0
    return bool(south >= -90.0 and north <= 90.0 and west >= -180.0 and east < 180.0 and away)  # noqa: PLR2004  (degrees)
