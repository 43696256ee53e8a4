"""Paths and motions put together by hand, and tables changed column by column."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from telemparse.analysis.motions import Method, Motion
from telemparse.analysis.paths import Path
from telemparse.kernels.local_frame import LocalFrame

SECOND_NS = 1_000_000_000
FRAME = LocalFrame(-21.0, -12.0, 100.0)


def path_of(t_s, place_m, velocity_mps=None, *, hacc_m=None, fix_type=3, frame=FRAME):
    """Return the path of places at instants in seconds."""
    count = len(t_s)
    velocity = np.full((count, 2), np.nan) if velocity_mps is None else np.asarray(velocity_mps, float)
    return Path(
        t_ns=np.rint(np.asarray(t_s, float) * SECOND_NS).astype(np.int64),
        position_m=np.asarray(place_m, float),
        velocity_mps=velocity,
        speed_mps=np.hypot(*velocity.T),
        hacc_m=np.full(count, np.nan if hacc_m is None else hacc_m),
        sacc_mps=np.full(count, np.nan),
        fix_type=np.full(count, fix_type),
        flags=np.zeros(count, np.int64),
        frame=frame,
        time_base="utc",
    )


def motion_of(path, *, method=Method.SMOOTHED, velocity_mps=None, parameters=None, spread=None):
    """Return the motion that a path shows, with the path's own velocities where it has them."""
    if velocity_mps is None:
        known = np.isfinite(path.velocity_mps).all()
        velocity_mps = path.velocity_mps if known else np.gradient(path.position_m, path.t_s, axis=0)
    return Motion(
        path=path,
        method=method,
        position_m=path.position_m,
        velocity_mps=velocity_mps,
        acceleration_mps2=np.zeros_like(velocity_mps),
        broken=path.step_s > path.gap_s,
        parameters={} if parameters is None else parameters,
        spread=spread,
    )


def replaced(table, **columns):
    """Return a table with other values in some columns, of the same types."""
    for name, values in columns.items():
        index = table.schema.get_field_index(name)
        field = table.schema.field(index)
        table = table.set_column(index, field, pa.array(values, field.type))
    return table
