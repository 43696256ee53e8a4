"""A start/finish line is found in the trace of anything that drives laps, and in nothing else."""

from __future__ import annotations

import itertools

import attrs
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.analysis.automatic_gates import find_gate
from telemparse.analysis.gate_fits import gate_fit
from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.paths import Path
from telemparse.kernels.local_frame import LocalFrame
from telemparse.testing.simulate import (
    CIRCUITS,
    Dropouts,
    HalfLap,
    Marshalled,
    NoVelocity,
    Stationary,
    Teleports,
    simulate,
)

FRAME = LocalFrame(-21.0, -12.0, 100.0)
SECOND_NS = 1_000_000_000


def drive(corners, *, laps=1.0, speed_mps=20.0, rate_hz=10.0, noise_m=0.0, velocity=False, seed=1):
    """Return the path of a drive over a polygon's edges, `laps` times round, at a steady speed."""
    corners = np.asarray(corners, float)
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T))]
    t_s = np.arange(0.0, laps * way[-1] / speed_mps, 1 / rate_hz)
    return follow(t_s, corners, way, speed_mps * t_s, noise_m, velocity=velocity, seed=seed)


def follow(t_s, corners, way, gone, noise_m=0.0, *, velocity=False, seed=1):
    """Return the path of a vehicle that has gone so many metres along a polygon at each instant."""
    east, north = (np.interp(gone % way[-1], way, column) for column in corners.T)
    place = np.stack([east, north], axis=1)
    measured = np.gradient(place, t_s, axis=0) if velocity else np.full(place.shape, np.nan)
    place = place + np.random.default_rng(seed).normal(0.0, noise_m, place.shape)
    return path_of(t_s, place, measured)


def path_of(t_s, place_m, velocity_mps=None):
    unknown = np.full(len(t_s), np.nan)
    velocity = np.full((len(t_s), 2), np.nan) if velocity_mps is None else velocity_mps
    return Path(
        t_ns=np.rint(np.asarray(t_s) * SECOND_NS).astype(np.int64),
        position_m=np.asarray(place_m, float),
        velocity_mps=velocity,
        speed_mps=np.hypot(*velocity.T),
        hacc_m=unknown,
        sacc_mps=unknown,
        fix_type=np.full(len(t_s), 3),
        flags=np.zeros(len(t_s), np.int64),
        frame=FRAME,
        time_base="utc",
    )


def ring(*parts):
    """Return a closed polygon through arcs, each (east, north, radius, first degree, last degree)."""
    return np.concatenate([[*map(np.array, arc(*part))] for part in [*parts, parts[0]]])[: -29 or None]


def arc(east, north, radius, first, last):
    turn = np.radians(np.linspace(first, last, 30))
    return np.stack([east + radius * np.cos(turn), north + radius * np.sin(turn)], axis=1)


OVAL = ring((200, 0, 60, -90, 90), (-200, 0, 60, 90, 270))
EIGHT = ring((150, 0, 60, -125, 125), (-150, 0, 60, 55, -235))
LANES = ring((200, 0, 2, -90, 90), (-200, 0, 2, 90, 270))


def half_width_m(gate):
    return GateLine.of(gate, FRAME).half_m


def test_the_laps_of_an_oval_are_counted_at_a_line_across_a_straight():
    found = find_gate(drive(OVAL, laps=8.5))
    line = GateLine.of(found.gate, FRAME)
    assert found.laps == 8
    assert found.lap_length_m == pytest.approx(np.hypot(*np.diff(OVAL, axis=0).T).sum(), rel=0.01)
    assert found.gate.source == "auto_detected"
    assert abs(line.middle_m[1]) == pytest.approx(60, abs=0.5)
    assert abs(line.normal[0]) == pytest.approx(1, abs=0.01)
    assert found.agreement == 1.0


def test_the_crossing_of_a_figure_of_eight_ends_no_lap():
    found = find_gate(drive(EIGHT, laps=6.5, noise_m=0.5))
    assert found.laps == 6
    assert found.lap_length_m == pytest.approx(np.hypot(*np.diff(EIGHT, axis=0).T).sum(), rel=0.02)


