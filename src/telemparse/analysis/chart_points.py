"""Rows for a chart: few of many, such that the curve looks the same and no extreme is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from telemparse.analysis.bins import Bins
from telemparse.analysis.derivations import derived
from telemparse.analysis.stamps import ordered_stamps_ns
from telemparse.errors import CallError, MissingExtra
from telemparse.kernels.arrays import numpy_view, validity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints

__all__ = ["select_for_chart"]

_FEWEST = 8
_PER_WINDOW = 4  # points that a window may cost: two extremes, and two for the shape


def select_for_chart(table: pa.Table, column: str, points: int) -> pa.Table:
    """Return rows of a stream that draw a column's curve, each as it was measured.

    Time is cut into `points // 4` windows of equal length (the last one may be shorter), and of each the
    rows of its smallest and of its largest value are kept, the first ones; the other rows are those that
    MinMaxLTTB chooses for the shape (Van Der Donckt et al., 2023; library tsdownsample). First and last
    value stay. Rows where the column is null draw nothing; where some lie between two chosen rows, the first
    of them is kept too, so that the line breaks there.

    Args:
        table: any stream with `t`, in order of time.
        column: of numbers.
        points: most rows with a value, at least 8; a table of no more stays whole.

    Raises CallError for a column that is absent or holds no numbers, for too few points, and for a table
    without stamps or out of order; MissingExtra without the extra `analysis`.
    """
    t_ns = ordered_stamps_ns(table)
    if column not in table.column_names:
        raise CallError(f"the table has no column {column}")
    kind = table[column].type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        raise CallError(f"{column} holds no numbers but {kind}")
    if points < _FEWEST:
        raise CallError(f"a chart needs at least {_FEWEST} points, not {points}")
    rows = np.flatnonzero(validity(table[column]))
    if len(rows) > points:
        values = numpy_view(table[column]).astype(np.float64)[rows]
        rows = rows[_chosen(t_ns[rows], values, points)]
    if table.num_rows > points:
        table = table.take(pa.array(_with_breaks(rows, validity(table[column]))))
    return derived(table, "minmax_lttb", column=column, points=points)


def _chosen(t_ns: Ints, values: NDArray[Any], points: int) -> Ints:
    try:
        from tsdownsample import MinMaxLTTBDownsampler
    except ImportError:
        raise MissingExtra("analysis", "tsdownsample") from None
    since = t_ns - t_ns[0]
    windows = points // _PER_WINDOW
    bins = Bins.of(since // (int(since[-1]) // windows + 1))
    # The library has no types.
    sampler: Any = MinMaxLTTBDownsampler
    shape = sampler().downsample(since, values, n_out=points - 2 * windows)
    ends = [
        _first(values, bins.each(bins.lowest(values)), bins),
        _first(values, bins.each(bins.highest(values)), bins),
    ]
    return np.unique(np.concatenate([shape.astype(np.int64), *ends]))


def _first(values: NDArray[Any], wanted: NDArray[Any], bins: Bins) -> Ints:
    """Return the first row of each bin that has the value wanted there."""
    hits = np.flatnonzero(values == wanted)
    return np.asarray(hits[np.searchsorted(hits, bins.starts)])


def _with_breaks(rows: Ints, known: NDArray[np.bool_]) -> Ints:
    """Return rows with the first null row behind each chosen one from which nulls lead to the next."""
    empty = np.flatnonzero(~known)
    if not len(empty):
        return rows
    if not len(rows):
        return empty[:1]
    after = np.searchsorted(empty, rows)
    behind = empty[np.minimum(after, len(empty) - 1)]
    following = np.append(rows[1:], len(known))
    breaks = behind[(after < len(empty)) & (behind < following)]
    head = empty[:1] if empty[0] < rows[0] else empty[:0]
    return np.union1d(np.concatenate([head, breaks]), rows)
