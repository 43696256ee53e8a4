"""What an inertial unit adds up to between two instants: turn, gain of velocity, and way."""

# Preintegration after Forster et al., IEEE Trans. Robotics 33 (2017): sums in the frame of the interval's
# first instant, with their derivatives by the biases. All intervals are summed at once, one sample of each
# after the other.

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["Increments", "Slopes", "Stretches", "Within", "increments", "within"]


@attrs.frozen(eq=False, kw_only=True)
class Stretches:
    """Samples of a unit, cut at k + 1 instants and laid out by intervals, at most m in one.

    A sample is the mean since the one before it; what lies beyond the first and the last one is theirs.

    Args:
        step_s: lengths of the intervals, shape (k,).
        parts_s: how long each sample lasts, 0 behind the last one, shape (m, k).
        forces, rates: samples, shape (m, k, 3).
        force, rate: means over the interval, shape (k, 3).
        place, interval: where the samples that end inside are, in order of time, two of shape (p,).
        since_s: ends of these from the interval's first instant, shape (p,).
    """

    step_s: Floats
    parts_s: Floats
    forces: Floats
    rates: Floats
    force: Floats
    rate: Floats
    place: Ints
    interval: Ints
    since_s: Floats

    @classmethod
    def of(cls, unit: Inertial, nodes_s: Floats) -> Stretches:
        """Return the samples of a unit between instants on its clock, rising, shape (k + 1,)."""
        count = len(nodes_s) - 1
        inner = unit.t_s[(unit.t_s > nodes_s[0]) & (unit.t_s < nodes_s[-1])]
        every = np.concatenate([nodes_s, inner])
        order = np.argsort(every, kind="stable")
        edges = every[order]
        first = np.flatnonzero(np.diff(edges, prepend=-np.inf) > 0)
        at = np.logical_or.reduceat(order >= len(nodes_s), first)[1:]
        starts, ends = edges[first[:-1]], edges[first[1:]]
        middle = (starts + ends) / 2
        sample = np.clip(np.searchsorted(unit.t_s, middle), 0, len(unit.t_s) - 1)
        interval = np.clip(np.searchsorted(nodes_s, middle) - 1, 0, count - 1)
        place = np.arange(len(ends)) - np.searchsorted(interval, np.arange(count))[interval]
        most = int(place.max(initial=0)) + 1
        parts = np.zeros((most, count))
        forces, rates = np.zeros((most, count, 3)), np.zeros((most, count, 3))
        parts[place, interval] = ends - starts
        forces[place, interval], rates[place, interval] = unit.force[sample], unit.rate[sample]
        step = np.diff(nodes_s)
        return cls(
            step_s=step,
            parts_s=parts,
            forces=forces,
            rates=rates,
            force=np.einsum("jk,jki->ki", parts, forces) / step[:, None],
            rate=np.einsum("jk,jki->ki", parts, rates) / step[:, None],
            place=place[at],
            interval=interval[at],
            since_s=ends[at] - nodes_s[interval[at]],
        )


@attrs.frozen(eq=False, kw_only=True)
class Increments:
    """Sums over k intervals, each in the frame of the vehicle at its first instant.

    Args:
        step_s: lengths, shape (k,).
        turn: rotation from the last frame into the first one, shape (k, 3, 3).
        gain_mps: specific force summed up, shape (k, 3).
        way_m: summed up twice, shape (k, 3).
    """

    step_s: Floats
    turn: Floats
    gain_mps: Floats
    way_m: Floats


@attrs.frozen(eq=False, kw_only=True)
class Slopes:
    """Derivatives of sums by the biases of forces and rates.

    Args:
        turn_by_rate: of the turn, as a vector in the last frame, shape (k, 3, 3).
        gain_by_force, gain_by_rate, way_by_force, way_by_rate: shape (k, 3, 3).
    """

    turn_by_rate: Floats
    gain_by_force: Floats
    gain_by_rate: Floats
    way_by_force: Floats
    way_by_rate: Floats


@attrs.frozen(eq=False, kw_only=True)
class Within:
    """Sums from the first instant of an interval to the end of each sample inside it, in order of time.

    Args:
        turn, gain_mps, way_m: shape (p, 3, 3), (p, 3), (p, 3).
    """

    turn: Floats
    gain_mps: Floats
    way_m: Floats


