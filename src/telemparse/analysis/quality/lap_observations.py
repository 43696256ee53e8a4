"""What laps show of their quality: how sure their times are, and what lies inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from telemparse.analysis.motions import Method
from telemparse.analysis.quality.observed import seen, unseen
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.quality.observed import Observed

__all__ = ["observe_laps", "observe_motion"]


def observe_laps(table: pa.Table, laps: Laps | None = None) -> Mapping[str, Observed]:
    """Return the observations of a `laps` table with rows, by name.

    Args:
        table: of laps.
        laps: what finding them came to, None of a device's own.
    """
    numbers = table["lap_number"].to_pylist()
    validity = table["validity"].to_pylist()
    complete = [lap for lap, word in enumerate(validity) if word == "VALID"]
    reasons = [words or [] for words in _column(table, "reasons")]
    confidence = _column(table, "confidence")
    # What begins or ends in the pits is never sure; only whole laps are timed.
    judged = complete or range(len(numbers))
    low = [lap for lap in judged if confidence[lap] == "LOW"]
    gaps = [lap for lap, words in enumerate(reasons) if "GAP_WITHIN_LAP" in words]
    unsure = [lap for lap in judged if "LOW_CONFIDENCE_CROSSING" in reasons[lap]]
    sigma = _sigma(table, list(judged), numbers)
    deviations = sigma.evidence.get("sigma_s", "an unknown")
    return {
        "laps_complete": seen(len(complete), reason=f"{len(complete)} complete laps"),
        "laps_sigma_s": sigma,
        "laps_low_pct": seen(
            100 * len(set(low) | set(unsure)) / len(judged),
            lap=numbers[(low or unsure or [0])[0]],
            sigma_s=deviations,
        ),
        "laps_gap_pct": seen(
            100 * len(gaps) / len(numbers),
            lap=numbers[gaps[0]] if gaps else None,
            gap_s=_gap_s(table, gaps[0], laps) if gaps else None,
        ),
        "laps_unstable": _unstable(laps),
    }


def _column(table: pa.Table, name: str) -> list[Any]:
    return table[name].to_pylist() if name in table.column_names else [None] * table.num_rows


def _sigma(table: pa.Table, rows: list[int], numbers: list[int]) -> Observed:
    """Return the middle standard deviation of the times, and whose it is."""
    deviations = _column(table, "duration_std_s")
    known = sorted((deviations[row], numbers[row]) for row in rows if deviations[row] is not None)
    if not known:
        return unseen("the laps have no duration_std_s: whoever timed them does not say how sure they are")
    sigma, lap = known[len(known) // 2]
    return seen(sigma, lap=lap, sigma_s=sigma)


def _gap_s(table: pa.Table, row: int, laps: Laps | None) -> float | str:
    """Return the longest gap within a lap, where the path that it was timed on is there."""
    first, last = (table[name][row].value for name in ("t_start", "t_end"))
    if laps is None or laps.motion is None or first is None or last is None:
        return "unknown"
    stamps = laps.motion.path.t_ns
    inside = laps.motion.broken & (stamps[:-1] < last) & (stamps[1:] > first)
    return float(np.diff(stamps)[inside].max(initial=0) / NS_PER_S)


def _unstable(laps: Laps | None) -> Observed:
    if laps is None:
        return unseen("a device's own laps are not looked for again")
    found = [issue for issue in laps.issues if issue.code == "LAP_DETECTION_UNSTABLE"]
    return seen(float(bool(found)), **(found[0].evidence if found else {}))


def observe_motion(laps: Laps | None) -> Mapping[str, Observed]:
    """Return what the motion shows on which laps were timed: whether velocity fits, and it is smoothed."""
    if laps is None or laps.motion is None:
        missing = unseen("no laps were looked for, so nobody compared velocity with position")
        return {"gnss_velocity_drift_m": missing, "motion_unsmoothed": missing}
    facts = laps.motion.parameters
    unsmoothed = laps.motion.method is Method.LINEAR
    reason = f"the motion is not smoothed: {facts.get('fallback')}"
    return {
        "gnss_velocity_drift_m": _drift(facts.get("velocity_clock") or {}),
        "motion_unsmoothed": seen(float(unsmoothed), **({"reason": reason} if unsmoothed else {})),
    }


def _drift(clock: Mapping[str, Any]) -> Observed:
    """Return how far positions drift from measured velocities in 3 s."""
    # With lag and scale corrected; where that left nothing to compare, as measured.
    drifts = [clock.get(key) for key in ("drift_m", "raw_drift_m")]
    drift = next((number for number in drifts if number is not None and np.isfinite(number)), None)
    if drift is None:
        return unseen("velocity and position could not be compared")
    return seen(drift, drift_m=drift, lag_s=clock.get("lag_s"), scale=clock.get("scale"))
