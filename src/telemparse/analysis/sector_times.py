"""Sector times: from the start of a lap over its sector gates to its end."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.lap_pieces import Kind, moment_of
from telemparse.analysis.passages import passages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.analysis.lap_judging import Judged
    from telemparse.analysis.lap_rules import LapRules
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.passages import Passages
    from telemparse.analysis.smoothing.spreads import Moment
    from telemparse.model.gates import Gate

__all__ = ["SectorTime", "in_order_of_travel", "sector_times"]


@attrs.frozen(eq=False, kw_only=True)
class SectorTime:
    """One sector of one lap.

    Args:
        lap_number: in the table of laps, from 1.
        stint: index, from 0.
        index: within the lap, from 0.
        name: S1, S2, and so on.
        t_start_ns, t_end_ns: crossings of the gates at its ends.
        duration_std_s: of the time between them, None where nobody knows.
    """

    lap_number: int
    stint: int
    index: int
    name: str
    t_start_ns: int
    t_end_ns: int
    duration_std_s: float | None


def in_order_of_travel(
    motion: Motion, laps: Sequence[Judged], gates: Sequence[Gate], rules: LapRules
) -> list[tuple[Gate, Passages]]:
    """Return the sector gates that laps pass, in the order in which they do, with their passages.

    A gate that no more than half of the complete laps pass, once each, is left out.
    """
    whole = [lap.piece for lap in laps if lap.piece.kind is Kind.LAP]
    found: list[tuple[float, Gate, Passages]] = []
    for gate in gates:
        passed = passages(motion, GateLine.of(gate, motion.path.frame), rules)
        shares = []
        for lap in whole:
            inside = (passed.seen.t_ns > lap.t_start_ns) & (passed.seen.t_ns < lap.t_end_ns)
            if inside.sum() == 1:
                shares.append((passed.seen.t_ns[inside][0] - lap.t_start_ns) / lap.duration_ns)
        if 2 * len(shares) > len(whole):
            found.append((float(np.median(shares)), gate, passed))
    return [(gate, passed) for _share, gate, passed in sorted(found, key=lambda each: each[0])]


def sector_times(
    motion: Motion, laps: Sequence[Judged], gates: Sequence[tuple[Gate, Passages]]
) -> list[SectorTime]:
    """Return the sectors of complete laps, those alone whose two ends were crossed, once and in order.

    Args:
        motion: states along the path.
        laps: in the order of their table.
        gates: sector gates in order of travel, with their passages.
    """
    if not gates:
        return []
    found: list[SectorTime] = []
    for number, lap in enumerate(laps, start=1):
        piece = lap.piece
        if piece.start is None or piece.end is None:
            continue
        marks: list[tuple[int, Moment] | None] = [(piece.t_start_ns, piece.start)]
        marks += [_mark(motion, passed, piece.t_start_ns, piece.t_end_ns) for _gate, passed in gates]
        marks.append((piece.t_end_ns, piece.end))
        for index, (start, end) in enumerate(itertools.pairwise(marks)):
            if start is None or end is None or end[0] <= start[0]:
                continue
            spread = motion.spread
            found.append(
                SectorTime(
                    lap_number=number,
                    stint=piece.stint,
                    index=index,
                    name=f"S{index + 1}",
                    t_start_ns=start[0],
                    t_end_ns=end[0],
                    duration_std_s=spread.duration_std_s(start[1], end[1]) if spread is not None else None,
                )
            )
    return found


def _mark(motion: Motion, passed: Passages, t_start_ns: int, t_end_ns: int) -> tuple[int, Moment] | None:
    """Return the one crossing of a gate within a lap, None where there is none or more than one."""
    rows = np.flatnonzero((passed.seen.t_ns > t_start_ns) & (passed.seen.t_ns < t_end_ns))
    if len(rows) != 1:
        return None
    return int(passed.seen.t_ns[rows[0]]), moment_of(motion, passed, int(rows[0]))
