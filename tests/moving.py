"""Paths and motions put together by hand, and tables changed column by column."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from telemparse.analysis.gate_lines import GateLine, gate_across
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


def line_across(*, half_m=5.0, travel=(1.0, 0.0), middle_m=(0.0, 0.0), directed=True):
    """Return a line through a place, crossed in a direction."""
    ahead = np.asarray(travel, float) / np.hypot(*travel)
    gate = gate_across(FRAME, np.asarray(middle_m, float), ahead, half_m=half_m, source="user_defined")
    return GateLine(
        gate=gate,
        middle_m=np.asarray(middle_m, float),
        along=np.array([-ahead[1], ahead[0]]),
        normal=ahead,
        half_m=half_m,
        directed=directed,
    )


def along(corners, speeds, *, rate_hz=10.0, hacc_m=None):
    """Return the path of a vehicle that drives a polygon, each edge at its speed."""
    corners = np.asarray(corners, float)
    length = np.hypot(*np.diff(corners, axis=0).T)
    reached = np.concatenate([[0.0], np.cumsum(length / np.asarray(speeds, float))])
    t_s = np.arange(0.0, reached[-1], 1 / rate_hz) + 0.0137
    t_s = t_s[t_s < reached[-1]]
    place = np.stack([np.interp(t_s, reached, column) for column in corners.T], axis=1)
    edge = np.searchsorted(reached, t_s, side="right") - 1
    pace = (np.diff(corners, axis=0) / np.diff(reached)[:, None])[edge]
    return path_of(t_s, place, pace, hacc_m=hacc_m)


def rounds(*passes, usual_mps=20.0, rate_hz=10.0):
    """Return the path of laps of 800 m, eastward over the line at (offset north, speed) of each pass."""
    corners, speeds = [], []
    for offset, speed in passes:
        corners += [(-100, 200), (-100, offset), (100, offset), (100, 200)]
        speeds += [usual_mps, speed, usual_mps, usual_mps]
    return along([*corners, (-100, 200)], speeds, rate_hz=rate_hz)
