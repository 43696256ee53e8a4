"""Parsing: from a source to a result, in this process or in a child, whatever the parser does."""

from __future__ import annotations

import gzip
import hashlib
import io
from asyncio import CancelledError

import pyarrow as pa
import pytest

import telemparse
from telemparse import confinement
from telemparse.errors import CallError, Malformed, ParseFailed
from telemparse.extension import catalog as catalogs
from telemparse.extension.catalog import Catalog
from telemparse.isolation import ChildFailed
from telemparse.model.codes import Code, Severity
from telemparse.model.detection import Rung
from telemparse.model.gates import Gate
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.parsing import parse
from toys import SECOND_NS, distribution, fixes, install, seeing, toy

GNSS = Batch("gnss_pvt", fixes(0, 1, 2))


class Unspeakable(Exception):  # noqa: N818  (not an error of ours)
    def __str__(self):
        raise RuntimeError("not even this")


class Alien(BaseException):
    """What a parser derives from BaseException alone."""


# As pyo3 makes it: each Rust extension has one of its own.
PANIC = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})


def codes(issues):
    return [issue.code for issue in issues]


def returned(monkeypatch, *messages, source=b"x", options=None, **facts):
    install(monkeypatch, toy(messages=messages, **facts))
    return parse(source, options, on_error="return")


# --- a result -----------------------------------------------------------------------------------


def test_a_recording_becomes_streams_facts_capabilities_and_provenance(monkeypatch, tmp_path):
    ride = tmp_path / "ride.toy"
    ride.write_bytes(b"hello")
    messages = (Meta("device_family", "Toy"), Meta("device_model", "T1"), Meta("dialect", "plain"), GNSS)
    result = returned(monkeypatch, *messages, source=ride)

    assert result.ok
    assert (result.device_family, result.device_model, result.metadata) == ("Toy", "T1", {"dialect": "plain"})
    assert isinstance(result.streams["gnss_pvt"], pa.Table)
    assert result.streams["gnss_pvt"].num_rows == 3
    assert result.capabilities.has_gnss_position
    assert result.capabilities.sample_rate_gnss_hz == 1.0
    assert (result.warnings, result.errors) == ((), ())


def test_provenance_names_parser_versions_files_hashes_score_and_evidence(monkeypatch):
    source = {"a.x": b"hello", "b.x.gz": gzip.compress(b"there")}
    result = returned(
        monkeypatch, GNSS, source=source, options=ParseOptions(strict=True, columns="t,lat_deg")
    )
    provenance = result.provenance
    (part,) = provenance.parts

    assert provenance.parser_id == "toy"
    assert (part.parser_id, part.parser_version, part.score, part.evidence) == (
        "toy",
        "1.2",
        0.8,
        ("toy saw it",),
    )
    assert [(a.name, a.byte_size, a.sha256, a.wrapper) for a in provenance.artifacts] == [
        ("a.x", 5, hashlib.sha256(b"hello").hexdigest(), None),
        ("b.x", len(source["b.x.gz"]), hashlib.sha256(source["b.x.gz"]).hexdigest(), "gzip"),
    ]
    assert (provenance.telemparse_version, provenance.schema_version) == (telemparse.__version__, 1)
    assert provenance.options == {"strict": True, "columns": [[0, "t"], [1, "lat_deg"]]}


def test_what_nobody_reads_stands_in_provenance_too(monkeypatch):
    install(monkeypatch, toy(answer=Rung.NO))
    result = parse({"a": b"hello"}, on_error="return")

    assert (result.provenance.parser_id, result.provenance.parts) == (None, ())
    assert [artifact.name for artifact in result.provenance.artifacts] == ["a"]
    assert codes(result.errors) == ["FORMAT_NOT_RECOGNISED"]


def test_parts_merge_and_each_is_named(monkeypatch):
    imu = Batch("gnss_pvt", fixes(5))
    one, two = (
        toy("one", seeing(b"one"), (GNSS,)),
        toy("two", seeing(b"two"), (imu, Meta("b", 2)), streams=()),
    )
    install(monkeypatch, one, two)
    result = parse({"a": b"two", "b": b"one"})

    assert {name: table.num_rows for name, table in result.streams.items()} == {
        "gnss_pvt": 3,
        "gnss_pvt.two": 1,
    }
    assert [part.parser_id for part in result.provenance.parts] == ["one", "two"]
    assert result.metadata == {"b": 2}


