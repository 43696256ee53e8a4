"""How tracks of a catalogue fit a path: whether it laps them, and what speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.analysis.gate_fits import NEAR_M, gate_fit, outside_m
from telemparse.errors import CallError
from telemparse.model.gates import GateKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.analysis.gate_fits import GateFit
    from telemparse.analysis.paths import Path
    from telemparse.model.gates import Gate, Track

__all__ = ["TrackFit", "best_fit", "track_fit"]

_LAP = 2


@attrs.frozen
class TrackFit:
    """How a path fits a track.

    Args:
        track: of the catalogue.
        gate: its start/finish line; of several the one that is passed most.
        passes: times that it is passed in its direction.
        sectors: of its sector gates, how many are passed on at least half of the laps.
        misfit: what speaks against the track, None where nothing does.
    """

    track: Track
    gate: Gate
    passes: int
    sectors: int
    misfit: str | None


def track_fit(path: Path, track: Track) -> TrackFit:
    """Return how a path fits a track; raises CallError for one without start/finish line."""
    fits = [(gate_fit(path, gate), gate) for gate in _lines(track)]
    if not fits:
        raise CallError(f"track {track.name!r} has no start/finish line")
    fit, gate = max(fits, key=lambda pair: (pair[0].forward, -pair[0].distance_m))
    passed = [gate_fit(path, sector).forward for sector in track.sectors]
    sectors = sum(count >= fit.forward / 2 for count in passed)
    return TrackFit(track, gate, fit.forward, sectors, _misfit(fit, sectors, len(passed)))


def best_fit(path: Path, tracks: Iterable[Track]) -> TrackFit | None:
    """Return how the path fits the one of the tracks near it that it fits best, None where none is near.

    A track that is lapped comes before one that is not, more of its sector gates passed before fewer, the
    earlier one before the later one.
    """
    known = [track for track in tracks if _lines(track)]
    away_m = outside_m(path, [_lines(track)[0] for track in known])
    near = [track for track, outside in zip(known, away_m, strict=True) if outside <= NEAR_M]
    fits = [track_fit(path, track) for track in near]
    fits = [fit for fit in fits if gate_fit(path, fit.gate).near]
    return max(fits, key=_rank, default=None)


def _rank(fit: TrackFit) -> tuple[bool, int, int]:
    return fit.misfit is None, fit.sectors, fit.passes


def _lines(track: Track) -> list[Gate]:
    return [gate for gate in track.gates if gate.kind is GateKind.START_FINISH]


def _misfit(fit: GateFit, sectors: int, of_sectors: int) -> str | None:
    if not fit.near:
        return "it lies elsewhere"
    if fit.forward < _LAP <= fit.backward:
        return "it was driven the other way"
    if fit.forward < _LAP:
        return "its start/finish line is not passed twice"
    if sectors < of_sectors:
        return "its sector gates are not passed on every lap"
    return None
