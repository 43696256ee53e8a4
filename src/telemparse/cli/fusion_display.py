"""How a fusion looks to people: what the pose is, how sure of itself, and where it rests on less."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from telemparse.cli.display import grid, show_facts, show_issues
from telemparse.cli.figures import difference, rate, span
from telemparse.cli.terminal import visible
from telemparse.kernels.pose_figures import rounded_std, sureness
from telemparse.schemas.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from telemparse.analysis.fusion.outcomes import FusionHealth
    from telemparse.cli.fusion_findings import FusionFindings

__all__ = ["show_fusion"]

_INDENT = 2
_SPANS = 12
_AS_IT_IS = 1.05
_REASONS = ("FUSION", "TIME_ALIGNMENT")
_NOTE = "Positions hardly get better by fusion: it sharpens velocity, course and attitude, and bridges gaps."


def show_fusion(console: Console, label: str, found: FusionFindings, written: Path | None) -> None:
    """Print what became of the fusion of a recording, and where it was written."""
    console.print(Text(visible(label), "bold"), soft_wrap=True)
    facts = dict(_facts(found))
    show_facts(console, {**facts, "written": "" if written is None else str(written)})
    fused = found.fused
    if fused is not None and fused.ok and fused.health is not None and fused.health.degraded:
        console.print()
        console.print(Padding(_span_table(found, fused.health), (0, 0, 0, _INDENT)))
    if fused is not None and fused.ok:
        console.print(Padding(Text(_NOTE, "dim"), (1, 0, 0, _INDENT)))
    artifacts = [artifact.name for artifact in found.result.provenance.artifacts]
    show_issues(console, (*found.result.errors, *found.issues), artifacts)
    if found.result.warnings:
        count = len(found.result.warnings)
        words = f"{count} warning{'s' * (count > 1)} about the file: `telemparse parse` shows them."
        console.print()
        console.print(Padding(Text(words, "dim"), (0, 0, 0, _INDENT)))
    console.print()


def _facts(found: FusionFindings) -> Iterator[tuple[str, str]]:
    fused, pose = found.fused, found.pose
    if fused is None or pose is None:
        return
    yield "pose", _source(found)
    yield "rows", _rows(Measure.of(pose))
    yield "usually", _usually(found)
    if fused.health is not None:
        yield "clocks", _clocks(fused.health, one_clock=found.one_clock)
        yield "built in", _built_in(fused.health)
        yield "biases", _biases(fused.health)
        yield "noise", _noise(fused.health)
        if fused.health.temperature_c is not None:
            low, high = fused.health.temperature_c
            yield "unit", f"{low:.0f} to {high:.0f} °C"
        yield "outliers", f"{fused.health.outlier_pct:.1f} % of the measurements"
    if fused.onboard is not None:
        words = _rows(Measure.of(fused.onboard))
        yield "device", f"its own fused pose is kept as pose.onboard_fused: {words}"


def _source(found: FusionFindings) -> str:
    if found.fused is not None and found.fused.ok:
        return "fused from fixes and inertial samples (server_fused)"
    codes = [issue.code for issue in found.issues if issue.code.startswith(_REASONS)]
    return f"of the receiver alone (gnss_measured): {', '.join(codes)}"


def _rows(measure: Measure) -> str:
    words = f"{measure.rows:,}"
    if measure.rate_hz is not None:
        words += f" at {rate(measure.rate_hz)}"
    if measure.t_first_ns is not None and measure.t_last_ns is not None:
        words += f", {span(measure.t_last_ns - measure.t_first_ns)}"
    return words


def _usually(found: FusionFindings) -> str:
    """Return the pose's usual standard deviations; one of the receiver alone has none."""
    if found.pose is None:
        return ""
    usual = sureness(found.pose)
    each = (
        ("velocity", usual.velocity_mps, " m/s"),
        ("yaw", usual.yaw_deg, "°"),
        ("position", usual.position_m, " m"),
    )
    return ", ".join(
        f"{name} ± {rounded_std(value)}{unit}" for name, value, unit in each if value is not None
    )


def _clocks(health: FusionHealth, *, one_clock: bool) -> str:
    std = f"± {1e3 * health.offset_std_s:.1f} ms"
    if not one_clock:
        return f"of two kinds; where the fixes lie among the samples is known to {std}"
    milliseconds = 1e3 * health.offset_s
    way = "behind" if milliseconds >= 0 else "ahead of"
    return f"fixes are {abs(milliseconds):.1f} {std} {way} the samples"


def _built_in(health: FusionHealth) -> str:
    if round(health.mounting_deg) == 0:
        return "along the vehicle"
    return f"turned by {health.mounting_deg:.0f}°; the pose is the vehicle's"


def _biases(health: FusionHealth) -> str:
    forces = ", ".join(difference(value, 3) for value in health.force_bias)
    rates = ", ".join(difference(math.degrees(value), 2) for value in health.rate_bias)
    return f"forces {forces} m/s²; rates {rates} °/s (forwards, left, up)"


def _noise(health: FusionHealth) -> str:
    if health.noise_factor < _AS_IT_IS:
        return "as the samples show it"
    return f"{health.noise_factor:.1f} times what the samples show"


def _span_table(found: FusionFindings, health: FusionHealth) -> Table:
    """Return the stretches in which the pose rests on less, since the first fix."""
    heads = ("degraded from", "length", "position ±", "because")
    table = grid(*heads, right=heads[:-1])
    start_ns = Measure.of(found.result.streams["gnss_pvt"]).t_first_ns or 0
    for each in health.degraded[:_SPANS]:
        table.add_row(
            f"{(each.start_ns - start_ns) / 1e9:.1f} s",
            f"{each.seconds:.1f} s",
            f"{rounded_std(each.position_std_m)} m",
            each.reason,
        )
    _tell_of_more(table, health.degraded)
    return table


def _tell_of_more(table: Table, spans: Sequence[object]) -> None:
    if len(spans) > _SPANS:
        table.add_row("...", "", "", f"and {len(spans) - _SPANS} more: --json lists them all")
