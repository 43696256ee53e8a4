"""The subject asks one parser, alone and among all, reads with it, and draws for it."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from telemparse.extension import catalog as catalogs
from telemparse.extension.catalog import Catalog
from telemparse.extension.faults import Fault
from telemparse.model.detection import Detection, Rung
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.testing.deadlines import Overtime
from telemparse.testing.kit import Broken
from telemparse.testing.liars import honest
from telemparse.testing.subject import Sample, Subject, in_pieces
from toys import fixes


def seeing(word, rung=Rung.MARKER):
    return lambda sniffs: Detection(rung if word in sniffs[0].head else Rung.NO, (word.decode(),))


def test_the_largest_file_is_the_first_of_the_largest():
    assert Sample("run", {"a": b"1", "b": b"333", "c": b"444", "d": b"22"}).largest == "b"


# --- among others -------------------------------------------------------------------------------


def test_this_card_stands_in_for_an_installed_one_of_its_id(monkeypatch):
    installed, other = honest.card_of("honest", version="0.1"), honest.card_of("other")
    fault = Fault("bad", "import", "boom")
    monkeypatch.setattr(catalogs, "_shared", Catalog(cards=(other, installed), faults=(fault,)))

    subject = Subject.of(honest.CARD, encoder=None, examples=1, timeout_s=20.0)

    assert subject.catalog.cards == (honest.CARD, other)
    assert subject.catalog.cards[0] is honest.CARD
    assert subject.catalog.faults == (fault,)
    assert Catalog.shared().cards == (other, installed)


def test_alone_this_parser_is_asked_among_all_everyone_and_among_others_the_rest(homemade):
    subject = homemade(detect=seeing(b"word"), examples={"a.x": b"word"})
    homemade.neighbour("rival", seeing(b"word", Rung.SIGNATURE))

    assert [each.parser_id for each in subject.asked({"a.x": b"word"}).candidates] == ["homemade"]
    assert subject.among_all({"a.x": b"word"}).winner.parser_id == "rival"
    assert {each.parser_id for each in subject.among_all({"a.x": b"word"}).candidates} == {
        "homemade", "rival",
    }  # fmt: skip
    assert [each.parser_id for each in subject.among_others({"a.x": b"word"}).candidates] == ["rival"]


# --- rungs --------------------------------------------------------------------------------------


def test_the_rung_is_the_highest_over_the_files(homemade):
    def detect(sniffs):
        return Detection(Rung.MARKER if b"word" in sniffs[0].head else Rung.NAME, ("seen",))

    subject = homemade(detect=detect, examples={"a.x": b"word"})

    assert subject.rung({"a.x": b"other", "b.x": b"word"}) is Rung.MARKER
    assert subject.rung({"a.x": b"other"}) is Rung.NAME
    assert homemade(detect=seeing(b"word")).rung({"a.x": b"other"}) is Rung.NO


def test_a_detector_that_raises_is_told_with_the_names_of_the_files(homemade):
    subject = homemade(detect=lambda _: 1 / 0, examples={"a.x": b"word"})

    with pytest.raises(Broken, match=r"^the detector failed on a\.x, b\.x: ZeroDivisionError: "):
        subject.rung({"a.x": b"1", "b.x": b"2"})


def test_faults_of_loading_are_not_this_detectors(homemade):
    subject = homemade(detect=seeing(b"word"), examples={"a.x": b"word"})
    subject.catalog.faults = (Fault("bad", "declare", "boom"), Fault("homemade", "import", "boom"))

    assert subject.rung({"a.x": b"word"}) is Rung.MARKER


# --- readings -----------------------------------------------------------------------------------


def test_a_reading_has_what_was_yielded_and_the_artifacts_it_came_from(homemade):
    def parse(artifacts, options):
        yield Meta("names", artifacts.names)
        yield Meta("forced", options.parser)
        yield Issue("ROWS_SKIPPED", count=1)
        yield Batch("gnss_pvt", fixes(0))
        raise ValueError("boom")

    subject = homemade(detect=seeing(b"word"), parse=parse, examples={"a.x": b"word"})
    reading = subject.reading({"a.x": b"other", "b.x": b"any", "c.x": b""})

    assert reading.sizes == {"a.x": 5, "b.x": 3}
    assert [meta.value for meta in reading.metas] == [("a.x", "b.x"), "homemade"]
    assert [issue.code for issue in reading.issues] == ["ROWS_SKIPPED"]
    assert [issue.code for issue in reading.found] == ["ARTIFACT_EMPTY"]
    assert reading.batches[0].data.num_rows == 1
    assert str(reading.crash) == "boom"


def test_a_parser_that_cannot_be_imported_is_a_crash_of_the_reading(homemade):
    subject = homemade(detect=seeing(b"word"), target="no_such_module_anywhere:parse")

    assert isinstance(subject.reading({"a.x": b"word"}).crash, ModuleNotFoundError)


def test_faults_of_the_detector_are_told_with_the_reading(homemade):
    subject = homemade(detect=lambda _: 1 / 0)

    assert [fault.plugin for fault in subject.reading({"a.x": b"word"}).faults] == ["homemade"]


def test_the_same_files_are_read_once_and_others_anew(homemade):
    read = []

    def parse(artifacts, _options):
        read.append(artifacts.names)
        yield Batch("gnss_pvt", fixes(0))

    subject = homemade(parse=parse)
    first = subject.reading({"a.x": b"1", "b.x": b"2"})

    assert subject.reading({"a.x": b"1", "b.x": b"2"}) is first
    assert len(read) == 1
    for files in ({"a.x": b"1", "b.x": b"3"}, {"a.x": b"1"}, {"b.x": b"2", "a.x": b"1"}):
        assert subject.reading(files) is not first
    assert len(read) == 4
    assert homemade(parse=parse).reading({"a.x": b"1", "b.x": b"2"}) is not first


def test_what_would_take_too_much_memory_is_read_again(homemade):
    read = []

    def parse(artifacts, _options):
        read.append(artifacts.names)
        yield Batch("gnss_pvt", fixes(*range(10)))

    subject = homemade(parse=parse)
    subject._room_bytes = fixes(*range(10)).nbytes + 4
    for _ in range(2):
        subject.reading({"a.x": b"word"})
    assert len(read) == 1
    for _ in range(2):
        assert subject.reading({"b.x": b"word"}).batches[0].data.num_rows == 10
    assert len(read) == 3


def test_one_recording_too_large_leaves_room_for_small_ones(homemade):
    read = []

    def parse(artifacts, _options):
        read.append(artifacts.names)
        yield Batch("gnss_pvt", fixes(0))

    subject = homemade(parse=parse)
    subject._room_bytes = 1000
    for _ in range(2):
        subject.reading({"large.x": b"l" * 2000})
        subject.reading({"small.x": b"s"})

    assert [name for (name,) in read].count("large.x") == 2
    assert [name for (name,) in read].count("small.x") == 1


def test_a_result_is_what_callers_get(homemade):
    def parse(_artifacts, options):
        yield Meta("forced", options.parser)
        yield Batch("gnss_pvt", fixes(1, 0))

    subject = homemade(detect=seeing(b"word"), parse=parse)
    result = subject.result({"a.x": b"other"})

    assert result.streams["gnss_pvt"].num_rows == 2
    assert [issue.code for issue in result.warnings] == ["TIME_NOT_MONOTONIC"]
    assert result.metadata == {"forced": "homemade"}
    assert result.provenance.parts[0].parser_id == "homemade"


def endless(*_):
    while True:
        pass


@pytest.mark.parametrize("ask", ["asked", "rung", "among_all", "reading", "result"])
def test_a_detector_that_does_not_end_is_ended_whoever_asks(homemade, ask):
    subject = homemade(detect=endless, timeout_s=0.05)

    with pytest.raises(Overtime, match=r"^not done after 0\.05 s, at line \d+ of endless"):
        getattr(subject, ask)({"a.x": b"word"})


def test_a_neighbour_that_does_not_end_is_ended_too(homemade):
    subject = homemade(timeout_s=0.05)
    homemade.neighbour("endless", endless)

    with pytest.raises(Overtime):
        subject.among_others({"a.x": b"word"})


@pytest.mark.parametrize("ask", ["reading", "result"])
def test_a_parser_that_does_not_end_is_ended(homemade, ask):
    def parse(_artifacts, _options):
        yield Meta("a", 1)
        endless()

    subject = homemade(detect=seeing(b"word"), parse=parse, timeout_s=0.05)
    for _ in range(2):
        with pytest.raises(Overtime):
            getattr(subject, ask)({"a.x": b"word"})


# --- drawing ------------------------------------------------------------------------------------


def test_so_many_values_are_drawn_and_the_same_each_time(homemade):
    drawn = [], []
    for values in drawn:
        homemade(draws=25).drawn(st.integers(0, 10**9), values.append)

    assert len(drawn[0]) == 25
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) > 10


def test_of_what_breaks_a_promise_the_least_is_shown(homemade):
    def examine(value):
        if value >= 1000:
            raise Broken(f"{value} is too much") from KeyError(value)

    with pytest.raises(Broken, match=r"^1000 is too much$") as broken:
        homemade(draws=100).drawn(st.integers(0, 10**6), examine)
    assert isinstance(broken.value.__cause__, KeyError)
    assert getattr(broken.value, "__notes__", []) == []


def test_what_does_not_end_is_not_shrunk(homemade):
    asked = []

    def examine(value):
        asked.append(value)
        raise Overtime("not done")

    with pytest.raises(Overtime, match="not done"):
        homemade(draws=100).drawn(st.integers(), examine)
    assert len(asked) == 1


def test_what_else_is_raised_comes_out(homemade):
    with pytest.raises(ZeroDivisionError):
        homemade().drawn(st.just(0), lambda value: 1 / value)


# --- pieces -------------------------------------------------------------------------------------


def test_pieces_are_as_small_as_asked_for_or_smaller():
    (artifact,) = in_pieces({"a.x": b"abcdefg"}, 3)

    assert list(artifact.chunks()) == [b"abc", b"def", b"g"]
    assert list(artifact.chunks(2)) == [b"ab", b"cd", b"ef", b"g"]
    assert list(artifact.chunks(100)) == [b"abc", b"def", b"g"]


def test_in_pieces_a_file_is_the_same_to_whoever_does_not_ask_for_pieces():
    one, other = in_pieces({"a.x": b"abcdefg", "b.x": b""}, 1)

    assert (one.name, one.size, one.read_at(2, 100)) == ("a.x", 7, b"cdefg")
    with one.open() as first, one.open() as second:
        assert first.read() == second.read() == b"abcdefg"
    assert (other.name, other.size, list(other.chunks())) == ("b.x", 0, [])
