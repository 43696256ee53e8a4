"""Whether a lap counts and how sure its time is, with the codes that say why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.lap_pieces import Kind
from telemparse.analysis.motions import Method
from telemparse.analysis.stints import speed_of
from telemparse.kernels.clocks import NS_PER_S
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.analysis.lap_pieces import Piece
    from telemparse.analysis.lap_rules import LapRules
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.stints import Rests
    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["Judged", "Surroundings", "judge"]

_FEWEST = 3
_PARTS = {Kind.OUT: "OUTLAP", Kind.IN: "INLAP"}


@attrs.frozen(eq=False, kw_only=True)
class Surroundings:
    """What laps are judged by, beside themselves.

    Args:
        motion: states along the path.
        rests: times of standing still.
        pit_in_ns, pit_out_ns: crossings of the pit's gates.
        jumped_ns: instants of positions that lie somewhere else.
        jump_limit_mps: least pace of what counted as a jump, None without one.
        doubtful: the gate itself is not certain.
    """

    motion: Motion
    rests: Rests
    pit_in_ns: Ints
    pit_out_ns: Ints
    jumped_ns: Ints
    jump_limit_mps: float | None
    doubtful: bool


@attrs.frozen(eq=False)
class Judged:
    """A piece with what is said of it.

    Args:
        piece: the lap or part of one.
        distance_m: driven.
        duration_std_s: of a complete lap, else None.
        validity: as in the schema.
        confidence: as in the schema.
        issues: what lowered them, whose codes are the reasons.
    """

    piece: Piece
    distance_m: float
    duration_std_s: float | None
    validity: str
    confidence: str
    issues: tuple[Issue, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of the issues, each once."""
        return tuple(dict.fromkeys(issue.code for issue in self.issues))


@attrs.define
class _Opinion:
    """What is found out about one lap, worst last."""

    number: int
    validity: str
    confidence: str = "HIGH"
    issues: list[Issue] = attrs.field(factory=list)

    def spoil(self, code: str, **facts: Any) -> None:
        if self.validity == "VALID":
            self.validity = "INVALID"
        self.note(code, **facts)

    def note(self, code: str, **facts: Any) -> None:
        self.issues.append(Issue(code, lap=self.number, **facts))

    def doubt(self, confidence: str) -> None:
        order = ("HIGH", "MEDIUM", "LOW")
        self.confidence = max(self.confidence, confidence, key=order.index)


def judge(pieces: Sequence[Piece], around: Surroundings, rules: LapRules) -> list[Judged]:
    """Return pieces with validity, confidence and reasons."""
    way = _way(around.motion)
    stamps = around.motion.path.t_ns
    driven = [
        float(np.interp(piece.t_end_ns, stamps, way) - np.interp(piece.t_start_ns, stamps, way))
        for piece in pieces
    ]
    usual = _Usual.of(pieces, driven)
    spread = around.motion.spread
    found = []
    for number, (piece, distance) in enumerate(zip(pieces, driven, strict=True), start=1):
        opinion = _Opinion(number, _PARTS.get(piece.kind, "VALID"))
        std = None
        if spread is not None and piece.start is not None and piece.end is not None:
            std = spread.duration_std_s(piece.start, piece.end)
        _judge_way(opinion, (piece, distance), usual, around, rules)
        _judge_pit(opinion, piece, around, rules)
        _judge_time(opinion, std, around, rules)
        found.append(
            Judged(piece, distance, std, opinion.validity, opinion.confidence, tuple(opinion.issues))
        )
    return found


@attrs.frozen
class _Usual:
    """Way and time of the usual lap, None where too few laps are known."""

    way_m: float | None
    lap_s: float | None

    @classmethod
    def of(cls, pieces: Sequence[Piece], driven_m: Sequence[float]) -> _Usual:
        whole = [index for index, piece in enumerate(pieces) if piece.kind is Kind.LAP]
        if len(whole) < _FEWEST:
            return cls(None, None)
        return cls(
            float(np.median([driven_m[index] for index in whole])),
            float(np.median([pieces[index].duration_ns for index in whole])) / NS_PER_S,
        )


