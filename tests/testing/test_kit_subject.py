"""The parser under examination: which samples it has, who is asked beside it, and what readings hold."""

from __future__ import annotations

import gzip
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from telemparse.errors import CallError, Malformed
from telemparse.model.detection import Detection, Rung
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.testing.deadlines import Overtime
from telemparse.testing.kit import Broken
from telemparse.testing.readings import Reading, place_of
from telemparse.testing.subject import Sample, in_pieces
from toys import fixes

GNSS = Batch("gnss_pvt", fixes(0, 1, 2))


def saying(rung, evidence=("a word",)):
    return lambda _sniffs: Detection(rung, evidence)


def yielding(*messages):
    def parse(_artifacts, _options):
        for message in messages:
            if isinstance(message, BaseException):
                raise message
            yield message

    return parse


def read(*messages, found=()):
    """Return the reading of these messages."""
    reading = Reading(found=found)
    reading.consume(yielding(*messages)(None, None))
    return reading


# --- samples ------------------------------------------------------------------------------------


def test_the_largest_file_is_the_one_with_most_bytes():
    assert Sample("run", {"a": b"1", "b": b"123", "c": b"12"}).largest == "b"


def test_the_cards_examples_come_first_and_then_what_is_handed_in(homemade):
    subject = homemade(examples={"a.x": b"1"}, samples={"b.x": b"2", "run": {"c.x": b"3", "c.y": b"4"}})

    assert [(sample.name, sample.files) for sample in subject.samples] == [
        ("a.x", {"a.x": b"1"}), ("b.x", {"b.x": b"2"}), ("run", {"c.x": b"3", "c.y": b"4"}),
    ]  # fmt: skip
    assert subject.examples_error == ""


def test_a_sample_that_is_an_example_already_counts_once(homemade):
    subject = homemade(examples={"a.x": b"1"}, samples={"a.x": b"1", "b.x": b"1"})

    assert [sample.name for sample in subject.samples] == ["a.x", "b.x"]


def test_samples_are_enough_when_the_examples_cannot_be_had(homemade):
    subject = homemade(examples="no_such_module_anywhere:EXAMPLES", samples={"a.x": b"1"})

    assert [sample.name for sample in subject.samples] == ["a.x"]
    assert subject.examples_error.startswith("ModuleNotFoundError: No module named 'no_such_module_anywhere'")


@pytest.mark.parametrize(
    ("examples", "why"),
    [
        (None, "its card names no examples"),
        ({}, "its card names no examples"),
        ("no_such_module_anywhere:EXAMPLES", "ModuleNotFoundError: "),
    ],
)
@pytest.mark.parametrize("samples", [None, {}])
def test_no_sample_at_all_is_a_call_error_that_says_why(homemade, examples, why, samples):
    with pytest.raises(CallError, match=f"^the kit needs a sample of homemade: {why}"):
        homemade(examples=examples, samples=samples)


def test_samples_of_another_shape_are_a_call_error(homemade):
    with pytest.raises(CallError):
        homemade(samples={"a.x": "text"})


# --- who is asked -------------------------------------------------------------------------------


def test_the_parser_stands_in_for_an_installed_one_of_its_id(homemade):
    subject = homemade(detect=saying(Rung.MARKER), examples={"a.x": b"1"})
    homemade.neighbour("homemade", saying(Rung.NO))
    homemade.neighbour("other", saying(Rung.SHAPE))
    own = subject.card
    again = homemade(detect=saying(Rung.MARKER), examples={"a.x": b"1"})

    assert [card.id for card in subject.catalog.cards] == ["homemade", "other"]
    assert subject.catalog.cards[0] is own
    assert again.among_all({"a.x": b"1"}).winner.parser_id == "homemade"
    assert again.among_others({"a.x": b"1"}).winner.parser_id == "other"
    assert [each.parser_id for each in again.asked({"a.x": b"1"}).candidates] == ["homemade"]


