"""Progress finds each place of a lap on the way of another one, never falls, and keeps its branch."""

from __future__ import annotations

import tracemalloc

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raced_laps import moved, shaken, silent, thinned, true_motion
from telemparse.analysis.lap_rows import lap_rows
from telemparse.analysis.motions import Method
from telemparse.analysis.progress import project
from telemparse.analysis.ways import Way
from telemparse.kernels.clocks import NS_PER_S
from telemparse.testing.simulate import CIRCUITS, PitStop, simulate


@pytest.fixture(scope="module")
def runs():
    return {name: simulate(name, seed=3, laps=4) for name in CIRCUITS}


def ends(run, row):
    lap = lap_rows(run.laps)[row]
    return lap.t_start_ns, lap.t_end_ns


def projected(run, motion, row=1, reference=0):
    return project(motion, *ends(run, row), Way.of(true_motion(run), *ends(run, reference)))


def errors_m(run, seen, row=1, reference=0):
    """Return how far progress is from where the reference really was at the same place of the centre line."""
    start, end = ends(run, reference)
    stamps = np.linspace(start, end, 4000).astype(np.int64)
    way = Way.of(true_motion(run), start, end)
    along = project(true_motion(run), start, end, way)
    there = run.truth.at(stamps).progress_m
    here = run.truth.at(seen.t_ns).progress_m
    lap_m = run.lap_length_m
    same = np.interp(here - (row - reference) * lap_m, there, stamps)
    return seen.s_m - np.interp(same, along.t_ns, along.s_m)


def test_a_lap_is_as_far_along_its_own_way_as_it_has_driven(runs):
    run = runs["kart"]
    seen = projected(run, true_motion(run), 0, 0)
    dense = run.truth.at(np.arange(seen.t_ns[0], seen.t_ns[-1], 1_000_000))
    driven = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(dense.position_m, axis=0).T))])
    assert seen.s_m == pytest.approx(np.interp(seen.t_ns, dense.t_ns, driven), abs=0.05)


@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.parametrize("sigma_m", [0.0, 1.5])
def test_progress_begins_at_nothing_ends_at_the_whole_way_and_never_falls(runs, name, sigma_m):
    run = runs[name]
    way = Way.of(true_motion(run), *ends(run, 0))
    seen = project(shaken(true_motion(run), sigma_m), *ends(run, 2), way)
    assert seen.s_m[0] == 0.0
    assert seen.s_m[-1] == way.length_m
    assert (np.diff(seen.s_m) >= 0).all()


@pytest.mark.parametrize("name", CIRCUITS)
def test_places_of_another_lap_are_found_within_decimetres(runs, name):
    run = runs[name]
    error = errors_m(run, projected(run, true_motion(run)))
    assert np.median(np.abs(error)) < 1e-4 * run.lap_length_m
    assert np.abs(error).max() < 3e-3 * run.lap_length_m


@pytest.mark.parametrize("name", CIRCUITS)
def test_positions_that_err_by_2_m_move_progress_by_metres_and_not_to_another_branch(runs, name):
    run = runs[name]
    error = errors_m(run, projected(run, shaken(true_motion(run), 2.0)))
    assert np.abs(error).max() < 15.0
    assert np.median(np.abs(error)) < 2.5


def test_where_a_figure_of_eight_crosses_itself_the_branch_is_kept(runs):
    run = runs["rc_figure8"]
    way = Way.of(true_motion(run), *ends(run, 0))
    # The crossing is passed twice: places there are nearly the same, progress is half a lap apart.
    apart = np.hypot(*(way.position_m[:, None] - way.position_m[None]).transpose(2, 0, 1))
    far = np.abs(way.s_m[:, None] - way.s_m[None]) > 30.0
    assert apart[far & (way.s_m[:, None] > 20.0) & (way.s_m[:, None] < 120.0)].min() < 0.3
    for row in range(1, 4):
        seen = project(shaken(true_motion(run), 1.0, row), *ends(run, row), way)
        assert np.diff(seen.s_m).max() < 5.0


def test_lanes_of_the_same_direction_beside_each_other_are_told_apart():
    # A lap that passes a lane twice, 4 m apart, as on a track that winds round itself.
    first, second = serpent(4.0, 1.0), serpent(4.0, 1.0)
    way = Way.of(first, *span(first))
    seen = project(shaken(second, 1.0), *span(second), way)
    expected = np.interp(seen.t_ns, *driven(second))
    assert np.abs(seen.s_m - expected * way.length_m / expected[-1]).max() < 6.0


