"""Corners are found where the track truly turns, as many as there are, on tracks of any size."""

from __future__ import annotations

import itertools
import json

import attrs
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.accuracy.places import apexes
from raced_laps import later, moved, silent, timed, true_motion, with_column, with_rows
from telemparse import schemas
from telemparse.analysis.bends import Bend, find_bends, peak_row, smoothed_curvature
from telemparse.analysis.lap_rows import lap_rows
from telemparse.analysis.lap_samples import even_steps, sample
from telemparse.analysis.segment_measures import measure_segments
from telemparse.analysis.segment_tables import Doubt, doubt_of
from telemparse.analysis.segments import find_segments
from telemparse.analysis.smoothing.smoother import measured, smooth
from telemparse.analysis.track_parts import Corner, Kind, corners_of, parts_of
from telemparse.analysis.ways import Way
from telemparse.errors import CallError
from telemparse.model.gates import Track
from telemparse.testing.simulate import CIRCUITS, NoVelocity, simulate

RC = ("rc_offroad", "rc_onroad", "rc_figure8")


@pytest.fixture(scope="module")
def run():
    return simulate("rc_offroad", seed=2, laps=5)


@pytest.fixture(scope="module")
def laps(run):
    return timed(run)


@pytest.fixture(scope="module")
def found(laps):
    return find_segments(laps)


def codes(segments):
    return [issue.code for issue in segments.issues]


@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_there_are_as_many_corners_as_the_laps_truly_have(name, seed):
    run = simulate(name, seed=seed, laps=6, gnss="m9", rate_hz=10)
    truth = find_segments(timed(run))
    seen = find_segments(timed(run, smooth(run.gnss)))
    assert [(each.direction) for each in seen.corners] == [each.direction for each in truth.corners]
    width = run.circuit.width_m
    for here, there in zip(seen.corners, truth.corners, strict=True):
        assert here.turn_deg == pytest.approx(there.turn_deg, abs=20.0)
    # Each has the apexes that the circuit was drawn with, two where it is tight twice.
    apexes = [apex.progress_m * seen.way.length_m / run.lap_length_m for apex in run.apexes]
    homes = [
        [each.number for each in seen.corners if each.s_start_m - width < apex < each.s_end_m + width]
        for apex in apexes
    ]
    assert all(homes)
    assert {number for each in homes for number in each} == {each.number for each in seen.corners}


def test_differences_of_positions_would_show_corners_that_are_none():
    run = simulate("rc_offroad", seed=1, laps=3, gnss="m9", rate_hz=25)
    laps = timed(run, smooth(run.gnss))
    row = lap_rows(laps.table)[0]
    way = Way.of(laps.motion, row.t_start_ns, row.t_end_ns)
    s_m = even_steps(way, row.seconds, 0.04)
    smoothed, differences = (
        sample(motion, row, way, s_m).curvature_per_m for motion in (laps.motion, measured(laps.motion.path))
    )
    tightest = np.abs(true_curvature(run, row)).max()
    assert np.abs(smoothed).max() < 1.25 * tightest
    assert np.abs(differences).max() > 2.0 * tightest
    assert len(find_bends(smoothed, float(s_m[1]))) == 7
    assert len(find_bends(differences, float(s_m[1]))) > 10


def true_curvature(run, row):
    states = run.truth.at(np.arange(row.t_start_ns, row.t_end_ns, 10_000_000))
    (vx, vy), (ax, ay) = states.velocity_mps.T, states.acceleration_mps2.T
    return (vx * ay - vy * ax) / states.speed_mps**3


def apexes_over(name, seeds):
    found = [apexes(name, seed) for seed in seeds]
    errors, shares = ([value for each in found for value in each[part]] for part in (0, 1))
    return np.median(errors), np.median(shares)


@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(100, 106), marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["rc_offroad", "rc_onroad"])
def test_apexes_of_small_tracks_are_found_within_20_cm(name, seeds):
    error_m, share = apexes_over(name, seeds)
    assert error_m <= 0.2
    assert share > 0.97


