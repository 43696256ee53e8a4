"""What plots are made of: the motion of a source, the epochs of a lap, laps beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from telemparse.analysis.comparison import Comparison, compare_laps
from telemparse.analysis.lap_results import Laps
from telemparse.analysis.lap_rows import lap_rows, numbered
from telemparse.analysis.motions import Motion
from telemparse.analysis.smoothing.smoother import smooth
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["comparison_of", "epochs_of_lap", "motion_of", "named", "values_of"]


def motion_of(source: Any) -> Motion:
    """Return the motion of laps, or that of a result or a `gnss_pvt` table, smoothed where that can be.

    Raises CallError for laps without one, and for a source without positions.
    """
    if isinstance(source, Motion):
        return source
    if not isinstance(source, Laps):
        return smooth(source)
    if source.motion is None:
        raise CallError("the laps are of a recording without positions")
    return source.motion


def epochs_of_lap(source: Any, lap: int | None, motion: Motion) -> Mask:
    """Return which epochs belong to a lap, all for None, shape (n,).

    Raises CallError for a lap of a source that has no laps, and for one that is not there.
    """
    if lap is None:
        return np.ones(len(motion), np.bool_)
    if not isinstance(source, Laps):
        raise CallError(f"lap {lap} of what? Give the laps that find_laps returns")
    (row,) = numbered(lap_rows(source.table), [lap])
    stamps = motion.path.t_ns
    return np.asarray((stamps >= (row.t_start_ns or 0)) & (stamps <= (row.t_end_ns or 0)))


def comparison_of(source: Any, numbers: Iterable[int] | None, reference: int | None = None) -> Comparison:
    """Return laps beside each other.

    Args:
        source: laps, or a comparison of laps.
        numbers: of laps; None for all valid ones, or all that are compared.
        reference: the lap that the others are measured against, as for `compare_laps`.

    Raises CallError for a source that is neither, and for laps that are not there.
    """
    if isinstance(source, Laps):
        return compare_laps(source, numbers, reference=reference)
    if isinstance(source, Comparison):
        return source
    raise CallError(f"expected laps or a comparison of laps, not {type(source).__name__}")


def named(comparison: Comparison, numbers: Iterable[int] | None) -> tuple[int, ...]:
    """Return the numbers of the laps to draw; raises CallError for one that is not compared."""
    if numbers is None:
        return comparison.numbers
    wanted = tuple(numbers)
    for number in wanted:
        comparison.difference(number, number)
    return wanted


def values_of(comparison: Comparison, column: str, number: int) -> Floats:
    """Return a column of the comparison's table for one lap, shape (m,), NaN where it is null."""
    if not comparison.table.num_rows:
        return np.zeros(0)
    steps, place = len(comparison.s_m), comparison.numbers.index(number)
    values = comparison.table[column].slice(place * steps, steps).combine_chunks()
    return np.asarray(values.to_numpy(zero_copy_only=False), np.float64)
