"""Quality flags that only a look at the whole stream can set: teleports, and samples at a sensor's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.analysis.derivations import derived
from telemparse.analysis.paths import Path
from telemparse.analysis.quality.imu_observations import saturated
from telemparse.analysis.stamps import stamps_ns
from telemparse.analysis.teleports import find_jumps
from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view, to_arrow
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Mask

__all__ = ["tag"]


def tag(table: pa.Table) -> pa.Table:
    """Return a stream with the flags of `quality_flags` that need all of its rows; nothing is removed.

    Positions get bit 1 where they are teleports, inertial samples bit 6 where an axis is saturated. The
    metadata of the new table names the technique and how many rows each bit was set on.

    Args:
        table: stream `gnss_pvt`, `imu_accel` or `imu_gyro`, with `quality_flags`.

    Raises CallError for another table.
    """
    names = getattr(table, "column_names", ())
    if "quality_flags" not in names:
        raise CallError("tagging needs the column quality_flags")
    if "lat_deg" in names:
        flag, rows = QualityFlag.TELEPORT, _teleported(table)
    elif masks := saturated(table):
        flag, rows = QualityFlag.SATURATED, np.logical_or.reduce([*masks.values()])
    else:
        raise CallError("tagging needs positions or inertial samples")
    flags = numpy_view(table["quality_flags"]) | np.where(rows, np.uint32(flag), np.uint32(0))
    at = table.column_names.index("quality_flags")
    tagged = table.set_column(at, table.schema.field(at), to_arrow(flags, pa.uint32()))
    return derived(tagged, "tag", flag=flag.name, rows=int(rows.sum()))


def _teleported(table: pa.Table) -> Mask:
    rows = np.zeros(table.num_rows, np.bool_)
    if table.num_rows:
        # A path has the rows that rise in time; others are told by `align`.
        t_ns = stamps_ns(table)
        rising = np.ones(len(t_ns), np.bool_)
        rising[1:] = t_ns[1:] > np.maximum.accumulate(t_ns)[:-1]
        rows[rising] = find_jumps(Path.of(table)).rows
    return rows