def serpent(apart_m, step_s):
    """Return a motion twice round a rounded square, the second time `apart_m` further out."""
    corner = np.array([(0, 0), (60, 0), (60, 60), (0, 60)], float)
    out = corner + apart_m * np.sign(corner - 30.0)
    points = tuple(map(tuple, np.concatenate([corner, out])))
    circuit = attrs.evolve(CIRCUITS["rc_onroad"], name="twice round", points_m=points, line_m=5.0)
    return true_motion(simulate(circuit, seed=1, laps=2, rate_hz=10 / step_s))


def span(motion):
    return int(motion.path.t_ns[0]), int(motion.path.t_ns[-1])


def driven(motion):
    steps = np.hypot(*np.diff(motion.position_m, axis=0).T)
    return motion.path.t_ns, np.concatenate([[0.0], np.cumsum(steps)])


@pytest.mark.parametrize("seconds", [0.0, 8.0])
def test_a_lap_through_the_pit_lane_keeps_its_progress(seconds):
    # The pit lane runs beside the track and crosses the line as well.
    kart = attrs.evolve(CIRCUITS["kart"], pit_offset_m=6.0)
    run = simulate(kart, seed=5, laps=4, disturbances=[PitStop(lap=2, seconds=seconds)])
    laps = lap_rows(run.laps)
    slowest = max(range(len(laps)), key=lambda row: laps[row].duration_ns)
    assert laps[slowest].seconds > laps[0].seconds + 2.0 + seconds
    for row in (slowest, slowest + 1):
        error = errors_m(run, projected(run, true_motion(run), row), row)
        assert np.abs(error).max() < 25.0
        assert np.median(np.abs(error)) < 1.0


