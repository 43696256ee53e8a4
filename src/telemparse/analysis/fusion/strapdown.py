"""What an inertial unit adds up to between two instants: turn, gain of velocity, and way."""

# Preintegration after Forster et al., IEEE Trans. Robotics 33 (2017): sums in the frame of the interval's
# first instant, with their derivatives by the biases, so that better biases need no new sums. All intervals
# are summed at once, one sample of each after the other.

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.rotations import crossing, turned_by

if TYPE_CHECKING:
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["Increments", "Within", "increments"]


@attrs.frozen(eq=False, kw_only=True)
class Increments:
    """Sums over k intervals, each in the frame of the vehicle at its first instant.

    Args:
        step_s: lengths, shape (k,).
        turn: rotation from the last frame into the first one, shape (k, 3, 3).
        gain_mps: specific force summed up, shape (k, 3).
        way_m: summed up twice, shape (k, 3).
        turn_by_rate: derivative of the turn, as a vector in the last frame, by the bias of the rates,
            shape (k, 3, 3).
        gain_by_force, gain_by_rate, way_by_force, way_by_rate: derivatives by biases, shape (k, 3, 3).
        force, rate: means over the interval, as measured, shape (k, 3).
    """

    step_s: Floats
    turn: Floats
    gain_mps: Floats
    way_m: Floats
    turn_by_rate: Floats
    gain_by_force: Floats
    gain_by_rate: Floats
    way_by_force: Floats
    way_by_rate: Floats
    force: Floats
    rate: Floats


@attrs.frozen(eq=False, kw_only=True)
class Within:
    """The same sums from the first instant of an interval to instants inside it.

    Args:
        interval: of each instant, shape (m,).
        since_s: from the interval's first instant, shape (m,).
        turn, gain_mps, way_m: sums, shape (m, 3, 3), (m, 3), (m, 3).
    """

    interval: Ints
    since_s: Floats
    turn: Floats
    gain_mps: Floats
    way_m: Floats


def increments(
    unit: Inertial, nodes_s: Floats, force_bias: Floats, rate_bias: Floats
) -> tuple[Increments, Within]:
    """Return the sums between instants, and those to every sample between them.

    A sample is the mean since the one before it; what lies beyond the first and the last one is theirs.

    Args:
        unit: the samples, in the vehicle's frame.
        nodes_s: instants on the unit's clock, rising, shape (k + 1,).
        force_bias: to take off the forces, m/s2, of each interval, shape (k, 3).
        rate_bias: to take off the rates, rad/s, shape (k, 3).
    """
    count = len(nodes_s) - 1
    inner = unit.t_s[(unit.t_s > nodes_s[0]) & (unit.t_s < nodes_s[-1])]
    ends = np.union1d(nodes_s, inner)
    starts, ends = ends[:-1], ends[1:]
    middle = (starts + ends) / 2
    sample = np.clip(np.searchsorted(unit.t_s, middle), 0, len(unit.t_s) - 1)
    interval = np.clip(np.searchsorted(nodes_s, middle) - 1, 0, count - 1)
    place = np.arange(len(ends)) - np.searchsorted(interval, np.arange(count))[interval]
    most = int(place.max(initial=0)) + 1
    steps = np.zeros((most, count))
    forces, rates = np.zeros((most, count, 3)), np.zeros((most, count, 3))
    steps[place, interval] = ends - starts
    forces[place, interval], rates[place, interval] = unit.force[sample], unit.rate[sample]
    turn = np.broadcast_to(np.eye(3), (count, 3, 3)).copy()
    gain, way = np.zeros((count, 3)), np.zeros((count, 3))
    zero = np.zeros((count, 3, 3))
    turn_by, gain_f, gain_r, way_f, way_r = (zero.copy() for _each in range(5))
    turns, gains, ways = np.empty((most, count, 3, 3)), np.empty((most, count, 3)), np.empty((most, count, 3))
    for row in range(most):
        step = steps[row][:, None]
        whole = step[:, :, None]
        half = turned_by((rates[row] - rate_bias) * step / 2)
        ahead = turn @ half
        force = forces[row] - force_bias
        pushed = np.einsum("kij,kj->ki", ahead, force)
        bent = -(ahead @ crossing(force)) @ turn_by
        way += gain * step + 0.5 * pushed * step**2
        way_f += gain_f * whole - 0.5 * ahead * whole**2
        way_r += gain_r * whole + 0.5 * bent * whole**2
        gain = gain + pushed * step
        gain_f = gain_f - ahead * whole
        gain_r = gain_r + bent * whole
        full = half @ half
        turn_by = np.swapaxes(full, 1, 2) @ turn_by - whole * np.eye(3)
        turn = turn @ full
        turns[row], gains[row], ways[row] = turn, gain, way
    step_s = np.diff(nodes_s)
    sums = Increments(
        step_s=step_s,
        turn=turn,
        gain_mps=gain,
        way_m=way,
        turn_by_rate=turn_by,
        gain_by_force=gain_f,
        gain_by_rate=gain_r,
        way_by_force=way_f,
        way_by_rate=way_r,
        force=np.einsum("jk,jki->ki", steps, forces) / step_s[:, None],
        rate=np.einsum("jk,jki->ki", steps, rates) / step_s[:, None],
    )
    at = np.isin(ends, inner)
    rows = (place[at], interval[at])
    within = Within(
        interval=interval[at],
        since_s=ends[at] - nodes_s[interval[at]],
        turn=turns[rows],
        gain_mps=gains[rows],
        way_m=ways[rows],
    )
    return sums, within
