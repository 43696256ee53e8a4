"""Sessions in other tools: DuckDB, Polars and pandas read the same values."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pytest

from storage.session_making import session
from telemparse.storage import SessionStore


@pytest.fixture(params=[("snappy", "float64"), ("zstd", "source")], ids=["snappy", "zstd typed"])
def written(request, tmp_path):
    compression, types = request.param
    store = SessionStore(tmp_path, compression=compression, types=types)
    store.write(1, session(laps=4, rows=300))
    return tmp_path / "1.parquet", store.read(1).table


def test_duckdb_reads_the_same_values(written):
    place, table = written
    rows = duckdb.read_parquet(str(place)).filter("lap_number = 2").order("time")
    expected = table.slice(600, 300)
    assert rows.columns == table.column_names
    assert rows.fetchall() == list(zip(*expected.to_pydict().values(), strict=True))


def test_polars_reads_the_same_values(written):
    place, table = written
    frame = pl.scan_parquet(place).filter(pl.col("lap_number") == 2).collect()
    assert frame.to_dict(as_series=False) == table.slice(600, 300).to_pydict()


def test_pandas_reads_the_same_values(written):
    place, table = written
    frame = pd.read_parquet(place)
    assert list(frame.columns) == table.column_names
    assert len(frame) == 1200
    for name in table.column_names:
        values = [None if pd.isna(value) else value for value in frame[name].tolist()]
        assert values == table[name].to_pylist()
