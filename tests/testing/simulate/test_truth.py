"""What really happened in a simulated run: exact, consistent, and on its circuit."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.errors import CallError
from telemparse.kernels.local_frame import LocalFrame
from telemparse.testing.simulate import CIRCUITS, simulate
from telemparse.testing.simulate.passages import passages_s


@pytest.fixture(scope="module")
def run():
    return simulate("rc_offroad", seed=3, laps=4)


def test_velocity_and_acceleration_are_the_derivatives_of_position(run):
    t_s = np.linspace(1.0, run.truth.seconds - 1.0, 5000)
    step = 1e-4
    before, at, after = (run.truth.at_s(t_s + shift) for shift in (-step, 0.0, step))
    slope = (after.position_m - before.position_m) / (2 * step)
    assert np.abs(slope - at.velocity_mps).max() < 1e-4
    bend = (after.velocity_mps - before.velocity_mps) / (2 * step)
    # Between two of its knots the acceleration is a line; across one the difference rounds the corner off.
    assert np.abs(bend - at.acceleration_mps2).max() < 0.1
    turn = (after.yaw_rad - before.yaw_rad) / (2 * step)
    assert np.abs(turn - at.yaw_rate_rps).max() < 0.05


def test_states_by_instant_are_those_by_seconds(run):
    t_s = np.array([0.0, 1.0, 12.345678])
    by_instant = run.truth.at(run.truth.start_ns + np.array([0, 1_000_000_000, 12_345_678_000]))
    by_seconds = run.truth.at_s(t_s)
    np.testing.assert_allclose(by_instant.position_m, by_seconds.position_m, atol=1e-9)
    np.testing.assert_array_equal(by_instant.t_ns, by_seconds.t_ns)


def test_the_sampled_truth_has_a_row_each_millisecond(run):
    states = run.truth.states
    assert set(np.diff(states.t_ns)) == {1_000_000}
    assert abs(states.t_ns[-1] - states.t_ns[0] - run.truth.seconds * 1e9) < 1e6
    assert states is run.truth.states


def test_course_is_the_direction_of_the_velocity(run):
    states = run.truth.states
    east, north = states.velocity_mps.T
    expected = np.degrees(np.arctan2(east, north)) % 360
    off = (states.course_deg - expected + 180) % 360 - 180
    assert np.abs(off).max() < 1e-9
    assert states.course_deg.min() >= 0
    assert states.course_deg.max() < 360


@pytest.mark.parametrize("name", CIRCUITS)
def test_a_car_on_its_circuit_keeps_within_what_it_can_do(name):
    run = simulate(name, seed=1, laps=2)
    states, grip = run.truth.states, run.circuit.grip
    assert states.speed_mps.max() <= grip.top_mps
    assert np.abs(states.yaw_rate_rps * states.speed_mps).max() < 2.2 * grip.lateral_mps2
    assert np.diff(states.progress_m).min() > 0
    centre = run.layout.centre_m(states.progress_m)
    assert np.hypot(*(states.position_m - centre).T).max() < 0.75 * run.circuit.width_m


@pytest.mark.parametrize("name", CIRCUITS)
def test_crossings_lie_on_the_line_to_a_billionth_of_a_metre(name):
    run = simulate(name, seed=2, laps=3)
    line = run.layout.line
    states = run.truth.at_s(run.crossings_s)
    off = states.position_m - np.array(line.middle_m)
    assert len(run.crossings_s) == 4
    assert np.abs(off @ np.array(line.along)).max() < 1e-9
    assert np.hypot(*off.T).max() < line.half_m
    assert (states.velocity_mps @ np.array(line.along)).min() > 1.0


def test_instants_of_crossings_are_those_in_seconds_rounded(run):
    seconds = (run.crossings_ns - run.truth.start_ns) / 1e9
    assert np.abs(seconds - run.crossings_s).max() < 1e-9


def test_laps_and_sectors_sum_to_the_time_between_crossings(run):
    np.testing.assert_allclose(run.lap_times_s, np.diff(run.crossings_s), rtol=0, atol=1e-12)
    np.testing.assert_allclose(run.sector_times_s.sum(axis=1), run.lap_times_s, rtol=0, atol=1e-12)
    assert run.sector_times_s.shape == (4, 3)


def test_the_tables_of_laps_and_sectors_hold_the_same_times(run):
    laps, sectors = run.laps, run.timing.sectors
    np.testing.assert_allclose(laps["duration_ns"].to_numpy() / 1e9, run.lap_times_s, atol=2e-9)
    assert laps["lap_number"].to_pylist() == [1, 2, 3, 4]
    assert laps["validity"].to_pylist() == ["VALID"] * 4
    assert run.valid_laps.all()
    assert laps["distance_m"].to_numpy() == pytest.approx(run.lap_length_m, rel=0.03)
    assert sectors["lap_number"].to_pylist() == [lap for lap in (1, 2, 3, 4) for _ in range(3)]
    np.testing.assert_allclose(sectors["duration_ns"].to_numpy() / 1e9, run.sector_times_s.ravel(), atol=2e-9)
    assert laps["t_end"][0] == sectors["t_end"][2]


def test_laps_differ_from_one_another_as_a_drivers_do(run):
    assert 0.02 < run.lap_times_s.std() < 1.0


def test_a_figure_of_eight_crosses_itself_and_its_line_once_a_lap():
    run = simulate("rc_figure8", seed=5, laps=3)
    line = run.layout.line
    progress = run.truth.at_s(run.crossings_s).progress_m
    assert np.abs(np.diff(progress) - run.lap_length_m).max() < 0.5
    one = run.layout.centre_m(np.linspace(0.0, 0.2 * run.lap_length_m, 400))
    other = run.layout.centre_m(np.linspace(0.3, 0.7, 800) * run.lap_length_m)
    apart = np.hypot(*(one[:, None] - other[None]).transpose(2, 0, 1))
    assert apart.min() < 0.1
    assert line.name == run.gate.name


def test_a_gate_is_passed_only_between_its_ends_and_in_its_direction(run):
    line = run.layout.line
    against = attrs.evolve(line, along=(-line.along[0], -line.along[1]))
    assert len(passages_s(run.truth, against)) == 0
    aside = attrs.evolve(line, middle_m=(line.middle_m[0], line.middle_m[1] - 9.0))
    assert len(passages_s(run.truth, aside)) == 0


@pytest.mark.parametrize("origin", [(0.0, 0.0, 0.0), (51.5, 179.99999, 30.0), (-89.9999, 12.0, 2800.0)])
def test_gates_on_the_ground_are_those_in_the_plane(origin):
    run = simulate(laps=1, origin=origin, rotation_deg=77.0)
    lines = (run.layout.line, *run.layout.sector_lines)
    for gate, line in zip((run.gate, *run.sectors), lines, strict=True):
        lat, lon = np.array([gate.lat1_deg, gate.lat2_deg]), np.array([gate.lon1_deg, gate.lon2_deg])
        assert np.abs(run.frame.plane_m(lat, lon) - line.ends_m).max() < 1e-6
        middle = run.frame.geodetic_deg(np.array([line.middle_m]))
        here = LocalFrame(float(middle[0][0]), float(middle[1][0]), origin[2])
        ends = here.plane_m(lat, lon)
        across = np.degrees(np.arctan2(*(ends[1] - ends[0])))
        # Its first end lies on the left of travel.
        assert abs((gate.course_deg + 90 - across + 180) % 360 - 180) < 0.1
    assert [gate.kind.value for gate in run.track.gates] == ["start_finish", "pit_in", "pit_out"]


def test_turning_a_circuit_turns_the_drive_and_keeps_its_times():
    flat, turned = simulate(laps=2, seed=4), simulate(laps=2, seed=4, rotation_deg=123.0)
    np.testing.assert_allclose(turned.lap_times_s, flat.lap_times_s, atol=1e-6)
    angle = np.radians(123.0)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = flat.truth.states.position_m @ matrix.T
    assert np.abs(turned.truth.states.position_m[: len(expected)] - expected).max() < 1e-4


@pytest.mark.parametrize(("name", "count"), [("rc_offroad", 9), ("rc_figure8", 2), ("kart", 6), ("car", 6)])
def test_apexes_are_the_corners_of_the_circuit(name, count):
    run = simulate(name, laps=1)
    apexes = run.apexes
    assert len(apexes) == count
    progress = [apex.progress_m for apex in apexes]
    assert progress == sorted(progress)
    assert 0 <= progress[0] <= progress[-1] < run.lap_length_m
    for apex in apexes:
        behind = run.circuit.line_m + apex.progress_m
        np.testing.assert_allclose(run.layout.centre_m(np.array([behind]))[0], apex.position_m, atol=1e-9)
        # The radius through three places nearby, without the spline's derivatives.
        a, b, c = run.layout.centre_m(behind + np.array([-0.2, 0.0, 0.2]))
        area = float(np.linalg.det(np.stack([b - a, c - a]))) / 2
        sides = np.prod([np.hypot(*side) for side in (b - a, c - b, c - a)])
        assert apex.curvature_1pm == pytest.approx(4 * area / sides, rel=0.1)


def test_a_circuit_may_be_ones_own():
    wide = attrs.evolve(CIRCUITS["rc_offroad"], name="mine", width_m=6.0, laps=2, sectors=(0.25, 0.5, 0.75))
    run = simulate(wide)
    assert run.circuit is wide
    assert run.track.name == "mine"
    assert run.sector_times_s.shape == (2, 4)


@pytest.mark.parametrize(
    "call",
    [
        {"track": "monza"},
        {"gnss": "m99"},
        {"seed": -1},
        {"laps": 0},
        {"imu": 4},
        {"rate_hz": 0},
        {"imu": 3, "imu_rate_hz": 1e6},
    ],
)
def test_a_call_that_cannot_be_right_says_so(call):
    with pytest.raises(CallError):
        simulate(**call)
