"""One recording as the page tells it, in words and drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.model.issues import Issue
from telemparse.report.analysed import Analysed, has_speeds, speeds_at
from telemparse.report.corner_lists import corner_list
from telemparse.report.figures import KMH
from telemparse.report.fusions import fusion_of
from telemparse.report.lap_lists import lap_list
from telemparse.report.maps import map_of
from telemparse.report.readings import Finding, found_by_laps, reading_of
from telemparse.report.scores import panel_of
from telemparse.report.sector_lists import sector_list
from telemparse.report.traces import traces_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.analysis.lap_results import Laps
    from telemparse.model.results import ParseResult
    from telemparse.report.corner_lists import CornerList
    from telemparse.report.fusions import FusionPart
    from telemparse.report.lap_lists import LapList
    from telemparse.report.maps import TrackMap
    from telemparse.report.readings import Reading
    from telemparse.report.scores import Panel
    from telemparse.report.sector_lists import SectorList
    from telemparse.report.traces import Traces

__all__ = ["Chapter", "describe"]

_NAMED = 3
_GATES = {
    "user_defined": "as it was given",
    "file": "of the file",
    "catalogue_default": "of the track catalogue",
    "auto_detected": "found in the trace",
}
_METHODS = {
    "smoothed": "Crossings are timed on the likeliest motion behind positions and measured velocities.",
    "linear": "Crossings are timed on straight lines between positions as measured, as most devices do.",
}


@attrs.frozen(kw_only=True)
class Chapter:
    """A recording, ready for the page: words and drawings, none of its rows.

    Args:
        label: what people call it.
        reading: what was read and what was not.
        panel: its quality.
        laps: list of laps, None without any.
        sectors: list of sectors, or why there is none.
        corners: list of corners, or why there is none.
        map: drawing of the way, None without positions.
        traces: charts, None without any speed.
        fusion: the fused pose or why there is none; None without inertial samples or positions.
        gate: which line laps run from, in words; empty without one.
        method: how crossings were timed, in words.
        top_kmh: highest speed of valid laps, of the whole recording without any; empty where unknown.
        findings: of looking for laps.
        cautions: why a feature should not be relied on, by feature: quality does not reach its gate.
        no_map, no_traces: why they are not there, None where they are.
    """

    label: str
    reading: Reading
    panel: Panel
    laps: LapList | None
    sectors: SectorList
    corners: CornerList
    map: TrackMap | None
    traces: Traces | None
    fusion: FusionPart | None
    gate: str
    method: str
    top_kmh: str
    findings: tuple[Finding, ...]
    cautions: Mapping[str, str]
    no_map: Finding | None
    no_traces: Finding | None


def describe(result: ParseResult, laps: Laps | None = None, *, label: str | None = None) -> Chapter:
    """Return what the page tells of a recording; the recording itself may be forgotten then.

    Args:
        result: with errors or without.
        laps: found in it; they are looked for when absent.
        label: what people call it; the names of its files when absent.

    Raises MissingExtra without the extra `analysis`.
    """
    found = Analysed.of(result, laps)
    track, traces = map_of(found), traces_of(found)
    return Chapter(
        label=label or _label(result),
        reading=reading_of(result),
        panel=panel_of(found.quality),
        laps=lap_list(found),
        sectors=sector_list(found),
        corners=corner_list(found),
        map=track,
        traces=traces,
        fusion=fusion_of(found),
        gate=_gate(found.laps),
        method=_method(found.laps),
        top_kmh=_top_kmh(found),
        findings=found_by_laps(found.laps),
        cautions=found.quality.feature_reasons,
        no_map=None if track else _absent("gnss", found, "the recording holds no positions"),
        no_traces=None if traces else _absent("speed", found, "there are no two positions in a row"),
    )


def _absent(signal: str, found: Analysed, reason: str) -> Finding:
    """Return why something is not drawn: what quality says of the positions, else a reason of its own."""
    issue = found.quality.absent.get("gnss") or Issue("SIGNAL_ABSENT", signal=signal, reason=reason)
    return attrs.evolve(Finding.of(issue), message=str(issue.evidence["reason"]))


def _top_kmh(found: Analysed) -> str:
    if found.motion is None or not has_speeds(found.motion):
        return ""
    stamps = found.motion.path.t_ns
    inside = np.zeros(len(stamps), np.bool_)
    for row in found.valid:
        if row.t_start_ns is not None and row.t_end_ns is not None:
            inside |= (stamps >= row.t_start_ns) & (stamps <= row.t_end_ns)
    speed = speeds_at(found.motion, stamps[inside] if inside.any() else stamps)
    known = speed[np.isfinite(speed)]
    return f"{KMH * known.max():.0f}" if len(known) else ""


def _label(result: ParseResult) -> str:
    names = [artifact.name for artifact in result.provenance.artifacts]
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return " + ".join([*names[:_NAMED], *more]) or "Recording"


def _gate(laps: Laps) -> str:
    gate = laps.gate
    if gate is None:
        return ""
    named = gate.name and gate.source != "auto_detected"
    return f"Start/finish line {_GATES[gate.source]}" + (f", “{gate.name}”." if named else ".")


def _method(laps: Laps) -> str:
    """Return how times were found, and why not on the likeliest motion."""
    facts: Any = laps.diagnostics
    words = _METHODS.get(facts.get("method", ""), "")
    fallback = facts.get("fallback")
    return f"{words} The motion could not be smoothed: {fallback}." if fallback else words
