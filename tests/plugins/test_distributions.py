"""Plugins as strangers ship them: a bad one is a fault that everybody can see, and harms nobody."""

from __future__ import annotations

import json

import pytest

from rogues import ALIEN, BAD, BROKEN_DETECTORS, DETECT, PARSE, RECORDING, TWINS, cards
from telemparse.cli.terminal import visible

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plugin_alone_is_one_fault_and_the_built_in_formats_stay(name, site):
    source, value, stage, error = BAD[name]
    site.install(name, source, value)
    facts = site.run("""
        catalog = Catalog.load()
        answer(ids=[card.id for card in catalog.cards], faults=faults(catalog.faults))
    """)
    assert {"csv", "gpx"} <= set(facts["ids"])
    ((plugin, at, words, distribution),) = facts["faults"]
    assert (plugin, at, distribution) == (name, stage, f"telemparse-{name}")
    assert words.startswith(error)


def test_all_bad_plugins_together_leave_a_good_one_working(site):
    for name, (source, value, _stage, _error) in BAD.items():
        site.install(name, source, value)
    for twin, source in TWINS.items():
        site.install(twin, source, twin_detect=DETECT.replace("LAPBOOK", "TWIN"))
    site.install_good()
    facts = site.run(f"""
        catalog = Catalog.load()
        recording = {{"run.lap": {RECORDING!r}}}
        classification = telemparse.detect(recording)
        light = [name for name in ("good_parse", "numpy", "pyarrow", "lxml") if name in sys.modules]
        result = telemparse.parse(recording)
        apart = telemparse.parse(recording, telemparse.ParseOptions(isolation="process", timeout_s=120))
        answer(
            ids=[card.id for card in catalog.cards], faults=faults(catalog.faults),
            winner=classification.winner.parser_id, shown=classification.explain(), heavy=light,
            parser=result.provenance.parser_id, version=result.provenance.parts[0].parser_version,
            rows=result.streams["gnss_pvt"]["lat_deg"].to_pylist(),
            apart=apart.streams["gnss_pvt"]["lat_deg"].to_pylist(),
            codes=sorted({{issue.code for issue in (*result.warnings, *result.errors)}}),
        )
    """)
    assert {"csv", "gpx", "good", "twin"} <= set(facts["ids"])
    assert facts["ids"].count("csv") == facts["ids"].count("twin") == 1
    assert {plugin for plugin, *_rest in facts["faults"]} == {*BAD, "twin_b"}
    assert (facts["winner"], facts["parser"], facts["version"]) == ("good", "good", "1")
    assert all(name in facts["shown"] for name in BAD)
    assert facts["heavy"] == []
    assert facts["rows"] == facts["apart"] == [48.5, 48.6]
    assert facts["codes"] == ["PLUGIN_LOAD_FAILED"]


def test_loading_the_catalog_imports_no_detector_and_no_parser(site):
    site.install_good()
    facts = site.run("""
        Catalog.load()
        names = ("good", "good_detect", "good_parse", "numpy", "pyarrow", "lxml")
        answer(loaded=[name for name in names if name in sys.modules])
    """)
    assert facts["loaded"] == ["good"]


def test_a_detector_that_fails_is_a_fault_and_the_others_are_asked(site):
    for name, (source, _error) in BROKEN_DETECTORS.items():
        modules = {f"{name}_detect": source} if source else {}
        site.install(name, cards(f'[card("{name}", extensions=(".lap",))]'), **modules)
    site.install_good()
    facts = site.run(f"""
        classification = telemparse.detect({{"run.lap": {RECORDING!r}}})
        stranger = telemparse.detect({{"run.lap": b"something else entirely"}})
        answer(winner=classification.winner.parser_id, faults=faults(stranger.faults))
    """)
    assert facts["winner"] == "good"
    found = {plugin: (stage, error) for plugin, stage, error, _distribution in facts["faults"]}
    assert set(found) == set(BROKEN_DETECTORS)
    for name, (_source, error) in BROKEN_DETECTORS.items():
        assert found[name][0] == "detect"
        assert found[name][1].startswith(error)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("", "ModuleNotFoundError"),
        ("def read(artifacts, options): pass", "AttributeError"),
        ("def parse(artifacts, options): raise SystemExit(1)", "SystemExit: 1"),
    ],
)
def test_a_parser_that_cannot_run_is_reported_as_crashed(source, error, site):
    modules = {"good_detect": DETECT} | ({"good_parse": source} if source else {})
    site.install("good", cards('[card("good")]'), **modules)
    facts = site.run(f"""
        result = telemparse.parse({RECORDING!r}, on_error="return")
        answer(errors=[[issue.code, issue.evidence["error"]] for issue in result.errors])
    """)
    code, words = facts["errors"][0]
    assert code == "PARSER_CRASHED"
    assert words.startswith(error)


