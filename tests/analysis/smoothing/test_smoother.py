"""Whatever a recording is like, its motion has numbers everywhere and says how it came to be."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from moving import path_of, replaced
from telemparse.analysis.motions import Method
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.smoother import Fallback, measured, smooth
from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view
from telemparse.testing.simulate import (
    Dropouts,
    Gap,
    Jitter,
    NoVelocity,
    Parking,
    Stationary,
    Stints,
    Teleports,
    VelocityLag,
    Withheld,
    simulate,
)

KART = simulate("kart", seed=1, laps=3)


def whole(motion):
    """Return a motion after a look that all its numbers are numbers, and its parameters JSON."""
    for values in (motion.position_m, motion.velocity_mps, motion.acceleration_mps2, motion.apparent_m):
        assert values.shape == (len(motion), 2)
        assert np.isfinite(values).all()
    assert motion.broken.shape == (len(motion) - 1,)
    json.dumps(motion.parameters, allow_nan=False)
    return motion


def test_the_smoothed_motion_is_nearer_to_the_truth_than_the_measured_one():
    path = Path.of(KART.gnss, frame=KART.frame)
    truth = KART.truth.at(path.t_ns)
    motion = whole(smooth(path))
    assert motion.method is Method.SMOOTHED
    assert "fallback" not in motion.parameters
    off = motion.velocity_mps - truth.velocity_mps
    raw = path.velocity_mps - truth.velocity_mps
    assert np.sqrt((off**2).mean()) < 0.9 * np.sqrt((raw**2).mean())
    pushed = motion.acceleration_mps2 - truth.acceleration_mps2
    assert np.sqrt((pushed**2).mean()) < 0.25 * np.sqrt((truth.acceleration_mps2**2).mean())
    moved = np.diff(motion.position_m - truth.position_m, axis=0)
    assert np.sqrt((moved**2).mean()) < 0.3 * np.sqrt(
        (np.diff(path.position_m - truth.position_m, axis=0) ** 2).mean()
    )


@pytest.mark.parametrize(
    "happening",
    [
        [Gap(60, 5)],
        [Gap(60, 100)],
        [Dropouts(0.3)],
        [Jitter(0.02)],
        [Teleports(20)],
        [VelocityLag(0.13, 0.97), Dropouts(0.05)],
        [Stints(2, parking=Parking.SILENT)],
        [Stationary(60)],
        [NoVelocity()],
        [NoVelocity(Withheld.COURSE)],
    ],
    ids=lambda happening: "-".join(type(each).__name__ for each in happening),
)
def test_nothing_that_happens_leaves_holes_in_a_motion(happening):
    table = simulate("kart", seed=2, laps=3, disturbances=happening).gnss
    smoothed, straight = whole(smooth(table)), whole(measured(Path.of(table)))
    assert straight.method is Method.LINEAR
    assert straight.parameters["fallback"] == Fallback.ASKED
    known = not isinstance(happening[0], NoVelocity)
    assert (smoothed.method is Method.SMOOTHED) == known
    assert smoothed.parameters.get("fallback") == (None if known else Fallback.NO_VELOCITY)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 20, 29, 30, 31, 45])
def test_recordings_of_any_length_have_a_motion(rows):
    table = KART.gnss.slice(300, rows)
    for motion in (whole(smooth(table)), whole(measured(Path.of(table)))):
        assert len(motion) == rows
    fallback = smooth(table).parameters.get("fallback")
    assert fallback == (Fallback.FEW if rows < 30 else Fallback.GAPS if rows < 31 else None)


@pytest.mark.parametrize("rate_hz", [1.0, 1.9])
def test_slow_recordings_are_not_smoothed(rate_hz):
    motion = whole(smooth(simulate("kart", seed=1, laps=2, rate_hz=rate_hz).gnss))
    assert motion.parameters["fallback"] == Fallback.SLOW
    assert motion.parameters["noise"]["measured"]


def test_two_fixes_a_second_are_enough():
    assert smooth(simulate("car", seed=1, laps=2, rate_hz=2.0).gnss).method is Method.SMOOTHED


def test_velocities_of_another_drive_are_not_believed():
    other = simulate("kart", seed=1, laps=3, rotation_deg=90)
    table = replaced(
        KART.gnss,
        vel_n_mps=other.gnss["vel_n_mps"].to_pylist(),
        vel_e_mps=other.gnss["vel_e_mps"].to_pylist(),
    )
    motion = whole(smooth(table))
    assert motion.method is Method.LINEAR
    assert motion.parameters["fallback"] == Fallback.DRIFT
    assert motion.parameters["velocity_clock"]["drift_m"] > 5


def test_stretches_too_short_to_compare_are_no_contradiction():
    path = Path.of(KART.gnss)
    motion = whole(smooth(path.part(np.arange(len(path)) % 40 < 20)))
    assert motion.method is Method.LINEAR
    assert motion.parameters["fallback"] == Fallback.GAPS
    assert motion.parameters["velocity_clock"]["drift_m"] is None


def test_poor_positions_may_drift_as_far_as_they_say():
    path = Path.of(KART.gnss)
    blurred = path.position_m + np.random.default_rng(1).normal(0, 1.2, path.position_m.shape)
    sure, unsure = (
        smooth(path_of(path.t_s, blurred, path.velocity_mps, hacc_m=hacc)) for hacc in (0.5, 20.0)
    )
    assert sure.parameters["fallback"] == Fallback.DRIFT
    assert unsure.method is Method.SMOOTHED


def test_jumps_do_not_pull_the_smoothed_motion_and_are_left_out_of_the_measured_one():
    path = Path.of(KART.gnss)
    wild = path.position_m.copy()
    wild[[200, 500, 800]] += 150.0
    table = path_of(path.t_s, wild, path.velocity_mps, hacc_m=1.0)
    calm, spoiled = smooth(path_of(path.t_s, path.position_m, path.velocity_mps, hacc_m=1.0)), smooth(table)
    assert spoiled.parameters["teleports"] == 3
    assert np.abs(spoiled.position_m - calm.position_m).max() < 0.1
    straight = whole(measured(table))
    assert len(straight) == len(path) - 3
    assert straight.parameters["teleports"] == 3


def test_places_all_over_the_earth_have_a_motion():
    drawn = np.random.default_rng(1)
    count = KART.gnss.num_rows
    table = replaced(
        KART.gnss, lat_deg=drawn.uniform(-80, 80, count), lon_deg=drawn.uniform(-179, 179, count)
    )
    motion = whole(smooth(table))
    assert motion.method is Method.LINEAR
    assert motion.parameters["fallback"] == Fallback.DRIFT


def test_standing_still_is_no_motion():
    motion = whole(smooth(simulate("kart", seed=1, disturbances=[Stationary(60)]).gnss))
    assert motion.speed_mps.max() < 0.3


def test_rows_of_equal_time_count_once():
    rows = np.sort(np.concatenate([np.arange(KART.gnss.num_rows), np.arange(0, 900, 3)]))
    once, twice = smooth(KART.gnss), smooth(KART.gnss.take(pa.array(rows)))
    np.testing.assert_array_equal(twice.position_m, once.position_m)
    assert twice.parameters == once.parameters


def test_exact_positions_do_without_velocities_from_between_lost_epochs():
    run = simulate("rc_offroad", seed=1, gnss="f9_rtk", disturbances=[VelocityLag(0.13), Dropouts(0.05)])
    path = Path.of(run.gnss, frame=run.frame)
    motion = whole(smooth(path))
    assert motion.parameters["noise"]["exact"]
    assert motion.parameters["velocity_clock"]["lag_s"] == pytest.approx(0.13, abs=0.005)
    off = motion.position_m - run.truth.at(path.t_ns).position_m
    assert np.sqrt((off**2).mean()) < 0.02


def test_a_gap_of_minutes_begins_the_motion_anew():
    t_ns = numpy_view(KART.gnss["t"]).astype(np.int64)
    later = np.where(np.arange(len(t_ns)) >= 600, t_ns + 10**12, t_ns)
    once, parted = smooth(KART.gnss), smooth(replaced(KART.gnss, t=later))
    assert parted.broken.sum() == 1
    assert np.abs(parted.velocity_mps - once.velocity_mps).max() < 0.2


def test_a_recording_without_positions_is_refused():
    with pytest.raises(CallError, match="no rows"):
        smooth(KART.gnss.slice(0, 0))
    with pytest.raises(CallError, match="lat_deg"):
        smooth(KART.gnss.drop_columns(["lat_deg"]))
