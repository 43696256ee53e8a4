"""Artifacts: whole or not there, with their provenance, and never with what is forbidden."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

import telemparse
from laps_of_drivers import ordinary
from telemparse.errors import CallError
from telemparse.features import (
    FeatureAvailabilityContract,
    FeatureFileMissing,
    FeatureRefused,
    compute_aggregate_features,
    load_telemetry_artifact,
    persist_telemetry_artifact,
    telemetry_artifact_facts,
)

FEATURES = compute_aggregate_features(ordinary(), ["5l"])


@pytest.mark.parametrize("lazy", [False, True])
def test_an_artifact_comes_back_as_it_was_with_its_provenance(tmp_path: Path, *, lazy: bool) -> None:
    begun = dt.datetime.now(dt.UTC).replace(microsecond=0)
    frame = compute_aggregate_features(ordinary().lazy(), ["5l"]) if lazy else FEATURES
    path = persist_telemetry_artifact(frame, tmp_path / "features.parquet", metadata={"season": 2024})
    assert load_telemetry_artifact(path).equals(FEATURES)
    assert load_telemetry_artifact(str(path), lazy=True).collect().equals(FEATURES)
    facts = telemetry_artifact_facts(path)
    assert begun <= dt.datetime.fromisoformat(facts.pop("created")) <= dt.datetime.now(dt.UTC)
    assert facts == {
        "telemparse_version": telemparse.__version__,
        "contract": FeatureAvailabilityContract.get_lists(),
        "metadata": {"season": 2024},
        "rows": FEATURES.height,
    }
    footer = pq.read_metadata(path)
    assert {footer.row_group(0).column(at).compression for at in range(footer.num_columns)} == {"SNAPPY"}
    assert [file.name for file in tmp_path.iterdir()] == ["features.parquet"]


def test_an_empty_table_is_an_artifact(tmp_path: Path) -> None:
    path = persist_telemetry_artifact(FEATURES.clear(), tmp_path / "none.parquet")
    assert load_telemetry_artifact(path).equals(FEATURES.clear())
    assert telemetry_artifact_facts(path)["rows"] == 0


def test_lists_of_another_contract_stand_in_the_footer(tmp_path: Path) -> None:
    mine = FeatureAvailabilityContract.with_lists(forbidden=["lap_time"])
    with pytest.raises(FeatureRefused, match="data leakage"):
        persist_telemetry_artifact(FEATURES, tmp_path / "a.parquet", feature_contract=mine)
    path = persist_telemetry_artifact(
        FEATURES.drop("lap_time"), tmp_path / "a.parquet", feature_contract=mine
    )
    assert telemetry_artifact_facts(path)["contract"]["forbidden"] == ["lap_time"]


@pytest.mark.parametrize("lazy", [False, True])
def test_forbidden_columns_are_not_written(tmp_path: Path, *, lazy: bool) -> None:
    frame = FEATURES.with_columns(Race_Incidents=1)
    with pytest.raises(FeatureRefused) as caught:
        persist_telemetry_artifact(frame.lazy() if lazy else frame, tmp_path / "a.parquet")
    assert caught.value.code == "FEATURES_FORBIDDEN"
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_former_artifact_and_nothing_else(tmp_path: Path) -> None:
    path = persist_telemetry_artifact(FEATURES, tmp_path / "features.parquet")
    before = path.read_bytes()
    doubled = pl.concat([ordinary(), ordinary()]).lazy()
    with pytest.raises(Exception, match="FEATURE_LAPS_DUPLICATED"):
        persist_telemetry_artifact(compute_aggregate_features(doubled), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_artifact_may_be_made_of_itself(tmp_path: Path) -> None:
    path = persist_telemetry_artifact(FEATURES, tmp_path / "features.parquet")
    again = load_telemetry_artifact(path, lazy=True).with_columns(more=pl.col("lap") * 2)
    persist_telemetry_artifact(again, path)
    assert load_telemetry_artifact(path).columns == [*FEATURES.columns, "more"]


def test_a_folder_that_is_not_there_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        persist_telemetry_artifact(FEATURES, tmp_path / "none" / "a.parquet")


@pytest.mark.parametrize("metadata", [{"at": dt.date(2024, 1, 1)}, {"x": math.nan}, {"x": "y" * 2**20}])
def test_metadata_that_is_no_short_json_is_refused(tmp_path: Path, metadata: dict[str, Any]) -> None:
    with pytest.raises(CallError, match="metadata"):
        persist_telemetry_artifact(FEATURES, tmp_path / "a.parquet", metadata=metadata)
    assert not list(tmp_path.iterdir())


def test_a_missing_artifact_is_missing(tmp_path: Path) -> None:
    for call in (load_telemetry_artifact, telemetry_artifact_facts):
        with pytest.raises(FeatureFileMissing):
            call(tmp_path / "none.parquet")


def test_a_parquet_file_of_others_is_not_taken_for_an_artifact(tmp_path: Path) -> None:
    path = tmp_path / "foreign.parquet"
    FEATURES.write_parquet(path)
    with pytest.raises(FeatureRefused, match="footer does not say") as caught:
        load_telemetry_artifact(path)
    assert caught.value.code == "FEATURE_ARTIFACT_DAMAGED"


def test_a_footer_of_other_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    for words in (b"[1, 2]", b"{", b"3", b"\xff"):
        table = FEATURES.to_arrow().replace_schema_metadata({b"telemparse_features": words})
        pq.write_table(table, path)
        with pytest.raises(FeatureRefused, match="footer does not say"):
            load_telemetry_artifact(path)


def test_an_artifact_that_is_cut_off_or_changed_never_raises_anything_else(tmp_path: Path) -> None:
    path = persist_telemetry_artifact(FEATURES.head(5), tmp_path / "features.parquet")
    data = path.read_bytes()
    for size in range(0, len(data), 53):
        path.write_bytes(data[:size])
        with pytest.raises(FeatureRefused, match="FEATURE_ARTIFACT_DAMAGED"):
            load_telemetry_artifact(path)
    refused = 0
    for at in range(0, len(data), 29):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        try:
            load_telemetry_artifact(path)
        except FeatureRefused:
            refused += 1
    assert refused
