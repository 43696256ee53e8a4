"""The document of a comparison: traces, difference, corners, sectors and findings as plain values."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.analysis.comparison import compare_laps
from telemparse.analysis.segment_measures import measure_segments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse.analysis.comparison import Comparison
    from telemparse.analysis.differences import Difference
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.segments import Segments

__all__ = ["comparison_document"]

# Decimals that mean something: a centimetre, a nanosecond.
_TRACE = {"speed_mps": 4, "delta_s": 9, "t_s": 9, "lat_deg": 7, "lon_deg": 7}
_MEASURED = ("entry_mps", "min_mps", "max_mps", "exit_mps", "apex_s_m", "duration_s")
_LAP = (
    "lap_number",
    "stint_index",
    "duration_std_s",
    "distance_m",
    "validity",
    "confidence",
    "reasons",
    "source",
)
_NS_PER_S = 1e9
_PAIR = 2


def comparison_document(
    laps: Laps, segments: Segments, numbers: Sequence[int], reference: int | None, points: int
) -> dict[str, Any]:
    """Return laps beside each other; raises CallError for a number that no lap has.

    Args:
        laps: as found.
        segments: of these laps.
        numbers: of the laps.
        reference: number of the lap that they are measured against, which joins them; None for the fastest.
        points: most steps of each trace; the first and the last one stay.
    """
    comparison = compare_laps(laps, numbers, reference=reference, coordinates=True)
    issues = {(issue.code, issue.message): issue for issue in (*comparison.issues, *segments.issues)}
    best = comparison.theoretical_best
    size = len(comparison.s_m)
    steps = np.unique(np.rint(np.linspace(0, max(size - 1, 0), min(points, size))).astype(np.int64))
    return {
        "reference": comparison.reference,
        "laps": _laps(laps, comparison),
        "s_m": comparison.s_m[steps].round(3).tolist(),
        "traces": _traces(comparison, steps),
        "difference": _difference(comparison),
        "corners": _corners(laps, segments, comparison.numbers),
        "corners_reference": segments.reference,
        "sectors": comparison.sectors.to_pylist(),
        "theoretical_best": {
            "seconds": best.seconds,
            "std_s": best.std_s,
            "sectors": [attrs.asdict(sector) for sector in best.sectors],
            "reason": None if best.reason is None else best.reason.value,
        },
        "warnings": [{"code": code, "message": message} for code, message in issues],
    }


def _laps(laps: Laps, comparison: Comparison) -> list[dict[str, Any]]:
    rows = {row["lap_number"]: row for row in laps.table.select([*_LAP, "duration_ns"]).to_pylist()}
    found = []
    for number in comparison.numbers:
        row = rows[number]
        against = None
        if comparison.reference is not None:
            against = _told(comparison.difference(number, comparison.reference))
        found.append({
            **{name: row[name] for name in _LAP},
            "reasons": list(row["reasons"] or ()),
            "duration_s": row["duration_ns"] / _NS_PER_S,
            "against_reference": against,
        })  # fmt: skip
    return found


def _traces(comparison: Comparison, steps: Any) -> dict[str, dict[str, list[float | None]]]:
    size = len(comparison.s_m)
    if not comparison.table.num_rows:
        return {str(number): {name: [] for name in _TRACE} for number in comparison.numbers}
    taken = pa.array(steps)
    return {
        str(number): {
            name: pc.round(comparison.table[name].slice(index * size, size).take(taken), digits).to_pylist()
            for name, digits in _TRACE.items()
        }
        for index, number in enumerate(comparison.numbers)
    }


def _difference(comparison: Comparison) -> dict[str, Any] | None:
    """Return the difference of two laps, that of the reference subtracted; None of more or fewer."""
    if len(comparison.numbers) != _PAIR:
        return None
    first, second = comparison.numbers
    if first == comparison.reference:
        first, second = second, first
    return _told(comparison.difference(first, second))


def _told(found: Difference) -> dict[str, Any]:
    return {
        "first": found.first,
        "second": found.second,
        "seconds": found.seconds,
        "std_s": found.std_s,
        "verdict": found.verdict.value,
    }


def _corners(laps: Laps, segments: Segments, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Return every turn by itself, also those within a chicane, with what each lap did there."""
    if not segments.corners:
        return []
    parts = [row for row in segments.table.to_pylist() if row["segment_type"] != "straight"]
    columns = {
        "segment_id": [str(corner.number) for corner in segments.corners],
        "s_start_m": [corner.s_start_m for corner in segments.corners],
        "s_end_m": [corner.s_end_m for corner in segments.corners],
        "apex_s_m": pa.array([corner.apex_s_m for corner in segments.corners], pa.float64()),
    }
    each = attrs.evolve(segments, table=pa.table(columns))
    done = {
        (row["segment_id"], row["lap_number"]): row
        for row in measure_segments(laps, each, numbers).to_pylist()
    }
    found = []
    for corner, number in itertools.product(segments.corners, numbers):
        if number == numbers[0]:
            found.append({
                "number": corner.number,
                "name": f"Turn {corner.number}",
                "direction": corner.direction,
                "s_start_m": corner.s_start_m,
                "apex_s_m": corner.apex_s_m,
                "s_end_m": corner.s_end_m,
                "turn_deg": corner.turn_deg,
                **_part(parts, corner),
                "laps": {},
            })  # fmt: skip
        measured = done.get((str(corner.number), number))
        if measured is not None:
            found[-1]["laps"][str(number)] = {name: measured[name] for name in _MEASURED}
    return found


def _part(parts: Sequence[Mapping[str, Any]], corner: Any) -> dict[str, Any]:
    """Return the segment that a corner is in: its name, its shape and how sure it is."""
    middle = (corner.s_start_m + corner.s_end_m) / 2
    part = next((row for row in parts if row["s_start_m"] <= middle <= row["s_end_m"]), None)
    if part is None:
        return {"part": None, "shape": None, "confidence": None}
    return {"part": part["name"], "shape": part["segment_type"], "confidence": part["confidence"]}
