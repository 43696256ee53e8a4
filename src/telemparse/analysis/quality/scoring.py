"""Scores of a recording: observations weighed by a table of penalties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.analysis.quality.outcomes import Quality, Reason
from telemparse.analysis.quality.penalties import Charge
from telemparse.analysis.quality.penalty_tables import PenaltyTable
from telemparse.analysis.quality.recordings import Recording
from telemparse.analysis.quality.subjects import FEATURES, UNUSABLE, Signal, Task, label_of
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.fusion.outcomes import Fused
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.quality.observed import Observed
    from telemparse.analysis.quality.penalties import Penalty
    from telemparse.analysis.quality.subjects import Feature
    from telemparse.model.results import ParseResult

__all__ = ["judge", "score"]

_FULL = 100.0
_ABOVE_LOWEST = 10.0


def score(
    source: ParseResult | pa.Table,
    *,
    laps: Laps | None = None,
    fused: Fused | None = None,
    table: PenaltyTable | None = None,
) -> Quality:
    """Return the quality of a recording: scores, reasons, and the features that it is good enough for.

    Args:
        source: a result, or one stream of it (`gnss_pvt`, `imu_accel`, `imu_gyro`, `pose` or `laps`).
        laps: found in it; without them a device's own laps count.
        fused: what a fusion of it came to; without one the device's own pose counts.
        table: of penalties, the default one when absent.

    Raises CallError for what is neither a result nor such a stream.
    """
    recording = Recording.of(source, laps, fused)
    return judge(recording.observations(), recording.absences(), table or PenaltyTable.default())


def judge(
    observations: Mapping[str, Observed], absences: Mapping[Signal, str], table: PenaltyTable
) -> Quality:
    """Return the quality that follows from observations.

    Args:
        observations: by name.
        absences: why signals are not there, of those that are not.
        table: of penalties.
    """
    reasons = _reasons(observations, table)
    absent = _absent(absences)
    scores = {name: None if name in absent else _score(name, reasons) for name in (*Signal, *Task)}
    tasks = {str(task): scores[task] for task in Task}
    signals = {str(signal): scores[signal] for signal in Signal}
    overall = _overall([*tasks.values()], [*signals.values()])
    critical = any(reason.critical for reason in reasons)
    shut = {}
    for feature in FEATURES:
        reached = tasks[feature.task]
        concerning = [reason for reason in reasons if feature.task in reason.taken]
        why = absent[feature.task].message if reached is None else _refusal(feature, reached, concerning)
        why = why or _too_few(feature, observations.get("laps_complete"))
        why = why or _unsmoothed(feature, observations.get("motion_unsmoothed"))
        if why:
            shut[feature.name] = why
    return Quality(
        overall=overall,
        label=None if overall is None else UNUSABLE if critical else label_of(overall),
        signals=signals,
        tasks=tasks,
        absent=absent,
        reasons=reasons,
        observed={name: observed.value for name, observed in observations.items()},
        unmeasured={name: seen.missing for name, seen in observations.items() if seen.value is None},
        features_available={feature.name: feature.name not in shut for feature in FEATURES},
        feature_reasons=shut,
        table_version=table.version,
    )


def _reasons(observations: Mapping[str, Observed], table: PenaltyTable) -> tuple[Reason, ...]:
    """Return the reasons, the heaviest first; rows that say the same in the same words are one."""
    groups: dict[tuple[str, bool], list[tuple[Penalty, Observed, Issue]]] = {}
    for row in table.rows:
        observed = observations.get(row.observation)
        if observed is not None and row.applies(observed):
            issue = Issue(row.code, **observed.evidence)
            key = (f"{issue.code}: {issue.message}", row.charge is Charge.CRITICAL)
            groups.setdefault(key, []).append((row, observed, issue))
    reasons = [_reason(group, critical=critical) for (_words, critical), group in groups.items()]
    return tuple(sorted(reasons, key=lambda reason: (not reason.critical, -reason.points, reason.penalties)))


def _reason(group: list[tuple[Penalty, Observed, Issue]], *, critical: bool) -> Reason:
    taken: dict[str, float] = {}
    for row, observed, _issue in group:
        points = 0.0 if critical else row.points_of(observed)
        taken.update({name: taken.get(name, 0.0) + points for name in row.concerns})
    return Reason(
        penalties=tuple(row.name for row, _observed, _issue in group),
        taken=taken,
        critical=critical,
        observed={row.observation: observed.value or 0.0 for row, observed, _issue in group},
        issue=group[0][2],
    )


def _absent(absences: Mapping[Signal, str]) -> dict[str, Issue]:
    """Return the reasons of scores that are None: of signals, and of tasks that nothing there can serve."""
    absent = {
        str(signal): Issue("SIGNAL_ABSENT", signal=str(signal), reason=reason)
        for signal, reason in absences.items()
    }
    if Signal.GNSS in absences:
        reason = absences[Signal.GNSS]
        without = [task for task in Task if task is not Task.LAP_TIMING or Signal.LAPS in absences]
        absent |= {str(task): Issue("SIGNAL_ABSENT", signal=str(task), reason=reason) for task in without}
    return absent


def _score(name: str, reasons: tuple[Reason, ...]) -> float:
    return max(_FULL - sum(reason.taken.get(name, 0.0) for reason in reasons), 0.0)


def _overall(tasks: list[float | None], signals: list[float | None]) -> float | None:
    """Return the mean of the tasks, at most 10 above the lowest; without tasks the lowest signal."""
    served = [task for task in tasks if task is not None]
    if served:
        return min(sum(served) / len(served), min(served) + _ABOVE_LOWEST)
    return min((signal for signal in signals if signal is not None), default=None)


def _refusal(feature: Feature, reached: float, concerning: list[Reason]) -> str:
    """Return why a task's score shuts a feature, empty where it does not."""
    critical = [reason for reason in concerning if reason.critical]
    if critical:
        return f"{critical[0].code}: {critical[0].issue.message}"
    if reached < feature.least:
        codes = dict.fromkeys(reason.code for reason in concerning if reason.taken[feature.task])
        return f"{feature.task} is {reached:g}, below {feature.least}: {', '.join(codes)}"
    return ""


def _too_few(feature: Feature, complete: Observed | None) -> str:
    """Return which laps a feature lacks, where somebody looked for laps."""
    if complete is None or (complete.value or 0) >= feature.laps:
        return ""
    needed = f", of {feature.laps} that it needs" if complete.value else ""
    return f"LAPS_NOT_FOUND: {complete.evidence['reason']}{needed}"


def _unsmoothed(feature: Feature, unsmoothed: Observed | None) -> str:
    """Return why there is no motion that a feature could come from, where laps were looked for."""
    if not feature.smoothed or unsmoothed is None or not unsmoothed.value:
        return ""
    return f"SEGMENTS_NOT_FOUND: {unsmoothed.evidence['reason']}"
