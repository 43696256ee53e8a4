"""What else tells of a motion where somebody asks for it: that a vehicle follows its nose, and its wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.sightings import Kind, Seen
from telemparse.analysis.speed_signals import Speeds
from telemparse.analysis.stamps import spanned

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.fusion.nodes import Nodes
    from telemparse.analysis.motions import Motion

__all__ = ["Wheels", "followed", "wheels_seen"]

_CORRELATED_S = 1.0
"""How long a slide lasts, roughly: what is seen all the time counts as one look a second."""
_FRONT = ("wheel_speed_fl_mps", "wheel_speed_fr_mps")
_ANY = (*_FRONT, "wheel_speed_rl_mps", "wheel_speed_rr_mps")
_FASTER_MPS, _FEWEST = 3.0, 100
_MOST_SCALE, _MOST_OFF = 0.2, 0.15
_LEAST_STD_MPS = 0.05
_NEAR_S = 0.5


def followed(nodes: Nodes, sideways_mps: float) -> Seen:
    """Return that a vehicle moves neither sideways nor upwards in its own frame, at all nodes.

    Args:
        nodes: of the filter.
        sideways_mps: standard deviation of what it does of both.
    """
    variance = sideways_mps**2 * _looks(nodes)
    count = len(nodes)
    return Seen(
        kind=Kind.SIDEWAYS,
        node=np.arange(count),
        values=np.zeros((count, 0)),
        variance=np.full((count, 2), variance),
    )


@attrs.frozen(eq=False, kw_only=True)
class Wheels:
    """What the wheels say.

    Args:
        seen: speeds forwards at nodes, None where they are not used.
        scale: metres that the vehicle goes for one that its wheels count; NaN where unknown.
        std_mps: how far speeds are off, NaN where unknown.
        reason: why they are not used, empty where they are.
    """

    seen: Seen | None = None
    scale: float = float("nan")
    std_mps: float = float("nan")
    reason: str = ""

    @property
    def facts(self) -> dict[str, float | str]:
        """What parameters of a pose tell of them."""
        if self.seen is None:
            return {"unused": self.reason}
        return {"scale": self.scale, "std_mps": self.std_mps, "nodes": len(self.seen.node)}


def wheels_seen(streams: Mapping[str, pa.Table], nodes: Nodes, zero_ns: int, motion: Motion) -> Wheels:
    """Return how fast the wheels turn at the nodes: the front ones where both are known, else all there are.

    How many metres a turn is, and how well wheels tell, is found beside the receiver's own speed.

    Args:
        streams: by name; channel groups are looked at.
        nodes: of the filter.
        zero_ns: instant of their 0.
        motion: of the receiver alone.
    """
    speeds = _speeds(streams, motion.path.time_base)
    if speeds is None or len(speeds.t_ns) < _FEWEST:
        return Wheels(reason="no speeds of wheels on the clock of the fixes")
    t_s = (speeds.t_ns - zero_ns) / 1e9
    epochs_s = (motion.path.t_ns - zero_ns) / 1e9
    near = spanned(epochs_s, t_s, _NEAR_S) & (motion.speed_mps > _FASTER_MPS)
    turned = np.interp(epochs_s, t_s, speeds.values)
    near &= turned > _FASTER_MPS * (1 - _MOST_SCALE)
    if near.sum() < _FEWEST:
        return Wheels(reason="too little driving to compare wheels with fixes")
    scale = float(np.median(motion.speed_mps[near] / turned[near]))
    off = scale * turned[near] - motion.speed_mps[near]
    std = max(float(1.4826 * np.median(np.abs(off))), _LEAST_STD_MPS)
    if abs(scale - 1) > _MOST_SCALE or std > _MOST_OFF * float(np.median(motion.speed_mps[near])):
        return Wheels(
            scale=scale, std_mps=std, reason=f"wheels are off by {std:.2f} m/s at {scale:.2f} of their speed"
        )
    node = np.flatnonzero(spanned(nodes.t_s, t_s, _NEAR_S))
    values = scale * np.interp(nodes.t_s[node], t_s, speeds.values)
    seen = Seen(
        kind=Kind.WHEELS,
        node=node,
        values=values[:, None],
        variance=np.full((len(node), 1), std**2 * _looks(nodes)),
    )
    return Wheels(seen=seen, scale=scale, std_mps=std)


def _speeds(streams: Mapping[str, pa.Table], time_base: str) -> Speeds | None:
    for name, table in streams.items():
        on_clock = (table.schema.metadata or {}).get(b"time_base", b"utc").decode() == time_base
        if not (name.startswith("channels.") and on_clock and table.num_rows):
            continue
        there = [column for column in _ANY if column in table.column_names]
        if there:
            return Speeds.of(table, _FRONT if set(_FRONT) <= set(there) else there)
    return None


def _looks(nodes: Nodes) -> float:
    """Return how many nodes count as one look."""
    return max(_CORRELATED_S / float(np.median(np.diff(nodes.t_s))), 1.0)