@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(100, 106), marks=pytest.mark.slow)])
def test_the_apex_of_a_long_even_loop_is_as_tight_as_any_place_of_it(seeds):
    # Its curvature hardly changes over metres, so that where it is greatest says little.
    _error_m, share = apexes_over("rc_figure8", seeds)
    assert share > 0.95


def test_corners_lie_where_they_lie_whichever_laps_are_looked_at():
    run = simulate("rc_offroad", seed=4, laps=8, gnss="m9", rate_hz=10)
    laps = timed(run, smooth(run.gnss))
    first, second = (find_segments(with_rows(laps, rows)) for rows in ([0, 1, 2, 3], [4, 5, 6, 7]))
    assert len(first.corners) == len(second.corners)
    for one, other in zip(first.corners, second.corners, strict=True):
        share = first.way.length_m / second.way.length_m
        assert one.apex_s_m == pytest.approx(other.apex_s_m * share, abs=2.0)
        assert one.s_start_m == pytest.approx(other.s_start_m * share, abs=3.0)
        assert one.s_end_m == pytest.approx(other.s_end_m * share, abs=3.0)


def test_parts_join_from_line_to_line_and_are_named_in_order(found):
    rows = found.table.to_pylist()
    assert rows[0]["s_start_m"] == 0.0
    assert rows[-1]["s_end_m"] == found.way.length_m
    for before, after in itertools.pairwise(rows):
        assert before["s_end_m"] == after["s_start_m"]
        assert before["s_start_m"] < before["s_end_m"]
    assert [row["order_index"] for row in rows] == list(range(len(rows)))
    turns = [row["name"] for row in rows if row["segment_type"] == "corner"]
    assert turns == [f"Turn {number}" for number in range(1, len(turns) + 1)]
    straights = [row["name"] for row in rows if row["segment_type"] == "straight"]
    assert straights == [f"Straight {number}" for number in range(1, len(straights) + 1)]
    assert [row["segment_id"] for row in rows] == [row["name"].lower().replace(" ", "_") for row in rows]
    assert all(row["s_start_m"] < row["apex_s_m"] < row["s_end_m"] for row in rows if row["apex_s_m"])


def test_the_table_is_canonical_and_names_its_reference_lap(found):
    table, problems = schemas.check("segments", found.table)
    assert table is not None
    assert problems == []
    facts = found.table.schema.metadata
    assert facts[b"reference_lap"] == str(found.reference).encode()
    assert float(facts[b"reference_length_m"]) == found.way.length_m
    assert facts[b"technique"] == b"find_segments"
    assert json.loads(facts[b"parameters"])["reference_lap"] == found.reference


@settings(max_examples=5, deadline=None)
@given(st.floats(-4, 4), st.tuples(*[st.floats(-1e4, 1e4)] * 2), st.integers(-(10**17), 10**17))
def test_where_the_track_lies_and_when_it_was_driven_does_not_matter(angle_rad, by_m, later_ns):
    laps = timed(simulate("rc_figure8", seed=1, laps=2))
    same = moved(laps.motion, angle_rad=angle_rad, by_m=by_m, later_ns=later_ns)
    here, there = find_segments(laps), find_segments(later(laps, same, later_ns))
    for one, other in zip(here.table.to_pylist(), there.table.to_pylist(), strict=True):
        for name in ("s_start_m", "s_end_m", "apex_s_m"):
            assert other[name] == pytest.approx(one[name], abs=1e-4)
        assert other["name"] == one["name"]


@given(st.floats(0.01, 100.0))
def test_the_size_of_a_track_does_not_change_its_corners(scale):
    rows = np.arange(1000) / 1000
    curvature = 0.1 * np.sin(6 * np.pi * rows) ** 3
    assert [(bend.first, bend.last, pytest.approx(bend.turn_rad)) for bend in find_bends(curvature, 1.0)] == [
        (bend.first, bend.last, bend.turn_rad) for bend in find_bends(curvature / scale, scale)
    ]


