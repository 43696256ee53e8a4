"""Laps beside each other: differences that add up, that can be told or cannot, nothing invented."""

from __future__ import annotations

import json
import math

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raced_laps import later, moved, shaken, silent, thinned, timed, true_motion, with_column, with_rows
from telemparse.analysis.comparison import compare_laps
from telemparse.analysis.differences import Verdict, best_of, difference_of
from telemparse.analysis.joined_sectors import Lack
from telemparse.analysis.lap_finding import find_laps
from telemparse.analysis.lap_rows import LapRow, lap_rows
from telemparse.analysis.motions import Method
from telemparse.errors import CallError
from telemparse.kernels.clocks import NS_PER_S
from telemparse.testing.simulate import CIRCUITS, Marshalled, NoVelocity, simulate


@pytest.fixture(scope="module")
def run():
    return simulate("rc_offroad", seed=2, laps=5)


@pytest.fixture(scope="module")
def laps(run):
    return timed(run)


@pytest.fixture(scope="module")
def compared(laps):
    return compare_laps(laps)


def codes(comparison):
    return [issue.code for issue in comparison.issues]


def test_every_pair_is_antisymmetric_and_ends_with_the_difference_of_the_lap_times(laps, compared):
    times = laps.table["duration_ns"].to_pylist()
    for first in compared.numbers:
        for second in compared.numbers:
            delta = compared.delta_s(first, second)
            assert (delta == -compared.delta_s(second, first)).all()
            assert delta[0] == 0.0
            assert delta[-1] == times[first - 1] / NS_PER_S - times[second - 1] / NS_PER_S
            assert delta[-1] == pytest.approx((times[first - 1] - times[second - 1]) / NS_PER_S, abs=1e-12)


def test_a_lap_is_as_fast_as_itself_everywhere(laps):
    alone = compare_laps(laps, [3])
    assert (alone.delta_s(3, 3) == 0).all()
    assert alone.table["delta_s"].to_pylist() == [0.0] * len(alone.s_m)
    assert alone.difference(3, 3) == difference_of(alone.laps[0], alone.laps[0])
    assert (alone.difference(3, 3).seconds, alone.difference(3, 3).std_s) == (0.0, 0.0)
    assert alone.difference(3, 3).verdict is Verdict.NOT_DISTINGUISHABLE


@pytest.mark.parametrize("name", CIRCUITS)
def test_time_is_gained_and_lost_where_it_truly_was(name):
    run = simulate(name, seed=7, laps=3)
    seen = compare_laps(timed(run))
    reference = seen.laps[seen.numbers.index(seen.reference)]
    others = [row for row in seen.laps if row is not reference]
    assert others
    dense = run.truth.states
    for row in others:
        at = reference.t_start_ns + np.rint(seen.elapsed_s[seen.numbers.index(seen.reference)] * NS_PER_S)
        place = (
            run.truth.at(at.astype(np.int64)).progress_m + (row.number - reference.number) * run.lap_length_m
        )
        truly = np.interp(place, dense.progress_m, (dense.t_ns - row.t_start_ns) / NS_PER_S)
        error = seen.elapsed_s[seen.numbers.index(row.number)] - truly
        assert np.sqrt(np.mean(error**2)) < 0.006
        assert np.abs(error).max() < 0.06


def test_the_fastest_lap_is_the_reference_unless_another_one_is_named(laps, compared):
    times = laps.table["duration_ns"].to_pylist()
    assert compared.reference == compared.best.number == 1 + times.index(min(times))
    slowest = 1 + times.index(max(times))
    other = compare_laps(laps, [1, 2], reference=slowest)
    assert other.reference == slowest
    assert other.numbers == tuple(dict.fromkeys((1, 2, slowest)))
    assert (other.delta_s(slowest, slowest) == 0).all()


def test_the_table_has_a_row_for_each_lap_and_step_and_says_what_made_it(compared):
    table = compared.table
    assert table.column_names == ["lap_number", "s_m", "t_s", "speed_mps", "delta_s"]
    assert table.num_rows == len(compared.numbers) * len(compared.s_m)
    assert table["s_m"].to_pylist()[: len(compared.s_m)] == compared.s_m.tolist()
    facts = table.schema.metadata
    assert facts[b"technique"] == b"compare_laps"
    assert json.loads(facts[b"parameters"])["reference_lap"] == compared.reference
    assert json.loads(facts[b"parameters"])["states"] == "smoothed"
    assert all(field.metadata[b"unit"] for field in table.schema)


