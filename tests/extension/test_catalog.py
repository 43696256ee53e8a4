"""The catalog: entry points are taken in one by one, and what fails harms nobody else."""

from __future__ import annotations

import sys
from asyncio import CancelledError
from importlib import metadata
from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace

import pytest
from polars.exceptions import PanicException

from telemparse.errors import CallError
from telemparse.extension import catalog as catalogs
from telemparse.extension import installation
from telemparse.extension.card import ParserCard
from telemparse.extension.catalog import Catalog
from telemparse.extension.csv_dialect import CsvDialect
from telemparse.extension.faults import Fault, is_fault
from telemparse.extension.hookspecs import GROUP, hookimpl
from telemparse.extension.samples import recordings
from telemparse.model.gates import Track


class Point(EntryPoint):
    """An entry point in memory: loads a value, or raises one."""

    def load(self):
        thing = THINGS[self.value]
        if isinstance(thing, BaseException):
            raise thing
        return thing


THINGS = {}


def point(name, thing, distribution=None):
    THINGS[name] = thing
    made = Point(name=name, value=name, group=GROUP)
    if distribution is not None:
        vars(made).update(dist=SimpleNamespace(read_text=metadata_of(distribution)))
    return made


def metadata_of(name):
    """Return what reads the metadata of a distribution: a README stands below its fields."""
    texts = {"METADATA": f"Metadata-Version: 2.1\nname:  {name} \n\nName: another\n"}
    return texts.get


def card(parser_id, **facts):
    return ParserCard(**{
        "id": parser_id, "name": parser_id, "version": "1",
        "detector": "module:function", "target": "module:function", **facts,
    })  # fmt: skip


def plugin(**hooks):
    """Return a plugin module: each hook is what it returns, or a function."""
    module = ModuleType("plugin")
    for name, value in hooks.items():
        answer = value if callable(value) else lambda value=value: value
        setattr(module, name, hookimpl(answer))
    return module


def of_cards(*cards):
    return plugin(telemparse_parsers=cards)


def ids(catalog):
    return [each.id for each in catalog.cards]


def raising(error):
    def hook():
        raise error

    return hook


GOOD = of_cards(card("good"))


def test_what_plugins_declare_is_gathered():
    dialect, track = CsvDialect(name="vendor", header={"a"}), Track("Somewhere", (), ())
    several = plugin(
        telemparse_parsers=[card("one"), card("two")],
        telemparse_csv_dialects=iter([dialect]),
        telemparse_tracks=(each for each in [track]),
    )
    catalog = Catalog.load([point("several", several), point("good", GOOD)])
    assert ids(catalog) == ["good", "one", "two"]
    assert (catalog.dialects, catalog.tracks, catalog.faults) == ((dialect,), (track,), ())


def test_a_plugin_may_declare_nothing_through_its_hook():
    catalog = Catalog.load([point("idle", plugin(telemparse_parsers=[], telemparse_tracks=lambda: None))])
    assert (catalog.cards, catalog.tracks, catalog.faults) == ((), (), ())


def test_a_class_and_an_object_may_be_plugins_too():
    class Plugin:
        @hookimpl
        def telemparse_parsers(self):
            return [card("object")]

    assert ids(Catalog.load([point("object", Plugin())])) == ["object"]


UNKNOWN_HOOK = plugin(telemparse_parsers=[card("bad")], telemparse_new_idea=[])


class Alien(BaseException):
    """What a plugin derives from BaseException alone."""


# As pyo3 makes it: each Rust extension has one of its own.
PANIC = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})


class Unspeakable(Exception):  # noqa: N818  (not an error of ours)
    def __str__(self):
        raise RuntimeError("not even this")


armed = []


class Trap(ParserCard):
    def __getattribute__(self, name):
        if name == "api" and armed:
            raise RuntimeError("caught")
        return super().__getattribute__(name)


TRAP = Trap(id="trap", name="trap", version="1", detector="module:function", target="module:function")
armed.append(TRAP)