def test_one_lap_confirms_nothing_and_two_not_much(laps):
    one, two = (find_segments(with_rows(laps, rows)) for rows in ([1], [1, 2]))
    assert set(one.table["confidence"].to_pylist()) == {"LOW"}
    assert set(codes(one)) == {"SEGMENT_UNCONFIRMED"}
    assert all(reasons == ["SEGMENT_UNCONFIRMED"] for reasons in one.table["reasons"].to_pylist())
    assert "HIGH" not in two.table["confidence"].to_pylist()
    assert "only 2 laps" in two.issues[0].message


def test_corners_that_laps_take_in_different_places_are_said_to_be_uncertain():
    run = simulate("rc_offroad", seed=4, laps=5)
    laps = timed(run)
    noise = np.random.default_rng(0).normal(0, 12.0, laps.motion.position_m.shape)
    wild = attrs.evolve(laps.motion, acceleration_mps2=laps.motion.acceleration_mps2 + noise)
    seen = find_segments(attrs.evolve(laps, motion=wild))
    assert {"SEGMENT_UNCONFIRMED"} == set(codes(seen))
    assert any("apart" in issue.message or "different places" in issue.message for issue in seen.issues)


@pytest.mark.parametrize(
    ("spread_m", "laps", "confidence", "reason"),
    [
        (1.0, 3, "HIGH", ""),
        (1.0, 2, "MEDIUM", "there are only 2 laps"),
        (3.0, 9, "MEDIUM", "apexes of laps lie 3.0 m apart"),
        (6.0, 9, "LOW", "laps turn in different places"),
        (None, 1, "LOW", "there is only one lap"),
    ],
)
def test_a_corner_is_as_sure_as_laps_agree(spread_m, laps, confidence, reason):
    corner = attrs.evolve(corners(bend(100, 110))[0], spread_m=spread_m)
    assert doubt_of(corner, laps) == Doubt(confidence, reason)


def test_laps_timed_along_straight_lines_are_smoothed_for_their_corners():
    run = simulate("rc_onroad", seed=2, laps=4, gnss="m9")
    linear = timed(run, measured(smooth(run.gnss).path))
    smoothed = timed(run, smooth(run.gnss))
    assert find_segments(linear).table.to_pylist() == find_segments(smoothed).table.to_pylist()


def test_what_cannot_be_smoothed_has_no_segments_and_says_why():
    run = simulate("rc_onroad", seed=2, laps=3, disturbances=[NoVelocity()])
    seen = find_segments(timed(run, measured(true_motion(run).path)))
    assert seen.table.num_rows == 0
    assert codes(seen) == ["SEGMENTS_NOT_FOUND"]
    assert "velocity" in seen.issues[0].message
    assert (seen.reference, seen.way, seen.corners) == (None, None, ())


def test_without_valid_laps_or_motion_there_are_no_segments(run, laps):
    spoilt = attrs.evolve(laps, table=with_column(laps.table, "validity", ["INVALID"] * len(laps)))
    start, end = lap_rows(laps.table)[0].t_start_ns, lap_rows(laps.table)[-1].t_end_ns
    lost = timed(run, silent(laps.motion, start - 10**9, end + 10**9))
    for empty in (spoilt, attrs.evolve(laps, motion=None), with_rows(laps, []), lost):
        assert codes(find_segments(empty)) == ["SEGMENTS_NOT_FOUND"]


