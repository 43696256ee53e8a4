"""Promises of steadiness: what may not make a difference, and what may not be touched."""

from __future__ import annotations

import os
import tempfile

import attrs
import pytest

from telemparse.model.artifacts import spooled
from telemparse.model.capabilities import Capabilities
from telemparse.model.detection import Detection, Rung
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.testing.checks.steadiness import (
    answers_twice_alike,
    chunk_size_does_not_matter,
    difference,
    leaves_bytes_alone,
)
from telemparse.testing.kit import Broken, Check, ConformanceFailure, Promise
from toys import fixes

CONTENT = b"one line\nanother line\n" * 100


def always(_sniffs):
    return Detection(Rung.MARKER, ("anything",))


def reading(function):
    """Return a parser that yields what `function` makes of each artifact."""

    def parse(artifacts, _options):
        for artifact in artifacts:
            yield from function(artifact)

    return parse


def gnss(*seconds, **columns):
    return Batch("gnss_pvt", fixes(*seconds, **columns))


# --- two results --------------------------------------------------------------------------------


def result_of(homemade, *messages):
    return homemade(detect=always, parse=reading(lambda _artifact: messages)).result({"a.x": b"x"})


def test_a_result_does_not_differ_from_its_like(homemade):
    messages = gnss(0, 1), Meta("a", 1), Issue("ROWS_SKIPPED", count=1)

    assert difference(result_of(homemade, *messages), result_of(homemade, *messages)) is None


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ([gnss(0)], [gnss(1)], "stream gnss_pvt differs (1 and 1 rows)"),
        ([gnss(0)], [gnss(0, 1)], "stream gnss_pvt differs (1 and 2 rows)"),
        ([gnss(0)], [gnss(0, time_base="relative")], "stream gnss_pvt differs (1 and 1 rows)"),
        (
            [gnss(0)],
            [Batch("gnss_pvt.raw", fixes(0))],
            "streams are gnss_pvt and then gnss_pvt.raw",
        ),
        ([gnss(0)], [gnss(0), Meta("a", 1)], "metadata differ: {} and then {'a': 1}"),
        ([gnss(0)], [gnss(0), Meta("device_family", "F")], "device_family differ: None and then F"),
        ([gnss(0)], [gnss(0), Meta("device_model", "M")], "device_model differ: None and then M"),
        ([gnss(0)], [gnss(0), Issue("ROWS_SKIPPED", count=1)], "warnings differ: () and then (Issue("),
        ([gnss(0)], [gnss(0), Issue("GPX_NO_TRACK")], "errors differ: () and then (Issue("),
    ],
)
def test_how_results_differ_is_said(homemade, one, other, words):
    said = difference(result_of(homemade, *one), result_of(homemade, *other))

    assert said.startswith(words)
    assert len(said) <= 600


def test_capabilities_may_differ_by_themselves(homemade):
    one = result_of(homemade, gnss(0))
    other = attrs.evolve(one, capabilities=Capabilities(has_gnss_position=False))

    assert difference(one, other).startswith("capabilities differ: ")


# --- answers-twice-alike ------------------------------------------------------------------------


def test_a_parser_without_a_memory_answers_twice_alike(homemade):
    answers_twice_alike(homemade())


def test_a_parser_that_counts_its_calls_is_told(homemade):
    calls = []

    def parse(artifact):
        calls.append(artifact)
        yield gnss(*range(len(calls)))

    with pytest.raises(Broken, match=r"sample a\.x reads otherwise the second time: stream gnss_pvt differs"):
        answers_twice_alike(homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT}))


def test_a_detector_that_counts_its_calls_is_told(homemade):
    calls = []

    def detect(_sniffs):
        calls.append(1)
        return Detection(Rung.MARKER, (f"call {len(calls)}",))

    subject = homemade(detect=detect, parse=reading(lambda _a: [gnss(0)]), examples={"a.x": CONTENT})
    with pytest.raises(
        Broken, match=r"asked about sample a\.x a second time, the detector answers otherwise"
    ):
        answers_twice_alike(subject)


def test_a_parser_that_remembers_the_sample_before_is_told(homemade):
    last = []

    def parse(artifact):
        yield gnss(0)
        yield Meta("before", last[-1] if last else "none")
        last[:] = [artifact.name]

    examples = {"a.x": CONTENT, "b.x": CONTENT + b"more"}
    with pytest.raises(Broken, match="reads otherwise the second time: metadata differ"):
        answers_twice_alike(homemade(detect=always, parse=reading(parse), examples=examples))


# --- leaves-bytes-alone -------------------------------------------------------------------------


