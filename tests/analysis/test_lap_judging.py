"""Each reason against a lap is given where it holds, and nowhere else."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from moving import along, line_across, motion_of, path_of, rounds
from telemparse.analysis.lap_judging import Surroundings, judge
from telemparse.analysis.lap_pieces import pieces_of
from telemparse.analysis.lap_rules import LapRules
from telemparse.analysis.motions import Method
from telemparse.analysis.passages import passages
from telemparse.analysis.stints import rests_of, stints_of

RULES = LapRules()
NONE = np.zeros(0, np.int64)
LAPS = rounds(*[(0.0, 20.0)] * 6)
WHOLE = ["OUTLAP", *["VALID"] * 5, "INLAP"]


@attrs.frozen
class Sure:
    """A spread that says one number."""

    std_s: float

    def duration_std_s(self, _start, _end):
        return self.std_s


def judged(path, *, std_s=None, method=Method.SMOOTHED, **around):
    motion = motion_of(path, method=method, spread=None if std_s is None else Sure(std_s))
    rests = rests_of(motion, RULES)
    found = passages(motion, line_across(), RULES)
    facts = {
        "motion": motion,
        "rests": rests,
        "pit_in_ns": NONE,
        "pit_out_ns": NONE,
        "jumped_ns": NONE,
        "jump_limit_mps": None,
        "doubtful": False,
    }
    pieces = pieces_of(motion, stints_of(motion, rests, RULES), found)
    return judge(pieces, Surroundings(**{**facts, **around}), RULES)


def validities(laps):
    return [lap.validity for lap in laps]


def reasons(laps):
    return {number: lap.reasons for number, lap in enumerate(laps, start=1) if lap.reasons}


def lost(path, first_s, last_s):
    return path.part(~((path.t_s > first_s) & (path.t_s < last_s)))


def at(path, *seconds):
    return path.t_ns[0] + np.round(np.array(seconds) * 1e9).astype(np.int64)


@pytest.mark.parametrize("method", list(Method))
def test_nothing_is_said_against_laps_like_each_other(method):
    laps = judged(LAPS, std_s=0.01, method=method)
    assert validities(laps) == WHOLE
    assert {lap.confidence for lap in laps} == {"HIGH"}
    assert reasons(laps) == {}
    assert [lap.distance_m for lap in laps[1:-1]] == pytest.approx([800] * 5, rel=0.01)
    assert [lap.duration_std_s for lap in laps] == [None, *[0.01] * 5, None]


def test_a_short_gap_lowers_the_confidence_of_its_lap_alone():
    laps = judged(lost(LAPS, 70.0, 75.0))
    assert validities(laps) == WHOLE
    assert reasons(laps) == {3: ("GAP_WITHIN_LAP",)}
    assert [lap.confidence for lap in laps] == ["HIGH", "HIGH", "MEDIUM", "HIGH", "HIGH", "HIGH", "HIGH"]
    assert laps[2].issues[0].evidence == {"lap": 3, "gap_s": pytest.approx(5, abs=0.2)}


def test_a_crossing_within_a_gap_makes_one_invalid_lap_of_two():
    laps = judged(lost(LAPS, 93.0, 97.0))
    assert validities(laps) == ["OUTLAP", "VALID", "INVALID", "VALID", "VALID", "INLAP"]
    assert reasons(laps) == {3: ("GAP_WITHIN_LAP", "LAP_DISTANCE_ODD")}
    assert laps[2].issues[0].evidence["hidden_crossings"] == 1
    assert laps[2].piece.duration_ns == pytest.approx(80e9, rel=1e-3)


def test_a_lap_with_a_gap_that_takes_as_long_as_two_is_none_though_no_crossing_shows():
    # In the gap the car went round once more, past the line.
    path = rounds(*[(0.0, 20.0)] * 7)
    laps = judged(lost(path, 92.0, 121.0))
    assert validities(laps) == ["OUTLAP", "VALID", "INVALID", *["VALID"] * 3, "INLAP"]
    assert reasons(laps) == {3: ("GAP_WITHIN_LAP", "LAP_DISTANCE_ODD")}
    assert laps[2].issues[0].evidence["hidden_crossings"] == 0


def test_a_gap_before_the_first_crossing_and_one_behind_the_last_are_told():
    laps = judged(lost(lost(LAPS, 3.0, 6.0), 228.0, 232.0))
    assert validities(laps) == WHOLE
    assert reasons(laps) == {1: ("GAP_WITHIN_LAP",), 7: ("GAP_WITHIN_LAP",)}


def test_the_silence_between_two_stints_is_no_gap_of_theirs():
    path = attrs.evolve(LAPS, t_ns=LAPS.t_ns + np.where(LAPS.t_s > 125.0, 10**11, 0))
    laps = judged(path)
    assert validities(laps) == ["OUTLAP", "VALID", "VALID", "INLAP", "OUTLAP", "VALID", "VALID", "INLAP"]
    assert reasons(laps) == {}
    assert laps[3].piece.duration_ns + laps[4].piece.duration_ns == pytest.approx(40e9, rel=0.01)


def other_lap(*detour):
    """Return six laps, the third with a detour on its way back."""
    lap = [(-100, 200), (-100, 0), (100, 0), (100, 200)]
    corners = [*lap * 3, *detour, *lap * 3, (-100, 200)]
    return along(corners, [20.0] * (len(corners) - 1))


def test_a_longer_way_is_none_of_the_track():
    laps = judged(other_lap((100, 300), (-100, 300)))
    assert validities(laps) == ["OUTLAP", "VALID", "VALID", "INVALID", "VALID", "VALID", "INLAP"]
    assert reasons(laps) == {4: ("LAP_DISTANCE_ODD",)}
    assert laps[3].issues[0].evidence == {"lap": 4, "share_pct": 125, "usual_m": 800}


def test_a_short_cut_is_none_of_the_track():
    cut = [(-100, 200), (-100, 0), (100, 0), (100, 120), (-100, 120), (-100, 0), (100, 0), (100, 200)]
    lap = [(-100, 200), (-100, 0), (100, 0), (100, 200)]
    laps = judged(along([*lap, *lap, *cut, *lap, *lap, (-100, 200)], [20.0] * 24))
    assert validities(laps) == ["OUTLAP", "VALID", "VALID", "INVALID", "VALID", "VALID", "INLAP"]
    assert reasons(laps) == {4: ("LAP_DISTANCE_ODD",)}
    assert laps[3].issues[0].evidence == {"lap": 4, "share_pct": 80, "usual_m": 800}


def test_two_laps_are_too_few_to_call_one_odd():
    lap = [(-100, 200), (-100, 0), (100, 0), (100, 200)]
    laps = judged(along([*lap, *lap, (100, 300), (-100, 300), *lap, (-100, 200)], [20.0] * 14))
    assert validities(laps) == ["OUTLAP", "VALID", "VALID", "INLAP"]
    assert reasons(laps) == {}


@pytest.mark.parametrize(
    ("into", "out", "validity"),
    [((70.0,), (), "INLAP"), ((), (70.0,), "OUTLAP"), ((70.0,), (80.0,), "INVALID")],
)
def test_gates_of_the_pits_name_the_laps_that_pass_them(into, out, validity):
    laps = judged(LAPS, pit_in_ns=at(LAPS, *into), pit_out_ns=at(LAPS, *out))
    assert validities(laps) == ["OUTLAP", "VALID", validity, "VALID", "VALID", "VALID", "INLAP"]
    assert reasons(laps) == {3: ("PIT_AFFECTED",)}
    assert laps[2].issues[0].evidence["pit_in"] == bool(into)
    assert laps[2].issues[0].evidence["pit_out"] == bool(out)


def test_pit_gates_in_the_parts_of_a_lap_say_nothing_new():
    laps = judged(LAPS, pit_in_ns=at(LAPS, 5.0), pit_out_ns=at(LAPS, 5.0, 230.0))
    assert validities(laps) == WHOLE
    assert reasons(laps) == {}


def test_a_pit_lane_over_the_line_spoils_the_laps_on_both_sides():
    path = rounds((0.0, 20.0), (0.3, 20.0), (4.5, 8.0), (-0.2, 20.0), (0.0, 20.0))
    laps = judged(path)
    assert validities(laps) == ["OUTLAP", "VALID", "INVALID", "INVALID", "VALID", "INLAP"]
    assert set(reasons(laps)) == {3, 4}


@pytest.mark.parametrize(("seconds", "validity"), [(2.0, "VALID"), (6.0, "INVALID")])
def test_a_stop_spoils_a_lap(seconds, validity):
    stop = np.concatenate([np.full(int(seconds * 10), 999), [0]])
    row = 700
    t_ns = np.concatenate(
        [LAPS.t_ns[:row], LAPS.t_ns[row] + np.arange(len(stop)) * 10**8, LAPS.t_ns[row + 1 :]]
    )
    t_ns[row + len(stop) :] += len(stop) * 10**8
    place, pace = (
        np.concatenate(
            [values[:row], np.repeat(values[row : row + 1], len(stop), 0) * keep, values[row + 1 :]]
        )
        for values, keep in ((LAPS.position_m, 1.0), (LAPS.velocity_mps, 0.0))
    )
    laps = judged(path_of((t_ns - t_ns[0]) / 1e9, place, pace))
    assert validities(laps)[2] == validity
    assert reasons(laps) == ({} if validity == "VALID" else {3: ("PIT_AFFECTED",)})


def test_jumps_are_told_of_the_lap_in_which_they_happened():
    laps = judged(LAPS, jumped_ns=at(LAPS, 70.0, 71.0, 230.0), jump_limit_mps=123.4)
    assert validities(laps) == WHOLE
    assert reasons(laps) == {3: ("GNSS_TELEPORT_EVENTS",), 7: ("GNSS_TELEPORT_EVENTS",)}
    assert laps[2].issues[0].evidence == {"lap": 3, "count": 2, "limit_mps": 123}


def test_a_doubtful_gate_makes_all_laps_doubtful():
    laps = judged(LAPS, doubtful=True)
    assert {lap.confidence for lap in laps} == {"LOW"}
    assert {lap.reasons for lap in laps} == {("LAP_DETECTION_UNSTABLE",)}
    assert validities(laps) == WHOLE


@pytest.mark.parametrize(
    ("std_s", "confidence", "said"),
    [
        (0.05, "HIGH", ()),
        (0.051, "MEDIUM", ()),
        (0.2, "MEDIUM", ()),
        (0.21, "LOW", ("LOW_CONFIDENCE_CROSSING",)),
    ],
)
def test_confidence_goes_with_the_standard_deviation(std_s, confidence, said):
    laps = judged(LAPS, std_s=std_s)
    assert [lap.confidence for lap in laps] == ["HIGH", *[confidence] * 5, "HIGH"]
    assert {lap.reasons for lap in laps[1:-1]} == {said}


def test_the_worst_confidence_counts():
    laps = judged(lost(LAPS, 70.0, 75.0), std_s=0.3)
    assert laps[2].confidence == "LOW"
    assert laps[2].reasons == ("GAP_WITHIN_LAP", "LOW_CONFIDENCE_CROSSING")


def test_without_laps_there_is_nothing_to_judge():
    assert judged(rounds((0.0, 20.0)).part(slice(0, 50))) == []
