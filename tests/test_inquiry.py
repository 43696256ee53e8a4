"""Asking: who gets an artifact, who is asked at all, and what is said when nobody does."""

from __future__ import annotations

import gzip

import pytest

from telemparse.inquiry import Inquiry, preference
from telemparse.model.artifacts import Artifact
from telemparse.model.detection import HEAD_BYTES, Detection, Rung
from telemparse.model.options import ParseOptions
from toys import catalog, seeing, toy

NO, NAME, SHAPE, MARKER, SIGNATURE = Rung


def asking(*toys, **options):
    return Inquiry(ParseOptions(**options), catalog(*toys))


def takers(inquiry, content, name="ride.x"):
    """Return who gets the artifact, or what it wraps."""
    return [candidate.parser_id for _opened, candidate in inquiry.settle(Artifact.from_bytes(content, name))]


# --- what is asked about at all -----------------------------------------------------------------


@pytest.mark.parametrize(("size", "is_read"), [(999, True), (1000, True), (1001, False)])
def test_max_bytes_is_the_largest_file_that_is_read(size, is_read):
    inquiry = asking(toy("a"), max_bytes=1000)

    assert takers(inquiry, b"x" * size) == (["a"] if is_read else [])
    assert [issue.code for issue in inquiry.issues] == ([] if is_read else ["ARTIFACT_TOO_LARGE"])


@pytest.mark.parametrize("size", [HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1])
def test_padding_is_told_from_data_at_the_end_of_the_head(size):
    empty, full = asking(toy("a")), asking(toy("a"))

    assert takers(empty, b"\0" * size) == []
    assert [issue.code for issue in empty.issues] == ["ARTIFACT_EMPTY"]
    assert takers(full, b"\0" * (size - 1) + b"x") == ["a"]


# --- who is asked -------------------------------------------------------------------------------


def test_one_who_is_certain_ends_the_asking_even_when_no_magic_greets():
    asked = []

    def second(_sniffs):
        asked.append("b")
        return Detection(SIGNATURE)

    assert takers(asking(toy("a", SIGNATURE), toy("b", second)), b"x") == ["a"]
    assert asked == []


def test_a_specialist_is_asked_after_one_who_is_certain_and_the_others_between_are_not():
    asked = []

    def noting(name, rung):
        def detect(_sniffs):
            asked.append(name)
            return Detection(rung)

        return detect

    inquiry = asking(
        toy("a", noting("a", SIGNATURE)),
        toy("b", noting("b", MARKER)),
        toy("c", noting("c", MARKER), specializes=("a",)),
    )

    assert takers(inquiry, b"x") == ["c"]
    assert asked == ["a", "c"]


# --- wrappers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rung", "threshold", "taker"),
    [(NAME, 0.5, "inner"), (SHAPE, 0.5, "outer"), (SHAPE, 0.6, "inner"), (MARKER, 0.5, "outer")],
)
def test_a_wrapper_goes_unopened_to_a_card_that_reaches_the_threshold_with_it(rung, threshold, taker):
    outer = toy("outer", rung, extensions=(".xrz",))
    inquiry = asking(outer, toy("inner", seeing(b"one")), threshold=threshold)

    assert takers(inquiry, gzip.compress(b"one"), "ride.xrz") == [taker]


# --- who gets it --------------------------------------------------------------------------------


def test_of_two_that_are_tied_the_preferred_one_gets_it():
    inquiry = asking(toy("a"), toy("b"), prefer="b")

    assert takers(inquiry, b"x") == ["b"]
    assert inquiry.issues == []


def test_preference_is_its_order_and_then_the_name():
    ids = ["d", "c", "b", "a"]

    assert sorted(ids, key=lambda each: preference(each, ("c", "b"))) == ["c", "b", "a", "d"]


def test_a_card_that_names_itself_among_the_general_ones_loses_nothing_by_it():
    # Made at run time, as what a plugin reads from its own table: equal, and not the same object.
    own = b"narrow".decode()
    inquiry = asking(toy("narrow", specializes=(own,)), toy("other"))

    assert takers(inquiry, b"x") == []
    assert [issue.code for issue in inquiry.issues] == ["FORMAT_AMBIGUOUS"]


# --- nobody -------------------------------------------------------------------------------------


def test_the_nearest_are_the_best_three_and_come_best_first():
    inquiry = asking(
        toy("a", NAME), toy("b", SHAPE), toy("c", NAME), toy("d", MARKER), toy("e", NO), threshold=0.9
    )

    assert takers(inquiry, b"x") == []
    inquiry.report_unclaimed(anything_claimed=False)
    (issue,) = inquiry.issues
    assert issue.evidence["nearest"] == "d 0.8 (d saw it); b 0.5 (b saw it); a 0.1 (a saw it)"
