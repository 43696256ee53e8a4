"""Traces: speed and time lost of laps by progress, or speed by time where there are no laps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.chart_points import select_for_chart
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.clocks import NS_PER_S
from telemparse.report.analysed import has_speeds, speeds_at
from telemparse.report.figures import KMH, length, minutes, signed
from telemparse.report.polylines import drawn, runs_of
from telemparse.report.scales import Scale, round_step, time_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats
    from telemparse.report.analysed import Analysed
    from telemparse.report.scales import Tick

__all__ = ["Band", "Chart", "Trace", "Traces", "traces_of"]

WIDTH = 1000.0
"""Of the inner drawing, whose width is stretched to that of the page."""
_SPEED_PX, _DELTA_PX, _HEAD_PX, _FOOT_PX = 260.0, 170.0, 22.0, 24.0
_NAMED = 4
_SLOWEST = 1.07
"""Laps slower than 107 % of the reference are not drawn, as they would not start a race."""
_TIME_POINTS = 2000
_EDGE = 2.5


@attrs.frozen
class Trace:
    """One line, of a lap mostly.

    Args:
        lap: number, None of the whole recording.
        path: data of an SVG path.
        style: `reference`, `second` to `fourth`, or `other`.
        name: for the read-outs, of a line that is no lap's.
    """

    lap: int | None
    path: str
    style: str
    name: str = ""


@attrs.frozen
class Band:
    """A part of the axis that a corner takes, in percent of the width."""

    words: str
    start: float
    width: float
    apex: float


@attrs.frozen(kw_only=True)
class Chart:
    """A drawn chart; places along it are percent of the width, down it pixels.

    Args:
        name: what it shows, and in which unit.
        quantity: one word for the read-outs: `speed`, `delta`, or `off` (a difference of speeds).
        height: of the drawing.
        low, high: values at the places `bottom` and `top`.
        top, bottom: of the plot.
        traces: lines, the important ones last.
        rows: ticks of the values.
        zero: place of the value 0, None where it is not marked.
        description: in words, for who cannot see it.
    """

    name: str
    quantity: str
    height: float
    low: float
    high: float
    top: float
    bottom: float
    traces: tuple[Trace, ...]
    rows: tuple[Tick, ...]
    zero: float | None
    description: str


@attrs.frozen(kw_only=True)
class Traces:
    """Charts over one axis.

    Args:
        charts: from top to bottom.
        columns: ticks of the axis, places in percent.
        extent: of the axis: metres, or seconds.
        over_time: the axis is time and not progress.
        laps: numbers of the laps with a colour of their own, the reference first.
        drawn: how many laps are drawn.
        left_out: how many valid laps are not.
        bands: corners.
        caption: what is shown, in words.
    """

    charts: tuple[Chart, ...]
    columns: tuple[Tick, ...]
    extent: float
    over_time: bool
    laps: tuple[int, ...] = ()
    drawn: int = 0
    left_out: int = 0
    bands: tuple[Band, ...] = ()
    caption: str


def traces_of(found: Analysed) -> Traces | None:
    """Return the traces of a recording, None without positions or without any speed."""
    if found.motion is None:
        return None
    if found.comparison.reference is None:
        return _over_time(found.motion)
    return _over_progress(found, found.motion)


def _over_progress(found: Analysed, motion: Motion) -> Traces:
    comparison, grid = found.comparison, found.comparison.s_m
    chosen = _chosen(comparison.laps, comparison.reference)
    index = {row.number: place for place, row in enumerate(comparison.laps)}
    elapsed = np.array([comparison.elapsed_s[index[row.number]] for row in chosen])
    speed = KMH * np.array([
        np.where(np.isfinite(times), speeds_at(motion, found.stamps_ns(row, times)), np.nan)
        for row, times in zip(chosen, elapsed, strict=True)
    ])  # fmt: skip
    along = Scale(0.0, float(grid[-1]), 0.0, WIDTH)
    charts = [_speed_chart([row.number for row in chosen], speed, along.places(grid))]
    if len(chosen) > 1:
        delta = elapsed - elapsed[0]
        charts.append(_delta_chart([row.number for row in chosen], delta, along.places(grid)))
    percent = attrs.evolve(along, stop=100.0)
    step_m = round_step(along.high, 8)
    return Traces(
        charts=tuple(charts),
        columns=_inner(percent.ticks(step_m, lambda value: f"{value:.0f} m")),
        extent=along.high,
        over_time=False,
        laps=tuple(row.number for row in chosen[:_NAMED]),
        drawn=len(chosen),
        left_out=len(found.valid) - len(chosen),
        bands=_bands(found, percent),
        caption=f"Progress along the way of lap {comparison.reference}, {length(along.high)}.",
    )


def _inner(ticks: Iterable[Tick]) -> tuple[Tick, ...]:
    """Return the ticks whose words have room: not those at the edges."""
    return tuple(tick for tick in ticks if _EDGE < tick.place < 100.0 - _EDGE)


def _chosen(rows: Sequence[LapRow], reference: int | None) -> list[LapRow]:
    """Return the laps to draw: the reference, then the fastest ones that are comparable."""
    first = next(row for row in rows if row.number == reference)
    others = sorted((row for row in rows if row is not first), key=lambda row: row.duration_ns)
    near = [row for row in others if row.duration_ns <= _SLOWEST * first.duration_ns]
    return [first, *near]


def _lines(laps: Sequence[int | None], along: Floats, values: Floats, scale: Scale) -> tuple[Trace, ...]:
    """Return the lines of laps, those with a colour of their own last."""
    styles = ("reference", "second", "third", "fourth")
    traces = [
        Trace(
            lap, drawn(np.stack([along, scale.places(row)], axis=1)), (*styles, "other")[min(index, _NAMED)]
        )
        for index, (lap, row) in enumerate(zip(laps, values, strict=True))
    ]
    return tuple(reversed(traces))


def _speed_chart(laps: Sequence[int | None], speed: Floats, along: Floats) -> Chart:
    # What stands alone between gaps is not drawn.
    shown = [row[run] for row in speed for run in runs_of(np.stack([along, row], axis=1))]
    low, high = min(float(run.min()) for run in shown), max(float(run.max()) for run in shown)
    step = round_step(max(high - low, 1.0), 5)
    low, high = step * np.floor(low / step), step * np.ceil(high / step + 0.15)
    top, bottom = _HEAD_PX, _HEAD_PX + _SPEED_PX
    scale = Scale(float(low), float(high), bottom, top)
    fastest = "" if laps[0] is None else f" of lap {laps[0]}"
    first = speed[0][np.isfinite(speed[0])]
    return Chart(
        name="Speed, km/h",
        quantity="speed",
        height=bottom + _FOOT_PX,
        low=scale.low,
        high=scale.high,
        top=top,
        bottom=bottom,
        traces=_lines(laps, along, speed, scale),
        rows=scale.ticks(step, lambda value: f"{value:.0f}" if step >= 1 else f"{value:.1f}"),
        zero=None,
        description=f"Speed{fastest} from {first.min():.0f} to {first.max():.0f} km/h." if len(first) else "",
    )


def _delta_chart(laps: Sequence[int], delta: Floats, along: Floats) -> Chart:
    low, high = _delta_range(delta)
    room = 0.06 * max(high - low, 0.01)
    scale = Scale(low - room, high + room, _HEAD_PX / 2 + _DELTA_PX, _HEAD_PX / 2)
    step = round_step(scale.high - scale.low, 5)
    decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    ends = ", ".join(
        f"lap {lap} {signed(float(row[-1]), 3)} s"
        for lap, row in zip(laps[1:_NAMED], delta[1:_NAMED], strict=True)
    )
    return Chart(
        name=f"Time behind lap {laps[0]}, s",
        quantity="delta",
        height=_HEAD_PX / 2 + _DELTA_PX + _FOOT_PX,
        low=scale.low,
        high=scale.high,
        top=_HEAD_PX / 2,
        bottom=_HEAD_PX / 2 + _DELTA_PX,
        traces=_lines(laps, along, delta, scale),
        rows=scale.ticks(step, lambda value: signed(value, decimals)),
        zero=scale.place(0.0),
        description=f"Time behind lap {laps[0]} at the line: {ends}.",
    )


def _delta_range(delta: Floats) -> tuple[float, float]:
    """Return the range that shows the named laps; a lap far behind may leave the chart."""
    named, every = delta[:_NAMED], delta[1:]
    low, high = min(float(np.nanmin(named)), 0.0), max(float(np.nanmax(named)), 0.0)
    room = max(high - low, 0.05)
    return (
        min(low, max(float(np.nanmin(every)), low - room)),
        max(high, min(float(np.nanmax(every)), high + 2 * room)),
    )


def _bands(found: Analysed, percent: Scale) -> tuple[Band, ...]:
    """Return the corners along the axis, where segments are measured on the same lap."""
    if found.segments.reference != found.comparison.reference:
        return ()
    bands = []
    for corner in found.segments.corners:
        start, stop = (
            percent.place(max(corner.s_start_m, 0.0)),
            percent.place(min(corner.s_end_m, percent.high)),
        )
        apex = (start + stop) / 2 if corner.apex_s_m is None else percent.place(corner.apex_s_m)
        if stop > start:
            bands.append(Band(str(corner.number), start, round(stop - start, 2), round(apex, 2)))
    return tuple(bands)


def _over_time(motion: Motion) -> Traces | None:
    """Return the speed of all of a recording, None where none is known."""
    speed = KMH * speeds_at(motion, motion.path.t_ns)
    known = np.isfinite(speed)
    if not (known[1:] & known[:-1] & ~motion.broken).any():
        return None
    columns = [
        to_arrow(motion.path.t_ns, pa.timestamp("ns", "UTC")),
        to_arrow(speed, pa.float64(), known),
    ]
    chosen = select_for_chart(pa.table(columns, names=["t", "speed"]), "speed", _TIME_POINTS)
    t_ns = chosen["t"].cast(pa.int64()).to_numpy()
    values = chosen["speed"].to_numpy()
    # A line ends before a gap and begins behind it.
    crossed = np.concatenate([[0], np.cumsum(motion.broken)])
    gaps = np.flatnonzero(np.diff(crossed[np.searchsorted(motion.path.t_ns, t_ns)])) + 1
    seconds = (t_ns - motion.path.t_ns[0]) / NS_PER_S
    along = Scale(0.0, float(motion.path.t_s[-1]), 0.0, WIDTH)
    places = np.insert(along.places(seconds), gaps, np.nan)
    chart = _speed_chart([None], np.insert(values, gaps, np.nan)[None], places)
    percent = attrs.evolve(along, stop=100.0)
    return Traces(
        charts=(chart,),
        columns=_inner(percent.ticks(time_step(along.high, 8), minutes)),
        extent=along.high,
        over_time=True,
        caption="Speed by time since the first position."
        + ("" if has_speeds(motion) else " The receiver measured none: these are slopes between positions."),
    )
