"""The noise of a receiver is found in its own recording, and never said to be less than receivers have."""

from __future__ import annotations

import numpy as np
import pytest

from moving import path_of, replaced
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.displacements import Displacements, lies_close
from telemparse.analysis.smoothing.noises import FAST_S, SLOW_S, Noise, assumed, noise_of
from telemparse.analysis.smoothing.velocity_clocks import velocity_clock
from telemparse.testing.simulate import RECEIVERS, Dropouts, VelocityLag, simulate

FLOORS = {"white_m": 3e-3, "fast_m": 3e-3, "slow_m": 3e-3, "velocity_mps": 2e-3, "wander_mps": 8e-4}


def found_of(path, good=None):
    moved = Displacements.of(path.t_s, path.velocity_mps, path.step_s > path.gap_s)
    return noise_of(path, moved, np.ones(len(path), np.bool_) if good is None else good)


def unstated(table):
    """Return a table whose receiver says nothing of how good it is."""
    return replaced(table, hacc_m=[None] * table.num_rows, fix_type=[None] * table.num_rows)


@pytest.mark.parametrize("rate_hz", [10.0, pytest.param(25.0, marks=pytest.mark.slow)])
@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("receiver", ["m8", "m9", "f9_rtk"])
def test_the_noise_of_simulated_receivers_is_found_within_a_factor(receiver, stated, rate_hz):
    true = RECEIVERS[receiver]
    found = []
    for seed in range(4):
        table = simulate("kart", seed=seed, gnss=receiver, rate_hz=rate_hz).gnss
        found.append(found_of(Path.of(table if stated else unstated(table))))
    typical = {name: np.median([getattr(each, name) for each in found]) for name in FLOORS}
    assert {each.exact for each in found} == {receiver == "f9_rtk"}
    assert all(each.measured for each in found)
    assert 0.6 < typical["white_m"] / true.white_m < 1.7
    assert 0.4 < typical["fast_m"] / true.fast_m < 2.5
    assert 0.4 < typical["slow_m"] / true.slow_m < 3.5
    assert 0.5 < typical["velocity_mps"] / true.white_mps < 2.0


@pytest.mark.parametrize("hacc_m", [None, 0.0, 1e-9, 0.014, 1.0, 500.0])
@pytest.mark.parametrize("receiver", ["perfect", "m9"])
def test_no_noise_is_less_than_receivers_have(receiver, hacc_m):
    table = simulate("kart", seed=1, laps=2, gnss=receiver).gnss
    path = Path.of(replaced(table, hacc_m=[hacc_m] * table.num_rows))
    for found in (found_of(path), assumed(path)):
        for name, floor in FLOORS.items():
            assert np.isfinite(getattr(found, name))
            assert getattr(found, name) >= floor, name


def test_slow_drift_of_an_exact_receiver_is_not_taken_for_errors_larger_than_it_states():
    # Over a few laps the two look alike; which it is decides whether velocities or positions are believed.
    late = [VelocityLag(lag_s=0.13, scale=0.97), Dropouts(share=0.05)]
    table = simulate("kart", seed=33, gnss="f9_rtk", disturbances=late, phase_s=None).gnss
    path = Path.of(table)
    broken = path.step_s > path.gap_s
    good = np.ones(len(path), np.bool_)
    clock = velocity_clock(path, broken, good)
    near = lies_close(path.t_s, clock.lag_s)[:, None]
    moved = Displacements.of(path.t_s, np.where(near, clock.corrected(path, broken), np.nan), broken)
    loose = noise_of(Path.of(unstated(table)), moved, good)
    true, stated = RECEIVERS["f9_rtk"], noise_of(path, moved, good)
    assert stated.fast_m <= 1.1 * true.hacc_m < loose.fast_m
    assert stated.exact


def test_a_receiver_that_states_far_too_small_an_error_is_not_believed():
    table = simulate("kart", seed=1, gnss="m9").gnss
    found = found_of(Path.of(replaced(table, hacc_m=[0.01] * table.num_rows)))
    assert found.fast_m > 0.5 * RECEIVERS["m9"].fast_m


def test_a_receiver_that_states_no_error_is_not_taken_for_an_exact_one():
    table = simulate("kart", seed=1, gnss="m9").gnss
    silent, zero = (
        found_of(Path.of(replaced(table, hacc_m=[value] * table.num_rows))) for value in (None, 0.0)
    )
    assert zero == silent
    assert not zero.exact


def test_a_recording_too_short_to_show_noise_is_taken_for_a_usual_one():
    path = Path.of(simulate("kart", seed=1, gnss="m9").gnss).part(slice(0, 15))
    found = found_of(path)
    assert not found.measured
    assert found == assumed(path)


def test_a_recording_of_some_seconds_shows_its_white_noise():
    path = Path.of(simulate("kart", seed=1, gnss="m8").gnss).part(slice(300, 345))
    assert 0.02 < found_of(path).white_m < 0.12


def test_a_path_that_is_broken_everywhere_shows_nothing():
    t_s = np.arange(60) * 5.0
    path = path_of(t_s, np.zeros((60, 2)), np.zeros((60, 2)))
    moved = Displacements.of(t_s, path.velocity_mps, np.ones(59, np.bool_))
    assert noise_of(path, moved, np.ones(60, np.bool_)) == Noise()


def test_positions_that_may_not_be_used_do_not_count():
    path = Path.of(simulate("kart", seed=1).gnss)
    bad = np.arange(len(path)) % 3 == 0
    path.position_m[bad] += np.random.default_rng(1).normal(0, 50, (int(bad.sum()), 2))
    assert found_of(path, ~bad).white_m < 0.06
    assert not found_of(path, np.zeros(len(path), np.bool_)).measured


def test_a_usual_receiver_is_scaled_to_what_it_says():
    t_s, place = np.arange(10.0), np.zeros((10, 2))
    assert assumed(path_of(t_s, place)) == Noise()
    poor, good = (assumed(path_of(t_s, place, hacc_m=hacc)) for hacc in (4.8, 0.012))
    assert (poor.slow_m, poor.fast_m, poor.white_m) == pytest.approx((4.8, 1.0, 0.16))
    assert (good.slow_m, good.fast_m, good.white_m) == pytest.approx((0.012, 3e-3, 5e-3))


def test_wandering_velocities_count_the_more_the_shorter_the_steps():
    noise = Noise(velocity_mps=0.05, wander_mps=0.02)
    step_s = np.array([0.04, 0.1, 1.0])
    per_second = noise.velocity_std_mps(step_s) ** 2 * step_s
    assert per_second == pytest.approx(0.05**2 * step_s + 2 * 0.02**2)


def test_errors_of_positions_forget_each_other():
    noise = Noise(fast_m=0.3, slow_m=1.0)
    lags = np.array([0.0, FAST_S, -FAST_S, 100 * SLOW_S])
    near = 0.09 / np.e + np.exp(-FAST_S / SLOW_S)
    assert noise.covariance_m2(lags) == pytest.approx([1.09, near, near, 0.0])
