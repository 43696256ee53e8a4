"""What judging a recording comes to: scores, labels, reasons and open features, as values and as words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.analysis.quality.subjects import FEATURES, Signal, Task, label_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.model.issues import Issue

__all__ = ["Quality", "Reason"]

_TOP = 5


@attrs.frozen(kw_only=True)
class Reason:
    """Why scores are what they are: what was observed, and what it took.

    Args:
        penalties: names of the rows in the table of penalties that apply.
        taken: points by signal and task that it concerns; 0 where it only tells.
        critical: nothing that it concerns may be used.
        observed: numbers that passed their thresholds, by the observation's name.
        issue: registry code, message with the observed evidence, and what the user can do.
    """

    penalties: tuple[str, ...]
    taken: Mapping[str, float]
    critical: bool = False
    observed: Mapping[str, float]
    issue: Issue

    @property
    def points(self) -> float:
        """Most points that a score lost."""
        return max(self.taken.values())

    @property
    def code(self) -> str:
        """Registry code."""
        return self.issue.code

    @property
    def remedy(self) -> str:
        """What the user can do."""
        return self.issue.hint

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as plain values, for JSON."""
        return {
            "code": self.code,
            "message": self.issue.message,
            "remedy": self.remedy,
            "penalties": list(self.penalties),
            "points": self.points,
            "taken": dict(self.taken),
            "critical": self.critical,
            "observed": dict(self.observed),
            "evidence": dict(self.issue.evidence),
        }


@attrs.frozen(kw_only=True)
class Quality:
    """Quality of a recording.

    Args:
        overall: 0 to 100, at most 10 above the lowest task; None where there is nothing to judge.
        label: word for `overall`, `Unusable` where a critical reason says so, None without a score.
        signals: score by signal, None for one that is not there.
        tasks: score by task, None for one that the recording cannot serve.
        absent: reasons of scores that are None, by signal or task; code `SIGNAL_ABSENT`.
        reasons: of the scores, the heaviest first.
        observed: each observation's number by name, None where it could not be made.
        unmeasured: why it could not, by name.
        features_available: by feature, whether it may be shown.
        feature_reasons: why a feature may not, by feature.
        table_version: of the table of penalties.
    """

    overall: float | None
    label: str | None
    signals: Mapping[str, float | None]
    tasks: Mapping[str, float | None]
    absent: Mapping[str, Issue]
    reasons: tuple[Reason, ...]
    observed: Mapping[str, float | None]
    unmeasured: Mapping[str, str]
    features_available: Mapping[str, bool]
    feature_reasons: Mapping[str, str]
    table_version: str

    @property
    def top_reasons(self) -> tuple[Reason, ...]:
        """The five heaviest reasons that count."""
        return tuple(reason for reason in self.reasons if reason.critical or reason.points)[:_TOP]

    @property
    def critical(self) -> tuple[Reason, ...]:
        """Reasons that override the numbers."""
        return tuple(reason for reason in self.reasons if reason.critical)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, for JSON."""
        return {
            "overall": self.overall,
            "label": self.label,
            "signals": dict(self.signals),
            "tasks": dict(self.tasks),
            "absent": {
                name: {"code": issue.code, "message": issue.message} for name, issue in self.absent.items()
            },
            "top_reasons": [reason.to_dict() for reason in self.top_reasons],
            "reasons": [reason.to_dict() for reason in self.reasons],
            "observed": dict(self.observed),
            "unmeasured": dict(self.unmeasured),
            "features_available": dict(self.features_available),
            "feature_reasons": dict(self.feature_reasons),
            "table_version": self.table_version,
        }

    def __str__(self) -> str:
        scores = {**self.signals, **self.tasks}
        lines = [_line("overall", self.overall, self.label or "nothing to judge")]
        for name in (*Signal, *Task):
            score = scores[name]
            words = self.absent[name].message if score is None else label_of(score)
            lines.append(_line(name, score, words))
        lines += ["", "features"]
        for feature in FEATURES:
            lines.append(f"  {feature.name:<13} {self.feature_reasons.get(feature.name, 'available')}")
        if self.top_reasons:
            lines += ["", "reasons"]
        for reason in self.top_reasons:
            weight = "critical" if reason.critical else f"-{reason.points:g}"
            lines += [f"  {weight:>8} {reason.code}: {reason.issue.message}", f"           {reason.remedy}"]
        return "\n".join(lines)


def _line(name: str, score: float | None, words: str) -> str:
    return f"{name:<13} {'-' if score is None else format(score, '.0f'):>4}  {words}"
