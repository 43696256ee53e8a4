"""The fused pose: what it is, how the filter fared, and its speed beside that of the receiver alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.pose_figures import sureness
from telemparse.report.analysed import has_speeds, speeds_at
from telemparse.report.figures import KMH, minutes, rate, signed
from telemparse.report.polylines import drawn, runs_of
from telemparse.report.readings import Finding
from telemparse.report.scales import Scale, round_step, time_step
from telemparse.report.traces import WIDTH, Band, Chart, Trace
from telemparse.schemas.measure import Measure

if TYPE_CHECKING:
    from telemparse.analysis.fusion.outcomes import DegradedSpan, Fused, FusionHealth
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.report.analysed import Analysed
    from telemparse.report.scales import Tick

__all__ = ["FusionCharts", "FusionPart", "SpanLine", "fusion_of"]

_SPANS = 20
_STRETCH_S = 60.0
_SPEED_PX, _OFF_PX, _HEAD_PX, _FOOT_PX = 200.0, 110.0, 22.0, 24.0
_LEAST_OFF_KMH = 0.5
_EDGE = 2.5
_GRID_HZ = 20.0
_AS_IT_IS = 1.05


@attrs.frozen
class SpanLine:
    """A stretch in which the pose rests on less: when, how long, why, and its largest deviation."""

    start: str
    length: str
    reason: str
    sigma: str


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


@attrs.frozen(kw_only=True)
class FusionPart:
    """What the page tells of a fusion.

    Args:
        fused: the pose is fused, and not that of the receiver alone.
        source: what it is, in words.
        tiles: name, value, unit and note of what matters most.
        facts: name and words of how the filter fared.
        spans: stretches in which it rests on less.
        more_spans: how many are not listed.
        charts: None where there is nothing to draw.
        findings: of the fusion, why there is none first.
    """

    fused: bool
    source: str
    tiles: tuple[tuple[str, str, str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    spans: tuple[SpanLine, ...] = ()
    more_spans: int = 0
    charts: FusionCharts | None = None
    findings: tuple[Finding, ...] = ()


def fusion_of(found: Analysed) -> FusionPart | None:
    """Return what is told of a fusion, None of a recording without inertial samples or positions."""
    fused = found.fused
    if fused is None or fused.table is None:
        return None
    findings = tuple(Finding.of(issue) for issue in fused.issues)
    if not fused.ok:
        source = "The pose is that of the receiver alone."
        return FusionPart(fused=False, source=source, facts=_filtered(found, fused), findings=findings)
    spans = () if fused.health is None else fused.health.degraded
    return FusionPart(
        fused=True,
        source=_source(fused),
        tiles=_tiles(fused),
        facts=_filtered(found, fused),
        spans=tuple(_span(span, found) for span in spans[:_SPANS]),
        more_spans=max(len(spans) - _SPANS, 0),
        charts=_charts(found, fused),
        findings=findings,
    )


def _source(fused: Fused) -> str:
    hertz = "" if fused.table is None else rate(Measure.of(fused.table).rate_hz)
    own = (
        " The recording holds a pose as well that the device fused itself."
        if fused.onboard is not None
        else ""
    )
    return f"Fused from fixes and inertial samples{f', {hertz}' if hertz else ''}.{own}"


def _tiles(fused: Fused) -> tuple[tuple[str, str, str, str], ...]:
    if fused.table is None:
        return ()
    usual = sureness(fused.table)
    told = (
        ("Velocity", usual.velocity_mps, KMH, "", "km/h"),
        ("Yaw", usual.yaw_deg, 1.0, "°", ""),
        ("Position", usual.position_m, 1.0, "", "m"),
    )
    tiles = [
        (name, f"± {digits(value * factor)}{sign}", unit, "usually")
        for name, value, factor, sign, unit in told
        if value is not None
    ]
    health = fused.health
    if health is not None:
        tiles.append(("Outliers", f"{health.outlier_pct:.1f}", "%", "of the measurements"))
    return tuple(tiles)


def digits(sigma: float) -> str:
    """Return a standard deviation with two digits that count, a thousandth at the finest."""
    decimals = 3 if sigma <= 0 else min(max(1 - math.floor(math.log10(sigma)), 0), 3)
    return f"{sigma:.{decimals}f}"


def _filtered(found: Analysed, fused: Fused) -> tuple[tuple[str, str], ...]:
    """Return how the filter fared, in words; nothing where it did not run."""
    health = fused.health
    if health is None:
        return ()
    forces = ", ".join(signed(value, 3) for value in health.force_bias)
    rates = ", ".join(signed(math.degrees(value), 2) for value in health.rate_bias)
    noise, built_in = "as the samples show it", "along the vehicle"
    if health.noise_factor >= _AS_IT_IS:
        noise = f"{health.noise_factor:.1f} times what the samples show"
    if round(health.mounting_deg):
        built_in = f"turned by {health.mounting_deg:.0f}°, put right"
    outliers = () if fused.ok else (("Outliers", f"{health.outlier_pct:.1f} % of the measurements"),)
    return (
        *outliers,
        ("Clocks", _clocks(found, health)),
        ("Built in", built_in),
        ("Biases", f"forces {forces} m/s²; rates {rates} °/s (forwards, left, up)"),
        ("Noise", noise),
        ("Temperature", _temperature(health)),
        ("Innovations", _innovations(health)),
    )


def _clocks(found: Analysed, health: FusionHealth) -> str:
    streams = found.result.streams
    bases = {(streams[name].schema.metadata or {}).get(b"time_base") for name in ("gnss_pvt", "imu_accel")}
    std = f"± {1e3 * health.offset_std_s:.1f} ms"
    if len(bases) > 1:
        return f"of two kinds; where the fixes lie among the samples is known to {std}"
    milliseconds = 1e3 * health.offset_s
    way = "behind" if milliseconds >= 0 else "ahead of"
    return f"fixes are {abs(milliseconds):.1f} {std} {way} the samples"


def _temperature(health: FusionHealth) -> str:
    if health.temperature_c is None:
        return ""
    low, high = health.temperature_c
    return f"of the unit, {signed(low, 0).lstrip('+')} to {signed(high, 0).lstrip('+')} °C"


def _innovations(health: FusionHealth) -> str:
    told = ", ".join(f"{name} {value:.2f}" for name, value in health.innovation.items())
    return f"{told} (1 is as foretold, less is cautious)" if told else ""


def _span(span: DegradedSpan, found: Analysed) -> SpanLine:
    first_ns = 0 if found.motion is None else int(found.motion.path.t_ns[0])
    return SpanLine(
        start=minutes(max(span.start_ns - first_ns, 0) / NS_PER_S),
        length=f"{span.seconds:.1f} s",
        reason=span.reason,
        sigma=digits(span.position_std_m),
    )


def _charts(found: Analysed, fused: Fused) -> FusionCharts | None:
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
