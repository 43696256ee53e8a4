"""Words for gates, methods and reasons of laps, short enough for a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.cli import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from telemparse.model.gates import Gate

__all__ = ["VALIDITIES", "gate_words", "lap_list", "lap_words", "method_words", "shared_reasons"]

_NS_PER_S = 1_000_000_000
_MINUTE_S = 60
_LAG_S = 0.005
VALIDITIES = {"VALID": "valid", "INVALID": "invalid", "OUTLAP": "out lap", "INLAP": "in lap"}
_GATES = {
    "user_defined": "yours",
    "file": "of the file",
    "catalogue_default": "of the track catalogue",
    "auto_detected": "found in the trace",
}


def _gap(facts: Mapping[str, Any]) -> str:
    seconds = facts["gap_s"]
    return (
        f"gap of {seconds:.1f} s"
        if seconds < _MINUTE_S
        else f"gap of {figures.span(round(seconds * _NS_PER_S))}"
    )


def _pit(facts: Mapping[str, Any]) -> str:
    told = {"pit_in": "pit in", "pit_out": "pit out", "stopped": "stopped"}
    return ", ".join(words for name, words in told.items() if facts.get(name)) or "pit lane"


_PLAIN = {"LAP_DETECTION_UNSTABLE": "gate uncertain", "LOW_CONFIDENCE_CROSSING": "crossing uncertain"}
_TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "GAP_WITHIN_LAP": _gap,
    "LAP_DISTANCE_ODD": lambda facts: f"way {facts['share_pct']} % of the usual",
    "PIT_AFFECTED": _pit,
    "GNSS_TELEPORT_EVENTS": lambda facts: f"{facts['count']} position jumps",
}


def gate_words(gate: Gate | None) -> str:
    """Return whose gate it is, and its name where that tells more."""
    if gate is None:
        return ""
    name = f" {gate.name!r}" if gate.name and gate.source != "auto_detected" else ""
    return f"start/finish line {_GATES[gate.source]}{name}"


def method_words(facts: Mapping[str, Any]) -> str:
    """Return how times were found, and why not otherwise."""
    method, fallback = facts.get("method"), facts.get("fallback")
    if method is None:
        return ""
    if fallback is not None:
        return f"{method}: {fallback}"
    clock = facts.get("velocity_clock") or {}
    lag_s = clock.get("lag_s")
    words = f"{method}: positions and velocities together"
    if lag_s is None or abs(lag_s) < _LAG_S:
        return words
    return f"{words}, velocities {abs(lag_s):.2f} s {'late' if lag_s > 0 else 'early'}"


def lap_list(numbers: Iterable[int]) -> str:
    """Return lap numbers as words: `lap 3`, `laps 3, 5`."""
    shown = [str(number) for number in numbers]
    return f"lap{'s' * (len(shown) > 1)} {', '.join(shown)}"


def lap_words(
    reasons: Iterable[str], facts: Mapping[str, Mapping[str, Any]], told: Container[str] = ()
) -> str:
    """Return why a lap is doubted.

    Args:
        reasons: its codes.
        facts: evidence by code.
        told: codes that are told elsewhere.
    """
    return ", ".join(_reason(code, facts.get(code, {})) for code in reasons if code not in told)


def shared_reasons(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the codes that stand at every complete lap, where there are several, with their words."""
    whole = [row["reasons"] or [] for row in rows if row["duration_std_s"] is not None]
    if len(whole) < 2:  # noqa: PLR2004  (several)
        return {}
    return {
        code: _reason(code, {}) for code in whole[0] if code in _PLAIN and all(code in own for own in whole)
    }


def _reason(code: str, facts: Mapping[str, Any]) -> str:
    if code in _PLAIN:
        return _PLAIN[code]
    words = _TOLD.get(code)
    return words(facts) if words is not None and facts else code.lower().replace("_", " ")
