"""Teleports: positions that jump farther than a vehicle can move, against what its velocity explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.moves import Moves, unexplained
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Jumps", "find_jumps", "teleports"]

# An excursion comes back within seconds, to within half of its size.
_EXCURSION_S = 5.0
_BACK_SHARE = 0.5


@attrs.frozen(eq=False, kw_only=True)
class Jumps:
    """Jumps of a path.

    Args:
        rows: True at epochs that are somewhere else, shape (n,): all of an excursion that comes back within
            5 s, and the first one after a jump that does not.
        count: excursions, and jumps that do not come back.
        largest_m: of the jumps, beyond what velocity explains; None without one.
        limit_mps: least pace from one position to the next that counted as a jump, None without one.
    """

    rows: Mask
    count: int = 0
    largest_m: float | None = None
    limit_mps: float | None = None


def teleports(path: Path) -> Mask:
    """Return True at epochs whose position a vehicle cannot have got to, shape (n,).

    A gap is no teleport: nobody knows how the vehicle got over it. Positions that repeat while the receiver
    has no new one count as one, so that catching up is none either.

    Args:
        path: with measured velocity or without; where it has none, or one that does not fit its positions,
            the pace of the epochs around tells what a jump is.
    """
    return find_jumps(path).rows


def find_jumps(path: Path) -> Jumps:
    """Return the jumps of a path: which rows, how many, how large; see `teleports`."""
    rows = np.zeros(len(path), np.bool_)
    fresh = np.ones(len(path), np.bool_)
    fresh[1:] = np.any(path.position_m[1:] != path.position_m[:-1], axis=1)
    at = np.flatnonzero(fresh)
    moves = Moves.of(path, at)
    if not moves.known.any():
        return Jumps(rows=rows)
    rest, limit = unexplained(path, moves, at)
    size = np.hypot(*rest.T)
    jump = np.flatnonzero(size > limit)
    if not len(jump):
        return Jumps(rows=rows)
    out, back, alone = _excursions(rest, path.t_ns[at] / NS_PER_S, jump)
    change = np.zeros(len(path), np.int64)
    change[at[out + 1]] = 1
    change[at[back + 1]] = -1
    rows = np.cumsum(change) > 0
    rows[at[alone + 1]] = True
    return Jumps(
        rows=rows,
        count=len(out) + len(alone),
        largest_m=float(size[jump].max()),
        limit_mps=float((np.hypot(*moves.move_m[jump].T) / moves.longest_s[jump]).min()),
    )


def _excursions(rest: Floats, t_s: Floats, jump: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the jumps that begin excursions, those that end them, and the others, as moves.

    Args:
        rest: what is unexplained of each move, shape (k, 2).
        t_s: instants of the positions, shape (k + 1,).
        jump: moves that are jumps, in order.
    """
    this, following = jump[:-1], jump[1:]
    left = np.hypot(*(rest[this] + rest[following]).T)
    size = np.hypot(*rest[jump].T)
    cancels = left <= _BACK_SHARE * np.maximum(size[:-1], size[1:])
    cancels &= t_s[following + 1] - t_s[this + 1] <= _EXCURSION_S
    # Of jumps that go to and fro every second pair is an excursion: out, back, out, back.
    order = np.arange(len(cancels))
    before = np.maximum.accumulate(np.where(cancels, -1, order)) if len(order) else order
    begins = cancels & ((order - before) % 2 == 1)
    paired = np.zeros(len(jump), np.bool_)
    paired[:-1] |= begins
    paired[1:] |= begins
    return this[begins], following[begins], jump[~paired]
