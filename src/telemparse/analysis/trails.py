"""The way that a path took, as points evenly spaced along it: stops, repeats and wild fixes are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.paths import Path
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Trail"]

_POINTS = 25_000
_FINEST_M = 0.5
_STILL_MPS = 0.7
_START_M = 2.0
_AVERAGE_S = 0.5
_LEAP_M = 8.0
_LEAP_FACTOR = 1.7
_EXCURSION_S = 5.0


@attrs.frozen(eq=False, kw_only=True)
class Trail:
    """Points every `spacing_m` along a way, in order of time.

    Args:
        position_m: east and north in the path's frame, shape (n, 2), n > 0.
        t_s: seconds since the first epoch of the path, shape (n,).
        broken: nothing is known of the way from a point to the next: a gap or a leap, shape (n - 1,).
        spacing_m: along the way.
        excursions: times that fixes leapt away and back; they are left out.
    """

    position_m: Floats
    t_s: Floats
    broken: Mask
    spacing_m: float
    excursions: int

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def length_m(self) -> float:
        """Length of the way, 0 of a vehicle that stood still."""
        return self.spacing_m * (len(self) - 1)

    @property
    def speed_mps(self) -> Floats:
        """Speed from each point to the next, shape (n - 1,); 0 where that is not known."""
        step = np.diff(self.t_s)
        known = (step > 0) & ~self.broken
        return np.where(known, self.spacing_m / np.where(known, step, 1.0), 0.0)

    @property
    def start_mps(self) -> float:
        """Speed over the first metres."""
        reach = min(max(1, round(_START_M / self.spacing_m)), len(self) - 1)
        return self.spacing_m * reach / float(self.t_s[reach] - self.t_s[0]) if reach else 0.0

    def directions(self, rows: Ints, reach_m: float) -> Floats:
        """Return unit vectors of chords around points, shape (k, 2); 0 where a chord has no length.

        Args:
            rows: points, shape (k,).
            reach_m: along the way from a point to each end of its chord.
        """
        reach = max(1, round(reach_m / self.spacing_m))
        chord = self.position_m[np.minimum(rows + reach, len(self) - 1)]
        chord = chord - self.position_m[np.maximum(rows - reach, 0)]
        length = np.hypot(*chord.T)[:, None]
        return np.asarray(chord / np.where(length > 0, length, 1.0))

    @classmethod
    def of(cls, path: Path, motion: Motion | None = None) -> Trail:
        """Return the trail of a path.

        Args:
            path: as measured.
            motion: its states, whose positions are taken where given.
        """
        t_s, place = path.t_s, path.position_m if motion is None else motion.position_m
        rows = _fresh(place)
        t_s, place, speed = t_s[rows], place[rows], path.speed_mps[rows]
        rows, excursions = _believable(t_s, place, _fastest_mps(t_s, place, speed))
        t_s, place, speed = t_s[rows], place[rows], speed[rows]
        step_s, steps = np.diff(t_s), np.arange(len(t_s) - 1)
        # A receiver that repeats its positions brings new ones at a slower rate.
        gap_s = max(path.gap_s, 2.5 * float(np.median(step_s))) if len(step_s) else path.gap_s
        hidden = (step_s > gap_s) | _leaps(steps, steps + 1, t_s, place, _fastest_mps(t_s, place, speed))
        way = _way_m(t_s, place, speed, path.period_s)
        spacing = max(_FINEST_M, float(way[-1]) / max(_POINTS, len(path) // 10))
        marks = spacing * np.arange(int(way[-1] / spacing) + 1)
        # Where the vehicle stood, many moments have one mark: the rows must rise.
        rising = np.flatnonzero(np.diff(way, prepend=-1.0) > 0)
        east, north, moment = (np.interp(marks, way[rising], part[rising]) for part in (*place.T, t_s))
        return cls(
            position_m=np.stack([east, north], axis=1),
            t_s=moment,
            broken=_under(
                np.floor(way[:-1][hidden] / spacing).astype(np.int64),
                np.minimum(np.ceil(way[1:][hidden] / spacing).astype(np.int64), len(marks) - 1),
                len(marks) - 1,
            ),
            spacing_m=spacing,
            excursions=excursions,
        )


def _fresh(place: Floats) -> Ints:
    """Return the rows whose position is not that of the row before: many receivers repeat stale ones."""
    changed = np.ones(len(place), np.bool_)
    changed[1:] = (place[1:] != place[:-1]).any(axis=1)
    return np.flatnonzero(changed)


def _fastest_mps(t_s: Floats, place: Floats, speed_mps: Floats) -> Floats:
    """Return the speed that each row is believed to have at most, shape (n,)."""
    pace = np.hypot(*np.diff(place, axis=0).T) / np.diff(t_s)
    moving = pace[pace > _STILL_MPS]
    usual = float(np.quantile(moving, 0.75)) if len(moving) else 0.0
    # Measured speeds may lag and drop out: no vehicle that drives at 20 m/s is held to 1 m/s.
    return np.where(np.isfinite(speed_mps), np.maximum(speed_mps, usual / 2), 2 * usual)


def _believable(t_s: Floats, place: Floats, fastest_mps: Floats) -> tuple[Ints, int]:
    """Return the rows without short excursions, which leap away and back, and the number of these.

    Single ones are looked for first, then rows of several, of which each lies elsewhere.
    """
    rows, excursions = np.arange(len(t_s)), 0
    for several in (False, True):
        away, count = _away(t_s[rows], place[rows], fastest_mps[rows], several=several)
        rows, excursions = rows[~away], excursions + count
    return rows, excursions


def _away(t_s: Floats, place: Floats, fastest_mps: Floats, *, several: bool) -> tuple[Mask, int]:
    """Return which rows are on an excursion, of one stretch between leaps or of several, and how many are."""
    leaps = np.flatnonzero(_leaps(np.arange(len(t_s) - 1), np.arange(1, len(t_s)), t_s, place, fastest_mps))
    start, stop = np.r_[0, leaps + 1], np.r_[leaps, len(t_s) - 1]
    short = t_s[stop] - t_s[start] <= _EXCURSION_S
    short[[0, -1]] = False
    if several:
        first = np.flatnonzero(short & ~np.r_[False, short[:-1]])
        last = np.flatnonzero(short & ~np.r_[short[1:], False])
    else:
        # Of two equal neighbours that exclude each other, the second one is away.
        size = stop - start + 1
        ends = np.r_[0, size[:-1]], np.r_[size[1:], 0]
        odd = np.arange(len(size)) % 2 == 1
        first = last = np.flatnonzero(short & ((size < np.maximum(*ends)) | ((size == ends[0]) & odd)))
    # Without an excursion, its neighbours follow each other believably.
    back = ~_leaps(stop[first - 1], start[(last + 1) % len(start)], t_s, place, fastest_mps)
    return _under(start[first[back]], stop[last[back]] + 1, len(t_s)), int(back.sum())


def _leaps(before: Ints, after: Ints, t_s: Floats, place: Floats, fastest_mps: Floats) -> Mask:
    """Return between which of two rows each there is more way than any vehicle makes."""
    step_m = np.hypot(*(place[after] - place[before]).T)
    fastest = np.maximum(fastest_mps[after], fastest_mps[before])
    return np.asarray(step_m > _LEAP_FACTOR * fastest * (t_s[after] - t_s[before]) + _LEAP_M)


def _way_m(t_s: Floats, place: Floats, speed_mps: Floats, period_s: float) -> Floats:
    """Return the distance along the way, shape (n,), not counting the jitter of a vehicle that stands."""
    if len(t_s) == 1:
        return np.zeros(1)
    half = int(_AVERAGE_S / period_s / 2)
    if half:
        place = _averaged(place, half)
    step_s, step_m = np.diff(t_s), np.hypot(*np.diff(place, axis=0).T)
    slow = np.fmin(speed_mps[1:], speed_mps[:-1]) < _STILL_MPS  # False where it is not known
    moved = np.where(slow | (step_m < _STILL_MPS * step_s), 0.0, step_m)
    return np.asarray(np.r_[0.0, np.cumsum(moved)])


def _averaged(place: Floats, half: int) -> Floats:
    """Return means over `half` rows before and behind each row, fewer at the ends."""
    total = np.concatenate([np.zeros((1, 2)), np.cumsum(place, axis=0)])
    rows = np.arange(len(place))
    reach = np.minimum(half, np.minimum(rows, rows[::-1]))
    return np.asarray((total[rows + reach + 1] - total[rows - reach]) / (2 * reach + 1)[:, None])


def _under(first: Ints, last: Ints, count: int) -> Mask:
    """Return which of `count` rows lie in any of the stretches from `first` to before `last`."""
    change = np.zeros(count + 1, np.int64)
    np.add.at(change, first, 1)
    np.add.at(change, last, -1)
    return np.cumsum(change)[:-1] > 0