def test_several_sources_are_one_recording(monkeypatch):
    seen = []

    def remember(artifacts, _options):
        seen.append(artifacts.names)
        yield GNSS

    install(monkeypatch, toy(messages=remember))
    parse([io.BytesIO(b"a"), b"b"])

    assert seen == [("<file>", "<bytes>")]


def test_the_parser_gets_the_options(monkeypatch):
    seen = []

    def remember(_artifacts, options):
        seen.append(options)
        yield GNSS

    install(monkeypatch, toy(messages=remember))
    parse(b"x", ParseOptions(timezone="Europe/Berlin"), parser="toy")

    assert seen == [ParseOptions(timezone="Europe/Berlin", parser="toy")]


# --- errors: bad data is a value, bad calls raise -----------------------------------------------


def test_errors_raise_parse_failed_that_carries_the_result(monkeypatch):
    install(monkeypatch, toy(messages=(GNSS, Issue("GPX_NO_TRACK", artifact="a", routes=1, waypoints=2))))

    with pytest.raises(ParseFailed) as raised:
        parse(b"x")
    assert raised.value.result.streams["gnss_pvt"].num_rows == 3
    assert str(raised.value).splitlines() == [
        "GPX_NO_TRACK: a has no track points (1 route points, 2 waypoints)",
        "hint: Export the recorded track (trk) rather than the route or the waypoints.",
    ]


def test_errors_are_returned_when_asked_for(monkeypatch):
    result = returned(monkeypatch, GNSS, Issue("GPX_NO_TRACK"))

    assert not result.ok
    assert codes(result.errors) == ["GPX_NO_TRACK"]


def test_warnings_raise_nothing(monkeypatch):
    install(monkeypatch, toy(messages=(GNSS, Issue("UNIT_ASSUMED", column="a", unit="m"))))

    assert codes(parse(b"x").warnings) == ["UNIT_ASSUMED"]


@pytest.mark.parametrize("value", ["ignore", None, "RAISE", True])
def test_on_error_is_raise_or_return(monkeypatch, value):
    install(monkeypatch, toy(messages=(GNSS,)))

    with pytest.raises(CallError, match="on_error"):
        parse(b"x", on_error=value)


def test_what_is_not_source_or_options_has_to_be_named(monkeypatch):
    install(monkeypatch, toy(messages=(GNSS,)))

    with pytest.raises(TypeError):
        parse(b"x", None, "toy")


@pytest.mark.parametrize("isolation", ["none", "process"])
@pytest.mark.parametrize("how", ["option", "argument"])
def test_an_unknown_parser_is_a_call_error_wherever_it_would_run(monkeypatch, how, isolation):
    install(monkeypatch, toy())
    options = ParseOptions(isolation=isolation, parser="absent" if how == "option" else None)

    with pytest.raises(CallError, match="no parser 'absent'; installed: "):
        parse(b"x", options, parser="absent" if how == "argument" else None)


def test_with_a_child_process_no_plugin_is_loaded_here(monkeypatch):
    monkeypatch.setattr(catalogs, "_shared", None)
    monkeypatch.setattr(Catalog, "load", lambda: pytest.fail("this process loads plugins"))
    result = parse(
        b"t,lat_deg,lon_deg\n0,0,0\n1,0,1\n",
        ParseOptions(isolation="process"),
        parser="csv",
        on_error="return",
    )

    assert result.provenance.parser_id == "csv"


def test_an_unknown_stream_is_a_call_error(monkeypatch):
    install(monkeypatch, toy())

    with pytest.raises(CallError, match="gnss_ptv"):
        parse(b"x", ParseOptions(streams="gnss_ptv"))


@pytest.mark.parametrize("options", [{"strict": True}, "csv"])
def test_options_of_another_type_are_a_call_error(monkeypatch, options):
    install(monkeypatch, toy())

    with pytest.raises(CallError, match="options must be ParseOptions"):
        parse(b"x", options)


