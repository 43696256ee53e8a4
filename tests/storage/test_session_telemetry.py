"""Sessions made of laps: units are made one, columns may be absent, and what cannot be right is refused."""

from __future__ import annotations

import pyarrow as pa
import pytest

from storage.session_making import lap
from telemparse.storage import LapTelemetry, SessionFailed, SessionTelemetry

G = 9.80665


def made(*laps):
    return SessionTelemetry.from_laps(laps, source_type="vbo")


def refused(*laps):
    with pytest.raises(SessionFailed) as raised:
        made(*laps)
    return raised.value


@pytest.mark.parametrize(
    ("column", "unit", "given", "expected"),
    [
        ("speed", "km/h", 36.0, 10.0),
        ("speed", "mph", 10.0, 4.4704),
        ("speed", "[KPH]", 36.0, 10.0),
        ("glat", "m/s2", G, 1.0),
        ("glong", "m/s²", -G / 2, -0.5),
        ("glat", "mg", 500.0, 0.5),
        ("distance", "km", 1.5, 1500.0),
        ("steering", "rad", 1.0, 57.29577951308232),
        ("rpm", "Hz", 50.0, 3000.0),
        ("rpm", "1", 900.0, 900.0),
        ("gear", "1", 3.0, 3.0),
        ("lat", "°", 44.5, 44.5),
    ],
)
def test_a_standard_column_is_converted_to_the_unit_of_the_store(column, unit, given, expected):
    table = made(lap(1, {column: [given, None]}, {column: unit})).table
    assert table[column].to_pylist() == [pytest.approx(expected, rel=1e-12), None]
    assert table.schema.field(column).metadata[b"unit"] == made().table.schema.field(column).metadata[b"unit"]


def test_time_is_converted_to_seconds():
    table = made(lap(1, {"time": [0.0, 250.0]}, {"time": "ms"})).table
    assert table["time"].to_pylist() == [0.0, 0.25]


def test_a_column_in_the_unit_of_the_store_keeps_every_bit():
    values = [0.1, 1 / 3, 123.456789]
    table = made(lap(1, {"speed": values, "glat": values}, {"speed": "m/s", "glat": "g"})).table
    assert table["speed"].to_pylist() == table["glat"].to_pylist() == values


@pytest.mark.parametrize(
    ("column", "unit"),
    [("speed", "degC"), ("brake", "bar"), ("throttle", "1"), ("glat", "furlong"), ("gear", "m")],
)
def test_a_unit_of_another_kind_is_refused(column, unit):
    error = refused(lap(1, {column: [1.0]}, {column: unit}))
    assert error.code == "STORE_UNITS_MIXED"
    assert error.evidence["column"] == column
    assert error.evidence["unit"] == unit


def test_laps_in_units_of_one_kind_are_brought_to_that_of_the_first():
    table = made(
        lap(1, {"oil": [100.0]}),
        lap(2, {"oil": [90.0]}, {"oil": "degC"}),
        lap(3, {"oil": [212.0]}, {"oil": "degF"}),
    ).table
    assert table["oil"].to_pylist() == [100.0, 90.0, pytest.approx(100.0)]
    assert table.schema.field("oil").metadata[b"unit"] == b"degC"


def test_laps_whose_units_disagree_are_refused():
    error = refused(lap(1, {"oil": [1.0]}, {"oil": "degC"}), lap(2, {"oil": [1.0]}, {"oil": "bar"}))
    assert error.code == "STORE_UNITS_MIXED"
    assert (error.evidence["unit"], error.evidence["wanted"]) == ("bar", "degC")


def test_a_column_that_a_lap_does_not_have_is_null_there():
    table = made(lap(1, {"speed": [1.0]}), lap(2, {"oil": [2.0]}), lap(3, {}, rows=1)).table
    assert table["speed"].to_pylist() == [1.0, None, None]
    assert table["oil"].to_pylist() == [None, 2.0, None]
    assert table["rpm"].null_count == 3


@pytest.mark.parametrize("names", [("Boost", "boost"), ("RPM",), ("Time",), ("a", "b", "A", "B")])
def test_columns_that_capitals_alone_tell_apart_are_refused(names):
    error = refused(lap(1, {name: [1.0] for name in names}))
    assert error.code == "STORE_COLUMNS_CLASH"
    assert set(names) <= set(error.evidence["columns"])