def test_a_way_that_does_not_turn_has_no_corners(laps):
    straight = np.zeros_like(laps.motion.position_m)
    straight[:, 0] = laps.motion.path.t_s * 10.0
    ahead = np.zeros_like(straight)
    ahead[:, 0] = 10.0
    motion = attrs.evolve(
        laps.motion, position_m=straight, velocity_mps=ahead, acceleration_mps2=np.zeros_like(ahead)
    )
    seen = find_segments(attrs.evolve(laps, motion=motion))
    assert codes(seen) == ["SEGMENTS_NOT_FOUND"]
    assert "does not turn" in seen.issues[0].message


def test_a_gap_of_one_lap_is_filled_by_the_others(run, laps, found):
    lap = lap_rows(laps.table)[0]
    third = (lap.t_end_ns - lap.t_start_ns) // 3
    holed = timed(run, silent(laps.motion, lap.t_start_ns + third, lap.t_start_ns + 2 * third))
    seen = find_segments(holed)
    assert [each.direction for each in seen.corners] == [each.direction for each in found.corners]
    measures = measure_segments(holed, seen, [1]).to_pylist()
    assert None in [row["duration_s"] for row in measures]
    assert None not in [measures[0]["duration_s"], measures[-1]["duration_s"]]


def test_times_in_the_segments_add_up_to_the_lap(laps, found):
    measures = measure_segments(laps, found)
    for lap in lap_rows(laps.table):
        mine = [row for row in measures.to_pylist() if row["lap_number"] == lap.number]
        assert [row["segment_id"] for row in mine] == found.table["segment_id"].to_pylist()
        assert sum(row["duration_s"] for row in mine) == pytest.approx(lap.seconds, abs=1e-9)
        for row in mine:
            assert row["min_mps"] <= min(row["entry_mps"], row["exit_mps"])
            assert row["max_mps"] >= max(row["entry_mps"], row["exit_mps"])
    assert measures.schema.metadata[b"technique"] == b"measure_segments"


def test_laps_are_measured_by_number_and_only_where_there_is_something(laps, found):
    assert set(measure_segments(laps, found, [2])["lap_number"].to_pylist()) == {2}
    with pytest.raises(CallError, match="no lap 99"):
        measure_segments(laps, found, [99])
    nothing = find_segments(with_rows(laps, []))
    assert measure_segments(laps, nothing).num_rows == 0
    untimed = with_column(laps.table, "t_start", [None] * len(laps))
    assert measure_segments(attrs.evolve(laps, table=untimed), found).num_rows == 0


def test_of_a_lap_in_silence_nothing_is_measured(run, laps, found):
    lap = lap_rows(laps.table)[1]
    lost = timed(run, silent(laps.motion, lap.t_start_ns - 10**9, lap.t_end_ns + 10**9))
    table = measure_segments(lost, found, [2])
    assert table.num_rows == found.table.num_rows
    for name in ("entry_mps", "min_mps", "max_mps", "exit_mps", "apex_s_m", "duration_s"):
        assert table[name].null_count == table.num_rows
    assert len(find_segments(lost).corners) == len(found.corners)


def bend(first, last, apex=None, turn_deg=90.0):
    middle = (first + last) / 2 if apex is None else apex
    turn = np.radians(turn_deg)
    return Bend(first=first, last=last, apex=middle, turn_rad=turn, curvature_per_m=np.sign(turn))


def corners(*bends, length=1000, speed=20.0):
    s_m = np.arange(length + 1.0)
    return corners_of(bends, s_m, np.full(len(s_m), speed))


def kinds(parts):
    return [(part.kind, part.s_start_m, part.s_end_m) for part in parts]


def test_neighbours_without_a_straight_between_them_meet_in_the_middle():
    near = corners(bend(100, 200), bend(240, 340))
    assert kinds(parts_of(near, 1000.0, 100.0)) == [
        (Kind.STRAIGHT, 0.0, 100.0),
        (Kind.CORNER, 100.0, 220.0),
        (Kind.CORNER, 220.0, 340.0),
        (Kind.STRAIGHT, 340.0, 1000.0),
    ]
    apart = corners(bend(100, 200), bend(260, 360))
    assert Kind.STRAIGHT in [part.kind for part in parts_of(apart, 1000.0, 100.0)][1:-1]


