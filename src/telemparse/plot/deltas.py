"""Time lost: how much later each lap is than the reference, along the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.errors import CallError
from telemparse.plot.canvas import FAINT, axes_of, styles
from telemparse.plot.sources import comparison_of, named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from telemparse.analysis.comparison import Comparison
    from telemparse.analysis.segments import Segments

__all__ = ["plot_delta"]


def plot_delta(
    source: Any,
    laps: Iterable[int] | None = None,
    *,
    reference: int | None = None,
    segments: Segments | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw `delta_s` over `s_m`: a line that rises loses time to the reference lap.

    The legend says what the lap times differ by, and whether that can be told.

    Args:
        source: laps, or a comparison of laps.
        laps: numbers of the laps to draw; all valid ones, or all that are compared, when absent.
        reference: number of the lap that the others are measured against; that of the comparison, or the
            fastest of the laps, when absent.
        segments: of these laps, whose corners are marked and numbered.
        ax: to draw on; a figure of its own when absent.

    Raises CallError for laps that are not there and where there is nothing to compare, MissingExtra without
    the extra `plot`.
    """
    ax = axes_of(ax)
    comparison = comparison_of(source, laps, reference)
    against = comparison.reference if reference is None else reference
    if against is None or comparison.reference is None:
        raise CallError("there is no lap to compare")
    ax.axhline(0.0, color=FAINT, linewidth=1.0, label=f"lap {against}")
    # A lap has one colour here and in the plot of traces, so the reference takes its turn.
    for number, colour, dash in styles(named(comparison, laps)):
        if number == against:
            continue
        label = _label(comparison, number, against)
        delta = comparison.delta_s(number, against)
        ax.plot(comparison.s_m, delta, dash, color=colour, linewidth=1.4, label=label)
    if segments is not None:
        _mark_corners(ax, segments, float(comparison.s_m[-1]))
    ax.set_xlabel("s_m (m)")
    ax.set_ylabel(f"delta_s (s), later than lap {against} is up")
    ax.grid(visible=True, alpha=0.3)
    ax.margins(x=0.0)
    ax.legend(loc="best")
    return ax


def _label(comparison: Comparison, number: int, against: int) -> str:
    found = comparison.difference(number, against)
    if found.std_s is None:
        return f"lap {number}: {found.seconds:+.2f} s, uncertainty unknown"
    return f"lap {number}: {found.seconds:+.3f} ± {found.std_s:.3f} s, {found.verdict}"


def _mark_corners(ax: Axes, segments: Segments, length_m: float) -> None:
    """Mark apexes; progress along another lap's way is stretched to this one's."""
    if segments.way is None:
        return
    stretch = length_m / segments.way.length_m
    marked = [corner for corner in segments.corners if corner.apex_s_m is not None]
    for corner in marked:
        place = stretch * float(corner.apex_s_m or 0.0)
        ax.axvline(place, color=FAINT, linewidth=0.6, alpha=0.6)
        ax.annotate(
            str(corner.number), (place, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2),
            textcoords="offset points", ha="center", va="bottom", fontsize=8, annotation_clip=False,
        )  # fmt: skip