@pytest.mark.parametrize("rung", Rung)
def test_the_rung_is_what_the_detector_says(homemade, rung):
    assert homemade(detect=saying(rung), examples={"a.x": b"1"}).rung({"a.x": b"1"}) is rung


def test_of_several_files_the_highest_rung_counts(homemade):
    def detect(sniffs):
        return Detection(Rung.SIGNATURE if sniffs[0].head == b"2" else Rung.NAME)

    subject = homemade(detect=detect, examples={"a.x": b"1"})
    assert subject.rung({"a": b"1", "b": b"2", "c": b"3"}) is Rung.SIGNATURE


def test_a_detector_that_fails_breaks_its_promise_by_name_of_the_files(homemade):
    subject = homemade(detect=lambda _sniffs: 1 / 0, examples={"a.x": b"1"})

    with pytest.raises(Broken, match=r"^the detector failed on a, b: ZeroDivisionError: division by zero$"):
        subject.rung({"a": b"1", "b": b"2"})


def test_faults_of_others_break_nothing_here(homemade):
    subject = homemade(detect=saying(Rung.SHAPE), examples={"a.x": b"1"})
    homemade.neighbour("bad", lambda _sniffs: 1 / 0)

    assert subject.rung({"a": b"1"}) is Rung.SHAPE


@pytest.mark.parametrize("ask", ["asked", "among_all", "among_others", "reading", "result"])
def test_a_detector_that_does_not_end_is_overtime(homemade, ask):
    def detect(_sniffs):
        while True:
            pass

    subject = homemade(detect=detect, examples={"a.x": b"1"}, timeout_s=0.02)
    homemade.neighbour("endless", detect)
    with pytest.raises(Overtime, match=r"not done after 0\.02 s, at line \d+ of .*detect"):
        getattr(subject, ask)({"a.x": b"1"})


# --- readings -----------------------------------------------------------------------------------


def test_a_reading_holds_every_message_by_its_kind():
    issue, meta = Issue("ROWS_SKIPPED", count=1), Meta("a", 1)
    reading = read(GNSS, issue, None, meta, "text", Batch("gnss_pvt", {"t": [1]}))

    assert (reading.batches, reading.issues, reading.metas) == ([GNSS], [issue], [meta])
    assert reading.strange[:2] == [None, "text"]
    assert isinstance(reading.strange[2], Batch)
    assert reading.crash is None


def test_what_is_raised_ends_a_reading_and_malformed_is_an_issue():
    error = ValueError("boom")
    cut, crashed = (
        read(GNSS, Malformed("JSON_MALFORMED", Locus("a"), offset=3), GNSS),
        read(GNSS, error, GNSS),
    )

    assert (len(cut.batches), cut.crash) == (1, None)
    assert [(issue.code, issue.locus, issue.evidence) for issue in cut.issues] == [
        ("JSON_MALFORMED", Locus("a"), {"offset": 3})
    ]
    assert (len(crashed.batches), crashed.crash, crashed.issues) == (1, error, [])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit()])
def test_what_the_caller_sends_passes_through_a_reading(error):
    with pytest.raises(type(error)):
        read(GNSS, error)


def test_cells_are_the_values_that_are_known():
    speeds = pa.array([1.0, None, None], pa.float32())

    assert read(Batch("gnss_pvt", fixes(0, 1, 2, speed_mps=speeds))).cells == 3 * 4 + 1
    assert read(GNSS, GNSS).cells == 2 * read(GNSS).cells
    assert read().cells == 0