def test_corners_that_leave_no_straight_at_the_line_reach_to_it():
    parts = parts_of(corners(bend(10, 200), bend(800, 980)), 1000.0, 100.0)
    assert kinds(parts) == [
        (Kind.CORNER, 0.0, 200.0),
        (Kind.STRAIGHT, 200.0, 800.0),
        (Kind.CORNER, 800.0, 1000.0),
    ]


def test_short_turns_to_both_sides_are_a_chicane_and_hairpins_are_none():
    chicane = parts_of(corners(bend(100, 150, turn_deg=50), bend(160, 210, turn_deg=-60)), 1000.0, 100.0)
    assert [part.kind for part in chicane] == [Kind.STRAIGHT, Kind.CHICANE, Kind.STRAIGHT]
    assert [corner.number for corner in chicane[1].corners] == [1, 2]
    for second in (bend(160, 210, turn_deg=-170), bend(160, 210, turn_deg=60), bend(300, 350, turn_deg=-60)):
        parts = parts_of(corners(bend(100, 150, turn_deg=50), second), 1000.0, 100.0)
        assert Kind.CHICANE not in [part.kind for part in parts]


def test_a_chicane_is_one_segment_with_the_numbers_of_its_turns():
    # A kart track with a quick left-right on its longest straight.
    straight = ((0, 0), (60, 0), (120, 0), (132, 12), (144, 24), (200, 24), (260, 24))
    points = (*straight, (300, 60), (240, 110), (120, 120), (0, 110), (-60, 55))
    circuit = attrs.evolve(CIRCUITS["kart"], name="chicane", points_m=points, line_m=10.0)
    seen = find_segments(timed(simulate(circuit, seed=1, laps=4)))
    rows = [row for row in seen.table.to_pylist() if row["segment_type"] == "chicane"]
    assert [row["name"] for row in rows] == ["Turns 1-2"]
    assert rows[0]["segment_id"] == "turns_1_2"
    assert rows[0]["direction"] is None
    assert rows[0]["s_start_m"] < rows[0]["apex_s_m"] < rows[0]["s_end_m"]
    assert [each.direction for each in seen.corners][:2] == ["left", "right"]


def test_a_corner_driven_nearly_at_top_speed_is_a_sweeper():
    fast = parts_of(corners(bend(100, 200), speed=85.0), 1000.0, 100.0)
    assert [part.kind for part in fast] == [Kind.STRAIGHT, Kind.SWEEPER, Kind.STRAIGHT]
    assert (
        Corner(
            number=1,
            s_start_m=0.0,
            s_end_m=1.0,
            apex_s_m=None,
            turn_deg=-30.0,
            curvature_per_m=-1.0,
            speed_mps=1.0,
        ).direction
        == "right"
    )


def test_a_corner_that_the_line_cuts_at_its_tightest_has_no_apex():
    curvature = np.zeros(1000)
    curvature[:80] = np.linspace(0.1, 0.0, 80)
    curvature[400:500] = 0.1 * np.sin(np.linspace(0, np.pi, 100))
    first, second = find_bends(curvature, 1.0)
    assert first.apex is None
    assert second.apex == pytest.approx(449.5, abs=0.5)
    assert corners(first)[0].apex_s_m is None


def test_small_turns_and_faint_ones_are_no_corners():
    curvature = np.zeros(1000)
    curvature[100:200] = 0.02
    curvature[300:310] = 0.02
    curvature[500:900] = 0.001
    assert [(each.first, each.last) for each in find_bends(curvature, 1.0)] == [(100, 199)]


