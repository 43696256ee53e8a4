"""The panel of quality: scores with words, the reasons behind them, and what they allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.analysis.quality.subjects import FEATURES, UNUSABLE, Signal, Task, label_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.analysis.quality.outcomes import Quality
    from telemparse.model.issues import Issue

__all__ = ["FeatureLine", "Panel", "ReasonLine", "ScoreLine", "panel_of"]

_NAMES = {
    "gnss": "Positions (GNSS)",
    "imu": "Inertial sensors",
    "alignment": "Alignment",
    "fusion": "Fused pose",
    "laps": "Laps",
    "lap_timing": "Lap timing",
    "racing_line": "Racing line",
    "segments": "Segments",
    "comparison": "Comparison",
    "lap_table": "Lap table",
}


@attrs.frozen
class ScoreLine:
    """One score.

    Args:
        name: of signal or task.
        score: 0 to 100, None where there is none.
        label: word for it; without a score why.
    """

    name: str
    score: int | None
    label: str


@attrs.frozen(kw_only=True)
class ReasonLine:
    """Why scores are what they are.

    Args:
        code: of the registry.
        message: what was observed.
        remedy: what the user can do.
        weight: points that it took, or that nothing may be used; empty where it only tells.
        concerns: which scores, in words.
        critical: it overrides the numbers.
    """

    code: str
    message: str
    remedy: str
    weight: str
    concerns: str
    critical: bool


@attrs.frozen
class FeatureLine:
    """A feature: whether it may be used, and why not."""

    name: str
    available: bool
    reason: str


@attrs.frozen(kw_only=True)
class Panel:
    """All that quality says.

    Args:
        overall: 0 to 100, None where there is nothing to judge.
        label: word for it.
        level: `good`, `fair` or `poor` for the colour, `none` without a score.
        signals, tasks: scores.
        reasons: the heaviest first.
        features: what may be used.
        table_version: of the table of penalties.
    """

    overall: int | None
    label: str
    level: str
    signals: tuple[ScoreLine, ...]
    tasks: tuple[ScoreLine, ...]
    reasons: tuple[ReasonLine, ...]
    features: tuple[FeatureLine, ...]
    table_version: str


def panel_of(quality: Quality) -> Panel:
    """Return the panel of a recording's quality."""
    return Panel(
        overall=None if quality.overall is None else int(quality.overall),
        label=quality.label or "Nothing to judge",
        level=level_of(None if quality.label == UNUSABLE and quality.overall is None else quality.overall),
        signals=tuple(_line(name, quality.signals, quality.absent) for name in Signal),
        tasks=tuple(_line(name, quality.tasks, quality.absent) for name in Task),
        reasons=tuple(
            ReasonLine(
                code=reason.code,
                message=reason.issue.message,
                remedy=reason.remedy,
                weight="critical" if reason.critical else f"{reason.points:g}" if reason.points else "",
                concerns=", ".join(_NAMES.get(name, name) for name in reason.taken),
                critical=reason.critical,
            )
            for reason in quality.reasons
        ),
        features=tuple(
            FeatureLine(
                _NAMES.get(feature.name, feature.name),
                quality.features_available[feature.name],
                quality.feature_reasons.get(feature.name, "").removeprefix(f"no {feature.task} to judge: "),
            )
            for feature in FEATURES
        ),
        table_version=quality.table_version,
    )


def level_of(score: float | None) -> str:
    """Return the word of the style sheet for a score."""
    if score is None:
        return "none"
    return {"Excellent": "good", "Good": "good", "Fair": "fair"}.get(label_of(score), "poor")


def _line(name: str, scores: Mapping[str, float | None], absent: Mapping[str, Issue]) -> ScoreLine:
    score = scores[name]
    if score is None:
        return ScoreLine(_NAMES[name], None, str(absent[name].evidence["reason"]))
    return ScoreLine(_NAMES[name], int(score), label_of(score))
