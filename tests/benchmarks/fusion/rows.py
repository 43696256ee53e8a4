"""What the runs of a scenario come to, and which bars they miss."""

from __future__ import annotations

from collections import Counter

import attrs

from benchmarks.fusion.errors import Sum, errors_of, roots
from benchmarks.fusion.scenarios import Scenario

__all__ = [
    "COURSE_DEG", "INSIDE", "NEES", "SPEED_MPS", "WORSE", "YAW_DEG", "Outcome", "Precision",
    "outcome_of", "precision_of", "refuses", "shown",
]  # fmt: skip

SPEED_MPS, COURSE_DEG, YAW_DEG = 0.042, 0.30, 0.45
"""Largest RMS on the small circuit, with an M9-class receiver at 10 Hz and a unit at 100 Hz."""
NEES = (0.5, 2.0)
"""Limits of the mean normalised squared error of each degree of freedom."""
WORSE = 1.05
"""Largest RMS at the receiver's epochs, of that of the receiver alone."""
INSIDE = 0.97
"""Least share of axes within three deviations of the truth in gaps."""
_COMPARED = ("speed", "course", "position")
_BARRED = "rc_offroad"
_SPEAKING = 100


@attrs.frozen
class Precision:
    """How exact fused poses are where nothing goes wrong.

    Args:
        scenario: what was simulated.
        runs, fused: how many, and how many of them were fused.
        pose: RMS of speed, course, yaw and position at the rows of the pose: m/s, degrees, metres.
        alone: RMS of speed, course and position of the receiver alone, at its epochs.
        nees: mean normalised squared errors of `position`, `velocity`, `yaw`, and of `all` of it.
        inside: share of axes of the position within three deviations of the truth.
    """

    scenario: Scenario
    runs: int
    fused: int
    pose: dict[str, float]
    alone: dict[str, float]
    nees: dict[str, float]
    inside: float

    @property
    def line(self) -> str:
        """One line for people."""
        pose, alone, nees = self.pose, self.alone, self.nees
        return (
            f"{self.scenario.words:24s} fused {self.fused} of {self.runs}"
            f" v {pose['speed']:.4f}/{alone['speed']:.4f} c {pose['course']:.3f}/{alone['course']:.3f}"
            f" yaw {pose['yaw']:.3f} pos {pose['position']:.3f}/{alone['position']:.3f}"
            f" nees {nees['all']:.2f} p {nees['position']:.2f} v {nees['velocity']:.2f} y {nees['yaw']:.2f}"
            f" inside {self.inside:.4f} {'; '.join(self.faults)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""
        barred = self.scenario.track == _BARRED
        checks = (
            (self.fused < self.runs, "not fused"),
            (barred and not self.pose["speed"] <= SPEED_MPS, "speed above the bar"),
            (barred and not self.pose["course"] <= COURSE_DEG, "course above the bar"),
            (barred and not self.pose["yaw"] <= YAW_DEG, "yaw above the bar"),
            (not NEES[0] <= self.nees["all"] <= NEES[1], "deviations not calibrated"),
        )
        return tuple(words for missed, words in checks if missed)


@attrs.frozen
class Outcome:
    """What becomes of a scenario.

    Args:
        scenario: what was simulated.
        runs, fused: how many, and how many of them were fused.
        codes: how often each came.
        uncoded: runs that were not fused, without a code that says why.
        changed: runs that were not fused and whose pose is not the receiver's own, bit by bit.
        pose, alone: RMS of speed, course and position at the receiver's epochs, of what was handed out and
            of the receiver alone.
        covered: share of these epochs that the pose tells of.
        inside: share of axes of the position within three deviations of the truth; NaN without a fusion.
        gap_inside: the same in gaps of the receiver; NaN without any.
        grown: share of these gaps in whose middle the deviation is larger than before.
    """

    scenario: Scenario
    runs: int
    fused: int
    codes: dict[str, int]
    uncoded: int
    changed: int
    pose: dict[str, float]
    alone: dict[str, float]
    covered: float
    inside: float
    gap_inside: float
    grown: float

    @property
    def ratios(self) -> dict[str, float]:
        """RMS of what was handed out, of that of the receiver alone; without those of nothing."""
        return {name: self.pose[name] / self.alone[name] for name in _COMPARED if self.alone[name] > 0}

    @property
    def worse(self) -> tuple[str, ...]:
        """What is worse than of the receiver alone."""
        return tuple(name for name, ratio in self.ratios.items() if ratio > WORSE)

    @property
    def worst(self) -> float:
        """The largest of these."""
        return max(self.ratios.values(), default=1.0)

    @property
    def line(self) -> str:
        """One line for people."""
        figures = " ".join(f"{name[0]} {self.pose[name]:.4f}/{self.alone[name]:.4f}" for name in _COMPARED)
        codes = ", ".join(f"{code} {count}" for code, count in self.codes.items())
        return (
            f"{self.scenario.words:44s} fused {self.fused} of {self.runs} {figures} worst {shown(self.worst)}"
            f" covered {self.covered:.3f} inside {self.inside:.3f}"
            f" gaps {self.gap_inside:.3f} grown {self.grown:.2f} {codes} {'; '.join(self.faults)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""
        checks = (
            *((True, f"{name} {shown(self.ratios[name])} of the receiver's") for name in self.worse),
            (bool(self.uncoded), "no code says why"),
            (bool(self.changed), "not the receiver's own"),
            (self.gap_inside < INSIDE, "truth outside three deviations in gaps"),
            (self.grown < 1, "deviations do not grow in gaps"),
        )
        return tuple(words for missed, words in checks if missed)


def shown(ratio: float) -> str:
    """Return a ratio in words; of nearly nothing it is no number to speak of."""
    return f"{ratio:.2f}" if ratio <= _SPEAKING else f"> {_SPEAKING}"


def precision_of(scenario: Scenario, seeds: int) -> Precision:
    """Return how exact a scenario is in runs with the seeds 0, 1, and so on."""
    runs = [errors_of(scenario, seed) for seed in range(seeds)]
    return Precision(
        scenario=scenario,
        runs=len(runs),
        fused=sum(run.fused for run in runs),
        pose=roots([run.pose for run in runs if run.fused], (*_COMPARED, "yaw")),
        alone=roots([run.alone for run in runs], _COMPARED),
        nees={
            name: Sum.all(run.nees[name] for run in runs if run.fused).mean
            for name in ("position", "velocity", "yaw", "all")
        },
        inside=Sum.all(run.inside for run in runs).mean,
    )


def outcome_of(scenario: Scenario, seeds: int) -> Outcome:
    """Return what becomes of a scenario in runs with the seeds 0, 1, and so on."""
    runs = [errors_of(scenario, seed) for seed in range(seeds)]
    return Outcome(
        scenario=scenario,
        runs=len(runs),
        fused=sum(run.fused for run in runs),
        codes=dict(sorted(Counter(code for run in runs for code in set(run.codes)).items())),
        uncoded=sum(not run.fused and not any(map(refuses, run.codes)) for run in runs),
        changed=sum(not run.same for run in runs),
        pose=roots([run.at_epochs for run in runs], _COMPARED),
        alone=roots([run.alone for run in runs], _COMPARED),
        covered=Sum.all(run.covered for run in runs).mean,
        inside=Sum.all(run.inside for run in runs).mean,
        gap_inside=Sum.all(run.gap_inside for run in runs).mean,
        grown=Sum.all(run.gap_grown for run in runs).mean,
    )


def refuses(code: str) -> bool:
    """Tell whether a code says why there is no fusion."""
    return code.startswith("FUSION_") or code == "TIME_ALIGNMENT_DRIFT"
