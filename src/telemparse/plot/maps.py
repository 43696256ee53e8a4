"""The map: where the vehicle went, coloured by its speed, with gates and corners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.lap_results import Laps
from telemparse.plot.canvas import FAINT, SPEEDS, axes_of
from telemparse.plot.sources import epochs_of_lap, motion_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from telemparse.analysis.motions import Motion
    from telemparse.analysis.segments import Segments
    from telemparse.kernels.arrays import Mask

__all__ = ["plot_map"]

_BESIDE = 0.03
"""How far beside the way a corner's number stands, as a share of the map."""


def plot_map(
    source: Any, *, lap: int | None = None, segments: Segments | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the way in metres east and north of the middle of the recording, coloured by speed.

    Gaps stay open. Laps show their start/finish line, and their sector gates dashed.

    Args:
        source: laps, a result, a `gnss_pvt` table, or a motion.
        lap: number of the lap to draw in colour, before all others in grey; all in colour when absent.
        segments: of these laps, whose corners are numbered.
        ax: to draw on; a figure of its own when absent.

    Raises CallError for a source without positions and a lap that is not there, MissingExtra without the
    extra `plot`.
    """
    ax = axes_of(ax, width_in=7.0, height_in=6.0)
    motion = motion_of(source)
    chosen = epochs_of_lap(source, lap, motion)
    if lap is not None:
        _draw(ax, motion, np.ones(len(motion), np.bool_), coloured=False)
    _draw(ax, motion, chosen, coloured=True)
    if isinstance(source, Laps):
        _draw_gates(ax, source, motion)
    if segments is not None:
        _draw_corners(ax, segments, motion)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel("x_e_m (m)")
    ax.set_ylabel("y_n_m (m)")
    return ax


def _draw(ax: Axes, motion: Motion, chosen: Mask, *, coloured: bool) -> None:
    """Draw the steps between chosen epochs that are no gaps."""
    from matplotlib.collections import LineCollection

    steps = np.flatnonzero(chosen[:-1] & chosen[1:] & ~motion.broken)
    lines = np.stack([motion.position_m[steps], motion.position_m[steps + 1]], axis=1)
    if not coloured:
        ax.add_collection(LineCollection(list(lines), colors=FAINT, linewidths=0.8, alpha=0.5))
    else:
        drawn = LineCollection(list(lines), cmap=SPEEDS, linewidths=2.0, capstyle="round")
        drawn.set_array((motion.speed_mps[steps] + motion.speed_mps[steps + 1]) / 2)
        ax.add_collection(drawn)
        if len(steps):
            ax.figure.colorbar(drawn, ax=ax, label=f"speed_mps (m/s), {motion.method}")
    ax.autoscale_view()


def _draw_gates(ax: Axes, laps: Laps, motion: Motion) -> None:
    gates = [] if laps.gate is None else [(laps.gate, "-", "start/finish")]
    gates += [(gate, "--", "_sector") for gate in laps.sector_gates]
    for gate, dash, label in gates:
        line = GateLine.of(gate, motion.path.frame)
        across = np.array([-line.normal[1], line.normal[0]]) * line.half_m
        ends = np.array([line.middle_m - across, line.middle_m + across])
        ax.plot(*ends.T, dash, color="#D55E00", linewidth=2.0, label=label, zorder=3)


def _draw_corners(ax: Axes, segments: Segments, motion: Motion) -> None:
    """Number the corners on their outer side."""
    corners = [corner for corner in segments.corners if corner.apex_s_m is not None]
    if segments.way is None or not corners:
        return
    place, along = segments.way.at(np.array([corner.apex_s_m for corner in corners], np.float64))
    outer = np.where([corner.turn_deg > 0 for corner in corners], 1.0, -1.0)[:, None]
    away = _BESIDE * float(np.hypot(*np.ptp(motion.position_m, axis=0)))
    # Right of the direction of travel is the outer side of a left turn.
    spots = place + outer * away * np.column_stack([along[:, 1], -along[:, 0]])
    for corner, (east, north) in zip(corners, spots, strict=True):
        ax.text(east, north, str(corner.number), ha="center", va="center", fontsize=9, zorder=4)