@pytest.mark.parametrize(
    ("here", "there", "is_more"),
    [
        ([], [], False),
        ([Issue("ROWS_SKIPPED")], [], True),
        ([], [Issue("ROWS_SKIPPED")], False),
        ([Issue("ROWS_SKIPPED")], [Issue("ROWS_SKIPPED")], False),
        ([Issue("ROWS_SKIPPED")] * 2, [Issue("ROWS_SKIPPED")], True),
        ([Issue("ROWS_SKIPPED", count=3)], [Issue("ROWS_SKIPPED", count=2)], True),
        ([Issue("ROWS_SKIPPED", count=np.int64(3))], [Issue("ROWS_SKIPPED", count=2)], True),
        ([Issue("ROWS_SKIPPED", count=2)], [Issue("ROWS_SKIPPED", count=3)], False),
        ([Issue("ROWS_SKIPPED", count="many")], [Issue("ROWS_SKIPPED")], False),
        ([Issue("UNIT_ASSUMED", count=1)], [Issue("ROWS_SKIPPED", count=9)], True),
        ([Issue("ROWS_SKIPPED", Locus("a", line=3))], [Issue("ROWS_SKIPPED", Locus("a", line=2))], True),
        ([Issue("ROWS_SKIPPED", Locus("a", line=3))], [Issue("ROWS_SKIPPED", Locus("a", line=3))], False),
        ([Meta("epochs_without_fix", 3)], [Meta("epochs_without_fix", 2)], True),
        ([Meta("epochs_without_fix", 2)], [Meta("epochs_without_fix", 2)], False),
        ([Meta("epochs_without_fix", 1)], [], True),
        ([Meta("epochs", 3)], [Meta("epochs", 2)], False),
    ],
)
def test_more_is_told_by_a_larger_count_another_code_or_another_place(here, there, is_more):
    assert read(*here).tells_more_than(read(*there)) is is_more


def test_what_the_core_tells_counts_as_told():
    found = (Issue("ARTIFACT_TRUNCATED", Locus("a"), artifact="a"),)

    assert read(found=found).tells_more_than(read())
    assert not read(found=found).tells_more_than(read(*found))


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ([GNSS], True),
        ([Batch("gnss_pvt", fixes(0, 1, 2))], True),
        ([Batch("gnss_pvt", fixes(0, 1, 3))], False),
        ([Batch("gnss_pvt.raw", fixes(0, 1, 2))], False),
        ([Batch("gnss_pvt", pa.table(fixes(0, 1, 2)))], False),
        ([GNSS, GNSS], False),
        ([], False),
    ],
)
def test_rows_are_the_same_in_the_same_batches(other, is_same):
    assert read(GNSS).same_rows(read(*other)) is is_same


def test_a_place_is_type_message_and_line_and_no_more_than_needed():
    place, long = place_of(caught(ValueError("boom"))), place_of(caught(ValueError("x" * 1000)))

    assert place.startswith("ValueError: boom at test_kit_subject.py:")
    assert place.rpartition(":")[2].isdigit()
    assert long.startswith("ValueError: xxx")
    assert 300 < len(long) < 350
    assert place_of(ValueError("never raised")) == "ValueError: never raised"


def caught(error):
    try:
        raise error
    except ValueError as raised:
        return raised


# --- of files -----------------------------------------------------------------------------------


def test_a_reading_knows_the_files_that_the_parser_got_by_their_inner_sizes(homemade):
    subject = homemade(detect=saying(Rung.MARKER), parse=yielding(GNSS), examples={"a.x": b"1"})
    reading = subject.reading({"a.x": b"123", "b.x.gz": gzip.compress(b"12345")})

    assert reading.sizes == {"a.x": 3, "b.x": 5}
    assert reading.cells == read(GNSS).cells


def test_a_parser_that_cannot_be_imported_counts_as_one_that_raises(homemade, monkeypatch):
    subject = homemade(examples={"a.x": b"1"})
    monkeypatch.delattr(sys.modules["homemade"], "parse")

    assert isinstance(subject.reading({"a.x": b"1"}).crash, AttributeError)


