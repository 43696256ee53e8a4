"""Windows of laps against plain Python, and what a table must have for them."""

from __future__ import annotations

import math
import statistics
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laps_of_drivers import ROWS, Rows, ordinary, table
from telemparse.errors import CallError
from telemparse.features import (
    FeatureAvailabilityContract,
    FeatureRefused,
    compute_aggregate_features,
    compute_falloff_metrics,
    rolling_statistics,
)

SEED = pl.DataFrame(
    {
        "lap": [1, 2, 3, 4, 5],
        "driver_id": ["driver_1"] * 5,
        "position": [10, 9, 8, 12, 11],
        "laps_led": [0, 2, 5, 5, 7],
        "timestamp": ["2024-01-01T12:00:00"] * 5,
    }
)


def known(values: list[Any]) -> list[Any]:
    return [
        value
        for value in values
        if value is not None and math.isfinite(value) and not (isinstance(value, int) and abs(value) >= 2**53)
    ]


def windows(frame: pl.DataFrame, column: str, laps: int) -> list[list[Any]]:
    """Return the known values of each row's window, by plain slicing of each group."""
    found = []
    for _key, group in frame.group_by("driver_id", "race_id", maintain_order=True):
        values = group[column].to_list()
        found += [known(values[max(0, end - laps) : end]) for end in range(1, len(values) + 1)]
    return found


def same(found: list[Any], expected: list[Any]) -> bool:
    return len(found) == len(expected) and all(
        value is wanted if wanted is None else value == pytest.approx(wanted, rel=1e-9, abs=1e-300)
        for value, wanted in zip(found, expected, strict=True)
    )


def test_windows_of_three_laps() -> None:
    result = compute_aggregate_features(SEED, ["3l"])
    assert result.columns == [
        *SEED.columns, "avg_position_last_3l", "best_position_last_3l", "laps_led_last_3l",
    ]  # fmt: skip
    assert result["avg_position_last_3l"].to_list() == [None, None, 9, 29 / 3, 31 / 3]
    assert result["best_position_last_3l"].to_list() == [None, None, 8, 8, 8]
    assert result["laps_led_last_3l"].to_list() == [None, None, 7, 12, 17]
    assert result.schema["best_position_last_3l"] == pl.Int64
    assert result.schema["laps_led_last_3l"] == pl.Int64


def test_the_windows_of_the_defaults_are_10_20_and_50_laps() -> None:
    result = compute_aggregate_features(ordinary(laps=60))
    assert [name for name in result.columns if name.startswith("avg")] == [
        "avg_position_last_10l", "avg_position_last_20l", "avg_position_last_50l",
    ]  # fmt: skip
    assert result["avg_position_last_50l"].null_count() == 4 * 49


@given(rows=ROWS, laps=st.integers(1, 9), least=st.integers(1, 9))
@settings(max_examples=60)
def test_aggregates_are_those_of_plain_python(rows: Rows, laps: int, least: int) -> None:
    result = compute_aggregate_features(
        table(rows).sample(fraction=1, shuffle=True, seed=1), [f"{laps}l"], min_laps=least
    )
    order = [(row["driver_id"], row["race_id"], row["lap"]) for row in result.to_dicts()]
    assert order == sorted(order)
    enough = min(laps, least)
    places, led = windows(result, "position", laps), windows(result, "laps_led", laps)
    assert result[f"best_position_last_{laps}l"].to_list() == [
        min(values) if len(values) >= enough else None for values in places
    ]
    means = [sum(values) / len(values) if len(values) >= enough else None for values in places]
    assert same(result[f"avg_position_last_{laps}l"].to_list(), means)
    sums = [math.fsum(values) if len(values) >= enough else None for values in led]
    found = result[f"laps_led_last_{laps}l"].to_list()
    # A small value beside 1e300 is lost in doubles; that is rounding, not memory.
    for value, wanted, values in zip(found, sums, led, strict=True):
        assert (value is None) == (wanted is None)
        assert value is None or value == pytest.approx(
            wanted, rel=1e-9, abs=1e-9 * max(map(abs, values), default=0)
        )


def test_statistics_are_those_of_plain_python() -> None:
    frame = ordinary(drivers=3, races=2, laps=40)
    result = rolling_statistics(frame, "lap_time", "7l", min_laps=2)
    for value, values in zip(result.to_dicts(), windows(result, "lap_time", 7), strict=True):
        if len(values) < 2:
            assert value["lap_time_mean_last_7l"] is None
            continue
        assert value["lap_time_mean_last_7l"] == pytest.approx(statistics.fmean(values))
        assert value["lap_time_std_last_7l"] == pytest.approx(statistics.stdev(values))
        assert value["lap_time_min_last_7l"] == min(values)
        assert value["lap_time_max_last_7l"] == max(values)


