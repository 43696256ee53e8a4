"""Recognition among built-in and third parties' dialects: who wins, who is named, and what cannot happen."""

from __future__ import annotations

import subprocess
import sys
import threading
from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace

import attrs
import pytest

import telemparse
from telemparse.extension.catalog import Catalog
from telemparse.extension.csv_dialect import CsvDialect, NumberRange, Shape
from telemparse.extension.hookspecs import GROUP, hookimpl
from telemparse.formats.csv.dialects import BUILT_IN
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.formats.csv.layout import read_layout
from telemparse.formats.csv.recognition import (
    demand,
    evidence,
    fitting,
    known_dialects,
    taught,
    which_dialect,
)

NAMES = {dialect.name: dialect for dialect in BUILT_IN}
RACEBOX = EXAMPLES["racebox.csv"]


def layout_of(data):
    layout = read_layout(data, whole=True)
    assert layout is not None
    return layout


class Point(EntryPoint):
    """An entry point in memory."""

    def load(self):
        return vars(self)["thing"]


def distribution_named(name):
    return SimpleNamespace(read_text={"METADATA": f"Name: {name}\n"}.get)


def point(name, distribution, *dialects):
    module = ModuleType("plugin")
    module.telemparse_csv_dialects = hookimpl(lambda: dialects)
    made = Point(name=name, value=name, group=GROUP)
    vars(made).update(dist=distribution_named(distribution), thing=module)
    return made


@pytest.fixture
def installed(monkeypatch):
    """Return a function that makes third parties' dialects installed ones, behind the built-in ones."""

    def install(*dialects, distribution="telemparse-copycat"):
        points = (point("copycat", distribution, *dialects), point("ours", "telemparse", *BUILT_IN))
        catalog = Catalog.load(points)
        shared = attrs.evolve(
            Catalog.shared(), dialects=catalog.dialects, dialect_origins=catalog.dialect_origins
        )
        monkeypatch.setattr(Catalog, "shared", classmethod(lambda _cls: shared))
        return catalog

    return install


def test_a_dialect_that_asks_for_as_much_as_a_built_in_one_comes_behind_it_and_is_named(installed):
    twin = attrs.evolve(NAMES["racebox"], name="twin", title="Twin", columns={})
    installed(twin)
    found = telemparse.detect({"run.csv": RACEBOX}).winner.evidence
    assert found[:2] == (
        "columns of RaceBox",
        "fits Twin (twin of telemparse-copycat) too, which asks for as much and comes later",
    )
    assert telemparse.parse({"run.csv": RACEBOX}).metadata["dialect"] == "racebox"


def test_a_dialect_that_asks_for_more_wins_and_provenance_names_it_and_the_built_in_one(installed):
    wider = CsvDialect(name="wider", header=NAMES["racebox"].header | {"Lap", "GyroX"})
    installed(wider)
    result = telemparse.parse({"run.csv": RACEBOX}, on_error="return")
    assert result.metadata["dialect"] == "wider"
    assert result.provenance.parts[0].evidence[:2] == (
        "columns of wider (wider of telemparse-copycat)",
        "fits RaceBox too, which asks for less",
    )


def test_the_name_of_a_built_in_dialect_is_taken(installed):
    thief = CsvDialect(name="racebox", header={"Latitude"})
    catalog = installed(thief, CsvDialect(name="own", header={"a", "b"}))
    assert [dialect.name for dialect in catalog.dialects] == [*NAMES, "own"]
    ((plugin, stage, error, distribution),) = map(attrs.astuple, catalog.faults)
    assert (plugin, stage, distribution) == ("copycat", "declare", "telemparse-copycat")
    assert error == "CallError: CSV dialect 'racebox' is taken by telemparse"


class Slow(CsvDialect):
    """A dialect whose fingerprint is code."""

    @property
    def has_fingerprint(self):
        raise RecursionError("for ever")


def test_a_fingerprint_that_is_code_is_a_fault_and_is_never_asked(installed):
    catalog = installed(Slow(name="slow", header={"Latitude"}), CsvDialect(name="own", header={"a", "b"}))
    assert [fault.error for fault in catalog.faults] == ["TypeError: expected CsvDialect itself, got Slow"]
    assert telemparse.detect({"run.csv": RACEBOX}).winner.parser_id == "csv"
    assert "own" in {dialect.name for dialect in known_dialects()}


def test_a_dialect_without_a_fingerprint_is_a_fault(installed):
    catalog = installed(CsvDialect(name="vague", columns={"v": "speed:km/h"}))
    assert [fault.error for fault in catalog.faults] == [
        "CallError: CSV dialect 'vague' has no fingerprint and would never be recognised"
    ]


