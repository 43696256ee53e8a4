"""Whether a fusion may be handed out, and how the filter fared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.analysis.fusion.outcomes import DegradedSpan, FusionHealth
from telemparse.analysis.fusion.sightings import Kind
from telemparse.analysis.fusion.states import OFFSET
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.analysis.fusion.attempts import Attempt
    from telemparse.analysis.fusion.conditioning import Conditioned
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.paths import Path

__all__ = ["degraded_spans", "health_of", "verdict"]

_OUTLIER_2 = 25.0
_MOST_FACTOR, _MOST_SURPRISE, _MOST_OUTLIERS_PCT = 5.0, 3.0, 15.0
_MOST_OFFSET_S, _MOST_OFFSET_STD_S = 0.6, 0.03
_MOST_APART = 6.0
_MOST_FORCE_BIAS, _MOST_RATE_BIAS, _MOST_SCALE = 2.5, 0.4, 0.2
"""Beyond these, m/s2, rad/s and a share, a unit is not off: it is no witness of this drive."""


def verdict(tried: Attempt, motion: Motion) -> Issue | None:
    """Return why a fusion must not be handed out, None where it may."""
    return next(_doubts(tried, motion), None)


def _doubts(tried: Attempt, motion: Motion) -> Iterator[Issue]:
    found, path = tried.found, tried.found.trajectory
    if not (np.isfinite(path.position_m).all() and np.isfinite(found.covariance).all()):
        yield Issue("FUSION_DIVERGED", share_pct=100.0, reason="not a number")
    outliers = round(_outlier_pct(tried), 1)
    if not found.settled:
        yield Issue("FUSION_DIVERGED", share_pct=outliers, reason="no trajectory stands")
    surprise = _surprise(tried, Kind.PACE)
    if found.factor > _MOST_FACTOR or outliers > _MOST_OUTLIERS_PCT or surprise > _MOST_SURPRISE:
        factor, innovation = round(found.factor, 2), round(surprise, 2)
        yield Issue("FUSION_DIVERGED", share_pct=outliers, noise_factor=factor, innovation=innovation)
    absurd = _absurd(tried)
    if absurd:
        yield Issue("FUSION_DIVERGED", share_pct=outliers, reason=absurd)
    apart = float(np.median(path.offset_s)) - tried.shift_s
    std = float(np.sqrt(np.median(found.covariance[:, OFFSET, OFFSET])))
    if abs(apart) > _MOST_OFFSET_S or std > _MOST_OFFSET_STD_S:
        reason = f"fixes are {1e3 * apart:.0f} ms from the samples, give or take {1e3 * std:.0f} ms"
        yield Issue("TIME_ALIGNMENT_DRIFT", reason=reason)
    far = _apart(tried, motion)
    if far > _MOST_APART:
        yield Issue("FUSION_DIVERGED", share_pct=outliers, apart=round(far, 1))


def _absurd(tried: Attempt) -> str:
    """Return what the unit would have to be off by, where no unit is; empty else."""
    path = tried.found.trajectory
    for values, most, words in (
        (path.force_bias, _MOST_FORCE_BIAS, "forces would be off by {:.1f} m/s2"),
        (path.rate_bias, _MOST_RATE_BIAS, "rates would be off by {:.2f} rad/s"),
        (path.scale, _MOST_SCALE, "forces or rates would be off by {:.2f} of their size"),
    ):
        largest = float(np.median(np.abs(values), axis=0).max())
        if largest > most:
            return words.format(largest)
    return ""


def _apart(tried: Attempt, motion: Motion) -> float:
    """Return how far fused velocities are from those of the receiver alone, in its usual deviations."""
    nodes, path = tried.nodes, tried.found.trajectory
    swing = np.einsum("kij,kj->ki", path.attitude, tried.found.arm.swing_mps)
    antenna = (path.velocity_mps + swing)[nodes.fix, :2]
    off = antenna - motion.velocity_mps[np.clip(nodes.epoch, 0, len(motion) - 1)]
    noise = motion.parameters.get("noise") or {}
    usual = float(noise.get("velocity_mps") or 0.1)
    return float(np.median(np.hypot(*off.T)) / usual) if str(motion.method) == "smoothed" else 0.0


def _outlier_pct(tried: Attempt) -> float:
    innovation_2 = tried.found.innovation_2
    return float(100 * (innovation_2 > _OUTLIER_2).mean()) if len(innovation_2) else 0.0


def _surprise(tried: Attempt, kind: Kind) -> float:
    mine = tried.found.seen.kind == kind
    return float(np.minimum(tried.found.innovation_2[mine], _OUTLIER_2).mean()) if mine.any() else 0.0


def health_of(tried: Attempt, ready: Conditioned, spans: tuple[DegradedSpan, ...]) -> FusionHealth:
    """Return how the filter fared."""
    found, path = tried.found, tried.found.trajectory
    kinds = [kind for kind in Kind if (found.seen.kind == kind).any()]

    def triple(values: np.ndarray) -> tuple[float, float, float]:
        first, second, third = (float(each) for each in values)
        return first, second, third

    return FusionHealth(
        innovation={kind.name.lower(): _surprise(tried, kind) for kind in kinds},
        outlier_pct=_outlier_pct(tried),
        noise_factor=found.factor,
        force_noise=float(found.noise.force or 0.0),
        rate_noise=float(found.noise.rate or 0.0),
        force_bias=triple(path.force_bias[-1]),
        rate_bias=triple(path.rate_bias[-1]),
        scale=triple(path.scale[-1]),
        offset_s=float(np.median(path.offset_s)) - tried.shift_s - ready.later_s,
        offset_std_s=float(np.sqrt(np.median(found.covariance[:, OFFSET, OFFSET]))),
        mounting_deg=ready.mounting.turned_deg,
        temperature_c=ready.temperature_c,
        degraded=spans,
    )


def degraded_spans(tried: Attempt, path: Path) -> tuple[DegradedSpan, ...]:
    """Return gaps of the receiver, and spans in which samples are missing or at their limit."""
    nodes, found = tried.nodes, tried.found
    silent, blind = tried.unit.silent(nodes.t_s), tried.unit.blind(nodes.t_s)
    # A fix may stand a moment before the first sample, or behind the last one.
    silent[[0, -1]] &= blind[[0, -1]]
    spans = []
    for reason, rows in (
        ("no fixes", nodes.far(path.gap_s)),
        ("samples missing or at their limit", np.append(silent, False) | np.append(False, silent)),
    ):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.view(np.int8), [0]])))
        for first, last in edges.reshape(-1, 2).tolist():
            inner = slice(max(first - 1, 0), min(last + 1, len(nodes)))
            stamps = nodes.t_s[inner]
            variance = np.einsum("kii->ki", found.covariance[inner, :2, :2])
            start, end = (tried.unit.zero_ns + round(float(each) * 1e9) for each in (stamps[0], stamps[-1]))
            spans.append(
                DegradedSpan(
                    start_ns=start, end_ns=end, reason=reason, position_std_m=float(np.sqrt(variance.max()))
                )
            )
    return tuple(sorted(spans, key=lambda span: span.start_ns))
