"""Order of time in a stream: late rows and repeated instants are flagged, disorder is sorted stably."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import numpy_view, to_arrow
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Mask

__all__ = ["Arrivals", "Ordering", "in_order"]


@attrs.define
class Ordering:
    """Watches one stream as its batches arrive.

    A row is late when its time lies before the largest one seen. Late rows get flag bit 2, rows that
    share an instant with a neighbour bit 3. The last batch is held back whole until its neighbour is
    known: cutting off one row would double the number of chunks.

    Args:
        late: rows so far that came after a later instant.
    """

    late: int = 0
    _largest_ns: int | None = None
    _held: pa.Table | None = None

    @property
    def ordered(self) -> bool:
        """True as long as no row was late."""
        return self.late == 0

    def take(self, table: pa.Table) -> pa.Table | None:
        """Return the rows whose flags are final: this batch's, or those of the one before it."""
        if table.num_rows == 0:
            return None
        if "t" not in table.column_names:
            return table
        table = self._flag_late(table)
        if "quality_flags" not in table.column_names:
            return table
        table = _flag_repeats(table)
        ready, self._held = self._held, table
        if ready is not None and _instant(ready, -1) == _instant(table, 0):
            self._held = _flag_row(table, 0)
            ready = _flag_row(ready, -1)
        return ready

    def flush(self) -> pa.Table | None:
        """Return the batch still held back, if any."""
        held, self._held = self._held, None
        return held

    def _flag_late(self, table: pa.Table) -> pa.Table:
        t_ns = numpy_view(table.column("t"))
        first, largest = int(t_ns[0]), self._largest_ns
        if (largest is None or first >= largest) and bool((t_ns[1:] >= t_ns[:-1]).all()):
            self._largest_ns = int(t_ns[-1])
            return table
        before = np.maximum.accumulate(t_ns)
        if largest is not None:
            np.maximum(before, largest, out=before)
        late = t_ns < before
        self.late += int(late.sum())
        self._largest_ns = int(before[-1])
        return _flag(table, late, QualityFlag.TIME_REPAIRED)


class Arrivals(Ordering):
    """Counts and flags late rows, and holds nothing back: another ordering comes after it."""

    def take(self, table: pa.Table) -> pa.Table | None:
        """Return the rows with late ones flagged."""
        if table.num_rows == 0:
            return None
        return self._flag_late(table) if "t" in table.column_names else table


def in_order(table: pa.Table) -> pa.Table:
    """Return the rows sorted stably by `t`, with flag bit 3 on instants that repeat."""
    table = table.take(pc.sort_indices(table, sort_keys=[("t", "ascending")]))
    return _flag_repeats(table) if "quality_flags" in table.column_names else table


def _flag_repeats(table: pa.Table) -> pa.Table:
    t_ns = numpy_view(table.column("t"))
    same = t_ns[1:] == t_ns[:-1]
    if not same.any():
        return table
    repeated = np.zeros(len(t_ns), np.bool_)
    repeated[1:] |= same
    repeated[:-1] |= same
    return _flag(table, repeated, QualityFlag.DUPLICATE_TIME)


def _instant(table: pa.Table, row: int) -> int:
    return int(table.column("t")[row].value)


def _flag_row(table: pa.Table, row: int) -> pa.Table:
    rows = np.zeros(table.num_rows, np.bool_)
    rows[row] = True
    return _flag(table, rows, QualityFlag.DUPLICATE_TIME)


def _flag(table: pa.Table, rows: Mask, flag: QualityFlag) -> pa.Table:
    if "quality_flags" not in table.column_names or not rows.any():
        return table
    flags = numpy_view(table.column("quality_flags")) | np.where(rows, np.uint32(flag), np.uint32(0))
    index = table.column_names.index("quality_flags")
    return table.set_column(index, table.schema.field(index), to_arrow(flags, pa.uint32()))
