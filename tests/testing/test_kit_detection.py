"""Promises of detectors: each kept at its edge and broken just beyond it."""

from __future__ import annotations

import gzip

import pytest

from telemparse.model.detection import SNIFF_BUDGET_BYTES, Detection, Rung
from telemparse.testing.checks.detection import (
    content_outweighs_name,
    knows_its_own,
    refuses_neighbours,
    refuses_strangers,
    sniffs_within_budget,
)
from telemparse.testing.kit import Broken

WORD = b"homemade recording\n1;2;3\n"


def seeing(rung, word=b"homemade", evidence=("its word",)):
    return lambda sniffs: Detection(rung if word in sniffs[0].head else Rung.NO, evidence)


# --- knows-its-own ------------------------------------------------------------------------------


@pytest.mark.parametrize("rung", [Rung.MARKER, Rung.SIGNATURE])
def test_marker_is_enough_to_know_ones_own(homemade, rung):
    knows_its_own(homemade(detect=seeing(rung), examples={"a.x": WORD}))


@pytest.mark.parametrize("rung", [Rung.NO, Rung.NAME, Rung.SHAPE])
def test_less_than_marker_is_not_enough(homemade, rung):
    with pytest.raises(Broken, match=f"on sample a.x the detector answers {rung.name}, not MARKER"):
        knows_its_own(homemade(detect=seeing(rung), examples={"a.x": WORD}))


@pytest.mark.parametrize("evidence", [(), ("",), (" ",), ("its word", "\n")])
def test_evidence_is_words(homemade, evidence):
    with pytest.raises(Broken, match="the detector gives no evidence"):
        knows_its_own(homemade(detect=seeing(Rung.MARKER, evidence=evidence), examples={"a.x": WORD}))


@pytest.mark.parametrize("rung", [Rung.MARKER, Rung.SIGNATURE])
def test_a_sample_that_another_parser_wins_or_ties_is_not_known(homemade, rung):
    subject = homemade(detect=seeing(Rung.MARKER), examples={"a.x": WORD})
    homemade.neighbour("rival", seeing(rung, b"1;2"))

    with pytest.raises(Broken, match=r"sample a\.x goes to another parser or to none:\n"):
        knows_its_own(subject)


def test_every_sample_is_to_be_known(homemade):
    with pytest.raises(Broken, match=r"on sample b\.x the detector answers NO"):
        knows_its_own(homemade(detect=seeing(Rung.MARKER), examples={"a.x": WORD, "b.x": b"else"}))


@pytest.mark.parametrize("companions", [(), (("{stem}.x", "{stem}.y"),)])
def test_every_file_of_a_sample_joins_the_recording(homemade, companions):
    examples = {"run": {"a.x": WORD, "a.y": b"beside it"}}
    subject = homemade(detect=seeing(Rung.MARKER), examples=examples, companions=companions)
    if companions:
        knows_its_own(subject)
        return
    with pytest.raises(Broken, match=r"^a\.y of sample run joins no part of the recording"):
        knows_its_own(subject)


def test_a_wrapped_sample_is_known_by_what_is_inside(homemade):
    knows_its_own(homemade(detect=seeing(Rung.MARKER), examples={"a.x.gz": gzip.compress(WORD)}))


# --- content-outweighs-name ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["recording", "recording.bin", "recording.txt", "recording.foreign"])
def test_a_detector_that_minds_a_name_is_told(homemade, name):
    def detect(sniffs):
        known = b"homemade" in sniffs[0].head
        return Detection(Rung.NO if not known else Rung.SHAPE if sniffs[0].name == name else Rung.MARKER)

    subject = homemade(detect=detect, examples={"a.x": WORD})
    homemade.neighbour("rival", seeing(Rung.NO), extensions=(".foreign",))

    with pytest.raises(Broken, match=f"sample a.x is MARKER, but named {name} it is SHAPE"):
        content_outweighs_name(subject)