def test_an_interrupt_at_import_passes_through(site):
    site.install_good()
    site.install("interrupted", "raise KeyboardInterrupt")
    facts = site.run("""
        try:
            Catalog.load()
        except KeyboardInterrupt:
            answer(passed=True)
    """)
    assert facts == {"passed": True}


def test_a_distribution_of_somebody_else_with_a_damaged_file_takes_nothing_away(site):
    site.install_good()
    site.install_raw("unrelated", {"unrelated.py": ""}, "[console_scripts]\nthis line has no equals sign\n")
    facts = site.run("""
        catalog = Catalog.load()
        answer(ids=[card.id for card in catalog.cards], faults=faults(catalog.faults))
    """)
    assert {"csv", "gpx", "good"} <= set(facts["ids"])
    assert [(plugin, stage) for plugin, stage, *_rest in facts["faults"]] in ([], [("unrelated", "metadata")])


def test_what_is_no_exception_at_import_passes_here_but_never_out_of_a_child(site):
    site.install_good()
    site.install("alien", ALIEN)
    facts = site.run(f"""
        try:
            Catalog.load()
        except BaseException as error:
            here = type(error).__name__
        options = telemparse.ParseOptions(isolation="process")
        result = telemparse.parse({RECORDING!r}, options, on_error="return")
        answer(here=here, there=[[issue.code, issue.evidence["error"]] for issue in result.errors])
    """)
    assert facts == {"here": "Alien", "there": [["PARSER_CRASHED", "Alien: from afar"]]}


# --- what people see of them --------------------------------------------------------------------


def test_every_bad_plugin_is_named_on_the_command_line_and_none_of_them_steers_the_terminal(site):
    for name, (source, value, _stage, _error) in BAD.items():
        site.install(name, source, value)
    for name, (source, _error) in BROKEN_DETECTORS.items():
        modules = {f"{name}_detect": source} if source else {}
        site.install_raw(f"telemparse-{name}-d", {f"{name}_d.py": cards(f'[card("{name}")]')} | {
            f"{module}.py": text for module, text in modules.items()
        }, f"[telemparse]\n{name}_d = {name}_d\n")  # fmt: skip
    site.install_good()
    recording = site.folder / "run.lap"
    recording.write_bytes(RECORDING)
    stranger = site.folder / "stranger"
    stranger.write_bytes(b"something else entirely")

    listed = site.command("plugins")
    explained = site.command("detect", stranger, "--explain")
    parsed = site.command("parse", recording)
    document = json.loads(site.command("plugins", "--json").stdout)

    assert (listed.returncode, explained.returncode, parsed.returncode) == (0, 3, 0)
    flat = " ".join(listed.stdout.split())
    for name, (_source, _value, stage, _error) in BAD.items():
        assert f"Fault: plugin {name} of telemparse-{name} failed at {stage}: " in flat
    flat = " ".join(explained.stdout.split())
    for name, (_source, error) in BROKEN_DETECTORS.items():
        assert f"Fault: {name} at detect: {visible(error)}" in flat
    assert {fault["plugin"] for fault in document["faults"]} == set(BAD)
    for done in (listed, explained, parsed):
        assert not set(done.stdout + done.stderr) & set("\x1b\x07\r\u202e")
        assert len(done.stdout + done.stderr) < 40_000
    assert "format  good" in parsed.stdout


# --- parsers that break their promises ----------------------------------------------------------

