"""The page docs/fusion-accuracy.md: what the bars are, what is met, every scenario, and real recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np

from benchmarks.fusion.ordinary import FAST_MPS, Ordinary
from benchmarks.fusion.outages import Outages
from benchmarks.fusion.recordings import Recorded
from benchmarks.fusion.rows import (
    COURSE_DEG,
    INSIDE,
    NEES,
    SPEED_MPS,
    WORSE,
    YAW_DEG,
    Outcome,
    Precision,
    shown,
)
from benchmarks.fusion.tables import (
    Cells,
    gap_cells,
    grid,
    nees_cells,
    ordinary_cells,
    outages_cells,
    outcome_cells,
    precision_cells,
    receiver_cells,
    recorded_cells,
    trouble_cells,
    unit_cells,
)

__all__ = ["Reality", "page"]

Reality: TypeAlias = tuple[Sequence[Ordinary], Sequence[Outages], Sequence[Recorded]]
"""The real drive with other receivers' errors and with outages, and all recordings."""

_HEAD = """# Accuracy of fused poses

This page is written by `nox -s accuracy`, where `TELEMPARSE_CORPUS` names a folder of real recordings
(`-- --only fusion` leaves out the lap times). Simulated runs come from `telemparse.testing.simulate`: a
receiver, and an inertial unit of six axes at 100 Hz. `fuse` is told nothing of either: how the unit is built
in, its biases, the clocks and all noise are found in the recording. Errors are root mean squares; those of
course and yaw count while the car moves faster than 2 m/s, and those of position are distances.

- **fused**: the pose of `fuse`, at its own rows in the first table, else at the receiver's epochs.
- **alone**: the receiver alone, `smooth`, at its epochs.
- **NEES**: mean square of error over standard deviation, for each degree of freedom while moving; 1 is true,
  less is cautious. A pose has no covariances between position, velocity and yaw: they are added up, over five
  degrees of freedom.

The absolute position hardly gets better by fusion: the slow error of a receiver, a metre, is beyond what any
unit tells.
"""

_BARS = """
## Bars

{bars}

{faults}
"""

_PLAIN = """
## Nothing goes wrong

M9-class receiver at 10 Hz, {seeds} runs of each circuit. *Within* is the share of axes of the position that
lie within three standard deviations of the truth.

{rows}

{nees}
"""

_OUTCOMES = """
## {title}

What is not fused is the receiver's own pose, and a code says why; *worst* is the largest of the three ratios
of fused to alone, at the same epochs. *Covered* is the share of epochs that the pose tells of.

{rows}
"""

_GAPS = """
## Gaps of the receiver

Of the rows above, those with gaps longer than a second in which the unit goes on: the share of axes of the
position within three standard deviations of the truth, in the gaps, and the share of gaps in whose middle the
standard deviation of the velocity (with RTK that of the position, too) is larger than before. A receiver that
wanders by a metre is averaged from both ends of a short gap: there the deviation of the position may fall.

{rows}
"""

_DRIVE = """
## A real drive

A car on roads, nine minutes: a cheap unit at 100 Hz with a clock of its own, beside a solution with fixed
ambiguities at 4 Hz, exact to centimetres, which smoothed is the reference. No second receiver was on board:
the errors of ordinary ones, as they are simulated, are added to the reference. Course counts faster than
{fast:.0f} m/s: the velocities of the solution are means over a quarter of a second, and in slow bends its
course is no truth.

{ordinary}

Outages cut into the exact fixes, one a minute: distances from the fixes that were taken away, of the pose and
of two ways to go on without a unit, straight lines and cubics with the smoothed velocities at both ends.

{outages}
"""

_RECORDINGS = """
## Real recordings

What `fuse` makes of recordings with an inertial unit, as they come: the pose, codes, and where it is fused
how far speed and course are from those of the receiver alone (RMS, faster than 2 m/s); nobody knows which of
the two is right.

{rows}
"""


