"""Instants at which the filter stands still: those of the receiver, and some within its gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.sightings import Kind, Seen

if TYPE_CHECKING:
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.smoothing.receptions import Reception
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Nodes", "nodes_of"]

_LONGEST_S = 0.2
_SHORTEST_S = 1e-3
_FARTHEST_S = 60.0


@attrs.frozen(eq=False, kw_only=True)
class Nodes:
    """Instants of the filter.

    Args:
        t_s: instants on the receiver's clock, rising, shape (n,).
        fix: nodes that are epochs of the receiver, shape (m,).
        epoch: of the path, at each of these, shape (m,).
    """

    t_s: Floats
    fix: Ints
    epoch: Ints

    def __len__(self) -> int:
        return len(self.t_s)

    def far(self, gap_s: float) -> Mask:
        """Return the nodes whose neighbouring fixes are farther apart than a gap, shape (n,)."""
        stamps = self.t_s[self.fix]
        right = np.searchsorted(stamps, self.t_s, side="left")
        before, behind = np.clip(right - 1, 0, None), np.clip(right, None, len(stamps) - 1)
        on = np.zeros(len(self.t_s), np.bool_)
        on[self.fix] = True
        return ~on & (stamps[behind] - stamps[before] > gap_s)


def nodes_of(reception: Reception, unit: Inertial, zero_ns: int) -> Nodes:
    """Return the epochs within a minute of the unit's samples, and in gaps between them a sample every 0.2 s.

    Where neither says anything there is nothing to stand at, however long that is, but on both sides of it.

    Args:
        reception: of the receiver.
        unit: samples, on the receiver's clock.
        zero_ns: instant at which their `t_s` is 0.
    """
    path = reception.path
    t_s = (path.t_ns - zero_ns) / 1e9
    covered = np.flatnonzero(unit.near(t_s, _FARTHEST_S))
    # Two epochs within a millisecond are one.
    covered = covered[np.diff(t_s[covered], prepend=-np.inf) > _SHORTEST_S]
    stamps = t_s[covered]
    gap = np.searchsorted(stamps, unit.t_s) - 1
    inside = (gap >= 0) & (gap < len(stamps) - 1)
    since = unit.t_s[inside] - stamps[gap[inside]]
    left = stamps[gap[inside] + 1] - unit.t_s[inside]
    # The first sample of each part; the first part is that of the fix, and the last one that of the next.
    part = (since / _LONGEST_S).astype(np.int64)
    first = (np.diff(part, prepend=0) > 0) & (left > _LONGEST_S / 2)
    quiet = np.flatnonzero(np.diff(unit.t_s) > unit.silence_s)
    ends = np.union1d([0, len(unit) - 1], np.union1d(quiet, quiet + 1))
    beside = np.union1d(unit.t_s[inside][first], unit.t_s[ends])
    beside = beside[(beside > stamps[0]) & (beside < stamps[-1])] if len(stamps) else beside[:0]
    near = np.searchsorted(stamps, beside)
    alone = np.minimum(beside - stamps[near - 1], stamps[near] - beside) > _SHORTEST_S
    every = np.sort(np.concatenate([stamps, beside[alone]]))
    return Nodes(t_s=every, fix=np.searchsorted(every, stamps), epoch=covered)


def fixes_seen(nodes: Nodes, reception: Reception) -> list[Seen]:
    """Return positions and velocities of the receiver at the nodes, with its own noise."""
    path, noise, epoch = reception.path, reception.noise, nodes.epoch
    used = reception.good[epoch]
    place = Seen(
        kind=Kind.PLACE,
        node=nodes.fix[used],
        values=path.position_m[epoch[used]],
        variance=np.full((int(used.sum()), 2), noise.white_m**2),
    )
    known = np.isfinite(reception.velocity_mps[epoch, 0])
    steps = np.clip(np.concatenate([path.step_s[:1], path.step_s])[epoch[known]], 1e-3, 1.0)
    pace = Seen(
        kind=Kind.PACE,
        node=nodes.fix[known],
        values=reception.velocity_mps[epoch[known]],
        variance=np.repeat(np.asarray(noise.velocity_std_mps(steps))[:, None] ** 2, 2, axis=1),
    )
    return [place, pace]
