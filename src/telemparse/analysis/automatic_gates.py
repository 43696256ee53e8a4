"""A start/finish line out of the trace itself: the fastest straight place that is passed once a lap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.gate_lines import gate_across
from telemparse.analysis.lap_places import LapPlaces, medians
from telemparse.analysis.passes import Passes, Places
from telemparse.analysis.recurrence import Recurrence
from telemparse.analysis.trails import Trail
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.paths import Path
    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.model.gates import Gate

__all__ = ["AutomaticGate", "find_gate"]

_SAME_PLACE_M = (6.0, 20.0)
_EXTENT_SHARE = 0.04
_REACH_M = 3.0
_SHORTEST_M = 60.0
_FEW_LAPS = 3
_LEAST_SHARE, _LEAST_SHARE_OF_FEW = 0.1, 0.25
_LEAST_AGREEMENT = 0.9
_BACK_SHARE = 0.6
_BACK_PART, _BACK_M = 0.004, (1.5, 5.0)
_HALF_M = 4.0
_MARGIN_M = 2.0
_CLOSING = 0.03
_ELSEWHERE_SHARE = 0.05


@attrs.frozen(eq=False, kw_only=True)
class AutomaticGate:
    """What the trace says about a start/finish line.

    Args:
        gate: with `source` `auto_detected`, None where the trace has no laps.
        lap_length_m: way of a usual lap, None without a gate.
        laps: complete laps between passes of the gate.
        fewest_laps, most_laps: at the other straight places: the recording begins and ends within a lap.
        agreement: share of laps within which the other places of the lap are passed just once, 0 to 1.
        issues: `LAPS_NOT_FOUND` or `LAP_DETECTION_UNSTABLE`, with the reason in the evidence.
    """

    gate: Gate | None = None
    lap_length_m: float | None = None
    laps: int = 0
    fewest_laps: int = 0
    most_laps: int = 0
    agreement: float = 0.0
    issues: tuple[Issue, ...] = ()


def find_gate(path: Path, *, motion: Motion | None = None) -> AutomaticGate:
    """Return a start/finish line found in the trace, or why there is none.

    The way of a lap is the one after which most places are passed again in the same direction. The line
    then lies at the fastest straight place of those with the most complete laps.

    Args:
        path: of any vehicle.
        motion: its states, where there are any: their positions are taken.
    """
    trail = Trail.of(path, motion)
    if trail.length_m < _SHORTEST_M:
        return _refused("the vehicle hardly moved", way_m=round(trail.length_m))
    extent_m = float(np.hypot(*np.ptp(np.quantile(trail.position_m, (0.05, 0.95), axis=0), axis=0)))
    same_m = float(np.clip(_EXTENT_SHARE * extent_m, *_SAME_PLACE_M))
    reach_m = max(_REACH_M, trail.spacing_m)
    found = Recurrence.of(trail, same_m, reach_m)
    if found is None:
        return _refused(_reason(trail, same_m), way_m=round(trail.length_m))
    lap = LapPlaces.of(trail, found, same_m, reach_m)
    # A recording that begins at racing speed was begun by a line, there or shortly before.
    laps = lap.most_laps if lap.on_the_move(trail, same_m) else lap.usual_laps
    best = lap.fastest(laps)
    share = laps * found.lap_m / trail.length_m
    facts = {"laps": laps, "lap_m": round(found.lap_m), "share": round(share, 3)}
    if share < (_LEAST_SHARE if laps >= _FEW_LAPS else _LEAST_SHARE_OF_FEW):
        return _refused("too little of the way is laps", **facts)
    if _is_shuttle(lap, found):
        return _refused("the way back is the way out", **facts)
    counts = lap.laps[lap.fit]
    agreement = lap.agreement(best, found.lap_m)
    cut = _cuts(trail, found, same_m)
    return AutomaticGate(
        gate=_gate(path, trail, lap, best, same_m=same_m),
        lap_length_m=found.lap_m,
        laps=laps,
        fewest_laps=int(counts.min()),
        most_laps=int(counts.max()),
        agreement=agreement,
        issues=_doubts(laps, counts, agreement, cut),
    )


def _refused(reason: str, **facts: Any) -> AutomaticGate:
    return AutomaticGate(issues=(Issue("LAPS_NOT_FOUND", reason=reason, **facts),))


def _reason(trail: Trail, same_m: float) -> str:
    """Return why no place is passed twice in one direction."""
    reach_m = max(same_m, trail.spacing_m)
    ends = np.array([0, len(trail) - 1])
    apart_m = float(np.hypot(*(trail.position_m[-1] - trail.position_m[0])))
    ahead = trail.directions(ends, reach_m)
    if apart_m <= _CLOSING * trail.length_m + same_m and float(ahead[0] @ ahead[1]) > 0:
        return "the way closes once: a single lap without a place that is passed twice"
    rows = np.unique(np.linspace(0, len(trail) - 1, 100).astype(np.int64))
    back = Passes.over(trail, Places.on(trail, rows, reach_m), same_m, reach_m)
    if len(np.unique(back.place[back.cosine < 0])) > len(rows) / 2:
        return "the way back is the way out"
    return "no place is passed twice in one direction"


def _is_shuttle(lap: LapPlaces, found: Recurrence) -> bool:
    """Return whether most of the lap is driven in both directions, as a road there and back is."""
    near_m = float(np.clip(_BACK_PART * found.lap_m, *_BACK_M))
    middle = _centres(lap)
    either = lap.either
    back = either.part((either.cosine < 0) & (np.abs(either.offset_m - middle[either.place]) <= near_m))
    return len(np.unique(back.place)) >= _BACK_SHARE * len(lap.places)


def _centres(lap: LapPlaces) -> Floats:
    """Return how far left of each place the middle of its passes lies, shape (k,)."""
    return medians(lap.passes.place, lap.passes.offset_m, len(lap.places))


def _gate(path: Path, trail: Trail, lap: LapPlaces, best: int, *, same_m: float) -> Gate:
    """Return the line at a place, wider than its passes but no wider than halfway to the next lane."""
    reach_m = max(_REACH_M, trail.spacing_m)
    normal = lap.places.normal[best]
    centre = float(_centres(lap)[best])
    place = Places(middle_m=lap.places.middle_m[[best]], normal=normal[None])
    around = Passes.over(trail, place, 3 * same_m, reach_m)
    away = np.abs(around.offset_m - centre)
    own = (around.cosine > 0) & (away <= same_m)
    reach = float(away[own].max())
    half = float(np.clip(2 * reach + _MARGIN_M, _HALF_M, 1.5 * same_m))
    lanes = away[~own & (away > reach)]
    if len(lanes):
        half = min(half, (reach + float(lanes.min())) / 2)
    left = np.array([-normal[1], normal[0]])
    return gate_across(
        path.frame, place.middle_m[0] + centre * left, normal, half_m=half, name="start/finish"
    )


def _cuts(trail: Trail, found: Recurrence, same_m: float) -> int:
    """Return how many stretches without a long break begin and end at one place, on the move.

    So ends what a lap timer stored from line to line: of its laps, one a stretch has no pass of any line.
    """
    speed = trail.speed_mps
    lap_s = found.lap_m / max(float(np.median(speed)), 0.1)
    breaks = np.flatnonzero(np.diff(trail.t_s) > lap_s)
    start, stop = np.r_[0, breaks + 1], np.r_[breaks, len(trail) - 1]
    way_m = (stop - start) * trail.spacing_m
    apart_m = np.hypot(*(trail.position_m[stop] - trail.position_m[start]).T)
    ends = np.minimum(trail.speeds(start), trail.speeds(stop))
    closed = (way_m > found.lap_m / 2) & (apart_m <= _CLOSING * found.lap_m + same_m)
    return int((closed & (ends > np.median(speed) / 2)).sum())


def _doubts(laps: int, counts: Ints, agreement: float, cuts: int) -> tuple[Issue, ...]:
    """Return what makes the number of laps uncertain, as one issue, or nothing."""
    reasons = []
    if agreement < _LEAST_AGREEMENT:
        reasons.append("other places are not passed once a lap")
    if (counts != laps).mean() >= _ELSEWHERE_SHARE:
        reasons.append("the recording begins, breaks or ends within a lap")
    if cuts:
        reasons.append("the recording is cut at a line, on the move")
    if not reasons:
        return ()
    low, high = int(counts.min()), max(int(counts.max()), laps + cuts)
    words = f"{low} to {high}" if low < high else f"{low}"
    return (
        Issue(
            "LAP_DETECTION_UNSTABLE",
            counts=words,
            laps=laps,
            fewest=low,
            most=high,
            agreement=round(agreement, 3),
            reasons=reasons,
        ),
    )
