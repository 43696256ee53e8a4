"""No feature knows a later lap, another driver or another race, nor what left the window."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from laps_of_drivers import ROWS, TIMES, Rows, table
from telemparse.features import (
    FeatureAvailabilityContract,
    TelemetryIngestor,
    compute_aggregate_features,
    compute_falloff_metrics,
    handle_missing_data,
    load_telemetry_artifact,
    persist_telemetry_artifact,
    rolling_statistics,
    walking,
)

Calculation = Callable[[pl.DataFrame], pl.DataFrame]

RAW = ["position", "laps_led", "lap_time"]
CONTRACT = FeatureAvailabilityContract.with_lists(historical=RAW)
EXAMPLES = max(1000, settings().max_examples)


def ingested(frame: pl.DataFrame) -> pl.DataFrame:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:  # noqa: PTH112, S108  (memory, where there is such a folder)
        path = Path(folder) / "laps.parquet"
        frame.with_columns(timestamp=pl.lit(0), track_id=pl.lit("x")).write_parquet(path)
        return TelemetryIngestor(CONTRACT).ingest_parquet(path, fill="forward")


def persisted(frame: pl.DataFrame) -> pl.DataFrame:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:  # noqa: PTH112, S108  (as above)
        path = Path(folder) / "features.parquet"
        lazy = compute_aggregate_features(frame.lazy(), ["3l"], min_laps=2)
        return load_telemetry_artifact(persist_telemetry_artifact(lazy, path))


CALCULATIONS: dict[str, Calculation] = {
    "aggregates": lambda frame: compute_aggregate_features(frame, ["1l", "2l", "3l", "7l"]),
    "aggregates of few laps": lambda frame: compute_aggregate_features(frame, ["5l"], min_laps=1),
    "statistics": lambda frame: rolling_statistics(frame, "lap_time", 3, min_laps=2),
    "falloff": lambda frame: compute_falloff_metrics(frame, 4, min_laps=2),
    "forward": lambda frame: handle_missing_data(frame, mark=True),
    "constant": lambda frame: handle_missing_data(frame, "constant", value={"lap_time": 1, "position": 2}),
    "fill and falloff": lambda frame: compute_falloff_metrics(handle_missing_data(frame), 3, min_laps=1),
    "ingested and filled": ingested,
}
LAZY_ONES: dict[str, Calculation] = {
    "lazy aggregates": lambda frame: compute_aggregate_features(frame.lazy(), ["3l"], min_laps=1).collect(),
    "lazy falloff": lambda frame: compute_falloff_metrics(frame.lazy(), 4, min_laps=2).collect(),
    "lazy statistics": lambda frame: rolling_statistics(frame.lazy(), "laps_led", 2).collect(),
    "lazy forward": lambda frame: handle_missing_data(frame.lazy()).collect(),
    "persisted": persisted,
}
# What a careless calculation does: each of these must be caught, or the property says nothing.
LEAKS: dict[str, Calculation] = {
    "interpolated": lambda frame: handle_missing_data(frame, "interpolate", leakage_safe=False),
    "centred": lambda frame: frame.sort("lap").with_columns(
        pl.col("lap_time").fill_nan(None).rolling_mean(3, center=True).over("driver_id", "race_id")
    ),
    "all drivers": lambda frame: frame.sort("lap").with_columns(
        pl.col("lap_time").forward_fill().over("race_id")
    ),
    "all races": lambda frame: frame.sort("race_id", "lap").with_columns(
        pl.col("lap_time").forward_fill().over("driver_id")
    ),
    "backward": lambda frame: frame.sort("lap").with_columns(
        pl.col("lap_time").backward_fill().over("driver_id", "race_id")
    ),
    "mean of all": lambda frame: frame.with_columns(
        pl.col("lap_time").fill_null(pl.col("position").mean()).over("driver_id", "race_id")
    ),
}


def assert_that_nothing_leaks(calculation: Calculation, examples: int, *, shrink: bool = True) -> None:
    """Draw tables, exchange all but the laps up to k of one driver in one race, compare their features."""

    @settings(
        max_examples=examples,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
    )
    @given(
        rows=ROWS,
        others=ROWS,
        pick=st.integers(0, 23),
        order=st.randoms(use_true_random=False),
    )
    def check(rows: Rows, others: Rows, pick: int, order: object) -> None:
        race, driver, k = list(rows)[pick % len(rows)]

        def seen(key: tuple[int, str, int]) -> bool:
            return key[0] == race and key[1] == driver and key[2] <= k

        before = {key: values for key, values in rows.items() if seen(key)}
        changed = before | {key: values for key, values in others.items() if not seen(key)}
        here = (pl.col("race_id") == race) & (pl.col("driver_id") == driver) & (pl.col("lap") <= k)
        first, second = (calculation(table(each, order)).filter(here).sort("lap") for each in (rows, changed))
        assert first.equals(second)
        assert first.height == len(before)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("name", CALCULATIONS)
def test_no_feature_knows_a_later_lap_another_driver_or_another_race(name: str) -> None:
    assert_that_nothing_leaks(CALCULATIONS[name], EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAZY_ONES)
@pytest.mark.parametrize("values", [1, 8_000_000])
def test_no_lazy_feature_does_however_small_the_pieces_are(
    name: str, values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "_PIECE_VALUES", values)
    monkeypatch.setattr(walking, "_LEAST_ROWS", 4)
    assert_that_nothing_leaks(LAZY_ONES[name], EXAMPLES // 10)


@pytest.mark.slow
@pytest.mark.parametrize("name", LEAKS)
def test_a_calculation_that_leaks_is_caught(name: str) -> None:
    with pytest.raises(AssertionError):
        assert_that_nothing_leaks(LEAKS[name], EXAMPLES, shrink=False)


@given(
    early=st.lists(TIMES, max_size=12),
    early_too=st.lists(TIMES, max_size=12),
    window=st.lists(st.one_of(st.none(), st.floats(40, 70)), min_size=5, max_size=5),
)
def test_what_left_the_window_leaves_no_trace(
    early: list[float | None], early_too: list[float | None], window: list[float | None]
) -> None:
    last = []
    for before in (early, early_too):
        times = [*before, *window]
        frame = pl.DataFrame(
            {"lap": range(len(times)), "driver_id": "x", "lap_time": times, "position": 3, "laps_led": times},
            schema_overrides={"lap_time": pl.Float64, "laps_led": pl.Float64},
        )
        frame = rolling_statistics(frame, "lap_time", 5, min_laps=1)
        frame = compute_aggregate_features(frame, ["5l"], min_laps=1)
        frame = compute_falloff_metrics(frame, 4, min_laps=1)
        # Numbers of laps are part of a slope, so that theirs differs by rounding.
        last.append(frame.tail(1).drop("lap", "falloff_rate"))
    assert last[0].equals(last[1])


def test_an_infinity_or_a_huge_value_is_forgotten_with_its_lap() -> None:
    for odd in (math.inf, -math.inf, math.nan, 1e300):
        frame = pl.DataFrame(
            {"lap": range(6), "driver_id": "x", "position": [odd, 1.0, 2.0, 3.0, 4.0, 5.0], "laps_led": 0.1}
        )
        result = compute_aggregate_features(frame, ["2l"], min_laps=1)
        assert result["avg_position_last_2l"].to_list()[2:] == [1.5, 2.5, 3.5, 4.5]
        assert result["best_position_last_2l"].to_list()[2:] == [1.0, 2.0, 3.0, 4.0]