def _judge_way(
    opinion: _Opinion, driven: tuple[Piece, float], usual: _Usual, around: Surroundings, rules: LapRules
) -> None:
    """Look for gaps, jumps, and a way that is not that of the other laps."""
    piece, distance_m = driven
    # The silence between two stints is none of theirs.
    before = piece.first - 1 if piece.kind is not Kind.OUT else piece.first
    steps = slice(max(before, 0), piece.last if piece.kind is Kind.IN else piece.last + 1)
    gap_s = around.motion.path.step_s[steps] * around.motion.broken[steps]
    seconds = piece.duration_ns / NS_PER_S
    if gap_s.any():
        lost = float(gap_s.max())
        opinion.doubt("MEDIUM")
        long = piece.kind is Kind.LAP and usual.lap_s is not None and seconds > rules.gap_share * usual.lap_s
        if piece.hidden or long:
            opinion.spoil("GAP_WITHIN_LAP", gap_s=round(lost, 3), hidden_crossings=piece.hidden)
        else:
            opinion.note("GAP_WITHIN_LAP", gap_s=round(lost, 3))
    jumped = around.jumped_ns
    jumps = int(((jumped >= piece.t_start_ns) & (jumped <= piece.t_end_ns)).sum())
    if jumps and around.jump_limit_mps is not None:
        opinion.note("GNSS_TELEPORT_EVENTS", count=jumps, limit_mps=round(around.jump_limit_mps))
    if piece.kind is not Kind.LAP or not usual.way_m:
        return
    share = distance_m / usual.way_m
    # Over a gap the way is a straight line, shorter than what was driven.
    shortest = 0.0 if gap_s.any() else rules.shortest_way
    if not shortest <= share <= rules.longest_way:
        opinion.spoil("LAP_DISTANCE_ODD", share_pct=round(100 * share), usual_m=round(usual.way_m))


def _judge_pit(opinion: _Opinion, piece: Piece, around: Surroundings, rules: LapRules) -> None:
    """Look for the pit lane, and for stops."""
    into, out = (
        bool(((stamps > piece.t_start_ns) & (stamps <= piece.t_end_ns)).any())
        for stamps in (around.pit_in_ns, around.pit_out_ns)
    )
    stopped = around.rests.within(piece.first, piece.last, rules.stop_s)
    if piece.kind is not Kind.LAP or not (into or out or stopped or piece.in_pits):
        return
    if into != out:
        opinion.validity = "INLAP" if into else "OUTLAP"
        opinion.note("PIT_AFFECTED", pit_in=into, pit_out=out, stopped=stopped)
    else:
        opinion.spoil("PIT_AFFECTED", pit_in=into, pit_out=out, stopped=stopped)


def _judge_time(opinion: _Opinion, std: float | None, around: Surroundings, rules: LapRules) -> None:
    """Rate the time by its standard deviation, and by the gate's own certainty."""
    if around.doubtful:
        opinion.doubt("LOW")
        opinion.note("LAP_DETECTION_UNSTABLE", counts="the gate's own finding tells")
    if std is None:
        return
    if std > rules.medium_s:
        opinion.doubt("LOW")
        opinion.note("LOW_CONFIDENCE_CROSSING", sigma_s=round(std, 3))
    elif std > rules.high_s:
        opinion.doubt("MEDIUM")


def _way(motion: Motion) -> Floats:
    """Return the way driven since the first epoch, metres, shape (n,); over gaps the straight line."""
    step = motion.path.step_s
    straight = np.hypot(*np.diff(motion.position_m, axis=0).T)
    speed = motion.speed_mps if motion.method is Method.SMOOTHED else speed_of(motion)
    driven = np.where(motion.broken, straight, (speed[:-1] + speed[1:]) / 2 * step)
    return np.concatenate([[0.0], np.cumsum(driven)])
