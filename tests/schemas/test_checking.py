"""The check against the canonical schema: what does not fit is left out, counted and said."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.model.codes import Severity
from telemparse.schemas import SCHEMAS, build, channel_field, check

FIX = {"t": np.arange(3), "lat_deg": np.array([1.0, 2.0, 3.0]), "lon_deg": np.array([4.0, 5.0, 6.0])}
POSE = {"t": np.array([0]), "x_e_m": np.array([0.0]), "y_n_m": np.array([0.0])}
LAP = {
    "lap_number": [1], "stint_index": [0], "duration_ns": [60_000_000_000], "validity": ["VALID"],
    "confidence": ["HIGH"], "source": ["device"],
}  # fmt: skip


def fixes(**columns: list[object]) -> pa.Table:
    table = pa.Table.from_batches([build("gnss_pvt", FIX)])
    for name, values in columns.items():
        kind = table.schema.field(name).type
        index = table.schema.get_field_index(name)
        table = table.set_column(index, pa.field(name, kind), pa.array(values, kind))
    return table


def refusal(stream: str, data: object) -> str:
    table, issues = check(stream, data)
    assert table is None
    (issue,) = issues
    assert issue.code == "SCHEMA_VIOLATION"
    assert issue.evidence["stream"] == stream
    return issue.evidence["problem"]


def test_rows_that_fit_pass_unchanged():
    batch = build("gnss_pvt", FIX)
    table, issues = check("gnss_pvt", batch)

    assert issues == []
    assert table.equals(pa.Table.from_batches([batch]))


@pytest.mark.parametrize("stream", ["gnss", "channels", "gnss_pvt.", "../gnss_pvt", ""])
def test_a_batch_of_no_stream_is_refused(stream):
    assert "no canonical stream" in refusal(stream, build("gnss_pvt", FIX))


def test_a_second_source_is_checked_like_the_first():
    table, issues = check("gnss_pvt.raw", build("gnss_pvt", FIX))

    assert (table.num_rows, issues) == (3, [])


def test_missing_columns_are_named():
    assert refusal("gnss_pvt", fixes().drop_columns(["hdop", "t"])) == "columns are missing: t, hdop"


def test_unknown_columns_are_named():
    table = fixes().append_column("satellites", pa.array([1, 2, 3]))

    assert refusal("gnss_pvt", table) == "columns are unknown: satellites"


def test_a_column_of_another_type_is_named_with_both_types():
    table = fixes().set_column(1, "lat_deg", pa.array([1.0, 2.0, 3.0], pa.float32()))

    assert refusal("gnss_pvt", table) == "lat_deg is float, not double"


@pytest.mark.parametrize("kind", [pa.timestamp("ns"), pa.timestamp("us", tz="UTC"), pa.int64()])
def test_time_is_nanoseconds_of_utc_and_nothing_else(kind):
    table = fixes().set_column(0, "t", pa.array([0, 1, 2], pa.int64()).cast(kind))

    assert "not timestamp[ns, tz=UTC]" in refusal("gnss_pvt", table)


def test_two_columns_of_one_name_are_refused():
    table = fixes().append_column("hdop", fixes().column("hdop"))

    assert refusal("gnss_pvt", table) == "two columns have one name"


def test_the_order_of_columns_does_not_matter():
    table, issues = check("gnss_pvt", fixes().select(SCHEMAS["gnss_pvt"].names[::-1]))

    assert issues == []
    assert table.column_names == SCHEMAS["gnss_pvt"].names


@pytest.mark.parametrize("metadata", [None, {}, {"stream": "gnss_pvt"}])
def test_a_table_without_a_time_base_is_refused(metadata):
    problem = refusal("gnss_pvt", fixes().replace_schema_metadata(metadata))

    assert problem == "the table metadata has no time_base"


def test_a_time_base_that_does_not_exist_is_refused():
    assert "time_base" in refusal("gnss_pvt", fixes().replace_schema_metadata({"time_base": "local"}))


def test_a_table_cannot_claim_another_schema_version():
    table, _issues = check(
        "gnss_pvt", fixes().replace_schema_metadata({"time_base": "utc", "schema_version": "9"})
    )

    assert table.schema.metadata[b"schema_version"] == b"1"


def test_further_table_metadata_is_kept():
    table, _issues = check("gnss_pvt", fixes().replace_schema_metadata({"time_base": "utc", "receiver": "a"}))

    assert table.schema.metadata[b"receiver"] == b"a"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_becomes_null_and_is_counted(value):
    table, (issue,) = check("gnss_pvt", fixes(alt_m=[1.0, value, value]))

    assert table["alt_m"].to_pylist() == [1.0, None, None]
    assert (issue.code, issue.severity) == ("SCHEMA_VIOLATION", Severity.ERROR)
    assert (issue.evidence["column"], issue.evidence["count"]) == ("alt_m", 2)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_row_whose_position_is_not_finite_is_dropped(value):
    table, (issue,) = check("gnss_pvt", fixes(lat_deg=[1.0, value, 3.0]))

    assert table["lat_deg"].to_pylist() == [1.0, 3.0]
    assert (issue.code, issue.evidence["count"]) == ("SCHEMA_VIOLATION", 1)


@pytest.mark.parametrize("column", ["t", "lat_deg", "lon_deg", "quality_flags"])
def test_a_row_with_null_where_none_may_stand_is_dropped_and_counted(column):
    values = fixes().column(column).to_pylist()
    table, (issue,) = check("gnss_pvt", fixes(**{column: [values[0], None, values[2]]}))

    assert table.num_rows == 2
    assert (issue.code, issue.evidence["problem"]) == ("SCHEMA_VIOLATION", f"{column} is null")
    assert issue.evidence["count"] == 1


def test_several_reasons_drop_a_row_once():
    table, issues = check("gnss_pvt", fixes(lat_deg=[None, math.nan, 91.0], lon_deg=[None, 1.0, 2.0]))

    assert table.num_rows == 0
    assert sorted(issue.code for issue in issues) == ["SCHEMA_VIOLATION"] * 3 + ["VALUE_OUT_OF_RANGE"]


@pytest.mark.parametrize(
    ("column", "value"), [("lat_deg", 90.5), ("lat_deg", -90.5), ("lon_deg", 180.0), ("lon_deg", -180.5)]
)
def test_a_row_with_an_impossible_position_is_dropped_with_a_warning(column, value):
    values = fixes().column(column).to_pylist()
    table, (issue,) = check("gnss_pvt", fixes(**{column: [values[0], value, values[2]]}))

    assert table.num_rows == 2
    assert (issue.code, issue.severity) == ("VALUE_OUT_OF_RANGE", Severity.WARNING)
    assert (issue.evidence["column"], issue.evidence["count"]) == (column, 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [("speed_mps", -0.5), ("course_deg", 360.0), ("course_deg", -1.0), ("hdop", -1.0), ("fix_type", 8)],
)
def test_another_value_out_of_range_becomes_null_with_a_warning(column, value):
    table, (issue,) = check("gnss_pvt", fixes(**{column: [1, value, None]}))

    assert table[column].to_pylist() == [1, None, None]
    assert (issue.code, issue.evidence["count"]) == ("VALUE_OUT_OF_RANGE", 1)


@pytest.mark.parametrize(
    ("column", "value"), [("lat_deg", -90.0), ("lat_deg", 90.0), ("lon_deg", -180.0), ("course_deg", 0.0)]
)
def test_the_ends_of_a_range_belong_to_it(column, value):
    table, issues = check("gnss_pvt", fixes(**{column: [value] * 3}))

    assert issues == []
    assert table[column].to_pylist() == [value] * 3


def test_evidence_never_shows_the_values():
    _table, issues = check(
        "gnss_pvt", fixes(lat_deg=[148.1234567, math.nan, 3.0], lon_deg=[11.7654321, 1.0, 1234567.0])
    )

    shown = " ".join(f"{issue.message} {issue.evidence} {issue.hint}" for issue in issues)
    assert "1234567" not in shown
    assert "7654321" not in shown


def test_a_word_that_is_not_listed_drops_its_row():
    table, (issue,) = check("events", build("events", {"t": [0, 1], "event_type": ["marker", "party"]}))

    assert table["event_type"].to_pylist() == ["marker"]
    assert (issue.code, issue.evidence["column"], issue.evidence["count"]) == (
        "SCHEMA_VIOLATION",
        "event_type",
        1,
    )


def test_a_word_that_is_not_listed_becomes_null_where_null_may_stand():
    segments = {
        "segment_id": ["1", "2", "3"],
        "name": ["a", "b", "c"],
        "segment_type": ["corner"] * 3,
        "order_index": [0, 1, 2],
        "s_start_m": [0.0, 1.0, 2.0],
        "s_end_m": [1.0, 2.0, 3.0],
        "direction": ["left", "up", None],
    }
    table, (issue,) = check("segments", build("segments", segments))

    assert table["direction"].to_pylist() == ["left", None, None]
    assert issue.evidence["count"] == 1


def test_reasons_are_codes_of_the_registry_only():
    two = {name: values * 3 for name, values in LAP.items()}
    two["reasons"] = [["PIT_AFFECTED"], ["PIT_AFFECTED", "BAD_LUCK"], None]
    table, (issue,) = check("laps", build("laps", two))

    assert table["reasons"].to_pylist() == [["PIT_AFFECTED"], None, None]
    assert issue.evidence["column"] == "reasons"


def test_laps_without_instants_are_good():
    table, issues = check("laps", build("laps", LAP))

    assert (table.num_rows, issues) == (1, [])


def test_a_lap_number_begins_at_one():
    table, (issue,) = check("laps", build("laps", {**LAP, "lap_number": [0]}))

    assert table.num_rows == 0
    assert issue.code == "VALUE_OUT_OF_RANGE"


def test_a_pose_names_its_origin_and_its_source():
    facts = {"origin_lat_deg": 1, "origin_lon_deg": 2, "pose_source": "onboard_fused"}

    assert check("pose", build("pose", POSE, **facts))[1] == []
    for missing in facts:
        rest = {key: value for key, value in facts.items() if key != missing}
        assert refusal("pose", build("pose", POSE, **rest)) == f"the table metadata has no {missing}"
    guessed = build("pose", POSE, **{**facts, "pose_source": "guessed"})
    assert "gnss_measured, onboard_fused, server_fused" in refusal("pose", guessed)


def channels(**columns: pa.Array) -> pa.RecordBatch:
    fields = {name: channel_field(name, values.type) for name, values in columns.items()}
    rows = len(next(iter(columns.values())))
    return build("channels.main", {"t": np.arange(rows), **columns}, fields=fields)


@pytest.mark.parametrize(
    "kind", [pa.float32(), pa.float64(), pa.int8(), pa.uint64(), pa.int64(), pa.string()]
)
def test_a_channel_may_be_a_float_an_integer_or_a_string(kind):
    table, issues = check("channels.main", channels(a=pa.array(["1"]).cast(kind)))

    assert issues == []
    assert table.schema.field("a").type == kind


@pytest.mark.parametrize(
    "kind",
    [pa.bool_(), pa.float16(), pa.binary(), pa.large_string(), pa.list_(pa.int8()), pa.timestamp("ns")],
)
def test_a_channel_of_another_type_is_refused_by_name(kind):
    assert "a" in refusal("channels.main", channels(a=pa.nulls(1, kind))).split(": ")[1]


def test_a_channel_that_is_not_finite_becomes_null():
    table, (issue,) = check("channels.main", channels(a=pa.array([1.0, math.nan])))

    assert table["a"].to_pylist() == [1.0, None]
    assert issue.evidence["column"] == "a"


def test_labels_that_a_parser_left_out_are_blank_and_those_it_gave_are_kept():
    field = pa.field("boost", pa.float32(), metadata={"unit": "bar", "note": "x"})
    batch = build("channels.main", {"t": np.array([0]), "boost": np.array([1.0])}, fields={"boost": field})
    table, _issues = check("channels.main", batch)
    facts = table.schema.field("boost").metadata

    assert (facts[b"unit"], facts[b"note"], facts[b"source_name"]) == (b"bar", b"x", b"boost")
    assert (facts[b"source_unit"], facts[b"rate_hz"]) == (b"", b"")


def test_a_channel_field_cannot_bring_ranges_of_its_own():
    field = pa.field("a", pa.float32(), metadata={"low": "not a number"})
    batch = build("channels.main", {"t": np.array([0]), "a": np.array([1.0])}, fields={"a": field})

    assert check("channels.main", batch)[1] == []


def test_a_batch_without_rows_is_fine():
    table, issues = check("gnss_pvt", build("gnss_pvt", FIX).slice(0, 0))

    assert (table.num_rows, issues) == (0, [])


def test_a_table_without_chunks_is_fine():
    schema = build("events", {"t": [0], "event_type": ["start"]}).schema
    table, issues = check("events", pa.Table.from_batches([], schema=schema))

    assert (table.num_rows, issues) == (0, [])


numbers = st.one_of(st.none(), st.floats(width=32), st.sampled_from([-0.0, 0.0, 359.96875, 360.0]))


@given(st.lists(numbers, min_size=1, max_size=40), st.integers(1, 40))
def test_a_checked_course_is_null_or_finite_and_in_range_and_every_loss_is_counted(values, width):
    rows = len(values)
    columns = {"t": np.arange(rows), "lat_deg": np.zeros(rows), "lon_deg": np.zeros(rows)}
    batch = build("gnss_pvt", {**columns, "course_deg": pa.array(values, pa.float32())})
    pieces = pa.Table.from_batches([batch.slice(start, width) for start in range(0, rows, width)])
    table, issues = check("gnss_pvt", pieces)

    fine = [value is not None and math.isfinite(value) and 0 <= value < 360 for value in values]
    assert table["course_deg"].to_pylist() == [
        value if good else None for value, good in zip(values, fine, strict=True)
    ]
    lost = sum(value is not None for value in values) - sum(fine)
    assert sum(issue.evidence["count"] for issue in issues) == lost


def raw_strings(offsets: list[int], text: bytes, valid: bytes | None = None) -> pa.Table:
    buffers = [None if valid is None else pa.py_buffer(valid), pa.py_buffer(np.array(offsets, np.int32))]
    cells = pa.Array.from_buffers(pa.string(), len(offsets) - 1, [*buffers, pa.py_buffer(text)])
    field = channel_field("note", pa.string(), source_name="note")
    return pa.Table.from_batches(
        [build("channels.main", {"t": FIX["t"], "note": cells}, fields={"note": field})]
    )


def test_text_that_is_not_utf_8_becomes_null_and_the_cells_around_it_stay():
    table, (issue,) = check("channels.main", raw_strings([0, 2, 4, 6], b"ab\xff\xfecd"))

    assert table.column("note").to_pylist() == ["ab", None, "cd"]
    assert (issue.code, issue.evidence["column"], issue.evidence["count"]) == ("SCHEMA_VIOLATION", "note", 1)


def test_a_cell_that_was_null_before_is_not_counted_as_garbled():
    table, (issue,) = check("channels.main", raw_strings([0, 2, 4, 6], b"ab\xff\xfecd", valid=b"\x06"))

    assert table.column("note").to_pylist() == [None, None, "cd"]
    assert issue.evidence["count"] == 1


def test_strings_with_offsets_that_point_outside_are_all_null():
    table, (issue,) = check("channels.main", raw_strings([0, 2, 9_000, 6], b"abcdef"))

    assert table.column("note").to_pylist() == [None, None, None]
    assert issue.evidence["count"] == 3