@pytest.mark.parametrize(
    ("thing", "stage", "error"),
    [
        (ImportError("no module"), "import", "ImportError: no module"),
        (SystemExit(3), "import", "SystemExit: 3"),
        (RecursionError("deep"), "import", "RecursionError: deep"),
        (Unspeakable(), "import", "Unspeakable"),
        (ValueError("x" * 10_000), "import", "ValueError: " + "x" * 488),
        (PANIC("index out of bounds"), "import", "PanicException: index out of bounds"),
        (plugin(telemparse_parsers=raising(PANIC("late"))), "declare", "PanicException: late"),
        (plugin(telemparse_parsers=lambda: [card("odd", api="1")]), "declare", "CallError: api must be"),
        (7, "hooks", "TypeError: int implements no hook of telemparse"),
        (None, "hooks", ""),
        ([], "hooks", ""),
        (ModuleType("empty"), "hooks", "TypeError: module implements no hook of telemparse"),
        (UNKNOWN_HOOK, "hooks", "PluginValidationError"),
        (plugin(telemparse_parsers=raising(ValueError("broken"))), "declare", "ValueError: broken"),
        (plugin(telemparse_parsers=raising(SystemExit(1))), "declare", "SystemExit: 1"),
        (plugin(telemparse_parsers=lambda: iter(raising(OSError("late")), None)), "declare", "OSError: late"),
        (plugin(telemparse_parsers=7), "declare", "TypeError"),
        (plugin(telemparse_parsers=["card", "card"]), "declare", "TypeError: expected ParserCard, got str"),
        (plugin(telemparse_parsers=lambda: [card("Bad Id")]), "declare", "CallError: id must be"),
        (plugin(telemparse_csv_dialects=[card("x")]), "declare", "TypeError: expected CsvDialect"),
        (plugin(telemparse_tracks=[None]), "declare", "TypeError: expected Track, got NoneType"),
        (of_cards(card("old", api=0)), "card", "old speaks api 0; supported: 1"),
        (of_cards(card("new", api=2)), "card", "new speaks api 2; supported: 1"),
        (of_cards(card("good")), "card", "parser id 'good' is taken by good"),
        (of_cards(TRAP), "card", "RuntimeError: caught"),
    ],
)  # fmt: skip
def test_a_plugin_that_fails_becomes_a_fault_and_its_neighbours_work(thing, stage, error):
    after = of_cards(card("after"))
    catalog = Catalog.load([point("later", thing), point("good", GOOD), point("z", after)])
    assert ids(catalog) == ["good", "after"]
    (fault,) = catalog.faults
    assert (fault.plugin, fault.stage, fault.distribution) == ("later", stage, None)
    assert fault.error.startswith(error)
    assert len(fault.error) <= 500


def test_a_failing_hook_leaves_the_other_hooks_of_its_plugin():
    half = plugin(telemparse_parsers=[card("half")], telemparse_tracks=raising(ValueError("broken")))
    catalog = Catalog.load([point("half", half)])
    assert (ids(catalog), [fault.stage for fault in catalog.faults]) == (["half"], ["declare"])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit(), CancelledError(), Alien("mine")])
def test_what_is_control_flow_of_the_caller_passes_through(error):
    for thing in (error, plugin(telemparse_parsers=raising(error))):
        with pytest.raises(type(error)):
            Catalog.load([point("good", GOOD), point("interrupted", thing)])


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ValueError(), True),
        (SystemExit(), True),
        (ExceptionGroup("several", [ValueError()]), True),
        (PANIC(), True),
        (KeyboardInterrupt(), False),
        (GeneratorExit(), False),
        (CancelledError(), False),
        (Alien(), False),
        (BaseExceptionGroup("several", [KeyboardInterrupt()]), False),
    ],
)
def test_errors_and_panics_are_faults_of_a_plugin_and_control_flow_is_not(error, fault):
    assert is_fault(error) is fault


def test_the_panic_of_a_real_rust_extension_is_a_fault():
    assert is_fault(PanicException("from polars"))
    assert not isinstance(PanicException(), Exception)


def test_a_fault_is_bounded_whoever_makes_it():
    assert len(Fault("hostile", "detect", "x" * 10_000_000).error) == 500


