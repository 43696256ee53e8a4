"""Where containers and points can be: what is out of place, and the way back to a place after damage."""

from __future__ import annotations

import pytest

from telemparse.formats.tcx.notes import OUTLINE
from telemparse.kernels.xml_places import is_misplaced, way_back
from telemparse.kernels.xml_scopes import Frame, Scope

ROOT = "TrainingCenterDatabase"
LAP = (ROOT, "Activities", "Activity", "Lap")


def stack(*names):
    return [Frame(name, name, Scope({"": ""}, "", set(), OUTLINE.kin)) for name in names]


@pytest.mark.parametrize(
    ("name", "names", "misplaced"),
    [
        ("Track", LAP, False),
        ("Lap", LAP, True),
        ("Trackpoint", (*LAP, "Track", "Trackpoint"), True),
        ("Track", (*LAP, "Extensions"), False),
    ],
)
def test_an_element_inside_its_like_is_out_of_place(name, names, misplaced):
    assert is_misplaced(name, OUTLINE.way(names), names, OUTLINE) is misplaced


@pytest.mark.parametrize(
    ("names", "name", "found"),
    [
        ((*LAP, "Track", "Trackpoint"), "Trackpoint", ((*LAP, "Track"), 5, 5)),
        ((ROOT, "Courses", "Course"), "Track", ((ROOT, "Courses", "Course"), 3, 3)),
        ((), "Lap", (LAP[:3], 0, 0)),
    ],
)
def test_of_several_places_the_one_counts_to_which_most_open_elements_belong(names, name, found):
    assert way_back(stack(*names), name, OUTLINE) == found