def test_curvature_is_smoothed_round_the_line_and_over_gaps():
    curvature = np.zeros(100)
    curvature[0] = 1.0
    smooth_one = smoothed_curvature(curvature, 1.0, 2.0)
    assert smooth_one.sum() == pytest.approx(1.0)
    assert smooth_one[1] == pytest.approx(smooth_one[-1])
    holed = np.full(100, 0.3)
    holed[40:60] = np.nan
    assert smoothed_curvature(holed, 1.0, 2.0) == pytest.approx(0.3)
    assert (smoothed_curvature(np.full(100, np.nan), 1.0, 2.0) == 0).all()


@given(st.floats(2.0, 7.0))
def test_a_peak_between_rows_is_found(top):
    values = 5.0 - (np.arange(10) - top) ** 2
    assert peak_row(values, int(values.argmax())) == pytest.approx(top)


@pytest.mark.parametrize("values", [[3.0, 1.0, 0.0], [0.0, 1.0, 3.0], [1.0, 1.0, 1.0]])
def test_a_peak_without_two_lower_neighbours_is_its_row(values):
    top = int(np.argmax(values))
    assert peak_row(np.array(values), top) == top


def renamed(table, **columns):
    for name, values in columns.items():
        table = with_column(table, name, values)
    return table


def test_a_template_gives_its_names_and_limits_where_it_fits(laps, found):
    names = [f"Eau {index}" for index in range(found.table.num_rows)]
    template = renamed(found.table, name=names)
    seen = find_segments(laps, template=template)
    assert codes(seen) == []
    assert seen.table["name"].to_pylist() == names
    assert set(seen.table["source"].to_pylist()) == {"catalogue_default"}
    assert seen.table["s_end_m"].to_pylist() == pytest.approx(found.table["s_end_m"].to_pylist())


def test_a_template_of_another_lap_is_stretched_so_that_apexes_meet(found):
    other = timed(simulate("rc_offroad", seed=9, laps=4))
    here = find_segments(other)
    seen = find_segments(other, template=found.table)
    assert codes(seen) == []
    assert seen.table["apex_s_m"].to_pylist() == pytest.approx(here.table["apex_s_m"].to_pylist())
    assert seen.table["s_end_m"].to_pylist()[-1] == pytest.approx(here.way.length_m)
    assert seen.table.schema.metadata[b"reference_lap"] == str(here.reference).encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.slice(0, 0), "no segments"),
        (lambda table: table.replace_schema_metadata({b"reference_length_m": b"400"}), "400 m"),
        (lambda table: table.replace_schema_metadata({b"reference_length_m": b"0"}), "0 m"),
        (
            lambda table: renamed(
                table,
                apex_s_m=[None if apex is None else apex + 9.0 for apex in table["apex_s_m"].to_pylist()],
            ),
            "were found",
        ),
        (
            lambda table: renamed(
                table,
                direction=pa.array(
                    [{"left": "right", "right": "left"}.get(way) for way in table["direction"].to_pylist()],
                    table.schema.field("direction").type,
                ),
            ),
            "0 of its",
        ),
    ],
)
def test_a_template_that_does_not_fit_is_reported_and_not_used(laps, found, change, reason):
    seen = find_segments(laps, template=change(found.table))
    assert codes(seen) == ["TRACK_CATALOGUE_MISMATCH"]
    assert reason in seen.issues[0].evidence["reason"]
    assert seen.table.to_pylist() == found.table.to_pylist()


def test_a_track_fits_where_its_gates_are_passed_in_order(run, laps):
    fits = Track("ours", (run.gate,), run.sectors)
    assert codes(find_segments(laps, template=fits)) == []
    back = Track("backwards", (run.gate,), run.sectors[::-1])
    away = attrs.evolve(
        run.sectors[0], lat1_deg=run.sectors[0].lat1_deg + 0.01, lat2_deg=run.sectors[0].lat2_deg + 0.01
    )
    for other in (back, Track("elsewhere", (run.gate,), (away,))):
        seen = find_segments(laps, template=other)
        assert codes(seen) == ["TRACK_CATALOGUE_MISMATCH"]
        assert other.name in seen.issues[0].message
