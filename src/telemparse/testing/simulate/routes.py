"""The way that a run takes over the ground: laps with their own lines, pit lane, being carried, stops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import attrs
import numpy as np
from scipy.interpolate import CubicSpline

from telemparse.errors import CallError
from telemparse.testing.simulate.chances import Cause, chance
from telemparse.testing.simulate.disturbances import (
    FewLaps,
    HalfLap,
    Marshalled,
    PitStop,
    Stints,
    only,
)
from telemparse.testing.simulate.pit_lanes import box_behind, lane_beside

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats
    from telemparse.testing.simulate.disturbances import Disturbance, Parking
    from telemparse.testing.simulate.layouts import Layout

__all__ = ["Route", "Stop", "route_over"]

# Progress, seconds, and what the logger does.
_Halt: TypeAlias = "tuple[float, float, Parking | None]"

_LINES_PER_LAP = 14
"""Places a lap where the driver's own line is drawn by chance."""
_LINE_SHARE = 1 / 8
"""Standard deviation of that, as a share of the track's width."""
_BEHIND = 0.94
"""A run ends this share of a lap behind its last crossing."""
_PARKED = 0.3
"""A stint ends this share of a lap behind its last crossing."""
_PIT_SHARE = 0.3
"""Speed in the pit lane as a share of the highest."""
_HANDS_S = 1.0
"""A car that is carried rests this long where it is picked up and put down."""
_CARRY_S = 6.0


@attrs.frozen
class Stop:
    """The car stands still.

    Args:
        distance_m: where along the way.
        seconds: how long.
        parking: what the logger does meanwhile, where this is the stop between two stints.
    """

    distance_m: float
    seconds: float
    parking: Parking | None = None


@attrs.frozen(eq=False)
class Route:
    """A way over the ground, one row a point, in order of travel.

    Args:
        position_m: (east, north), shape (n, 2).
        progress_m: along the centre line since the run's start place, shape (n,), never falling.
        limit_mps: highest speed, shape (n,); infinity where only grip limits it.
        stops: in order of travel.
    """

    position_m: Floats
    progress_m: Floats
    limit_mps: Floats
    stops: tuple[Stop, ...]

    @property
    def distance_m(self) -> Floats:
        """Distance driven since the start, shape (n,)."""
        return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.position_m, axis=0).T))])


def route_over(layout: Layout, seed: int, laps: int, disturbances: tuple[Disturbance, ...]) -> Route:
    """Return the way of a run over a circuit.

    Args:
        layout: of the circuit.
        seed: of the driver's line.
        laps: complete laps in all.
        disturbances: those that change what the car does.

    Raises CallError for more stints than laps, and pit stops or marshals in laps that are not driven.
    """
    plan = _plan(layout, laps, disturbances)
    step = min(1.0, max(0.2, layout.length_m / 1000))
    progress = np.arange(0.0, plan.end_m, step)
    aside, limit, halts = _pitted(plan, progress, only(disturbances, PitStop))
    halts += plan.halts
    place = layout.centre_m(progress) + (aside + _own_line(layout, seed, progress))[:, None] * layout.left(
        progress
    )
    route = Route(place, progress, limit, ())
    for carried in only(disturbances, Marshalled):
        start = plan.start_m("a car is carried", carried.lap)
        first, last = (start + share * layout.length_m for share in (carried.first, carried.last))
        # From point to point of the way, so that the car stands where its direction changes.
        first, last = progress[progress <= first][-1], progress[progress >= last][0]
        route = _carried(route, first, last, step)
        halts += [(at, _HANDS_S, None) for at in (first, last)]
    distance = route.distance_m
    stops = [
        Stop(float(np.interp(at, route.progress_m, distance)), seconds, parking)
        for at, seconds, parking in sorted(halts, key=_place)
    ]
    return attrs.evolve(route, stops=tuple(stops))


def _place(halt: _Halt) -> float:
    return halt[0]


