"""Fused poses against simulated truth: the bars of the fusion's page, on few runs here, on more in deep."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa
import pytest

from benchmarks.fusion.errors import Sum, at_instants, errors_of
from benchmarks.fusion.faults import FAULTS
from benchmarks.fusion.measuring import measure, runs_of, seeds_of_scenarios
from benchmarks.fusion.ordinary import Ordinary
from benchmarks.fusion.outages import Outages
from benchmarks.fusion.page import page
from benchmarks.fusion.recordings import Recorded
from benchmarks.fusion.rows import Outcome, Precision, outcome_of, precision_of
from benchmarks.fusion.scenarios import PLAIN, SCENARIOS
from telemparse.analysis import fuse
from telemparse.testing import simulate as simulator
from telemparse.testing.simulate import simulate

FEW, MANY = 2, 40
MS = 1_000_000


def words(scenario):
    return scenario.words.replace(" ", "_")


def chosen(text):
    (scenario,) = [scenario for scenario in SCENARIOS if scenario.words == text]
    return scenario


@pytest.fixture(scope="module")
def run():
    return simulate("rc_offroad", laps=5, imu=6)


def pose_of(t_ns, speeds):
    """Return a pose that goes east at speeds, from straight lines between them."""
    seconds = np.asarray(t_ns) / 1e9
    places = np.concatenate([[0.0], np.cumsum(np.diff(seconds) * (np.add(speeds[1:], speeds[:-1]) / 2))])
    none = np.zeros(len(seconds))
    columns = {"x_e_m": places, "y_n_m": none, "vx_mps": speeds, "vy_mps": none}
    return pa.table({"t": pa.array(t_ns, pa.timestamp("ns", "UTC")), **columns})


def test_every_disturbance_of_the_simulator_is_among_the_scenarios():
    kinds = {type(each).__name__ for scenario in SCENARIOS for each in scenario.disturbances}
    given = {str(part).rsplit(".", 1)[-1].strip("'>") for part in simulator.Disturbance.__args__}
    assert kinds == given
    assert {scenario.track for scenario in SCENARIOS} == set(simulator.CIRCUITS)
    assert {scenario.gnss for scenario in SCENARIOS} == set(simulator.RECEIVERS)
    assert {scenario.fault for scenario in SCENARIOS} == set(FAULTS)
    assert len({scenario.words for scenario in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault])
def test_a_fault_changes_the_unit_and_nothing_else(run, fault):
    tables = FAULTS[fault](run.tables, "rc_offroad", 0)
    assert tables["gnss_pvt"].equals(run.gnss)
    unit = [name for name in ("imu_accel", "imu_gyro") if name in tables]
    same = [tables[name].equals(run.tables[name], check_metadata=True) for name in unit if name in run.tables]
    assert len(unit) < 2 or not all(same)


def test_a_pose_is_read_at_its_rows_as_it_is_and_between_them_on_cubics():
    t_ns = np.arange(0, 100, 10) * MS
    speeds = 10 + 3 * (t_ns / 1e9)
    pose = pose_of(t_ns, speeds)
    position, velocity, covered = at_instants(pose, np.array([-5, 20, 35, 90, 95]) * MS)
    assert covered.tolist() == [False, True, True, True, False]
    assert velocity[1, 0] == speeds[2]
    np.testing.assert_allclose(velocity[2], [10 + 3 * 0.035, 0])
    np.testing.assert_allclose(position[2], [10 * 0.035 + 1.5 * 0.035**2, 0], atol=1e-12)


def test_a_pose_tells_nothing_of_the_time_in_which_it_has_no_rows():
    t_ns = np.concatenate([np.arange(0, 100, 10), np.arange(500, 600, 10)]) * MS
    _position, _velocity, covered = at_instants(pose_of(t_ns, 5 + 0 * t_ns), np.array([90, 300, 500]) * MS)
    assert covered.tolist() == [True, False, True]


def test_sums_are_added_up_and_the_mean_of_nothing_is_none():
    both = Sum.all([Sum.of(np.array([9.0, 16.0])), Sum(11.0, 2)])
    assert (both.mean, both.root) == (9.0, 3.0)
    assert np.isnan(Sum.all([]).mean)


def test_a_run_that_cannot_be_fused_is_as_good_as_the_receiver_alone_and_told_as_such():
    found = errors_of(chosen("rc_offroad m9 10 Hz no gyroscope"), 0)
    assert (found.fused, found.codes, found.same) == (False, ("FUSION_SKIPPED_NO_IMU",), True)
    assert found.covered.mean == 1.0
    for name, alone in found.alone.items():
        assert found.at_epochs[name].root == pytest.approx(alone.root, rel=1e-6)


@pytest.fixture
def precision():
    return Precision(
        scenario=PLAIN[0], runs=40, fused=40,
        pose={"speed": 0.031, "course": 0.23, "yaw": 0.2, "position": 0.9},
        alone={"speed": 0.048, "course": 0.35, "position": 0.9},
        nees={"position": 0.3, "velocity": 0.7, "yaw": 0.9, "all": 0.6}, inside=1.0,
    )  # fmt: skip


@pytest.fixture
def outcome():
    return Outcome(
        scenario=chosen("rc_offroad m9 10 Hz gap of 10 s"), runs=8, fused=8, codes={}, uncoded=0, changed=0,
        pose={"speed": 0.03, "course": 0.2, "position": 1.0},
        alone={"speed": 0.05, "course": 0.3, "position": 1.0},
        covered=0.99, inside=1.0, gap_inside=1.0, grown=1.0,
    )  # fmt: skip


@pytest.fixture
def reality():
    ordinary = Ordinary(
        "errors of an M9-class receiver added", 8, 8,
        {"speed": 0.03, "course": 0.2, "position": 1.0}, {"speed": 0.04, "course": 0.3, "position": 1.0}, 1.0,
    )  # fmt: skip
    outage = Outages(
        seconds=10, count=8, fused=(0.1, 0.3), straight=(5.0, 19.0), curved=(1.7, 4.3), speed_mps=0.03,
        inside=1.0, grown=8,
    )  # fmt: skip
    recording = Recorded(
        name="ubx/drive.ubx", parser="ubx", rows=19, source="gnss_measured", codes=("FUSION_SKIPPED",),
        reason="the vehicle hardly moves", speed_mps=np.nan, course_deg=np.nan, healthy="",
    )  # fmt: skip
    return ordinary, outage, recording


def page_of(precision, outcome, reality):
    ordinary, outage, recording = reality
    others = [
        attrs.evolve(outcome, scenario=chosen(text), gap_inside=np.nan, grown=np.nan)
        for text in ("kart m9 10 Hz", "car m9 10 Hz rates x 1.1")
    ]
    return page([precision], [outcome, *others], ([ordinary], [outage], [recording]))


def test_the_page_says_that_all_bars_are_met_where_they_are(precision, outcome, reality):
    assert [row.faults for row in (precision, outcome, *reality)] == [()] * 5
    written = page_of(precision, outcome, reality)
    assert "Missed: nothing." in written
    assert "| no worse than 1.05 of the receiver alone | 3 of 3 | all |" in written
    assert "| car | rates x 1.1 | 8 of 8 |" in written
    assert "| 8 of 10 s | 5.00 | 1.70 | 0.10 | 19.00 | 4.30 | 0.30 | 0.030 | 1.000 | 8 of 8 |" in written
    assert "| `drive.ubx` | ubx | `gnss_measured` | 19 | `FUSION_SKIPPED` |" in written


def test_a_row_names_the_bars_that_it_misses_and_the_page_repeats_them(precision, outcome, reality):
    vague = attrs.evolve(
        precision,
        fused=39,
        pose={"speed": 0.05, "course": 0.31, "yaw": 0.5, "position": 0.9},
        nees={**precision.nees, "all": 2.1},
    )
    assert set(vague.faults) == {
        "not fused",
        "speed above the bar",
        "course above the bar",
        "yaw above the bar",
        "deviations not calibrated",
    }
    worse = attrs.evolve(
        outcome, pose={"speed": 0.06, "course": 0.3, "position": 900.0}, uncoded=1, changed=1,
        gap_inside=0.9, grown=0.5,
    )  # fmt: skip
    assert set(worse.faults) == {
        "speed 1.20 of the receiver's",
        "position > 100 of the receiver's",
        "no code says why",
        "not the receiver's own",
        "truth outside three deviations in gaps",
        "deviations do not grow in gaps",
    }
    ordinary, outage, recording = reality
    far = attrs.evolve(ordinary, pose={**ordinary.pose, "speed": 0.05}, fused=7)
    lost = attrs.evolve(outage, fused=(2.0, 5.0), inside=0.9, grown=7)
    unsaid = attrs.evolve(recording, codes=())
    assert set(far.faults) == {"speed 1.25 of the receiver's", "not fused"}
    assert set(lost.faults) == {
        "worse than without a unit",
        "truth outside three deviations",
        "deviations do not grow",
    }
    assert attrs.evolve(outage, fused=None, inside=np.nan, grown=0).faults == (
        "not fused",
        "deviations do not grow",
    )
    assert unsaid.faults == ("no code says why",)
    written = page_of(vague, worse, (far, lost, unsaid))
    assert "rc_offroad m9 10 Hz gap of 10 s: speed 1.20 of the receiver's" in written
    assert "the drive, outages of 10 s: worse than without a unit" in written


class Straight:
    """A pool that does all by itself."""

    def map(self, function, *columns):
        return map(function, *columns)


def test_some_of_the_scenarios_are_measured_without_a_page(tmp_path, capsys):
    rows = measure(Straight(), 1, "rc_figure8 m9 10 Hz stands still", tmp_path / "page.md")
    assert rows == [("rc_figure8 m9 10 Hz stands still", ())]
    assert not (tmp_path / "page.md").exists()
    assert "FUSION_SKIPPED 6" in capsys.readouterr().out


def test_scenarios_have_fewer_runs_than_the_bars_on_accuracy_and_never_less_than_six():
    assert [seeds_of_scenarios(seeds) for seeds in (1, 40, 100)] == [6, 8, 20]
    assert runs_of(chosen("rc_offroad m9 10 Hz gap of 10 s"), 40) == 40
    assert runs_of(chosen("rc_offroad m9 10 Hz no unit"), 40) == 8


@pytest.mark.slow
@pytest.mark.parametrize("scenario", PLAIN, ids=words)
def test_speed_course_and_yaw_hold_their_bars_and_deviations_are_true(scenario):
    row = precision_of(scenario, FEW)
    assert row.faults == ()
    assert row.pose["speed"] < 0.8 * row.alone["speed"]
    assert row.pose["course"] < 0.9 * row.alone["course"]
    assert row.inside >= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["rc_offroad f9_rtk 10 Hz gap of 30 s", "kart m8 5 Hz gaps of 3 s", "rc_onroad m9 10 Hz pit stop"],
)
def test_with_a_unit_nothing_is_worse_than_without(text):
    row = outcome_of(chosen(text), FEW)
    assert row.fused == FEW
    assert row.faults == ()


@pytest.mark.slow
def test_a_fault_is_either_put_right_or_refused_with_a_code():
    tables = simulate("car", seed=3, imu=6).tables
    for fault, ok in (("upside down", True), ("noise and nothing else", False)):
        found = fuse(FAULTS[fault](tables, "car", 3))
        assert (found.ok, bool(found.issues)) == (ok, not ok)


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scenario", PLAIN, ids=words)
def test_every_circuit_holds_its_bars_over_forty_runs(scenario):
    assert precision_of(scenario, MANY).faults == ()


# Positions without any error, a second apart: alone they are off by nothing, and the pose by 2 mm; its
# speed is off by 0.02 m/s, and that of straight lines between them by 1.3. The page names the row as one
# that misses.
BESIDE_NOTHING = pytest.mark.xfail(strict=True, raises=AssertionError, reason="2 mm are no ratio of nothing")


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(each, marks=[BESIDE_NOTHING] if each.words == "rc_offroad perfect 1 Hz" else [])
        for each in SCENARIOS
    ],
    ids=words,
)
def test_no_scenario_is_worse_than_the_receiver_alone(scenario):
    assert outcome_of(scenario, runs_of(scenario, MANY)).faults == ()
