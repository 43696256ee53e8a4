"""Building batches: what is absent is null, NaN says unknown, and nothing is wrapped round or cut off."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from telemparse.errors import CallError
from telemparse.schemas import SCHEMAS, build, channel_field, with_time_base
from telemparse.schemas.batches import TIME_BASES

FIX = {"t": np.array([0, 1]), "lat_deg": np.array([1.0, 2.0]), "lon_deg": np.array([3.0, 4.0])}


def test_columns_that_are_absent_become_null_and_flags_become_zero():
    batch = build("gnss_pvt", FIX)

    assert batch.schema.names == SCHEMAS["gnss_pvt"].names
    assert batch["hdop"].null_count == 2
    assert batch["quality_flags"].to_pylist() == [0, 0]


def test_a_batch_has_the_canonical_schema_and_its_time_base():
    schema = build("gnss_pvt", FIX, time_base="relative", survey="a").schema

    assert schema.equals(SCHEMAS["gnss_pvt"])
    assert schema.metadata == {
        **SCHEMAS["gnss_pvt"].metadata, b"time_base": b"relative", b"survey": b"a",
    }  # fmt: skip


def test_the_five_time_bases_are_those_of_the_model():
    assert TIME_BASES == ("utc", "gps_week_seconds", "time_of_day", "relative", "index")


def test_another_time_base_is_a_call_error():
    with pytest.raises(CallError, match="local"):
        with_time_base(SCHEMAS["gnss_pvt"], "local")


def test_nan_in_a_numpy_column_is_unknown_and_infinity_is_not():
    batch = build("gnss_pvt", {**FIX, "alt_m": np.array([math.nan, math.inf])})

    assert batch["alt_m"].to_pylist() == [None, math.inf]


def test_nan_in_a_column_of_integers_is_unknown():
    batch = build("gnss_pvt", {**FIX, "sat_count": np.array([math.nan, 9.0])})

    assert batch["sat_count"].to_pylist() == [None, 9]


@pytest.mark.parametrize("values", [[300, 1], [-1, 1], [15.1, 1.0], [math.inf, 1.0]])
def test_a_count_that_its_type_cannot_hold_is_a_call_error_and_never_another_number(values):
    with pytest.raises(CallError, match="sat_count holds values that uint8 cannot hold"):
        build("gnss_pvt", {**FIX, "sat_count": np.array(values)})


def test_time_in_floats_is_a_call_error():
    with pytest.raises(CallError, match="t must be whole nanoseconds"):
        build("gnss_pvt", {**FIX, "t": np.array([0.0, 1.0])})


@pytest.mark.parametrize(
    "stamps",
    [
        np.array([5, 7]),
        np.array([5, 7], "datetime64[ns]"),
        pa.array([5, 7], pa.timestamp("ns", tz="UTC")),
        pa.chunked_array([pa.array([5], pa.int64()), pa.array([7], pa.int64())]),
        [5, 7],
    ],
    ids=["integers", "datetime64", "arrow", "chunks", "list"],
)
def test_time_can_be_written_in_several_ways(stamps):
    assert build("gnss_pvt", {**FIX, "t": stamps})["t"].cast(pa.int64()).to_pylist() == [5, 7]


@pytest.mark.parametrize(
    "words", [["marker", "other"], np.array(["marker", "other"]), pa.array(["marker", "other"])]
)
def test_words_become_dictionaries(words):
    batch = build("events", {"t": np.array([0, 1]), "event_type": words})

    assert batch["event_type"].type == SCHEMAS["events"].field("event_type").type
    assert batch["event_type"].to_pylist() == ["marker", "other"]


def test_lists_of_reasons_can_be_given():
    batch = build("laps", {"lap_number": [1], "reasons": [["PIT_AFFECTED"]]})

    assert batch["reasons"].to_pylist() == [["PIT_AFFECTED"]]


def test_a_channel_group_takes_its_fields():
    fields = {"rpm": channel_field("rpm", pa.float32())}
    batch = build("channels.main", {"t": np.array([0]), "rpm": np.array([900.0])}, fields=fields)

    assert batch.schema.names == ["t", "rpm"]
    assert batch.schema.field("rpm").metadata[b"unit"] == b"1/min"


def test_a_column_that_the_stream_does_not_have_is_a_call_error():
    with pytest.raises(CallError, match="gnss_pvt has no column latitude"):
        build("gnss_pvt", {**FIX, "latitude": np.array([1.0, 2.0])})


@pytest.mark.parametrize("columns", [{}, {**FIX, "hdop": np.array([1.0])}])
def test_columns_of_different_lengths_are_a_call_error(columns):
    with pytest.raises(CallError, match="lengths"):
        build("gnss_pvt", columns)


@pytest.mark.parametrize("values", [["48.1234567", "x"], pa.array(["48.1234567", "x"]), [object(), object()]])
def test_values_that_do_not_convert_are_a_call_error_that_quotes_none_of_them(values):
    with pytest.raises(CallError, match="lat_deg cannot be double") as raised:
        build("gnss_pvt", {**FIX, "lat_deg": values})
    assert "48" not in str(raised.value)


def test_no_rows_make_an_empty_batch():
    empty = {name: column[:0] for name, column in FIX.items()}

    assert build("gnss_pvt", {**empty, "sat_count": np.zeros(0)}).num_rows == 0


class CountedName(str):
    """A column name that counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other):
        CountedName.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_names_are_looked_up_and_not_searched_for():
    names = [CountedName(f"c{number}") for number in range(300)]
    fields = {name: channel_field(str(name), pa.float64()) for name in names}
    CountedName.compared = 0

    batch = build(
        "channels.main", {"t": np.array([0]), **dict.fromkeys(names, np.array([1.0]))}, fields=fields
    )

    assert batch.num_columns == 301
    assert CountedName.compared < 10 * len(names)