def test_the_built_in_dialects_keep_their_files_beside_a_greedy_one(installed):
    installed(CsvDialect(name="greedy", header={"Latitude"}), CsvDialect(name="hungry", preamble=["a"]))
    # A session is told by its lines before any dialect is asked.
    tables = {name: data for name, data in EXAMPLES.items() if name != "mychronogps-session.txt"}
    spoken = {name: which_dialect(layout_of(data)).name for name, data in tables.items()}
    assert spoken == {name: name.partition(".")[0].replace("-", "_") for name in tables}


def test_of_two_that_ask_for_as_much_the_first_in_the_catalog_wins_always():
    one, two = (CsvDialect(name=name, header={"foo", "bar"}) for name in ("one", "two"))
    layout = layout_of(b"foo,bar\n1,2\n3,4\n")
    assert [each.name for each in fitting(layout, (one, two))] == ["one", "two"]
    assert [each.name for each in fitting(layout, (two, one))] == ["two", "one"]


def test_every_part_of_a_fingerprint_counts():
    shape = Shape(columns=(NumberRange(), NumberRange()))
    assert demand(CsvDialect(name="all", header={"a", "b"}, first_columns=["a"], preamble=["v2"])) == 4
    assert demand(CsvDialect(name="bare", shape=shape, preamble=["v2"])) == 3


def test_evidence_of_a_single_dialect_names_it_alone():
    assert evidence([NAMES["racebox"]]) == ("columns of RaceBox",)


def test_a_dialect_is_known_only_while_it_is_taught():
    dialect = CsvDialect(name="taught", header={"Zeit", "Fahrt"}, columns={"Fahrt": "vehicle speed:km/h"})
    data = {"a.csv": b"Zeit,Fahrt\n0.0,36\n0.5,36\n1.0,36\n"}
    with taught(dialect):
        assert telemparse.parse(data).metadata["dialect"] == "taught"
        elsewhere = []
        thread = threading.Thread(target=lambda: elsewhere.extend(known_dialects()))
        thread.start()
        thread.join()
    assert dialect not in elsewhere
    assert telemparse.parse(data).metadata["dialect"] == "generic"


def test_a_taught_dialect_takes_the_place_of_the_installed_one_of_its_name():
    changed = attrs.evolve(NAMES["racebox"], columns={"Speed": "speed:mph"})
    with taught(changed), taught(CsvDialect(name="other", header={"a"})):
        known = known_dialects()
    assert [dialect.name for dialect in known].count("racebox") == 1
    assert {"racebox", "other"} <= {dialect.name for dialect in known}
    assert next(dialect for dialect in known if dialect.name == "racebox") is changed


def test_names_in_other_scripts_are_compared_letter_by_letter():
    dialect = CsvDialect(name="other", header={"Широта", "Долгота"})
    assert fitting(layout_of("Широта;Долгота\n1,5;2,5\n1,6;2,6\n".encode()), [dialect]) == [dialect]
    assert fitting(layout_of("Скорость;Время\n1,5;2,5\n1,6;2,6\n".encode()), [dialect]) == []


SHAPED = CsvDialect(name="shaped", shape=Shape(columns=(NumberRange(low=0, high=9), NumberRange(decimals=1))))


@pytest.mark.parametrize(
    ("odd", "rows", "fits"),
    [("-,x", 9, True), ("?,1.5", 9, True), ("-,x", 8, False), ("-,x", 4, False), ("10,1.5", 99, False)],
)
def test_a_few_garbled_rows_leave_a_shape_what_it_is_and_a_value_out_of_range_does_not(odd, rows, fits):
    layout = layout_of(("1,1.5\n" * rows + f"{odd}\n").encode())
    assert bool(fitting(layout, [SHAPED])) is fits


def test_a_headerless_file_that_begins_with_a_torn_row_counts_it():
    data = b"0.119,0.0\n" + b"".join(b"0.119,0.027,1.013,-0.67,3.08,1.00,%d\n" % i for i in range(9))
    result = telemparse.parse({"imu.csv": data})
    assert result.metadata["dialect"] == "imu_bare"
    assert [issue.evidence["count"] for issue in result.warnings if issue.code == "ROWS_SKIPPED"] == [1]


def test_recognition_imports_neither_numpy_nor_pyarrow():
    script = (
        "import sys, telemparse\n"
        "from telemparse.formats.csv.examples import EXAMPLES\n"
        "found = telemparse.detect({'a.csv': EXAMPLES['mtk.csv']}).winner\n"
        "print(found.evidence[0], [name for name in ('numpy', 'pyarrow') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "columns of MTK logger []\n"