def test_a_deviation_of_one_value_is_not_known() -> None:
    result = rolling_statistics(SEED, "position", 3, min_laps=1)
    assert result["position_std_last_3l"].to_list()[0] is None
    assert result["position_mean_last_3l"].to_list()[0] == 10


def test_laps_of_two_races_or_drivers_never_mix() -> None:
    frame = ordinary(drivers=2, races=2, laps=5).sample(fraction=1, shuffle=True, seed=3)
    whole = compute_aggregate_features(frame, ["2l"])
    for (driver, race), group in frame.group_by("driver_id", "race_id"):
        alone = compute_aggregate_features(group, ["2l"])
        assert whole.filter(driver_id=driver, race_id=race).equals(alone)
        assert alone["avg_position_last_2l"].null_count() == 1


def test_groups_may_be_named() -> None:
    frame = ordinary(drivers=1, races=2, laps=3).rename({"race_id": "event"})
    with pytest.raises(FeatureRefused) as caught:
        compute_aggregate_features(frame, ["2l"])
    assert caught.value.code == "FEATURE_LAPS_DUPLICATED"
    assert caught.value.evidence == {"count": 3, "by": "driver_id"}
    result = compute_aggregate_features(frame, ["2l"], by=["event", "driver_id"])
    assert result["event"].is_sorted()
    assert result["avg_position_last_2l"].null_count() == 2


@pytest.mark.parametrize(
    "dtype",
    [pl.Categorical, pl.Int16, pl.UInt64, pl.Boolean, pl.Date, pl.Datetime("ns", "UTC"), pl.Enum(["0", "1"])],
)
def test_drivers_may_be_of_any_type_that_tells_them_apart(dtype: Any) -> None:
    whole = ordinary(drivers=2, races=1, laps=4)
    number = pl.col("driver_id").str.tail(1)
    is_text = dtype in (pl.Categorical, pl.Enum)
    frame = whole.with_columns(driver_id=number.cast(dtype) if is_text else number.cast(pl.Int64).cast(dtype))
    found = compute_aggregate_features(frame, ["2l"])
    assert found.drop("driver_id").equals(compute_aggregate_features(whole, ["2l"]).drop("driver_id"))
    lazy = compute_aggregate_features(frame.lazy(), ["2l"]).collect()
    assert lazy.equals(found)


@pytest.mark.parametrize(
    "word", ["10", "l", "0l", "-3l", "1.5l", "10L", " 10l", "10 l", "999999l", "", 10, None, True]
)
def test_a_window_that_is_none_is_refused(word: object) -> None:
    with pytest.raises(FeatureRefused) as caught:
        compute_aggregate_features(SEED, [word])  # type: ignore[list-item]
    assert caught.value.code == "FEATURE_WINDOW_INVALID"


@pytest.mark.parametrize("least", [0, -1, 1.5, True])
def test_fewer_laps_than_one_are_no_window(least: Any) -> None:
    with pytest.raises(FeatureRefused) as caught:
        compute_aggregate_features(SEED, ["3l"], min_laps=least)
    assert caught.value.code == "FEATURE_WINDOW_INVALID"


def test_no_windows_are_refused_and_one_word_is_one_window() -> None:
    with pytest.raises(FeatureRefused):
        compute_aggregate_features(SEED, [])
    assert compute_aggregate_features(SEED, "3l").equals(compute_aggregate_features(SEED, ["3l", "3l"]))


def test_a_window_longer_than_the_table_is_all_of_it() -> None:
    result = compute_aggregate_features(SEED, ["100000l"], min_laps=1)
    assert result["laps_led_last_100000l"].to_list() == [0, 2, 7, 12, 19]


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("column", ["lap", "driver_id", "position", "laps_led"])
def test_missing_columns_are_named(column: str, *, lazy: bool) -> None:
    frame = SEED.drop(column)
    with pytest.raises(FeatureRefused, match=column) as caught:
        compute_aggregate_features(frame.lazy() if lazy else frame)
    assert caught.value.code == "FEATURE_COLUMNS_MISSING"