@pytest.mark.parametrize("source", [None, 7, object(), []])
def test_a_source_that_is_none_is_a_call_error(source):
    with pytest.raises(CallError):
        parse(source)


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        parse(tmp_path / "none.csv", on_error="return")


# --- what a generator raises --------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        ValueError("boom"),
        SystemExit(3),
        RecursionError("deep"),
        AssertionError(),
        OSError(5, "io"),
        CallError("gnss_pvt has no column x"),
        StopIteration(1),
        Unspeakable(),
        ExceptionGroup("several", [ValueError()]),
        PANIC("index out of bounds"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_parser_raises_is_a_crash_and_what_it_yielded_is_kept(monkeypatch, error):
    result = returned(monkeypatch, GNSS, Meta("a", 1), Issue("UNIT_ASSUMED"), error)

    assert result.streams["gnss_pvt"].num_rows == 3
    assert result.metadata == {"a": 1}
    assert codes(result.warnings) == ["UNIT_ASSUMED"]
    (crash,) = result.errors
    assert (crash.code, crash.evidence["parser"]) == ("PARSER_CRASHED", "toy")
    assert type(error).__name__ in crash.message


def test_a_crash_says_where(monkeypatch):
    (crash,) = returned(monkeypatch, GNSS, ValueError("boom")).errors

    assert crash.message == "parser toy crashed: ValueError: boom"
    assert crash.evidence["traceback"][-1].startswith("toys.py:")


def test_endless_recursion_is_a_crash_with_a_short_traceback(monkeypatch):
    def sink(depth=0):
        return sink(depth + 1)

    def recurse(_artifacts, _options):
        yield sink()

    install(monkeypatch, toy(messages=recurse))
    (crash,) = parse(b"x", on_error="return").errors
    assert crash.code == "PARSER_CRASHED"
    assert len(crash.evidence["traceback"]) == 20


def test_a_call_of_a_parser_that_panics_is_a_crash(monkeypatch):
    def panic(_artifacts, _options):
        raise PANIC("index out of bounds")

    install(monkeypatch, toy(messages=panic))
    (crash,) = parse(b"x", on_error="return").errors

    assert crash.message == "parser toy crashed: PanicException: index out of bounds"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit(), CancelledError(), Alien()])
def test_control_flow_of_the_caller_passes(monkeypatch, error):
    def fail(_artifacts, _options):
        raise error

    for parser in ((GNSS, error), fail):
        install(monkeypatch, toy(messages=parser))
        with pytest.raises(type(error)):
            parse(b"x", on_error="return")


def test_memory_that_runs_out_has_its_own_code(monkeypatch):
    (issue,) = returned(monkeypatch, GNSS, MemoryError("no room for it")).errors

    assert issue.code == "PARSER_MEMORY_EXCEEDED"
    assert issue.message == "parser ran out of memory: MemoryError: no room for it"


def test_malformed_is_an_issue_with_its_place_and_what_was_yielded_is_kept(monkeypatch):
    result = returned(
        monkeypatch, GNSS, Malformed("XML_UNSAFE", Locus("a.gpx", line=2), what="an entity"), GNSS
    )
    (issue,) = result.errors

    assert (issue.code, issue.locus, issue.message) == (
        "XML_UNSAFE", Locus("a.gpx", line=2), "XML declares an entity, which is refused",
    )  # fmt: skip
    assert result.streams["gnss_pvt"].num_rows == 3


def test_malformed_with_a_warning_is_a_warning(monkeypatch):
    result = returned(monkeypatch, GNSS, Malformed("XML_MALFORMED", line=2, error="cut"))

    assert (result.ok, codes(result.warnings)) == (True, ["XML_MALFORMED"])


def test_malformed_with_a_plugins_own_code_is_completed_from_its_card(monkeypatch):
    odd = Code("TOY_ODD", Severity.ERROR, "{count} odd toys", "Odd.", "shake it")
    (issue,) = returned(monkeypatch, GNSS, Malformed("TOY_ODD", count=3), codes=(odd,)).errors

    assert (issue.message, issue.hint) == ("3 odd toys", "shake it")


