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

_FEWEST, _AROUND, _AS_FAST = 2, 3, 0.7


@attrs.frozen(eq=False)
class Passages:
    """Crossings of a gate that count.

    Args:
        line: with the direction of travel that counts.
        seen: in order of time, with their instants.
        hidden: crossings within gaps: that they happened is known, not when.
        ignored: how many were not counted, by reason.
        beside: how many of those that count lie behind an end of the line, by less than the receiver wanders.
        nearest_m: least distance of an epoch from the middle of the line.
    """

    line: GateLine
    seen: Crossings
    hidden: Crossings
    ignored: dict[str, int]
    beside: int
    nearest_m: float


def passages(motion: Motion, line: GateLine, rules: LapRules) -> Passages:
    """Return the crossings of a line that count.

    Of a line without a direction the way in which most cross it counts. Positions wander: a crossing just
    behind an end of the line counts where it lies among those before and behind it, and is as fast. A pit
    lane beside the line is neither.
    """
    noise = motion.parameters.get("noise", {})
    margin = min(rules.beside_share * float(noise.get("slow_m", 0.0)), line.half_m)
    found = crossings(motion, line, margin_m=margin)
    pace = speed_of(motion)[found.epoch]
    fast = (found.normal_mps > 0) & (np.maximum(pace, found.speed_mps) >= rules.slowest_mps)
    straight = found.normal_mps >= rules.least_cosine * found.speed_mps
    inside = np.abs(found.offset_m) <= line.half_m
    good = ((fast & straight) | found.hidden) & (inside | ~found.hidden)
    if not line.directed and (found.forward & good).sum() < (~found.forward & good).sum():
        line = line.reversed()
        found = attrs.evolve(found, forward=~found.forward)
    ahead = found.part(good & found.forward & (inside | _passed_beside(found, good & inside, margin)))
    seen = ahead.part(~ahead.hidden)
    apart = _apart(seen.t_ns / NS_PER_S, rules)
    away = motion.position_m - line.middle_m
    return Passages(
        line=line,
        seen=seen.part(apart),
        hidden=ahead.part(ahead.hidden),
        ignored={
            "backwards": int((good & inside & ~found.forward).sum()),
            "too slow": int((~fast & inside & ~found.hidden).sum()),
            "along the line": int((fast & ~straight & inside & ~found.hidden).sum()),
            "too soon": int((~apart).sum()),
        },
        beside=int((np.abs(seen.offset_m[apart]) > line.half_m).sum()),
        nearest_m=float(np.hypot(*away.T).min()),
    )


def _passed_beside(found: Crossings, sure: Mask, margin_m: float) -> Mask:
    """Return which crossings behind the ends are like the sure ones around them, shape (k,)."""
    like = np.zeros(len(found), np.bool_)
    if margin_m <= 0 or sure.sum() < _FEWEST:
        return like
    rows = np.flatnonzero(sure & found.forward & ~found.hidden)
    for row in np.flatnonzero(~sure & found.forward & ~found.hidden).tolist():
        place = int(np.searchsorted(rows, row))
        near = rows[max(place - _AROUND, 0) : place + _AROUND]
        if not len(near):
            continue
        off = abs(found.offset_m[row] - np.median(found.offset_m[near]))
        usual = np.median(found.normal_mps[near])
        like[row] = off <= margin_m and found.normal_mps[row] >= _AS_FAST * usual
    return like


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
