"""Laps of two tables that are the same laps: a device's beside those found at a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.lap_rows import lap_rows
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.analysis.lap_rows import LapRow
    from telemparse.kernels.arrays import Floats

__all__ = ["Match", "match_laps"]

_ALIKE = 1.5
"""Laps one of which takes longer than so many of the other are not the same."""
_MOST_SHIFT = 50
_CLOSE_S, _CLOSE_SHARE = 0.5, 0.01
_PARTS = ("OUTLAP", "INLAP")


@attrs.frozen
class Match:
    """A lap that stands in both tables.

    Args:
        row, other: row in the first and in the second table, from 0.
        seconds: how much longer the lap of the first table takes.
        later_s: how much later it begins, None where one of them has no times or another clock.
    """

    row: int
    other: int
    seconds: float
    later_s: float | None


def match_laps(laps: pa.Table, device: pa.Table) -> tuple[Match, ...]:
    """Return which laps are the same, in the order of the first table; each stands in one pair at most.

    By time where both tables have the same clock: each of two laps has the middle of the other one within
    it. Else by order: the shift of the lists whose durations agree best, if they agree. The device's out laps
    and in laps have no partner, and our parts of laps have none.

    Args:
        laps: stream `laps`, as `find_laps` returns it.
        device: stream `laps` of a result.
    """
    ours = [(index, row) for index, row in enumerate(lap_rows(laps)) if _whole(row)]
    theirs = [each for each in enumerate(lap_rows(device)) if each[1].validity not in _PARTS]
    same_clock = _clock(laps) == _clock(device)
    pairs = _by_time(ours, theirs) if same_clock else []
    if not pairs:
        pairs = _by_order(ours, theirs)
    return tuple(
        Match(
            row=index,
            other=place,
            seconds=(row.duration_ns - other.duration_ns) / NS_PER_S,
            later_s=_later_s(row, other) if same_clock else None,
        )
        for (index, row), (place, other) in pairs
        if max(row.duration_ns, other.duration_ns) <= _ALIKE * min(row.duration_ns, other.duration_ns)
    )


def _whole(row: LapRow) -> bool:
    return row.validity not in _PARTS or row.std_s is not None


def _clock(table: pa.Table) -> bytes | None:
    facts: dict[bytes, bytes] = table.schema.metadata or {}
    return facts.get(b"time_base")


def _later_s(row: LapRow, other: LapRow) -> float | None:
    if row.t_start_ns is None or other.t_start_ns is None:
        return None
    return (row.t_start_ns - other.t_start_ns) / NS_PER_S


_Rows = list[tuple[int, "LapRow"]]
_Pairs = list[tuple[tuple[int, "LapRow"], tuple[int, "LapRow"]]]


def _by_time(ours: _Rows, theirs: _Rows) -> _Pairs:
    timed = [each for each in theirs if each[1].t_start_ns is not None]
    timed.sort(key=lambda each: each[1].t_start_ns or 0)
    starts = np.array([row.t_start_ns for _index, row in timed], np.int64)
    pairs: _Pairs = []
    taken = set()
    for index, row in ours:
        if row.t_start_ns is None or not len(starts):
            continue
        middle = row.t_start_ns + row.duration_ns // 2
        place = int(np.searchsorted(starts, middle, side="right")) - 1
        if place < 0 or place in taken:
            continue
        start = int(starts[place])
        other = timed[place][1]
        within = middle <= start + other.duration_ns
        if within and 0 <= start + other.duration_ns // 2 - row.t_start_ns <= row.duration_ns:
            taken.add(place)
            pairs.append(((index, row), timed[place]))
    return pairs


def _by_order(ours: _Rows, theirs: _Rows) -> _Pairs:
    """Return the pairs of the shift whose durations agree best, none where they do not agree."""
    own, other = (_seconds(rows) for rows in (ours, theirs))
    fewer = min(len(own), len(other))
    if not fewer:
        return []
    found = []
    for shift in range(-min(len(own) - 1, _MOST_SHIFT), min(len(other) - 1, _MOST_SHIFT) + 1):
        first, second = own[max(-shift, 0) :], other[max(shift, 0) :]
        count = min(len(first), len(second))
        if 2 * count >= fewer:
            apart = float(np.median(np.abs(first[:count] - second[:count])))
            found.append((apart, abs(shift), shift))
    apart, _size, shift = min(found)
    if apart > max(_CLOSE_S, _CLOSE_SHARE * float(np.median(own))):
        return []
    return list(zip(ours[max(-shift, 0) :], theirs[max(shift, 0) :], strict=False))


def _seconds(rows: _Rows) -> Floats:
    return np.array([row.seconds for _index, row in rows], np.float64)
