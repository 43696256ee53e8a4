"""A CSV dialect as a value: what it must be named, what makes it recognisable, which mistakes it refuses."""

from __future__ import annotations

import collections
import itertools
import subprocess
import sys

import pytest

from telemparse import schemas
from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.extension.column_specs import FORMATS, ColumnSpec, read_column_spec
from telemparse.extension.csv_dialect import (
    FIX_TYPES,
    Altitude,
    CsvDialect,
    FixRule,
    NumberRange,
    Shape,
    Stamps,
    Ticks,
)
from telemparse.extension.model_pattern import check_pattern
from telemparse.model.events import EVENT_TYPES

TWO = (NumberRange(), NumberRange())


@pytest.mark.parametrize("name", ["", "Vendor", "a-b", "7up", 5, "a" * 201])
def test_a_name_is_a_lower_case_word(name):
    with pytest.raises(CallError, match="lower-case word"):
        CsvDialect(name=name)


def test_only_a_fingerprint_recognises_a_file():
    assert not CsvDialect(name="plain", columns={"v": "speed:km/h"}).has_fingerprint
    shape = Shape(columns=(NumberRange(low=0), NumberRange(high=1)))
    for facts in ({"header": ["a"]}, {"first_columns": ["a"]}, {"preamble": ["a"]}, {"shape": shape}):
        assert CsvDialect(name="told", **facts).has_fingerprint


def test_what_a_dialect_does_not_say_is_the_common_case():
    dialect = CsvDialect(name="plain")
    assert (dialect.stamps, dialect.altitude) == (Stamps.UNKNOWN, Altitude.SEA_LEVEL)
    assert dialect.fix == FixRule()
    assert dialect.ticks is Ticks.FOUND
    assert (NumberRange().decimals, NumberRange().rising) == (0, False)
    assert dialect.device_family is None


def test_words_may_stand_for_the_members_of_enumerations():
    dialect = CsvDialect(name="plain", stamps="local", altitude="ellipsoid", ticks="lead")
    assert (dialect.stamps, dialect.altitude, dialect.ticks) == (Stamps.LOCAL, Altitude.ELLIPSOID, Ticks.LEAD)


def test_words_of_cells_are_kept_as_they_are_compared():
    rule = FixRule(lost=[" Void"], doubtful={"Maybe"}, types={"3D ": 3})
    assert (rule.lost, rule.doubtful, rule.types) == ({"void"}, {"maybe"}, {"3d": 3})
    assert CsvDialect(name="plain", events={"B": "marker"}).events == {"b": "marker"}


def test_a_dialect_keeps_its_own_copy_of_a_mapping():
    columns = collections.ChainMap({"v": "speed:km/h"})
    dialect = CsvDialect(name="plain", columns=columns)
    columns["w"] = "nonsense:nonsense"
    assert dialect.columns == {"v": "speed:km/h"}
    assert type(dialect.columns) is dict


def vendor(**facts):
    return lambda: CsvDialect(name="vendor", **facts)


def shape(**facts):
    return lambda: Shape(columns=(*TWO, *TWO), **facts)


def columns(**specs):
    return vendor(columns=specs)


