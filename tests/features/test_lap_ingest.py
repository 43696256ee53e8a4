"""Laps from Parquet files: lazily, by driver, under the contract, and of files that are damaged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telemparse.errors import CallError, TelemparseError
from telemparse.features import (
    FeatureAvailabilityContract,
    FeatureFileMissing,
    FeatureRefused,
    TelemetryIngestor,
    ingest_lap_by_lap_telemetry,
)

LAPS = pl.DataFrame(
    {
        "practice_lap_time": [48.5, 48.3, None, 48.9],
        "lap": [1, 2, 3, 1],
        "driver_id": ["driver_1", "driver_1", "driver_1", "driver_2"],
        "timestamp": ["2024-01-01T12:00:00", "2024-01-01T12:01:00", "2024-01-01T12:02:00", None],
        "track_id": ["daytona"] * 4,
        "position": [3, 2, None, 1],
        "avg_finish_position": [10.5, 10.5, 10.5, 7.5],
    }
)


@pytest.fixture
def laps(tmp_path: Path) -> Path:
    path = tmp_path / "laps.parquet"
    LAPS.write_parquet(path)
    return path


def test_a_forbidden_column_of_a_file_is_refused(laps: Path) -> None:
    LAPS.with_columns(race_laps_led=pl.lit(0)).write_parquet(laps)
    with pytest.raises(ValueError, match="data leakage") as caught:
        ingest_lap_by_lap_telemetry(str(laps), ["driver_1"], FeatureAvailabilityContract())
    assert "race_laps_led" in str(caught.value)


def test_the_laps_of_the_drivers_come_as_they_are(laps: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "telemparse.features"):
        found = ingest_lap_by_lap_telemetry(laps, ["driver_1"])
    assert found.columns == [
        "lap", "driver_id", "timestamp", "track_id", "practice_lap_time", "avg_finish_position", "position",
    ]  # fmt: skip
    assert found.equals(LAPS.filter(driver_id="driver_1").select(found.columns))
    assert found["position"].null_count() == 1
    assert caplog.messages == [
        "FEATURES_UNKNOWN: features that no list of the contract has: position",
        "3 laps ingested",
    ]


def test_all_drivers_come_when_none_is_named(laps: Path) -> None:
    assert TelemetryIngestor().ingest_parquet(laps).height == 4
    assert TelemetryIngestor().ingest_parquet(laps, []).height == 0


def test_drivers_without_laps_are_named(laps: Path, caplog: pytest.LogCaptureFixture) -> None:
    ingest_lap_by_lap_telemetry(laps, iter(["driver_2", "driver_3", "driver_4"]))
    assert caplog.messages[-1] == "FEATURE_DRIVERS_ABSENT: no rows of drivers driver_3, driver_4"


def test_a_scan_reads_the_footer_and_no_rows(laps: Path) -> None:
    data = bytearray(laps.read_bytes())
    footer = int.from_bytes(data[-8:-4], "little") + 8
    data[4:-footer] = bytes(len(data) - footer - 4)
    laps.write_bytes(data)
    scanned = TelemetryIngestor().scan_parquet(laps, ["driver_1"])
    assert scanned.collect_schema()["lap"] == pl.Int64
    filled = TelemetryIngestor().scan_parquet(laps, ["driver_1"], fill="forward")
    assert isinstance(filled, pl.LazyFrame)
    with pytest.raises(FeatureRefused) as caught:
        TelemetryIngestor().ingest_parquet(laps, ["driver_1"])
    assert caught.value.code == "FEATURE_ARTIFACT_DAMAGED"


def test_drivers_and_columns_are_chosen_by_the_reader(laps: Path) -> None:
    plan = TelemetryIngestor().scan_parquet(laps, ["driver_1"]).select("lap", "position").explain()
    assert "PROJECT 3/7 COLUMNS" in plan
    assert "SELECTION:" in plan


def test_filling_is_by_name_only(laps: Path) -> None:
    ingestor = TelemetryIngestor()
    forward = ingestor.ingest_parquet(laps, fill="forward")
    assert forward["position"].to_list() == [3, 2, 2, 1]
    assert forward["practice_lap_time"].to_list() == [48.5, 48.3, 48.3, 48.9]
    constant = ingestor.ingest_parquet(laps, fill={"position": 0})
    assert constant["position"].to_list() == [3, 2, 0, 1]
    assert constant["practice_lap_time"].null_count() == 1
    for fill, found in (("forward", forward), ({"position": 0}, constant)):
        assert ingestor.scan_parquet(laps, fill=fill).collect().equals(found)
    with pytest.raises(FeatureRefused, match="FEATURE_METHOD_LEAKS"):
        ingestor.ingest_parquet(laps, fill="interpolate")


@pytest.mark.parametrize("column", ["lap", "driver_id", "timestamp", "track_id"])
def test_columns_that_say_what_a_row_is_about_are_needed(laps: Path, column: str) -> None:
    LAPS.drop(column).write_parquet(laps)
    with pytest.raises(ValueError, match=column) as caught:
        TelemetryIngestor().scan_parquet(laps)
    assert caught.value.code == "FEATURE_COLUMNS_MISSING"  # type: ignore[attr-defined]


def test_a_file_that_is_not_there_is_missing_in_both_trees_of_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.parquet", str(tmp_path / "*.parquet"), tmp_path, []):
        with pytest.raises(FileNotFoundError) as caught:
            ingest_lap_by_lap_telemetry(path, ["driver_1"])
        assert isinstance(caught.value, TelemparseError)
        assert isinstance(caught.value, FeatureFileMissing)
        assert caught.value.code == "FEATURE_FILE_MISSING"
        assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"lap,driver_id\n1,2\n", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_file_that_is_no_parquet_is_damaged(laps: Path, content: bytes) -> None:
    laps.write_bytes(content)
    with pytest.raises(FeatureRefused) as caught:
        TelemetryIngestor().scan_parquet(laps)
    assert caught.value.code == "FEATURE_ARTIFACT_DAMAGED"
    assert caught.value.evidence["artifact"] == "laps.parquet"


def test_a_file_that_is_cut_off_anywhere_is_damaged(laps: Path) -> None:
    data = laps.read_bytes()
    for size in range(0, len(data), 41):
        laps.write_bytes(data[:size])
        with pytest.raises(FeatureRefused, match="FEATURE_ARTIFACT_DAMAGED"):
            TelemetryIngestor().ingest_parquet(laps)


def test_files_folders_and_patterns_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "driver_id=7").mkdir()
    for name in ("a.parquet", "b[1].parquet", "driver_id=7/c.parquet"):
        LAPS.write_parquet(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no laps")
    ingestor = TelemetryIngestor()
    assert ingestor.ingest_parquet(tmp_path).height == 12
    assert ingestor.ingest_parquet(tmp_path)["driver_id"].unique().sort().to_list() == [
        "driver_1",
        "driver_2",
    ]
    assert ingestor.ingest_parquet(str(tmp_path / "*.parquet")).height == 8
    assert ingestor.ingest_parquet(str(tmp_path / "**" / "*.parquet")).height == 12
    assert ingestor.ingest_parquet(tmp_path / "b[1].parquet").height == 4
    assert ingestor.ingest_parquet([tmp_path / "a.parquet", str(tmp_path / "driver_id=7")]).height == 8


@pytest.mark.parametrize(
    "change", [pl.lit(1).alias("race_dnf_lap"), pl.lit(1).alias("x"), pl.col("lap").cast(pl.Int8)]
)
def test_every_file_is_checked_and_not_the_first_one_only(tmp_path: Path, change: pl.Expr) -> None:
    LAPS.write_parquet(tmp_path / "a.parquet")
    LAPS.with_columns(change).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(FeatureRefused, match=r"b\.parquet"):
        TelemetryIngestor().scan_parquet(tmp_path)


@pytest.mark.parametrize("ids", [[1], [None], [["driver_1"]]])
def test_ids_of_another_type_are_refused(laps: Path, ids: list[Any]) -> None:
    with pytest.raises(FeatureRefused, match="driver_id"):
        TelemetryIngestor().scan_parquet(laps, ids)


def test_one_string_is_no_list_of_ids(laps: Path) -> None:
    for call in (TelemetryIngestor().scan_parquet, TelemetryIngestor().ingest_parquet):
        with pytest.raises(CallError, match="driver_ids"):
            call(laps, "driver_1")


def test_drivers_may_be_numbers_or_categories(laps: Path, caplog: pytest.LogCaptureFixture) -> None:
    LAPS.with_columns(driver_id=pl.col("driver_id").cast(pl.Categorical)).write_parquet(laps)
    assert TelemetryIngestor().ingest_parquet(laps, ["driver_2"]).height == 1
    LAPS.with_columns(driver_id=pl.col("driver_id").str.tail(1).cast(pl.UInt8)).write_parquet(laps)
    assert TelemetryIngestor().ingest_parquet(laps, [2, 3]).height == 1
    assert caplog.messages[-1] == "FEATURE_DRIVERS_ABSENT: no rows of drivers 3"
    with pytest.raises(FeatureRefused):
        TelemetryIngestor().ingest_parquet(laps, [300])


def test_the_contract_of_an_ingestor_may_be_another(laps: Path) -> None:
    mine = FeatureAvailabilityContract.with_lists(historical=["position"], forbidden=["avg_finish_position"])
    with pytest.raises(FeatureRefused, match="avg_finish_position"):
        TelemetryIngestor(mine).scan_parquet(laps)
    open_one = FeatureAvailabilityContract.with_lists(forbidden=[])
    LAPS.with_columns(race_laps_led=0).write_parquet(laps)
    assert "race_laps_led" in TelemetryIngestor(open_one).ingest_parquet(laps, fill="forward").columns