@pytest.mark.parametrize(
    "parser",
    [
        lambda _artifacts, _options: None,
        lambda _artifacts, _options: 7,
        lambda _artifacts: iter(()),
        lambda *_: 1 / 0,
    ],
)
def test_a_parser_that_is_no_generator_is_a_crash(monkeypatch, parser):
    install(monkeypatch, toy(messages=parser))

    assert codes(parse(b"x", on_error="return").errors) == ["PARSER_CRASHED"]


def test_a_parser_may_return_any_iterable(monkeypatch):
    install(monkeypatch, toy(messages=lambda _artifacts, _options: [GNSS]))

    assert parse(b"x").streams["gnss_pvt"].num_rows == 3


def test_a_parser_that_cannot_be_imported_is_a_crash(monkeypatch):
    lost = toy(target="no_such_module_anywhere:parse")
    install(monkeypatch, lost)._targets.pop("no_such_module_anywhere:parse")

    assert "ModuleNotFoundError" in parse(b"x", on_error="return").errors[0].message


@pytest.mark.parametrize(
    "text", ["48.1234567", "-0.12345", "48,1234567", "4807.038", "481234567", "could not convert '11.5123'"]
)
def test_a_crash_never_quotes_what_may_be_a_coordinate(monkeypatch, text):
    (issue,) = returned(monkeypatch, ValueError(f"bad cell {text} in row 7")).errors
    shown = f"{issue.message} {issue.evidence}"

    assert "row 7" in shown
    assert "12345" not in shown
    assert "038" not in shown
    assert "5123" not in shown


def test_a_crash_does_not_quote_endlessly(monkeypatch):
    (issue,) = returned(monkeypatch, ValueError("x" * 10**6)).errors

    assert len(issue.message) < 1000


def test_rubbish_among_the_messages_leaves_the_rest(monkeypatch):
    result = returned(monkeypatch, GNSS, "rubbish", None, Batch("gnss_pvt", 7))

    assert result.streams["gnss_pvt"].num_rows == 3
    assert codes(result.errors) == ["SCHEMA_VIOLATION"] * 3


# --- nothing in it ------------------------------------------------------------------------------


def test_no_stream_at_all_is_an_error(monkeypatch):
    (issue,) = returned(monkeypatch, Meta("a", 1), source={"a.x": b"x"}).errors

    assert (issue.code, issue.message) == ("NO_STREAMS", "a.x gave no stream at all")


def test_no_stream_beside_another_error_is_not_said_twice(monkeypatch):
    assert codes(returned(monkeypatch, Issue("GPX_NO_TRACK")).errors) == ["GPX_NO_TRACK"]


@pytest.mark.parametrize(
    "options", [{"streams": ("imu_accel",)}, {"time_range": (9 * SECOND_NS, 10 * SECOND_NS)}], ids=str
)
def test_nothing_left_of_what_was_asked_for_is_only_a_warning(monkeypatch, options):
    result = returned(monkeypatch, GNSS, options=ParseOptions(**options))

    assert (result.ok, codes(result.warnings)) == (True, ["NO_STREAMS"])


def test_an_empty_file_is_an_error_with_a_hint(monkeypatch):
    (issue,) = returned(monkeypatch, GNSS, source=b"").errors

    assert issue.code == "ARTIFACT_EMPTY"
    assert issue.hint


def test_only_laps_are_a_good_result(monkeypatch):
    lap = {"lap_number": [1], "stint_index": [0], "duration_ns": [1], "validity": ["VALID"]}
    laps = telemparse.schemas.build("laps", {**lap, "confidence": ["HIGH"], "source": ["device"]})
    result = returned(monkeypatch, Batch("laps", laps))

    assert result.ok
    assert result.capabilities.has_device_laps
    assert not result.capabilities.has_gnss_position


# --- faults -------------------------------------------------------------------------------------


