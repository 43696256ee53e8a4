"""The banded solution is the least squares it stands for, states and variances alike."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from scipy.linalg import cho_solve_banded, expm

from telemparse.analysis.smoothing.banded import STATES, Measurements, posterior
from telemparse.analysis.smoothing.dynamics import Dynamics, transitions
from telemparse.analysis.smoothing.noises import FAST_S, SLOW_S, Noise

NOISE = Noise(white_m=0.05, fast_m=0.3, slow_m=1.1, velocity_mps=0.07, wander_mps=0.03)
DYNAMICS = Dynamics(6.0, 0.7)


def measured(steps, *, seed=3, missing=(), severed=()):
    drawn = np.random.default_rng(seed)
    count = len(steps) + 1
    velocity = drawn.normal(0, 10, (count, 2))
    velocity[list(missing)] = np.nan
    cut = np.zeros(count - 1, np.bool_)
    cut[list(severed)] = True
    return Measurements(np.asarray(steps, float), drawn.normal(0, 20, (count, 2)), velocity, cut)


def dense(given, noise, dynamics, weights):
    """Return states and covariance by ordinary least squares: a row of numbers for each thing known."""
    count = len(given.step_s) + 1
    rows, right = [], []

    def say(parts, values, root):
        """Add root @ (sum of parts) = root @ values, for blocks of the unknowns."""
        row = np.zeros((len(root), count * STATES))
        for place, matrix in parts:
            row[:, place] += root @ matrix
        rows.append(row)
        right.append(root @ values)

    def at(epoch, first=0, last=STATES):
        return slice(epoch * STATES + first, epoch * STATES + last)

    nothing = np.zeros((3, 2))
    free = np.diag([1e-6, 1e-2, 1 / dynamics.acceleration_mps2])
    say([(at(0, 0, 3), np.eye(3))], nothing, free)
    for step, (span, cut) in enumerate(zip(given.step_s, given.severed, strict=True)):
        if cut:
            say([(at(step + 1, 0, 3), np.eye(3))], nothing, free)
            continue
        (moved,), (certainty,) = transitions(np.array([span]), dynamics)
        root = np.linalg.cholesky(certainty).T
        say([(at(step, 0, 3), -moved), (at(step + 1, 0, 3), np.eye(3))], nothing, root)
    for state, std, time_s in ((3, noise.fast_m, FAST_S), (4, noise.slow_m, SLOW_S)):
        one = np.eye(1)
        say([(at(0, state, state + 1), one)], np.zeros((1, 2)), one / std)
        for step, span in enumerate(given.step_s):
            kept = np.exp(-span / time_s)
            root = one / (std * np.sqrt(1 - kept**2))
            parts = [(at(step, state, state + 1), -kept * one), (at(step + 1, state, state + 1), one)]
            say(parts, np.zeros((1, 2)), root)
    pace_std = given.velocity_std_mps(noise)
    for epoch in range(count):
        seen = np.array([[1.0, 0, 0, 1, 1]])
        root = np.array([[np.sqrt(weights[0][epoch]) / noise.white_m]])
        say([(at(epoch), seen)], given.position_m[epoch : epoch + 1], root)
        if np.isfinite(given.velocity_mps[epoch, 0]):
            root = np.array([[np.sqrt(weights[1][epoch]) / pace_std[epoch]]])
            say([(at(epoch, 1, 2), np.eye(1))], given.velocity_mps[epoch : epoch + 1], root)
    matrix = np.concatenate(rows)
    scale = 1 / np.linalg.norm(matrix, axis=0)
    solution, *_rest = np.linalg.lstsq(matrix * scale, np.concatenate(right), rcond=None)
    roots = np.linalg.pinv(matrix * scale, rcond=1e-15) * scale[:, None]
    return (solution * scale[:, None]).reshape(count, STATES, 2), roots @ roots.T


CHAINS = {
    "regular": (measured([0.1] * 12), None),
    "irregular": (measured([0.1, 0.004, 0.3, 0.1, 2.0, 0.04, 0.1, 0.1]), None),
    "without some velocities": (measured([0.1] * 10, missing=(0, 3, 4, 10)), None),
    "without any velocity": (measured([0.2] * 8, missing=range(9)), None),
    "severed": (measured([0.1, 0.1, 0.1, 40.0, 0.1, 0.1, 0.1], severed=(3,)), None),
    "severed at once": (measured([40.0, 0.1, 0.1, 0.1], severed=(0,)), None),
    "positions that do not count": (measured([0.1] * 9), ([1, 0, 0, 1, 0.3, 0, 1, 1, 0, 1], [1.0] * 10)),
    "velocities that do not count": (measured([0.1] * 7), ([1.0] * 8, [0, 0.1, 1, 0, 0, 0, 1, 0])),
    "two epochs": (measured([0.1]), None),
}


@pytest.mark.parametrize("name", CHAINS)
def test_states_are_those_of_least_squares_and_so_are_variances(name):
    given, weights = CHAINS[name]
    count = len(given.step_s) + 1
    weights = (np.ones(count), np.ones(count)) if weights is None else tuple(map(np.array, weights))
    solved = posterior(given, NOISE, DYNAMICS, weights)
    states, covariance = dense(given, NOISE, DYNAMICS, weights)
    np.testing.assert_allclose(solved.states, states, rtol=1e-5, atol=1e-5)
    drawn = np.random.default_rng(5)
    for first, last in ((0, count - 1), (0, 0), (count - 1, count - 1), (count // 2, count - 1)):
        epochs = np.array([first, last])
        wanted = drawn.normal(0, 1, (2, STATES))
        row = np.zeros((count, STATES))
        np.add.at(row, epochs, wanted)
        exact = row.ravel() @ covariance @ row.ravel()
        assert solved.variance(epochs, wanted) == pytest.approx(exact, rel=1e-5)


LONG = 1600


@pytest.fixture(scope="module")
def long_chain():
    given = measured([0.1, 0.2, 0.1] * (LONG // 3))
    count = len(given.step_s) + 1
    return posterior(given, NOISE, DYNAMICS, (np.ones(count), np.ones(count)))


@pytest.mark.parametrize(
    "epochs",
    [
        (0, 1),
        (3, 4, 900, 901),
        (511, 512),
        (511, 511),
        (512, 1300),
        (20, 1597),
        (1023,),
        (1597,),
        (1596, 1597),
    ],
)
def test_a_variance_knows_all_later_epochs(long_chain, epochs):
    signs = np.resize([-1.0, -0.5, 1.0, 0.5], len(epochs))[:, None]
    wanted = signs * [1.0, 0.1, 0.0, 0.5, 0.0]
    row = np.zeros((len(long_chain.states), STATES))
    np.add.at(row, np.array(epochs), wanted)
    scaled = row.ravel() * long_chain.scale
    exact = scaled @ cho_solve_banded((long_chain.factor, True), scaled)
    assert long_chain.variance(np.array(epochs), wanted) == pytest.approx(exact, rel=1e-9)


def test_the_solution_is_that_of_a_smoother_that_filters_forwards_and_back():
    given = measured([0.1] * 60)
    weights = (np.ones(61), np.ones(61))
    states = posterior(given, NOISE, DYNAMICS, weights).states
    np.testing.assert_allclose(states, smoothed(given), rtol=1e-6, atol=1e-6)


def smoothed(given):
    """Return the states by Rauch, Tung and Striebel, with a process noise of their own making."""
    fade, span = 1 / DYNAMICS.time_s, float(given.step_s[0])
    drift = np.array([[0, 1, 0], [0, 0, 1], [0, 0, -fade]])
    pushed = np.zeros((3, 3))
    pushed[2, 2] = 2 * fade * DYNAMICS.acceleration_mps2**2
    both = expm(np.block([[-drift, pushed], [np.zeros((3, 3)), drift.T]]) * span)
    move, push = np.eye(STATES), np.zeros((STATES, STATES))
    move[:3, :3] = both[3:, 3:].T
    push[:3, :3] = move[:3, :3] @ both[:3, 3:]
    push[0, 0] += 2e-4**2
    for state, std, time_s in ((3, NOISE.fast_m, FAST_S), (4, NOISE.slow_m, SLOW_S)):
        move[state, state] = np.exp(-span / time_s)
        push[state, state] = std**2 * (1 - move[state, state] ** 2)
    look = np.array([[1.0, 0, 0, 1, 1], [0, 1, 0, 0, 0]])
    doubt = np.diag([NOISE.white_m**2, given.velocity_std_mps(NOISE)[0] ** 2])
    state = np.zeros((STATES, 2))
    spread = np.diag([1e12, 1e4, DYNAMICS.acceleration_mps2**2, NOISE.fast_m**2, NOISE.slow_m**2])
    before, after = [], []
    for place, pace in zip(given.position_m, given.velocity_mps, strict=True):
        before.append((state, spread))
        gain = spread @ look.T @ np.linalg.inv(look @ spread @ look.T + doubt)
        state = state + gain @ (np.stack([place, pace]) - look @ state)
        rest = np.eye(STATES) - gain @ look
        spread = rest @ spread @ rest.T + gain @ doubt @ gain.T
        after.append((state, spread))
        state, spread = move @ state, move @ spread @ move.T + push
    found = [after[-1][0]]
    for (state, spread), (told, told_spread) in zip(after[-2::-1], before[:0:-1], strict=True):
        found.append(state + spread @ move.T @ np.linalg.solve(told_spread, found[-1] - told))
    return np.stack(found[::-1])


@pytest.mark.parametrize("rate_hz", [25.0, 100.0, 250.0, 1000.0])
def test_fast_receivers_lose_no_digits_that_matter(rate_hz):
    t_s = np.arange(6000) / rate_hz
    turn = t_s * 2 * np.pi / 60
    place = 1000 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    pace = 1000 * 2 * np.pi / 60 * np.stack([-np.sin(turn), np.cos(turn)], axis=1)
    given = Measurements(np.diff(t_s), place, pace, np.zeros(5999, np.bool_))
    states = posterior(given, Noise(), Dynamics(), (np.ones(6000), np.ones(6000))).states
    off = states[:, 0] - place
    assert np.abs(off - off.mean(axis=0)).max() < 0.01
    assert np.abs(off).max() < 0.1


@pytest.mark.parametrize("span", [1e-9, 1e-4, 29.9])
def test_steps_of_any_length_keep_the_system_solvable(span):
    steps = np.full(400, 0.1)
    steps[::7] = span
    count = 401
    t_s = np.concatenate([[0.0], np.cumsum(steps)])
    place = np.stack([20 * t_s, 5 * np.sin(t_s / 3)], axis=1)
    pace = np.stack([np.full(count, 20.0), 5 / 3 * np.cos(t_s / 3)], axis=1)
    given = Measurements(steps, place - place.mean(axis=0), pace, np.zeros(400, np.bool_))
    solved = posterior(given, NOISE, DYNAMICS, (np.ones(count), np.ones(count)))
    assert np.isfinite(solved.states).all()
    seen = solved.states[:, [0, 3, 4]].sum(axis=1)
    assert np.abs(seen - given.position_m).max() < 0.1
    assert 0 < solved.variance(np.array([10, 300]), np.eye(STATES)[[0, 0]]) < 100


def test_all_that_is_known_of_a_severed_part_stays_on_its_side():
    given = measured([0.1] * 5 + [60.0] + [0.1] * 5, severed=(5,))
    far = given.position_m.copy()
    far[6:] += 1000.0
    weights = (np.ones(12), np.ones(12))
    noise = attrs.evolve(NOISE, slow_m=1e-3, fast_m=1e-3)
    here, there = (
        posterior(each, noise, DYNAMICS, weights).states
        for each in (given, attrs.evolve(given, position_m=far))
    )
    np.testing.assert_allclose(here[:6, :3], there[:6, :3], atol=1e-3)
    np.testing.assert_allclose(here[6:, 0] + 1000.0, there[6:, 0], atol=1e-3)


def test_velocities_are_as_sure_as_steps_of_a_usual_length_make_them():
    given = measured([1e-6, 0.1, 50.0])
    known = given.velocity_std_mps(NOISE)
    assert known == pytest.approx(NOISE.velocity_std_mps(np.array([1e-3, 1e-3, 0.1, 1.0])))
