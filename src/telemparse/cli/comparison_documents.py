"""The object that `telemparse compare --json` prints, without coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.cli.lap_documents import best_document, gate_document, lap_document
from telemparse.cli.lap_findings import rows_of
from telemparse.model.documents import issue_document

if TYPE_CHECKING:
    from telemparse.analysis.joined_sectors import TheoreticalBest
    from telemparse.cli.lap_comparisons import LapComparison

__all__ = ["comparison_document"]

_SEGMENT = ("segment_id", "name", "segment_type", "s_start_m", "s_end_m", "direction", "apex_s_m",
            "confidence", "reasons", "source")  # fmt: skip
_TRACE = ("s_m", "t_s", "speed_mps", "delta_s")


def comparison_document(paths: tuple[str, ...], compared: LapComparison) -> dict[str, Any]:
    """Return what is printed for a recording."""
    result, laps, comparison = compared.result, compared.laps, compared.comparison
    return {
        "paths": list(paths),
        "artifacts": [attrs.asdict(artifact) for artifact in result.provenance.artifacts],
        "parser": result.provenance.parser_id,
        "ok": result.ok,
        "time_base": (laps.table.schema.metadata or {}).get(b"time_base", b"").decode() or None,
        "gate": gate_document(laps.gate),
        "method": laps.diagnostics.get("method"),
        "fallback": laps.diagnostics.get("fallback"),
        "reference": comparison.reference,
        "way_length_m": float(comparison.s_m[-1]) if len(comparison.s_m) else None,
        "laps": _laps(compared),
        "best": best_document(comparison.best),
        "theoretical_best": _theoretical(comparison.theoretical_best),
        "sectors": comparison.sectors.to_pylist(),
        "segments_reference": compared.segments.reference,
        "segments": _segments(compared),
        "traces": _traces(compared),
        "issues": [issue_document(issue) for issue in (*laps.issues, *compared.issues)],
        "warnings": [issue_document(issue) for issue in result.warnings],
        "errors": [issue_document(issue) for issue in result.errors],
    }


def _laps(compared: LapComparison) -> list[dict[str, Any]]:
    comparison = compared.comparison
    rows = {row["lap_number"]: row for row in rows_of(compared.laps.table)}
    found = []
    for number in comparison.numbers:
        against = None
        if comparison.reference is not None:
            difference = comparison.difference(number, comparison.reference)
            against = {
                "difference_s": difference.seconds,
                "std_s": difference.std_s,
                "verdict": difference.verdict.value,
            }
        found.append({**lap_document(rows[number]), "against_reference": against})
    return found


def _theoretical(best: TheoreticalBest) -> dict[str, Any]:
    return {
        "seconds": best.seconds,
        "std_s": best.std_s,
        "sectors": [attrs.asdict(sector) for sector in best.sectors],
        "reason": None if best.reason is None else best.reason.value,
    }


def _segments(compared: LapComparison) -> list[dict[str, Any]]:
    numbers = compared.comparison.numbers
    deltas = {number: compared.deltas_s(number) for number in numbers}
    found = []
    for index, row in enumerate(compared.segments.table.to_pylist()):
        segment = row["segment_id"]
        laps = [
            {
                **compared.done[segment, number],
                "lost_s": compared.lost_s(segment, number),
                "delta_s": deltas[number][index],
            }
            for number in numbers
            if (segment, number) in compared.done
        ]
        found.append({**{name: row[name] for name in _SEGMENT}, "laps": laps})
    return found


def _traces(compared: LapComparison) -> list[dict[str, Any]]:
    """Return the laps step by step, as columns."""
    table = compared.comparison.table
    steps = len(compared.comparison.s_m)
    if not table.num_rows:
        return []
    return [
        {
            "lap_number": number,
            **{name: table[name].slice(index * steps, steps).to_pylist() for name in _TRACE},
        }
        for index, number in enumerate(compared.comparison.numbers)
    ]
