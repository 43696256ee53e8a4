"""Gates and tracks refuse what cannot lie on the earth."""

from __future__ import annotations

import math

import pytest

from telemparse.model.gates import Gate, GateKind, Track

LINE = {"lat1_deg": 1.0, "lon1_deg": 2.0, "lat2_deg": 1.1, "lon2_deg": 2.1}


def test_a_gate_is_a_line_with_a_kind_a_course_a_source_and_its_raw_values():
    gate = Gate("start_finish", "S/F", **LINE, course_deg=359.9, source="user_defined", raw={"x": 1})

    assert gate.kind is GateKind.START_FINISH
    assert (gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg) == (1.0, 2.0, 1.1, 2.1)
    assert (gate.course_deg, gate.source, gate.raw) == (359.9, "user_defined", {"x": 1})


def test_the_kinds_are_start_finish_sector_and_the_two_ends_of_the_pits():
    assert [str(kind) for kind in GateKind] == ["start_finish", "sector", "pit_in", "pit_out"]


@pytest.mark.parametrize("field", ["lat1_deg", "lat2_deg"])
@pytest.mark.parametrize("value", [-90.0, 90.0])
def test_a_gate_may_touch_the_poles(field, value):
    assert getattr(Gate("sector", "1", **{**LINE, field: value}), field) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat1_deg", 90.1), ("lat2_deg", -90.1), ("lon1_deg", 180.0), ("lon2_deg", -180.1),
        ("lat1_deg", math.nan), ("lon2_deg", math.inf), ("course_deg", 360.0), ("course_deg", -0.1),
        ("course_deg", math.nan), ("source", "hearsay"), ("kind", "turnstile"),
    ],
)  # fmt: skip
def test_a_gate_refuses_what_cannot_be(field, value):
    fields = {"kind": "sector", "name": "1", **LINE, field: value}

    with pytest.raises(ValueError, match=field if field != "kind" else "turnstile"):
        Gate(**fields)


def test_a_longitude_may_be_minus_180_but_not_180():
    assert Gate("sector", "1", **{**LINE, "lon1_deg": -180.0}).lon1_deg == -180.0


def test_a_track_holds_its_gates_and_sectors_in_order():
    line, first, second = (Gate("sector", name, **LINE) for name in "abc")
    track = Track("Kart", [line], [first, second], reference="survey")

    assert track.gates == (line,)
    assert track.sectors == (first, second)
    assert track.reference == "survey"


def test_gates_and_tracks_are_frozen_values():
    assert Track("Kart", (Gate("sector", "1", **LINE),)) == Track("Kart", (Gate("sector", "1", **LINE),))
    with pytest.raises(AttributeError):
        Track("Kart").name = "Other"
