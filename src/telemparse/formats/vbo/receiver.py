"""Positions of a VBO file to epochs: minutes to degrees, what is no fix told, impossible values left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.vbo.producers import Producer, interpolated
from telemparse.kernels.arrays import to_arrow
from telemparse.schemas import SCHEMAS, QualityFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from telemparse.formats.vbo.clock import Times
    from telemparse.formats.vbo.layout import Source
    from telemparse.formats.vbo.ledger import Ledger
    from telemparse.formats.vbo.rows import Cells, Numbers
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Epochs", "Solution", "Values", "scaled"]

_MINUTES = 60.0
_SATELLITES = 63  # 64 says that the brake trigger is pressed, 128 that DGPS corrects (Racelogic, "Sats")
_MOST_SATELLITES = 255
_NOTHING, _COAST = 0, 6
# Racelogic, VBOX 3i manual, "Solution type": 1 GNSS, 2 DGPS and 5 fixed position do not tell 2D from 3D.
_SOLUTIONS = {3: 6, 4: 7, 6: 1}
_FIX_TYPES = {0: 0, 2: 2, 3: 3}
_UNKNOWN = 255
_NOT_NEGATIVE = frozenset({"speed_mps", "hacc_m", "hdop", "vdop", "pdop"})
_PLAIN = ("speed_mps", "alt_m", "vel_u_mps", "hacc_m", "hdop", "vdop", "pdop")
_TURN = 360.0


@attrs.frozen
class Values:
    """A column in canonical units.

    Args:
        values: shape (n,); anything where not valid.
        valid: None when all are.
    """

    values: NDArray[np.float64]
    valid: Mask | None


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


def scaled(
    cells: Cells,
    source: Source,
    ledger: Ledger,
    used: Mask | None,
    *,
    low: float | None = None,
    kind: type[np.floating[Any]] = np.float32,
) -> Values:
    """Return a column in its canonical unit; what is no number, does not fit or is below `low` is counted.

    Args:
        cells: of the block.
        source: the column and its unit.
        ledger: takes the count.
        used: rows that count, None for all.
        low: smallest possible value.
        kind: that the values have to fit into.
    """
    read = cells.numbers(source.column.index)
    values = read.values if source.scale == 1.0 and not source.offset else _converted(read.values, source)
    possible = _possible(values, low, float(np.finfo(kind).max))
    lost = read.bad
    if possible is not None:
        outside = ~possible if read.valid is None else ~possible & read.valid
        lost = outside if lost is None else lost | outside
    if lost is not None and (lost if used is None else lost & used).any():
        ledger.blank(lost if used is None else lost & used, cells.line, source.column.name)
    return Values(values, _both(read.valid, possible))


def _converted(values: Floats, source: Source) -> Floats:
    return values * source.scale + source.offset if source.offset else values * source.scale


def _possible(values: Floats, low: float | None, most: float) -> Mask | None:
    """Return which values are finite and at least `low`; None when all are."""
    if not len(values):
        return None
    least = -most if low is None else low
    if least <= values.min() and values.max() <= most:
        return None
    possible: Mask = (values >= least) & (values <= most)
    return possible


@attrs.frozen
class Solution:
    """Reads one solution for position and motion.

    Args:
        sources: by word of `words.RECEIVER`; with `lat` and `lon`.
        producer: of the file.
        fused: it comes out of the logger's filter rather than the receiver.
        ledger: takes what is lost.
    """

    sources: Mapping[str, Source]
    producer: Producer
    fused: bool
    ledger: Ledger

    def read(self, cells: Cells, times: Times) -> Epochs:
        """Return the epochs of a block."""
        lat, lon = (cells.numbers(self.sources[name].column.index) for name in ("lat", "lon"))
        # Racelogic, "VBO file structure": minutes, north and west positive.
        lat_deg, lon_deg = lat.values / _MINUTES, lon.values / -_MINUTES
        lon_deg = np.where(lon_deg == 180.0, -180.0, lon_deg) if (lon_deg == 180.0).any() else lon_deg  # noqa: PLR2004  (the meridian of both)
        usable, lost = self._placed(cells, times.valid, (lat, lat_deg), (lon, lon_deg))
        doubtful: Mask | None = None
        columns: dict[str, pa.Array] = {}
        for judge in (self._satellites, self._solution, self._fix):
            without, doubt, kinds = judge(cells, times.valid)
            columns.update(kinds)
            if without is not None:
                lost = without if lost is None else lost | without
                usable = ~without if usable is None else usable & ~without
            if doubt is not None:
                doubtful = doubt if doubtful is None else doubtful | doubt
        usable = _both(usable, times.valid)
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
            self.ledger.blank(_counted(bad, timed), cells.line, self.sources[name].column.name)
            faulty |= bad
        zero = lat_there & lon_there & (lat_deg == 0) & (lon_deg == 0)
        lost = (~lat_there | ~lon_there | zero) & ~faulty
        return ~lost & ~faulty, lost

    def _satellites(
        self, cells: Cells, timed: Mask | None
    ) -> tuple[Mask | None, Mask | None, dict[str, pa.Array]]:
        if "sat_count" not in self.sources:
            return None, None, {}
        read = cells.numbers(self.sources["sat_count"].column.index)
        values = read.values if read.valid is None else np.where(read.valid, read.values, -1.0)
        whole = (values >= 0) & (values <= _MOST_SATELLITES) & (values == np.rint(values))
        bad = ~whole if read.valid is None else ~whole & read.valid
        bad = bad if read.bad is None else bad | read.bad
        if bad.any() and not self.fused:  # the receiver has counted it already
            self.ledger.blank(_counted(bad, timed), cells.line, self.sources["sat_count"].column.name)
        count = np.where(whole, values, 0).astype(np.int64) & _SATELLITES
        column = {"sat_count": to_arrow(count, pa.uint8(), whole)}
        none = whole & (count == 0)
        if not none.any():
            return None, None, column
        # Apps write 0 for a number that they do not have; a VBOX means it.
        return (none, None, column) if self.producer is Producer.RACELOGIC else (None, none, column)

    def _solution(
        self, cells: Cells, timed: Mask | None
    ) -> tuple[Mask | None, Mask | None, dict[str, pa.Array]]:
        codes = self._codes(cells, "solution", timed)
        if codes is None:
            return None, None, {}
        lost = codes == _NOTHING
        if not self.fused:
            lost |= codes == _COAST
        kinds = _looked_up(codes, _SOLUTIONS)
        return (
            lost if lost.any() else None,
            None,
            {"fix_type": to_arrow(kinds, pa.uint8(), kinds != _UNKNOWN)},
        )

    def _fix(self, cells: Cells, timed: Mask | None) -> tuple[Mask | None, Mask | None, dict[str, pa.Array]]:
        codes = self._codes(cells, "fix_type", timed)
        if codes is None:
            return None, None, {}
        lost, doubtful = codes == _NOTHING, codes == 1
        kinds = _looked_up(codes, _FIX_TYPES)
        column = {"fix_type": to_arrow(kinds, pa.uint8(), kinds != _UNKNOWN)}
        return lost if lost.any() else None, doubtful if doubtful.any() else None, column

    def _codes(self, cells: Cells, name: str, timed: Mask | None) -> NDArray[np.int64] | None:
        """Return a column of small codes, shape (n,), -1 where there is none; None without the column."""
        if name not in self.sources:
            return None
        read = cells.numbers(self.sources[name].column.index)
        values = read.values if read.valid is None else np.where(read.valid, read.values, -1.0)
        if read.bad is not None and not self.fused:
            self.ledger.blank(_counted(read.bad, timed), cells.line, self.sources[name].column.name)
        small = (values >= 0) & (values <= _UNKNOWN) & (values == np.rint(values))
        return np.where(small, values, -1).astype(np.int64)

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


def _looked_up(codes: NDArray[np.int64], meanings: Mapping[int, int]) -> NDArray[np.int64]:
    table = np.full(_UNKNOWN + 2, _UNKNOWN, np.int64)
    for code, meaning in meanings.items():
        table[code] = meaning
    return table[codes]  # -1 is the last one, unknown


def _turns(values: Floats) -> bool:
    return bool(len(values)) and not (values.min() >= 0.0 and values.max() < _TURN)


def _both(mask: Mask | None, other: Mask | None) -> Mask | None:
    if mask is None or other is None:
        return other if mask is None else mask
    return mask & other


def _counted(lost: Mask, timed: Mask | None) -> Mask:
    return lost if timed is None else lost & timed


def _plainly_fine(lat_deg: Floats, lon_deg: Floats) -> bool:
    """Tell that every position is possible and none is 0/0."""
    if not len(lat_deg):
        return True
    south, north, west, east = lat_deg.min(), lat_deg.max(), lon_deg.min(), lon_deg.max()
    away = south > 0 or north < 0 or west > 0 or east < 0
    return bool(south >= -90.0 and north <= 90.0 and west >= -180.0 and east < 180.0 and away)  # noqa: PLR2004  (degrees)
