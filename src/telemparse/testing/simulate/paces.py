"""How fast a route is driven: grip, power, brakes and stops make speed, and speed makes distance by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from telemparse.testing.simulate.chances import Cause, chance

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats
    from telemparse.testing.simulate.circuits import Grip
    from telemparse.testing.simulate.disturbances import Parking
    from telemparse.testing.simulate.routes import Route

__all__ = ["KNOT_S", "Pace", "Parked", "driven", "stood"]

KNOT_S = 0.01
"""Step of the instants between which the truth is a cubic."""

_SMOOTH_S = 0.08
_START_MPS = 2.0
_CUSP_1PM = 1.0
_BLUR_M = (1.0, 4.0)
_GRIP_SIGMA, _GRIP_RANGE, _GRIPS_PER_LAP = 0.03, (0.85, 1.1), 3


@attrs.frozen
class Parked:
    """A time between two stints.

    Args:
        first_s: when it begins, seconds since the start of the run.
        last_s: when it ends.
        parking: what the logger does meanwhile.
    """

    first_s: float
    last_s: float
    parking: Parking


@attrs.frozen(eq=False)
class Pace:
    """Knots of a drive, one row every `KNOT_S` seconds.

    Args:
        position_m: (east, north), shape (n, 2).
        progress_m: along the centre line since the run's start place, shape (n,).
        heading_rad: of the way, counter-clockwise from east, without jumps, shape (n,).
        parked: the times between stints.
    """

    position_m: Floats
    progress_m: Floats
    heading_rad: Floats
    parked: tuple[Parked, ...] = ()


def stood(route: Route, seconds: float) -> Pace:
    """Return the knots of a car that stands where the route begins."""
    count = int(seconds / KNOT_S) + 1
    ahead = route.position_m[1] - route.position_m[0]
    return Pace(
        np.repeat(route.position_m[:1], count, axis=0),
        np.zeros(count),
        np.full(count, np.arctan2(ahead[1], ahead[0])),
    )


def driven(route: Route, grip: Grip, lap_m: float, seed: int) -> Pace:
    """Return the knots of a route driven as fast as grip allows.

    Args:
        route: the way.
        grip: of the vehicle.
        lap_m: length of a lap.
        seed: of how grip changes on the way.
    """
    distance = route.distance_m
    way = CubicSpline(distance, route.position_m)
    speed = _speed(route, way, distance, grip, lap_m=lap_m, seed=seed)
    instants, speeds, parked = _clocked(route, distance, speed)
    knots = np.arange(0.0, instants[-1], KNOT_S)
    smooth = gaussian_filter1d(np.interp(knots, instants, speeds), _SMOOTH_S / KNOT_S, mode="nearest")
    run = np.concatenate([[0.0], np.cumsum((smooth[1:] + smooth[:-1]) * (KNOT_S / 2))])
    run = run[run < distance[-1]]
    along = way(run, 1)
    return Pace(
        np.asarray(way(run)),
        np.asarray(CubicSpline(distance, route.progress_m)(run)),
        np.unwrap(np.arctan2(along[:, 1], along[:, 0])),
        parked,
    )


def _speed(
    route: Route, way: CubicSpline, distance: Floats, grip: Grip, *, lap_m: float, seed: int
) -> Floats:
    """Return the speed at each point of the route."""
    first, second = way(distance, 1), way(distance, 2)
    bend = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / np.hypot(*first.T) ** 3
    step = distance[-1] / (len(distance) - 1)
    # Where a car is put down it may face another way: that is a cusp, and no bend to be driven.
    bend = np.clip(bend, -_CUSP_1PM, _CUSP_1PM)
    bend = gaussian_filter1d(bend, float(np.clip(lap_m / 270.0, *_BLUR_M)) / step)
    count = int(distance[-1] / lap_m * _GRIPS_PER_LAP) + 4
    drawn = 1.0 + _GRIP_SIGMA * chance(seed, Cause.GRIP).standard_normal(count)
    day = np.clip(CubicSpline(np.arange(count) * lap_m / _GRIPS_PER_LAP, drawn)(distance), *_GRIP_RANGE)
    square = np.minimum(grip.lateral_mps2 * day / np.maximum(np.abs(bend), 1e-4), route.limit_mps**2)
    # The highest speed is reached only in the limit.
    top = grip.top_mps**2
    square = np.minimum(square, 0.999 * top)
    square[0] = min(square[0], _START_MPS**2)
    for stop in route.stops:
        square[int(np.searchsorted(distance, stop.distance_m))] = 0.0
    # Under power d(v2)/ds = 2 a (1 - v2 / top), so -log(1 - v2 / top) rises by 2 a / top each metre:
    # the least that any point behind allows is a running minimum.
    gained = 2 * grip.power_mps2 / top * distance
    power = np.minimum.accumulate(-np.log1p(-square / top) - gained) + gained
    square = -top * np.expm1(-power)
    lost = 2 * grip.brake_mps2 * distance
    square = np.minimum.accumulate((square + lost)[::-1])[::-1] - lost
    return np.sqrt(np.maximum(square, 0.0))


def _clocked(route: Route, distance: Floats, speed: Floats) -> tuple[Floats, Floats, tuple[Parked, ...]]:
    """Return instants and speeds at the points, stops put in, and the times between stints."""
    # Acceleration is constant from point to point: the mean speed is the middle of the two.
    steps = 2 * np.diff(distance) / np.maximum(speed[1:] + speed[:-1], 1e-3)
    instants = np.concatenate([[0.0], np.cumsum(steps)])
    rows = [int(np.searchsorted(distance, stop.distance_m)) for stop in route.stops]
    parked = []
    for row, stop in zip(rows, route.stops, strict=True):
        instants[row + 1 :] += stop.seconds
        if stop.parking:
            first = float(instants[row])
            parked.append(Parked(first, first + stop.seconds, stop.parking))
    ends = [instants[row] + stop.seconds for row, stop in zip(rows, route.stops, strict=True)]
    after = [row + 1 for row in rows]
    return np.insert(instants, after, ends), np.insert(speed, after, 0.0), tuple(parked)