def test_a_plugin_that_fails_while_asked_is_a_warning_of_the_result(monkeypatch):
    install(monkeypatch, toy(messages=(GNSS,)), toy("bad", RuntimeError("boom")))
    result = parse(b"x")

    assert [(w.code, w.evidence["plugin"], w.evidence["stage"]) for w in result.warnings] == [
        ("PLUGIN_LOAD_FAILED", "bad", "detect")
    ]


# --- in a child process -------------------------------------------------------------------------

HOSTILE = """
    import os, time
    import numpy as np
    from telemparse.extension.card import ParserCard
    from telemparse.extension.hookspecs import hookimpl
    from telemparse.model.codes import Code, Severity
    from telemparse.model.detection import Detection, Rung
    from telemparse.model.gates import Gate
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch, Meta
    from telemparse.schemas import build, channel_field
    import pyarrow as pa

    CODES = (Code("HOSTILE_ODD", Severity.WARNING, "{count} odd toys", "Odd.", "shake it"),)

    @hookimpl
    def telemparse_parsers():
        targets = {"detector": "hostile:detect", "target": "hostile:parse"}
        facts = {"streams": ("gnss_pvt",), "codes": CODES, **targets}
        return [ParserCard(id="hostile", name="h", version="3", **facts)]

    def detect(sniffs):
        return Detection(Rung.MARKER, ("anything",))

    def fixes(*seconds, time_base="utc"):
        rows = len(seconds)
        t = np.array(seconds, np.int64) * 10**9
        columns = {"t": t, "lat_deg": np.zeros(rows), "lon_deg": np.arange(rows) * 1.0}
        return build("gnss_pvt", columns, time_base=time_base)

    def channels(*names):
        fields = {name: channel_field(name, pa.float32()) for name in names}
        return build("channels.main", {"t": [0], **{name: [1.5] for name in names}}, fields=fields)

    def parse(artifacts, options):
        word = artifacts.artifacts[0].read_at(0, 100)
        yield Meta("device_family", "Toy")
        yield Meta("gates", (Gate("sector", "1", 1.0, 2.0, 3.0, 4.0),))
        yield Issue("HOSTILE_ODD", Locus(artifacts.names[0], line=np.int64(3)), count=np.int64(2))
        yield Batch("gnss_pvt", fixes(0, 1, 5))
        yield Batch("gnss_pvt", fixes(5, 4, 6))
        yield Batch("events", build("events", {"t": [3, 1], "event_type": ["start", "stop"]}))
        yield Batch("events", build("events", {"t": [2], "event_type": ["marker"]}))
        yield Batch("channels.main", channels("a"))
        yield Batch("channels.main", channels("a", "b"))
        if word == b"hang":
            time.sleep(600)
        if word == b"abort":
            os.abort()
        if word == b"exit":
            os._exit(0)
        if word == b"memory":
            hoard = [bytearray(64 * 1024 * 1024) for _ in range(10**6)]
        if word == b"raise":
            raise ValueError("boom")
        if word == b"forge":
            import pathlib, sys, json
            folder = json.load(open(sys.argv[1]))["folder"]
            pathlib.Path(folder, "999999~gnss_pvt.arrows").write_bytes(b"no arrow stream")
            pathlib.Path(folder, "999999~laps.arrows").write_bytes(b"\\xff" * 7 + b"\\x7f")
"""


@pytest.fixture
def hostile(monkeypatch, tmp_path):
    distribution(monkeypatch, tmp_path, "hostile", HOSTILE)


