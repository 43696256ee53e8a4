"""What a step does to a state is the solution of Singer's equations, however short or long it is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from moving import path_of
from telemparse.analysis.smoothing.dynamics import Dynamics, dynamics_of, transitions

STEPS_S = (5e-4, 1e-3, 4e-3, 0.04, 0.1, 0.39, 0.41, 0.8, 1.0, 1.99, 2.01, 5.0, 10.0, 30.0)


def true_step(step_s, dynamics):
    """Return transition and covariance by repeated matrix exponentials (Van Loan) of a thousandth of it."""
    fade = 1 / dynamics.time_s
    drift = np.array([[0, 1, 0], [0, 0, 1], [0, 0, -fade]])
    pushed = np.zeros((3, 3))
    pushed[2, 2] = 2 * fade * dynamics.acceleration_mps2**2
    halvings = max(0, int(np.ceil(np.log2(step_s * fade))))
    both = expm(np.block([[-drift, pushed], [np.zeros((3, 3)), drift.T]]) * (step_s / 2**halvings))
    moved = both[3:, 3:].T
    spread = moved @ both[:3, 3:]
    for _doubling in range(halvings):
        spread = moved @ spread @ moved.T + spread
        moved = moved @ moved
    return moved, spread


@pytest.mark.parametrize("time_s", [0.4, 0.8, 2.0])
@pytest.mark.parametrize("step_s", STEPS_S)
def test_transitions_and_covariances_are_those_of_the_matrix_exponential(step_s, time_s):
    dynamics = Dynamics(5.0, time_s)
    (moved,), (certainty,) = transitions(np.array([step_s]), dynamics)
    exact, _spread = true_step(step_s, dynamics)
    np.testing.assert_allclose(moved, exact, rtol=1e-9, atol=1e-12)
    # A step of less than 1 ms is as uncertain as one of 1 ms, and vehicles shake by a fifth of a millimetre.
    _moved, spread = true_step(max(step_s, 1e-3), dynamics)
    spread[0, 0] += 2e-4**2
    np.testing.assert_allclose(np.linalg.inv(certainty) / spread, np.ones((3, 3)), rtol=1e-6)


@pytest.mark.parametrize("time_s", [0.4, 2.0])
def test_certainties_are_symmetric_and_positive(time_s):
    steps = np.geomspace(1e-9, 1e5, 200)
    moved, certainty = transitions(steps, Dynamics(9.0, time_s))
    assert np.isfinite(moved).all()
    size = np.sqrt(np.einsum("kii->ki", certainty))
    even = certainty / (size[:, :, None] * size[:, None, :])
    np.testing.assert_allclose(even, np.swapaxes(even, 1, 2), atol=1e-9)
    assert np.linalg.eigvalsh(even).min() > 0


def test_many_steps_are_the_same_as_one_at_a_time():
    steps = np.array(STEPS_S)
    together = transitions(steps, Dynamics())
    for row, step in enumerate(steps):
        alone = transitions(np.array([step]), Dynamics())
        np.testing.assert_allclose(together[0][row], alone[0][0])
        np.testing.assert_allclose(together[1][row], alone[1][0])


def lively(size_mps2, speed_mps, *, count=2000):
    """Return the path of a vehicle that speeds up and slows down by turns."""
    t_s = np.arange(count) / 10
    pace = np.stack([speed_mps + size_mps2 * np.sin(t_s), size_mps2 * np.cos(t_s)], axis=1)
    return path_of(t_s, np.zeros((count, 2)), pace)


def found_of(path, velocity=None):
    velocity = path.velocity_mps if velocity is None else velocity
    return dynamics_of(path, velocity, path.step_s > path.gap_s)


def test_accelerations_and_corners_are_read_from_velocities():
    found = found_of(lively(4.0, 16.0))
    assert found.acceleration_mps2 == pytest.approx(4 / np.sqrt(2), rel=0.02)
    assert found.time_s == pytest.approx(0.8, rel=0.1)


def test_a_few_wild_velocities_do_not_make_a_vehicle_lively():
    path = lively(4.0, 16.0)
    wild = path.velocity_mps.copy()
    wild[::200] += 500.0
    assert found_of(path, wild).acceleration_mps2 < 1.5 * found_of(path).acceleration_mps2


@pytest.mark.parametrize(
    ("size_mps2", "speed_mps", "expected"),
    [(0.0, 1.0, Dynamics(0.5, 0.4)), (500.0, 9000.0, Dynamics(60.0, 2.0))],
)
def test_what_no_vehicle_does_is_bounded(size_mps2, speed_mps, expected):
    assert found_of(lively(size_mps2, speed_mps)) == expected


def test_too_few_velocities_tell_nothing():
    path = lively(4.0, 16.0)
    sparse = np.where(np.arange(len(path))[:, None] % 2 == 0, path.velocity_mps, np.nan)
    assert found_of(path, sparse) == Dynamics()
    assert found_of(path.part(slice(0, 15))) == Dynamics()