def test_columns_of_two_laps_that_capitals_alone_tell_apart_are_refused():
    error = refused(lap(1, {"Boost": [1.0]}), lap(2, {"boost": [1.0]}))
    assert error.code == "STORE_COLUMNS_CLASH"
    assert error.evidence["columns"] == ["Boost", "boost"]


def test_two_columns_of_one_name_are_refused():
    table = pa.Table.from_arrays([pa.array([0.0]), pa.array([1.0]), pa.array([2.0])], ["time", "x", "x"])
    error = refused(LapTelemetry(lap_number=1, table=table))
    assert error.code == "STORE_COLUMNS_CLASH"


@pytest.mark.parametrize("times", [[1.0, 0.5], [0.0, float("nan")], [0.0, None], [float("inf")], ["0"]])
def test_times_that_are_unknown_or_run_backwards_are_refused(times):
    error = refused(LapTelemetry(lap_number=1, table=pa.table({"time": times})))
    assert error.code == "SCHEMA_VIOLATION"
    assert error.evidence["column"] == "time"


def test_laps_that_each_count_time_from_0_are_refused():
    table = pa.table({"time": [0.0, 60.0]})
    error = refused(LapTelemetry(lap_number=1, table=table), LapTelemetry(lap_number=2, table=table))
    assert error.code == "SCHEMA_VIOLATION"
    assert "start of the session" in str(error)


@pytest.mark.parametrize("number", [-1, 2**31, 1.0, True, None])
def test_a_lap_number_that_is_none_is_refused(number):
    assert (
        refused(LapTelemetry(lap_number=number, table=pa.table({"time": [0.0]}))).code == "SCHEMA_VIOLATION"
    )


def test_a_lap_without_times_is_refused():
    assert refused(LapTelemetry(lap_number=1, table=pa.table({"speed": [0.0]}))).code == "SCHEMA_VIOLATION"


def test_a_table_with_the_number_of_another_lap_is_refused():
    table = pa.table({"lap_number": [2], "time": [0.0]})
    assert refused(LapTelemetry(lap_number=1, table=table)).code == "SCHEMA_VIOLATION"
    assert made(LapTelemetry(lap_number=2, table=table)).laps[0].lap_number == 2


def test_a_lap_in_two_pieces_is_refused():
    tables = [pa.table({"time": [float(second)]}) for second in range(3)]
    laps = [LapTelemetry(lap_number=n, table=table) for n, table in zip([1, 0, 1], tables, strict=True)]
    error = refused(*laps)
    assert error.code == "SCHEMA_VIOLATION"
    assert error.evidence["laps"] == [1]


@pytest.mark.parametrize(
    "values", [pa.array([[1.0]]), pa.array([{"a": 1}]), pa.array([b"a"]), pa.array([1], pa.timestamp("ns"))]
)
def test_a_column_of_neither_numbers_nor_words_is_refused(values):
    error = refused(lap(1, {"odd": values}))
    assert error.code == "SCHEMA_VIOLATION"
    assert error.evidence["column"] == "odd"


def test_words_in_a_standard_column_are_refused():
    assert refused(lap(1, {"gear": ["N"]})).evidence["column"] == "gear"


def test_numbers_in_one_lap_and_words_in_another_are_refused():
    error = refused(lap(1, {"x": [1.0]}), lap(2, {"x": ["a"]}))
    assert error.code == "SCHEMA_VIOLATION"
    assert error.evidence["column"] == "x"


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (pa.int8(), pa.int32(), pa.int64()),
        (pa.float32(), pa.float64(), pa.float64()),
        (pa.int16(), pa.float32(), pa.float64()),
        (pa.bool_(), pa.float64(), pa.float64()),
        (pa.null(), pa.int16(), pa.int16()),
        (pa.string(), pa.dictionary(pa.int8(), pa.string()), pa.string()),
        (pa.large_string(), pa.string(), pa.string()),
    ],
)
def test_types_of_laps_become_one_that_holds_both(first, second, kind):
    one = pa.array([None], first)
    table = made(lap(1, {"x": one}), lap(2, {"x": pa.array([None], second)})).table
    assert table.schema.field("x").type == kind
    assert table["x"].null_count == 2


def test_the_rows_of_a_lap_are_read_from_a_session_in_memory():
    session = made(lap(0, {"speed": [0.0]}), lap(1, {"speed": [1.0, 2.0]}))
    assert session.lap(1).table["speed"].to_pylist() == [1.0, 2.0]
    assert [each.rows for each in session.laps] == [1, 2]