# What a parser does after its first row, how many rows there are then, and the code of what is said.
PARSERS = {
    "too_few_columns": ('yield Batch("gnss_pvt", fixes([2, 3, 4]).select(["t"]))', 1, "SCHEMA_VIOLATION"),
    "other_types": ('yield Batch("gnss_pvt", fixes([2, 3, 4]).cast(as_text()))', 1, "SCHEMA_VIOLATION"),
    "no_such_stream": ('yield Batch("gps", fixes([2, 3, 4]))', 1, "SCHEMA_VIOLATION"),
    "no_message": ('yield {"lat": 1}', 1, "SCHEMA_VIOLATION"),
    "a_code_of_nobody": ('yield Issue("NOT_MINE")', 1, "SCHEMA_VIOLATION"),
    "nan": ('yield Batch("gnss_pvt", fixes([2, float("nan"), 4], [3, 3, 4]))', 2, "SCHEMA_VIOLATION"),
    "infinite": ('yield Batch("gnss_pvt", fixes([2, 3, float("inf")]))', 1, "SCHEMA_VIOLATION"),
    "beyond_the_pole": ('yield Batch("gnss_pvt", fixes([2, 91, 4]))', 1, "VALUE_OUT_OF_RANGE"),
    "unsorted": ('yield Batch("gnss_pvt", fixes([3, 3, 4], [2, 3, 4], [0, 3, 4]))', 4, "TIME_NOT_MONOTONIC"),
    "raises": ('raise ValueError("boom")', 1, "PARSER_CRASHED"),
    "exits": ("raise SystemExit(1)", 1, "PARSER_CRASHED"),
    "several": ('raise ExceptionGroup("two", [OSError(), KeyError()])', 1, "PARSER_CRASHED"),
    "stops": ("raise StopIteration(3)", 1, "PARSER_CRASHED"),
    "recurses": ("recurses()", 1, "PARSER_CRASHED"),
    "panics": ("raise Panic", 1, "PARSER_CRASHED"),
    "unspeakable": ("raise Unspeakable(lambda: None)", 1, "PARSER_CRASHED"),
}  # fmt: skip
PASSING = ("KeyboardInterrupt", "GeneratorExit", "asyncio.CancelledError", "Alien")

PARSER = (
    PARSE
    + """
    import asyncio
    import pyarrow as pa
    from telemparse.model.issues import Issue

    class Alien(BaseException):
        pass

    Panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})

    class Unspeakable(Exception):
        def __init__(self, secret):
            super().__init__(secret)
            self.secret = secret

        def __str__(self):
            raise RuntimeError("not even this")

        def __reduce__(self):
            raise TypeError("cannot be pickled")

    def as_text():
        return pa.schema([field.with_type(pa.string()) for field in fixes([0, 0, 0]).schema])

    def passes(name):
        raise eval(name)

    def parse(artifacts, options):
        yield Batch("gnss_pvt", fixes([1, 48.5, 11.5]))
        name = artifacts.artifacts[0].read_at(0, 1000).split()[2].decode()
        yield from passes(name) if name in PASSING else globals()[name]()
"""
)
PARSER += f"\n    PASSING = {PASSING!r}\n" + "".join(
    f"\n    def {name}():\n        {what}\n" for name, (what, _rows, _code) in PARSERS.items()
)


@pytest.mark.parametrize(
    ("where", "names"),
    [("none", [*PARSERS]), ("process", ["other_types", "unsorted", "panics", "unspeakable"])],
)
def test_a_parser_that_breaks_a_promise_loses_no_more_than_that(where, names, site):
    site.install_good(PARSER)
    facts = site.run(f"""
        found = {{}}
        for name in {names!r}:
            options = telemparse.ParseOptions(isolation={where!r})
            result = telemparse.parse(b"LAPBOOK 1 " + name.encode(), options, on_error="return")
            table = result.streams["gnss_pvt"]
            stamps = table["t"].to_pylist()
            whole = all(value == value for value in table["lat_deg"].to_pylist())
            codes = sorted({{issue.code for issue in (*result.errors, *result.warnings)}})
            found[name] = [table.num_rows, codes, stamps == sorted(stamps), whole]
        answer(**found)
    """)
    assert facts == {name: [PARSERS[name][1], [PARSERS[name][2]], True, True] for name in names}


def test_control_flow_out_of_a_parser_passes_here_but_never_out_of_a_child(site):
    site.install_good(PARSER)
    facts = site.run(f"""
        here = []
        for name in {PASSING!r}:
            try:
                telemparse.parse(b"LAPBOOK 1 " + name.encode(), on_error="return")
            except BaseException as error:
                here.append(type(error).__name__)
        options = telemparse.ParseOptions(isolation="process")
        there = telemparse.parse(b"LAPBOOK 1 Alien", options, on_error="return")
        rows = there.streams["gnss_pvt"].num_rows
        answer(here=here, there=[[issue.code, issue.evidence["error"]] for issue in there.errors], rows=rows)
    """)
    assert facts["here"] == [name.rpartition(".")[2] for name in PASSING]
    assert (facts["there"], facts["rows"]) == ([["PARSER_CRASHED", "Alien"]], 1)
