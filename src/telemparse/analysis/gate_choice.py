"""Which gates laps are timed at: the caller's, the file's, a catalogue's, or one found in the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.analysis.automatic_gates import find_gate
from telemparse.analysis.gate_fits import gate_fit
from telemparse.analysis.given_gates import given_gate
from telemparse.analysis.paths import Path
from telemparse.analysis.track_fits import best_fit, track_fit
from telemparse.extension.catalog import Catalog
from telemparse.model.gates import GateKind
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from telemparse.analysis.automatic_gates import AutomaticGate
    from telemparse.analysis.track_fits import TrackFit
    from telemparse.model.gates import Gate, Track
    from telemparse.model.results import ParseResult

__all__ = ["ChosenGates", "choose_gates"]

_PITS = (GateKind.PIT_IN, GateKind.PIT_OUT)


@attrs.frozen(eq=False, kw_only=True)
class ChosenGates:
    """The gates of a recording, and where they come from.

    Args:
        gate: start/finish line, None where there is none; its `source` says whose it is.
        sectors: sector gates, in the order of their source.
        pits: gates of the pit lane.
        track: name of the catalogue's track, None without one.
        passes: times that the path passes the gate in its direction; 0 for a gate that misses the track.
        automatic: what the trace says, where it was asked.
        issues: findings on the way: stale gates, tracks that do not fit, no laps in the trace.
    """

    gate: Gate | None = None
    sectors: tuple[Gate, ...] = ()
    pits: tuple[Gate, ...] = ()
    track: str | None = None
    passes: int = 0
    automatic: AutomaticGate | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def source(self) -> str | None:
        """Whose the gate is, as in `Gate`, None without one."""
        return None if self.gate is None else self.gate.source

    @property
    def misses(self) -> bool:
        """There is a gate, and the path never passes it in its direction."""
        return self.gate is not None and self.passes == 0


def choose_gates(
    source: pa.Table | ParseResult,
    *,
    gate: Any = None,
    track: Track | None = None,
    tracks: Iterable[Track] = (),
    path: Path | None = None,
) -> ChosenGates:
    """Return the gates of a recording, of the first of these sources that has a start/finish line.

    The caller's gate, then the caller's track, are taken even where the path does not pass them. Then come
    the gates of the file, if the path comes near them, then the track of the catalogue that fits best, then
    the line that is found in the trace.

    Args:
        source: result, or its `gnss_pvt` table (which has no gates of a file).
        gate: in any form that `given_gate` takes.
        track: whose gates are used.
        tracks: catalogue to look in, beside the tracks that plugins bring.
        path: of the source, where it is known already.

    Raises CallError for a gate that is none, a track without start/finish line, and a table without
    positions.
    """
    given = None if gate is None else given_gate(gate)
    path = Path.of(source) if path is None else path
    own, stale = _of_file(path, getattr(source, "metadata", {}).get("gates", ()))
    if given is not None:
        return _chosen(path, given, own)
    if track is not None:
        return _of_track(track_fit(path, track))
    if any(each.kind is GateKind.START_FINISH for each in own):
        return _chosen(path, _most_passed(path, own), own, stale)
    fit = best_fit(path, (*tracks, *Catalog.shared().tracks))
    if fit is not None and fit.misfit is None:
        return _of_track(fit, stale)
    mismatch = () if fit is None else (_mismatch(fit),)
    found = find_gate(path)
    return ChosenGates(
        gate=found.gate,
        sectors=_of_kind(own, GateKind.SECTOR),
        pits=_of_kind(own, *_PITS),
        passes=0 if found.gate is None else gate_fit(path, found.gate).forward,
        automatic=found,
        issues=(*stale, *mismatch, *found.issues),
    )


def _of_file(path: Path, gates: Iterable[Gate]) -> tuple[tuple[Gate, ...], tuple[Issue, ...]]:
    """Return the gates of a file that the path comes near, and issues for the others."""
    near, stale = [], []
    for gate in gates:
        if (gate.lat1_deg, gate.lon1_deg) == (gate.lat2_deg, gate.lon2_deg):
            continue  # a point, which nothing crosses
        fit = gate_fit(path, gate)
        if fit.near:
            near.append(gate)
        else:
            words = gate.name or gate.kind.value
            stale.append(Issue("GATE_STALE", gate=words, distance_km=round(fit.distance_m / 1000, 1)))
    return tuple(near), tuple(stale)


def _most_passed(path: Path, gates: Iterable[Gate]) -> Gate:
    lines = _of_kind(gates, GateKind.START_FINISH)
    return max(lines, key=lambda gate: gate_fit(path, gate).forward)


def _of_kind(gates: Iterable[Gate], *kinds: GateKind) -> tuple[Gate, ...]:
    return tuple(gate for gate in gates if gate.kind in kinds)


def _chosen(path: Path, gate: Gate, others: tuple[Gate, ...], issues: tuple[Issue, ...] = ()) -> ChosenGates:
    """Return a line with the sector and pit gates of the recording."""
    return ChosenGates(
        gate=gate,
        sectors=_of_kind(others, GateKind.SECTOR),
        pits=_of_kind(others, *_PITS),
        passes=gate_fit(path, gate).forward,
        issues=issues,
    )


def _of_track(fit: TrackFit, issues: tuple[Issue, ...] = ()) -> ChosenGates:
    """Return the gates of a track, with an issue where it does not fit."""
    return ChosenGates(
        gate=fit.gate,
        sectors=fit.track.sectors,
        pits=_of_kind(fit.track.gates, *_PITS),
        track=fit.track.name,
        passes=fit.passes,
        issues=issues if fit.misfit is None else (*issues, _mismatch(fit)),
    )


def _mismatch(fit: TrackFit) -> Issue:
    return Issue("TRACK_CATALOGUE_MISMATCH", track=fit.track.name, reason=fit.misfit, passes=fit.passes)
