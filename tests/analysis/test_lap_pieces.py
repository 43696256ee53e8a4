"""A recording falls into laps and the parts before, between and behind them, stint by stint."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from moving import line_across, motion_of, rounds
from telemparse.analysis.lap_pieces import Kind, pieces_of
from telemparse.analysis.lap_rules import LapRules
from telemparse.analysis.passages import passages
from telemparse.analysis.stints import Stint, rests_of, stints_of

RULES = LapRules()


def pieces(path, *, stints=None, line=None):
    motion = motion_of(path)
    found = passages(motion, line or line_across(), RULES)
    return pieces_of(motion, stints or stints_of(motion, rests_of(motion, RULES), RULES), found)


def test_crossings_cut_a_stint_into_laps_and_two_ends():
    path = rounds(*[(0.0, 20.0)] * 4)
    found = pieces(path)
    assert [each.kind for each in found] == [Kind.OUT, *[Kind.LAP] * 3, Kind.IN]
    assert [each.duration_ns / 1e9 for each in found[1:4]] == pytest.approx([40] * 3)
    assert found[0].t_start_ns == path.t_ns[0]
    assert found[-1].t_end_ns == path.t_ns[-1]
    for before, after in itertools.pairwise(found):
        assert before.t_end_ns == after.t_start_ns
        assert before.last + 1 == after.first
    assert (found[0].start, found[-1].end) == (None, None)
    for each in found:
        assert path.t_ns[each.first] >= each.t_start_ns
        assert path.t_ns[each.last] <= each.t_end_ns


def test_the_moment_of_a_crossing_lies_between_its_epochs():
    path = rounds(*[(0.0, 20.0)] * 3)
    lap = pieces(path)[1]
    t_s = path.t_s
    for moment, instant in ((lap.start, lap.t_start_ns), (lap.end, lap.t_end_ns)):
        at = t_s[moment.epoch] + moment.part * (t_s[moment.epoch + 1] - t_s[moment.epoch])
        assert at == pytest.approx((instant - path.t_ns[0]) / 1e9, abs=1e-8)
        assert moment.normal_mps == pytest.approx(20)
        assert moment.normal.tolist() == [1.0, 0.0]


def test_each_stint_has_its_own_ends_and_no_lap_leads_from_one_to_the_next():
    path = rounds(*[(0.0, 20.0)] * 6)
    middle = int(np.searchsorted(path.t_s, 130.0))
    found = pieces(path, stints=(Stint(0, middle), Stint(middle + 1, len(path) - 1)))
    kinds = [(each.stint, each.kind) for each in found]
    assert kinds == [
        *[(0, Kind.OUT), (0, Kind.LAP), (0, Kind.LAP), (0, Kind.IN)],
        *[(1, Kind.OUT), (1, Kind.LAP), (1, Kind.LAP), (1, Kind.IN)],
    ]


def test_a_stint_that_never_crosses_the_line_gives_nothing():
    path = rounds(*[(0.0, 20.0)] * 3)
    found = pieces(path, stints=(Stint(0, 20), Stint(21, len(path) - 1)))
    assert {each.stint for each in found} == {1}
    assert pieces(path, line=line_across(middle_m=(0.0, 90.0))) == []


def test_crossings_in_gaps_are_counted_in_the_piece_around_them():
    path = rounds(*[(0.0, 20.0)] * 5)
    found = pieces(path.part(~((path.t_s > 90) & (path.t_s < 98))))
    assert [each.kind for each in found] == [Kind.OUT, *[Kind.LAP] * 3, Kind.IN]
    assert [each.hidden for each in found] == [0, 0, 1, 0, 0]


def test_a_lap_into_the_pits_and_one_out_of_them_are_marked():
    found = pieces(rounds((0.0, 20.0), (0.3, 20.0), (4.5, 8.0), (-0.2, 20.0), (0.0, 20.0)))
    assert [each.in_pits for each in found] == [False, False, True, True, False, False]