@pytest.mark.parametrize(
    "change",
    [
        pl.col("lap").cast(pl.Float64),
        pl.col("lap").replace(3, None),
        pl.col("driver_id").replace("driver_1", None),
        pl.col("lap").cast(pl.Float64).alias("driver_id"),
        pl.col("position").cast(pl.String),
        pl.lit(1).alias("avg_position_last_3l"),
    ],
)
@pytest.mark.parametrize("lazy", [False, True])
def test_columns_that_cannot_be_used_are_refused(change: pl.Expr, *, lazy: bool) -> None:
    frame = SEED.with_columns(change)
    # Old versions of Polars wrap what a lazy frame raises.
    with pytest.raises(Exception, match="FEATURE_COLUMN_REFUSED"):
        compute_aggregate_features(frame.lazy(), ["3l"]).collect() if lazy else compute_aggregate_features(
            frame, ["3l"]
        )


@pytest.mark.parametrize("by", [[], ["lap"], ["driver_id", "lap"]])
def test_groups_that_are_none_are_refused(by: list[str]) -> None:
    with pytest.raises(CallError, match="by="):
        compute_aggregate_features(SEED, by=by)


def test_forbidden_columns_are_refused_by_every_calculation() -> None:
    frame = SEED.with_columns(Race_DNF_Lap=1, lap_time=1.0)
    for calculation in (
        compute_aggregate_features,
        compute_falloff_metrics,
        lambda frame: rolling_statistics(frame, "Race_DNF_Lap", 3),
    ):
        with pytest.raises(FeatureRefused, match="data leakage"):
            calculation(frame)
    mine = FeatureAvailabilityContract.with_lists(forbidden=[])
    assert rolling_statistics(frame, "Race_DNF_Lap", 3, feature_contract=mine).height == 5


def test_laps_led_may_be_truth_values_and_metrics_decimals() -> None:
    frame = SEED.with_columns(
        laps_led=pl.Series([True, False, None, True, True]),
        position=pl.col("position").cast(pl.Decimal(9, 2)),
    )
    result = compute_aggregate_features(frame, ["3l"], min_laps=2)
    assert result["laps_led_last_3l"].to_list() == [None, 1, 1, 1, 2]
    assert result["best_position_last_3l"].to_list() == [None, 9.0, 8.0, 8.0, 8.0]


def test_an_empty_table_gets_its_columns() -> None:
    result = compute_aggregate_features(SEED.clear(), ["3l"])
    assert result.height == 0
    assert result.schema == compute_aggregate_features(SEED, ["3l"]).schema


def test_lap_times_fall_off() -> None:
    times = [50.0, 50.2, 50.1, 50.25, 58.0, None, 50.5, math.nan, 50.7]
    frame = pl.DataFrame({"lap": [1, 2, 3, 4, 5, 6, 7, 8, 10], "driver_id": "x", "lap_time": times})
    result = compute_falloff_metrics(frame, 4, min_laps=2)
    assert result["is_slow_lap"].to_list() == [None, None, False, False, True, None, False, None, False]
    deltas = result["lap_time_delta"].to_list()
    assert [None if value is None else round(value, 6) for value in deltas] == [
        None, 0.2, -0.1, 0.15, 7.75, None, None, None, None,
    ]  # fmt: skip
    expected = [
        statistics.linear_regression(*zip(*points, strict=True)).slope if len(points) > 1 else None
        for end in range(1, 10)
        for points in [[(lap, time) for lap, time in zip(frame["lap"][:end], times[:end], strict=True)
                        if time is not None and not math.isnan(time)
                        and lap in frame["lap"].to_list()[max(0, end - 4) : end]]]
    ]  # fmt: skip
    assert same(result["falloff_rate"].to_list(), expected)


def test_slowness_is_not_known_before_the_window_is_full() -> None:
    result = compute_falloff_metrics(ordinary(drivers=1, races=1, laps=20))
    assert result["is_slow_lap"].null_count() == 10
    assert result["falloff_rate"].null_count() == 9


def test_a_lap_like_all_before_it_is_not_slow() -> None:
    frame = pl.DataFrame({"lap": range(200), "driver_id": "x", "lap_time": [50.1] * 199 + [50.1000001]})
    slow = compute_falloff_metrics(frame, 7)["is_slow_lap"].to_list()
    assert slow == [None] * 7 + [False] * 192 + [True]


def test_another_column_of_times_names_the_difference() -> None:
    frame = SEED.rename({"position": "sector_1"})
    assert "sector_1_delta" in compute_falloff_metrics(frame, "3l", "sector_1").columns


def test_a_sum_beyond_exact_doubles_is_not_known() -> None:
    frame = SEED.with_columns(laps_led=pl.Series([2**52, 2**52, 2**52, 0, 1]))
    result = compute_aggregate_features(frame, ["3l"], min_laps=1)
    assert result["laps_led_last_3l"].to_list() == [2**52, None, None, None, 2**52 + 1]
