"""What inertial units and wheels on board a simulated car feel."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from telemparse.kernels.arrays import numpy_view
from telemparse.testing.simulate import Stationary, simulate
from telemparse.testing.simulate.inertia import ACCEL, GYRO, _felt, _leaning


def columns(table, *names):
    return np.stack([table[name].to_numpy() for name in names], axis=1).astype(float)


ACCELS, RATES, FIELDS = (
    ("ax_mps2", "ay_mps2", "az_mps2"),
    ("gx_rps", "gy_rps", "gz_rps"),
    ("mx_ut", "my_ut", "mz_ut"),
)


@pytest.fixture(scope="module")
def run():
    return simulate(laps=4, seed=2, imu=9)


def slope(measured, true):
    """Return factor and offset between a measured and a true column."""
    return np.polyfit(true, measured, 1)


def test_the_gyroscope_feels_the_rate_of_yaw(run):
    table = run.tables["imu_gyro"]
    middle = numpy_view(table["t"]) - 5_000_000
    true = run.truth.at(middle).yaw_rate_rps
    scale, bias = slope(table["gz_rps"].to_numpy(), true)
    assert scale == pytest.approx(1.0, abs=0.02)
    assert abs(bias) < 4 * GYRO.bias
    rest = table["gz_rps"].to_numpy() - scale * true - bias
    assert rest.std() == pytest.approx(np.hypot(GYRO.density * 10, GYRO.vibration), rel=0.2)


def test_the_accelerometer_feels_what_moves_the_car_in_its_own_frame(run):
    table = run.tables["imu_accel"]
    states = run.truth.at(numpy_view(table["t"]) - 5_000_000)
    along = np.stack([np.cos(states.yaw_rad), np.sin(states.yaw_rad)], axis=1)
    left = np.stack([-along[:, 1], along[:, 0]], axis=1)
    forwards = np.sum(states.acceleration_mps2 * along, axis=1)
    sideways = np.sum(states.acceleration_mps2 * left, axis=1)
    # A body that leans feels a part of gravity, some 4 percent of what moves it.
    assert slope(table["ax_mps2"].to_numpy(), forwards)[0] == pytest.approx(1.03, abs=0.03)
    assert slope(table["ay_mps2"].to_numpy(), sideways)[0] == pytest.approx(1.04, abs=0.03)
    assert sideways.max() > 6


def test_forces_along_the_attitude_that_the_rates_lead_to_are_what_moves_the_car(run):
    step_s = 1e-3
    states = run.truth.at_s(np.arange(40_000) * step_s)
    force, turn = _felt(states, step_s)
    roll, pitch = _leaning(states, step_s)
    attitude = Rotation.from_euler("ZYX", [states.yaw_rad[0], pitch[0], roll[0]])
    pushed = np.empty_like(force)
    for row, turned in enumerate(Rotation.from_rotvec((turn[:-1] + turn[1:]) / 2 * step_s)):
        pushed[row] = attitude.apply(force[row])
        attitude = attitude * turned
    pushed[-1] = attitude.apply(force[-1])
    gained = np.cumsum(pushed - [0, 0, 9.80665], axis=0) * step_s
    true = np.column_stack([states.velocity_mps - states.velocity_mps[0], np.zeros(len(force))])
    assert np.ptp(true[:, :2], axis=0).min() > 10
    np.testing.assert_allclose(gained, true, atol=0.1)


def test_an_inertial_unit_at_rest_feels_gravity_alone():
    run = simulate(disturbances=[Stationary(30.0)], imu=6, seed=3)
    accel = columns(run.tables["imu_accel"], *ACCELS)
    np.testing.assert_allclose(accel.mean(axis=0), [0, 0, 9.80665], atol=4 * ACCEL.bias)
    assert accel.std(axis=0) == pytest.approx(np.full(3, ACCEL.vibration), rel=0.1)
    gyro = columns(run.tables["imu_gyro"], *RATES)
    np.testing.assert_allclose(gyro.mean(axis=0), 0, atol=5 * GYRO.bias)


def test_the_magnetometer_sees_north_turn_about_the_car(run):
    field = columns(run.tables["imu_mag"], *FIELDS)
    yaw = run.truth.at(numpy_view(run.tables["imu_mag"]["t"])).yaw_rad
    bias = field.mean(axis=0) - np.stack(
        [22 * np.sin(yaw), 22 * np.cos(yaw), np.full(len(yaw), -43.0)], 1
    ).mean(0)
    heading = np.arctan2(field[:, 0] - bias[0], field[:, 1] - bias[1])
    off = (heading - yaw + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(off).max() < np.radians(8)


@pytest.mark.parametrize("rate_hz", [50, 100, 200])
def test_samples_come_at_their_rate(rate_hz):
    t_ns = numpy_view(simulate(laps=1, imu=3, imu_rate_hz=rate_hz).tables["imu_accel"]["t"])
    assert set(np.diff(t_ns)) == {1_000_000_000 // rate_hz}


def test_wheels_turn_as_fast_as_the_car_drives(run):
    table = run.tables["channels.main"]
    states = run.truth.at(numpy_view(table["t"]))
    free = (table["wheel_speed_fl_mps"].to_numpy() + table["wheel_speed_fr_mps"].to_numpy()) / 2
    driven = (table["wheel_speed_rl_mps"].to_numpy() + table["wheel_speed_rr_mps"].to_numpy()) / 2
    assert np.abs(free / np.maximum(states.speed_mps, 2.0) - 1).max() < 0.12
    assert np.percentile(driven / free, 95) > np.percentile(free / states.speed_mps, 95)
    bend = states.yaw_rate_rps > np.percentile(states.yaw_rate_rps, 90)
    outer = table["wheel_speed_fr_mps"].to_numpy() - table["wheel_speed_fl_mps"].to_numpy()
    assert outer[bend].mean() > outer[~bend].mean() + 0.1
    assert table.schema.field("wheel_speed_fl_mps").metadata[b"unit"] == b"m/s"


def test_the_nose_turns_into_the_bend_and_wanders(run):
    states = run.truth.states
    slip = np.degrees(states.yaw_rad - np.unwrap(np.radians(90.0 - states.course_deg)))
    slip = (slip + 180) % 360 - 180
    sideways = np.degrees(states.yaw_rate_rps) * states.speed_mps
    assert np.corrcoef(slip, sideways)[0, 1] > 0.7
    assert 1.0 < slip.std() < 4.0
