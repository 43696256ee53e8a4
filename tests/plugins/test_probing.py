"""`telemparse plugins --probe`: each plugin by itself in a child process, none of them in the caller's."""

from __future__ import annotations

import json
import sys
from importlib.metadata import EntryPoint
from textwrap import dedent

import pytest
from typer.testing import CliRunner

from rogues import ALIEN, BAD, DETECT, ENDLESS_IMPORT, PARSE, TWINS, cards
from telemparse import isolation
from telemparse.cli import probing, trial
from telemparse.cli.app import app
from telemparse.cli.terminal import visible
from telemparse.extension import catalog as catalogs
from telemparse.extension.faults import Fault

pytestmark = pytest.mark.slow

PATIENT = ("plugins", "--probe", "--timeout", "120")

# An entry point's module beyond those of `BAD`, other modules, then stage and words of each fault.
MORE = {
    "alien": (ALIEN, {}, [("import", "Alien: from afar (no Exception: it passes every guard)")]),
    "killed": ("import os\nos.abort()", {}, [("import", "the process was ended by SIGABRT")]),
    "leaves": (
        "import os\nos._exit(3)", {}, [("import", "the process ended with exit code 3 and no answer")]
    ),
    "floods": ("hoard = bytearray(1 << 42)", {}, [("import", "MemoryError")]),
    "heavy": (
        "import numpy, pyarrow\n" + dedent(cards("[]")), {},
        [("import", "imports numpy and pyarrow; every start of telemparse pays for it")],
    ),
    "slow": (
        cards('[card("slow")]'), {"slow_detect": "import numpy\n" + dedent(DETECT), "slow_parse": PARSE},
        [("detector of slow", "imports numpy; every detection pays for it")],
    ),
    "hollow": (
        cards('[card("hollow", examples="hollow_detect:EXAMPLES")]'), {"hollow_detect": "detect = 7"},
        [
            ("detector of hollow", "TypeError: hollow_detect:detect is int, not a function"),
            ("parser of hollow", "ModuleNotFoundError: No module named 'hollow_parse'"),
            ("examples of hollow", "AttributeError: module 'hollow_detect' has no attribute 'EXAMPLES'"),
        ],
    ),
    "listing": (
        cards('[card("listing", examples="listing_detect:EXAMPLES")]'),
        {"listing_detect": DETECT + "\n    EXAMPLES = [b'a']\n", "listing_parse": PARSE},
        [("examples of listing", "CallError: samples are a mapping of names to bytes, not list")],
    ),
}  # fmt: skip

# What a child says of a plugin that declares nothing.
ANSWER = {
    "parsers": [], "dialects": [], "tracks": [], "import_s": 0, "peak_rss_bytes": None, "problems": [],
}  # fmt: skip


@pytest.fixture
def call(site, monkeypatch):
    """Return a function that calls the command line in this process, with the folder on its path."""
    monkeypatch.syspath_prepend(str(site.folder))
    monkeypatch.setattr(catalogs, "_shared", None)
    monkeypatch.setattr(catalogs.Catalog, "load", lambda: pytest.fail("this process loads plugins"))
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def by_name(result):
    return {plugin["plugin"]: plugin for plugin in json.loads(result.stdout)["plugins"]}


def test_every_kind_of_bad_plugin_is_found_by_itself_and_a_good_one_passes(call, site):
    for name, (source, value, _stage, _error) in BAD.items():
        site.install(name, source, value)
    for name, (source, modules, _faults) in MORE.items():
        site.install(name, source, **modules)
    for name, source in TWINS.items():
        site.install(name, source, twin_detect=DETECT, twin_parse=PARSE)
    site.install_good()
    result = call(*PATIENT, "--json")
    found = by_name(result)

    assert result.exit_code == 4
    assert {name for name, plugin in found.items() if not plugin["ok"]} == {*BAD, *MORE, "twin_b"}
    assert (found["good"]["distribution"], found["good"]["parsers"]) == ("telemparse-good", ["good"])
    assert {"csv", "gpx"} <= set(found["builtin"]["parsers"])
    for name, (_source, _value, stage, error) in BAD.items():
        (fault,) = [each for each in found[name]["faults"] if " of " not in each["stage"]]
        assert (fault["stage"], fault["distribution"]) == (stage, f"telemparse-{name}")
        assert fault["error"].startswith(error)
    for name, (_source, _modules, faults) in MORE.items():
        assert [(fault["stage"], fault["error"]) for fault in found[name]["faults"]] == faults
    ((stage, words),) = [(fault["stage"], fault["error"]) for fault in found["twin_b"]["faults"]]
    assert (stage, words) == ("card", "parser id 'twin' is taken by telemparse-twin_a")
    assert not {*BAD, *MORE, *TWINS, "good"} & set(sys.modules)


def test_a_plugin_that_hangs_is_named_with_where_it_hangs(call, site):
    site.install("endless", ENDLESS_IMPORT)
    site.install("late", cards('[card("late")]'), late_detect=ENDLESS_IMPORT)
    result = call("plugins", "--probe", "--timeout", "4", "--json")
    found = by_name(result)

    assert result.exit_code == 4
    assert json.loads(result.stdout)["timeout_s"] == 4
    for name, stage in (("endless", "import"), ("late", "detector of late")):
        assert found[name]["faults"] == [
            {
                "plugin": name, "distribution": f"telemparse-{name}", "stage": stage,
                "error": "did not finish within 4 s",
            }
        ]  # fmt: skip
        assert (found[name]["import_s"], found[name]["peak_rss_bytes"]) == (None, None)


