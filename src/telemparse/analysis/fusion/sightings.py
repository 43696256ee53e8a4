"""What was measured of the states at nodes: linear rows, one number each."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, TypeAlias

import attrs
import numpy as np

from telemparse.analysis.fusion.rotations import angles_of, crossing, wrapped
from telemparse.analysis.fusion.states import (
    ATTITUDE,
    COUNT,
    FAST,
    OFFSET,
    POSITION,
    RATE_BIAS,
    SLOW,
    VELOCITY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from telemparse.analysis.fusion.states import Trajectory
    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["Arm", "Kind", "Seen", "Sightings", "sightings"]


class Kind(enum.IntEnum):
    """What a row measures."""

    PLACE = 0
    HEIGHT = 1
    PACE = 2
    CLIMB = 3
    STANDSTILL = 4
    SIDEWAYS = 5
    WHEELS = 6
    FIELD = 7


@attrs.frozen(eq=False, kw_only=True)
class Seen:
    """Measurements of one kind.

    Args:
        kind: what is measured.
        node: where, shape (m,), rising.
        values: shape (m, c): `PLACE` and `PACE` east and north, `STANDSTILL` the three rates that the unit
            shows, `SIDEWAYS` none, the others one number.
        variance: shape (m, c): of each value; `STANDSTILL` of three rates and three velocities, `SIDEWAYS` of
            the velocities to the left and upwards.
    """

    kind: Kind
    node: Ints
    values: Floats
    variance: Floats


@attrs.frozen(eq=False, kw_only=True)
class Sightings:
    """Rows of measurements, ordered by node.

    Args:
        first: row at which those of each node begin, shape (nodes + 1,).
        rows: derivatives by the errors of the states, shape (m, 23).
        rest: measured less what the trajectory says, shape (m,).
        variance: shape (m,).
        kind: shape (m,).
        node: shape (m,).
    """

    first: Ints
    rows: Floats
    rest: Floats
    variance: Floats
    kind: Ints
    node: Ints


@attrs.frozen(eq=False, kw_only=True)
class Arm:
    """From the unit to the antenna, in the vehicle's frame.

    Args:
        lever_m: forwards, left, up, shape (3,).
        swing_mps: velocity of its end by the turning of the vehicle, shape (n, 3).
    """

    lever_m: Floats
    swing_mps: Floats


def sightings(trajectory: Trajectory, seen: Iterable[Seen], arm: Arm) -> Sightings:
    """Return measurements as rows about a trajectory.

    Args:
        trajectory: at n nodes.
        seen: what was measured.
        arm: of the antenna.
    """
    nodes, rows, rests, variances, kinds = [], [], [], [], []
    for each in seen:
        for part, rest, variance in _BUILDERS[each.kind](trajectory, each, arm):
            nodes.append(each.node)
            rows.append(part)
            rests.append(rest)
            variances.append(variance)
            kinds.append(np.full(len(each.node), each.kind, np.int64))
    node = np.concatenate(nodes)
    order = np.argsort(node, kind="stable")
    return Sightings(
        first=np.searchsorted(node[order], np.arange(len(trajectory.nodes_s) + 1)),
        rows=np.concatenate(rows)[order],
        rest=np.concatenate(rests)[order],
        variance=np.concatenate(variances)[order],
        kind=np.concatenate(kinds)[order],
        node=node[order],
    )


_Rows: TypeAlias = "Iterator[tuple[Floats, Floats, Floats]]"


def _places(trajectory: Trajectory, seen: Seen, arm: Arm) -> _Rows:
    """Yield east and north: position, the antenna's arm, and both wandering errors."""
    node = seen.node
    attitude = trajectory.attitude[node]
    reach = attitude @ arm.lever_m
    turned = -attitude @ crossing(arm.lever_m)
    for axis in range(2):
        rows = np.zeros((len(node), COUNT))
        rows[:, POSITION.start + axis] = 1.0
        rows[:, ATTITUDE] = turned[:, axis]
        rows[:, FAST.start + axis] = rows[:, SLOW.start + axis] = 1.0
        rows[:, OFFSET] = trajectory.velocity_mps[node, axis]
        said = trajectory.position_m[node, axis] + reach[:, axis]
        said += trajectory.wander_m[node, axis] + trajectory.wander_m[node, 2 + axis]
        said += trajectory.velocity_mps[node, axis] * trajectory.offset_s[node]
        yield rows, seen.values[:, axis] - said, seen.variance[:, axis]


