"""Finding laps: from positions and a gate to lap and sector times with honest uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from telemparse.analysis.gate_choice import choose_gates
from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.lap_judging import Surroundings, judge
from telemparse.analysis.lap_pieces import Kind, pieces_of
from telemparse.analysis.lap_results import Laps
from telemparse.analysis.lap_rules import LapRules
from telemparse.analysis.lap_tables import laps_table, sectors_table
from telemparse.analysis.passages import passages
from telemparse.analysis.paths import Path, fixes_of
from telemparse.analysis.sector_times import in_order_of_travel, sector_times
from telemparse.analysis.smoothing.smoother import measured, smooth
from telemparse.analysis.stints import rests_of, stints_of
from telemparse.analysis.teleports import find_jumps
from telemparse.errors import CallError
from telemparse.model.gates import GateKind
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from telemparse.analysis.gate_choice import ChosenGates
    from telemparse.analysis.lap_judging import Judged
    from telemparse.analysis.lap_pieces import Piece
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.passages import Passages
    from telemparse.kernels.arrays import Ints
    from telemparse.model.gates import Gate, Track
    from telemparse.model.results import ParseResult

__all__ = ["find_laps"]

_METHODS = ("auto", "smoothed", "linear")
_LEAST_AGREEMENT = 0.8


def find_laps(
    source: pa.Table | ParseResult,
    gate: Any = None,
    *,
    method: Literal["auto", "smoothed", "linear"] = "auto",
    track: Track | None = None,
    tracks: Iterable[Track] = (),
    rules: LapRules | None = None,
) -> Laps:
    """Return the laps of a recording, with a standard deviation for each time and reasons for each doubt.

    The gate comes from the caller, else from the file, else from a track of the catalogue that fits, else it
    is found in the trace; `Laps.gate.source` says which. Where there is none, or nobody crossed it twice, the
    tables are empty and `LAPS_NOT_FOUND` says why. A crossing within a gap is never made up.

    Args:
        source: result, or its `gnss_pvt` table (which has no gates of a file).
        gate: start/finish line: a `Gate`, two (latitude, longitude) points, or a GeoJSON LineString; None to
            look for one.
        method: `smoothed` and `auto` time crossings on the likeliest motion where the velocities are known
            and agree with the positions, else as `linear`: on straight lines between positions as measured,
            as most devices do. `diagnostics` says what was done, and why it was not smoothed.
        track: its gates are used.
        tracks: catalogue to look for a fitting one in, beside those that plugins bring.
        rules: limits for what counts; the usual ones when absent.

    Raises CallError for a table without positions, a gate that is none, and a method that nobody knows.
    """
    if method not in _METHODS:
        raise CallError(f"method must be one of {', '.join(_METHODS)}, not {method!r}")
    rules = rules or LapRules()
    streams = getattr(source, "streams", None)
    if streams is not None and "gnss_pvt" not in streams:
        return _none(None, None, (_not_found("the recording has no positions"),), {})
    path = Path.of(fixes_of(source))
    motion = measured(path) if method == "linear" else smooth(path)
    facts: dict[str, Any] = {"method": motion.method.value, **motion.parameters}
    choice = choose_gates(source, gate=gate, track=track, tracks=tracks, path=path)
    if choice.track is not None:
        facts = {**facts, "track": choice.track}
    if choice.gate is None:
        return _none(None, motion, choice.issues, facts)
    return _timed(path, motion, choice, rules, facts)


def _timed(
    path: Path, motion: Motion, choice: ChosenGates, rules: LapRules, facts: Mapping[str, Any]
) -> Laps:
    """Return the laps at a gate; the path is the recorded one, which a motion may have without its jumps."""
    gate = choice.gate
    if gate is None:
        raise CallError("there is no gate")
    passed = passages(motion, GateLine.of(gate, motion.path.frame), rules)
    rests = rests_of(motion, rules)
    stints = stints_of(motion, rests, rules)
    pieces = pieces_of(motion, stints, passed)
    facts = {
        **facts,
        "rules": attrs.asdict(rules),
        "crossings": len(passed.seen),
        "crossings_beside": passed.beside,
        "crossings_hidden": len(passed.hidden),
        "crossings_ignored": passed.ignored,
        "stints": len(stints),
    }
    if not any(piece.kind is Kind.LAP for piece in pieces):
        return _none(gate, motion, (*choice.issues, _why_none(passed, pieces)), facts)
    pits = {kind: _crossed(motion, choice.pits, kind, rules) for kind in (GateKind.PIT_IN, GateKind.PIT_OUT)}
    jumps = find_jumps(path)
    around = Surroundings(
        motion=motion,
        rests=rests,
        pit_in_ns=pits[GateKind.PIT_IN],
        pit_out_ns=pits[GateKind.PIT_OUT],
        jumped_ns=path.t_ns[jumps.rows],
        jump_limit_mps=jumps.limit_mps,
        doubtful=choice.automatic is not None and choice.automatic.agreement < _LEAST_AGREEMENT,
    )
    judged = judge(pieces, around, rules)
    gates = in_order_of_travel(motion, judged, choice.sectors, rules)
    base = motion.path.time_base
    return Laps(
        table=laps_table(judged, gate.source, base, facts),
        sectors=sectors_table(sector_times(motion, judged, gates), gate.source, base, facts),
        gate=gate,
        sector_gates=tuple(each for each, _passed in gates),
        motion=motion,
        issues=(*choice.issues, *motion.issues, *_of_laps(judged)),
        diagnostics=facts,
    )


def _of_laps(judged: Iterable[Judged]) -> list[Issue]:
    """Return what was found of laps, without what the gate's own finding says already."""
    return [issue for lap in judged for issue in lap.issues if issue.code != "LAP_DETECTION_UNSTABLE"]


def _crossed(motion: Motion, gates: Iterable[Gate], kind: GateKind, rules: LapRules) -> Ints:
    """Return when gates of a kind were crossed."""
    stamps = [
        passages(motion, GateLine.of(gate, motion.path.frame), rules).seen.t_ns
        for gate in gates
        if gate.kind is kind
    ]
    return np.concatenate([np.zeros(0, np.int64), *stamps])


def _why_none(passed: Passages, pieces: list[Piece]) -> Issue:
    """Say why there is no complete lap."""
    facts: dict[str, Any] = {"ignored": passed.ignored, "hidden": len(passed.hidden)}
    if len(passed.seen) > 1:
        return _not_found(
            "no two crossings of the gate lie in one stint", crossings=len(passed.seen), **facts
        )
    if pieces or len(passed.seen):
        return _not_found("the gate was crossed only once", **facts)
    if any(passed.ignored.values()) or len(passed.hidden):
        return _not_found("no crossing of the gate counts", **facts)
    return _not_found("the gate was never crossed", nearest_m=round(passed.nearest_m), **facts)


def _not_found(reason: str, **facts: Any) -> Issue:
    return Issue("LAPS_NOT_FOUND", reason=reason, **facts)


def _none(
    gate: Gate | None, motion: Motion | None, issues: tuple[Issue, ...], facts: Mapping[str, Any]
) -> Laps:
    """Return no laps, and why."""
    source = "auto_detected" if gate is None else gate.source
    base = "relative" if motion is None else motion.path.time_base
    return Laps(
        table=laps_table((), source, base, facts),
        sectors=sectors_table((), source, base, facts),
        gate=gate,
        motion=motion,
        issues=issues if motion is None else (*issues, *motion.issues),
        diagnostics=facts,
    )