def test_speed_is_that_of_the_lap_at_the_place(run, compared):
    number = compared.numbers[1]
    part = compared.table.filter(pc.equal(compared.table["lap_number"], number))
    start = compared.laps[1].t_start_ns
    stamps = start + np.rint(np.array(part["t_s"].to_pylist()) * NS_PER_S).astype(np.int64)
    assert part["speed_mps"].to_pylist() == pytest.approx(run.truth.at(stamps).speed_mps, abs=0.1)


def test_places_are_told_only_where_they_are_asked_for(run, laps):
    seen = compare_laps(laps, [2], coordinates=True)
    places = run.frame.plane_m(*(np.array(seen.table[name].to_pylist()) for name in ("lat_deg", "lon_deg")))
    stamps = seen.laps[0].t_start_ns + np.rint(seen.elapsed_s[0] * NS_PER_S).astype(np.int64)
    assert places == pytest.approx(run.truth.at(stamps).position_m, abs=0.02)


@pytest.mark.parametrize("step_m", [0.5, 7.0, 1e6])
def test_steps_are_about_as_long_as_asked_for_and_end_at_the_line(laps, step_m):
    seen = compare_laps(laps, [1, 2], step_m=step_m)
    steps = np.diff(seen.s_m)
    assert steps == pytest.approx(steps[0])
    assert steps[0] == pytest.approx(min(step_m, seen.s_m[-1]), rel=0.05)
    assert (seen.delta_s(1, 2)[[0, -1]] == compare_laps(laps, [1, 2]).delta_s(1, 2)[[0, -1]]).all()


@pytest.mark.parametrize("step_m", [0.0, -1.0, math.nan, math.inf])
def test_a_step_that_is_no_distance_is_refused(laps, step_m):
    with pytest.raises(CallError, match="step_m"):
        compare_laps(laps, step_m=step_m)


def test_a_lap_that_is_not_there_is_refused_by_its_number(laps, compared):
    with pytest.raises(CallError, match=r"no lap 9: laps are numbered 1 to 5"):
        compare_laps(laps, [1, 9])
    with pytest.raises(CallError, match=r"no lap 9"):
        compare_laps(laps, reference=9)
    with pytest.raises(CallError, match=r"no lap 1: no lap was found"):
        compare_laps(with_rows(laps, []), [1])
    with pytest.raises(CallError, match=r"lap 9 is not compared: 1, 2, 3, 4, 5 are"):
        compared.delta_s(1, 9)


@settings(max_examples=5, deadline=None)
@given(st.floats(-4, 4), st.tuples(*[st.floats(-1e4, 1e4)] * 2), st.integers(-(10**17), 10**17))
def test_where_the_track_lies_and_when_it_was_driven_does_not_matter(angle_rad, by_m, later_ns):
    run = simulate("rc_figure8", seed=1, laps=2)
    laps = timed(run, shaken(true_motion(run), 0.2))
    same = moved(laps.motion, angle_rad=angle_rad, by_m=by_m, later_ns=later_ns)
    here, there = compare_laps(laps), compare_laps(later(laps, same, later_ns))
    assert there.s_m == pytest.approx(here.s_m, abs=1e-6)
    assert there.elapsed_s == pytest.approx(here.elapsed_s, abs=1e-6)
    assert there.reference == here.reference


def test_twice_as_many_epochs_on_the_same_motion_change_nothing():
    run = simulate("rc_onroad", seed=3, laps=3, rate_hz=20)
    motion = true_motion(run)
    half = thinned(motion, np.arange(len(motion)) % 2 == 0)
    more, some = (compare_laps(timed(run, each), [1, 2], step_m=1.0) for each in (motion, half))
    assert some.delta_s(1, 2)[:: len(some.s_m) - 1] == pytest.approx(more.delta_s(1, 2)[:: len(more.s_m) - 1])
    grid = np.linspace(0, 1, 200)
    each = [np.interp(grid, np.linspace(0, 1, len(one.s_m)), one.delta_s(1, 2)) for one in (some, more)]
    assert each[0] == pytest.approx(each[1], abs=0.01)