@pytest.mark.parametrize(
    ("by_name", "is_told"), [(Rung.NO, False), (Rung.NAME, False), (Rung.SHAPE, True), (Rung.MARKER, True)]
)
def test_a_name_is_worth_no_more_than_name(homemade, by_name, is_told):
    def detect(sniffs):
        known = b"homemade" in sniffs[0].head
        return Detection(Rung.MARKER if known else by_name if sniffs[0].extension == ".x" else Rung.NO)

    subject = homemade(detect=detect, examples={"a.x": WORD}, extensions=(".y", ".x"))
    if not is_told:
        content_outweighs_name(subject)
        return
    with pytest.raises(
        Broken, match=rf"a letter in prose is {by_name.name} as soon as it is named letter\.x"
    ):
        content_outweighs_name(subject)


def test_who_takes_prose_whatever_it_is_called_does_not_mind_names(homemade):
    content_outweighs_name(
        homemade(detect=lambda _: Detection(Rung.SHAPE), examples={"a.x": WORD}, extensions=(".x",))
    )


def test_the_names_of_companions_may_count(homemade):
    def detect(sniffs):
        return Detection(Rung.MARKER if sniffs[0].extension in {".x", ".y"} else Rung.NO)

    examples = {"run": {"a.x": WORD, "a.y": b"beside it"}}
    content_outweighs_name(homemade(detect=detect, examples=examples, extensions=()))
    with pytest.raises(Broken, match=r"sample b\.x is MARKER, but named recording it is NO"):
        content_outweighs_name(homemade(detect=detect, examples={**examples, "b.x": WORD}, extensions=()))


# --- refuses-strangers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rung", "is_told"), [(Rung.NAME, False), (Rung.SHAPE, True), (Rung.MARKER, True), (Rung.SIGNATURE, True)]
)
def test_a_stranger_is_below_shape(homemade, rung, is_told):
    subject = homemade(detect=lambda _: Detection(rung), examples={"a.x": WORD})
    if not is_told:
        refuses_strangers(subject)
        return
    with pytest.raises(Broken, match=f"bytes that are no recording are {rung.name}: b"):
        refuses_strangers(subject)


def test_a_stranger_makes_no_detector_raise(homemade):
    def detect(sniffs):
        return Detection(Rung.NO, (sniffs[0].head.decode("ascii"),))

    with pytest.raises(Broken, match="the detector failed on stranger: UnicodeDecodeError"):
        refuses_strangers(homemade(detect=detect, examples={"a.x": WORD}, draws=60))


# --- refuses-neighbours -------------------------------------------------------------------------


def neighbourly(homemade, *, mine, theirs, specializes=()):
    """Return a subject whose detector says `mine` of an example of which its owner says `theirs`."""

    def detect(sniffs):
        return Detection(Rung.MARKER if b"homemade" in sniffs[0].head else mine, ("a word",))

    subject = homemade(detect=detect, examples={"a.x": WORD})
    homemade.neighbour(
        "owner", seeing(theirs, b"theirs"), examples={"b.y": b"theirs"}, specializes=specializes
    )
    return subject


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (Rung.NO, Rung.MARKER),
        (Rung.NAME, Rung.SHAPE),
        (Rung.SHAPE, Rung.MARKER),
        (Rung.SHAPE, Rung.SIGNATURE),
    ],
)
def test_a_weaker_claim_on_a_neighbours_example_is_no_harm(homemade, mine, theirs):
    refuses_neighbours(neighbourly(homemade, mine=mine, theirs=theirs))


@pytest.mark.parametrize("theirs", [Rung.MARKER, Rung.SIGNATURE])
def test_a_marker_on_a_neighbours_example_is_harm_even_when_the_neighbour_wins(homemade, theirs):
    with pytest.raises(Broken, match=r"example b\.y of owner is MARKER to this detector"):
        refuses_neighbours(neighbourly(homemade, mine=Rung.MARKER, theirs=theirs))


