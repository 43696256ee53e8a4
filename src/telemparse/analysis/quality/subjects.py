"""What is judged: signals of a recording, tasks they serve, and the features that open at a score."""

from __future__ import annotations

import enum

import attrs

__all__ = ["FEATURES", "LABELS", "SUBJECTS", "UNUSABLE", "Feature", "Signal", "Task", "label_of"]


class Signal(enum.StrEnum):
    """What a recording may hold, or what analysis has made of it."""

    GNSS = "gnss"
    IMU = "imu"
    ALIGNMENT = "alignment"
    FUSION = "fusion"
    LAPS = "laps"


class Task(enum.StrEnum):
    """What a recording is used for."""

    LAP_TIMING = "lap_timing"
    RACING_LINE = "racing_line"
    SEGMENTS = "segments"
    COMPARISON = "comparison"


SUBJECTS: tuple[str, ...] = (*Signal, *Task)


@attrs.frozen
class Feature:
    """A feature that opens when a task is good enough.

    Args:
        name: as `features_available` names it.
        task: whose score counts.
        least: score from which on it is open.
        laps: complete laps that it needs, where laps were looked for.
        smoothed: it needs a smoothed motion: curvature comes from nothing else.
    """

    name: str
    task: Task
    least: int
    laps: int = 0
    smoothed: bool = False


FEATURES = (
    Feature("lap_table", Task.LAP_TIMING, 55, 1),
    Feature("racing_line", Task.RACING_LINE, 75),
    Feature("segments", Task.SEGMENTS, 75, smoothed=True),
    Feature("comparison", Task.COMPARISON, 75, 2),
)

LABELS = ((90, "Excellent"), (75, "Good"), (55, "Fair"), (35, "Poor"))
UNUSABLE = "Unusable"


def label_of(score: float) -> str:
    """Return the word for a score of 0 to 100."""
    return next((word for least, word in LABELS if score >= least), UNUSABLE)
