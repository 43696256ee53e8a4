"""Lines of a chart: few points of many rows, broken where values are missing or nothing was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.chart_points import select_for_chart
from telemparse.kernels.arrays import to_arrow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["Gaps", "chosen_rows", "since_s"]

_STEPS, _LEAST_S = 10.0, 1.0  # a gap is longer than so many usual steps, and than this
_NS_PER_S = 1e9
_FAR_NS = 2**62
_LONGEST_STEP_NS = _FAR_NS / _STEPS


def chosen_rows(t_ns: Ints, values: NDArray[Any], points: int) -> Ints:
    """Return the rows that draw a column, rising: `points` with a value at most, and one for each break.

    Args:
        t_ns: instants, not falling, shape (n,).
        values: floating point numbers, NaN where nothing is known, shape (n,).
        points: see `telemparse.analysis.select_for_chart`.
    """
    if len(t_ns) <= points:
        return np.arange(len(t_ns))
    if int(t_ns[-1]) - int(t_ns[0]) >= _FAR_NS:
        t_ns = t_ns >> 2  # what lies centuries apart needs no nanoseconds, and its distance has 63 bits
    known = ~np.isnan(values)
    columns = [
        to_arrow(t_ns, pa.timestamp("ns")),
        to_arrow(values, pa.float64(), known),
        to_arrow(np.arange(len(t_ns)), pa.int64()),
    ]
    # One column and no metadata: what else the stream holds need not be taken along.
    table = pa.table(columns, names=["t", "value", "row"])
    return np.asarray(select_for_chart(table, "value", points)["row"].to_numpy())


def since_s(t_ns: Ints, origin_ns: int) -> Floats:
    """Return instants as seconds since an origin, shape (n,)."""
    if len(t_ns) and max(int(t_ns[-1]) - origin_ns, origin_ns - int(t_ns[0])) >= _FAR_NS:
        return np.asarray(t_ns / _NS_PER_S - origin_ns / _NS_PER_S)
    return np.asarray((t_ns - origin_ns) / _NS_PER_S)


@attrs.frozen(eq=False)
class Gaps:
    """Where a stream has no rows for much longer than usual.

    Args:
        rows: last row before each gap, rising.
        step_ns: usual time from row to row.
    """

    rows: Ints
    step_ns: int

    @classmethod
    def of(cls, t_ns: Ints, rate_hz: float | None) -> Self:
        """Return the gaps of rows, none where nobody knows a rate.

        Args:
            t_ns: not falling, shape (n,).
            rate_hz: of the stream.
        """
        if not rate_hz or not np.isfinite(rate_hz) or rate_hz < 0 or len(t_ns) < 2:  # noqa: PLR2004  (a step)
            return cls(np.zeros(0, np.int64), 0)
        step_ns = min(_NS_PER_S / rate_hz, _LONGEST_STEP_NS)
        # As unsigned, centuries between two rows do not overflow.
        steps = np.diff(t_ns.view(np.uint64))
        longest_ns = int(max(_STEPS * step_ns, _LEAST_S * _NS_PER_S))
        return cls(np.flatnonzero(steps > longest_ns), int(step_ns))

    def between(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the places of chosen rows, rising, before which a gap ends, and the last row before it."""
        before = np.searchsorted(self.rows, rows)
        places = np.flatnonzero(np.diff(before)) + 1
        return places, self.rows[before[places - 1]] if len(places) else self.rows[:0]