def test_a_parser_that_only_reads_leaves_bytes_alone(homemade):
    leaves_bytes_alone(homemade())


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b"other"),
        lambda path: os.utime(path, ns=(0, 0)),
        lambda path: path.with_name("cache").write_bytes(b""),
    ],
    ids=["writes", "touches", "adds"],
)
def test_what_is_done_to_the_folder_is_told(homemade, harm):
    def parse(artifact):
        yield gnss(0)
        if artifact.path is not None and artifact.name == "b.x":
            harm(artifact.path)

    subject = homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT, "b.x": CONTENT + b"2"})
    with pytest.raises(Broken, match=r"the folder of sample b\.x is not as it was after reading"):
        leaves_bytes_alone(subject)


def test_a_file_that_is_gone_after_reading_breaks_the_promise_too(homemade):
    def parse(artifact):
        yield gnss(0)
        if artifact.path is not None:
            artifact.path.unlink()

    subject = homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT})
    # Whatever the core makes of it: a promise of our own, for the kit's may be taken away by itself.
    promise = Promise(id="is-gone", sentence="It stays.", advice="Stay.", examine=leaves_bytes_alone)
    with pytest.raises(ConformanceFailure, match=r"^\[is-gone\] It stays\."):
        Check(promise, subject)()


def test_a_folder_that_is_made_beside_the_file_is_told(homemade):
    def parse(artifact):
        yield gnss(0)
        if artifact.path is not None:
            (artifact.path.parent / "cache").mkdir()

    subject = homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT})
    with pytest.raises(Broken, match=r"the folder of sample a\.x is not as it was after reading"):
        leaves_bytes_alone(subject)


@pytest.mark.parametrize("is_harmed", [False, True])
def test_files_of_a_recording_may_lie_in_folders(homemade, is_harmed):
    def parse(artifact):
        yield gnss(0)
        if is_harmed and artifact.name == "b.x":
            artifact.path.write_bytes(b"other")

    examples = {"run": {"a.x": CONTENT, "deep/er/b.x": CONTENT}}
    subject = homemade(detect=always, parse=reading(parse), examples=examples)
    if not is_harmed:
        leaves_bytes_alone(subject)
        return
    with pytest.raises(Broken, match="the folder of sample run is not as it was"):
        leaves_bytes_alone(subject)


def test_what_is_left_among_temporary_files_is_told(homemade):
    def parse(_artifact):
        yield gnss(0)
        handle, _name = tempfile.mkstemp(prefix="left-", suffix=".x")
        os.close(handle)

    usual = tempfile.tempdir
    subject = homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT})
    with pytest.raises(
        Broken, match=r"^reading sample a\.x leaves behind, among temporary files: left-\w+\.x$"
    ):
        leaves_bytes_alone(subject)
    assert tempfile.tempdir == usual


def test_temporary_files_that_go_by_themselves_are_not_left(homemade):
    def parse(_artifact):
        circle = [spooled([b"much"], 0)]
        circle.append(circle)  # goes when the collector comes
        yield gnss(0)

    leaves_bytes_alone(homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT}))


# --- chunk-size-does-not-matter -----------------------------------------------------------------


def test_a_parser_that_joins_its_pieces_does_not_mind_their_size(homemade):
    chunk_size_does_not_matter(homemade())


@pytest.mark.parametrize("piece_bytes", [1, 13, 1021])
def test_a_parser_that_minds_the_size_of_pieces_is_told(homemade, piece_bytes):
    def parse(artifact):
        first = next(artifact.chunks())
        yield gnss(*range(2 if len(first) == piece_bytes else 1))

    subject = homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT})
    with pytest.raises(
        Broken, match=rf"sample a\.x in chunks of {piece_bytes} bytes: stream gnss_pvt differs"
    ):
        chunk_size_does_not_matter(subject)


def test_pieces_are_no_larger_than_what_is_asked_for_either(homemade):
    def parse(artifact):
        yield gnss(0)
        yield Meta("largest", max(map(len, artifact.chunks(7))) <= 7)
        yield Meta("whole", b"".join(artifact.chunks(5)) == CONTENT)

    chunk_size_does_not_matter(homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT}))


def test_a_parser_that_minds_where_the_file_lies_is_told(homemade):
    def parse(artifact):
        yield gnss(*range(1 if artifact.path is None else 2))

    subject = homemade(detect=always, parse=reading(parse), examples={"a.x": CONTENT})
    with pytest.raises(Broken, match=r"sample a\.x from a disk and not from memory: stream gnss_pvt differs"):
        chunk_size_does_not_matter(subject)


def test_what_is_never_twice_alike_is_left_to_the_promise_about_that(homemade):
    calls = []

    def parse(artifact):
        calls.append(artifact)
        yield gnss(*range(len(calls)))

    def mind(artifact):
        yield gnss(*range(2 if len(next(artifact.chunks())) == 1 else 1))

    def both(artifact):
        return parse(artifact) if artifact.name == "a.x" else mind(artifact)

    examples = {"a.x": CONTENT, "b.x": CONTENT + b"2"}
    with pytest.raises(Broken, match=r"sample b\.x in chunks of 1 bytes"):
        chunk_size_does_not_matter(homemade(detect=always, parse=reading(both), examples=examples))