def test_what_a_good_plugin_costs_is_measured(call, site):
    site.install_good()
    result = call(*PATIENT, "--json")
    good = by_name(result)["good"]

    assert 0 <= good["import_s"] < 120
    assert 1 << 20 < good["peak_rss_bytes"] < 4 << 30
    assert (good["ok"], good["dialects"], good["tracks"]) == (True, [], [])


def test_people_see_a_table_and_a_line_for_each_fault_without_anything_that_steers_a_terminal(call, site):
    for name in ("raises", "shouts"):
        site.install(name, *BAD[name][:2])
    many = [f"many_{number}" for number in range(25)]
    modules = {f"{each}_detect": DETECT for each in many} | {f"{each}_parse": PARSE for each in many}
    site.install("many", cards(f"[card(each) for each in {many!r}]"), **modules)
    result = call(*PATIENT)
    shown = " ".join(result.stdout.split())

    assert result.exit_code == 4
    assert result.stdout.splitlines()[0].split() == [
        "plugin",
        "from",
        "verdict",
        "import",
        "memory",
        "declares",
    ]
    assert "Fault: plugin raises of telemparse-raises failed at import: RuntimeError: half installed" in shown
    assert visible(BAD["shouts"][3]) in shown
    assert not set(result.stdout) & set("\x1b\x07\r\u202e")
    assert len(result.stdout) < 6000
    assert "many_19 and 5 more (--json lists all)" in shown
    assert "tried, 2 failed." in result.stdout.splitlines()[-1]


def test_when_all_is_well_it_says_so(call):
    result = call(*PATIENT)

    assert result.exit_code == 0
    assert "Fault" not in result.stdout
    assert result.stdout.splitlines()[-1].endswith("tried, all well.")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [(("--timeout", "3"), "--timeout needs --probe"), (("--probe", "--timeout", "0"), "must be above 0")],
)
def test_a_deadline_that_cannot_be_is_a_usage_error(call, words, complaint):
    result = call("plugins", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert complaint in " ".join(result.stderr.split())


def test_each_plugin_has_five_seconds_and_four_gib(call, site, monkeypatch):
    given = []

    def run(_target, request, _folder, *, timeout_s, max_memory_bytes, stop):
        given.append((request["name"], timeout_s, max_memory_bytes, stop.is_set()))
        return {
            "parsers": [],
            "dialects": [],
            "tracks": [],
            "import_s": 0,
            "peak_rss_bytes": None,
            "problems": [],
        }

    site.install_good()
    monkeypatch.setattr(isolation, "run", run)
    result = call("plugins", "--probe")

    assert result.exit_code == 0
    assert ("good", 5.0, 4 << 30, False) in given


def failing(error):
    def run(*_given, **_limits):
        raise error

    return run


@pytest.mark.parametrize(
    ("run", "stage", "words"),
    [
        (lambda *_given, **_limits: 7, "probe", "TypeError: 'int' object is not subscriptable"),
        (lambda *_given, **_limits: {}, "probe", "KeyError: 'import_s'"),
        (lambda *_given, **_limits: {"import_s": float("nan")}, "probe", "ValueError: import_s is no number"),
        (failing(OSError(28, "No space left on device")), "probe", "OSError: [Errno 28] No space left"),
        (failing(isolation.Stopped("the caller stopped it")), "probe", "Stopped: the caller stopped it"),
        (
            failing(isolation.ChildFailed("PARSER_MEMORY_EXCEEDED", error="bad_alloc")),
            "import", "needs more than 4 GiB of memory",
        ),
    ],
)  # fmt: skip
def test_a_child_that_answers_nothing_sensible_is_a_fault_of_its_plugin(run, stage, words, monkeypatch):
    monkeypatch.setattr(isolation, "run", run)
    faults = [fault for probe in probing.probe() for fault in probe.faults]

    assert {fault.plugin for fault in faults} >= {"builtin"}
    assert {fault.stage for fault in faults} == {stage}
    assert all(fault.error.startswith(words) for fault in faults)


def test_a_dialect_that_two_plugins_teach_is_a_fault_of_the_later_one(monkeypatch):
    def run(_target, request, _folder, **_limits):
        return {**ANSWER, "dialects": [] if request["name"] == "builtin" else ["same"]}

    points = tuple(EntryPoint(name, name, "telemparse") for name in ("builtin", "a", "b"))
    monkeypatch.setattr(isolation, "run", run)
    monkeypatch.setattr(probing, "installed", lambda: (points, ()))
    *_others, later = probing.probe()

    assert [(fault.stage, fault.error) for fault in later.faults] == [
        ("declare", "CSV dialect 'same' is taken by a")
    ]


def test_a_distribution_that_cannot_be_read_is_a_fault_too(monkeypatch):
    damage = Fault("damaged", "metadata", "TypeError: no equals sign", "damaged")
    monkeypatch.setattr(probing, "installed", lambda: ((), (damage,)))

    assert list(probing.probe()) == [probing.Probe("damaged", "damaged", faults=(damage,))]


def test_where_the_system_does_not_tell_the_peak_of_memory_is_unknown(monkeypatch):
    def absent(*_given):
        raise FileNotFoundError

    monkeypatch.setattr(trial.Path, "read_text", absent)

    assert trial._peak_rss_bytes() is None


@pytest.mark.parametrize(
    ("left", "place"), [(None, "import"), ("", "import"), ("parser of x", "parser of x")]
)
def test_where_a_child_was_when_it_ended_is_the_import_unless_it_said_otherwise(left, place, tmp_path):
    if left is not None:
        (tmp_path / "place").write_text(left)

    assert trial.place_in(tmp_path) == place
