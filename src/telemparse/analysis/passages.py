"""Which crossings of a gate count: the right way, fast enough, and not the same one twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.crossings import crossings
from telemparse.analysis.gate_fits import NEAR_M, outside_m
from telemparse.analysis.smoothing.noises import SLOW_S
from telemparse.analysis.stints import speed_of
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.crossings import Crossings
    from telemparse.analysis.gate_lines import GateLine
    from telemparse.analysis.lap_rules import LapRules
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Passages", "passages"]

_FEWEST, _AROUND = 2, 3
_LINES_M = 0.5


@attrs.frozen(eq=False)
class Passages:
    """Crossings of a gate that count.

    Args:
        line: with the direction of travel that counts.
        seen: in order of time, with their instants.
        hidden: crossings within gaps: that they happened is known, not when.
        in_pits: which of the seen ones look like those of a pit lane, slow and beside the others.
        ignored: how many were not counted, by reason.
        beside: how many of those that count lie behind an end of the line, by less than the receiver wanders.
        nearest_m: least distance of an epoch from the middle of the line.
    """

    line: GateLine
    seen: Crossings
    hidden: Crossings
    in_pits: Mask
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
    wander = (float(noise.get("slow_m", 0.0)), float(noise.get("fast_m", 0.0)))
    margin = min(rules.beside_share * wander[0], line.half_m)
    found = crossings(motion, line, margin_m=margin)
    away_m = float(outside_m(motion.path, [line.gate])[0])
    if away_m > NEAR_M:
        # In the plane a line on the other side of the Earth would lie near.
        found = found.part(np.zeros(len(found), np.bool_))
    pace = speed_of(motion)[found.epoch]
    fast = (found.normal_mps > 0) & (np.maximum(pace, found.speed_mps) >= rules.slowest_mps)
    straight = found.normal_mps >= rules.least_cosine * found.speed_mps
    inside = np.abs(found.offset_m) <= line.half_m
    good = ((fast & straight) | found.hidden) & (inside | ~found.hidden)
    if not line.directed and (found.forward & good).sum() < (~found.forward & good).sum():
        line = line.reversed()
        found = attrs.evolve(found, forward=~found.forward)
    ahead = found.part(good & found.forward & (inside | _passed_beside(found, good & inside, wander, rules)))
    seen = ahead.part(~ahead.hidden)
    apart = _apart(seen.t_ns / NS_PER_S, rules)
    counted = seen.part(apart)
    away = motion.position_m - line.middle_m
    return Passages(
        line=line,
        seen=counted,
        hidden=ahead.part(ahead.hidden),
        in_pits=_passed_pits(counted, wander, rules),
        ignored={
            "backwards": int((good & inside & ~found.forward).sum()),
            "too slow": int((~fast & inside & ~found.hidden).sum()),
            "along the line": int((fast & ~straight & inside & ~found.hidden).sum()),
            "too soon": int((~apart).sum()),
        },
        beside=int((np.abs(counted.offset_m) > line.half_m).sum()),
        nearest_m=max(float(np.hypot(*away.T).min()), away_m),
    )


def _passed_beside(found: Crossings, sure: Mask, wander_m: tuple[float, float], rules: LapRules) -> Mask:
    """Return which crossings behind the ends are like the sure ones around them, shape (k,).

    What is found to be like them counts as one of them from there on: a wander behind the end goes on there.
    """
    known = sure & found.forward & ~found.hidden
    like = np.zeros(len(found), np.bool_)
    if wander_m[0] <= 0 or known.sum() < _FEWEST:
        return like
    for row in np.flatnonzero(~sure & found.forward & ~found.hidden).tolist():
        others = np.flatnonzero(known | like)
        odd = _oddity(found, row, others, wander_m)
        usual = np.median(found.normal_mps[_around(others, row)])
        like[row] = odd <= rules.odd_line and found.normal_mps[row] >= rules.slow_share * usual
    return like


def _passed_pits(seen: Crossings, wander_m: tuple[float, float], rules: LapRules) -> Mask:
    """Return which crossings are slow and beside the way of those around them, shape (k,): a pit lane's."""
    slow = np.zeros(len(seen), np.bool_)
    if len(seen) <= _FEWEST:
        return slow
    usual = np.median(seen.normal_mps)
    for row in np.flatnonzero(seen.normal_mps < rules.slow_share * usual).tolist():
        others = np.delete(np.arange(len(seen)), row)
        # The slower it is, the less need it lie beside them.
        pace = float(seen.normal_mps[row] / (rules.slow_share * usual))
        slow[row] = _oddity(seen, row, others, wander_m) > pace * rules.odd_line
    return slow


def _around(others: Ints, row: int) -> Ints:
    """Return the rows just before and behind one."""
    place = int(np.searchsorted(others, row))
    return others[max(place - _AROUND, 0) : place + _AROUND]


def _oddity(found: Crossings, row: int, others: Ints, wander_m: tuple[float, float]) -> float:
    """Return how far from those around it a crossing lies, in what lines and receivers usually wander."""
    near = _around(others, row)
    off = found.offset_m[near]
    middle = np.median(off)
    # Half of a few crossings lie within 0.67 standard deviations of their median.
    lines = max(float(np.median(np.abs(off - middle))) / 0.6745, _LINES_M)
    apart = np.abs(found.t_ns[near] - found.t_ns[row]).min() / NS_PER_S
    drift = wander_m[0] * np.sqrt(2 * -np.expm1(-apart / SLOW_S))
    usual = np.sqrt(lines**2 + drift**2 + 2 * wander_m[1] ** 2)
    return float(abs(found.offset_m[row] - middle) / usual)


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
