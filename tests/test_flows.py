"""A flow in this process: which parsers are driven, what is announced, and what is made of a raise."""

from __future__ import annotations

import gzip

import pytest

from telemparse import flows
from telemparse.border import Collector
from telemparse.errors import Malformed
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.codes import Severity
from telemparse.model.detection import Rung
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas.order import Arrivals
from toys import SECOND_NS, catalog, fixes, install, seeing, toy

GNSS = Batch("gnss_pvt", fixes(0, 1, 2))


def flow(source, *toys, options=None, **how):
    """Return the result of a flow through these parsers and what its sink got."""
    sink = Collector()
    done = flows.run(ArtifactSet.of(source), options or ParseOptions(), sink, catalog=catalog(*toys), **how)
    return done.result, sink.tables


def codes(issues):
    return [issue.code for issue in issues]


# --- which parsers ------------------------------------------------------------------------------


def test_the_parsers_of_the_catalog_that_is_given_are_asked_and_no_others(monkeypatch):
    install(monkeypatch, toy("installed", Rung.SIGNATURE, (GNSS,)))
    result, _tables = flow(b"x", toy("given", messages=(GNSS,)))

    assert result.provenance.parser_id == "given"


def test_the_installed_parsers_are_asked_when_no_catalog_is_given(monkeypatch):
    install(monkeypatch, toy("installed", messages=(GNSS,)))
    done = flows.run(ArtifactSet.of(b"x"), ParseOptions(), Collector())

    assert done.result.provenance.parser_id == "installed"


def test_a_parser_that_raises_takes_nothing_from_the_part_of_another():
    broken = toy("broken", seeing(b"one"), (ValueError("boom"),))
    cut = toy("cut", seeing(b"two"), (GNSS, Malformed("JSON_MALFORMED", offset=1, error="odd")))
    sound = toy("sound", seeing(b"three"), (GNSS,))
    result, tables = flow({"a": b"one", "b": b"two", "c": b"three"}, broken, cut, sound)

    assert {name: table.num_rows for name, table in tables.items()} == {"gnss_pvt": 3, "gnss_pvt.sound": 3}
    assert codes(result.errors) == ["PARSER_CRASHED"]
    assert codes(result.warnings) == ["JSON_MALFORMED"]


def test_how_a_flow_is_to_run_has_to_be_named():
    with pytest.raises(TypeError):
        flows.run(ArtifactSet.of(b"x"), ParseOptions(), Collector(), Arrivals)


# --- what is announced --------------------------------------------------------------------------


def test_the_provenance_is_announced_once_and_before_any_row():
    heard = []

    def parse(_artifacts, _options):
        heard.append("parse")
        yield GNSS

    result, _tables = flow(b"x", toy(messages=parse), announce=heard.append)

    assert heard == [result.provenance, "parse"]


def test_the_ordering_that_is_given_watches_the_rows():
    late = Batch("gnss_pvt", fixes(1, 0, 0))
    (flags,), (arrived,) = (
        [table["quality_flags"].to_pylist() for table in flow(b"x", toy(messages=(late,)), **how)[1].values()]
        for how in ({}, {"ordering": Arrivals})
    )

    assert sum(flag > 0 for flag in flags) == 2
    assert arrived.count(0) == 1


# --- what it holds ------------------------------------------------------------------------------


def test_a_wrapped_file_stands_in_provenance_by_its_inner_name_and_its_outer_size():
    content = gzip.compress(b"x" * 1000)
    result, _tables = flow({"ride.x.gz": content, "b": b"12345"}, toy(messages=(GNSS,)))

    assert [(each.name, each.byte_size, each.wrapper) for each in result.provenance.artifacts] == [
        ("ride.x", len(content), "gzip"), ("b", 5, None),
    ]  # fmt: skip
    assert result.provenance.unread == ()


def test_what_nobody_claims_stands_in_provenance_as_unread():
    result, _tables = flow({"a": b"12345"}, toy(answer=Rung.NO))

    assert [(each.name, each.byte_size) for each in result.provenance.unread] == [("a", 5)]


def test_errors_and_warnings_are_told_apart_and_lose_nothing():
    issues = Issue("ROWS_SKIPPED", count=1), Issue("GPX_NO_TRACK"), Issue("UNIT_ASSUMED", column="a")
    result, _tables = flow(b"x", toy(messages=(GNSS, *issues)))

    assert codes(result.warnings) == ["ROWS_SKIPPED", "UNIT_ASSUMED"]
    assert codes(result.errors) == ["GPX_NO_TRACK"]


def test_the_device_is_what_the_parser_says_it_is():
    result, _tables = flow(
        b"x", toy(messages=(GNSS, Meta("device_family", "Toy"), Meta("device_model", "T")))
    )

    assert (result.device_family, result.device_model) == ("Toy", "T")


def test_a_fault_while_asking_is_a_warning_that_names_plugin_stage_and_error():
    result, _tables = flow(b"x", toy(messages=(GNSS,)), toy("bad", RuntimeError("boom")))

    (warning,) = result.warnings
    assert warning.code == "PLUGIN_LOAD_FAILED"
    assert warning.evidence == {"plugin": "bad", "stage": "detect", "error": "RuntimeError: boom"}


# --- nothing in it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "severity"),
    [
        ({}, Severity.ERROR),
        ({"strict": True}, Severity.ERROR),
        ({"streams": ("laps",)}, Severity.WARNING),
        ({"channels": ("rpm",)}, Severity.WARNING),
        ({"time_range": (0, SECOND_NS)}, Severity.WARNING),
    ],
)
def test_no_stream_is_an_error_unless_only_a_part_was_asked_for(options, severity):
    result, tables = flow({"a": b"x", "b": b"y"}, toy(messages=()), options=ParseOptions(**options))

    assert tables == {}
    (issue,) = (*result.errors, *result.warnings)
    assert (issue.code, issue.severity) == ("NO_STREAMS", severity)
    assert issue.evidence == {"artifacts": "a, b"}


def test_warnings_do_not_stand_for_a_stream():
    result, _tables = flow(b"x", toy(messages=(Issue("ROWS_SKIPPED", count=1),)))

    assert codes(result.errors) == ["NO_STREAMS"]


def test_another_error_explains_a_missing_stream_and_one_stream_is_enough():
    assert codes(flow(b"x", toy(messages=(Issue("GPX_NO_TRACK"),)))[0].errors) == ["GPX_NO_TRACK"]
    assert flow(b"x", toy(messages=(GNSS,)))[0].errors == ()


# --- what a crash says --------------------------------------------------------------------------


def test_a_crash_is_said_in_500_characters_and_shows_the_way_to_it():
    def parse(_artifacts, _options):
        raise ValueError("x" * 600)

    (crash,) = flow(b"x", toy(messages=parse))[0].errors

    assert crash.evidence["error"] == ("ValueError: " + "x" * 600)[:500]
    assert [place.split(":")[0] for place in crash.evidence["traceback"]] == ["flows.py", "test_flows.py"]
    assert crash.evidence["traceback"][-1].endswith(" parse")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit()])
@pytest.mark.parametrize("when", ["called", "asked"])
def test_what_the_caller_sends_passes_whenever_it_comes(error, when):
    def called(_artifacts, _options):
        raise error

    def asked(_artifacts, _options):
        yield GNSS
        raise error

    with pytest.raises(type(error)):
        flow(b"x", toy(messages=called if when == "called" else asked))
