"""Speeds of a fused pose beside those of the receiver alone, over a lap or a telling minute."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S
from telemparse.report.analysed import has_speeds, speeds_at
from telemparse.report.figures import KMH, minutes, signed
from telemparse.report.polylines import drawn, runs_of
from telemparse.report.scales import Scale, round_step, time_step
from telemparse.report.traces import WIDTH, Band, Chart, Trace

if TYPE_CHECKING:
    from telemparse.analysis.fusion.outcomes import DegradedSpan, Fused
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.report.analysed import Analysed
    from telemparse.report.scales import Tick

__all__ = ["FusionCharts", "fusion_charts"]

_STRETCH_S = 60.0
_SPEED_PX, _OFF_PX, _HEAD_PX, _FOOT_PX = 200.0, 110.0, 22.0, 24.0
_LEAST_OFF_KMH = 0.5
_EDGE = 2.5
_GRID_HZ = 20.0


@attrs.frozen(kw_only=True)
class FusionCharts:
    """Charts of speed over time.

    Args:
        charts: from top to bottom.
        columns: ticks of the axis, places in percent.
        extent: of the axis, seconds.
        bands: gaps of the receiver.
        caption: which stretch it is, in words.
    """

    charts: tuple[Chart, ...]
    columns: tuple[Tick, ...]
    extent: float
    bands: tuple[Band, ...]
    caption: str


def fusion_charts(found: Analysed, fused: Fused) -> FusionCharts | None:
    """Return the speeds of both over a lap or a telling minute, None where one of them is not known."""
    motion, table = found.motion, fused.table
    if motion is None or table is None or not has_speeds(motion) or table.num_rows < 2:  # noqa: PLR2004
        return None
    t_ns = table["t"].cast("int64").to_numpy()
    speed = KMH * np.hypot(*(table[name].to_numpy().astype(np.float64) for name in ("vx_mps", "vy_mps")))
    first, last, words = _stretch(found, motion, t_ns, speed - KMH * speeds_at(motion, t_ns))
    grid = np.arange(first, last, round(NS_PER_S / _GRID_HZ))
    own = np.interp((grid - first) / NS_PER_S, (t_ns - first) / NS_PER_S, speed)
    own = np.where((grid >= t_ns[0]) & (grid <= t_ns[-1]), own, np.nan)
    alone = KMH * speeds_at(motion, grid)
    off = own - alone
    seconds = (grid - first) / NS_PER_S
    along = Scale(0.0, float(last - first) / NS_PER_S, 0.0, WIDTH)
    places = along.places(seconds)
    if not runs_of(np.stack([places, off], axis=1)):
        return None
    percent = attrs.evolve(along, stop=100.0)
    ticks = percent.ticks(time_step(along.high, 8), minutes)
    bands = _bands(_gaps(fused), first, percent)
    return FusionCharts(
        charts=(_speed_chart(places, own, alone), _off_chart(places, off)),
        columns=tuple(tick for tick in ticks if _EDGE < tick.place < 100.0 - _EDGE),
        extent=along.high,
        bands=bands,
        caption=words + " Shaded: no fixes." * bool(bands),
    )


def _stretch(found: Analysed, motion: Motion, t_ns: Ints, off: Floats) -> tuple[int, int, str]:
    """Return the ends of what is drawn, and in words what it is: a gap, else the best lap, else a minute."""
    gaps = () if found.fused is None else _gaps(found.fused)
    lap = next((row for row in found.valid if row.number == found.comparison.reference), None)
    if not gaps and lap is not None and lap.t_start_ns is not None and lap.t_end_ns is not None:
        return lap.t_start_ns, lap.t_end_ns, f"Lap {lap.number}, by time since the line."
    start, stop = int(motion.path.t_ns[0]), int(motion.path.t_ns[-1])
    length = min(round(_STRETCH_S * NS_PER_S), stop - start)
    middle = _most_different(t_ns, off)
    if gaps:
        longest = max(gaps, key=lambda gap: gap.end_ns - gap.start_ns)
        middle = (longest.start_ns + longest.end_ns) // 2
    first = min(max(middle - length // 2, start), stop - length)
    since = minutes((first - start) / NS_PER_S)
    return first, first + length, f"{length / NS_PER_S:.0f} s from {since} after the first position."


def _gaps(fused: Fused) -> tuple[DegradedSpan, ...]:
    """Return the gaps of the receiver that the pose bridges."""
    health = fused.health
    return () if health is None else tuple(span for span in health.degraded if span.reason == "no fixes")


def _bands(gaps: tuple[DegradedSpan, ...], first_ns: int, percent: Scale) -> tuple[Band, ...]:
    bands = []
    for gap in gaps:
        ends = ((gap.start_ns - first_ns) / NS_PER_S, (gap.end_ns - first_ns) / NS_PER_S)
        start, stop = (percent.place(min(max(end, 0.0), percent.high)) for end in ends)
        if stop > start:
            bands.append(Band("", start, round(stop - start, 2), round((start + stop) / 2, 2)))
    return tuple(bands)


def _most_different(t_ns: Ints, off: Floats) -> int:
    """Return the middle of the minute in which speeds differ most."""
    size = np.concatenate([[0.0], np.cumsum(np.where(np.isfinite(off), off, 0.0) ** 2)])
    half = round(_STRETCH_S * NS_PER_S / 2)
    until = np.searchsorted(t_ns, t_ns + half, side="right")
    since = np.searchsorted(t_ns, t_ns - half)
    return int(t_ns[np.argmax(size[until] - size[since])])


def _speed_chart(places: Floats, own: Floats, alone: Floats) -> Chart:
    known = np.concatenate([each[np.isfinite(each)] for each in (own, alone)])
    low, high = float(known.min()), float(known.max())
    step = round_step(max(high - low, 1.0), 4)
    low, high = step * math.floor(low / step), step * math.ceil(high / step + 0.15)
    top, bottom = _HEAD_PX, _HEAD_PX + _SPEED_PX
    scale = Scale(low, high, bottom, top)
    return Chart(
        name="Speed, km/h",
        quantity="speed",
        height=bottom + _FOOT_PX,
        low=low,
        high=high,
        top=top,
        bottom=bottom,
        traces=(
            _trace("receiver alone", places, scale.places(alone), "alone"),
            _trace("fused", places, scale.places(own), "reference"),
        ),
        rows=scale.ticks(step, lambda value: f"{value:.0f}" if step >= 1 else f"{value:.1f}"),
        zero=None,
        description=f"Both speeds, from {known.min():.0f} to {known.max():.0f} km/h.",
    )


def _off_chart(places: Floats, off: Floats) -> Chart:
    known = off[np.isfinite(off)]
    most = max(float(np.abs(known).max()), _LEAST_OFF_KMH)
    top, bottom = _HEAD_PX / 2, _HEAD_PX / 2 + _OFF_PX
    scale = Scale(-1.1 * most, 1.1 * most, bottom, top)
    step = round_step(2.2 * most, 4)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    usual = float(np.sqrt(np.mean(known**2)))
    return Chart(
        name="Fused less receiver alone, km/h",
        quantity="off",
        height=bottom + _FOOT_PX,
        low=scale.low,
        high=scale.high,
        top=top,
        bottom=bottom,
        traces=(_trace("difference", places, scale.places(off), "reference"),),
        rows=scale.ticks(step, lambda value: signed(value, decimals)),
        zero=scale.place(0.0),
        description=f"Difference, usually {usual:.2f} and at most {np.abs(known).max():.2f} km/h.",
    )


def _trace(name: str, places: Floats, values: Floats, style: str) -> Trace:
    return Trace(None, drawn(np.stack([places, values], axis=1)), style, name)