def increments(stretches: Stretches, force_bias: Floats, rate_bias: Floats) -> tuple[Increments, Slopes]:
    """Return the sums between instants, and their derivatives by the biases.

    Args:
        stretches: the samples, in the vehicle's frame.
        force_bias: to take off the forces, m/s2, of each interval, shape (k, 3).
        rate_bias: to take off the rates, rad/s, shape (k, 3).
    """
    zero = np.zeros((3, 3, len(stretches.step_s)))
    turn_by, gain_f, gain_r, way_f, way_r = (zero.copy() for _each in range(5))
    for leg in _legs(stretches, force_bias, rate_bias):
        step = leg.step
        bent = -_product(_crossed(leg.halfway, leg.force), turn_by)
        way_f += gain_f * step - 0.5 * leg.halfway * step**2
        way_r += gain_r * step + 0.5 * bent * step**2
        gain_f -= leg.halfway * step
        gain_r += bent * step
        turn_by = _product(np.swapaxes(leg.full, 0, 1), turn_by)
        for axis in range(3):
            turn_by[axis, axis] -= step
    slopes = Slopes(
        turn_by_rate=_first(turn_by),
        gain_by_force=_first(gain_f),
        gain_by_rate=_first(gain_r),
        way_by_force=_first(way_f),
        way_by_rate=_first(way_r),
    )
    return _sums(stretches, leg), slopes


def within(stretches: Stretches, force_bias: Floats, rate_bias: Floats) -> tuple[Increments, Within]:
    """Return the sums between instants, and those up to every sample between them.

    Args:
        stretches: the samples, in the vehicle's frame.
        force_bias: to take off the forces, as for `increments`.
        rate_bias: to take off the rates.
    """
    most, count = stretches.parts_s.shape
    turns, gains, ways = np.empty((3, 3, most, count)), np.empty((3, most, count)), np.empty((3, most, count))
    for row, leg in enumerate(_legs(stretches, force_bias, rate_bias)):
        turns[:, :, row], gains[:, row], ways[:, row] = leg.turn, leg.gain, leg.way
    at = stretches.place, stretches.interval
    inside = Within(turn=_first(turns[:, :, *at]), gain_mps=_first(gains[:, *at]), way_m=_first(ways[:, *at]))
    return _sums(stretches, leg), inside


@attrs.frozen(eq=False, kw_only=True)
class _Leg:
    """One sample of each interval: its length, its force, the turn at its middle and over all of it, sums.

    The intervals are the last axis, so that every sum runs along them.
    """

    step: Floats
    force: Floats
    halfway: Floats
    full: Floats
    turn: Floats
    gain: Floats
    way: Floats


def _legs(stretches: Stretches, force_bias: Floats, rate_bias: Floats) -> Iterator[_Leg]:
    most, count = stretches.parts_s.shape
    turn = np.broadcast_to(np.eye(3)[:, :, None], (3, 3, count))
    gain, way = np.zeros((3, count)), np.zeros((3, count))
    for row in range(most):
        step = stretches.parts_s[row]
        half = _turned(np.ascontiguousarray((stretches.rates[row] - rate_bias).T) * (step / 2))
        halfway = _product(turn, half)
        force = np.ascontiguousarray((stretches.forces[row] - force_bias).T)
        pushed = np.einsum("ijk,jk->ik", halfway, force)
        way = way + gain * step + 0.5 * pushed * step**2
        gain = gain + pushed * step
        full = _product(half, half)
        turn = _product(turn, full)
        yield _Leg(step=step, force=force, halfway=halfway, full=full, turn=turn, gain=gain, way=way)


def _sums(stretches: Stretches, last: _Leg) -> Increments:
    return Increments(
        step_s=stretches.step_s, turn=_first(last.turn), gain_mps=_first(last.gain), way_m=_first(last.way)
    )


def _product(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.einsum("ijk,jlk->ilk", left, right))


def _turned(vectors: Floats) -> Floats:
    """Return rotations about vectors of shape (3, k), as `rotations.turned_by` does of (k, 3)."""
    angle_2 = (vectors**2).sum(axis=0)
    half = np.sqrt(angle_2) / 2
    # The sine of half the angle over that, which is 1 where there is none.
    sinc = np.sinc(half / np.pi)
    first, second = sinc * np.cos(half), 0.5 * sinc**2
    found = np.asarray(second * vectors[:, None] * vectors[None])
    found[0, 0] += 1 - second * angle_2
    found[1, 1] += 1 - second * angle_2
    found[2, 2] += 1 - second * angle_2
    x, y, z = first * vectors
    found[2, 1] += x
    found[1, 2] -= x
    found[0, 2] += y
    found[2, 0] -= y
    found[1, 0] += z
    found[0, 1] -= z
    return found


def _crossed(turns: Floats, vectors: Floats) -> Floats:
    """Return rotations times the matrices that multiply by a cross product."""
    x, y, z = vectors
    first, second, third = turns[:, 0], turns[:, 1], turns[:, 2]
    return np.stack([second * z - third * y, third * x - first * z, first * y - second * x], axis=1)


def _first(values: Floats) -> Floats:
    """Return values with the last axis as the first one."""
    return np.ascontiguousarray(np.moveaxis(values, -1, 0))