# What is wrong, and what the message says of it.
MISTAKES = {
    "unknown unit": (columns(v="speed:kmhh"), "column 'v': 'speed:kmhh': 'kmhh' is no unit and no format"),
    "unit left out": (columns(v="speed:"), "has a colon and neither unit nor format"),
    "question alone": (columns(v="speed:?"), "has a colon and neither unit nor format"),
    "two colons": (columns(t="date:ymd:utc"), "'ymd:utc' is no unit and no format"),
    "format of nothing": (columns(t=":ymd"), "is the format of a clock"),
    "format by default": (columns(t="date:ymd?"), "is the format of a clock"),
    "default of nothing": (columns(v=":km/h?"), "only a canonical name has a unit by default"),
    "no text": (columns(v=None), "declared as 'canonical"),
    "endless text": (columns(v="v" * 81), "declared as 'canonical"),
    "one column twice": (
        vendor(columns={"Speed (kn)": "speed:kn", "speed kn": ""}),
        "named twice .*: speedkn",
    ),
    "a column of signs": (vendor(columns={"(°)": "course:deg"}), "neither letters nor digits"),
    "a flag for a column": (vendor(columns={True: "t"}), "text of one line"),
    "columns in a list": (vendor(columns=["t", "lat"]), "expected a mapping"),
    "index and header": (vendor(header={"a"}, columns={0: "t"}), "column 0 is not one of the 0 of the shape"),
    "index beyond": (vendor(shape=Shape(columns=TWO), columns={2: "t"}), "column 2 is not one of the 2"),
    "index below": (vendor(shape=Shape(columns=TWO), columns={-1: "t"}), "column -1 is not one of the 2"),
    "name and shape": (vendor(shape=Shape(columns=TWO), columns={"t": "t"}), "has no column 't'"),
    "header and shape": (vendor(shape=Shape(columns=TWO), header={"t"}), "a file without a header"),
    "first columns and shape": (vendor(shape=Shape(columns=TWO), first_columns=["t"]), "without a header"),
    "shape of another kind": (vendor(shape=TWO), "shape must be a Shape, not tuple"),
    "header of one word": (vendor(header="Time"), "a comma is missing"),
    "header of numbers": (vendor(header=[1]), "text of one line"),
    "header that names twice": (vendor(header=["GPS Lat", "gps_lat"]), "named twice .*: gpslat"),
    "header that repeats": (vendor(header=["a", "a"]), "named twice .*: a"),
    "header of signs": (vendor(header=["#"]), "neither letters nor digits"),
    "first columns that repeat": (vendor(first_columns=["a", "b", "A"]), "named twice .*: a"),
    "endless header": (vendor(header=map(str, itertools.count())), "more values than the 1000"),
    "endless name": (vendor(header=["a" * 201]), "at most 200 characters"),
    "one phrase": (vendor(preamble="#v1"), "a comma is missing"),
    "no phrases": (vendor(preamble=7), "expected several values"),
    "empty phrase": (vendor(preamble=[" "]), "empty phrase"),
    "phrase of lines": (vendor(preamble=["a\nb"]), "one line"),
    "phrase that repeats": (vendor(preamble=["a", "a"]), "named twice"),
    "title of no text": (vendor(title=None), "title must be text"),
    "family of no text": (vendor(device_family=3), "device_family must be text"),
    "unknown stamps": (vendor(stamps="UTC"), "expected one of utc, local, unknown, not 'UTC'"),
    "unknown surface": (vendor(altitude="geoid"), "expected one of sea_level, ellipsoid"),
    "fix of another kind": (vendor(fix={"lost": {"v"}}), "fix must be a FixRule, not dict"),
    "unknown event": (vendor(events={"b": "button"}), "'b' means 'button', which is not an event type"),
    "event twice": (vendor(events={"b": "marker", "B ": "other"}), "named twice .*: b"),
    "event of no word": (vendor(events={1: "marker"}), "a word of a cell must be text"),
    "fix type too large": (
        lambda: FixRule(types={"rtk": 9}),
        "'rtk' means 9, which is not a fix type: 1, 2,",
    ),
    "fix type of none": (lambda: FixRule(types={"none": 0}), "'none' means 0"),
    "fix type of a flag": (lambda: FixRule(types={"3d": True}), "'3d' means True"),
    "fix lost and doubtful": (lambda: FixRule(lost={"V"}, doubtful={"v"}), "lost and there at once: 'v'"),
    "fix lost and typed": (lambda: FixRule(lost={"v"}, types={"V": 1}), "lost and there at once: 'v'"),
    "lost words in one": (lambda: FixRule(lost="void"), "a comma is missing"),
    "range upside down": (lambda: NumberRange(low=1, high=0), "low <= high"),
    "range without a number": (lambda: NumberRange(low=float("nan")), "low <= high"),
    "range of text": (lambda: NumberRange(high="9"), "low <= high"),
    "decimals below none": (lambda: NumberRange(decimals=-1), "whole number from 0 to 17"),
    "decimals in parts": (lambda: NumberRange(decimals=1.5), "whole number from 0 to 17"),
    "shape of nothing": (lambda: Shape(columns=()), "NumberRange values"),
    "shape of numbers": (lambda: Shape(columns=(1, 2)), "NumberRange values"),
    "axis beyond": (shape(unit_vector=(1, 2, 4)), r"three different columns of 4 from 0, not \(1, 2, 4\)"),
    "axis below": (shape(unit_vector=(-1, 0, 1)), "three different columns"),
    "axis twice": (shape(unit_vector=(0, 1, 1)), "three different columns"),
    "two axes": (shape(unit_vector=(0, 1)), "three different columns"),
    "tolerance beyond": (shape(tolerance=1.5), "above 0 and below 1"),
    "tolerance below": (shape(tolerance=-0.1), "above 0 and below 1"),
    "four axes": (shape(unit_vector=(0, 1, 2, 3)), "three different columns"),
    "index far beyond": (vendor(shape=Shape(columns=TWO), columns={9: "t"}), "column 9 is not one of the 2"),
    "word of all lists": (lambda: FixRule(lost={"v"}, doubtful={"v"}, types={"v": 1}), "at once: 'v'"),
    "endless word": (lambda: FixRule(lost={"v" * 201}), "at most 200 characters"),
    "more than it takes": (vendor(preamble=map(str, range(1001))), "more values than the 1000"),
    "tolerance of all": (shape(tolerance=1), "above 0 and below 1"),
    "tolerance of none": (shape(tolerance=0), "above 0 and below 1"),
    "tolerance of text": (shape(tolerance="1"), "above 0 and below 1"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_where_it_is_declared(name):
    declare, words = MISTAKES[name]
    with pytest.raises(CallError, match=words):
        declare()


def test_all_three_axes_and_every_bound_are_fine():
    whole = Shape(columns=[*TWO, *TWO], unit_vector=[3, 0, 1], tolerance=0.9)
    assert (whole.unit_vector, len(whole.columns)) == ((3, 0, 1), 4)
    assert NumberRange(low=1, high=1, decimals=17).decimals == 17
    assert FIX_TYPES == (1, 2, 3, 4, 6, 7)
    assert FixRule(types={str(kind): kind for kind in FIX_TYPES}).types["7"] == 7
    assert FixRule(lost={"v" * 200}).lost == {"v" * 200}
    assert CsvDialect(name="n" * 200, header={"a" * 200}).header == {"a" * 200}
    assert read_column_spec("v" * 80).name == "v" * 80
    assert len(CsvDialect(name="wide", header=map(str, range(1000))).header) == 1000


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("lat_deg", ColumnSpec("lat_deg", "", is_default=False)),
        ("speed:km/h", ColumnSpec("speed", "km/h", is_default=False)),
        ("speed: km/h?", ColumnSpec("speed", "km/h", is_default=True)),
        ("date:dmy", ColumnSpec("date", "dmy", is_default=False)),
        (":ft", ColumnSpec("", "ft", is_default=False)),
        ("", ColumnSpec("", "", is_default=False)),
    ],
)
def test_a_column_is_a_name_and_a_unit_or_format(text, spec):
    assert read_column_spec(text) == spec


