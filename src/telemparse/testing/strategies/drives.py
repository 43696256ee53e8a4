"""Drives: what a receiver in a moving vehicle would see, without error."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import attrs
import numpy as np
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.testing.strategies.arguments import bounded
from telemparse.testing.strategies.instants import FIRST_NS, LAST_NS
from telemparse.testing.strategies.motion import Limits, Phase, motion_of
from telemparse.testing.strategies.places import MOST_DECIMALS, positions
from telemparse.testing.strategies.sampling import Sampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

    from telemparse.testing.strategies.motion import Floats
    from telemparse.testing.strategies.places import Position
    from telemparse.testing.strategies.sampling import Instants

__all__ = ["EARTH_M", "RATES_HZ", "Drive", "driven", "tracks"]

EARTH_M = 6_371_008.8
"""Mean radius; ways become positions on a sphere of it."""

RATES_HZ = (1.0, 5.0, 10.0, 25.0)

_S_NS = 1_000_000_000
_MOST_PHASES = 6
_LONGEST_M = 1_000_000
_HIGHEST_LAT_DEG = 84.0
_NEAR_DEG = 0.1
_LOWEST_M, _HIGHEST_M = -430.0, 9000.0


@attrs.frozen(eq=False)
class Drive:
    """A drive without errors of measurement; all columns shape (n,).

    Args:
        t_ns: ns since 1970 UTC, at one interval, rising.
        lat_deg: WGS-84 latitude, -85 to 85.
        lon_deg: WGS-84 longitude, from -180 and below 180.
        alt_m: altitude above mean sea level, -430 to 9000.
        speed_mps: over ground, 0 to the top speed.
        course_deg: clockwise from true north, from 0 and below 360; that of the last motion at rest.
    """

    t_ns: Instants
    lat_deg: Floats
    lon_deg: Floats
    alt_m: Floats
    speed_mps: Floats
    course_deg: Floats


def tracks(
    *,
    min_points: int = 1,
    max_points: int = 100,
    rates_hz: Sequence[float] = RATES_HZ,
    first_ns: int = FIRST_NS,
    last_ns: int = LAST_NS,
    step_ns: int = 1,
    max_speed_mps: float = 90.0,
    max_accel_mps2: float = 12.0,
    max_turn_rps: float = 0.8,
) -> SearchStrategy[Drive]:
    """Return a strategy of drives that a vehicle could make.

    It stands, goes straight, speeds up, brakes, turns and climbs for a while each, and at last coasts to a
    stop. The columns agree: the way between two samples is the mean of their speeds times the interval to
    within 2 %, in the direction halfway between their courses. A drive may cross the equator, the zero
    meridian and the antimeridian; it keeps away from the poles and from 0/0. Shrinks towards `min_points`
    of a car at rest, in a plain place at a plain time.

    Args:
        min_points: fewest samples, from 1.
        max_points: most samples, to 10 000.
        rates_hz: rates of samples to choose from, 0.01 to 10 000.
        first_ns: earliest instant, ns since 1970 UTC.
        last_ns: latest instant, ns since 1970 UTC.
        step_ns: every instant is a whole multiple of this.
        max_speed_mps: top speed, 0.1 to 1000.
        max_accel_mps2: strongest change of speed and strongest pull sideways, 0.1 to 100.
        max_turn_rps: quickest turn, 0 to a turn a second; slower where the pull sideways or a radius of 5 m
            asks for it, and at most half a radian from sample to sample.

    Raises CallError for bounds that do not rise, and where a drive could last longer than 100 000 s or go
    further than 1000 km.
    """
    sampling = Sampling(
        min_points=min_points,
        max_points=max_points,
        rates_hz=rates_hz,
        first_ns=first_ns,
        last_ns=last_ns,
        step_ns=step_ns,
    )
    return driven(sampling, Limits(max_speed_mps, max_accel_mps2, max_turn_rps))


def driven(sampling: Sampling, limits: Limits) -> SearchStrategy[Drive]:
    """Return drives sampled so, by a vehicle that can do so much; see `tracks`."""
    bounded("max_speed_mps", limits.speed_mps, limits.speed_mps, least=0.1, most=1000)
    bounded("max_accel_mps2", limits.accel_mps2, limits.accel_mps2, least=0.1, most=100)
    bounded("max_turn_rps", limits.turn_rps, limits.turn_rps, least=0, most=math.tau)
    farthest_m = limits.speed_mps * sampling.span_ns / _S_NS
    if farthest_m > _LONGEST_M:
        raise CallError(
            f"a drive could go {farthest_m / 1000:.0f} km, further than {_LONGEST_M / 1000:.0f}:"
            " fewer points, a higher rate or a lower top speed"
        )
    reach_deg = math.degrees(farthest_m / EARTH_M)
    north_deg = _HIGHEST_LAT_DEG - reach_deg
    starts = positions(min_lat_deg=-north_deg, max_lat_deg=north_deg, decimals=MOST_DECIMALS)
    phases = st.builds(
        Phase,
        st.integers(1, sampling.max_points),
        _SHARES,
        _SHARES,
        st.integers(-100, 100).map(lambda thousandths: thousandths / 1000),
    )
    return st.builds(
        partial(_drive, limits, reach_deg),
        sampling.instants(),
        starts,
        st.lists(phases, max_size=_MOST_PHASES),
        _FROM_REST.map(lambda share: share * limits.speed_mps),
        st.integers(0, 359).map(math.radians),
    )


# Pedal and wheel are let go half of the time, or no drive would ever be straight.
_SHARES = st.one_of(st.just(0.0), st.integers(-100, 100).map(lambda percent: percent / 100))
# And half of the drives begin at rest.
_FROM_REST = st.one_of(st.just(0.0), st.integers(1, 100).map(lambda percent: percent / 100))


def _drive(  # noqa: PLR0917  (one caller, same order)
    limits: Limits,
    reach_deg: float,
    t_ns: Instants,
    start: Position,
    phases: Sequence[Phase],
    speed_mps: float,
    course_rad: float,
) -> Drive:
    interval_s = float(t_ns[1] - t_ns[0]) / _S_NS if len(t_ns) > 1 else 1.0
    motion = motion_of(phases, len(t_ns), interval_s, limits, speed_mps, course_rad)
    lat_deg = start.lat_deg + np.degrees(motion.north_m / EARTH_M)
    return Drive(
        t_ns,
        lat_deg,
        _longitudes(_off_null_island(start, reach_deg), lat_deg, motion.east_m),
        np.clip(start.alt_m + motion.up_m, _LOWEST_M, _HIGHEST_M),
        motion.speed_mps,
        _wrapped(np.degrees(motion.course_rad), 0.0),
    )


def _off_null_island(start: Position, reach_deg: float) -> float:
    """Return the longitude to start from: many receivers write 0/0 for "no fix", so no drive goes there."""
    near_deg = 1.1 * reach_deg + _NEAR_DEG
    near = max(abs(start.lat_deg), abs(start.lon_deg)) < near_deg
    return start.lon_deg + 2 * near_deg if near else start.lon_deg


def _longitudes(start_deg: float, lat_deg: Floats, east_m: Floats) -> Floats:
    """Return longitudes of a way, each step measured on the parallel between its ends."""
    parallels = np.cos(np.radians((lat_deg[1:] + lat_deg[:-1]) / 2))
    steps = np.degrees(np.diff(east_m) / EARTH_M / parallels)
    return _wrapped(start_deg + np.concatenate([[0.0], np.cumsum(steps)]), -180.0)


def _wrapped(degrees: Floats, lowest: float) -> Floats:
    """Return angles from `lowest` on and below `lowest` + 360."""
    turned = np.mod(degrees - lowest, 360.0) + lowest
    # The remainder of a tiny negative number rounds up to the divisor itself.
    return np.where(turned >= lowest + 360.0, lowest, turned)
