"""Which lap others are measured against, and the way that it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.ways import Way
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.motions import Motion

__all__ = ["Reference", "choose_reference", "gap_within_s", "way_of"]

_ALIKE = 0.05
"""Ways of laps of one track differ by less than this share."""


@attrs.frozen
class Reference:
    """A lap and its way.

    Args:
        row: the lap.
        way: from gate to gate.
    """

    row: LapRow
    way: Way


def choose_reference(motion: Motion, rows: Iterable[LapRow]) -> Reference | None:
    """Return the fastest lap, valid rather than not, whole rather than with a gap, of usual length.

    Where all have a gap, it is one of the shortest, to a second. None where no lap has a way.
    """
    found = [
        _Candidate(row, way, round(gap_within_s(motion, row) or 0.0))
        for row in rows
        if (way := way_of(motion, row)) is not None
    ]
    if not found:
        return None
    best = min((not each.row.counts, each.gap_s) for each in found)
    equals = [each for each in found if (not each.row.counts, each.gap_s) == best]
    usual = float(np.median([each.way.length_m for each in equals]))
    alike = [each for each in equals if abs(each.way.length_m / usual - 1.0) <= _ALIKE]
    chosen = min(alike or equals, key=lambda each: each.row.duration_ns)
    return Reference(chosen.row, chosen.way)


@attrs.frozen
class _Candidate:
    """A lap, its way, and its longest gap in whole seconds."""

    row: LapRow
    way: Way
    gap_s: int


def way_of(motion: Motion, row: LapRow) -> Way | None:
    """Return the way of a lap, None where nothing is known of it."""
    if row.t_start_ns is None or row.t_end_ns is None or row.t_end_ns <= row.t_start_ns:
        return None
    return Way.of(motion, row.t_start_ns, row.t_end_ns)


def gap_within_s(motion: Motion, row: LapRow) -> float | None:
    """Return the longest gap that reaches into a lap, None where there is none."""
    stamps = motion.path.t_ns
    if row.t_start_ns is None or row.t_end_ns is None:
        return None
    inside = motion.broken & (stamps[1:] > row.t_start_ns) & (stamps[:-1] < row.t_end_ns)
    return float(np.diff(stamps)[inside].max() / NS_PER_S) if inside.any() else None
