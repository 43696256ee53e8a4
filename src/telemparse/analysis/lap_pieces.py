"""A recording cut at its crossings: complete laps, and the pieces before the first and behind the last."""

from __future__ import annotations

import enum
import itertools
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.smoothing.spreads import Moment

if TYPE_CHECKING:
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.passages import Passages
    from telemparse.analysis.stints import Stint

__all__ = ["Kind", "Piece", "moment_of", "pieces_of"]


class Kind(enum.Enum):
    """What a piece of a stint is."""

    LAP = "from crossing to crossing"
    OUT = "from the start of the stint to the first crossing"
    IN = "from the last crossing to the end of the stint"


@attrs.frozen(eq=False, kw_only=True)
class Piece:
    """A lap or a part of one.

    Args:
        kind: of piece.
        stint: index, from 0.
        t_start_ns, t_end_ns: instants.
        first, last: epochs that lie in it.
        start, end: the crossings at its ends, None where it has none.
        in_pits: a crossing at one of its ends is like one of a pit lane.
        hidden: crossings of the line within gaps inside of it.
    """

    kind: Kind
    stint: int
    t_start_ns: int
    t_end_ns: int
    first: int
    last: int
    start: Moment | None = None
    end: Moment | None = None
    in_pits: bool = False
    hidden: int = 0

    @property
    def duration_ns(self) -> int:
        """How long it took."""
        return self.t_end_ns - self.t_start_ns


def moment_of(motion: Motion, passages: Passages, row: int) -> Moment:
    """Return a crossing as what its uncertainty is asked with."""
    seen, stamps = passages.seen, motion.path.t_ns
    epoch = int(seen.epoch[row])
    part = float((seen.t_ns[row] - stamps[epoch]) / (stamps[epoch + 1] - stamps[epoch]))
    return Moment(epoch, part, float(seen.normal_mps[row]), passages.line.normal)


def pieces_of(motion: Motion, stints: tuple[Stint, ...], passages: Passages) -> list[Piece]:
    """Return laps and parts of laps in order of time; a stint that never crosses the line gives none."""
    stamps, seen, hidden = motion.path.t_ns, passages.seen, passages.hidden
    found: list[Piece] = []
    for index, stint in enumerate(stints):
        rows = np.flatnonzero((seen.epoch >= stint.first) & (seen.epoch < stint.last)).tolist()
        if not rows:
            continue
        moments = {row: moment_of(motion, passages, row) for row in rows}
        ends: list[tuple[int | None, int, int]] = [(None, stint.first, int(stamps[stint.first]))]
        ends += [(row, int(seen.epoch[row]), int(seen.t_ns[row])) for row in rows]
        ends += [(None, stint.last, int(stamps[stint.last]))]
        for (start, first, t_start), (end, last, t_end) in itertools.pairwise(ends):
            kind = Kind.OUT if start is None else Kind.IN if end is None else Kind.LAP
            found.append(
                Piece(
                    kind=kind,
                    stint=index,
                    t_start_ns=t_start,
                    t_end_ns=t_end,
                    first=first if start is None else first + 1,
                    last=last,
                    start=None if start is None else moments[start],
                    end=None if end is None else moments[end],
                    in_pits=any(row is not None and bool(passages.in_pits[row]) for row in (start, end)),
                    hidden=int(((hidden.t_ns > t_start) & (hidden.t_ns < t_end)).sum()),
                )
            )
    return [piece for piece in found if piece.duration_ns > 0]