def test_our_own_parsers_come_first_so_that_nobody_takes_their_ids():
    ours = point("zz", of_cards(card("csv")), "telemparse")
    theirs = point("aa", of_cards(card("csv"), card("own")), "telemparse-evil")
    catalog = Catalog.load([theirs, ours])
    assert ids(catalog) == ["csv", "own"]
    assert catalog.origins == {"csv": "telemparse", "own": "telemparse-evil"}
    (fault,) = catalog.faults
    assert fault.error == "parser id 'csv' is taken by telemparse"
    assert (fault.plugin, fault.distribution) == ("aa", "telemparse-evil")


def test_the_order_does_not_depend_on_that_of_the_entry_points():
    points = [
        point("b", of_cards(card("one")), "y"),
        point("a", of_cards(card("two")), "z"),
        point("a", of_cards(card("two")), "x"),
    ]
    assert Catalog.load(points) == Catalog.load(reversed(points))
    assert Catalog.load(points).origins == {"two": "x", "one": "y"}


def test_two_dialects_of_one_name_keep_the_first():
    first, second = (CsvDialect(name="vendor", header={"a"}) for _ in range(2))
    plugins = {"a": plugin(telemparse_csv_dialects=[first]), "b": plugin(telemparse_csv_dialects=[second])}
    catalog = Catalog.load(point(name, each) for name, each in plugins.items())
    assert len(catalog.dialects) == 1
    assert catalog.dialects[0] is first
    assert [(fault.plugin, fault.stage) for fault in catalog.faults] == [("b", "declare")]


@pytest.mark.parametrize(
    "text",
    [None, "", "Version: 1\n\nName: in the README\n", KeyError("METADATA")],
    ids=["absent", "empty", "nameless", "unreadable"],
)
def test_a_distribution_without_a_readable_name_is_still_loaded(text):
    def read_text(_file):
        if isinstance(text, Exception):
            raise text
        return text

    made = point("good", GOOD)
    vars(made).update(dist=SimpleNamespace(read_text=read_text))
    catalog = Catalog.load([made])
    assert (ids(catalog), list(catalog.origins.values())) == (["good"], ["good"])


def test_an_old_kind_of_distribution_is_named_by_its_own_file():
    made = point("good", GOOD)
    vars(made).update(dist=SimpleNamespace(read_text={"PKG-INFO": "Name: egg\n"}.get))
    assert list(Catalog.load([made]).origins.values()) == ["egg"]


# --- looking things up ---


def test_a_card_is_found_by_its_id():
    catalog = Catalog(cards=(card("one"), card("two")))
    assert catalog.card("two") is catalog.cards[1]
    with pytest.raises(CallError, match="no parser 'three'; installed: one, two"):
        catalog.card("three")


def test_detector_and_parser_are_imported_when_they_are_asked_for(tmp_path, monkeypatch):
    (tmp_path / "late_format.py").write_text("def detect(): pass\ndef parse(): pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    late = card("late", detector="late_format:detect", target="late_format:parse")
    catalog = Catalog.load([point("late", of_cards(late))])
    assert "late_format" not in sys.modules
    assert catalog.detector(late).__name__ == "detect"
    assert catalog.parser(late) is sys.modules["late_format"].parse
    monkeypatch.delitem(sys.modules, "late_format")
    assert catalog.parser(late).__module__ == "late_format"
    assert "late_format" not in sys.modules


def test_a_target_that_is_not_there_says_so_when_it_is_asked_for():
    missing = card("missing", detector="no_such_module_anywhere:detect", target="os:no_such_function")
    catalog = Catalog(cards=(missing,))
    with pytest.raises(ModuleNotFoundError):
        catalog.detector(missing)
    with pytest.raises(AttributeError):
        catalog.parser(missing)


def test_the_catalog_of_a_process_is_loaded_once(monkeypatch):
    monkeypatch.setattr(catalogs, "_shared", None)
    first = Catalog.shared()
    assert isinstance(first, Catalog)
    assert Catalog.shared() is first


def test_ids_and_names_are_compared_as_words_and_not_as_objects():
    # Made at run time, as what a plugin reads from its own table.
    one, other = (of_cards(card(b"late".decode())) for _ in range(2))
    dialects = [CsvDialect(name=b"late".decode(), header=[column]) for column in "ab"]
    vendors = [plugin(telemparse_csv_dialects=[dialect]) for dialect in dialects]
    catalog = Catalog.load([
        point("a", one), point("b", other), point("c", vendors[0]), point("d", vendors[1]),
    ])  # fmt: skip

    assert (ids(catalog), catalog.dialects) == (["late"], (dialects[0],))
    assert catalog.card(b"late".decode()) is catalog.cards[0]
    assert [fault.plugin for fault in catalog.faults] == ["b", "d"]


@pytest.mark.parametrize("names", [("m", "n"), ("n", "m")])
def test_dialects_of_several_names_are_all_kept_with_where_they_come_from(names):
    points = [
        point(place, plugin(telemparse_csv_dialects=[CsvDialect(name=name, header=[name])]), distribution)
        for place, name, distribution in zip("ab", names, ("vendor", None), strict=True)
    ]
    catalog = Catalog.load(points)

    assert [dialect.name for dialect in catalog.dialects] == list(names)
    assert catalog.dialect_origins == {names[0]: "vendor", names[1]: "b"}


# --- examples ---


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ({}, {}),
        ({"a.x": b"1"}, {"a.x": {"a.x": b"1"}}),
        ({"run": {"a.x": b"1", "a.y": b""}, "b": b"2"}, {"run": {"a.x": b"1", "a.y": b""}, "b": {"b": b"2"}}),
    ],
)
def test_a_file_by_itself_is_a_recording_of_its_own_name(samples, expected):
    assert recordings(samples) == expected


