"""The fused pose: what it is, how the filter fared, and its speed beside that of the receiver alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.pose_figures import rounded_std, sureness
from telemparse.report.figures import KMH, minutes, rate, signed
from telemparse.report.fusion_charts import fusion_charts
from telemparse.report.readings import Finding
from telemparse.schemas.measure import Measure

if TYPE_CHECKING:
    from telemparse.analysis.fusion.outcomes import DegradedSpan, Fused, FusionHealth
    from telemparse.report.analysed import Analysed
    from telemparse.report.fusion_charts import FusionCharts

__all__ = ["FusionPart", "SpanLine", "fusion_of"]

_SPANS = 20
_AS_IT_IS = 1.05


@attrs.frozen
class SpanLine:
    """A stretch in which the pose rests on less: when, how long, why, and its largest deviation."""

    start: str
    length: str
    reason: str
    sigma: str


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
        charts=fusion_charts(found, fused),
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
        (name, f"± {rounded_std(value * factor)}{sign}", unit, "usually")
        for name, value, factor, sign, unit in told
        if value is not None
    ]
    health = fused.health
    if health is not None:
        tiles.append(("Outliers", f"{health.outlier_pct:.1f}", "%", "of the measurements"))
    return tuple(tiles)


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
        sigma=rounded_std(span.position_std_m),
    )
