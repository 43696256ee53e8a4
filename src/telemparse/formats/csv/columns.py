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
    from telemparse.formats.csv.mapping import Column
    from telemparse.formats.csv.numbers import Numbers
    from telemparse.formats.csv.reading import Cells
    from telemparse.kernels.arrays import Mask

__all__ = ["Columns"]

_LARGEST_BYTE = 255
_TURN = 360.0
# One word for a cell that is no number and one that is too large: which it is depends on how it was read.
_REASON = "no possible number"


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
        self, cells: Cells, measured: Measured, kind: pa.DataType, low: float | None = None
    ) -> pa.Array:
        """Return a column as numbers of `kind` in the canonical unit; below `low` they are impossible."""
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
        return self._masked(np.where(possible, values, 0), kind, read, possible, measured)

    def course(self, cells: Cells, measured: Measured, declination: Column | None) -> pa.Array:
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
        return self._masked(single, pa.float32(), read, possible, measured)

    def _read(self, cells: Cells, measured: Measured) -> Numbers:
        read = numbers(cells.columns[measured.column.index], self.decimal, measured.column.unit)
        if read.bad is not None:
            self.ledger.blank(read.bad, measured.column.source, _REASON)
        return read

    def _masked(
        self, values: NDArray[Any], kind: pa.DataType, read: Numbers, possible: Mask, measured: Measured
    ) -> pa.Array:
        impossible = ~possible if read.valid is None else ~possible & read.valid
        if impossible.any():
            self.ledger.blank(impossible, measured.column.source, _REASON)
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
