"""Speed and curvature of a lap at even steps of progress along the way of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.progress import project
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.ways import Way
    from telemparse.kernels.arrays import Floats

__all__ = ["LapSamples", "even_steps", "sample"]

_PER_EPOCH = 4.0
_SLOWEST = 0.05
"""Share of the usual speed below which a lap has no curvature: it stands, or nearly."""


@attrs.frozen(eq=False, kw_only=True)
class LapSamples:
    """A lap at steps of progress, all columns of shape (m,), NaN where unknown.

    Args:
        elapsed_s: seconds since its start.
        speed_mps: over ground.
        curvature_per_m: of its own way, left turns positive.
    """

    elapsed_s: Floats
    speed_mps: Floats
    curvature_per_m: Floats


def even_steps(way: Way, seconds: float, period_s: float) -> Floats:
    """Return progress from 0 to exactly the length of a way, in four steps for each epoch of a lap.

    There are at least 200 steps and at most 4000.
    """
    steps = int(np.clip(round(_PER_EPOCH * seconds / period_s), 200, 4000))
    return np.linspace(0.0, way.length_m, steps + 1)


def sample(motion: Motion, row: LapRow, way: Way, s_m: Floats) -> LapSamples | None:
    """Return a lap at progress along a way, None where the lap has no start and end.

    Args:
        motion: with accelerations that mean something: smoothed.
        row: the lap.
        way: of the reference lap.
        s_m: progress, rising, from 0 to the length of the way.
    """
    if row.t_start_ns is None or row.t_end_ns is None or row.t_end_ns <= row.t_start_ns:
        return None
    elapsed = project(motion, row.t_start_ns, row.t_end_ns, way, row.ends).elapsed_s(s_m)
    known = np.isfinite(elapsed)
    t_ns = row.t_start_ns + np.rint(np.where(known, elapsed, 0.0) * NS_PER_S).astype(np.int64)
    _place, (vx, vy) = (part.T for part in motion.at(t_ns))
    path = motion.path
    seconds = (t_ns - path.t_ns[0]) / NS_PER_S
    ax, ay = (np.interp(seconds, path.t_s, axis) for axis in motion.acceleration_mps2.T)
    speed = np.where(known, np.hypot(vx, vy), np.nan)
    moving = speed > _SLOWEST * np.nanmedian(speed) if np.isfinite(speed).any() else known & False
    bend = (vx * ay - vy * ax) / np.where(moving, speed, 1.0) ** 3
    return LapSamples(elapsed_s=elapsed, speed_mps=speed, curvature_per_m=np.where(moving, bend, np.nan))
