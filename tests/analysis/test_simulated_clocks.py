"""Receiver and wheels of simulated cars are put on one clock within the bounds, sigma included."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis import match_clocks
from telemparse.testing.simulate import CIRCUITS, simulate

BOUNDS_S = [(10, 0.005), (25, 0.0012)]
DRIFTS_PPM = (0.0, 50.0, -50.0)


def on_another_clock(table, offset_s, drift_ppm):
    """Return a table whose clock is off by the offset at its first row and drifts from there on."""
    stamps = table["t"].cast(pa.int64()).to_numpy()
    drift = np.rint((stamps - stamps[0]) * drift_ppm * 1e-6).astype(np.int64)
    return table.set_column(0, "t", pa.array(stamps + round(offset_s * 1e9) + drift, table["t"].type))


def errors(track, rate_hz, seed, laps=None):
    """Return by how many seconds moved stamps of wheels are off, RMS, and in the middle in sigmas."""
    run = simulate(track, seed=seed, rate_hz=rate_hz, laps=laps)
    wheels = run.tables["channels.main"]
    moved = on_another_clock(wheels, 17.3 * (seed - 19.5), DRIFTS_PPM[seed % 3])
    match = match_clocks(run.tables["gnss_pvt"], moved)
    assert not match.uncertain
    true_ns = wheels["t"].cast(pa.int64()).to_numpy()
    off_s = (match.moved_ns(moved["t"].cast(pa.int64()).to_numpy()) - true_ns) / 1e9
    return np.sqrt(np.mean(off_s**2)), off_s[len(off_s) // 2] / match.offset_std_s


@pytest.mark.slow
@pytest.mark.parametrize(("rate_hz", "bound_s"), BOUNDS_S)
def test_wheels_and_receiver_meet_within_the_bound(rate_hz, bound_s):
    cells = {
        track: np.array([errors(track, rate_hz, seed, laps=5) for seed in range(4)])
        for track in ("rc_offroad", "kart", "car")
    }
    for track, cell in cells.items():
        assert np.sqrt(np.mean(cell[:, 0] ** 2)) < bound_s, track
    ratios = np.concatenate([cell[:, 1] for cell in cells.values()])
    assert 0.5 < np.sqrt(np.mean(ratios**2)) < 1.6


@pytest.mark.deep
@pytest.mark.parametrize(("rate_hz", "bound_s"), BOUNDS_S)
@pytest.mark.parametrize("track", CIRCUITS)
def test_forty_runs_of_each_circuit_meet_within_the_bound_and_their_sigma_is_calibrated(
    track, rate_hz, bound_s
):
    off_s, ratios = np.array([errors(track, rate_hz, seed) for seed in range(40)]).T
    assert np.sqrt(np.mean(off_s**2)) < bound_s
    assert 0.7 < np.sqrt(np.mean(ratios**2)) < 1.4
