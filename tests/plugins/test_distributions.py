"""Plugins as strangers ship them: a bad one is a fault that everybody can see, and harms nobody."""

from __future__ import annotations

import pytest

HOOK = """
    from telemparse.extension.card import ParserCard
    from telemparse.extension.hookspecs import hookimpl

    def card(id, **facts):
        return ParserCard(**{
            "id": id, "name": id, "version": "1",
            "detector": f"{id}_detect:detect", "target": f"{id}_parse:parse", **facts,
        })

    @hookimpl
    def telemparse_parsers():
        return CARDS()

"""
DETECT = """
    from telemparse.model.detection import Detection, Rung

    def detect(sniffs):
        found = any(sniff.head.startswith(b"LAPBOOK 1") for sniff in sniffs)
        return Detection(Rung.SIGNATURE if found else Rung.NO, ("begins with LAPBOOK and a version",))
"""
PARSE = """
    import numpy as np
    from telemparse.model.messages import Batch
    from telemparse.schemas import build

    def parse(artifacts, options):
        for artifact in artifacts:
            for line in artifact.read_at(0, artifact.size).splitlines()[1:]:
                second, latitude, longitude = map(float, line.split())
                stamps = np.array([int(second * 1e9)], np.int64)
                fix = {"t": stamps, "lat_deg": np.array([latitude]), "lon_deg": np.array([longitude])}
                yield Batch("gnss_pvt", build("gnss_pvt", fix, time_base="utc"))
"""
RECORDING = b"LAPBOOK 1\n1 48.5 11.5\n2 48.6 11.6\n"


def cards(expression, extra=""):
    return HOOK + f"    def CARDS():\n        return {expression}\n" + extra


def install_good(site):
    modules = {"good_detect": DETECT, "good_parse": PARSE}
    site.install("good", cards('[card("good", streams=("gnss_pvt",), extensions=(".lap",))]'), **modules)


UNKNOWN_HOOK = """
    @hookimpl
    def telemparse_wishes():
        return []
"""

# Module, entry point's value, then stage and error of the fault.
BAD = {
    "raises": ("raise RuntimeError('half installed')", None, "import", "RuntimeError: half installed"),
    "exits": ("import sys\nsys.exit(3)", None, "import", "SystemExit: 3"),
    "absent": ("", "no_such_module_anywhere", "import", "ModuleNotFoundError"),
    "nameless": ("", "nameless:PLUGIN", "import", "AttributeError"),
    "malformed": ("", "not a reference", "import", ""),
    "number": ("PLUGIN = 7", "number:PLUGIN", "hooks", "TypeError: int implements no hook"),
    "hookless": ("def parse(): pass", None, "hooks", "TypeError: module implements no hook"),
    "wishful": (cards("[]", UNKNOWN_HOOK), None, "hooks", "PluginValidationError"),
    "thief": (cards('[card("csv")]'), None, "card", "parser id 'csv' is taken by telemparse"),
    "future": (cards('[card("future", api=99)]'), None, "card", "future speaks api 99"),
    "odd": (cards('["csv"]'), None, "declare", "TypeError: expected ParserCard, got str"),
    "misspelt": (cards('[card("Mis Spelt")]'), None, "declare", "CallError: id must be"),
    "careless": (cards('[card("careless", colour="red")]'), None, "declare", "TypeError"),
    "failing": (cards("1 / 0"), None, "declare", "ZeroDivisionError"),
    "quitting": (cards("exit()"), None, "declare", "SystemExit"),
}


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
    for twin in ("twin_a", "twin_b"):
        site.install(twin, cards('[card("twin")]'), twin_detect=DETECT.replace("LAPBOOK", "TWIN"))
    install_good(site)
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
    install_good(site)
    facts = site.run("""
        Catalog.load()
        names = ("good", "good_detect", "good_parse", "numpy", "pyarrow", "lxml")
        answer(loaded=[name for name in names if name in sys.modules])
    """)
    assert facts["loaded"] == ["good"]


BROKEN_DETECTORS = {
    "absent": ("", "ModuleNotFoundError"),
    "raising": ("def detect(sniffs): raise LookupError('no such table')", "LookupError: no such table"),
    "exiting": ("def detect(sniffs): raise SystemExit(2)", "SystemExit: 2"),
    "misnamed": ("def detekt(sniffs): pass", "AttributeError"),
    "answering_a_number": ("def detect(sniffs): return 1.0", "returned float, not Detection"),
    "spendthrift": ("def detect(sniffs): return sniffs[0].more(0, 2**21)", "Overspent"),
}


def test_a_detector_that_fails_is_a_fault_and_the_others_are_asked(site):
    for name, (source, _error) in BROKEN_DETECTORS.items():
        modules = {f"{name}_detect": source} if source else {}
        site.install(name, cards(f'[card("{name}", extensions=(".lap",))]'), **modules)
    install_good(site)
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
    install_good(site)
    site.install("interrupted", "raise KeyboardInterrupt")
    facts = site.run("""
        try:
            Catalog.load()
        except KeyboardInterrupt:
            answer(passed=True)
    """)
    assert facts == {"passed": True}


def test_a_distribution_of_somebody_else_with_a_damaged_file_takes_nothing_away(site):
    install_good(site)
    site.install_raw("unrelated", {"unrelated.py": ""}, "[console_scripts]\nthis line has no equals sign\n")
    facts = site.run("""
        catalog = Catalog.load()
        answer(ids=[card.id for card in catalog.cards], faults=faults(catalog.faults))
    """)
    assert {"csv", "gpx", "good"} <= set(facts["ids"])
    assert [(plugin, stage) for plugin, stage, *_rest in facts["faults"]] in ([], [("unrelated", "metadata")])
