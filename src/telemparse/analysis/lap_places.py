"""The places of one lap, judged as places for a line: laps counted there, speed, how straight the way is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.passes import Passes, Places
from telemparse.analysis.recurrence import TOLERANCE

if TYPE_CHECKING:
    from telemparse.analysis.recurrence import Recurrence
    from telemparse.analysis.trails import Trail
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["LapPlaces", "full_laps", "medians"]

_PLACES = 160
_PAUSE = 3.0
_STRAIGHT_DEG = 15.0
_SLOWEST_SHARE = 0.5
_ROLLING = 0.6
_TURN_SHARE, _TURN_M = 0.02, (4.0, 60.0)


@attrs.frozen(eq=False, kw_only=True)
class LapPlaces:
    """Places along one lap of usual length, each with what a line there would come to; shapes (k,).

    Args:
        places: in order of travel, with directions over the straight around them.
        passes: forward passes, one of each visit.
        either: all passes, in any direction.
        laps: complete laps between passes of a place.
        others: returns to it after any other way.
        speed_mps: median of the passes.
        turn_deg: change of direction over the stretch around it.
    """

    places: Places
    passes: Passes
    either: Passes
    laps: Ints
    others: Ints
    speed_mps: Floats
    turn_deg: Floats

    @classmethod
    def of(cls, trail: Trail, found: Recurrence, half_m: float, reach_m: float) -> LapPlaces:
        """Return the places of the lap that a recurrence names.

        Args:
            trail: that it was found on.
            found: the recurrence.
            half_m: how far beside a place it counts as the same.
            reach_m: along the way, over which its direction is taken.
        """
        marks = np.linspace(found.start_m, found.stop_m, _PLACES, endpoint=False) / trail.spacing_m
        rows = np.unique(marks.astype(np.int64))
        around_m = float(np.clip(_TURN_SHARE * found.lap_m, *_TURN_M))
        shift = max(1, round(around_m / trail.spacing_m))
        before = trail.directions(np.maximum(rows - shift, 0), around_m / 2)
        behind = trail.directions(np.minimum(rows + shift, len(trail) - 1), around_m / 2)
        places = Places(middle_m=trail.position_m[rows], normal=trail.directions(rows, around_m))
        either = Passes.over(trail, places, half_m, reach_m)
        passes = either.forward
        lap = full_laps(passes, found.lap_m)
        again = passes.place[1:] == passes.place[:-1]
        return cls(
            places=places,
            passes=passes,
            either=either,
            laps=np.bincount(passes.place[1:][lap], minlength=len(rows)),
            others=np.bincount(passes.place[1:][again & ~lap], minlength=len(rows)),
            speed_mps=medians(passes.place, passes.speed_mps, len(rows)),
            turn_deg=np.degrees(np.arccos(np.clip((before * behind).sum(axis=1), -1.0, 1.0))),
        )

    @property
    def fit(self) -> Mask:
        """Places that are straight and not slow; where no lap is counted there, the best of the others."""
        quick = self.speed_mps >= _SLOWEST_SHARE * self.speed_mps.max()
        counted = self.laps > 0
        for pool in (quick & counted, counted, quick):
            if pool.any():
                break
        limit = max(_STRAIGHT_DEG, float(self.turn_deg[pool].min()))
        return np.asarray((quick | pool) & (self.turn_deg <= limit))

    @property
    def usual_laps(self) -> int:
        """Complete laps at most of the fit places; the most of all where these have fewer by more than one.

        By one, places differ because a recording begins and ends somewhere. More are missed by wild fixes.
        """
        counts = np.bincount(self.laps[self.fit])
        usual, most = len(counts) - 1 - int(np.argmax(counts[::-1])), self.most_laps
        return usual if usual and most - usual <= 1 else most

    @property
    def most_laps(self) -> int:
        """Complete laps at the fit places where they are most."""
        return int(self.laps[self.fit].max())

    def fastest(self, laps: int) -> int:
        """Return the fastest of the fit places with a number of complete laps."""
        return int(np.argmax(np.where(self.fit & (self.laps == laps), self.speed_mps, -1.0)))

    def on_the_move(self, trail: Trail, same_m: float) -> bool:
        """Return whether a trail begins on the lap, nearly as fast as the lap is there."""
        away = np.hypot(*(self.places.middle_m - trail.position_m[0]).T)
        near = int(np.argmin(away))
        ahead = float(self.places.normal[near] @ trail.directions(np.array([0]), same_m)[0])
        return away[near] <= same_m and ahead > 0 and trail.start_mps >= _ROLLING * self.speed_mps[near]

    def agreement(self, place: int, lap_m: float) -> float:
        """Return the share of laps at a place within which the other places are passed just once."""
        own = self.passes.part(self.passes.place == place)
        lap = np.searchsorted(own.way_m, self.passes.way_m, side="right") - 1
        inside = (lap >= 0) & (lap < len(own) - 1)
        count = max(len(own) - 1, 0)
        cells = self.passes.place[inside] * count + lap[inside]
        table = np.bincount(cells, minlength=len(self.places) * count).reshape(len(self.places), count)
        table = table[:, full_laps(own, lap_m)]
        return float((table == 1).mean()) if table.size else 0.0


def full_laps(passes: Passes, lap_m: float) -> Mask:
    """Return which passes are followed by another of the same place after a lap, shape (m - 1,).

    A lap has the usual way and is no long pause between two of them.
    """
    same = passes.place[1:] == passes.place[:-1]
    lap = same & (np.abs(np.diff(passes.way_m) / lap_m - 1) <= TOLERANCE)
    lasts = np.diff(passes.t_s)
    usual = float(np.median(lasts[lap])) if lap.any() else 0.0
    return np.asarray(lap & (lasts <= _PAUSE * usual))


def medians(group: Ints, values: Floats, count: int) -> Floats:
    """Return the upper median of each group's values, 0 of an empty group."""
    order = np.lexsort((values, group))
    size = np.bincount(group, minlength=count)
    middle = np.cumsum(size) - size + size // 2
    ranked = np.append(values[order], 0.0)
    return np.asarray(np.where(size > 0, ranked[np.minimum(middle, len(values))], 0.0))
