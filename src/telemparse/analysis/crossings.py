"""Where a motion crosses a gate, and when, to a fraction of the step between epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.motions import Method
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.gate_lines import GateLine
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Crossings", "crossings"]

_ROUNDS = 40
_CLOSE_NS = 1
_FARTHEST_S = 3.0
_SLOWEST_MPS, _NEAR_M = 0.05, 1e-3


@attrs.frozen(eq=False, kw_only=True)
class Crossings:
    """Crossings of a bounded line in order of time, all columns of shape (k,).

    Args:
        t_ns: instants; of one that is hidden in a gap the middle of the gap, which is no measurement.
        epoch: row of the path before it.
        forward: in the line's direction of travel.
        offset_m: along the line from its middle, as the receiver saw it.
        speed_mps: over ground.
        normal_mps: part of it across the line, always positive.
        hidden: nothing is known of the moment: it lies within a gap.
    """

    t_ns: Ints
    epoch: Ints
    forward: Mask
    offset_m: Floats
    speed_mps: Floats
    normal_mps: Floats
    hidden: Mask

    def __len__(self) -> int:
        return len(self.t_ns)

    def part(self, rows: Mask | Ints) -> Crossings:
        """Return the ones that a mask or index chooses."""
        fields = attrs.asdict(self, recurse=False)
        return Crossings(**{name: values[rows] for name, values in fields.items()})


def crossings(motion: Motion, line: GateLine, *, margin_m: float = 0.0) -> Crossings:
    """Return all crossings of a line between its ends, either way.

    An epoch that lies on the line counts as behind it, so that it is crossed once. Whether the line was
    crossed is told by the positions as the receiver saw them: they wander together with those by which a gate
    is surveyed or learnt. When, is told by the motion.

    Args:
        motion: states at the epochs of a path.
        line: in the same plane.
        margin_m: crossings of the line's continuation that far behind its ends are returned too.
    """
    seen, stamps = motion.apparent_m, motion.path.t_ns
    distance = line.distance_m(seen)
    behind = distance >= 0
    epoch = np.flatnonzero(behind[1:] != behind[:-1])
    part = distance[epoch] / (distance[epoch] - distance[epoch + 1])
    offset = line.offset_m(seen[epoch] + part[:, None] * (seen[epoch + 1] - seen[epoch]))
    between = np.abs(offset) <= line.half_m + margin_m
    epoch, part, offset = epoch[between], part[between], offset[between]
    hidden = motion.broken[epoch]
    step_ns = stamps[epoch + 1] - stamps[epoch]
    t_ns = stamps[epoch] + np.rint(part * step_ns).astype(np.int64)
    if motion.method is not Method.LINEAR:
        t_ns = np.where(hidden, t_ns, _timed(motion, line, t_ns))
    _place, velocity = motion.at(t_ns)
    mean = (seen[epoch + 1] - seen[epoch]) / (step_ns / NS_PER_S)[:, None]
    velocity = np.where(np.isfinite(velocity), velocity, mean)
    forward = behind[epoch + 1]
    t_ns = np.where(hidden, stamps[epoch] + step_ns // 2, t_ns)
    at = np.clip(np.searchsorted(stamps, t_ns, side="right") - 1, 0, max(len(stamps) - 2, 0))
    return Crossings(
        t_ns=t_ns,
        epoch=at,
        forward=forward,
        offset_m=offset,
        speed_mps=np.asarray(np.hypot(*velocity.T)),
        normal_mps=np.abs(velocity @ line.normal),
        hidden=hidden,
    )


def _timed(motion: Motion, line: GateLine, t_ns: Ints) -> Ints:
    """Return when the motion is on the infinite line, nearest to instants of shape (k,).

    Newton's steps, each halved until it leads closer. Where none lead there within some seconds, within the
    epochs and outside of gaps, the instant stays.
    """
    place, velocity = motion.at(t_ns)
    off = line.distance_m(place)
    best = t_ns
    active = np.isfinite(off)
    damping = np.ones(len(t_ns))
    for _round in range(_ROUNDS):
        pace = velocity @ line.normal
        active = active & (np.abs(pace) > _SLOWEST_MPS)
        with np.errstate(divide="ignore", invalid="ignore"):
            step_s = np.where(active, -off / pace * damping, 0.0)
        step_ns = np.rint(np.clip(step_s, -_FARTHEST_S, _FARTHEST_S) * NS_PER_S).astype(np.int64)
        if not (np.abs(step_ns) > _CLOSE_NS).any():
            break
        tried = best + step_ns
        place, tried_velocity = motion.at(tried)
        tried_off = line.distance_m(place)
        closer = np.isfinite(tried_off) & (np.abs(tried_off) < np.abs(off))
        best = np.where(closer, tried, best)
        off = np.where(closer, tried_off, off)
        velocity = np.where(closer[:, None], tried_velocity, velocity)
        damping = np.where(closer, 1.0, damping / 2)
    found = (np.abs(off) < _NEAR_M) & (np.abs(best - t_ns) <= _FARTHEST_S * NS_PER_S)
    return np.where(found, best, t_ns)
