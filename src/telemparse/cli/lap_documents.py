"""The objects that `telemparse laps --json` prints: one a recording, without coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.cli.figures import iso
from telemparse.cli.lap_findings import rows_of
from telemparse.model.documents import issue_document, plain

if TYPE_CHECKING:
    from telemparse.analysis.differences import BestLap
    from telemparse.cli.lap_findings import LapFindings
    from telemparse.model.gates import Gate

__all__ = ["best_document", "gate_document", "lap_document", "laps_document", "sector_document"]

_LAP = ("lap_number", "stint_index", "duration_ns", "duration_std_s", "distance_m", "validity", "confidence",
        "reasons", "source")  # fmt: skip
_DEVICE = ("lap_number", "stint_index", "device_lap", "duration_ns", "distance_m", "validity", "reasons")
_SECTOR = ("lap_number", "stint_index", "sector_index", "name", "duration_ns", "duration_std_s")


def laps_document(paths: tuple[str, ...], found: LapFindings) -> dict[str, Any]:
    """Return what is printed for one recording."""
    result, laps = found.result, found.laps
    device = found.device_rows
    facts = dict(laps.diagnostics)
    return {
        "paths": list(paths),
        "artifacts": [attrs.asdict(artifact) for artifact in result.provenance.artifacts],
        "parser": result.provenance.parser_id,
        "ok": result.ok,
        "time_base": (laps.table.schema.metadata or {}).get(b"time_base", b"").decode() or None,
        "gate": gate_document(laps.gate),
        "method": facts.pop("method", None),
        "fallback": facts.pop("fallback", None),
        "laps": [_lap(row, index, found, device) for index, row in enumerate(found.rows)],
        "sectors": [sector_document(row) for row in rows_of(laps.sectors)],
        "best": best_document(found.best),
        "device_laps": [lap_document(row, _DEVICE) for row in device],
        "diagnostics": plain(facts),
        "issues": [issue_document(issue) for issue in laps.issues],
        "warnings": [issue_document(issue) for issue in result.warnings],
        "errors": [issue_document(issue) for issue in result.errors],
    }


def lap_document(row: dict[str, Any], names: tuple[str, ...] = _LAP) -> dict[str, Any]:
    """Return a row of laps; instants are ISO-8601 with nanoseconds on the clock of `time_base`."""
    return {**{name: row[name] for name in names}, **_instants(row)}


def sector_document(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of sectors."""
    return {**{name: row[name] for name in _SECTOR}, **_instants(row)}


def _instants(row: dict[str, Any]) -> dict[str, Any]:
    return {name: iso(row[name]) for name in ("t_start", "t_end")}


def _lap(row: dict[str, Any], index: int, found: LapFindings, device: list[dict[str, Any]]) -> dict[str, Any]:
    match = found.matches.get(index)
    same = None
    if match is not None:
        other = device[match.other]
        same = {
            "lap_number": other["lap_number"],
            "device_lap": other["device_lap"],
            "duration_ns": other["duration_ns"],
            "difference_s": match.seconds,
            "later_s": match.later_s,
        }
    return {**lap_document(row), "device": same}


def gate_document(gate: Gate | None) -> dict[str, Any] | None:
    """Return which gate it is; where it lies stands in no answer."""
    return None if gate is None else {"name": gate.name, "source": gate.source}


def best_document(best: BestLap | None) -> dict[str, Any] | None:
    """Return the best lap, with the laps that nobody can tell from it."""
    if best is None:
        return None
    return {
        "lap_number": best.number,
        "duration_s": best.seconds,
        "std_s": best.std_s,
        "not_distinguishable": list(best.rivals),
    }