def test_a_neighbour_that_specializes_this_parser_wins_its_own_all_the_same(homemade):
    refuses_neighbours(neighbourly(homemade, mine=Rung.MARKER, theirs=Rung.MARKER, specializes=("homemade",)))


@pytest.mark.parametrize("theirs", [Rung.NO, Rung.NAME, Rung.SHAPE])
def test_an_example_that_its_owner_does_not_win_any_more_is_lost(homemade, theirs):
    with pytest.raises(Broken, match=r"example b\.y of owner is lost to its owner:\n"):
        refuses_neighbours(neighbourly(homemade, mine=Rung.SHAPE, theirs=theirs))


def test_a_quarrel_of_other_parsers_is_not_this_ones(homemade):
    subject = neighbourly(homemade, mine=Rung.NO, theirs=Rung.MARKER)
    homemade.neighbour("rival", seeing(Rung.MARKER, b"theirs"))

    refuses_neighbours(subject)


def test_a_neighbour_whose_examples_cannot_be_had_hides_no_other(homemade):
    def detect(_sniffs):
        return Detection(Rung.MARKER, ("anything",))

    subject = homemade(detect=detect, examples={"a.x": WORD})
    homemade.neighbour("broken", seeing(Rung.NO), examples="no_such_module_anywhere:EXAMPLES")
    homemade.neighbour("whole", seeing(Rung.MARKER), examples={"b.y": b"theirs"})

    with pytest.raises(Broken, match=r"example b\.y of whole is MARKER"):
        refuses_neighbours(subject)


# --- sniffs-within-budget -----------------------------------------------------------------------


@pytest.mark.parametrize(("length", "is_told"), [(SNIFF_BUDGET_BYTES, False), (SNIFF_BUDGET_BYTES + 1, True)])
def test_a_detector_may_ask_for_just_its_budget(homemade, length, is_told):
    def detect(sniffs):
        sniffs[0].more(0, length)
        return Detection(Rung.MARKER, ("read it",))

    subject = homemade(detect=detect, examples={"a.x": WORD})
    if not is_told:
        sniffs_within_budget(subject)
        return
    with pytest.raises(Broken, match=r"the detector failed on a\.x: "):
        sniffs_within_budget(subject)


def test_a_detector_that_asks_for_the_whole_file_is_found_by_a_large_one(homemade):
    sizes = []

    def detect(sniffs):
        sizes.append(sniffs[0].size)
        sniffs[0].more(0, sniffs[0].size)
        return Detection(Rung.MARKER, ("read it",))

    with pytest.raises(Broken, match=r"the detector failed on a\.x: Overspent"):
        sniffs_within_budget(homemade(detect=detect, examples={"a.x": WORD}))
    assert sizes[0] == len(WORD)
    assert 4 * SNIFF_BUDGET_BYTES < sizes[-1] < 5 * SNIFF_BUDGET_BYTES


def test_a_large_file_is_the_sample_with_its_own_content_behind_it(homemade):
    heads, tails = set(), set()

    def detect(sniffs):
        heads.add(sniffs[0].head[: len(WORD)])
        tails.add(sniffs[0].tail[-len(WORD) :])
        return Detection(Rung.MARKER, ("read it",))

    sniffs_within_budget(homemade(detect=detect, examples={"a.x": WORD}))

    assert len(heads - {WORD}) == len(tails - {WORD}) == 1  # of a large letter that is no recording


def test_a_detector_that_looks_for_its_word_through_a_whole_file_is_found_by_one_that_lacks_it(homemade):
    def detect(sniffs):
        found = b"homemade" in sniffs[0].head or b"homemade" in sniffs[0].more(0, sniffs[0].size)
        return Detection(Rung.MARKER if found else Rung.NO, ("its word",))

    with pytest.raises(Broken, match="the detector failed on letter: Overspent"):
        sniffs_within_budget(homemade(detect=detect, examples={"a.x": WORD}))
