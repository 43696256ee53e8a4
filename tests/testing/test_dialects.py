"""The small kit of dialects: an honest dialect passes, each wrong one is caught by its own check alone."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.extension.csv_dialect import CsvDialect, FixRule, NumberRange, Shape, Stamps
from telemparse.extension.drive import drive
from telemparse.formats.csv.dialects import BUILT_IN
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.testing import dialect_checks, dialect_sample_checks
from telemparse.testing import dialects as kit
from telemparse.testing.dialect_strangers import portrait
from telemparse.testing.dialect_subject import DialectSubject
from telemparse.testing.dialects import dialect_conformance, run_dialect, taught
from telemparse.testing.kit import Broken, Check, ConformanceFailure

KNOTS = 3600 / 1852
PAGE = (Path(__file__).resolve().parents[2] / "docs/plugins/dialects.md").read_text(encoding="utf-8")


def logbook(header="Day;Clk;Latitude;Longitude;Kts;Nav;Depth;Bz", rows=12, end="\n"):
    """Return a file of an invented vendor: knots, local date and time apart, a letter for the fix."""
    lines = [
        f"{s.t:%d.%m.%Y;%H:%M:%S};{s.lat_deg:.7f};{s.lon_deg:.7f};{s.speed_mps * KNOTS:.2f};A;12.5;-3.25"
        for s in drive(rows)
    ]
    return end.join([header, *lines, ""]).encode()


HONEST = CsvDialect(
    name="logbook",
    header={"Day", "Clk", "Kts", "Bz"},
    columns={"Day": "date:dmy", "Clk": "time", "Kts": "speed:kn", "Nav": "fix", "Bz": ":uT"},
    stamps=Stamps.LOCAL,
)
SAMPLES = {"trip.csv": logbook()}


def told(columns=(), **facts):
    """Return the honest dialect with other facts, or with other words for some columns."""
    return attrs.evolve(HONEST, **{"columns": {**HONEST.columns, **dict(columns)}, **facts})


# A shape that a file of five rows has, and a file of four has not.
BRITTLE = CsvDialect(
    name="brittle",
    shape=Shape(columns=(NumberRange(rising=True), NumberRange(low=300, high=301, decimals=4))),
    columns={0: "t:ms", 1: "core_temperature:K"},
)
HELD = {"held.csv": b"".join(b"%d,300.1234\n" % (i * 250) for i in range(5))}

# Each wrong dialect, its samples, and what the check that catches it says was seen.
LIARS = {
    "declares-itself": (
        told({"Depth": "altitde_m"}), SAMPLES, "'altitde_m' names no canonical quantity; alt_m is near",
    ),
    "recognises-its-own": (told(header={"Day", "Clk", "Kts", "Byte"}), SAMPLES, "no column Byte"),
    "refuses-others": (told(header={"Latitude", "Longitude"}), SAMPLES, "it also takes a table of"),
    "keeps-every-column": (told(fix=FixRule(lost={"a"})), SAMPLES, "Latitude, Longitude, Kts ended nowhere"),
    "uses-what-it-declares": (told({"Dpth": ""}), SAMPLES, "no sample has the column Dpth"),
    "has-a-clock": (told(stamps=Stamps.UNKNOWN), SAMPLES, "trip.csv: TIME_ZONE_ASSUMED_UTC"),
    "leaves-nothing-to-guess": (told({"Kts": "speed"}), SAMPLES, "UNIT_ASSUMED"),
    "units-are-plausible": (told({"Kts": "speed:km/h"}), SAMPLES, "0.54 times the way by positions"),
    "damage-is-confessed": (BRITTLE, HELD, "with line 1 torn it is not recognised any more"),
}  # fmt: skip


def test_every_check_has_its_liar_and_one_of_them_is_quoted_to_authors():
    assert {promise.id for promise in kit.DIALECT_PROMISES} <= LIARS.keys()
    assert re.search(r"```console\n\[([\w-]+)\]", PAGE)[1] in LIARS


@pytest.mark.parametrize("promise", LIARS)
def test_a_wrong_dialect_is_caught_by_its_own_check_alone(promise):
    dialect, samples, seen = LIARS[promise]
    report = run_dialect(dialect, samples=samples)
    assert report.failed.keys() == {promise}
    assert seen in report.failed[promise]
    if f"```console\n[{promise}]" in PAGE:
        assert re.sub(r"(?m)^Seen: .*\n", "", report.failed[promise]) in re.sub(r"(?m)^Seen: .*\n", "", PAGE)
    advice = next(each.advice for each in kit.DIALECT_PROMISES if each.id == promise)
    assert f"What to do: {advice}" in report.failed[promise]


@dialect_conformance(HONEST, samples=SAMPLES)
def test_an_honest_dialect_keeps_every_promise(check: Check):
    check()


LAST = kit.DIALECT_PROMISES[-1].id


@dialect_conformance(LIARS[LAST][0], samples=LIARS[LAST][1], expected_failures=[LAST])
def test_an_expected_failure_is_expected_to_fail(check: Check):
    check()


def broken(examine, dialect, samples=SAMPLES):
    """Return what an examination says was seen of a broken promise."""
    with pytest.raises(Broken) as caught:
        examine(DialectSubject.of(dialect, samples))
    return str(caught.value)


# What is declared, and what is said of it.
ODD_COLUMNS = {
    "a unit of another kind": ({"Depth": "rpm:ft"}, "is a rpm, and ft is no unit of frequency"),
    "a format of no clock": ({"Depth": "gear:ymd"}, "is a gear, and ymd is no unit of number"),
    "a format of another part": ({"Clk": "time:dmy"}, "is a time, which takes s, ms, us, ns, utc"),
    "a part without formats": ({"Depth": "gps_week:utc"}, "is a gps_week, which takes no format"),
    "a unit of words": ({"Nav": "fix:m"}, "is a fix, which is words and has no unit"),
    "words for a name": ({"Depth": "Water Depth"}, "is neither canonical nor a channel name in snake_case"),
    "a slip of a header word": ({"Depth": "lattitude"}, "names no canonical quantity; lat_deg is near"),
}


@pytest.mark.parametrize("what", ODD_COLUMNS)
def test_a_column_that_is_not_understood_is_told(what):
    columns, words = ODD_COLUMNS[what]
    assert words in broken(dialect_checks.declares_itself, told(columns))


@pytest.mark.parametrize(
    ("column", "spec"), [("Depth", "speed:kn"), ("Nav", "lat_deg"), ("Depth", "date:dmy")]
)
def test_a_column_that_feeds_something_else_is_told(column, spec):
    words = broken(dialect_sample_checks.uses_what_it_declares, told({column: spec}))
    assert words.startswith(f"trip.csv: {column} is declared '{spec}' and feeds ")


def test_a_name_of_the_vendors_own_and_a_declination_in_degrees_are_understood():
    dialect = told({"Depth": "water_depth:m", "Bz": "declination:deg"})
    assert dialect_checks.declares_itself(DialectSubject.of(dialect, SAMPLES)) is None


def test_a_dialect_without_a_fingerprint_breaks_the_promise_that_says_so():
    nameless = told(header=())
    assert "no header, first_columns, preamble or shape" in broken(dialect_checks.declares_itself, nameless)
    assert len(run_dialect(nameless, samples=SAMPLES).failed) <= 1


MISSING = {
    "first columns": ({"header": (), "first_columns": ["Clk", "Day"]}, "does not begin with Clk, Day"),
    "a phrase": ({"preamble": ["#v2"]}, "no '#v2' before the data"),
    "a shape": (
        {"header": (), "shape": Shape(columns=[NumberRange()] * 8), "columns": {}},
        "its 8 columns are not of the shape",
    ),
}  # fmt: skip


@pytest.mark.parametrize("part", MISSING)
def test_what_a_sample_lacks_of_the_fingerprint_is_said(part):
    facts, words = MISSING[part]
    assert words in broken(dialect_checks.recognises_its_own, attrs.evolve(HONEST, **facts))


def test_a_sample_that_is_no_table_is_not_recognised():
    photo = {"photo.csv": b"\x89PNG\r\n\x1a\n\0\0\0"}
    assert "it is no table" in broken(dialect_checks.recognises_its_own, HONEST, photo)


def test_a_sample_that_is_not_recognised_is_told_once_and_does_not_spoil_the_others():
    report = run_dialect(HONEST, samples={"photo.csv": b"\x89PNG\r\n\x1a\n\0\0\0", **SAMPLES})
    assert report.failed.keys() <= {"recognises-its-own"}


def test_a_sample_that_ends_in_an_error_is_told_with_its_code():
    lone = {"trip.csv": logbook("Day;Clk;Latitude;Foo;Kts;Nav;Depth;Bz")}
    assert (
        broken(dialect_sample_checks.keeps_every_column, HONEST, lone)
        == "trip.csv ends in CSV_MISSING_LAT_LON"
    )


def test_a_dialect_without_a_clock_is_told_by_the_check_of_the_clock_alone():
    report = run_dialect(told({"Day": "", "Clk": ""}), samples=SAMPLES)
    assert report.failed.keys() <= {"has-a-clock"}
    assert (
        broken(dialect_sample_checks.has_a_clock, told({"Day": "", "Clk": ""}))
        == "trip.csv: CSV_NO_TIME_COLUMN"
    )


def test_a_sample_that_another_dialect_takes_is_told_with_its_name():
    vague = CsvDialect(name="vague", header={"Record", "Latitude"}, stamps="utc")
    words = broken(dialect_checks.recognises_its_own, vague, {"box.csv": EXAMPLES["racebox.csv"]})
    assert words.startswith("box.csv is read as racebox")


def test_a_sample_that_another_parser_takes_is_told_with_what_the_classifier_saw():
    wrapped = b"<?xml version='1.0'?>\n" + logbook()
    words = broken(dialect_checks.recognises_its_own, HONEST, {"a.csv": wrapped})
    assert words.startswith("a.csv goes to another parser")


def test_a_column_whose_positions_are_gone_is_named():
    letters = logbook("Day;Clk;Latitude;Longitude;Kts;Nav;Depth;Bz").replace(b";A;", b";N;")
    header = letters.replace(b"Latitude;Longitude", b"Foo;Bar", 1)
    dialect = told({"Nav": "lat_hemisphere"})
    words = broken(dialect_sample_checks.keeps_every_column, dialect, {"trip.csv": header})
    assert words == "trip.csv: Nav ended nowhere"


def test_a_date_that_makes_no_clock_is_told():
    counted = b"Day;Clk;Kts;Bz\n" + b"".join(b"x;%d;9.5;1.5\n" % (i * 100) for i in range(9))
    words = broken(dialect_sample_checks.has_a_clock, told({"Clk": "t:ms"}), {"trip.csv": counted})
    assert words == "trip.csv: dates are declared, and the time base is relative"


@pytest.mark.parametrize(("unit", "factor"), [("km/h", "0.54"), ("m/s", "1.94"), ("ft/s", "0.59")])
def test_a_speed_in_another_unit_is_told_with_its_factor(unit, factor):
    words = broken(dialect_sample_checks.units_are_plausible, told({"Kts": f"speed:{unit}"}))
    assert words == f"trip.csv: the way by speeds is {factor} times the way by positions"


def test_a_pause_between_positions_is_left_out_of_the_comparison():
    late = re.sub(rb"10:00:(0[5-9]|1\d);", rb"10:30:\1;", logbook(rows=20))
    assert late.count(b"10:30") == 15
    assert run_dialect(HONEST, samples={"trip.csv": late}).ok


def test_speeds_of_a_sample_that_does_not_move_prove_nothing():
    still = re.sub(rb"-21\.4\d+;-12\.3\d+", b"-21.4;-12.3", logbook())
    assert "no sample moves 50 m" in broken(
        dialect_sample_checks.units_are_plausible, HONEST, {"trip.csv": still}
    )
    assert run_dialect(HONEST, samples={"still.csv": still, **SAMPLES}).ok


def test_a_unit_by_default_may_be_assumed_and_no_other():
    assert run_dialect(told({"Kts": "speed:kn?"}), samples=SAMPLES).ok


@pytest.mark.parametrize(
    "data",
    [
        logbook(end="\r\n"),
        logbook(end="\r"),
        logbook().rstrip(b"\n"),
        logbook().decode().encode("utf-16"),
        logbook().replace(b"12.5", b'"12.5"'),
        b"# kept by hand\n" + logbook(),
    ],
    ids=["CRLF", "CR", "no line end", "UTF-16", "quotes", "a comment"],
)
def test_samples_of_every_encoding_are_torn_and_counted(data):
    report = run_dialect(HONEST, samples={"trip.csv": data})
    assert not report.failed


def test_a_row_that_is_lost_without_a_word_is_told(monkeypatch):
    silent = DialectSubject.read

    def read(subject, name, data):
        reading = silent(subject, name, data)
        return attrs.evolve(reading, result=attrs.evolve(reading.result, warnings=()))

    monkeypatch.setattr(DialectSubject, "read", read)
    words = broken(dialect_sample_checks.damage_is_confessed, HONEST)
    assert words == "trip.csv: with line 2 torn, 0 rows are told as skipped, and 0 without"


def test_local_stamps_are_no_guess():
    assert run_dialect(told(stamps=Stamps.UTC), samples=SAMPLES).ok
    assert run_dialect(told(stamps=Stamps.LOCAL), samples=SAMPLES).ok


def test_a_recording_of_several_files_is_several_samples():
    report = run_dialect(HONEST, samples={"week": {"a.csv": logbook(), "b.csv": logbook(rows=20)}})
    assert report.ok


@pytest.mark.parametrize("samples", [{}, {"a.csv": "text"}, [b"a"]])
def test_a_check_without_samples_is_a_bad_call(samples):
    with pytest.raises(CallError, match="sample"):
        dialect_conformance(HONEST, samples=samples)


def test_a_check_of_what_is_no_dialect_is_a_bad_call():
    with pytest.raises(CallError, match="expected a CsvDialect, not str"):
        run_dialect("logbook", samples=SAMPLES)


def test_an_unknown_id_is_a_bad_call():
    with pytest.raises(CallError, match="no check has the id speed"):
        dialect_conformance(HONEST, samples=SAMPLES, expected_failures=["speed"])


def test_other_plugins_examples_are_strangers_and_their_faults_are_not_the_authors(monkeypatch):
    shared = Catalog.shared()
    broken = attrs.evolve(shared.card("csv"), id="broken", examples="no.such.module:EXAMPLES")
    with_it = attrs.evolve(shared, cards=(*shared.cards, broken))
    monkeypatch.setattr(Catalog, "shared", classmethod(lambda _cls: with_it))
    strangers = DialectSubject.of(HONEST, SAMPLES).strangers
    assert any(name.startswith("racebox.csv, an example of csv") for name in strangers)
    assert "a file with just what RaceBox asks for" in strangers


def test_a_check_raises_what_pytest_shows():
    dialect, samples, _seen = LIARS[LAST]
    _name, cases = dialect_conformance(dialect, samples=samples).args
    with pytest.raises(ConformanceFailure, match=rf"^\[{LAST}\] "):
        cases[-1].values[0]()


@pytest.mark.parametrize("dialect", BUILT_IN, ids=lambda dialect: dialect.name)
def test_the_portrait_of_a_dialect_is_recognised_as_that_dialect(dialect):
    assert DialectSubject.of(dialect, SAMPLES).takes(portrait(dialect))


def test_the_kit_teaches_a_dialect_for_as_long_as_it_asks():
    with taught(HONEST):
        assert DialectSubject.of(BRITTLE, SAMPLES).readings[0].fits == ("logbook",)
    assert DialectSubject.of(BRITTLE, SAMPLES).readings[0].fits == ()
