"""A position that for a moment does not follow the velocities is found, and moves nothing."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.analysis import smooth
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.displacements import Displacements
from telemparse.analysis.smoothing.strays import stray_positions
from telemparse.testing.simulate import Gap, simulate


@pytest.fixture(scope="module")
def path():
    return Path.of(simulate("kart", seed=2, laps=2).gnss)


def strays(path):
    broken = path.step_s > path.gap_s
    return stray_positions(path, Displacements.of(path.t_s, path.velocity_mps, broken))


def with_stale(path, rows):
    position = path.position_m.copy()
    position[rows] = position[rows[0] - 1]
    return attrs.evolve(path, position_m=position)


def test_healthy_positions_follow_their_velocities(path):
    assert not strays(path).any()


def test_stale_positions_are_found_and_nothing_beside_them(path):
    stale = with_stale(path, [300, 301, 302])
    assert np.flatnonzero(strays(stale)).tolist() == [300, 301, 302]


def test_a_stale_position_does_not_bend_the_motion(path):
    stale = with_stale(path, [300, 301])
    motion = smooth(stale)
    assert motion.parameters["strays"] == 2
    assert np.abs(motion.speed_mps - smooth(path).speed_mps).max() < 0.2


def test_an_offset_that_stays_is_the_receivers_own(path):
    position = path.position_m.copy()
    position[300:] += (1.5, -1.5)
    assert not strays(attrs.evolve(path, position_m=position))[310:].any()


def test_beside_a_gap_nobody_can_tell():
    gapped = Path.of(simulate("kart", seed=2, laps=2, disturbances=[Gap(start_s=30.0, length_s=4.0)]).gnss)
    row = int(np.flatnonzero(gapped.step_s > 1)[0])
    stale = with_stale(gapped, [row - 1, row])
    assert not strays(stale).any()


def test_few_epochs_tell_nothing(path):
    assert not strays(path.part(slice(0, 8))).any()
