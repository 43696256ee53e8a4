"""Lap numbers of rows: which lap of a canonical table each instant belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.model.issues import Issue
from telemparse.storage.session_bases import time_base_of
from telemparse.storage.session_failures import SessionFailed, violation
from telemparse.storage.session_values import StoredWarning

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["lap_numbers"]

_MOST_NAMED = 20
# Devices that stamp laps in whole seconds, or with the sample before the line, let them overlap.
_STAMP_NS = 2_000_000_000
_COLUMNS = ("lap_number", "t_start", "t_end")


def lap_numbers(
    t_ns: Ints, laps: Any, time_base: str | None
) -> tuple[NDArray[np.int32], tuple[StoredWarning, ...]]:
    """Return the lap of each instant (0 outside laps), shape (n,), and what is to be said of the laps.

    Where a lap begins before the one before it has ended, by 2 s at most, it ends that one. A lap that
    overlaps by more, or ends before it begins, gets no rows.

    Args:
        t_ns: not falling, shape (n,).
        laps: canonical table of laps, or an object that has one as `table`; None for no laps.
        time_base: clock of the instants, None where nobody knows.

    Raises CallError for what is no table of laps, SCHEMA_VIOLATION for laps without a number or that share
    one, STORE_CLOCKS_DIFFER for laps of another clock.
    """
    numbers = np.zeros(len(t_ns), np.int32)
    table = getattr(laps, "table", laps)
    if table is None:
        return numbers, ()
    if not set(_COLUMNS) <= set(getattr(table, "column_names", ())):
        raise CallError(f"laps must be a table with the columns {', '.join(_COLUMNS)}")
    clock = time_base_of(table)
    if table.num_rows and None not in {clock, time_base} and clock != time_base:
        raise SessionFailed("STORE_CLOCKS_DIFFER", clocks={"samples": time_base, "laps": clock})
    lap, start, end, timed = _intervals(table)
    backwards = lap[end < start]
    lap, start, end = (values[end >= start] for values in (lap, start, end))
    kept, end, longest_ns = _ends(start, end)
    inside = lap[~kept]
    lap, start, end = (values[kept] for values in (lap, start, end))
    first = np.searchsorted(t_ns, start, side="left")
    last = np.searchsorted(t_ns, end, side="left")
    for number, begin, stop in zip(lap, first, last, strict=True):
        numbers[begin:stop] = number
    untimed = numpy_view(table["lap_number"])[~timed]
    return numbers, (
        *_warned(untimed, "no instants are known of them"),
        *_warned(lap[first >= last], "the recording has no samples in them"),
        *_warned(inside, "they begin long before the lap before them has ended"),
        *_warned(backwards, "they end before they begin"),
        *_overlapping(longest_ns),
    )


def _intervals(table: pa.Table) -> tuple[NDArray[Any], Ints, Ints, Mask]:
    """Return number, start and end of the laps with instants in order of time, and which laps have them."""
    for name in ("t_start", "t_end"):
        kind = table[name].type
        if not (str(kind).startswith("timestamp[ns") or table[name].null_count == table.num_rows):
            raise CallError(f"{name} of laps must be a timestamp in nanoseconds, not {kind}")
    every = numpy_view(table["lap_number"])
    if table["lap_number"].null_count or (every < 1).any():
        raise violation("a lap has no number, or one below 1")
    if len(np.unique(every)) < len(every):
        raise violation("two laps have one number")
    timed = validity(table["t_start"]) & validity(table["t_end"])
    if not timed.any():
        none = np.zeros(0, np.int64)
        return none, none, none, timed
    start, end = (numpy_view(table[name])[timed] for name in ("t_start", "t_end"))
    order = np.argsort(start, kind="stable")
    lap, start, end = every[timed][order], start[order], end[order]
    return lap, start, end, timed


def _ends(start: Ints, end: Ints) -> tuple[Mask, Ints, int]:
    """Return which laps lie in no other one, where each ends, and the longest overlap that was cut, in ns."""
    kept, ends = np.ones(len(start), np.bool_), end.copy()
    before, longest_ns = -1, 0
    for lap in range(len(start)):
        over = int(ends[before] - start[lap]) if before >= 0 else 0
        if over > _STAMP_NS or (over > 0 and start[lap] == start[before]):
            kept[lap] = False
            continue
        if over > 0:
            ends[before], longest_ns = start[lap], max(over, longest_ns)
        before = lap
    return kept, ends, longest_ns


def _overlapping(longest_ns: int) -> tuple[StoredWarning, ...]:
    if not longest_ns:
        return ()
    issue = Issue("STORE_LAPS_OVERLAP", longest_s=round(longest_ns / 1e9, 3))
    return (StoredWarning(code=issue.code, message=issue.message),)


def _named(laps: NDArray[Any]) -> list[int]:
    return [int(number) for number in laps[:_MOST_NAMED]]


def _warned(laps: NDArray[Any], reason: str) -> tuple[StoredWarning, ...]:
    if not len(laps):
        return ()
    issue = Issue("STORE_LAPS_UNPLACED", count=len(laps), laps=_named(laps), reason=reason)
    return (StoredWarning(code=issue.code, message=issue.message),)