def test_within_a_gap_the_table_is_null_and_the_gap_is_named(run, laps):
    lap = lap_rows(laps.table)[1]
    quarter = (lap.t_end_ns - lap.t_start_ns) // 4
    holed = silent(laps.motion, lap.t_start_ns + quarter, lap.t_start_ns + 2 * quarter)
    seen = compare_laps(timed(run, holed))
    assert codes(seen) == ["GAP_WITHIN_LAP"]
    assert seen.issues[0].evidence["lap"] == 2
    assert seen.issues[0].evidence["gap_s"] == pytest.approx(quarter / NS_PER_S, abs=0.3)
    assert seen.reference != 2
    part = seen.table.filter(pc.equal(seen.table["lap_number"], 2))
    for name in ("t_s", "speed_mps", "delta_s"):
        assert 0.1 < part[name].null_count / part.num_rows < 0.5
        assert not pc.any(pc.is_nan(part[name])).as_py()
    assert seen.delta_s(2, 1)[-1] == compare_laps(laps).delta_s(2, 1)[-1]
    with_places = compare_laps(timed(run, holed), [2], coordinates=True).table
    assert with_places["lat_deg"].null_count == with_places["t_s"].null_count > 0


def test_where_every_lap_has_a_gap_one_of_the_shortest_is_the_reference(run, laps):
    motion = laps.motion
    for lap in lap_rows(laps.table):
        middle = (lap.t_start_ns + lap.t_end_ns) // 2
        motion = silent(motion, middle, middle + (2 if lap.number in {3, 4} else 6) * NS_PER_S)
    seen = compare_laps(timed(run, motion))
    times = dict(zip(seen.numbers, (lap.seconds for lap in seen.laps), strict=True))
    assert seen.reference == min((3, 4), key=times.__getitem__)
    assert codes(seen) == ["GAP_WITHIN_LAP"] * len(laps)


def test_a_lap_that_does_not_count_is_compared_only_by_name_and_is_no_best():
    run = simulate("rc_offroad", seed=2, laps=4, disturbances=[Marshalled(lap=2, first=0.3, last=0.6)])
    laps = timed(run)
    spoilt = [row.number for row in lap_rows(laps.table) if not row.counts]
    assert spoilt
    usual, named = compare_laps(laps), compare_laps(laps, [1, *spoilt])
    assert not set(spoilt) & set(usual.numbers)
    assert codes(usual) == []
    assert set(usual.best.excluded) == set(spoilt)
    assert usual.best.excluded[spoilt[0]][0] == "INVALID"
    assert set(spoilt) < set(named.numbers)
    assert [issue.evidence["lap"] for issue in named.issues if issue.code == "LAP_NOT_VALID"] == spoilt
    assert named.reference == named.best.number == 1


def test_laps_out_of_the_pits_and_into_them_are_known_only_where_they_were():
    run = simulate("rc_offroad", seed=2, laps=4)
    laps = find_laps(run.gnss, run.gate)
    rows = lap_rows(laps.table)
    assert [rows[0].validity, rows[-1].validity] == ["OUTLAP", "INLAP"]
    seen = compare_laps(laps, [2, 1, rows[-1].number], reference=2)
    out, into = seen.elapsed_s[1], seen.elapsed_s[2]
    dense = run.truth.states
    for elapsed, row, tours in ((out, rows[0], -1), (into, rows[-1], rows[-1].number - 2)):
        known = np.isfinite(elapsed)
        driven = run.truth.at(np.array([row.t_start_ns, row.t_end_ns])).progress_m
        assert known.mean() == pytest.approx(np.diff(driven)[0] / run.lap_length_m, abs=0.03)
        at = rows[1].t_start_ns + np.rint(seen.elapsed_s[0][known] * NS_PER_S).astype(np.int64)
        place = run.truth.at(at).progress_m + tours * run.lap_length_m
        truly = np.interp(place, dense.progress_m, (dense.t_ns - row.t_start_ns) / NS_PER_S)
        assert np.median(np.abs(elapsed[known] - truly)) < 0.1
    assert np.isnan(out[0])
    assert out[-1] == rows[0].seconds
    assert into[0] == 0.0
    assert np.isnan(into[-1])


