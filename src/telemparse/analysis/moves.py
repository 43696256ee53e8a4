"""Moves from one new position of a path to the next, and what velocity leaves unexplained of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Moves", "unexplained"]

# What a jump must exceed beyond the move that velocity explains. From one epoch to the next a receiver's
# noise is far below a metre, a telephone's that changes its satellites a few metres; a path that is coarser
# says so itself, by the median. Half of the explained move is for units and filters that are a little wrong;
# brakes and grip act for as long as a velocity is older than its position, or taken from the neighbours.
_FLOOR_M = 8.0
_NOISE_FACTOR = 10.0
_VELOCITY_SHARE = 0.5
_ACCELERATION_MPS2 = 15.0
_VELOCITY_AGE_S = 0.15
_NEIGHBOURS = 3
_SLOWEST_MPS = 3.0
# A measured velocity is believed that explains half of the usual move, and all but a tenth of the moves.
_EXPLAINED_SHARE = 0.5
_JUMP_SHARE = 0.1


@attrs.frozen(eq=False, kw_only=True)
class Moves:
    """Moves from each new position to the next, all of shape (k, ...).

    Args:
        move_m: east and north.
        longest_s: from the first epoch at the old position, at most the longest step that is no gap.
        known: not across a gap.
    """

    move_m: Floats
    longest_s: Floats
    known: Mask

    @classmethod
    def of(cls, path: Path, at: Ints) -> Moves:
        """Return the moves between the rows `at` of a path, where positions are new."""
        stamps, here = path.t_ns, at[1:]
        shortest = (stamps[here] - stamps[here - 1]) / NS_PER_S
        whole = (stamps[here] - stamps[at[:-1]]) / NS_PER_S
        return cls(
            move_m=np.diff(path.position_m[at], axis=0),
            longest_s=np.minimum(whole, max(path.gap_s, 0.0)),
            known=shortest <= path.gap_s,
        )

    def beyond(
        self, velocity_mps: Floats, age_s: Floats | float, most_mps: float = float("inf")
    ) -> tuple[Floats, Floats]:
        """Return what a velocity leaves unexplained, shape (k, 2), and the limit for it, shape (k,).

        Args:
            velocity_mps: east and north, shape (k, 2), NaN where unknown.
            age_s: by how much it may be older than the move.
            most_mps: it cannot have changed by more.
        """
        square = np.maximum((velocity_mps**2).sum(axis=1), 1e-12)
        along = (self.move_m * velocity_mps).sum(axis=1) / square
        # A position may be late, so that the vehicle seems to stand; the next one then catches up.
        late = self.longest_s - np.clip(along, 0.0, self.longest_s)
        allowed = self.longest_s.copy()
        allowed[1:] += np.where(self.known, late, self.longest_s)[:-1]
        lasted = np.clip(along, 0.0, allowed)
        rest = np.where(self.known[:, None], self.move_m - velocity_mps * lasted[:, None], np.nan)
        changed = np.minimum(_ACCELERATION_MPS2 * (age_s + self.longest_s / 2), most_mps)
        return rest, _VELOCITY_SHARE * np.sqrt(square) * lasted + changed * self.longest_s

    def neighbours_mps(self) -> Floats:
        """Return the usual velocity of the moves around each, itself among them, shape (k, 2)."""
        pace = self.move_m / self.longest_s[:, None]
        # A gap has the pace of what comes before it, or of what comes first.
        usable = np.maximum.accumulate(np.where(self.known, np.arange(len(pace)), -1))
        pace = pace[np.where(usable < 0, int(np.argmax(self.known)), usable)]
        padded = np.pad(pace, ((_NEIGHBOURS, _NEIGHBOURS), (0, 0)), mode="edge")
        around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1, axis=0)
        return np.asarray(np.median(around, axis=-1))


def unexplained(path: Path, moves: Moves, at: Ints) -> tuple[Floats, Floats]:
    """Return what velocity leaves unexplained of each move, shape (k, 2), and the limit for it, shape (k,).

    Measured velocity explains it where there is one that is believed, else the moves around. NaN across gaps.

    Args:
        path: of the positions.
        moves: between them, k of them.
        at: rows of the path where positions are new, shape (k + 1,).
    """
    first, second = path.velocity_mps[at[:-1]], path.velocity_mps[at[1:]]
    rest, limit = moves.beyond((first + second) / 2, _VELOCITY_AGE_S)
    limit += np.hypot(*(second - first).T) / 2 * moves.longest_s
    size = np.hypot(*rest.T)
    told = np.isfinite(size)
    if told.any():
        limit += _floor_m(size[told])
        usual = np.median(np.hypot(*moves.move_m[told].T))
        believed = np.median(size[told]) <= _EXPLAINED_SHARE * usual
        if not believed or (size > limit).sum() > _JUMP_SHARE * told.sum():
            told[:] = False
    blind = moves.known & ~told
    if blind.any():
        pace = moves.neighbours_mps()
        # What is slow at all times turns and brakes little: from full pace to as much backwards.
        most = 2 * float(np.hypot(*pace.T).max()) + _SLOWEST_MPS
        other, allowed = moves.beyond(pace, _NEIGHBOURS * moves.longest_s, most)
        allowed += _floor_m(np.hypot(*other[moves.known].T))
        rest, limit = np.where(told[:, None], rest, other), np.where(told, limit, allowed)
    return rest, limit


def _floor_m(size_m: Floats) -> float:
    return max(_FLOOR_M, _NOISE_FACTOR * float(np.median(size_m)))
