"""Laps of a simulated kart, with what belongs to them, for all plots."""

from __future__ import annotations

import pytest

from telemparse.analysis import compare_laps, find_laps, find_segments
from telemparse.testing.simulate import Gap, simulate


@pytest.fixture(scope="session")
def run():
    return simulate("kart", seed=3, laps=4, gnss="m9", rate_hz=10, imu=6, disturbances=[Gap(120.0, 3.0)])


@pytest.fixture(scope="session")
def laps(run):
    return find_laps(run.gnss, track=run.track)


@pytest.fixture(scope="session")
def comparison(laps):
    return compare_laps(laps)


@pytest.fixture(scope="session")
def segments(laps):
    return find_segments(laps)
