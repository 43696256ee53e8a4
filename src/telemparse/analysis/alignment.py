"""Alignment of one stream: strictly increasing time, every repair counted and flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.derivations import derived, parameters_of
from telemparse.analysis.stamps import stamps_ns
from telemparse.analysis.timings import timing
from telemparse.schemas.order import Ordering, in_order

if TYPE_CHECKING:
    from telemparse.analysis.timings import Timing
    from telemparse.model.issues import Issue

__all__ = ["Aligned", "align"]

_TECHNIQUE = "align"


@attrs.frozen(eq=False)
class Aligned:
    """A stream whose time strictly increases.

    Args:
        table: the rows, schema as given; metadata `parameters` counts the rows dropped and moved.
        timing: of the rows as they were given.
    """

    table: pa.Table
    timing: Timing

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Findings with registry codes."""
        return self.timing.issues


def align(table: pa.Table, *, nominal_hz: float | None = None) -> Aligned:
    """Return the rows of a stream in strictly increasing time.

    Rows out of order are sorted stably and get flag bit 2; of rows with the same instant the first one is
    kept, with flag bit 3. Tables without `quality_flags` are repaired just so, and only the counts tell.
    Values are never changed, nothing is filled in.

    Args:
        table: any stream with `t`.
        nominal_hz: rate that the device is known to keep, for the drift.

    Raises CallError for a table without stamps in nanoseconds, and for a rate that is none.
    """
    found = timing(table, nominal_hz=nominal_hz)
    counts = {"duplicates_dropped": found.duplicates, "rows_moved": found.out_of_order}
    # Of a table that was aligned before, the counts are of all that was done to it.
    before = parameters_of(table, _TECHNIQUE)
    counts = {name: count + before.get(name, 0) for name, count in counts.items()}
    if found.duplicates or found.out_of_order:
        table = _repaired(table, late=found.out_of_order > 0)
    return Aligned(derived(table, _TECHNIQUE, **counts), found)


def _repaired(table: pa.Table, *, late: bool) -> pa.Table:
    ordering = Ordering()
    pieces = [piece for piece in (ordering.take(table), ordering.flush()) if piece is not None]
    table = pa.concat_tables(pieces)
    if late:
        table = in_order(table)
    t_ns = stamps_ns(table)
    kept = np.concatenate([[True], t_ns[1:] > t_ns[:-1]])
    return table if kept.all() else table.take(pa.array(np.flatnonzero(kept)))
