"""The column `t` of a table as numbers, or the reason why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["ordered_stamps_ns", "spanned", "stamps_ns"]


def stamps_ns(table: pa.Table) -> Ints:
    """Return the instants of a stream's rows, shape (n,), ns since 1970 in its time base.

    Raises CallError for a table without `t`, and for a `t` that is not nanoseconds or has nulls.
    """
    if "t" not in getattr(table, "column_names", ()):
        raise CallError("the table has no column t")
    column = table["t"]
    if not (pa.types.is_timestamp(column.type) and column.type.unit == "ns"):
        raise CallError(f"t must be a timestamp in nanoseconds, not {column.type}")
    if column.null_count:
        raise CallError(f"t is null in {column.null_count} rows")
    return numpy_view(column).astype(np.int64, copy=False)


def ordered_stamps_ns(table: pa.Table) -> Ints:
    """Return the same of rows in order of time; raises CallError for others, too."""
    t_ns = stamps_ns(table)
    if (t_ns[1:] < t_ns[:-1]).any():
        raise CallError("the rows are not in order of time: align the table first")
    return t_ns


def spanned(wanted_s: Floats, t_s: Floats, most_s: float) -> Mask:
    """Return which instants lie between two neighbouring stamps that are no farther apart than that.

    Args:
        wanted_s: instants, shape (k,).
        t_s: stamps, rising, at least two, shape (n,).
        most_s: largest distance of two stamps that values may be read between.
    """
    right = np.clip(np.searchsorted(t_s, wanted_s), 1, len(t_s) - 1)
    inside = (wanted_s >= t_s[0]) & (wanted_s <= t_s[-1])
    return np.asarray(inside & (t_s[right] - t_s[right - 1] <= most_s))
