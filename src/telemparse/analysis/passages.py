"""Which crossings of a gate count: the right way, fast enough, and not the same one twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.crossings import crossings
from telemparse.analysis.stints import speed_of
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.crossings import Crossings
    from telemparse.analysis.gate_lines import GateLine
    from telemparse.analysis.lap_rules import LapRules
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Passages", "passages"]


@attrs.frozen(eq=False)
class Passages:
    """Crossings of a gate that count.

    Args:
        line: with the direction of travel that counts.
        seen: in order of time, with their instants.
        hidden: crossings within gaps: that they happened is known, not when.
        ignored: how many were not counted, by reason.
        nearest_m: least distance of an epoch from the middle of the line.
    """

    line: GateLine
    seen: Crossings
    hidden: Crossings
    ignored: dict[str, int]
    nearest_m: float


def passages(motion: Motion, line: GateLine, rules: LapRules) -> Passages:
    """Return the crossings of a line that count.

    Of a line without a direction the way in which most cross it counts.
    """
    found = crossings(motion, line)
    pace = speed_of(motion)[found.epoch]
    fast = (found.normal_mps > 0) & (np.maximum(pace, found.speed_mps) >= rules.slowest_mps)
    straight = found.normal_mps >= rules.least_cosine * found.speed_mps
    good = (fast & straight) | found.hidden
    if not line.directed and (found.forward & good).sum() < (~found.forward & good).sum():
        line = line.reversed()
        found = attrs.evolve(found, forward=~found.forward)
    ahead = found.part(good & found.forward)
    seen = ahead.part(~ahead.hidden)
    apart = _apart(seen.t_ns / NS_PER_S, rules)
    away = motion.position_m - line.middle_m
    return Passages(
        line=line,
        seen=seen.part(apart),
        hidden=ahead.part(ahead.hidden),
        ignored={
            "backwards": int((good & ~found.forward).sum()),
            "too slow": int((~fast & ~found.hidden).sum()),
            "along the line": int((fast & ~straight & ~found.hidden).sum()),
            "too soon": int((~apart).sum()),
        },
        nearest_m=float(np.hypot(*away.T).min()),
    )


def _apart(t_s: Floats, rules: LapRules) -> Mask:
    """Return which instants, shape (k,), are no repetition of the one before: the first of each bunch."""
    keep = _spaced(t_s, rules.shortest_lap_s)
    if keep.sum() > 2:  # noqa: PLR2004  (two laps have no median)
        usual = float(np.median(np.diff(t_s[keep])))
        keep = _spaced(t_s, max(rules.shortest_lap_s, rules.shortest_share * usual))
    return keep


def _spaced(t_s: Floats, least_s: float) -> Mask:
    keep = np.zeros(len(t_s), np.bool_)
    last = -np.inf
    for row, instant in enumerate(t_s.tolist()):
        if instant - last >= least_s:
            keep[row] = True
            last = instant
    return keep
