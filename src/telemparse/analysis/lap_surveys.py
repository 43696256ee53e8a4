"""A trail surveyed for laps: how long they are, the places of one of them, and gates across it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.gate_lines import gate_across
from telemparse.analysis.lap_places import LapPlaces, medians
from telemparse.analysis.passes import Passes, Places
from telemparse.analysis.recurrence import Recurrence
from telemparse.model.gates import GateKind

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.analysis.trails import Trail
    from telemparse.kernels.arrays import Floats
    from telemparse.model.gates import Gate

__all__ = ["LapSurvey", "same_place_m"]

_SAME_PLACE_M = (6.0, 20.0)
_EXTENT_SHARE = 0.04
_REACH_M = 3.0
_BACK_SHARE = 0.6
_BACK_PART, _BACK_M = 0.004, (1.5, 5.0)
_HALF_M, _MARGIN_M = 4.0, 2.0
_CLOSING = 0.03
_SLOWEST_MPS = 0.1
_END_S = 1.5


def same_place_m(trail: Trail) -> float:
    """Return how far beside a place a trail still passes it: wide tracks are large ones."""
    extent = np.ptp(np.quantile(trail.position_m, (0.05, 0.95), axis=0), axis=0)
    return float(np.clip(_EXTENT_SHARE * np.hypot(*extent), *_SAME_PLACE_M))


@attrs.frozen(eq=False, kw_only=True)
class LapSurvey:
    """What a trail says about laps.

    Args:
        path: that the trail is of.
        trail: surveyed.
        same_m: how far beside a place it counts as the same.
        found: way of a lap.
        lap: places along one lap.
    """

    path: Path
    trail: Trail
    same_m: float
    found: Recurrence
    lap: LapPlaces

    @classmethod
    def of(cls, path: Path, trail: Trail) -> LapSurvey | None:
        """Return the survey of a path's trail, None where it does not come back to its places."""
        same_m, reach_m = same_place_m(trail), max(_REACH_M, trail.spacing_m)
        found = Recurrence.of(trail, same_m, reach_m)
        if found is None:
            return None
        lap = LapPlaces.of(trail, found, same_m, reach_m)
        return cls(path=path, trail=trail, same_m=same_m, found=found, lap=lap)

    @property
    def centre_m(self) -> Floats:
        """How far left of each place the middle of its passes lies, shape (k,)."""
        return medians(self.lap.passes.place, self.lap.passes.offset_m, len(self.lap.places))

    @property
    def is_shuttle(self) -> bool:
        """Most of the lap is driven in both directions, as a road there and back is."""
        near_m = float(np.clip(_BACK_PART * self.found.lap_m, *_BACK_M))
        either = self.lap.either
        beside_m = np.abs(either.offset_m - self.centre_m[either.place])
        back = either.part((either.cosine < 0) & (beside_m <= near_m))
        return len(np.unique(back.place)) >= _BACK_SHARE * len(self.lap.places)

    @property
    def began_at_a_line(self) -> bool:
        """The trail begins on the lap, nearly as fast as the lap is there: a line started the recording."""
        return self.lap.on_the_move(self.trail, self.same_m)

    @property
    def cuts(self) -> int:
        """Stretches between long breaks that end on the move where they began.

        So ends what a lap timer stored from line to line: no line is passed as often as its own was.
        """
        path, lap_m = self.path, self.found.lap_m
        usual_mps = max(float(np.median(self.trail.speed_mps)), _SLOWEST_MPS)
        breaks = np.flatnonzero(path.step_s > lap_m / usual_mps)
        start, stop = np.r_[0, breaks + 1], np.r_[breaks, len(path) - 1]
        lasting = path.t_s[stop] - path.t_s[start] > max(lap_m / usual_mps / 2, _END_S)
        start, stop = start[lasting], stop[lasting]
        apart_m = np.hypot(*(path.position_m[stop] - path.position_m[start]).T)
        ahead = np.searchsorted(path.t_s, path.t_s[stop] - _END_S, side="right") - 1
        end_m = np.hypot(*(path.position_m[stop] - path.position_m[ahead]).T)
        end_mps = end_m / (path.t_s[stop] - path.t_s[ahead])
        cuts = int(((end_mps > usual_mps / 2) & (apart_m <= _CLOSING * lap_m + self.same_m)).sum())
        # One may have begun and ended there by chance; that several did is none.
        return cuts if cuts > 1 or self.trail.start_mps > usual_mps / 2 else 0

    def gate(self, place: int, *, kind: GateKind = GateKind.START_FINISH, name: str = "start/finish") -> Gate:
        """Return a gate at a place of the lap, wider than its passes but not halfway to the next lane.

        Args:
            place: index, of one that is passed.
            kind: of the gate.
            name: of the gate.
        """
        normal, centre = self.lap.places.normal[place], float(self.centre_m[place])
        here = Places(middle_m=self.lap.places.middle_m[[place]], normal=normal[None])
        around = Passes.over(self.trail, here, 3 * self.same_m, max(_REACH_M, self.trail.spacing_m))
        away = np.abs(around.offset_m - centre)
        own = (around.cosine > 0) & (away <= self.same_m)
        reach = float(away[own].max())
        half = float(np.clip(2 * reach + _MARGIN_M, _HALF_M, 1.5 * self.same_m))
        lanes = away[~own & (away > reach)]
        if len(lanes):
            half = min(half, (reach + float(lanes.min())) / 2)
        middle = here.middle_m[0] + centre * np.array([-normal[1], normal[0]])
        return gate_across(self.path.frame, middle, normal, half_m=half, kind=kind, name=name)
