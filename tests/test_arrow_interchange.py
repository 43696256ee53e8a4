"""A result goes into pandas, Polars, DuckDB and pyarrow as it is, through the Arrow C stream."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from telemparse.errors import CallError
from telemparse.model.provenance import Provenance
from telemparse.model.results import ParseResult
from telemparse.schemas import build, channel_field

T_NS = 1_700_000_000_123_456_789


def result_of(**streams):
    tables = {name.replace("__", "."): pa.Table.from_batches([batch]) for name, batch in streams.items()}
    return ParseResult(streams=tables, provenance=Provenance((), "0.1.0", 1))


def fixes(rows=5):
    steps = np.arange(rows)
    return build(
        "gnss_pvt",
        {
            "t": T_NS + steps * 10**8,
            "lat_deg": 48 + steps / 10,
            "lon_deg": 11 + steps / 10,
            "speed_mps": steps * 1.5,
        },
    )


def group(rows):
    columns = {"t": np.arange(rows), "rpm": np.arange(float(rows))}
    return build("channels.x", columns, fields={"rpm": channel_field("rpm", pa.float32())})


@pytest.fixture
def result():
    return result_of(gnss_pvt=fixes())


def test_pyarrow_gets_the_very_table(result):
    assert pa.table(result).equals(result.streams["gnss_pvt"], check_metadata=True)
    assert pa.RecordBatchReader.from_stream(result).read_all().num_rows == 5


def test_pyarrow_gets_it_in_a_schema_it_asks_for(result):
    wanted = pa.schema([pa.field(field.name, field.type) for field in result.streams["gnss_pvt"].schema])
    assert pa.table(result, schema=wanted).num_rows == 5


def test_polars_gets_values_and_nanoseconds(result):
    frame = pl.DataFrame(result)
    assert frame["t"].dtype == pl.Datetime("ns", "UTC")
    assert frame["t"].to_physical().to_list() == [T_NS + step * 10**8 for step in range(5)]
    assert frame["speed_mps"].to_list() == [0.0, 1.5, 3.0, 4.5, 6.0]


def test_pandas_gets_values_and_nanoseconds(result):
    frame = pd.DataFrame.from_arrow(result)
    assert frame["t"].astype("int64").tolist() == [T_NS + step * 10**8 for step in range(5)]
    assert frame["lat_deg"].tolist() == result.streams["gnss_pvt"]["lat_deg"].to_pylist()


def test_duckdb_queries_it_by_name(result):
    with duckdb.connect() as connection:
        connection.register("ride", pa.RecordBatchReader.from_stream(result))
        assert connection.execute("SELECT count(*), max(speed_mps) FROM ride").fetchone() == (5, 6.0)


def test_duckdb_compares_nanosecond_stamps_after_a_cast(result):
    ride = pa.table(result)
    query = "SELECT count(*) FROM ride WHERE t::TIMESTAMPTZ >= $bound"
    bound = dt.datetime.fromtimestamp(T_NS // 10**9, dt.UTC) + dt.timedelta(milliseconds=300)
    with duckdb.connect() as connection:
        connection.register("ride", ride)
        assert connection.execute(query, {"bound": bound}).fetchone() == (3,)


def test_the_main_stream_is_the_position_else_the_longest_group_else_the_laps():
    laps = build("laps", {
        "lap_number": [1], "stint_index": [0], "duration_ns": [5], "validity": ["VALID"],
        "confidence": ["HIGH"], "source": ["device"],
    })  # fmt: skip
    everything = {"gnss_pvt": fixes(2), "channels__a": group(3), "channels__b": group(9), "laps": laps}

    assert pa.table(result_of(**everything)).num_rows == 2
    del everything["gnss_pvt"]
    assert pa.table(result_of(**everything)).num_rows == 9
    del everything["channels__a"], everything["channels__b"]
    assert pa.table(result_of(**everything)).column_names[0] == "lap_number"


def test_a_result_without_streams_says_so():
    with pytest.raises(CallError, match="no stream"):
        pa.table(result_of())
