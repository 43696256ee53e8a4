"""UBX-HNR-PVT: fixes between the epochs, which the receiver reckons from its sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.schemas import QualityFlag

from telemparse_ubx.gnss_rows import are_placed, gnss_batch
from telemparse_ubx.messages import Kind
from telemparse_ubx.readings import READINGS

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse_ubx.losses import Losses
    from telemparse_ubx.readings import Columns
    from telemparse_ubx.tables import Tables
    from telemparse_ubx.timing import Timing

__all__ = ["fast_fixes"]

_NS_PER_MS = 1_000_000
_COLUMNS = (
    "lat_deg",
    "lon_deg",
    "alt_m",
    "speed_mps",
    "course_deg",
    "hacc_m",
    "vacc_m",
    "sacc_mps",
    "fix_type",
)


def fast_fixes(tables: Tables, timing: Timing, losses: Losses) -> pa.RecordBatch | None:
    """Return the rows of a piece, None where there are none."""
    table = tables.tables.get(Kind.HNR_PVT)
    if table is None:
        return None
    read = READINGS[Kind.HNR_PVT](table.rows)
    records = table.records
    t_ns = timing.instants(tables.bases[records], tables.unrolled_ms[records] * _NS_PER_MS)
    if timing.time_base == "utc":
        t_ns = np.where(table.dated, table.t_ns, t_ns)
    offsets = tables.offsets[records]
    fixed = are_placed(read["lat_deg"], read["lon_deg"], read["fixed"], offsets, losses)
    if not fixed.any():
        return None
    flags = np.full(len(fixed), int(QualityFlag.DEVICE_FUSED), np.uint32)
    columns: Columns = {"t": t_ns, "quality_flags": flags, **{name: read[name] for name in _COLUMNS}}
    return gnss_batch(columns, fixed, offsets, losses, timing.time_base)
