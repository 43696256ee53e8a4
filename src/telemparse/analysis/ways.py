"""The way of a lap from gate to gate as a curve by distance: what progress is measured along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Way", "fine_stamps_ns"]

_POINTS = 1000
"""A way has at least so many points ..."""
_PIECES = 4
"""... and so many from epoch to epoch."""
_TURN_STEPS = 1.0
"""Directions are those over so many epochs to either side, which positions as measured need."""


@attrs.frozen(eq=False, kw_only=True)
class Way:
    """A curve in the plane by distance from its start.

    Args:
        s_m: distance of its points, shape (m,), in even steps from 0.
        position_m: east and north, shape (m, 2).
        along: direction of travel of length 1, shape (m, 2).
        known: False at points within a gap, which a straight line bridges, shape (m,).
    """

    s_m: Floats
    position_m: Floats
    along: Floats
    known: Mask

    @property
    def length_m(self) -> float:
        """Distance from start to end."""
        return float(self.s_m[-1])

    @property
    def step_m(self) -> float:
        """Distance from point to point."""
        return float(self.s_m[1])

    @classmethod
    def of(cls, motion: Motion, t_start_ns: int, t_end_ns: int) -> Way | None:
        """Return the way between two instants, None where the motion knows less than two places of it.

        Its length is that of the curve through the positions; no speed is integrated.
        """
        stamps = fine_stamps_ns(motion, t_start_ns, t_end_ns)
        place, _pace = motion.at(stamps)
        known = np.isfinite(place[:, 0])
        if known.sum() < 2:  # noqa: PLR2004  (places)
            return None
        place = _bridged(stamps, place, known)
        run = _run_m(place)
        if run[-1] <= 0:
            return None
        s_m = np.linspace(0.0, run[-1], len(stamps))
        epochs = max(int(np.count_nonzero(_within(motion, t_start_ns, t_end_ns))), 1)
        even = np.column_stack([np.interp(s_m, run, axis) for axis in place.T])
        near = np.interp(s_m, run, known.astype(np.float64)) > 0.5  # noqa: PLR2004  (the nearer of two)
        return cls(
            s_m=s_m,
            position_m=even,
            along=_directions(s_m, even, _TURN_STEPS * run[-1] / epochs),
            known=near,
        )

    def at(self, s_m: Floats) -> tuple[Floats, Floats]:
        """Return places and directions, each of shape (k, 2); beyond the ends the way goes straight on."""
        inside = np.clip(s_m, 0.0, self.length_m)
        along = np.column_stack([np.interp(inside, self.s_m, axis) for axis in self.along.T])
        place = np.column_stack([np.interp(inside, self.s_m, axis) for axis in self.position_m.T])
        return place + (s_m - inside)[:, None] * along, along


def fine_stamps_ns(motion: Motion, t_start_ns: int, t_end_ns: int) -> Ints:
    """Return instants from start to end, rising: both, the epochs between them, and even steps between those.

    There are at least `_PIECES` steps from epoch to epoch, more where epochs are few.
    """
    epochs = motion.path.t_ns[_within(motion, t_start_ns, t_end_ns)]
    edges = np.concatenate([[t_start_ns], epochs, [t_end_ns]])
    pieces = max(_PIECES, -(-_POINTS // (len(edges) - 1)))
    parts = np.arange(pieces) / pieces
    steps = np.diff(edges)
    between = edges[:-1, None] + np.rint(steps[:, None] * parts).astype(np.int64)
    return np.asarray(np.unique(np.append(between.ravel(), t_end_ns)))


def _within(motion: Motion, t_start_ns: int, t_end_ns: int) -> Mask:
    stamps = motion.path.t_ns
    return np.asarray((stamps > t_start_ns) & (stamps < t_end_ns))


def _bridged(stamps: Ints, place: Floats, known: Mask) -> Floats:
    """Return places with straight lines over what is not known."""
    if known.all():
        return place
    seconds = (stamps - stamps[0]) / NS_PER_S
    return np.column_stack([np.interp(seconds, seconds[known], axis[known]) for axis in place.T])


def _run_m(place: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(place, axis=0).T))])


def _directions(s_m: Floats, place: Floats, reach_m: float) -> Floats:
    """Return directions of length 1 from chords that reach to both sides of each point."""
    ahead, behind = np.minimum(s_m + reach_m, s_m[-1]), np.maximum(s_m - reach_m, 0.0)
    chord = np.column_stack([np.interp(ahead, s_m, axis) - np.interp(behind, s_m, axis) for axis in place.T])
    length = np.hypot(*chord.T)[:, None]
    return np.asarray(chord / np.where(length > 0, length, 1.0))
