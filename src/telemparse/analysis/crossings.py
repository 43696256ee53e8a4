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

_ROUNDS = 60


@attrs.frozen(eq=False, kw_only=True)
class Crossings:
    """Crossings of a bounded line in order of time, all columns of shape (k,).

    Args:
        t_ns: instants; of one that is hidden in a gap the middle of the gap, which is no measurement.
        epoch: row of the path before it.
        forward: in the line's direction of travel.
        offset_m: along the line from its middle.
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


def crossings(motion: Motion, line: GateLine) -> Crossings:
    """Return all crossings of a line between its ends, either way.

    An epoch that lies on the line counts as behind it, so that it is crossed once. Between two epochs the
    instant is the root of the distance, of a cubic where the motion is smoothed.

    Args:
        motion: states at the epochs of a path.
        line: in the same plane.
    """
    distance = line.distance_m(motion.position_m)
    behind = distance >= 0
    epoch = np.flatnonzero(behind[1:] != behind[:-1])
    stamps = motion.path.t_ns
    step = (stamps[epoch + 1] - stamps[epoch]) / NS_PER_S
    hidden = motion.broken[epoch]
    before, after = distance[epoch], distance[epoch + 1]
    part = before / (before - after)
    if motion.method is not Method.LINEAR:
        pace = motion.velocity_mps @ line.normal
        part = np.where(hidden, part, _roots(before, after, pace[epoch] * step, pace[epoch + 1] * step, part))
    t_ns = stamps[epoch] + np.rint(part * step * NS_PER_S).astype(np.int64)
    place, velocity = motion.at(t_ns)
    straight = motion.position_m[epoch] + part[:, None] * (
        motion.position_m[epoch + 1] - motion.position_m[epoch]
    )
    mean = (motion.position_m[epoch + 1] - motion.position_m[epoch]) / step[:, None]
    place, velocity = np.where(hidden[:, None], straight, place), np.where(hidden[:, None], mean, velocity)
    t_ns = np.where(hidden, stamps[epoch] + (stamps[epoch + 1] - stamps[epoch]) // 2, t_ns)
    offset = line.offset_m(place)
    found = Crossings(
        t_ns=t_ns,
        epoch=epoch,
        forward=behind[epoch + 1],
        offset_m=offset,
        speed_mps=np.asarray(np.hypot(*velocity.T)),
        normal_mps=np.abs(velocity @ line.normal),
        hidden=hidden,
    )
    return found.part(np.abs(offset) <= line.half_m)


def _roots(before: Floats, after: Floats, pace0: Floats, pace1: Floats, part: Floats) -> Floats:
    """Return where cubics on [0, 1] with values of two signs at the ends are 0: Newton within a bracket.

    Args:
        before: value at 0, shape (k,), as all others.
        after: value at 1.
        pace0: derivative at 0.
        pace1: derivative at 1.
        part: first guess.
    """
    # a x^3 + b x^2 + pace0 x + before
    a, b = 2 * (before - after) + pace0 + pace1, 3 * (after - before) - 2 * pace0 - pace1
    low, high = np.zeros_like(part), np.ones_like(part)
    for _round in range(_ROUNDS):
        value = ((a * part + b) * part + pace0) * part + before
        same = (value >= 0) == (before >= 0)
        low, high = np.where(same, part, low), np.where(same, high, part)
        slope = (3 * a * part + 2 * b) * part + pace0
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = part - value / slope
        inside = (newton > low) & (newton < high)
        ahead = np.where(inside, newton, (low + high) / 2)
        if np.array_equal(ahead, part):
            break
        part = ahead
    return part