def test_laps_that_all_do_not_count_have_no_best_and_no_theoretical_one(laps):
    table = with_column(laps.table, "validity", ["INVALID"] * len(laps))
    spoilt = attrs.evolve(laps, table=table)
    assert codes(compare_laps(spoilt)) == ["LAPS_NOT_FOUND"]
    named = compare_laps(spoilt, [1, 2])
    assert named.best is None
    assert named.theoretical_best.reason is Lack.NO_VALID_LAP
    assert named.reference in {1, 2}
    assert codes(named) == ["LAP_NOT_VALID"] * 2


def test_without_laps_or_without_motion_there_is_an_answer_and_no_invention(laps):
    for empty in (with_rows(laps, []), attrs.evolve(laps, motion=None)):
        seen = compare_laps(empty, coordinates=True)
        assert seen.table.num_rows == 0
        assert seen.reference is None
        assert codes(seen) == ["LAPS_NOT_FOUND"]
    # Lap times can still be told apart.
    assert seen.best.number == compare_laps(laps).best.number
    assert seen.difference(1, 2).seconds == compare_laps(laps).difference(1, 2).seconds


def test_laps_that_lie_in_silence_are_bridged_by_nothing(run, laps):
    lap = lap_rows(laps.table)[1]
    lost = silent(laps.motion, lap.t_start_ns - NS_PER_S, lap.t_end_ns + NS_PER_S)
    seen = compare_laps(timed(run, lost), [2])
    assert seen.table.num_rows == 0
    assert codes(seen) == ["GAP_WITHIN_LAP", "LAPS_NOT_FOUND"]
    both = compare_laps(timed(run, lost), [2, 4])
    assert both.reference == 4
    assert np.isnan(both.delta_s(2, 4)[1:-1]).all()
    assert both.delta_s(2, 4)[-1] == pytest.approx(both.difference(2, 4).seconds)


def test_a_lap_of_which_only_the_time_is_known_has_no_progress(laps):
    untimed = with_column(laps.table, "t_start", [None, *laps.table["t_start"].to_pylist()[1:]])
    seen = compare_laps(attrs.evolve(laps, table=untimed))
    assert np.isnan(seen.elapsed_s[0][1:-1]).all()
    assert seen.reference != 1
    assert seen.delta_s(1, 2)[-1] == pytest.approx(seen.difference(1, 2).seconds)


def test_positions_as_measured_can_be_compared_too():
    run = simulate("kart", seed=4, laps=3, disturbances=[NoVelocity()])
    motion = true_motion(run, method=Method.LINEAR)
    seen = compare_laps(timed(run, motion))
    assert json.loads(seen.table.schema.metadata[b"parameters"])["states"] == "linear"
    assert seen.table["t_s"].null_count == 0


def row(number, seconds, std_s=None, validity="VALID"):
    return LapRow(
        number=number,
        t_start_ns=None,
        t_end_ns=None,
        duration_ns=round(seconds * NS_PER_S),
        std_s=std_s,
        validity=validity,
        reasons=(),
    )


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(-0.11, "faster"), (-0.09, "not distinguishable"), (0.0, "not distinguishable"), (0.11, "slower")],
)
def test_a_difference_below_two_sigma_cannot_be_told(seconds, verdict):
    # 2 sigma of 0.03 s and 0.04 s is 0.1 s.
    found = difference_of(row(1, 20 + seconds, 0.03), row(2, 20, 0.04))
    assert found.std_s == pytest.approx(0.05)
    assert found.verdict == verdict


@pytest.mark.parametrize("stds", [(None, 0.1), (0.1, None), (None, None)])
def test_a_difference_without_sigma_says_so(stds):
    found = difference_of(row(1, 19, stds[0]), row(2, 20, stds[1]))
    assert found.seconds == -1.0
    assert found.std_s is None
    assert found.verdict is Verdict.UNKNOWN


