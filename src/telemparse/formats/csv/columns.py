"""Numeric columns of a block in canonical units and types, impossible values null and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.csv.numbers import numbers
from telemparse.kernels.arrays import to_arrow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.csv.assignment import Measured
    from telemparse.formats.csv.ledger import Ledger
    from telemparse.formats.csv.numbers import Numbers
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.source_column import Column
    from telemparse.kernels.arrays import Mask

__all__ = ["Columns"]

_LARGEST_BYTE = 255
_TURN = 360.0


@attrs.frozen
class Columns:
    """Makes canonical columns of source ones.

    Args:
        decimal: sign.
        ledger: takes the cells that are lost.
    """

    decimal: str
    ledger: Ledger

    def canonical(
        self, cells: Cells, measured: Measured, kind: pa.DataType, used: Mask | None, low: float | None = None
    ) -> pa.Array:
        """Return a column as numbers of `kind` in the canonical unit; below `low` they are impossible.

        Cells are only counted as lost in rows that are `used`; the others are counted as rows.
        """
        read = self._read(cells, measured)
        fine = pa.types.is_integer(kind) or _within(read.values, low)
        if read.array is not None and read.array.type == kind and _is_plain(measured) and fine:
            return read.array  # the common case: what Arrow has read is the column
        values = _scaled(read.values, measured)
        if pa.types.is_integer(kind):
            possible = (values >= 0) & (values <= _LARGEST_BYTE) & (values == np.rint(values))
        else:
            narrowed = values.astype(np.float32) if kind == pa.float32() else values
            possible = np.isfinite(narrowed) & (low is None or narrowed >= low)
        self._count(read, possible, used, measured)
        return _masked(np.where(possible, values, 0), kind, read, possible)

    def course(
        self, cells: Cells, measured: Measured, declination: Column | None, used: Mask | None
    ) -> pa.Array:
        """Return courses in [0, 360): 360 is north; those from magnetic north turn by the declination."""
        read = self._read(cells, measured)
        fine = declination is None and _is_plain(measured) and _within(read.values, 0.0, below=_TURN)
        if fine and read.array is not None and read.array.type == pa.float32():
            return read.array
        values = _scaled(read.values, measured).astype(np.float64)
        possible = np.abs(values) <= _TURN
        if declination is not None:
            turn = numbers(cells.columns[declination.index], self.decimal, None)
            values = values + turn.values
            possible &= np.abs(turn.values) <= _TURN
            possible &= turn.valid if turn.valid is not None else np.True_
        single = np.mod(np.where(possible, values, 0.0), _TURN).astype(np.float32)
        single[single >= _TURN] = 0.0  # 359.99999999 rounds up
        self._count(read, possible, used, measured)
        return _masked(single, pa.float32(), read, possible)

    def _read(self, cells: Cells, measured: Measured) -> Numbers:
        return numbers(cells.columns[measured.column.index], self.decimal, measured.column.unit)

    def _count(self, read: Numbers, possible: Mask, used: Mask | None, measured: Measured) -> None:
        lost = ~possible if read.valid is None else ~possible & read.valid
        if read.bad is not None:
            lost |= read.bad
        if used is not None:
            lost &= used
        if lost.any():
            self.ledger.blank(lost, measured.column.source, "no possible number")


def _masked(values: NDArray[Any], kind: pa.DataType, read: Numbers, possible: Mask) -> pa.Array:
    return to_arrow(values, kind, possible if read.valid is None else possible & read.valid)


def _is_plain(measured: Measured) -> bool:
    return measured.scale == 1.0 and measured.offset == 0.0


def _scaled(values: NDArray[Any], measured: Measured) -> NDArray[Any]:
    if _is_plain(measured):
        return values
    return values * measured.scale + measured.offset if measured.offset else values * measured.scale


def _within(values: NDArray[Any], low: float | None, *, below: float = np.inf) -> bool:
    """Tell that all values are finite, at least `low` and less than `below`; NaN fails every comparison."""
    if not len(values):
        return True
    least, most = values.min(), values.max()
    return bool(least > -np.inf and most < below and (low is None or least >= low))
