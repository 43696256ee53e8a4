"""Rotations: matrices and vectors say the same, and a vehicle's angles have the signs of the stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from telemparse.analysis.fusion.rotations import (
    about_up,
    angles_of,
    crossing,
    turned_by,
    vector_of,
    wrapped,
)

VECTORS = st.tuples(*[st.floats(-1.7, 1.7)] * 3)


@given(VECTORS)
def test_a_vector_turns_as_scipy_says_and_comes_back(vector):
    found = turned_by(np.array([vector]))
    np.testing.assert_allclose(found[0], Rotation.from_rotvec(vector).as_matrix(), atol=1e-12)
    np.testing.assert_allclose(vector_of(found)[0], vector, atol=1e-7)


@given(VECTORS, VECTORS)
def test_crossing_is_the_cross_product(first, second):
    np.testing.assert_allclose(crossing(np.array(first)) @ second, np.cross(first, second), atol=1e-12)


def test_the_smallest_turns_keep_their_digits():
    vectors = np.array([[1e-9, -2e-9, 3e-9], [0.0, 0.0, 0.0], [9e-5, 0.0, 0.0], [1.1e-4, 0.0, 0.0]])
    np.testing.assert_allclose(vector_of(turned_by(vectors)), vectors, rtol=1e-6, atol=1e-15)


@pytest.mark.parametrize(
    ("axis", "turn", "angles"),
    [
        ((0, 0, 1), 0.3, (0.3, 0.0, 0.0)),
        ((0, 1, 0), 0.2, (0.0, -0.2, 0.0)),  # about the left the nose goes down
        ((1, 0, 0), 0.1, (0.0, 0.0, 0.1)),  # about the nose the right side goes down
    ],
)
def test_yaw_pitch_and_roll_have_the_signs_of_the_stream(axis, turn, angles):
    attitude = turned_by(np.array([axis]) * turn)
    assert [each[0] for each in angles_of(attitude)] == pytest.approx(angles)


def test_yaw_is_counter_clockwise_from_east():
    yaw, pitch, roll = angles_of(about_up(np.array([2.5, -1.0])))
    np.testing.assert_allclose(yaw, [2.5, -1.0])
    np.testing.assert_allclose([pitch, roll], 0.0, atol=1e-12)


def test_angles_are_wrapped_to_half_a_turn():
    np.testing.assert_allclose(wrapped(np.array([4.0, -4.0, 0.5])), [4 - 2 * np.pi, 2 * np.pi - 4, 0.5])