@given(*[st.tuples(st.integers(0, 10**12), st.floats(0, 1))] * 2)
def test_differences_are_antisymmetric(first, second):
    one, two = (
        attrs.evolve(row(number, 0, std), duration_ns=ns) for number, (ns, std) in enumerate((first, second))
    )
    here, there = difference_of(one, two), difference_of(two, one)
    assert here.seconds == -there.seconds
    assert here.std_s == there.std_s
    opposite = {Verdict.FASTER: Verdict.SLOWER, Verdict.SLOWER: Verdict.FASTER}
    assert there.verdict is opposite.get(here.verdict, here.verdict)


def test_rivals_of_the_best_lap_are_those_that_cannot_be_told_from_it():
    rows = [row(1, 20.0, 0.01), row(2, 20.02, 0.01), row(3, 21, 0.01), row(4, 22), row(5, 9, 0, "OUTLAP")]
    best = best_of(rows)
    assert (best.number, best.seconds, best.std_s) == (1, 20.0, 0.01)
    assert best.rivals == (2, 4)
    assert best.excluded == {5: ("OUTLAP",)}


def test_the_theoretical_best_is_made_of_the_best_sectors_by_name(run, compared):
    found = compared.theoretical_best
    times = run.sector_times_s
    assert found.reason is None
    assert found.seconds == pytest.approx(times.min(axis=0).sum(), abs=1e-6)
    assert found.seconds <= compared.best.seconds
    assert [sector.lap_number for sector in found.sectors] == (times.argmin(axis=0) + 1).tolist()
    assert [sector.name for sector in found.sectors] == ["Sector 1", "Sector 2", "Sector 3"]
    assert found.std_s == pytest.approx(0.02 * math.sqrt(len(found.sectors)))
    table = compared.sectors.to_pylist()
    assert [(each["lap_number"], each["sector_index"]) for each in table if each["best"]] == sorted(
        (sector.lap_number, sector.index) for sector in found.sectors
    )
    gained = [each["delta_s"] for each in table if each["lap_number"] == 1]
    assert sum(gained) == pytest.approx(compared.delta_s(1, compared.reference)[-1], abs=1e-6)


def test_a_lap_with_a_sector_missing_takes_no_part(laps, compared):
    winner = compared.theoretical_best.sectors[0].lap_number
    fewer = laps.sectors.filter(
        pc.invert(
            pc.and_(
                pc.equal(laps.sectors["lap_number"], winner),
                pc.equal(laps.sectors["sector_index"], 1),
            )
        )
    )
    found = compare_laps(attrs.evolve(laps, sectors=fewer)).theoretical_best
    assert winner not in [sector.lap_number for sector in found.sectors]
    assert found.seconds > compared.theoretical_best.seconds


def test_sectors_that_do_not_join_make_no_lap(laps):
    starts = [value + 1 for value in laps.sectors["t_start"].cast(pa.int64()).to_pylist()]
    apart = attrs.evolve(laps, sectors=with_column(laps.sectors, "t_start", starts))
    found = compare_laps(apart).theoretical_best
    assert (found.seconds, found.std_s, found.sectors, found.reason) == (None, None, (), Lack.NOT_JOINED)


def test_without_sector_gates_there_is_no_theoretical_best(laps):
    bare = attrs.evolve(laps, sectors=laps.sectors.slice(0, 0), sector_gates=())
    assert compare_laps(bare).theoretical_best.reason is Lack.NO_SECTORS
    assert compare_laps(bare).sectors.num_rows == 0


def test_a_sector_of_unknown_sigma_leaves_the_sum_without_one(laps):
    unknown = attrs.evolve(
        laps, sectors=with_column(laps.sectors, "duration_std_s", [None] * laps.sectors.num_rows)
    )
    found = compare_laps(unknown).theoretical_best
    assert found.seconds is not None
    assert found.std_s is None


def test_the_reference_without_sectors_leaves_their_differences_open(laps, compared):
    others = laps.sectors.filter(pc.not_equal(laps.sectors["lap_number"], compared.reference))
    seen = compare_laps(attrs.evolve(laps, sectors=others))
    assert seen.sectors["delta_s"].null_count == seen.sectors.num_rows > 0
