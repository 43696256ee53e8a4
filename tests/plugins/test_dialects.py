"""CSV dialects as strangers ship them: installed distributions that hold nothing but a declaration."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins" / "dialects.md"
# The very module of the documentation.
SEAMARK = re.search(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[1]
TRIP = "".join([
    "Day;Clk;PosN;PosE;Kts;Nav;Depth\n",
    *(
        f"04.05.2025;14:00:{i:02};{54.1 + i * 9e-5:.5f};10.20000;19.44;{'X' if i < 2 else 'A'};12.5\n"
        for i in range(20)
    ),
]).encode()  # fmt: skip

DECLARE = """
    from telemparse import hookimpl
    from telemparse.extension.csv_dialect import CsvDialect, NumberRange, Shape

    @hookimpl
    def telemparse_csv_dialects():
        return [{dialects}]
"""


def declaring(dialects):
    return DECLARE.format(dialects=dialects)


def test_a_plugin_of_one_declaration_teaches_the_csv_parser_in_this_process_and_in_a_child(site):
    site.install("seamark", SEAMARK)
    facts = site.run(f"""
        from telemparse import ParseOptions
        trip = {{"trip.csv": {TRIP!r}}}
        found = telemparse.detect(trip).winner
        light = [name for name in ("numpy", "pyarrow") if name in sys.modules]
        def facts(**options):
            result = telemparse.parse(trip, ParseOptions(timezone="Europe/Berlin", **options))
            track = result.streams["gnss_pvt"]
            return [
                result.metadata["dialect"], result.metadata["epochs_without_fix"], str(track["t"][0].as_py()),
                round(track["speed_mps"][0].as_py(), 3), result.streams["channels.main"].column_names,
                [issue.code for issue in result.warnings], list(result.provenance.parts[0].evidence[:1]),
            ]
        answer(
            winner=[found.parser_id, found.rung.name, found.evidence[0]], heavy=light, here=facts(),
            apart=facts(isolation="process", timeout_s=120), faults=faults(Catalog.shared().faults),
        )
    """)
    evidence = "columns of seamark (seamark of telemparse-seamark)"
    assert facts["winner"] == ["csv", "MARKER", evidence]
    assert facts["heavy"] == []
    assert facts["here"] == [
        "seamark", 2, "2025-05-04 12:00:02+00:00", 10.001, ["t", "nav", "depth"], [], [evidence],
    ]  # fmt: skip
    assert facts["apart"] == facts["here"]
    assert facts["faults"] == []


def test_an_installed_dialect_stands_among_the_plugins_with_its_distribution(site):
    site.install("seamark", SEAMARK)
    shown = site.command("plugins").stdout
    assert ["seamark", "telemparse-seamark"] in [line.split() for line in shown.splitlines()]
    document = json.loads(site.command("plugins", "--json").stdout)
    own = {dialect["name"]: dialect["distribution"] for dialect in document["dialects"]}
    assert (own["seamark"], own["racebox"]) == ("telemparse-seamark", "telemparse")


# Declarations, and what is said of each; none of them disturbs anybody else.
BAD = {
    "unit": (declaring('CsvDialect(name="a", header={"b"}, columns={"b": "t:sek1"})'), "'sek1' is no unit"),
    "pattern": (declaring('CsvDialect(name="a", header={"b"}, device_model="(a+)+")'), "repeats without end"),
    "vague": (declaring('CsvDialect(name="vague", columns={"b": "t:ms"})'), "has no fingerprint"),
    "thief": (declaring('CsvDialect(name="mtk", header={"b"})'), "'mtk' is taken by telemparse"),
    "axes": (
        declaring('CsvDialect(name="a", shape=Shape(columns=[NumberRange()] * 3, unit_vector=(1, 2, 3)))'),
        "unit_vector names three different columns of 3",
    ),
    "odd": (declaring('"mtk"'), "expected CsvDialect, got str"),
    "endless": (
        declaring('CsvDialect(name="a", header=iter(lambda: "b", 0))'),
        "more values than the 1000 that are allowed",
    ),
}  # fmt: skip


def test_bad_declarations_are_faults_of_their_plugins_and_disturb_nobody(site):
    site.install("seamark", SEAMARK)
    for name, (source, _words) in BAD.items():
        site.install(name, source)
    facts = site.run(f"""
        from telemparse.formats.csv.examples import EXAMPLES
        catalog = Catalog.shared()
        spoken = {{
            name: telemparse.parse({{name: data}}, on_error="return").metadata["dialect"]
            for name, data in [*EXAMPLES.items(), ("trip.csv", {TRIP!r})]
        }}
        answer(faults=faults(catalog.faults), spoken=spoken, known=[each.name for each in catalog.dialects])
    """)
    told = {plugin: (stage, error, origin) for plugin, stage, error, origin in facts["faults"]}
    assert told.keys() == BAD.keys()
    for name, (_source, words) in BAD.items():
        stage, error, origin = told[name]
        assert (stage, origin) == ("declare", f"telemparse-{name}")
        assert words in error
    spoken = facts["spoken"]
    assert spoken.pop("trip.csv") == "seamark"
    assert spoken == {name: name.partition(".")[0].replace("-", "_") for name in spoken}
    assert facts["known"][-1] == "seamark"


@pytest.mark.parametrize(
    ("header", "spoken"),
    [
        ("'Time', 'Latitude', 'Longitude', 'Speed', 'GForceX', 'GForceZ'", "racebox"),
        ("'Time', 'Latitude', 'Longitude', 'Speed', 'GForceX', 'GForceZ', 'Lap'", "twin"),
    ],
)
def test_a_plugin_takes_a_built_in_file_only_by_asking_for_more_and_both_are_named(header, spoken, site):
    site.install("twin", declaring(f"CsvDialect(name='twin', title='Twin', header=[{header}], stamps='utc')"))
    facts = site.run("""
        from telemparse.formats.csv.examples import EXAMPLES
        result = telemparse.parse({"run.csv": EXAMPLES["racebox.csv"]}, on_error="return")
        answer(dialect=result.metadata["dialect"], evidence=list(result.provenance.parts[0].evidence[:2]))
    """)
    assert facts["dialect"] == spoken
    names = " ".join(facts["evidence"])
    assert "Twin (twin of telemparse-twin)" in names
    assert "RaceBox" in names
