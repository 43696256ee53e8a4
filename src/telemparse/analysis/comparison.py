"""Laps beside each other: speed and time gained or lost along the way, sectors, and what could have been."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.comparison_tables import lap_table, sector_table
from telemparse.analysis.derivations import derived
from telemparse.analysis.differences import best_of, difference_of
from telemparse.analysis.joined_sectors import join_best_sectors
from telemparse.analysis.lap_rows import Ends, lap_rows, numbered
from telemparse.analysis.progress import project
from telemparse.analysis.reference_laps import choose_reference, gap_within_s
from telemparse.errors import CallError
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from telemparse.analysis.differences import BestLap, Difference
    from telemparse.analysis.joined_sectors import TheoreticalBest
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.reference_laps import Reference
    from telemparse.analysis.ways import Way
    from telemparse.kernels.arrays import Floats

__all__ = ["Comparison", "compare_laps"]

_STEPS = (200, 4000)
"""Least and most steps of a lap, unless they are asked for."""
_PER_EPOCH = 2.0


@attrs.frozen(eq=False, kw_only=True)
class Comparison:
    """Laps on one grid of progress along the way of the reference lap.

    Args:
        table: one row for each lap and step: `lap_number`, `s_m`, `t_s` since the lap's start, `speed_mps`,
            `delta_s` against the reference (positive: later than it), and `lat_deg`, `lon_deg` where asked
            for. Null where a lap has a gap or was off the way.
        sectors: sector times of these laps: `lap_number`, `sector_index`, `name`, `duration_ns`,
            `duration_std_s`, `delta_s` against the reference's, `best` of the sectors that count.
        laps: the rows that are compared, in the order asked for.
        reference: number of the reference lap, None where no lap has a way.
        s_m: the grid, shape (m,), from 0 to the length of the reference's way.
        elapsed_s: seconds since its start of each lap, shape (laps, m), NaN where unknown.
        best: the best of these laps, None where none counts.
        theoretical_best: of these laps, or the reason why there is none.
        issues: findings with registry codes.
    """

    table: pa.Table
    sectors: pa.Table
    laps: tuple[LapRow, ...]
    reference: int | None
    s_m: Floats
    elapsed_s: Floats
    best: BestLap | None
    theoretical_best: TheoreticalBest
    issues: tuple[Issue, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the laps that are compared."""
        return tuple(row.number for row in self.laps)

    def delta_s(self, first: int, second: int) -> Floats:
        """Return how much later the first lap is than the second, shape (m,), NaN where unknown.

        Of laps from line to line it is 0 at the start and exactly the difference of the lap times at the end.

        Raises CallError for a lap that is not compared.
        """
        return np.asarray(self.elapsed_s[self._place(first)] - self.elapsed_s[self._place(second)])

    def difference(self, first: int, second: int) -> Difference:
        """Return the difference of two lap times with its uncertainty, and whether it can be told.

        Raises CallError for a lap that is not compared.
        """
        return difference_of(self.laps[self._place(first)], self.laps[self._place(second)])

    def _place(self, number: int) -> int:
        if number not in self.numbers:
            raise CallError(
                f"lap {number} is not compared: {', '.join(map(str, self.numbers)) or 'none'} are"
            )
        return self.numbers.index(number)


def compare_laps(
    laps: Laps,
    numbers: Iterable[int] | None = None,
    *,
    reference: int | None = None,
    step_m: float | None = None,
    coordinates: bool = False,
) -> Comparison:
    """Return laps beside each other, by progress along the way of one of them.

    Args:
        laps: as found.
        numbers: lap numbers; all valid laps when absent. One that does not count is compared with a warning.
        reference: number of the lap that the others are measured against, which joins them; when absent the
            fastest of them that is valid, without a gap and of usual length, where there is one.
        step_m: of the grid, about, more than 0; half of what lies between two epochs when absent.
        coordinates: put `lat_deg` and `lon_deg` into the table as well.

    Raises CallError for numbers that no lap has, and for a step that is no distance.
    """
    if step_m is not None and not (math.isfinite(step_m) and step_m > 0):
        raise CallError(f"step_m must be a distance, not {step_m}")
    every = lap_rows(laps.table)
    rows = tuple(row for row in every if row.counts) if numbers is None else numbered(every, numbers)
    if reference is not None:
        rows = numbered(every, [row.number for row in rows] + [reference])
    issues = [Issue("LAP_NOT_VALID", lap=row.number, validity=row.validity, reasons=list(row.reasons))
              for row in rows if not row.counts]  # fmt: skip
    motion = laps.motion
    chosen = None
    if motion is not None:
        chosen = choose_reference(motion, rows if reference is None else numbered(rows, [reference]))
        issues += _gaps(motion, rows)
    if motion is None or chosen is None:
        grid, elapsed = np.zeros(0), np.zeros((len(rows), 0))
        issues.append(Issue("LAPS_NOT_FOUND", reason=_lack(laps, rows)))
    else:
        grid = _grid(motion, chosen, step_m)
        elapsed = np.array([_elapsed_s(motion, row, chosen.way, grid) for row in rows])
    against = None if chosen is None else chosen.row.number
    table = lap_table(motion, rows, against, grid, elapsed, coordinates=coordinates)
    theoretical = join_best_sectors(laps, rows)
    facts = {"reference_lap": against, "way_length_m": float(grid[-1]) if len(grid) else None}
    return Comparison(
        table=derived(
            table,
            "compare_laps",
            share=1.0 if table.num_rows else 0.0,
            step_m=float(grid[1]) if len(grid) else None,
            states=str(motion.method) if motion is not None else None,
            **facts,
        ),
        sectors=derived(
            sector_table(laps.sectors, rows, against, theoretical), "compare_laps", share=0.0, **facts
        ),
        laps=rows,
        reference=against,
        s_m=grid,
        elapsed_s=elapsed,
        best=best_of(every if numbers is None else rows),
        theoretical_best=theoretical,
        issues=tuple(issues),
    )


def _gaps(motion: Motion, rows: Iterable[LapRow]) -> list[Issue]:
    found = ((row.number, gap_within_s(motion, row)) for row in rows)
    return [Issue("GAP_WITHIN_LAP", lap=lap, gap_s=round(gap, 3)) for lap, gap in found if gap is not None]


def _lack(laps: Laps, rows: tuple[LapRow, ...]) -> str:
    if not len(laps):
        return "there is no lap to compare"
    if not rows:
        return "no lap is valid: name those to compare"
    return "nothing is known of where the laps went"


def _grid(motion: Motion, chosen: Reference, step_m: float | None) -> Floats:
    """Return progress in even steps from 0 to exactly the length of the way."""
    length = chosen.way.length_m
    if step_m is not None:
        steps = max(round(length / step_m), 1)
    else:
        epochs = chosen.row.seconds / motion.path.period_s
        steps = int(np.clip(round(_PER_EPOCH * epochs), *_STEPS))
    return np.linspace(0.0, length, steps + 1)


def _elapsed_s(motion: Motion, row: LapRow, way: Way, grid: Floats) -> Floats:
    """Return seconds since a lap's start at each progress: 0 first, and the lap time last."""
    elapsed = np.full(len(grid), np.nan)
    if row.t_start_ns is not None and row.t_end_ns is not None and row.t_end_ns > row.t_start_ns:
        elapsed = project(motion, row.t_start_ns, row.t_end_ns, way, row.ends).elapsed_s(grid)
    if row.ends is not Ends.END:
        elapsed[0] = 0.0
    if row.ends is not Ends.START:
        elapsed[-1] = row.seconds
    return elapsed
