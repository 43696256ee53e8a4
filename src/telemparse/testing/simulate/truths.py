"""What really happened: one smooth function of time, whose derivatives are exact, and what it comes to."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from telemparse.kernels.clocks import NS_PER_S
from telemparse.testing.simulate.chances import Cause, chance
from telemparse.testing.simulate.disturbances import Parking
from telemparse.testing.simulate.paces import KNOT_S

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.testing.simulate.circuits import Grip
    from telemparse.testing.simulate.paces import Pace, Parked

__all__ = ["States", "Truth", "truth_of"]

_STATES_HZ = 1000
_SLIP_LAG_S, _WANDER_S = 0.05, 0.3
_STILL_MPS = 0.3
"""Below this a velocity has no direction to speak of: the way's own counts."""


@attrs.frozen(eq=False, kw_only=True)
class States:
    """Motion at instants, one row each.

    Args:
        t_ns: instants, ns since 1970, UTC, shape (n,).
        position_m: east and north of the run's origin, shape (n, 2).
        velocity_mps: east and north, shape (n, 2).
        acceleration_mps2: east and north, shape (n, 2).
        course_deg: direction of travel, clockwise from the plane's north, in [0, 360), shape (n,); of a
            standing car, that of its way.
        yaw_rad: of the nose, counter-clockwise from east, without jumps, shape (n,).
        yaw_rate_rps: its derivative, shape (n,).
        progress_m: along the centre line since the run's start place, over all laps, shape (n,).
    """

    t_ns: Ints
    position_m: Floats
    velocity_mps: Floats
    acceleration_mps2: Floats
    course_deg: Floats
    yaw_rad: Floats
    yaw_rate_rps: Floats
    progress_m: Floats

    @property
    def speed_mps(self) -> Floats:
        """Speed over ground, shape (n,)."""
        return np.hypot(self.velocity_mps[:, 0], self.velocity_mps[:, 1])


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Truth:
    """The motion of a run as a function of time: cubics that join with their second derivatives.

    Args:
        start_ns: instant of the run's start, ns since 1970, UTC.
        seconds: length of the run.
        spline: (east, north, progress, heading of the way, slip) by seconds since the start.
        parked: the times between stints.
    """

    start_ns: int
    seconds: float
    spline: Any
    parked: tuple[Parked, ...] = ()

    def at_s(self, t_s: Floats) -> States:
        """Return the states at seconds since the start, shape (n,), in [0, `seconds`]."""
        value, first, second = (self.spline(t_s, order) for order in range(3))
        velocity = first[:, :2]
        moves = np.hypot(velocity[:, 0], velocity[:, 1]) > _STILL_MPS
        course = np.where(moves, np.arctan2(velocity[:, 1], velocity[:, 0]), value[:, 3])
        degrees = (90.0 - np.degrees(course)) % 360.0
        return States(
            t_ns=self.start_ns + np.rint(np.asarray(t_s) * NS_PER_S).astype(np.int64),
            position_m=value[:, :2],
            velocity_mps=velocity,
            acceleration_mps2=second[:, :2],
            course_deg=np.where(degrees >= 360.0, 0.0, degrees),  # noqa: PLR2004  (a full turn, by rounding)
            yaw_rad=value[:, 3] + value[:, 4],
            yaw_rate_rps=first[:, 3] + first[:, 4],
            progress_m=value[:, 2],
        )

    def logged(self, t_ns: Ints) -> Mask:
        """Tell at which instants, ns since 1970, UTC, shape (n,), the logger was on."""
        t_s = (np.asarray(t_ns, np.int64) - self.start_ns) / NS_PER_S
        on = np.ones(len(t_s), np.bool_)
        for parked in self.parked:
            if parked.parking is Parking.SILENT:
                on &= (t_s <= parked.first_s) | (t_s >= parked.last_s)
        return on

    def at(self, t_ns: Ints) -> States:
        """Return the states at instants, ns since 1970, UTC, shape (n,), within the run."""
        return self.at_s((np.asarray(t_ns, np.int64) - self.start_ns) / NS_PER_S)

    @functools.cached_property
    def states(self) -> States:
        """The states every millisecond from start to end."""
        return self.at_s(np.arange(int(self.seconds * _STATES_HZ) + 1) / _STATES_HZ)


def truth_of(pace: Pace, grip: Grip, seed: int, start_ns: int) -> Truth:
    """Return the truth of a drive's knots.

    Args:
        pace: the knots.
        grip: of the vehicle, for how it slides.
        seed: of the wandering of its nose.
        start_ns: instant of the first knot.
    """
    count = len(pace.progress_m)
    instants = np.arange(count) * KNOT_S
    speed = np.hypot(*np.gradient(pace.position_m, KNOT_S, axis=0).T)
    sideways = speed * np.gradient(pace.heading_rad, KNOT_S)
    wide = _WANDER_S / KNOT_S
    # A moving mean of white noise with this many equal weights has standard deviation 1.
    drawn = chance(seed, Cause.SLIP).standard_normal(count)
    wander = gaussian_filter1d(drawn, wide) * np.sqrt(2 * np.sqrt(np.pi) * wide)
    slip = grip.slip_rad_per_mps2 * gaussian_filter1d(sideways, _SLIP_LAG_S / KNOT_S)
    slip = (slip + grip.wander_rad * wander) * gaussian_filter1d(np.minimum(1.0, speed / 2.0), 5.0)
    columns = np.column_stack([pace.position_m, pace.progress_m, pace.heading_rad, slip])
    return Truth(
        start_ns=start_ns,
        seconds=float(instants[-1]),
        spline=CubicSpline(instants, columns),
        parked=pace.parked,
    )
