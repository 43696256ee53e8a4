"""The sigmas of times between crossings are those that noise of the said size makes."""

from __future__ import annotations

import numpy as np
import pytest

from moving import path_of
from telemparse.analysis import find_laps
from telemparse.analysis.smoothing.noises import FAST_S, SLOW_S, Noise
from telemparse.analysis.smoothing.spreads import Moment, PositionSpread
from telemparse.testing.simulate import simulate

NORTH = np.array([0.0, 1.0])


def wandering(drawn, count, step_s, sigma, time_s):
    kept = np.exp(-step_s / time_s)
    pushes = drawn.standard_normal(count) * sigma * np.sqrt(1 - kept**2)
    pushes[0] = drawn.normal(0, sigma)
    found = np.empty(count)
    found[0] = pushes[0]
    for row in range(1, count):
        found[row] = kept * found[row - 1] + pushes[row]
    return found


@pytest.mark.parametrize("apart_s", [5, 40, 200])
def test_the_sigma_of_straight_lines_is_that_of_many_drives(apart_s):
    noise = Noise(white_m=0.1, fast_m=0.3, slow_m=0.8)
    drawn = np.random.default_rng(7)
    count = apart_s + 2
    errors = []
    for _drive in range(600):
        off = wandering(drawn, count, 1.0, 0.3, FAST_S) + wandering(drawn, count, 1.0, 0.8, SLOW_S)
        off = off + drawn.normal(0, 0.1, count)
        start, end = 0.7 * off[0] + 0.3 * off[1], 0.7 * off[-2] + 0.3 * off[-1]
        errors.append((start - end) / 20.0)
    path = path_of(np.arange(count, dtype=float), np.zeros((count, 2)))
    spread = PositionSpread(path, noise, 0.0)
    said = spread.duration_std_s(Moment(0, 0.3, 20.0, NORTH), Moment(count - 2, 0.3, 20.0, NORTH))
    assert said == pytest.approx(np.std(errors), rel=0.1)


def test_slower_crossings_are_less_sure():
    spread = PositionSpread(path_of(np.arange(90.0), np.zeros((90, 2))), Noise(), 3.0)
    fast, slow = (
        spread.duration_std_s(Moment(0, 0.5, pace, NORTH), Moment(60, 0.5, pace, NORTH))
        for pace in (40.0, 4.0)
    )
    assert slow == pytest.approx(10 * fast)


def test_straight_lines_cut_corners_where_the_vehicle_speeds_up():
    t_s = np.arange(90.0)
    still = Noise(white_m=0.0, fast_m=0.0, slow_m=0.0)
    place = np.zeros((90, 2))
    even, lively = (
        PositionSpread(path_of(t_s, place, np.stack([0 * t_s, rate * t_s], axis=1)), still, 99.0)
        for rate in (0.0, 8.0)
    )
    at = (Moment(0, 0.5, 10.0, NORTH), Moment(60, 0.0, 10.0, NORTH))
    assert even.duration_std_s(*at) == 0.0
    # Half-way, a t (T - t) / 2 is an eighth of 8 m/s2 times 1 s2.
    assert lively.duration_std_s(*at) == pytest.approx(0.1)


def test_without_measured_velocities_the_usual_acceleration_counts():
    still = Noise(white_m=0.0, fast_m=0.0, slow_m=0.0)
    spread = PositionSpread(path_of(np.arange(90.0), np.zeros((90, 2))), still, 4.0)
    at = (Moment(0, 0.5, 10.0, NORTH), Moment(60, 0.0, 10.0, NORTH))
    assert spread.duration_std_s(*at) == pytest.approx(0.05)


def test_a_crossing_at_the_last_epoch_has_a_sigma():
    spread = PositionSpread(path_of(np.arange(9.0), np.zeros((9, 2))), Noise(), 4.0)
    assert 0 < spread.duration_std_s(Moment(0, 0.0, 9.0, NORTH), Moment(8, 0.0, 9.0, NORTH)) < 1


@pytest.mark.slow
@pytest.mark.parametrize("method", ["smoothed", "linear"])
@pytest.mark.parametrize(("circuit", "receiver"), [("rc_offroad", "m9"), ("kart", "m8"), ("kart", "f9_rtk")])
def test_sigmas_of_lap_times_are_what_laps_are_off_by(circuit, receiver, method):
    off = []
    for seed in range(6):
        run = simulate(circuit, seed=seed, gnss=receiver)
        laps = find_laps(run.gnss, run.gate, method=method).table.to_pandas()
        laps = laps[laps.validity == "VALID"]
        off.append((laps.duration_ns / 1e9 - run.lap_times_s) / laps.duration_std_s)
    assert 0.6 < np.sqrt(np.mean(np.concatenate(off) ** 2)) < 1.5