def test_every_format_of_a_part_of_the_clock_may_be_declared():
    for name, formats in FORMATS.items():
        for tail in formats:
            assert read_column_spec(f"{name}:{tail}").tail == tail


@pytest.mark.parametrize(
    "pattern",
    [
        r'airframe_name="([^"]{1,80})"',
        r"Model:\s{0,4}([A-Z0-9]{2,12})(?:-\d{1,3})?",
        r"(?:MT|XT)(\d{1,3}?)",
        r"([]*+]{2}\*\+)",
        r"(.{,40})",
        r"(.{1,100})x{1,20}",  # 2000 ways
        r"([a-z]{1,200})",
        r"(a?b?c?d?e?f?g?h?i?j?)",
        r"(a?)" + "b" * 196,  # 200 characters
    ],
)
def test_a_bounded_pattern_is_taken(pattern):
    check_pattern(pattern)
    assert CsvDialect(name="vendor", device_model=pattern).device_model == pattern


PATTERNS = {
    "no pattern": (7, "a pattern of at most 200"),
    "endless": ("(a)" + "b" * 200, "a pattern of at most 200"),
    "unbalanced": ("(a", "no regular expression"),
    "too many times": ("(a{99999999999999999999})", "no regular expression"),
    "no group": ("model", "it has 0"),
    "two groups": ("(a)(b)", "it has 2"),
    "star": ("(.*)", r"repeats without end \(\*\)"),
    "plus": (r"(\d+)", r"repeats without end \(\+\)"),
    "open end": (r"(\d{2,})", "repeats without end"),
    "no ends": (r"(\d{,})", "repeats without end"),
    "nested": ("((?:a{1,9}){1,9})", "nested repeats"),
    "nested star": ("((?:a?)*)", "nested repeats"),
    "look-ahead": ("(?=a)(b)", "no other kind of group"),
    "named group": ("(?P<model>a)", "no other kind of group"),
    "back reference": (r"(a)\1", "refer back"),
    "possessive": ("(a{1,9}+)", "repeats a repeat"),
    "too long a repeat": ("(.{201})", "more than 200 times"),
    "too many ways": ("(.{1,100})x.{1,100}", "10000 ways"),
    "one way too many": ("(.{1,87})x{1,23}", "2001 ways"),
    "ways from none": ("(.{0,99})x{,20}", "2100 ways"),
    "too many options": ("(a?b?c?d?e?f?g?h?i?j?k?)", "2048 ways"),
    "too many alternatives": ("(" + "|".join("abcdefghijklm") + ")", "4096 ways"),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_that_may_take_long_is_refused(name):
    pattern, words = PATTERNS[name]
    with pytest.raises(CallError, match=words):
        CsvDialect(name="vendor", device_model=pattern)


def test_names_in_other_scripts_are_told_apart():
    dialect = CsvDialect(name="vendor", header=["Широта", "Долгота", "速度"])
    assert len(dialect.header) == 3


def test_the_event_types_are_those_of_the_schema():
    assert schemas.EVENT_TYPES is EVENT_TYPES


def test_declaring_a_dialect_imports_neither_numpy_nor_pyarrow():
    script = (
        "import sys\n"
        "from telemparse.extension.csv_dialect import CsvDialect\n"
        "CsvDialect(name='v', header={'a'}, columns={'a': 'speed:kn'}, device_model='(a)')\n"
        "heavy = ('numpy', 'pyarrow', 'lxml', 'telemparse.formats')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_built_in_dialects_come_through_the_same_door():
    catalog = Catalog.load()
    own = [
        dialect.name for dialect in catalog.dialects if catalog.dialect_origins[dialect.name] == "telemparse"
    ]
    assert own == sorted(own)
    assert [dialect.name for dialect in catalog.dialects][: len(own)] == own
    assert {"columbus", "racebox"} <= set(own)