def page(precisions: Sequence[Precision], outcomes: Sequence[Outcome], reality: Reality) -> str:
    """Return the whole page as Markdown."""
    ordinary, outages, recordings = reality
    units = [row for row in outcomes if row.scenario.unit]
    troubled = [row for row in outcomes if row.scenario.trouble]
    plain = [row for row in outcomes if row not in units and row not in troubled]
    gaps = [row for row in outcomes if np.isfinite(row.gap_inside)]
    bars, faults = grid(_bars(precisions, outcomes, outages)), _faults(precisions, outcomes, reality)
    return (
        _HEAD
        + _BARS.format(bars=bars, faults=faults)
        + _PLAIN.format(
            seeds=precisions[0].runs,
            rows=grid(map(precision_cells, precisions)),
            nees=grid(map(nees_cells, precisions)),
        )
        + _outcomes("Receivers and rates", plain, receiver_cells)
        + _outcomes("Something goes wrong with drive or fixes", troubled, trouble_cells)
        + _outcomes("Something is wrong with the unit", units, unit_cells)
        + _GAPS.format(rows=grid(map(gap_cells, gaps)))
        + _DRIVE.format(
            fast=FAST_MPS,
            ordinary=grid(map(ordinary_cells, ordinary)),
            outages=grid(map(outages_cells, outages)),
        )
        + _RECORDINGS.format(rows=grid(map(recorded_cells, recordings)))
    )


def _bars(
    precisions: Sequence[Precision], outcomes: Sequence[Outcome], outages: Sequence[Outages]
) -> Iterable[Cells]:
    own = next(row for row in precisions if row.scenario.track == "rc_offroad").pose
    worst = max(outcomes, key=lambda row: row.worst)
    held = sum(not row.worse for row in outcomes)
    inside = np.nanmin([row.gap_inside for row in outcomes])
    cut = min(row.inside for row in outages)
    limits = f"{NEES[0]} to {NEES[1]}"
    for what, measured, bar in (
        ("rc_offroad, M9 at 10 Hz: speed", f"{own['speed']:.3f} m/s", f"{SPEED_MPS} m/s"),
        ("rc_offroad, M9 at 10 Hz: course", f"{own['course']:.2f}°", f"{COURSE_DEG:.2f}°"),
        ("rc_offroad, M9 at 10 Hz: yaw", f"{own['yaw']:.2f}°", f"{YAW_DEG:.2f}°"),
        *((f"{row.scenario.track}: NEES of all", f"{row.nees['all']:.2f}", limits) for row in precisions),
        (f"no worse than {WORSE} of the receiver alone", f"{held} of {len(outcomes)}", "all"),
        (f"the worst, {worst.scenario.words}", shown(worst.worst), f"{WORSE}"),
        ("within three deviations in simulated gaps, the least", f"{inside:.3f}", f"{INSIDE}"),
        ("the same in outages of the real drive", f"{cut:.3f}", f"{INSIDE}"),
    ):
        yield {"what": what, "measured": measured, "bar": bar}


def _faults(precisions: Sequence[Precision], outcomes: Sequence[Outcome], reality: Reality) -> str:
    ordinary, outages, recordings = reality
    named = [
        *((row.scenario.words, row.faults) for row in (*precisions, *outcomes)),
        *((f"the drive, {row.words}", row.faults) for row in ordinary),
        *((f"the drive, outages of {row.seconds} s", row.faults) for row in outages),
        *((row.name, row.faults) for row in recordings),
    ]
    missed = "\n".join(f"- {words}: {', '.join(faults)}" for words, faults in named if faults)
    return f"Missed:\n\n{missed}" if missed else "Missed: nothing."


def _outcomes(title: str, rows: Sequence[Outcome], where: Callable[[Outcome], Cells]) -> str:
    cells = [{**where(row), **outcome_cells(row)} for row in rows]
    return _OUTCOMES.format(title=title, rows=grid(cells))
