"""Traces: the speed of laps over their progress or time, or that of a whole recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from telemparse.analysis.comparison import Comparison
from telemparse.analysis.lap_results import Laps
from telemparse.errors import CallError
from telemparse.plot.canvas import axes_of, styles
from telemparse.plot.sources import comparison_of, motion_of, named, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from telemparse.analysis.motions import Motion

__all__ = ["plot_traces"]

_LABELS = {"s_m": "s_m (m)", "t_s": "t_s (s)"}


def plot_traces(
    source: Any,
    laps: Iterable[int] | None = None,
    *,
    over: Literal["s_m", "t_s"] = "s_m",
    ax: Axes | None = None,
) -> Axes:
    """Draw the speed of laps beside each other, or of a recording from its beginning to its end.

    Args:
        source: laps or a comparison of laps; or a result, a `gnss_pvt` table or a motion, which is drawn
            over time. Lines break where nothing is known.
        laps: numbers of the laps to draw; all valid ones when absent.
        over: `s_m`, progress along the way of the reference lap, or `t_s`, seconds since the start of each
            lap.
        ax: to draw on; a figure of its own when absent.

    Raises CallError for laps that are not there, and for another axis; MissingExtra without the extra
    `plot`.
    """
    if over not in _LABELS:
        raise CallError(f"over must be s_m or t_s, not {over!r}")
    ax = axes_of(ax)
    if not isinstance(source, Laps | Comparison):
        if laps is not None:
            raise CallError("laps of what? Give the laps that find_laps returns")
        _draw_recording(ax, motion_of(source))
        return ax
    comparison = comparison_of(source, laps)
    for number, colour, dash in styles(named(comparison, laps)):
        across, speed = (values_of(comparison, name, number) for name in (over, "speed_mps"))
        ax.plot(across, speed, dash, color=colour, linewidth=1.2, label=f"lap {number}")
    _finish(ax, _LABELS[over])
    if ax.lines:
        ax.legend(loc="best")
    return ax


def _draw_recording(ax: Axes, motion: Motion) -> None:
    """Draw the speed of a motion over seconds since its first epoch, with a break at each gap."""
    gaps = np.flatnonzero(motion.broken) + 1
    across = np.insert(motion.path.t_s, gaps, np.nan)
    ax.plot(across, np.insert(motion.speed_mps, gaps, np.nan), linewidth=1.2, label=str(motion.method))
    _finish(ax, _LABELS["t_s"])


def _finish(ax: Axes, label: str) -> None:
    ax.set_xlabel(label)
    ax.set_ylabel("speed_mps (m/s)")
    ax.grid(visible=True, alpha=0.3)
    ax.margins(x=0.0)