def _heights(trajectory: Trajectory, seen: Seen, arm: Arm) -> _Rows:
    node = seen.node
    rows = np.zeros((len(node), COUNT))
    rows[:, POSITION.stop - 1] = 1.0
    rows[:, ATTITUDE] = (-trajectory.attitude[node] @ crossing(arm.lever_m))[:, 2]
    said = trajectory.position_m[node, 2] + trajectory.attitude[node, 2] @ arm.lever_m
    yield rows, seen.values[:, 0] - said, seen.variance[:, 0]


def _paces(trajectory: Trajectory, seen: Seen, arm: Arm) -> _Rows:
    """Yield velocity east and north: that of the unit, and what the antenna's arm adds as it swings."""
    node = seen.node
    pushed = np.gradient(trajectory.velocity_mps, trajectory.nodes_s, axis=0)
    swings = np.einsum("kij,kj->ki", trajectory.attitude, arm.swing_mps)
    for axis in range(2):
        rows = np.zeros((len(node), COUNT))
        rows[:, VELOCITY.start + axis] = 1.0
        rows[:, OFFSET] = pushed[node, axis]
        said = trajectory.velocity_mps[node, axis] + swings[node, axis]
        said += pushed[node, axis] * trajectory.offset_s[node]
        yield rows, seen.values[:, axis] - said, seen.variance[:, axis]


def _climbs(trajectory: Trajectory, seen: Seen, _arm: Arm) -> _Rows:
    rows = np.zeros((len(seen.node), COUNT))
    rows[:, VELOCITY.stop - 1] = 1.0
    yield rows, seen.values[:, 0] - trajectory.velocity_mps[seen.node, 2], seen.variance[:, 0]


def _standstills(trajectory: Trajectory, seen: Seen, _arm: Arm) -> _Rows:
    """Yield no velocity, by the last three variances, and rates that are nothing but bias, by the first."""
    node = seen.node
    for axis in range(3):
        rows = np.zeros((len(node), COUNT))
        rows[:, RATE_BIAS.start + axis] = 1.0
        yield rows, seen.values[:, axis] - trajectory.rate_bias[node, axis], seen.variance[:, axis]
        rows = np.zeros((len(node), COUNT))
        rows[:, VELOCITY.start + axis] = 1.0
        yield rows, -trajectory.velocity_mps[node, axis], seen.variance[:, 3 + axis]


def _sideways(trajectory: Trajectory, seen: Seen, _arm: Arm) -> _Rows:
    """Yield no velocity to the left and upwards in the vehicle's own frame."""
    node = seen.node
    into = np.swapaxes(trajectory.attitude[node], 1, 2)
    own = np.einsum("kij,kj->ki", into, trajectory.velocity_mps[node])
    turned = crossing(own)
    for column, axis in enumerate((1, 2)):
        rows = np.zeros((len(node), COUNT))
        rows[:, VELOCITY] = into[:, axis]
        rows[:, ATTITUDE] = turned[:, axis]
        yield rows, -own[:, axis], seen.variance[:, column]


def _wheels(trajectory: Trajectory, seen: Seen, _arm: Arm) -> _Rows:
    """Yield the velocity forwards in the vehicle's own frame."""
    node = seen.node
    into = np.swapaxes(trajectory.attitude[node], 1, 2)
    own = np.einsum("kij,kj->ki", into, trajectory.velocity_mps[node])
    rows = np.zeros((len(node), COUNT))
    rows[:, VELOCITY] = into[:, 0]
    rows[:, ATTITUDE] = crossing(own)[:, 0]
    yield rows, seen.values[:, 0] - own[:, 0], seen.variance[:, 0]


def _fields(trajectory: Trajectory, seen: Seen, _arm: Arm) -> _Rows:
    """Yield the yaw, counter-clockwise from east."""
    node = seen.node
    attitude = trajectory.attitude[node]
    rows = np.zeros((len(node), COUNT))
    # A small turn moves the nose by its cross product with it; the yaw is where that points on the ground.
    nose, moved = attitude[:, :, 0], -attitude @ crossing(np.array([1.0, 0.0, 0.0]))
    across = nose[:, :1] * moved[:, 1] - nose[:, 1:2] * moved[:, 0]
    rows[:, ATTITUDE] = across / (nose[:, :2] ** 2).sum(axis=1, keepdims=True)
    yaw, _pitch, _roll = angles_of(attitude)
    yield rows, wrapped(seen.values[:, 0] - yaw), seen.variance[:, 0]


_BUILDERS: Mapping[Kind, Callable[[Trajectory, Seen, Arm], _Rows]] = {
    Kind.PLACE: _places,
    Kind.HEIGHT: _heights,
    Kind.PACE: _paces,
    Kind.CLIMB: _climbs,
    Kind.STANDSTILL: _standstills,
    Kind.SIDEWAYS: _sideways,
    Kind.WHEELS: _wheels,
    Kind.FIELD: _fields,
}