@attrs.frozen
class _Plan:
    """How many times a run goes round, and where its laps begin.

    Args:
        layout: of the circuit.
        laps: complete ones.
        parked: the rounds, counted from the first crossing, in which the car stops between two stints.
        halts: these stops.
        rest: how far the run goes on behind its last crossing, in laps.
    """

    layout: Layout
    laps: int
    parked: tuple[int, ...] = ()
    halts: tuple[_Halt, ...] = ()
    rest: float = _BEHIND

    @property
    def end_m(self) -> float:
        """Progress at the end of the run."""
        rounds = self.laps + len(self.parked) + self.rest
        return self.layout.circuit.line_m + rounds * self.layout.length_m

    def start_m(self, what: str, lap: int) -> float:
        """Return the progress at which a lap begins, from 1; rounds with such a stop are none."""
        if lap > self.laps:
            raise CallError(f"{what} in lap {lap}, but the run has {self.laps}")
        begun = lap - 1
        for parked in self.parked:
            begun += parked <= begun
        return self.layout.circuit.line_m + begun * self.layout.length_m


def _plan(layout: Layout, laps: int, disturbances: tuple[Disturbance, ...]) -> _Plan:
    if only(disturbances, HalfLap):
        return _Plan(layout, 0, rest=0.5)
    for few in only(disturbances, FewLaps):
        laps = few.count
    stints = only(disturbances, Stints)[-1:]
    if not stints:
        return _Plan(layout, laps)
    count, pause_s, parking = stints[0].count, stints[0].pause_s, stints[0].parking
    if count > laps:
        raise CallError(f"{count} stints, but {laps} laps")
    parked = tuple(math.ceil(laps * stint / count) + stint - 1 for stint in range(1, count))
    places = [layout.circuit.line_m + (before + _PARKED) * layout.length_m for before in parked]
    return _Plan(layout, laps, parked, tuple((place, pause_s, parking) for place in places))


def _own_line(layout: Layout, seed: int, progress: Floats) -> Floats:
    """Return how far to the left of the centre line the driver keeps, shape (n,)."""
    per_point = layout.length_m / _LINES_PER_LAP
    count = int(progress[-1] / per_point) + 3
    drawn = chance(seed, Cause.LINE).standard_normal(count) * layout.circuit.width_m * _LINE_SHARE
    return np.asarray(CubicSpline(np.arange(count) * per_point, drawn)(progress))


def _pitted(plan: _Plan, progress: Floats, stops: tuple[PitStop, ...]) -> tuple[Floats, Floats, list[_Halt]]:
    """Return how far aside pit stops lead, speed limits, and the stops."""
    layout = plan.layout
    aside, limit = np.zeros(len(progress)), np.full(len(progress), np.inf)
    halts: list[_Halt] = []
    for stop in stops:
        line = plan.start_m("a pit stop", stop.lap) + layout.length_m
        lane = lane_beside(layout, progress - line)
        aside += lane
        limit[lane != 0] = _PIT_SHARE * layout.circuit.grip.top_mps
        if stop.seconds:
            halts.append((line + box_behind(layout), stop.seconds, None))
    return aside, limit, halts


def _carried(route: Route, first_m: float, last_m: float, step: float) -> Route:
    """Return the way with a straight one from the point at one progress to that at another."""
    before, after = route.progress_m <= first_m, route.progress_m >= last_m
    start, end = route.position_m[before][-1], route.position_m[after][0]
    span = float(np.hypot(*(end - start)))
    share = np.linspace(0.0, 1.0, max(4, int(span / step)))[1:-1]
    chord = start + share[:, None] * (end - start)
    pace = max(2.0, span / _CARRY_S)
    return Route(
        np.concatenate([route.position_m[before], chord, route.position_m[after]]),
        np.concatenate(
            [
                route.progress_m[before],
                first_m + share * (last_m - first_m),
                route.progress_m[after],
            ]
        ),
        np.concatenate([route.limit_mps[before], np.full(len(share), pace), route.limit_mps[after]]),
        (),
    )
