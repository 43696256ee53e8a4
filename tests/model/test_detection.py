"""The ladder of rungs, what a detector says, and what it sees within its budget."""

from __future__ import annotations

import pytest

from telemparse.model.detection import (
    HEAD_BYTES,
    SNIFF_BUDGET_BYTES,
    TAIL_BYTES,
    Budget,
    Detection,
    Overspent,
    Rung,
    Sniff,
)


def test_the_ladder_has_five_rungs_and_each_is_a_score():
    assert {rung.name: rung.value for rung in Rung} == {
        "NO": 0.0, "NAME": 0.1, "SHAPE": 0.5, "MARKER": 0.8, "SIGNATURE": 1.0,
    }  # fmt: skip


def test_rungs_compare_by_score():
    assert Rung.MARKER >= Rung.MARKER
    assert Rung.SIGNATURE >= Rung.MARKER
    assert not Rung.SHAPE >= Rung.MARKER


def test_head_tail_and_budget_are_those_of_the_contract():
    assert (HEAD_BYTES, TAIL_BYTES, SNIFF_BUDGET_BYTES) == (65536, 4096, 1048576)


def test_a_detection_is_a_rung_with_phrases():
    assert Detection(Rung.NO).evidence == ()
    assert Detection(Rung.SHAPE, ["rows of 7 cells"]).evidence == ("rows of 7 cells",)


def test_one_phrase_is_not_taken_apart_into_letters():
    assert Detection(Rung.SHAPE, "rows of 7 cells").evidence == ("rows of 7 cells",)


def test_phrases_become_text():
    assert Detection(Rung.SHAPE, [7]).evidence == ("7",)


@pytest.mark.parametrize("rung", [0.8, "MARKER", None, True])
def test_a_free_floating_score_is_refused(rung):
    with pytest.raises(TypeError):
        Detection(rung)


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.CSV", ".csv"), ("a.tar.gz", ".gz"), ("noext", ""), (".hidden", ""), ("dot.", "."), ("", "")],
)
def test_the_extension_is_lower_case_with_its_dot(name, extension):
    assert Sniff(name, 0, b"", b"").extension == extension


def test_more_reads_from_anywhere_in_the_artifact():
    content = bytes(range(256))
    sniff = Sniff("a", 256, b"", b"", read_at=lambda offset, length: content[offset : offset + length])

    assert sniff.more(250, 10) == content[250:]


def test_more_spends_what_is_asked_for():
    budget = Budget()
    sniff = Sniff("a", 5, b"", b"", budget=budget)
    sniff.more(0, 1000)

    assert budget.left == SNIFF_BUDGET_BYTES - 1000
    assert not budget.overspent


def test_the_whole_budget_may_be_spent_and_not_a_byte_more():
    budget = Budget()
    sniff = Sniff("a", 5, b"", b"", budget=budget)
    sniff.more(0, SNIFF_BUDGET_BYTES)

    with pytest.raises(Overspent, match="asked for 1 bytes with 0"):
        sniff.more(0, 1)
    assert budget.overspent


def test_a_negative_length_gives_nothing_back():
    budget = Budget()

    with pytest.raises(Overspent):
        budget.spend(-1)
    assert budget.left == SNIFF_BUDGET_BYTES


def test_two_sniffs_of_one_parser_share_its_budget():
    budget = Budget(left=10)
    Sniff("a", 5, b"", b"", budget=budget).more(0, 6)

    with pytest.raises(Overspent):
        Sniff("b", 5, b"", b"", budget=budget).more(0, 6)
