"""What breaks the promise is kept: one input for each kind, the smallest, with its words."""

from __future__ import annotations

import pytest

from fuzz.keeping import DEADLINE_S, Watch, kind_of
from fuzz.targets import Target, Way, ways
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions
from toys import catalog, fixes, toy


def watch(folder, messages, clock=lambda: 0.0):
    way = Way(ParseOptions(parser="toy"), catalog(toy(messages=messages)))
    return Watch(Target(parser="toy", file="a.toy"), folder, (way,), clock)


def raising(kind, *words):
    """Return a parser that raises; anew each time, for a traceback grows with each raise."""

    def parse(_artifacts, _options):
        raise kind(*words)

    return parse


def names(folder):
    return sorted(path.suffix for path in folder.iterdir())


def test_a_kept_promise_leaves_nothing(tmp_path):
    watch(tmp_path, (Batch("gnss_pvt", fixes(1, 2)),)).check(b"one line")
    assert names(tmp_path) == []


def test_the_smallest_input_of_a_kind_is_kept_with_its_words(tmp_path):
    broken = watch(tmp_path, raising(KeyError, "speed"))
    for data in (b"long input", b"short", b"not so short"):
        broken.check(data)
    assert names(tmp_path) == ["", ".txt"]
    (words,) = tmp_path.glob("*.txt")
    assert "KeyError: 'speed'" in words.read_text("utf-8")
    assert words.with_suffix("").read_bytes() == b"short"


def test_two_kinds_are_kept_apart(tmp_path):
    watch(tmp_path, raising(KeyError, "speed")).check(b"x")
    watch(tmp_path, raising(IndexError, "9 of 8")).check(b"x")
    watch(tmp_path, raising(IndexError, "7 of 6")).check(b"x")
    assert names(tmp_path) == ["", "", ".txt", ".txt"]
    assert kind_of("byte 12 of 9") == kind_of("byte 7 of 345")


@pytest.mark.parametrize(("taken_s", "kept"), [(DEADLINE_S - 0.1, []), (DEADLINE_S + 0.1, ["", ".txt"])])
def test_an_input_that_takes_too_long_is_kept(tmp_path, taken_s, kept):
    readings = iter([5.0, 5.0 + taken_s])
    watch(tmp_path, (Batch("gnss_pvt", fixes(1)),), clock=lambda: next(readings)).check(b"x")
    assert names(tmp_path) == kept


def test_the_watch_over_a_parser_has_all_its_ways(tmp_path):
    made = Watch.of("gpx", tmp_path)
    assert len(made.choices) == len(ways(made.target)) > 5
