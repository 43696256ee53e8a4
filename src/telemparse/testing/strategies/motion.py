"""How a vehicle moves: speed, course and way from phases of pedal, wheel and slope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Floats", "Limits", "Motion", "Phase", "motion_of"]

Floats: TypeAlias = NDArray[np.float64]

_WIDEST_TURN_RAD = 0.5  # from sample to sample: wider, and the way between them would not be known
_SHARPEST_M = 5.0
_COASTING = -0.25


@attrs.frozen
class Limits:
    """What a vehicle can do.

    Args:
        speed_mps: top speed.
        accel_mps2: strongest push and brake, and strongest pull sideways.
        turn_rps: quickest turn.
    """

    speed_mps: float
    accel_mps2: float
    turn_rps: float

    def turn(self, wheel: float, speed_mps: float, interval_s: float) -> float:
        """Return the rate of turn, rad/s: none at rest, and no corner is taken too fast or too sharply."""
        if speed_mps <= 0:
            return 0.0
        held, sharpest = self.accel_mps2 / speed_mps, speed_mps / _SHARPEST_M
        return wheel * min(self.turn_rps, held, sharpest, _WIDEST_TURN_RAD / interval_s)


@attrs.frozen
class Phase:
    """A stretch of a drive with pedals, wheel and slope held.

    Args:
        points: samples that it lasts.
        push: -1 full brake to 1 full throttle.
        wheel: -1 full left to 1 full right.
        slope: metres up for each metre of way.
    """

    points: int
    push: float
    wheel: float
    slope: float


@attrs.frozen
class Motion:
    """What comes of phases; all shape (n,).

    Args:
        speed_mps: over ground, 0 to the top speed.
        course_rad: clockwise from north, not wrapped.
        north_m, east_m, up_m: from the first sample.
    """

    speed_mps: Floats
    course_rad: Floats
    north_m: Floats
    east_m: Floats
    up_m: Floats


def motion_of(  # noqa: PLR0917  (one caller, same order)
    phases: Sequence[Phase],
    points: int,
    interval_s: float,
    limits: Limits,
    speed_mps: float,
    course_rad: float,
) -> Motion:
    """Return `points` samples of a drive; behind the last phase the vehicle coasts to a stop.

    Push and turn are held between samples, so that the way from one to the next is that of an arc: the
    mean of their speeds times the interval, less the little that a chord is shorter than its arc.
    """
    speed, course, slopes = [speed_mps], [course_rad], list[float]()
    for phase in _held(phases, points - 1):
        turn = limits.turn(phase.wheel, speed[-1], interval_s)
        faster = speed[-1] + phase.push * limits.accel_mps2 * interval_s
        speed.append(min(max(faster, 0.0), limits.speed_mps))
        course.append(course[-1] + turn * interval_s)
        slopes.append(phase.slope)
    speeds, courses = np.array(speed), np.array(course)
    half_turns = np.diff(courses) / 2
    way = (speeds[1:] + speeds[:-1]) / 2 * interval_s * np.sinc(half_turns / math.pi)
    along = courses[:-1] + half_turns
    return Motion(
        speeds,
        courses,
        _summed(way * np.cos(along)),
        _summed(way * np.sin(along)),
        _summed(way * np.array(slopes)),
    )


def _held(phases: Sequence[Phase], steps: int) -> Iterator[Phase]:
    """Yield the phase of each step from a sample to the next."""
    for phase in phases:
        yield from [phase] * min(phase.points, steps)
        steps -= min(phase.points, steps)
    yield from [Phase(steps, _COASTING, 0.0, 0.0)] * steps


def _summed(steps: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(steps)])