@pytest.mark.parametrize("rate_hz", [1.0, 5.0, 25.0])
@pytest.mark.parametrize("velocity", [False, True])
def test_rate_and_measured_velocity_do_not_matter(rate_hz, velocity):
    assert find_gate(drive(OVAL, laps=8.5, rate_hz=rate_hz, noise_m=0.5, velocity=velocity)).laps == 8


def test_the_fastest_of_the_straights_is_chosen():
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(OVAL, axis=0).T))]
    laps = np.linspace(0.0, 6.5 * way[-1], 6000)
    north = np.interp(laps % way[-1], way, OVAL[:, 1])
    t_s = np.r_[0.0, np.cumsum(np.diff(laps) / np.where(north[1:] < -50, 30.0, 15.0))]
    line = GateLine.of(find_gate(follow(t_s, OVAL, way, laps)).gate, FRAME)
    assert line.middle_m[1] == pytest.approx(-60, abs=0.5)
    assert line.normal[0] == pytest.approx(1, abs=0.01)


def test_the_line_does_not_reach_the_return_straight():
    narrow = ring((200, 0, 5, -90, 90), (-200, 0, 5, 90, 270), (0, 60, 90, 240, 241))
    found = find_gate(drive(narrow, laps=6.5, noise_m=0.3))
    assert found.laps == 6
    assert half_width_m(found.gate) < 8


def test_lanes_of_two_directions_four_metres_apart_are_told_apart():
    found = find_gate(drive(LANES, laps=6.5, noise_m=0.3))
    assert found.laps == 6
    assert half_width_m(found.gate) < 4


def test_few_returns_that_contradict_each_other_are_no_laps():
    path = drive(OVAL, laps=2.4, rate_hz=1.0)
    wander = np.cumsum(np.random.default_rng(0).normal(0.0, 3.0, path.position_m.shape), axis=0)
    found = find_gate(attrs.evolve(path, position_m=path.position_m + wander))
    assert found.gate is None
    assert found.issues[0].evidence["reason"] == "few laps, which contradict each other"


def test_a_road_there_and_back_is_no_lap():
    road = [(0, 0), (800, 0), (800, 3), (0, 3), (0, 0)]
    once, often = find_gate(drive(road)), find_gate(drive(road, laps=5.5, noise_m=0.5))
    assert [found.gate for found in (once, often)] == [None, None]
    assert once.issues[0].evidence["reason"] == "the way back is the way out"
    assert often.issues[0].evidence["reason"] == "the way back is the way out"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (drive(OVAL, laps=0.5), "no place is passed twice in one direction"),
        (drive(OVAL, laps=1.0), "the way closes once: a single lap without a place that is passed twice"),
        (drive([(0, 0), (9000, 500)]), "no place is passed twice in one direction"),
        (drive(OVAL, laps=0.01), "the vehicle hardly moved"),
        (path_of([0.0], [(0.0, 0.0)]), "the vehicle hardly moved"),
        (path_of([0.0, 1.0], [(0.0, 0.0), (0.0, 0.0)]), "the vehicle hardly moved"),
        (
            path_of(np.arange(6000) / 10, np.random.default_rng(1).normal(0, 0.05, (6000, 2))),
            "the vehicle hardly moved",
        ),
    ],
    ids=["half", "one", "line", "start", "epoch", "repeat", "standing"],
)
def test_without_laps_the_reason_is_told(path, reason):
    found = find_gate(path)
    assert (found.gate, found.laps, found.lap_length_m) == (None, 0, None)
    assert [issue.code for issue in found.issues] == ["LAPS_NOT_FOUND"]
    assert found.issues[0].evidence["reason"] == reason


def test_a_block_driven_round_on_the_way_is_no_session_of_laps():
    block = [(5000, 0), (5120, 0), (5120, 120), (5000, 120)]
    found = find_gate(drive([(0, 0), *block, *block, (5000, 0), (12000, 0)]))
    assert found.gate is None
    assert found.issues[0].code == "LAPS_NOT_FOUND"


def test_one_lap_with_head_and_tail_is_one_lap():
    found = find_gate(drive(OVAL, laps=1.15, velocity=True))
    assert found.laps == 1
    assert found.issues[0].code == "LAP_DETECTION_UNSTABLE"
    assert found.issues[0].evidence["counts"] == "0 to 1"
    assert (found.fewest_laps, found.most_laps) == (0, 1)


