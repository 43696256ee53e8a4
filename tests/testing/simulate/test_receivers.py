"""What simulated receivers record: errors of the stated size, reproducible, anywhere on Earth."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.analysis.paths import Path
from telemparse.kernels.arrays import numpy_view
from telemparse.schemas import check
from telemparse.testing.simulate import RECEIVERS, Stationary, simulate


def errors(run):
    """Errors of position and velocity in the plane of the run."""
    path = Path.of(run.gnss, frame=run.frame)
    states = run.truth.at(run.gnss_true_ns)
    return path.position_m - states.position_m, path.velocity_mps - states.velocity_mps


@pytest.mark.parametrize("name", RECEIVERS)
@pytest.mark.parametrize("imu", [None, 3, 6, 9])
def test_tables_keep_to_the_canonical_schemas(name, imu):
    run = simulate(gnss=name, laps=1, imu=imu)
    for stream, table in run.tables.items():
        checked, issues = check(stream, table)
        assert issues == []
        assert checked.num_rows == table.num_rows
    inertial = [stream for stream in run.tables if stream.startswith("imu")]
    assert inertial == ["imu_accel", "imu_gyro", "imu_mag"][: (imu or 0) // 3]


def test_a_perfect_receiver_states_the_truth():
    position, velocity = errors(simulate(gnss="perfect", laps=2, imu=9))
    assert np.abs(position).max() < 1e-6
    assert np.abs(velocity).max() < 1e-5


@pytest.mark.parametrize("origin", [(10.0, 179.9999, 0.0), (89.9999, 0.0, 0.0), (-90.0, 0.0, 2800.0)])
def test_poles_and_the_antimeridian_are_no_edge(origin):
    run = simulate(gnss="perfect", laps=1, origin=origin)
    position, velocity = errors(run)
    assert np.abs(position).max() < 1e-5
    assert np.abs(velocity).max() < 1e-4
    lon = numpy_view(run.gnss["lon_deg"])
    assert lon.max() - lon.min() > 200


@pytest.mark.parametrize("name", ["m9", "f9_rtk"])
def test_errors_are_as_large_as_the_receiver_says_over_a_long_time(name):
    receiver = RECEIVERS[name]
    runs = [simulate(gnss=name, seed=seed, disturbances=[Stationary(3000.0)], rate_hz=1) for seed in range(4)]
    position, velocity = (np.concatenate(parts) for parts in zip(*map(errors, runs), strict=True))
    expected = np.sqrt(receiver.slow_m**2 + receiver.fast_m**2 + receiver.white_m**2)
    assert position.std() == pytest.approx(expected, rel=0.25)
    expected = np.hypot(receiver.white_mps, receiver.drift_mps)
    assert velocity.std() == pytest.approx(expected, rel=0.05)


def test_errors_of_position_remember_and_those_of_velocity_hardly():
    run = simulate(gnss="m9", disturbances=[Stationary(3000.0)])
    position, velocity = errors(run)
    receiver = RECEIVERS["m9"]
    step = np.diff(position, axis=0).std()
    # From one epoch to the next white errors change, the others little.
    fast = receiver.fast_m * np.sqrt(2 * (1 - np.exp(-0.1 / receiver.fast_s)))
    slow = receiver.slow_m * np.sqrt(2 * (1 - np.exp(-0.1 / receiver.slow_s)))
    assert step == pytest.approx(np.sqrt(fast**2 + slow**2 + 2 * receiver.white_m**2), rel=0.05)
    left, right = velocity[:-1].ravel(), velocity[1:].ravel()
    share = receiver.drift_mps**2 / (receiver.drift_mps**2 + receiver.white_mps**2)
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(share * np.exp(-0.1), abs=0.03)


def test_a_receiver_states_what_its_kind_does():
    m9, rtk = (simulate(gnss=name, laps=2).gnss for name in ("m9", "f9_rtk"))
    assert set(m9["fix_type"].to_pylist()) == {3}
    assert set(rtk["fix_type"].to_pylist()) == {7}
    for table, name in ((m9, "m9"), (rtk, "f9_rtk")):
        receiver = RECEIVERS[name]
        assert np.median(table["hacc_m"].to_numpy()) == pytest.approx(receiver.hacc_m, rel=0.3)
        assert np.median(table["sacc_mps"].to_numpy()) == pytest.approx(receiver.sacc_mps, rel=0.3)
        assert set(table["sat_count"].to_pylist()) == {receiver.sat_count}


def test_speed_and_course_belong_to_the_velocity():
    table = simulate(laps=1).gnss
    north, east = table["vel_n_mps"].to_numpy(), table["vel_e_mps"].to_numpy()
    np.testing.assert_allclose(table["speed_mps"].to_numpy(), np.hypot(north, east), rtol=1e-5)
    off = table["course_deg"].to_numpy() - np.degrees(np.arctan2(east, north))
    assert np.abs((off + 180) % 360 - 180).max() < 1e-3


@pytest.mark.parametrize("rate_hz", [1, 5, 10, 25])
def test_epochs_stand_at_whole_multiples_of_their_period(rate_hz):
    run = simulate(laps=1, rate_hz=rate_hz)
    t_ns = numpy_view(run.gnss["t"])
    assert set(t_ns % (1_000_000_000 // rate_hz)) == {0}
    assert set(np.diff(t_ns)) == {1_000_000_000 // rate_hz}
    assert np.array_equal(t_ns, run.gnss_true_ns)


def test_a_drawn_phase_is_whole_milliseconds_and_another_for_another_seed():
    phases = {
        int(numpy_view(simulate(laps=1, seed=seed, phase_s=None).gnss["t"])[0] % 100_000_000)
        for seed in range(6)
    }
    assert len(phases) > 1
    assert {phase % 1_000_000 for phase in phases} == {0}
    late = simulate(laps=1, phase_s=0.0375)
    assert numpy_view(late.gnss["t"])[0] % 100_000_000 == 37_500_000


def test_a_receiver_may_be_ones_own():
    receiver = attrs.evolve(RECEIVERS["perfect"], white_m=5.0)
    position, _velocity = errors(simulate(gnss=receiver, laps=2))
    assert position.std() == pytest.approx(5.0, rel=0.1)


def test_the_same_arguments_give_the_same_tables_and_another_seed_others():
    first, second = simulate(seed=7, laps=2, imu=9), simulate(seed=7, laps=2, imu=9)
    other = simulate(seed=8, laps=2, imu=9)
    for stream, table in first.tables.items():
        assert table.equals(second.tables[stream], check_metadata=True)
        assert not table.equals(other.tables[stream])
    assert np.array_equal(first.crossings_s, second.crossings_s)
    assert not np.array_equal(first.crossings_s, other.crossings_s)


def test_sensors_draw_apart_from_one_another():
    bare, full = simulate(seed=7, laps=2), simulate(seed=7, laps=2, imu=9, imu_rate_hz=50)
    assert bare.gnss.equals(full.gnss)
    assert bare.tables["channels.main"].equals(full.tables["channels.main"])
    six = simulate(seed=7, laps=2, imu=6, imu_rate_hz=50)
    assert six.tables["imu_gyro"].equals(full.tables["imu_gyro"])


def test_another_receiver_sees_the_same_drive():
    m9, rtk = simulate(seed=7, laps=2), simulate(seed=7, laps=2, gnss="f9_rtk", rate_hz=25)
    assert np.array_equal(m9.crossings_s, rtk.crossings_s)
    assert m9.laps.equals(rtk.laps)
