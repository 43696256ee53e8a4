"""Progress of a lap along the way of another one, by places and never by the distance of its speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.lap_rows import Ends
from telemparse.analysis.way_search import WINDOWS, Places, feet_on, filled, risen, searched
from telemparse.analysis.ways import fine_stamps_ns
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.ways import Way
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Progress", "project"]

_ALIKE = (0.4, 1.6)
"""A lap is about as long as the way: one of twice its length missed the line, and is two."""
_LOOKS = 4000
"""Places of a lap that are searched for; between them progress is guessed along a line."""
_MOSTLY = 0.5
"""A lap of which less than this share was on the way is none along it."""
_WILD = 2.0
"""Speeds above so many times the nearly highest one are none."""
_EASE = 0.05
"""What is left at the gate is eased out over this share of the way."""


@attrs.frozen(eq=False, kw_only=True)
class Progress:
    """How far along a way a lap is at instants from its start to its end.

    Args:
        t_ns: instants, shape (m,), strictly rising: the epochs of the lap, and steps between them.
        s_m: progress, shape (m,), never falling; exactly 0 at a start and the way's length at an end that lie
            on the line.
        offset_m: place beside the way, shape (m,), left is positive; NaN within gaps.
        known: False within gaps of the lap and of the way, and where the lap was not found near the way:
            progress is bridged there.
        epoch: True at epochs, shape (m,).
    """

    t_ns: Ints
    s_m: Floats
    offset_m: Floats
    known: Mask
    epoch: Mask

    def elapsed_s(self, s_m: Floats) -> Floats:
        """Return seconds since the start at which progress is first so far, NaN where that is not known.

        Args:
            s_m: rising, from 0 to the length of the way, shape (k,).
        """
        length = self.s_m[-1]
        first = np.concatenate([[True], self.s_m[1:] > self.s_m[:-1]])
        first[self.s_m >= length] = False
        first[-1] = True
        seconds = (self.t_ns - self.t_ns[0]) / NS_PER_S
        elapsed = np.interp(s_m, self.s_m[first], seconds[first])
        left = np.clip(np.searchsorted(self.s_m[first], s_m, side="right") - 1, 0, max(first.sum() - 2, 0))
        known = self.known[first]
        right = np.minimum(left + 1, len(known) - 1)
        inside = known[left] & known[right] & (s_m >= self.s_m[0]) & (s_m <= length)
        inside |= (s_m == self.s_m[0]) | (s_m == length)
        return np.where(inside, elapsed, np.nan)


def project(motion: Motion, t_start_ns: int, t_end_ns: int, way: Way, ends: Ends = Ends.BOTH) -> Progress:
    """Return the progress of a lap along a way.

    The search starts from the distance that the lap's own speed makes, scaled to the way, and looks for the
    nearest place of the same direction within windows around it; that only says where to look. Then the foot
    of each place on the way is found, and what does not rise is levelled. Progress has to be 0 and the way's
    length at the gates: what is left there is eased out next to them.

    Of a lap of quite another length, or one that was mostly elsewhere, nothing is known but start and end.

    Args:
        motion: that the lap is of.
        t_start_ns: its start, ns since 1970 in the time base.
        t_end_ns: its end, later.
        way: of the reference lap, in the same plane.
        ends: which of start and end lie on the line.
    """
    stamps = fine_stamps_ns(motion, t_start_ns, t_end_ns)
    place, _pace = motion.at(stamps)
    pace = _pace_mps(motion, stamps, np.isfinite(place[:, 0]))
    places = Places.of(place, pace)
    seconds = (stamps - stamps[0]) / NS_PER_S
    run = _driven_m(seconds, pace)
    if ends is Ends.BOTH:
        if not _ALIKE[0] < run[-1] / way.length_m < _ALIKE[1]:
            return _elsewhere(motion, stamps, way)
        guess = run * (way.length_m / run[-1])
    else:
        guess = np.clip(run if ends is Ends.START else way.length_m - run[-1] + run, 0.0, way.length_m)
    rows = np.unique(np.linspace(0, len(stamps) - 1, min(len(stamps), _LOOKS)).astype(np.int64))
    some, found = places.part(rows), guess[rows]
    for window in WINDOWS:
        found = searched(some, found, way, window)
    guess = np.interp(np.arange(len(stamps)), rows, found)
    foot, offset, near = feet_on(way, places, guess)
    if near.sum() <= _MOSTLY * places.present.sum():
        return _elsewhere(motion, stamps, way)
    near &= np.interp(foot, way.s_m, way.known.astype(np.float64)) > 0.5  # noqa: PLR2004  (the nearer of two)
    s_m = _between_gates(risen(filled(foot, guess, near)), way.length_m, ends)
    return Progress(
        t_ns=stamps,
        s_m=s_m,
        offset_m=np.where(near, offset, np.nan),
        known=near,
        epoch=_are_epochs(stamps, motion.path.t_ns),
    )


def _pace_mps(motion: Motion, stamps: Ints, present: Mask) -> Floats:
    """Return velocities between those of the epochs; the slope of positions that err would turn wildly."""
    epochs, now = motion.path.t_s, (stamps - motion.path.t_ns[0]) / NS_PER_S
    pace = np.column_stack([np.interp(now, epochs, axis) for axis in motion.velocity_mps.T])
    return np.where(present[:, None], pace, np.nan)


def _driven_m(seconds: Floats, pace: Floats) -> Floats:
    """Return the distance that a lap has driven, by its speed without wild values."""
    speed: Floats = np.hypot(*pace.T)
    present = np.isfinite(speed)
    if not present.any():
        return np.zeros(len(seconds))
    speed = np.minimum(speed, _WILD * np.percentile(speed[present], 95.0))
    speed = np.interp(seconds, seconds[present], speed[present])
    return np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2 * np.diff(seconds))])


def _elsewhere(motion: Motion, stamps: Ints, way: Way) -> Progress:
    """Return the progress of a lap that is none along this way: only its start and end are known."""
    share = (stamps - stamps[0]) / (stamps[-1] - stamps[0])
    return Progress(
        t_ns=stamps,
        s_m=share * way.length_m,
        offset_m=np.full(len(stamps), np.nan),
        known=np.zeros(len(stamps), np.bool_),
        epoch=_are_epochs(stamps, motion.path.t_ns),
    )


def _between_gates(s_m: Floats, length_m: float, ends: Ends) -> Floats:
    """Return progress that is 0 at the start and the way's length at the end, eased in next to both.

    An end that does not lie on the line stays where it is.
    """
    first = 0.0 if ends is Ends.END else s_m[0]
    last = 0.0 if ends is Ends.START else s_m[-1] - length_m
    worst = max(abs(first), abs(last))
    reach = min(max(_EASE * length_m, 4.0 * worst), length_m / 2)
    level = s_m - first * _eased(s_m / reach) - last * _eased((length_m - s_m) / reach)
    level = np.maximum.accumulate(np.clip(level, 0.0, length_m))
    if ends is not Ends.END:
        level[0] = 0.0
    if ends is not Ends.START:
        level[-1] = length_m
    return np.asarray(level)


def _eased(part: Floats) -> Floats:
    """Return 1 at 0 and before, 0 at 1 and behind, without a kink between."""
    rest = 1.0 - np.clip(part, 0.0, 1.0)
    return np.asarray(rest * rest * (3.0 - 2.0 * rest))


def _are_epochs(stamps: Ints, epochs: Ints) -> Mask:
    """Return which instants are epochs, shape (m,); the epochs rise."""
    place = np.minimum(np.searchsorted(epochs, stamps), len(epochs) - 1)
    return np.asarray(epochs[place] == stamps)