def test_a_lap_with_a_gap_is_no_two_laps():
    path = drive(OVAL, laps=8.5)
    t_s = path.t_s
    lost = (t_s > 80) & (t_s < 95)
    found = find_gate(path.part(~lost))
    assert found.laps in (7, 8)
    assert found.agreement > 0.9


def test_wild_fixes_make_and_break_no_lap():
    path = drive(OVAL, laps=8.5, noise_m=0.3)
    place = path.position_m.copy()
    wild = np.random.default_rng(5).choice(len(path), len(path) // 20, replace=False)
    place[wild] += 300.0
    found = find_gate(attrs.evolve(path, position_m=place))
    assert found.laps == 8
    assert half_width_m(found.gate) < 10


def test_repeated_positions_do_not_matter():
    path = drive(OVAL, laps=8.5)
    place = path.position_m[np.arange(len(path)) // 5 * 5]
    assert find_gate(attrs.evolve(path, position_m=place)).laps == 8


def test_a_stop_on_the_lap_makes_no_lap():
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(OVAL, axis=0).T))]
    t_s = np.arange(0.0, 500.0, 0.1)
    gone = 20.0 * (np.minimum(t_s, 150.0) + np.maximum(t_s - 190.0, 0.0))
    path = follow(t_s, OVAL, way, gone, 0.05)
    assert find_gate(path).laps == int(gone[-1] / way[-1])


def test_smoothed_positions_are_taken_where_there_is_a_motion():
    from telemparse.analysis.motions import Method, Motion

    path = drive(OVAL, laps=8.5)
    lost = attrs.evolve(path, position_m=np.zeros_like(path.position_m))
    motion = Motion(
        path=lost,
        method=Method.SMOOTHED,
        position_m=path.position_m,
        velocity_mps=np.gradient(path.position_m, path.t_s, axis=0),
        acceleration_mps2=np.zeros_like(path.position_m),
        broken=np.zeros(len(path) - 1, np.bool_),
    )
    assert find_gate(lost).gate is None
    assert find_gate(lost, motion=motion).laps == 8


def whole_laps(laps, *, first=0.0, rate_hz=10.0):
    """Return instants and places of laps of the oval from a straight on, the first fix at a moment."""
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(OVAL, axis=0).T))]
    t_s = np.arange(0.0, laps * way[-1] / 20.0, 1 / rate_hz)
    return first + t_s, follow(t_s, OVAL, way, 300.0 + 20.0 * t_s).position_m


def test_a_recording_cut_at_a_line_may_hold_a_lap_more():
    found = find_gate(path_of(*whole_laps(5.0)))
    assert found.laps == 4
    assert found.issues[0].evidence["counts"] == "4 to 5"
    assert found.issues[0].evidence["reasons"] == [
        "the recording ends on the move where it began, as if cut at a line"
    ]


def test_stints_cut_at_a_line_may_hold_a_lap_more_each():
    stints = [whole_laps(laps, first=start) for laps, start in ((3.0, 0.0), (4.0, 2000.0), (2.0, 4000.0))]
    found = find_gate(path_of(*(np.concatenate(parts) for parts in zip(*stints, strict=True))))
    assert found.laps == 6
    assert found.issues[0].evidence["counts"] == "6 to 9"


def test_a_recording_that_begins_at_racing_speed_is_counted_from_there():
    t_s, place = whole_laps(5.15)
    rolling = find_gate(path_of(t_s, place))
    # The same way, at walking pace for the first two metres.
    standing = find_gate(path_of(np.r_[0.0, 4.0 + t_s[1:]], place))
    assert (rolling.laps, standing.laps) == (5, 4)
    assert rolling.issues[0].evidence["counts"] == standing.issues[0].evidence["counts"] == "4 to 5"


def test_lap_counts_that_contradict_each_other_are_told():
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(OVAL, axis=0).T))]
    t_s = np.arange(0.0, 500.0, 1.0)
    path = follow(t_s, OVAL, way, 20.0 * t_s)
    wander = np.cumsum(np.random.default_rng(4).normal(0.0, 2.0, (500, 2)), axis=0)
    found = find_gate(attrs.evolve(path, position_m=path.position_m + wander))
    assert found.laps == 8
    assert found.agreement < 0.9
    assert "other places are not passed once a lap" in found.issues[0].evidence["reasons"]


