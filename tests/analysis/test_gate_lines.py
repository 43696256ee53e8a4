"""A gate becomes a bounded line whose direction of travel is that of its own place on Earth."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.analysis.gate_lines import GateLine, gate_across
from telemparse.errors import CallError
from telemparse.kernels.local_frame import LocalFrame
from telemparse.model.gates import Gate, GateKind

FRAME = LocalFrame(-21.0, -12.0, 100.0)
PLACES = st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)).map(np.array)


@given(
    st.tuples(st.floats(-90, 90), st.floats(-180, 179.9)), PLACES, st.floats(0, 2 * np.pi), st.floats(0.5, 50)
)
def test_a_gate_and_its_line_are_the_same_anywhere_on_earth(origin, place, angle, half_m):
    frame = LocalFrame(*origin, 50.0)
    ahead = np.array([np.cos(angle), np.sin(angle)])
    gate = gate_across(frame, place, 7 * ahead, half_m=half_m, name="Line", kind=GateKind.SECTOR)
    line = GateLine.of(gate, frame)
    assert (gate.name, gate.kind, gate.source) == ("Line", GateKind.SECTOR, "auto_detected")
    np.testing.assert_allclose(line.middle_m, place, atol=1e-5)
    np.testing.assert_allclose(line.normal, ahead, atol=1e-5)
    assert line.half_m == pytest.approx(half_m, rel=1e-5)
    assert line.directed
    assert line.distance_m(place + 3 * ahead) == pytest.approx(3, abs=1e-3)
    assert abs(line.offset_m(place + 3 * ahead)) < 1e-3


@pytest.mark.parametrize("course_deg", [0.0, 90.0, 180.0, 270.0, 359.9])
def test_the_direction_is_the_course_and_not_the_order_of_the_ends(course_deg):
    course = np.radians(course_deg)
    ahead = np.array([np.sin(course), np.cos(course)])
    gate = gate_across(FRAME, np.zeros(2), ahead, half_m=5.0)
    swapped = attrs.evolve(
        gate, lat1_deg=gate.lat2_deg, lon1_deg=gate.lon2_deg, lat2_deg=gate.lat1_deg, lon2_deg=gate.lon1_deg
    )
    for each in (gate, swapped):
        np.testing.assert_allclose(GateLine.of(each, FRAME).normal, ahead, atol=1e-6)
    assert gate.course_deg == pytest.approx(course_deg, abs=1e-6)


def test_a_course_of_360_degrees_is_one_of_0():
    gate = gate_across(FRAME, np.zeros(2), np.array([-1e-18, 1.0]), half_m=5.0)
    assert gate.course_deg == 0.0


def test_a_line_turned_round_counts_the_other_way():
    line = GateLine.of(
        attrs.evolve(gate_across(FRAME, np.zeros(2), (0, 1), half_m=5.0), course_deg=None), FRAME
    )
    back = line.reversed()
    place = np.array([[1.0, 4.0], [2.0, -3.0]])
    assert not line.directed
    np.testing.assert_allclose(back.distance_m(place), -line.distance_m(place))
    np.testing.assert_allclose(back.offset_m(place), line.offset_m(place))


def test_two_ends_in_one_place_are_no_line():
    point = Gate(GateKind.START_FINISH, "Here", 1.0, 2.0, 1.0, 2.0)
    with pytest.raises(CallError, match="'Here' has no length"):
        GateLine.of(point, FRAME)
