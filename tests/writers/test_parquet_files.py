"""Parquet files are small, say what they hold, and open in every reader that people use."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from telemparse import writers
from telemparse.errors import CallError
from telemparse.schemas import build, channel_field


@pytest.fixture(scope="module")
def written(result_of, drive, tmp_path_factory):
    """Return the Parquet file of a long drive, and its table."""
    folder = tmp_path_factory.mktemp("drive")
    table = drive(200_000, rate_hz=25)
    writers.write(result_of({"gnss_pvt": table}, device_model="P-10"), folder)
    return folder / "gnss_pvt.parquet", table


def chunks(file):
    """Return the column chunks of the first row group by name."""
    group = pq.ParquetFile(file).metadata.row_group(0)
    return {group.column(index).path_in_schema: group.column(index) for index in range(group.num_columns)}


def test_a_row_of_driving_takes_at_most_18_bytes(written):
    file, table = written
    assert file.stat().st_size / table.num_rows <= 18


def test_columns_without_values_cost_nearly_nothing(written):
    empty = [name for name in written[1].column_names if written[1][name].null_count == written[1].num_rows]
    found = chunks(written[0])
    assert len(empty) == 8
    assert (
        sum(found[name].total_compressed_size for name in empty) / found["t"].num_values < 0.03
    )  # bytes a row


def test_each_column_has_the_encoding_that_suits_its_values(written):
    found = {name: set(chunk.encodings) for name, chunk in chunks(written[0]).items()}
    assert "DELTA_BINARY_PACKED" in found["t"]
    assert "BYTE_STREAM_SPLIT" in found["lat_deg"] & found["lon_deg"]
    assert all(
        "RLE_DICTIONARY" in found[name]
        for name in ("speed_mps", "hdop", "sat_count", "fix_type", "quality_flags")
    )


def test_unrounded_and_counting_columns_are_not_forced_into_a_dictionary(result_of, tmp_path):
    columns = {
        "noise": pa.array(np.random.default_rng(1).normal(size=5000), pa.float32()),
        "counter": pa.array(np.arange(5000), pa.int32()),
        "gear": pa.array(np.arange(5000) % 6, pa.int32()),
        "small": pa.array(np.arange(5000) % 100, pa.int8()),
        "note": pa.array(["on", "off"] * 2500),
    }
    fields = {name: channel_field(name, column.type) for name, column in columns.items()}
    group = build("channels.main", {"t": np.arange(5000), **columns}, fields=fields)

    writers.write(result_of({"channels.main": pa.Table.from_batches([group])}), tmp_path)

    found = {
        name: set(chunk.encodings) for name, chunk in chunks(tmp_path / "channels" / "main.parquet").items()
    }
    assert "BYTE_STREAM_SPLIT" in found["noise"]
    assert "DELTA_BINARY_PACKED" in found["counter"]
    assert all("RLE_DICTIONARY" in found[name] for name in ("gear", "small", "note"))


def test_readers_can_skip_row_groups_by_time_and_place(written):
    found = chunks(written[0])
    assert pq.ParquetFile(written[0]).metadata.num_row_groups == 4
    assert all(found[name].is_stats_set for name in ("t", "lat_deg", "lon_deg"))
    assert not any(found[name].is_stats_set for name in ("speed_mps", "quality_flags"))


def test_the_footer_holds_the_result_s_document_and_each_field_s_unit(written):
    document = json.loads(pq.read_metadata(written[0]).metadata[b"telemparse"])
    schema = pq.read_schema(written[0])

    assert document["device_model"] == "P-10"
    assert document["provenance"]["parts"][0]["parser_id"] == "toy"
    assert schema.metadata[b"time_base"] == b"utc"
    assert schema.field("speed_mps").metadata[b"unit"] == b"m/s"


def test_snappy_is_there_for_readers_without_zstd(result_of, drive, tmp_path):
    writers.write(result_of({"gnss_pvt": drive(50)}), tmp_path, compression="snappy")
    assert {chunk.compression for chunk in chunks(tmp_path / "gnss_pvt.parquet").values()} == {"SNAPPY"}


@pytest.mark.parametrize(
    ("form", "compression"),
    [("parquet", "lzma"), ("arrow", "snappy"), ("csv", "brotli"), ("xlsx", "zstd"), ("geojson", "")],
)
def test_a_format_or_compression_that_does_not_exist_is_a_callerror(
    form, compression, result_of, drive, tmp_path
):
    with pytest.raises(CallError, match="must be one of"):
        writers.write(
            result_of({"gnss_pvt": drive(5)}), tmp_path / "out", format=form, compression=compression
        )
    assert not (tmp_path / "out").exists()


def test_pandas_polars_and_duckdb_read_the_same_values(written):
    file, table = written
    speeds = table["speed_mps"].to_numpy()
    t_ns = table["t"].cast(pa.int64()).to_numpy()

    frame = pd.read_parquet(file)
    assert np.array_equal(frame["speed_mps"].to_numpy(), speeds)
    assert np.array_equal(frame["t"].astype("int64").to_numpy(), t_ns)

    lazy = pl.scan_parquet(file).filter(pl.col("speed_mps") > 40).collect()
    assert lazy.height == int((speeds > 40).sum())
    assert np.array_equal(pl.read_parquet(file)["t"].to_physical().to_numpy(), t_ns)

    with duckdb.connect() as connection:
        counted = connection.execute(
            "SELECT count(*), max(speed_mps) FROM read_parquet(?)", [str(file)]
        ).fetchone()
    assert counted == (len(speeds), float(speeds.max()))