def test_a_pit_lane_beside_the_line_makes_no_second_lap():
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(OVAL, axis=0).T))]
    t_s = np.arange(0.0, 520.0, 0.1)
    gone = 20.0 * (np.minimum(t_s, 150.0) + np.maximum(t_s - 170.0, 0.0))
    path = follow(t_s, OVAL, way, gone)
    lane = (t_s > 140) & (t_s < 180)
    place = path.position_m + np.where(lane, -4.0, 0.0)[:, None] * [0.0, 1.0]
    assert find_gate(attrs.evolve(path, position_m=place)).laps == int(gone[-1] / way[-1])


@pytest.mark.parametrize("origin", [(89.999, 10.0, 0.0), (-90.0, 0.0, 0.0), (12.0, 180.0, 0.0)])
def test_poles_and_the_antimeridian_are_no_edge(origin):
    run = simulate("rc_offroad", seed=2, origin=origin)
    found = find_gate(Path.of(run.gnss))
    assert found.laps == run.laps.num_rows
    assert gate_fit(Path.of(run.gnss), found.gate).forward == found.laps + 1


@pytest.mark.parametrize(
    ("disturbance", "reason"),
    [(HalfLap(), "no place is passed twice in one direction"), (Stationary(), "the vehicle hardly moved")],
)
def test_simulated_runs_without_laps_are_refused(disturbance, reason):
    found = find_gate(Path.of(simulate("kart", disturbances=[disturbance]).gnss))
    assert found.gate is None
    assert found.issues[0].evidence["reason"] == reason


def test_a_marshalled_car_drives_no_lap():
    run = simulate("rc_offroad", seed=1, disturbances=[Marshalled(2)])
    found = find_gate(Path.of(run.gnss))
    assert found.laps == run.valid_laps.sum() == run.laps.num_rows - 1


@settings(max_examples=12)
@given(
    turn=st.floats(0.0, 360.0),
    place=st.tuples(st.floats(-89.0, 89.0), st.floats(-180.0, 179.0), st.just(0.0)),
    seed=st.integers(0, 5),
)
def test_laps_do_not_depend_on_where_a_track_lies_and_how_it_is_turned(turn, place, seed):
    run = simulate("rc_figure8", seed=seed, laps=4, rotation_deg=turn, origin=place)
    assert find_gate(Path.of(run.gnss)).laps == 4


@settings(max_examples=12)
@given(
    shift_s=st.integers(-10_000_000, 10_000_000),
    rows=st.lists(st.integers(0, 10_000), max_size=200),
    seed=st.integers(0, 5),
)
def test_laps_do_not_depend_on_the_clock_and_on_repeated_rows(shift_s, rows, seed):
    table = simulate("kart", seed=seed, laps=3).gnss
    order = np.sort(np.r_[np.arange(table.num_rows), np.array(rows, int) % table.num_rows])
    again = table.take(pa.array(order))
    shifted = again["t"].cast("int64").to_numpy() + shift_s * SECOND_NS
    again = again.set_column(0, "t", pa.array(shifted).cast(again.schema.field("t").type))
    assert find_gate(Path.of(again)).gate == find_gate(Path.of(table)).gate
    assert find_gate(Path.of(again)).laps == 3


WILD = (Dropouts(0.05), Teleports(10))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("receiver", "rate_hz", "disturbances"),
    [
        ("m8", 1.0, ()),
        ("m8", 5.0, ()),
        ("m9", 10.0, ()),
        ("m9", 25.0, ()),
        ("f9_rtk", 10.0, ()),
        ("m8", 1.0, (NoVelocity(),)),
        ("m9", 10.0, (NoVelocity(),)),
        ("m8", 5.0, WILD),
        ("m9", 25.0, WILD),
    ],
)
def test_simulated_sessions_have_the_laps_that_were_driven(receiver, rate_hz, disturbances):
    wrong = []
    # Forty of each circuit are counted in the deep tests of the accuracy.
    for circuit, seed in itertools.product(CIRCUITS, range(3)):
        run = simulate(circuit, seed=seed, gnss=receiver, rate_hz=rate_hz, disturbances=disturbances)
        found = find_gate(Path.of(run.gnss))
        if found.laps != run.laps.num_rows:
            wrong.append((circuit, seed, found.laps, run.laps.num_rows))
    assert wrong == []
