"""A crossing counts the right way, fast enough, once, and on the track: not in the pits beside it."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from moving import along, line_across, motion_of, path_of, rounds
from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.lap_rules import LapRules
from telemparse.analysis.motions import Method
from telemparse.analysis.passages import passages
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.smoother import smooth
from telemparse.kernels.local_frame import LocalFrame
from telemparse.testing.simulate import CIRCUITS, PitStop, simulate

M9 = {"noise": {"slow_m": 1.0, "fast_m": 0.2}}
NOTHING = {"backwards": 0, "too slow": 0, "along the line": 0, "too soon": 0}


def passed(path, line=None, *, noise=M9, rules=None, method=Method.SMOOTHED):
    motion = motion_of(path, parameters=noise, method=method)
    return passages(motion, line or line_across(), rules or LapRules())


@pytest.mark.parametrize("method", list(Method))
def test_each_pass_counts_once(method):
    found = passed(rounds(*[(0.0, 20.0)] * 4), method=method)
    assert np.diff(found.seen.t_ns) == pytest.approx([40e9] * 3, abs=1e6)
    assert found.ignored == NOTHING
    assert not found.in_pits.any()
    assert (found.beside, len(found.hidden)) == (0, 0)
    assert found.nearest_m < 1.1


def test_of_a_line_without_direction_the_way_of_most_counts():
    there, back = line_across(directed=False), line_across(travel=(-1.0, 0.0), directed=False)
    path = along(
        [(-50, 0), (50, 0), (-50, 0), (50, 0), (150, 0), (150, 300), (-50, 300), (-50, 0), (50, 0)], [20] * 8
    )
    first, second = passed(path, there), passed(path, back)
    assert first.seen.t_ns.tolist() == second.seen.t_ns.tolist()
    assert first.line.normal.tolist() == second.line.normal.tolist() == [1.0, 0.0]
    assert first.ignored["backwards"] == 1


def test_a_directed_line_that_all_cross_backwards_is_crossed_by_none():
    found = passed(rounds(*[(0.0, 20.0)] * 3), line_across(travel=(-1.0, 0.0)))
    assert len(found.seen) == 0
    assert found.ignored == {**NOTHING, "backwards": 3}


def test_crawling_over_the_line_is_no_crossing():
    found = passed(rounds((0.0, 20.0), (0.0, 0.5), (0.0, 20.0)))
    assert len(found.seen) == 2
    assert found.ignored == {**NOTHING, "too slow": 1}


@pytest.mark.parametrize(("slope", "counts"), [(1.5, True), (2.0, False), (20.0, False)])
def test_a_way_along_the_line_is_no_crossing(slope, counts):
    found = passed(along([(-1, -slope), (1, slope)], [5.0], rate_hz=50))
    assert len(found.seen) == counts
    assert found.ignored["along the line"] == (not counts and slope < 100)


def test_to_and_fro_over_the_line_is_one_crossing():
    path = along([(-60, 0), (5, 0), (-5, 0), (60, 0), (60, 300), (-60, 300), (-60, 0), (60, 0)], [20] * 7)
    found = passed(path)
    assert len(found.seen) == 2
    assert found.ignored == {**NOTHING, "backwards": 1, "too soon": 1}


def test_a_crossing_a_third_of_a_lap_behind_another_is_none():
    # The second time round a short loop of ten seconds leads over the line again.
    lap = [(100, 0), (100, 200), (-100, 200), (-100, 0)]
    path = along([(-100, 0), (40, 0), (40, 20), (-40, 20), (-40, 0), *lap * 4, (50, 0)], [20] * 21)
    found = passed(path)
    assert found.ignored["too soon"] == 1
    assert len(found.seen) == 5
    lax = passed(path, rules=LapRules(shortest_share=0.01))
    assert len(lax.seen) == 6


def test_a_wander_behind_the_end_counts_among_its_like():
    found = passed(rounds((4.2, 20.0), (4.8, 20.0), (5.6, 20.0), (4.6, 20.0), (4.0, 20.0)))
    assert len(found.seen) == 5
    assert found.beside == 1


@pytest.mark.parametrize(
    ("others", "odd", "noise"),
    [
        ((-4.0, 20.0), (5.6, 20.0), M9),
        ((4.5, 20.0), (5.6, 9.0), M9),
        ((4.5, 20.0), (8.0, 20.0), M9),
        ((4.5, 20.0), (5.6, 20.0), {}),
    ],
    ids=["far from the others", "slow", "too far", "of a receiver that does not wander"],
)
def test_what_is_not_like_the_others_does_not_count_beside_the_line(others, odd, noise):
    found = passed(rounds(others, others, odd, others, others), noise=noise)
    assert len(found.seen) == 4
    assert found.beside == 0


def test_a_pit_lane_over_the_line_is_seen_as_one():
    found = passed(rounds((0.0, 20.0), (0.3, 20.0), (4.5, 8.0), (-0.2, 20.0), (0.0, 20.0)))
    assert found.in_pits.tolist() == [False, False, True, False, False]


def test_a_slow_pass_of_the_track_and_a_fast_one_of_its_edge_are_no_pit_lane():
    slow = passed(rounds((0.0, 20.0), (0.3, 20.0), (0.4, 13.0), (-0.2, 20.0), (0.0, 20.0)))
    aside = passed(rounds((0.0, 20.0), (0.3, 20.0), (4.5, 19.0), (-0.2, 20.0), (0.0, 20.0)))
    assert not slow.in_pits.any()
    assert not aside.in_pits.any()


def test_two_passes_are_too_few_to_know_a_pit_lane():
    assert not passed(rounds((0.0, 20.0), (4.5, 8.0))).in_pits.any()


def test_a_crossing_in_a_gap_is_told_apart():
    path = rounds(*[(0.0, 20.0)] * 4)
    gap = path.part(~((path.t_s > 50) & (path.t_s < 58)))
    found = passed(gap)
    assert len(found.seen) == 3
    assert len(found.hidden) == 1


def test_a_line_on_the_other_side_of_the_earth_is_crossed_by_nobody():
    here, there = LocalFrame(0.0, 10.0, 0.0), LocalFrame(0.0, -170.0, 0.0)
    path = attrs.evolve(rounds(*[(0.0, 20.0)] * 3), frame=here)
    line = line_across(directed=False)
    gate = attrs.evolve(
        line.gate, lat1_deg=-5e-5, lon1_deg=there.lon_deg, lat2_deg=5e-5, lon2_deg=there.lon_deg
    )
    found = passed(path, attrs.evolve(line, gate=gate))
    assert len(found.seen) == len(found.hidden) == 0
    assert found.nearest_m > 1e7


def test_a_line_far_away_says_how_far():
    found = passed(rounds((0.0, 20.0)), line_across(middle_m=(0.0, -3000.0)))
    assert len(found.seen) == 0
    assert found.nearest_m == pytest.approx(3000, rel=0.01)


def test_one_epoch_passes_nothing():
    found = passages(motion_of(path_of([0.0], [(3, 4)], [(1, 0)])), line_across(), LapRules())
    assert len(found.seen) == 0
    assert found.nearest_m == pytest.approx(5.0)


@pytest.mark.parametrize("pit_offset_m", [4.0, 6.0])
@pytest.mark.parametrize("circuit", ["rc_offroad", "kart"])
def test_a_pit_lane_some_metres_beside_the_middle_is_crossed_where_it_lies_before_the_end(
    circuit, pit_offset_m
):
    course = attrs.evolve(CIRCUITS[circuit], pit_offset_m=pit_offset_m)
    run = simulate(course, seed=1, laps=5, gnss="perfect", disturbances=[PitStop(2), PitStop(4)])
    path = Path.of(run.gnss)
    found = passages(smooth(path), GateLine.of(run.gate, path.frame), LapRules())
    assert len(found.seen) == len(run.crossings_ns)
    assert np.abs(found.seen.t_ns - run.crossings_ns).max() < 1e6
    assert found.in_pits.sum() == len(run.crossings_ns) - 4