def test_what_the_core_and_the_detector_say_stands_in_the_reading(homemade):
    subject = homemade(detect=lambda _sniffs: 1 / 0, parse=yielding(GNSS), examples={"a.x": b"1"})
    reading = subject.reading({"a.x": b"1", "b.x": b""})

    assert [fault.plugin for fault in reading.faults] == ["homemade"]
    assert [issue.code for issue in reading.found] == ["ARTIFACT_EMPTY"]


@pytest.mark.parametrize(("spare_bytes", "reads"), [(0, ["a", "b", "b"]), (-1, ["a", "a", "b", "b", "a"])])
def test_the_same_bytes_are_read_once_as_long_as_there_is_room(homemade, spare_bytes, reads):
    calls = []

    def parse(artifacts, _options):
        calls.append(artifacts.names[0])
        yield GNSS

    content = b"1" * 255
    subject = homemade(detect=saying(Rung.MARKER), parse=parse, examples={"a.x": b"1"})
    subject._room_bytes = len(content) + GNSS.data.nbytes + spare_bytes
    for name in ("a", "a", "b", "b", "a"):
        assert subject.reading({name: content}).cells == read(GNSS).cells

    assert calls == reads


def test_a_second_reading_needs_as_much_room_as_the_first(homemade):
    calls = []

    def parse(artifacts, _options):
        calls.append(artifacts.names[0])
        yield GNSS

    content = b"1" * 255
    subject = homemade(detect=saying(Rung.MARKER), parse=parse, examples={"a.x": b"1"})
    subject._room_bytes = 2 * (len(content) + GNSS.data.nbytes) - 1
    for name in ("a", "b", "b", "a"):
        subject.reading({name: content})

    assert calls == ["a", "b", "b"]


def test_readings_of_128_mebibytes_are_kept_and_no_more(homemade):
    assert homemade(examples={"a.x": b"1"})._room_bytes == 134_217_728


def test_a_result_is_what_a_caller_gets(homemade):
    subject = homemade(detect=saying(Rung.MARKER), parse=yielding(GNSS, Meta("a", 1)), examples={"a.x": b"1"})
    result = subject.result({"a.x": b"1"})

    assert (result.streams["gnss_pvt"].num_rows, result.metadata) == (3, {"a": 1})
    assert result.provenance.parser_id == "homemade"


# --- drawing and pieces -------------------------------------------------------------------------


def test_as_many_are_drawn_as_were_asked_for_the_same_each_time(homemade):
    subject = homemade(draws=17)
    first, second = [], []
    subject.drawn(st.integers(), first.append)
    subject.drawn(st.integers(), second.append)

    assert len(first) == 17
    assert first == second


def test_of_what_breaks_a_promise_the_least_is_shown(homemade):
    def examine(number):
        if number > 20:
            raise Broken(f"saw {number}")

    with pytest.raises(Broken, match=r"^saw 21$"):
        homemade(draws=100).drawn(st.integers(0, 10**9), examine)


def test_what_was_behind_a_broken_promise_stays_behind_it(homemade):
    cause = ValueError("boom")

    def examine(_number):
        raise Broken("seen") from cause

    with pytest.raises(Broken, match="seen") as raised:
        homemade().drawn(st.integers(), examine)
    assert raised.value.__cause__ is cause


@pytest.mark.parametrize("piece_bytes", [1, 3, 7, 100])
def test_pieces_are_of_the_size_given_and_never_larger_than_what_is_asked_for(piece_bytes):
    (artifact,) = in_pieces({"a.x": b"0123456789"}, piece_bytes)

    assert b"".join(artifact.chunks()) == artifact.read_at(0, 100) == b"0123456789"
    assert len(next(artifact.chunks())) == min(piece_bytes, 10)
    assert len(next(artifact.chunks(2))) == min(piece_bytes, 2)


def test_a_file_that_is_no_larger_than_a_piece_comes_at_once():
    (artifact,) = in_pieces({"a.x": bytes(100_000)}, 50_000)

    assert [len(piece) for piece in artifact.chunks()] == [50_000, 50_000]