def test_within_a_gap_nothing_is_known_and_behind_it_progress_goes_on(runs):
    run = runs["rc_offroad"]
    start, end = ends(run, 1)
    whole = projected(run, true_motion(run))
    first, last = start + (end - start) // 3, start + (end - start) // 2
    holed = silent(true_motion(run), first, last)
    seen = projected(run, holed)
    inside = (seen.t_ns > first + NS_PER_S // 5) & (seen.t_ns < last - NS_PER_S // 5)
    assert inside.any()
    assert not seen.known[inside].any()
    assert np.isnan(seen.offset_m[inside]).all()
    outside = (seen.t_ns < first - NS_PER_S) | (seen.t_ns > last + NS_PER_S)
    expected = np.interp(seen.t_ns, whole.t_ns, whole.s_m)
    assert seen.s_m[outside] == pytest.approx(expected[outside], abs=0.05)
    half = np.interp((first + last) / 2, whole.t_ns, whole.s_m)
    asked = np.array([0.0, half, whole.s_m[-1]])
    assert np.isnan(seen.elapsed_s(asked)).tolist() == [False, True, False]


@pytest.mark.parametrize("method", Method)
def test_places_far_off_are_not_believed_and_change_nothing_around_them(runs, method):
    run = runs["kart"]
    motion = true_motion(run, method=method)
    start, end = ends(run, 1)
    rows = np.flatnonzero((motion.path.t_ns > start) & (motion.path.t_ns < end))[40::60]
    wild = motion.position_m.copy()
    wild[rows] += 300.0
    seen = projected(run, attrs.evolve(motion, position_m=wild))
    clean = projected(run, motion)
    struck = np.isin(seen.t_ns, motion.path.t_ns[rows])
    assert struck.sum() == len(rows)
    assert not seen.known[struck].any()
    error = seen.s_m - np.interp(seen.t_ns, clean.t_ns, clean.s_m)
    assert np.abs(error).max() < 10.0
    assert np.median(np.abs(error)) < 0.01


@settings(max_examples=10, deadline=None)
@given(st.floats(-4, 4), st.tuples(*[st.floats(-1e4, 1e4)] * 2), st.integers(-(10**17), 10**17))
def test_where_the_track_lies_and_when_it_was_driven_does_not_matter(angle_rad, by_m, later_ns):
    run = simulate("rc_figure8", seed=1, laps=2)
    motion = shaken(true_motion(run), 0.3)
    same = moved(motion, angle_rad=angle_rad, by_m=by_m, later_ns=later_ns)
    seen = project(motion, *ends(run, 1), Way.of(motion, *ends(run, 0)))
    there = project(
        same, *(t + later_ns for t in ends(run, 1)), Way.of(same, *(t + later_ns for t in ends(run, 0)))
    )
    assert (there.t_ns - later_ns == seen.t_ns).all()
    assert there.s_m == pytest.approx(seen.s_m, abs=1e-6)


def test_twice_as_many_epochs_on_the_same_motion_give_the_same_progress():
    dense = simulate("rc_onroad", seed=3, laps=3, rate_hz=20)
    motion = true_motion(dense)
    sparse = thinned(motion, np.arange(len(motion)) % 2 == 0)
    way = Way.of(motion, *ends(dense, 0))
    some, more = (project(each, *ends(dense, 1), way) for each in (sparse, motion))
    assert np.interp(more.t_ns, some.t_ns, some.s_m) == pytest.approx(more.s_m, abs=0.05)


def test_a_lap_of_another_place_is_not_on_the_way(runs):
    run = runs["rc_offroad"]
    motion = true_motion(run)
    seen = project(moved(motion, by_m=(300.0, 100.0)), *ends(run, 1), Way.of(motion, *ends(run, 0)))
    assert not seen.known.any()
    assert (np.diff(seen.s_m) >= 0).all()


def test_a_lap_driven_backwards_is_not_on_the_way(runs):
    run = runs["kart"]
    motion = true_motion(run)
    back = attrs.evolve(
        motion, position_m=motion.position_m[::-1].copy(), velocity_mps=-motion.velocity_mps[::-1]
    )
    seen = project(back, *ends(run, 1), Way.of(motion, *ends(run, 0)))
    assert not seen.known.any()


def test_an_hour_between_two_crossings_needs_little_more_than_a_minute_does():
    run = simulate("kart", seed=5, laps=3, rate_hz=25, disturbances=[PitStop(lap=2, seconds=1200.0)])
    motion = true_motion(run)
    slowest = max(range(run.laps.num_rows), key=lambda row: lap_rows(run.laps)[row].duration_ns)
    tracemalloc.start()
    seen = project(motion, *ends(run, slowest), Way.of(motion, *ends(run, 0)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(seen.t_ns) > 100_000
    assert peak < 800 * len(seen.t_ns)


def test_half_a_lap_rises_too(runs):
    run = runs["rc_offroad"]
    start, end = ends(run, 1)
    way = Way.of(true_motion(run), *ends(run, 0))
    seen = project(true_motion(run), start, (start + end) // 2, way)
    assert (np.diff(seen.s_m) >= 0).all()
    assert (seen.s_m[0], seen.s_m[-1]) == (0.0, way.length_m)


def test_two_laps_that_missed_the_line_between_them_are_not_one_along_the_way(runs):
    run = runs["rc_offroad"]
    start, end = ends(run, 1)[0], ends(run, 2)[1]
    seen = project(true_motion(run), start, end, Way.of(true_motion(run), *ends(run, 0)))
    assert not seen.known.any()
    middle = seen.elapsed_s(np.array([0.0, 100.0, seen.s_m[-1]]))
    assert np.isnan(middle).tolist() == [False, True, False]


def test_a_lap_that_nothing_is_known_of_is_bridged_by_time(runs):
    run = runs["rc_offroad"]
    start, end = ends(run, 1)
    way = Way.of(true_motion(run), *ends(run, 0))
    lost = silent(true_motion(run), start - NS_PER_S, end + NS_PER_S)
    seen = project(lost, start, end, way)
    assert not seen.known.any()
    assert seen.s_m == pytest.approx((seen.t_ns - start) / (end - start) * way.length_m)
    assert Way.of(lost, start, end) is None


def test_a_way_needs_a_way(runs):
    motion = true_motion(runs["rc_offroad"])
    still = attrs.evolve(
        motion, position_m=np.zeros_like(motion.position_m), velocity_mps=np.zeros_like(motion.position_m)
    )
    start, end = ends(runs["rc_offroad"], 0)
    assert Way.of(still, start, end) is None


def test_a_lap_that_stands_still_gets_nowhere_before_its_end(runs):
    run = runs["rc_offroad"]
    motion = true_motion(run)
    way = Way.of(motion, *ends(run, 0))
    still = attrs.evolve(
        motion,
        position_m=np.tile(way.position_m[0], (len(motion), 1)),
        velocity_mps=np.zeros_like(motion.position_m),
    )
    seen = project(still, *ends(run, 1), way)
    assert (np.diff(seen.s_m) >= 0).all()
    assert (seen.s_m[0], seen.s_m[-1]) == (0.0, way.length_m)


def test_a_gap_in_the_reference_is_bridged_and_marked(runs):
    run = runs["rc_offroad"]
    start, end = ends(run, 0)
    holed = silent(true_motion(run), start + (end - start) // 3, start + (end - start) // 2)
    way = Way.of(holed, start, end)
    edge_m, far_m = way.s_m[~way.known][[0, -1]]
    assert 5.0 < far_m - edge_m < 20.0
    seen = project(true_motion(run), *ends(run, 1), way)
    within = (seen.s_m > edge_m) & (seen.s_m < far_m)
    assert not seen.known[within].any()
    assert seen.known[~within].mean() > 0.85
    assert way.known[way.s_m < edge_m].all()
    assert way.known[way.s_m > far_m].all()
    assert np.isfinite(way.position_m).all()
