"""Rows of the receiver: positions, validity, and the epochs that have no fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.extension.csv_dialect import Altitude, Grid
from telemparse.formats.csv.fixes import UNKNOWN_TYPE
from telemparse.formats.csv.numbers import numbers
from telemparse.kernels.arrays import to_arrow
from telemparse.schemas import SCHEMAS, QualityFlag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.assignment import Assignment
    from telemparse.formats.csv.columns import Columns
    from telemparse.formats.csv.epochs import EpochWatch
    from telemparse.formats.csv.fixes import FixWatch
    from telemparse.formats.csv.positions import Positions
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.sources import Instants
    from telemparse.kernels.arrays import Mask

__all__ = ["Epochs", "Receiver", "standing_flags"]

_NOT_NEGATIVE = frozenset({"speed_mps", "hacc_m", "vacc_m", "sacc_mps", "hdop", "vdop", "pdop"})
_POSITION = ("lat_deg", "lon_deg")


@attrs.frozen
class Epochs:
    """The receiver's share of one block.

    Args:
        columns: canonical columns without `t`, all rows.
        fixed: rows that are fixes, None when all are.
        events: (row, event type) of each loss and return of the fix.
    """

    columns: dict[str, pa.Array]
    fixed: Mask | None
    events: list[tuple[int, str]]


@attrs.define
class Receiver:
    """Reads the receiver's columns of one file.

    Args:
        assignment: which column feeds what.
        positions: how coordinates are read.
        fix: judges them, and remembers whether there was one.
        standing: quality flags of every row.
        epochs: tells epochs on a union grid, or None where every row with a position is one.
        columns: makes canonical columns.
    """

    assignment: Assignment
    positions: Positions
    fix: FixWatch
    standing: int
    epochs: EpochWatch | None
    columns: Columns

    def read(self, cells: Cells, times: Instants) -> Epochs:
        """Return the block's epochs: a fix needs a time, a possible position, and no word against it."""
        where = self.positions.read(cells, self.columns.ledger)
        found: dict[str, pa.Array] = {}
        fixed, lost, bits = where.usable, where.blank, self._standing_bits(cells.rows)
        if self.fix.column is not None and self.fix.column.index in cells.columns:
            verdict = self.fix.judge(cells.columns[self.fix.column.index])
            found["fix_type"] = to_arrow(verdict.types, pa.uint8(), verdict.types != UNKNOWN_TYPE)
            if verdict.lost.any():
                fixed = _both(fixed, ~verdict.lost)
                lost = verdict.lost if lost is None else lost | verdict.lost
            if verdict.doubtful.any():
                doubt = np.where(verdict.doubtful, np.uint32(QualityFlag.FIX_DOUBTFUL), np.uint32(0))
                bits = doubt if bits is None else bits | doubt
        if bits is not None:
            found["quality_flags"] = to_arrow(bits, pa.uint32())
        reported = _joined(times.valid, self._updates(cells, times))
        fixed = _joined(fixed, reported)
        if where.unread is not None:
            self.columns.ledger.skip(_both(reported, where.unread), "no position")
        found.update({name: self._column(cells, name, fixed) for name in self._read_now(cells)})
        found["lat_deg"] = to_arrow(where.lat_deg, pa.float64())
        found["lon_deg"] = to_arrow(where.lon_deg, pa.float64())
        return Epochs(
            found, fixed, self._follow(cells, fixed, _joined(lost, reported) if lost is not None else None)
        )

    def _read_now(self, cells: Cells) -> list[str]:
        """Return the receiver's columns that were read; with a projection not all are."""
        return [
            name
            for name, measured in self.assignment.gnss.items()
            if name not in _POSITION and measured.column.index in cells.columns
        ]

    def _standing_bits(self, rows: int) -> NDArray[np.uint32] | None:
        return np.full(rows, np.uint32(self.standing)) if self.standing else None

    def _column(self, cells: Cells, name: str, used: Mask | None) -> pa.Array:
        measured = self.assignment.gnss[name]
        if name == "course_deg":
            return self.columns.course(cells, measured, self.assignment.aids.get("declination"), used)
        kind = SCHEMAS["gnss_pvt"].field(name).type
        return self.columns.canonical(cells, measured, kind, used, low=0.0 if name in _NOT_NEGATIVE else None)

    def _updates(self, cells: Cells, times: Instants) -> Mask | None:
        """Return the rows that are new epochs of the receiver by rule or mark, None without either."""
        if self.epochs is not None:
            return self.epochs.epochs(cells, times)
        column = self.assignment.aids.get("gnss_update")
        if column is None:
            return None
        read = numbers(cells.columns[column.index], self.columns.decimal, None)
        return _both(read.valid, read.values != 0)

    def _follow(self, cells: Cells, fixed: Mask | None, lost: Mask | None) -> list[tuple[int, str]]:
        """Count epochs with and without a fix; return (row, event) of each loss and return."""
        if fixed is None:
            return self.fix.follow(np.ones(cells.rows, np.bool_))
        epochs = fixed.copy()
        if lost is not None:
            without = lost & ~fixed
            epochs |= without & self._are_epochs(cells) if without.any() else without
        rows = np.flatnonzero(epochs)
        return [(int(rows[epoch]), event) for epoch, event in self.fix.follow(fixed[rows])]

    def _are_epochs(self, cells: Cells) -> Mask:
        """Tell rows in which the receiver reports that it has no fix from rows in which it reports nothing.

        A blank position beside sensor values is a row between two epochs of the receiver, unless some
        column of the receiver is filled.
        """
        receiver = [measured.column.index for measured in self.assignment.gnss.values()]
        if self.fix.column is not None:
            receiver.append(self.fix.column.index)
        axes = (measured for triad in self.assignment.triads.values() for measured in triad)
        sources = (*axes, *(channel.source for channel in self.assignment.channels))
        others = [source.column.index for source in sources if source.column.index not in receiver]
        return cells.any_filled(receiver) | ~cells.any_filled(others)


def standing_flags(dialect: CsvDialect) -> int:
    """Return the quality flags that every row of a dialect has."""
    ellipsoidal = QualityFlag.ALTITUDE_ELLIPSOIDAL if dialect.altitude is Altitude.ELLIPSOID else 0
    resampled = QualityFlag.INTERPOLATED if dialect.grid is Grid.RESAMPLED else 0
    return int(ellipsoidal) | int(resampled)


def _both(mask: Mask | None, other: Mask) -> Mask:
    return other if mask is None else mask & other


def _joined(mask: Mask | None, other: Mask | None) -> Mask | None:
    """Return rows of both masks; None means every row."""
    return mask if other is None else _both(mask, other)