@pytest.mark.parametrize("samples", [None, b"1", ["a.x"], 7])
def test_samples_that_are_no_mapping_are_refused(samples):
    with pytest.raises(CallError, match=f"a mapping of names to bytes, not {type(samples).__name__}"):
        recordings(samples)


@pytest.mark.parametrize("sample", [None, "text", {}, {"a.x": "text"}, {"a.x": b"1", "a.y": None}, ["a.x"]])
def test_a_sample_that_is_neither_bytes_nor_files_is_refused_by_name(sample):
    with pytest.raises(CallError, match="sample 'odd' is neither bytes nor a mapping of file names to bytes"):
        recordings({"good": b"1", "odd": sample})


def test_the_examples_of_a_card_are_imported_when_they_are_asked_for(tmp_path, monkeypatch):
    (tmp_path / "late_examples.py").write_text("EXAMPLES = {'a.x': b'1'}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with_some, without = card("some", examples="late_examples:EXAMPLES"), card("none")
    catalog = Catalog(cards=(with_some, without))

    assert "late_examples" not in sys.modules
    assert catalog.examples(with_some) == {"a.x": {"a.x": b"1"}}
    assert catalog.examples(without) == {}
    monkeypatch.delitem(sys.modules, "late_examples")


def test_what_a_catalog_has_imported_it_does_not_hand_to_another():
    with pytest.raises(TypeError):
        Catalog(targets={"module:function": 7})


def test_the_built_in_formats_are_installed():
    catalog = Catalog.load()
    assert {"csv", "gpx"} <= set(ids(catalog))
    assert {catalog.origins[each] for each in ("csv", "gpx")} == {"telemparse"}


# --- damaged distributions ---


class Damaged:
    """A distribution whose entry points cannot be read."""

    @staticmethod
    def read_text(file):
        return metadata_of("damaged")(file)

    @property
    def entry_points(self):
        raise TypeError("no equals sign")


class Whole:
    def __init__(self, name, *points):
        self.read_text = metadata_of(name)
        self.entry_points = metadata.EntryPoints(points)


def test_a_damaged_distribution_is_a_fault_and_the_others_are_asked_one_by_one(monkeypatch):
    shadowed = Whole("good", point("shadowed", of_cards(card("shadowed"))))
    found = [Whole("good", point("good", GOOD)), Damaged(), shadowed, Whole("idle")]
    damage = raising(TypeError("no equals sign"))
    monkeypatch.setattr(installation, "entry_points", lambda **_group: damage())
    monkeypatch.setattr(installation, "distributions", lambda: iter(found))
    catalog = Catalog.load()
    assert ids(catalog) == ["good"]
    (fault,) = catalog.faults
    assert (fault.plugin, fault.stage, fault.error) == ("damaged", "metadata", "TypeError: no equals sign")
