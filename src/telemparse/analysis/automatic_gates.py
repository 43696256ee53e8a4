"""A start/finish line out of the trace itself: the fastest straight place that is passed once a lap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.lap_surveys import LapSurvey, same_place_m
from telemparse.analysis.passes import Passes, Places
from telemparse.analysis.trails import Trail
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.paths import Path
    from telemparse.model.gates import Gate

__all__ = ["AutomaticGate", "find_gate"]

_SHORTEST_M = 60.0
_FEW_LAPS = 3
_LEAST_SHARE, _LEAST_SHARE_OF_FEW = 0.1, 0.25
_LEAST_AGREEMENT = 0.9
_CLOSING = 0.03
_ODD_SHARE = 0.05
_PLACES = 100


@attrs.frozen(eq=False, kw_only=True)
class AutomaticGate:
    """What the trace says about a start/finish line.

    Args:
        gate: with `source` `auto_detected`, None where the trace has no laps.
        lap_length_m: way of a usual lap, None without a gate.
        laps: complete laps between passes of the gate.
        fewest_laps, most_laps: of the other places of a lap, but for a few odd ones: they differ where the
            recording begins and ends within a lap.
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
    then lies at the fastest straight place of those with the usual number of complete laps; of those with
    most laps where the recording begins at racing speed, for then it was begun by a line.

    Args:
        path: of any vehicle.
        motion: its states, where there are any: their positions are taken.
    """
    trail = Trail.of(path, motion)
    if trail.length_m < _SHORTEST_M:
        return _refused("the vehicle hardly moved", way_m=round(trail.length_m))
    survey = LapSurvey.of(path, trail)
    if survey is None:
        return _refused(_reason(trail), way_m=round(trail.length_m))
    lap, lap_m = survey.lap, survey.found.lap_m
    laps = lap.most_laps if survey.began_at_a_line else lap.usual_laps
    share = laps * lap_m / trail.length_m
    facts = {"laps": laps, "lap_m": round(lap_m), "share": round(share, 3)}
    if share < (_LEAST_SHARE if laps >= _FEW_LAPS else _LEAST_SHARE_OF_FEW):
        return _refused("too little of the way is laps", **facts)
    if survey.is_shuttle:
        return _refused("the way back is the way out", **facts)
    best, counts = lap.fastest(laps), np.sort(lap.laps)
    odd = int(_ODD_SHARE * len(counts))
    fewest, most = min(laps, int(counts[odd])), max(laps, int(counts[-1 - odd]))
    agreement = lap.agreement(best, lap_m)
    if laps < _FEW_LAPS and agreement < _LEAST_AGREEMENT:
        return _refused("few laps, which contradict each other", **facts, agreement=round(agreement, 3))
    return AutomaticGate(
        gate=survey.gate(best),
        lap_length_m=lap_m,
        laps=laps,
        fewest_laps=fewest,
        most_laps=most,
        agreement=agreement,
        issues=_doubts(laps, (fewest, most), agreement, survey.cuts),
    )


def _refused(reason: str, **facts: Any) -> AutomaticGate:
    return AutomaticGate(issues=(Issue("LAPS_NOT_FOUND", reason=reason, **facts),))


def _reason(trail: Trail) -> str:
    """Return why no place is passed twice in one direction."""
    same_m = same_place_m(trail)
    reach_m = max(same_m, trail.spacing_m)
    ends = np.array([0, len(trail) - 1])
    apart_m = float(np.hypot(*(trail.position_m[-1] - trail.position_m[0])))
    ahead = trail.directions(ends, reach_m)
    if apart_m <= _CLOSING * trail.length_m + same_m and float(ahead[0] @ ahead[1]) > 0:
        return "the way closes once: a single lap without a place that is passed twice"
    rows = np.unique(np.linspace(0, len(trail) - 1, _PLACES).astype(np.int64))
    back = Passes.over(trail, Places.on(trail, rows, reach_m), same_m, reach_m)
    if len(np.unique(back.place[back.cosine < 0])) > len(rows) / 2:
        return "the way back is the way out"
    return "no place is passed twice in one direction"


def _doubts(laps: int, counts: tuple[int, int], agreement: float, cuts: int) -> tuple[Issue, ...]:
    """Return what makes the number of laps uncertain, as one issue, or nothing."""
    reasons = []
    if agreement < _LEAST_AGREEMENT:
        reasons.append("other places are not passed once a lap")
    if counts != (laps, laps):
        reasons.append("the recording begins, breaks or ends within a lap")
    if cuts:
        reasons.append("the recording ends on the move where it began, as if cut at a line")
    if not reasons:
        return ()
    low, high = counts[0], max(counts[1], laps + cuts)
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