def confined(source, **options):
    return parse(source, ParseOptions(isolation="process", parser="hostile", **options), on_error="return")


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    "source", [b"fine", b"raise", gzip.compress(b"fine")], ids=["fine", "raise", "wrapped"]
)
def test_a_child_gives_the_same_result_as_this_process(source):
    options = ParseOptions(
        parser="hostile", columns={3: "t", "Zeit": "date"}, time_range=(0, 10**12), prefer="a"
    )
    here = parse({"ride.x": source}, options, on_error="return")
    there = confined({"ride.x": source}, columns={3: "t", "Zeit": "date"}, time_range=(0, 10**12), prefer="a")

    assert list(there.streams) == list(here.streams)
    for name, table in here.streams.items():
        assert there.streams[name].equals(table, check_metadata=True)
    for fact in ("device_family", "device_model", "metadata", "warnings", "capabilities"):
        assert getattr(there, fact) == getattr(here, fact)
    assert codes(there.errors) == codes(here.errors)
    assert there.provenance.parts == here.provenance.parts
    assert there.provenance.options == {**here.provenance.options, "isolation": "process"}


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    ("word", "limits", "code"),
    [
        (b"hang", {"timeout_s": 8}, "PARSER_TIMEOUT"),
        (b"abort", {}, "PARSER_CRASHED"),
        (b"exit", {}, "PARSER_CRASHED"),
        (b"memory", {"max_memory_bytes": 1536 * 1024**2}, "PARSER_MEMORY_EXCEEDED"),
    ],
)
def test_a_parser_that_hangs_crashes_or_floods_ends_with_its_code_and_its_batches_are_kept(
    word, limits, code
):
    result = confined({"ride.x": word}, **limits)

    assert code in codes(result.errors)
    assert result.streams["gnss_pvt"]["t"].cast(pa.int64()).to_pylist() == [
        second * SECOND_NS for second in (0, 1, 4, 5, 5, 6)
    ]
    assert result.streams["events"].num_rows == 3
    assert result.streams["channels.main"].column_names == ["t", "a", "b"]
    assert result.capabilities.has_gnss_position
    assert result.provenance.parts[0].parser_version == "3"
    assert result.provenance.options["isolation"] == "process"


@pytest.mark.usefixtures("hostile")
def test_a_crash_in_a_child_names_the_parser():
    (issue,) = confined(b"abort").errors

    assert issue.message.startswith("parser hostile crashed: ")


@pytest.mark.usefixtures("hostile")
def test_what_a_child_forges_is_left_out():
    result = confined(b"forge")

    assert result.streams["gnss_pvt"].num_rows == 6
    assert "laps" not in result.streams


def test_an_answer_that_is_none_is_a_crash(monkeypatch):
    install(monkeypatch, toy())
    monkeypatch.setattr(confinement.isolation, "run", lambda *_args, **_limits: {"v": 1})
    result = parse({"ride.x": b"x"}, ParseOptions(isolation="process"), on_error="return")

    assert codes(result.errors) == ["PARSER_CRASHED"]
    assert [artifact.name for artifact in result.provenance.artifacts] == ["ride.x"]


def test_rows_of_a_child_that_do_not_fit_are_refused_here(monkeypatch):
    install(monkeypatch, toy())
    fine = parse(b"x", on_error="return")

    def forge(_target, _request, folder, **_limits):
        bad = fixes(0).rename_columns([f"c{n}" for n in range(18)])
        with pa.ipc.new_stream(str(folder / "000000~gnss_pvt.arrows"), bad.schema) as writer:
            writer.write_batch(bad)
        return {**confinement.result_document(fine), "errors": []}

    monkeypatch.setattr(confinement.isolation, "run", forge)
    result = parse(b"x", ParseOptions(isolation="process"), on_error="return")

    assert codes(result.errors) == ["SCHEMA_VIOLATION"]
    assert result.streams == {}


def test_a_child_that_fails_before_it_knows_the_parser_still_names_the_files(monkeypatch):
    install(monkeypatch, toy())

    def fail(*_args, **_limits):
        raise ChildFailed("PARSER_TIMEOUT", timeout_s=1)

    monkeypatch.setattr(confinement.isolation, "run", fail)
    result = parse({"ride.x": b"x"}, ParseOptions(isolation="process", timeout_s=1), on_error="return")

    assert codes(result.errors) == ["PARSER_TIMEOUT"]
    assert result.errors[0].message == "parser did not finish within 1 s"
    assert [artifact.byte_size for artifact in result.provenance.unread] == [1]


def test_gates_of_a_child_are_gates_here(monkeypatch, tmp_path):
    distribution(monkeypatch, tmp_path, "hostile", HOSTILE)

    assert confined(b"fine").metadata["gates"] == [Gate("sector", "1", 1.0, 2.0, 3.0, 4.0)]
