"""The matrix itself: who is asked, who wins, and what counts as claiming too much."""

from __future__ import annotations

import gzip

import pytest

from confusion.collisions import COLLISIONS, unexpected
from telemparse.errors import CallError
from telemparse.model.detection import Rung
from telemparse.testing.confusion import Answers, Recording, ask, examples, matrix
from toys import catalog, seeing, toy


def shown(content, owner, *toys):
    return ask(Recording("rec", {"rec.bin": content}, owner), catalog(*toys))


def test_every_parser_is_asked_even_where_one_is_certain():
    row = shown(b"ab", "a", toy("a", seeing(b"a", Rung.SIGNATURE)), toy("b", seeing(b"b")), toy("c", Rung.NO))
    assert row.rungs == {"a": Rung.SIGNATURE, "b": Rung.MARKER, "c": Rung.NO}
    assert (row.winner, row.rivals, row.faults) == ("a", (), ())


@pytest.mark.parametrize(
    ("own", "other", "rivals"),
    [
        (Rung.MARKER, Rung.SHAPE, ()),
        (Rung.MARKER, Rung.MARKER, ("b",)),
        (Rung.MARKER, Rung.SIGNATURE, ("b",)),
        (Rung.SHAPE, Rung.NAME, ()),
        # A claim by name never wins, however little the owner says.
        (Rung.NAME, Rung.NAME, ()),
        (Rung.NO, Rung.SHAPE, ("b",)),
    ],
)
def test_a_rival_claims_as_surely_as_the_owner(own, other, rivals):
    assert shown(b"x", "a", toy("a", own), toy("b", other)).rivals == rivals


@pytest.mark.parametrize(("rung", "rivals"), [(Rung.NAME, ()), (Rung.SHAPE, ("a",)), (Rung.MARKER, ("a",))])
def test_what_is_nobodys_may_be_claimed_by_nobody(rung, rivals):
    assert shown(b"x", None, toy("a", rung)).rivals == rivals


def test_a_tie_has_no_winner_and_a_specialist_wins_but_stays_a_rival_of_its_like():
    assert shown(b"x", "a", toy("a"), toy("b")).winner is None
    row = shown(b"x", "a", toy("a", specializes=("b",)), toy("b"))
    assert (row.winner, row.rivals) == ("a", ("b",))


def test_the_highest_rung_over_the_files_counts_and_wrappers_are_opened():
    toys = toy("a", seeing(b"a")), toy("b", seeing(b"b", Rung.SHAPE))
    row = ask(Recording("run", {"one": gzip.compress(b"a"), "two": b"b", "three": b"-"}, "a"), catalog(*toys))
    assert row.rungs == {"a": Rung.MARKER, "b": Rung.SHAPE}
    assert row.winner == "a"


def test_a_detector_that_fails_is_told_and_counts_as_no():
    row = shown(b"x", "a", toy("a"), toy("b", RuntimeError("out of order")))
    assert row.rungs["b"] is Rung.NO
    assert row.faults == ("b: RuntimeError: out of order",)


def test_an_owner_that_is_no_parser_is_a_mistake_of_the_caller():
    with pytest.raises(CallError, match="no parser 'b'"):
        shown(b"x", "b", toy("a"))


def test_examples_of_every_card_are_recordings_of_their_own():
    installed = catalog(toy("a", examples="a:EXAMPLES"), toy("b"))
    installed._targets["a:EXAMPLES"] = {"x.a": b"1", "pair": {"y.a": b"2", "z.a": b"3"}}
    found = list(examples(installed))
    assert [(each.name, each.owner) for each in found] == [("examples/a/x.a", "a"), ("examples/a/pair", "a")]
    assert [each.source for each in found] == [{"x.a": b"1"}, {"y.a": b"2", "z.a": b"3"}]
    assert [row.winner for row in matrix(found, installed)] == [None, None]


def test_examples_that_are_none_are_a_mistake():
    installed = catalog(toy("a", examples="a:EXAMPLES"))
    installed._targets["a:EXAMPLES"] = [b"1"]
    with pytest.raises(CallError):
        list(examples(installed))


def test_without_a_catalog_the_installed_parsers_answer():
    (first, *_rest) = examples()
    row = ask(first)
    assert (row.winner, {"csv", "gpx"} <= row.rungs.keys()) == (first.owner, True)


# ---- the list of known collisions


def answers(name, **rungs):
    return Answers(Recording(name, b"x", "a"), {"a": Rung.MARKER, **rungs}, "a")


def test_a_collision_must_be_listed_and_a_listed_one_must_happen():
    rows = answers("examples/a/1", b=Rung.MARKER), answers("examples/a/2", b=Rung.SHAPE)
    listed = {("examples/a/1", "b"): "like twins", ("fixtures/x", "b"): "of another group"}
    assert not any(unexpected(rows, "examples", listed).values())
    assert unexpected(rows, "examples", {})["not listed"] == [("examples/a/1", "b")]
    stale = {**listed, ("examples/a/2", "b"): "long ago", ("examples/gone", "b"): "forgotten"}
    assert unexpected(rows, "examples", stale)["listed for nothing"] == [
        ("examples/a/2", "b"), ("examples/gone", "b"),
    ]  # fmt: skip


def test_every_listed_collision_has_a_reason_and_a_group():
    assert [pair for pair, reason in COLLISIONS.items() if not reason.strip()] == []
    groups = {recording.partition("/")[0] for recording, _parser in COLLISIONS}
    assert groups <= {"examples", "fixtures", "corpus"}
