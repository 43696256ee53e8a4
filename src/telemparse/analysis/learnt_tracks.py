"""A track out of a session: its start/finish line, and sector gates at straight places about thirds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.gate_choice import choose_gates
from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.lap_surveys import LapSurvey
from telemparse.analysis.paths import Path
from telemparse.analysis.trails import Trail
from telemparse.errors import CallError
from telemparse.model.gates import GateKind, Track

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.model.gates import Gate
    from telemparse.model.results import ParseResult

__all__ = ["learn_track"]

_SOURCE = "catalogue_default"
_SECTORS = 3
_AROUND = 0.1
"""A sector gate lies at most this share of a lap from where a sector of equal length would end."""


def learn_track(source: pa.Table | ParseResult, *, gate: Any = None, name: str = "") -> Track:
    """Return the track of a session for a catalogue.

    Its start/finish line is the one that `choose_gates` chooses. Sector gates and pit gates are the file's;
    where it has no sector gates, two are put at fast straight places near the thirds of the lap.

    Args:
        source: result, or its `gnss_pvt` table, of a session with at least one lap.
        gate: start/finish line, as for `choose_gates`.
        name: of the track.

    Raises CallError where there are no laps to learn from.
    """
    path = Path.of(source)
    choice = choose_gates(source, gate=gate, path=path)
    survey = LapSurvey.of(path, Trail.of(path))
    if choice.gate is None or choice.passes < 2 or survey is None:  # noqa: PLR2004  (the ends of a lap)
        reasons = [str(issue.evidence["reason"]) for issue in choice.issues if "reason" in issue.evidence]
        raise CallError(
            f"no laps to learn a track from: {'; '.join(reasons) or 'the gate is not passed twice'}"
        )
    sectors = choice.sectors or _sectors(survey, GateLine.of(choice.gate, path.frame))
    return Track(
        name,
        [_of_catalogue(each) for each in (choice.gate, *choice.pits)],
        [_of_catalogue(each) for each in sectors],
        reference=f"learnt from {choice.passes - 1} laps of one session; line: {choice.source}",
    )


def _of_catalogue(gate: Gate) -> Gate:
    return attrs.evolve(gate, source=_SOURCE, raw={})


def _sectors(survey: LapSurvey, line: GateLine) -> list[Gate]:
    """Return gates near the thirds of the lap that begins at a line."""
    places = survey.lap.places
    away_m = np.hypot(*(places.middle_m - line.middle_m).T)
    first = int(np.argmin(np.where(np.abs(places.normal @ line.normal) > 0.5, away_m, np.inf)))  # noqa: PLR2004  (60 degrees)
    count = len(places)
    phase = (np.arange(count) - first) % count / count
    speed = np.where(survey.lap.fit, survey.lap.speed_mps, -survey.lap.turn_deg)
    best = [
        int(np.argmax(np.where(np.abs(phase - part / _SECTORS) <= _AROUND, speed, -np.inf)))
        for part in range(1, _SECTORS)
    ]
    return [
        survey.gate(place, kind=GateKind.SECTOR, name=f"sector {number}")
        for number, place in enumerate(best, start=1)
    ]
