"""The invariant itself: it finds nothing in a good parser, and something in each wrong one."""

from __future__ import annotations

import gzip

import attrs
import numpy as np
import pyarrow as pa
import pytest

from fuzz import invariant
from fuzz.invariant import broken
from telemparse.border import Collector
from telemparse.flows import Flow, run
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.capabilities import Capabilities
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import build
from toys import catalog, fixes, toy

FILE = {"a.toy": b"one line\n"}
FORCED = ParseOptions(parser="toy")


def problems(*messages, answer=None, options=FORCED):
    given = {} if answer is None else {"answer": answer}
    return broken(FILE, options, catalog(toy(messages=messages, **given)))


def test_a_good_parser_keeps_the_promise():
    assert problems(Batch("gnss_pvt", fixes(1, 2, 3))) == []


def test_errors_with_a_code_keep_the_promise():
    assert problems(Issue("CSV_NO_HEADER", Locus("a.toy", line=1), artifact="a.toy")) == []
    assert problems() == []  # which is NO_STREAMS


@pytest.mark.parametrize("name", ["a.toy", "a.toy.gz"])
def test_places_in_wrapped_content_are_not_those_of_the_wrapper(name):
    messages = (Batch("gnss_pvt", fixes(1)), Issue("ROWS_SKIPPED", Locus("a.toy", offset=900), count=1))
    files = {name: gzip.compress(b"x" * 1000)}
    assert len(files[name]) < 900
    assert broken(files, FORCED, catalog(toy(messages=messages))) == []


NOWHERE = {"t": np.zeros(1, np.int64), "lat_deg": np.array([np.nan]), "lon_deg": np.zeros(1)}
NAN = fixes(1).set_column(1, fixes(1).schema.field("lat_deg"), pa.array([np.nan]))


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ((Batch("gnss_pvt", fixes(1)), KeyError("speed")), "PARSER_CRASHED"),
        ((MemoryError(),), "PARSER_MEMORY_EXCEEDED"),
        ((Batch("gnss_pvt", build("gnss_pvt", NOWHERE, time_base="utc")),), "lat_deg is null"),
        ((Batch("gnss_pvt", NAN),), "lat_deg holds NaN"),
        ((Batch("gnss_pvt", "no table"),), "SCHEMA_VIOLATION"),
        ((Batch("nonsense", fixes(1)),), "no canonical stream"),
        (("no message",), "SCHEMA_VIOLATION"),
        ((Issue("NOBODY_KNOWS_IT"),), "NOBODY_KNOWS_IT"),
        ((Issue("ROWS_SKIPPED", Locus("a.toy", offset=10), count=1),), "stands at byte 10 of 9"),
        ((Issue("ROWS_SKIPPED", Locus("a.toy", line=0), count=1),), "stands in line 0"),
        ((Batch("gnss_pvt", fixes(1)), Meta("name", "\ud800")), "cannot be written down"),
    ],
)
def test_a_wrong_parser_is_caught(messages, said):
    assert any(said in problem for problem in problems(*messages)), problems(*messages)


def test_a_detector_that_raises_is_caught():
    (problem,) = problems(Batch("gnss_pvt", fixes(1)), answer=ZeroDivisionError("tail"))
    assert problem.startswith("PLUGIN_LOAD_FAILED")


class Careless:
    """Raises where no one can catch it."""

    def __del__(self):
        raise ValueError("too late")


def test_an_exception_that_nobody_can_catch_is_heard():
    def parse(_artifacts, _options):
        Careless()
        yield Batch("gnss_pvt", fixes(1))

    assert broken(FILE, FORCED, catalog(toy(messages=parse))) == ["ignored: ValueError('too late')"]


# What the border never lets through is made here behind it.


def through(monkeypatch, spoil):
    """Return what is found in a good result that `spoil` changes on its way out."""

    def spoilt(artifacts: ArtifactSet, options: ParseOptions, sink: Collector, **rest: object) -> Flow:
        flow = run(artifacts, options, sink, **rest)
        return spoil(flow, sink) or flow

    monkeypatch.setattr(invariant.flows, "run", spoilt)
    return problems(Batch("gnss_pvt", fixes(1, 2, 3)))


def test_an_exception_out_of_the_parse_is_caught(monkeypatch):
    def spoil(_flow, _sink):
        raise IndexError("beyond")

    (problem,) = through(monkeypatch, spoil)
    assert problem.startswith("IndexError came out of test_invariant.py")


def test_rows_that_go_back_in_time_are_caught(monkeypatch):
    def spoil(_flow, sink):
        sink.tables["gnss_pvt"] = sink.tables["gnss_pvt"].take([2, 0, 1])

    assert through(monkeypatch, spoil) == ["gnss_pvt goes back in time"]


def test_centuries_between_two_rows_are_no_way_back(monkeypatch):
    def spoil(_flow, sink):
        far = np.array([-(2**62) - 1, 2**62, 2**62 + 1])
        table = sink.tables["gnss_pvt"]
        stamps = pa.array(far, table.schema.field("t").type)
        sink.tables["gnss_pvt"] = table.set_column(0, table.schema.field("t"), stamps)

    assert through(monkeypatch, spoil) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.slice(0, 0), "gnss_pvt has no rows"),
        (lambda table: table.drop_columns(["lat_deg"]), "does not fit its schema"),
        (lambda table: table.replace_schema_metadata({}), "does not fit its schema"),
    ],
)
def test_a_table_that_does_not_fit_is_caught(monkeypatch, change, said):
    def spoil(_flow, sink):
        sink.tables["gnss_pvt"] = change(sink.tables["gnss_pvt"])

    assert any(said in problem for problem in through(monkeypatch, spoil))


def test_nothing_at_all_is_caught(monkeypatch):
    assert through(monkeypatch, lambda _flow, sink: sink.tables.clear()) == [
        "no stream, and no error that says why"
    ]


def test_an_undeclared_code_behind_the_border_is_caught(monkeypatch):
    def spoil(flow, _sink):
        odd = Issue.stored({**attrs.asdict(Issue("ROWS_SKIPPED"), recurse=False), "code": "ODD"})
        return attrs.evolve(
            flow, result=attrs.evolve(flow.result, warnings=(odd,), capabilities=Capabilities())
        )

    assert through(monkeypatch, spoil) == ["ODD is declared nowhere"]
