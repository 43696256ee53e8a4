"""Lag and scale of velocities are found where there are any, with honest errors, and never made up."""

from __future__ import annotations

import numpy as np
import pytest

from moving import path_of
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.velocity_clocks import VelocityClock, velocity_clock
from telemparse.testing.simulate import Dropouts, Stationary, VelocityLag, simulate


def clock_of(path):
    return velocity_clock(path, path.step_s > path.gap_s, np.ones(len(path), np.bool_))


def lagging(lag_s, scale, *, seed, circuit="kart", receiver="m9", rate_hz=10.0, others=()):
    happening = [VelocityLag(lag_s, scale), *others]
    run = simulate(circuit, seed=seed, gnss=receiver, rate_hz=rate_hz, laps=4, disturbances=happening)
    return Path.of(run.gnss)


@pytest.mark.parametrize(
    ("lag_s", "scale"), [(0.13, 0.97), (-0.2, 1.0), (0.0, 0.97), (0.13, 1.0), (0.3, 1.1)]
)
def test_lag_and_scale_are_those_of_the_receiver(lag_s, scale):
    errors = []
    for seed in range(4):
        found = clock_of(lagging(lag_s, scale, seed=seed))
        errors.append(((found.lag_s - lag_s) / found.lag_std_s, (found.scale - scale) / found.scale_std))
        assert found.drift_m < 0.6
    assert (np.sqrt(np.mean(np.square(errors), axis=0)) < 2.0).all()


@pytest.mark.parametrize("others", [(), (Dropouts(0.05),)])
@pytest.mark.parametrize("rate_hz", [5.0, 25.0])
def test_rates_and_lost_epochs_do_not_hide_the_lag(rate_hz, others):
    path = lagging(0.13, 0.97, seed=2, rate_hz=rate_hz, others=others)
    found = clock_of(path)
    assert found.lag_s == pytest.approx(0.13, abs=0.015)
    assert found.scale == pytest.approx(0.97, abs=0.004)
    assert found.raw_drift_m > 2 * found.drift_m


def test_a_receiver_without_lag_is_told_to_have_none():
    clocks = [
        clock_of(lagging(0.0, 1.0, seed=seed, circuit=circuit, receiver=receiver))
        for circuit, receiver in (("kart", "m9"), ("rc_offroad", "m8"), ("kart", "f9_rtk"))
        for seed in range(2)
    ]
    assert {(found.lag_s, found.scale) for found in clocks} == {(0.0, 1.0)}
    assert all(found.drift_m == found.raw_drift_m for found in clocks)
    assert all(np.isfinite([found.lag_std_s, found.scale_std]).all() for found in clocks)


def test_standing_still_shows_no_lag():
    run = simulate("kart", seed=1, disturbances=[Stationary(60.0), VelocityLag(0.13, 0.97)])
    found = clock_of(Path.of(run.gnss))
    assert (found.lag_s, found.scale) == (0.0, 1.0)


def test_a_straight_drive_at_a_steady_speed_shows_no_lag():
    t_s = np.arange(300) / 10
    drawn = np.random.default_rng(1)
    place = np.stack([20 * t_s, 10 * t_s], axis=1) + drawn.normal(0, 0.03, (300, 2))
    pace = np.full((300, 2), [20.0, 10.0]) + drawn.normal(0, 0.05, (300, 2))
    found = clock_of(path_of(t_s, place, pace))
    assert (found.lag_s, found.scale) == (0.0, 1.0)
    assert found.lag_std_s > 0.05


def test_too_short_a_recording_shows_nothing():
    path = lagging(0.13, 0.97, seed=1)
    found = clock_of(path.part(slice(0, 35)))
    assert (found.lag_s, found.scale) == (0.0, 1.0)
    assert np.isnan([found.lag_std_s, found.scale_std]).all()
    assert found.drift_m == found.raw_drift_m > 0


def test_without_velocities_even_the_drift_is_unknown():
    t_s = np.arange(100) / 10
    found = clock_of(path_of(t_s, np.zeros((100, 2))))
    assert (found.lag_s, found.scale) == (0.0, 1.0)
    assert np.isnan([found.drift_m, found.raw_drift_m, found.lag_std_s]).all()


def test_wild_fixes_do_not_move_the_lag():
    path = lagging(0.13, 0.97, seed=3)
    path.position_m[np.random.default_rng(1).choice(len(path), 20, replace=False)] += 300.0
    found = clock_of(path)
    assert found.lag_s == pytest.approx(0.13, abs=0.02)
    assert found.scale == pytest.approx(0.97, abs=0.005)


def test_positions_that_may_not_be_used_are_not():
    path = lagging(0.13, 0.97, seed=3)
    spoiled = np.random.default_rng(1).random(len(path)) < 0.3
    path.position_m[spoiled] += 1000.0
    found = velocity_clock(path, path.step_s > path.gap_s, ~spoiled)
    assert found.lag_s == pytest.approx(0.13, abs=0.02)
    assert found.drift_m < 0.6


def test_what_lags_longer_than_receivers_do_is_not_followed_further():
    found = clock_of(lagging(0.9, 1.6, seed=1))
    assert -0.6 <= found.lag_s <= 0.6
    assert 0.75 <= found.scale <= 1.25
    assert found.drift_m > 1.0


def test_corrected_velocities_are_those_of_the_stamps():
    t_s = np.arange(50) / 10
    pace = np.stack([3 * t_s, 0 * t_s], axis=1)
    path = path_of(t_s, np.zeros((50, 2)), pace)
    clock = VelocityClock(lag_s=0.25, scale=0.5)
    found = clock.corrected(path, path.step_s > path.gap_s)
    assert found[5:40, 0] == pytest.approx(6 * (t_s[5:40] + 0.25))
    assert np.isnan(found[-2:]).all()
