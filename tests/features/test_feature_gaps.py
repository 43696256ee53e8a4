"""Missing values: filled only as asked, only from earlier laps, and marked."""

from __future__ import annotations

import datetime as dt
import logging
import math
from typing import Any

import polars as pl
import pytest

from telemparse.errors import CallError
from telemparse.features import FeatureRefused, handle_missing_data

SEED = pl.DataFrame({"lap": [1, 2, 3], "driver_id": ["driver_1"] * 3, "position": [10.0, None, 8.0]})
LAPS = pl.DataFrame(
    {
        "lap": [3, 1, 2, 1, 2, 4],
        "driver_id": ["a", "a", "a", "b", "b", "a"],
        "timestamp": [None, 1, 2, None, 5, 6],
        "speed": [math.nan, 50.0, None, None, 70.0, 53.0],
        "tyre": ["soft", None, "hard", None, None, None],
    }
)


def test_a_gap_takes_the_value_before_it() -> None:
    cleaned = handle_missing_data(SEED)
    assert cleaned["position"].null_count() == 0
    assert cleaned["position"].to_list() == [10.0, 10.0, 8.0]


def test_each_driver_is_filled_in_lap_order_and_a_gap_at_the_begin_stays() -> None:
    filled = handle_missing_data(LAPS, mark=True)
    assert filled["driver_id"].to_list() == ["a"] * 4 + ["b"] * 2
    assert filled["speed"].to_list() == [50, 50, 50, 53, None, 70]
    assert filled["speed_filled"].to_list() == [False, True, True, False, False, False]
    assert filled["tyre"].to_list() == [None, "hard", "soft", "soft", None, None]


def test_what_a_row_is_about_is_not_filled_unless_it_is_named() -> None:
    assert handle_missing_data(LAPS)["timestamp"].null_count() == 2
    filled = handle_missing_data(LAPS, columns=["timestamp"])
    assert filled["timestamp"].to_list() == [1, 2, 2, 6, None, 5]
    assert filled["tyre"].null_count() == 4


def test_constants_go_where_they_are_named() -> None:
    filled = handle_missing_data(LAPS, "constant", value={"speed": 0, "tyre": "none"})
    assert filled["speed"].to_list() == [50, 0, 0, 53, 0, 70]
    assert filled["tyre"].to_list() == ["none", "hard", "soft", "none", "none", "none"]
    assert filled["timestamp"].null_count() == 2
    assert filled.schema == LAPS.schema


def test_interpolation_looks_ahead_and_is_refused() -> None:
    with pytest.raises(FeatureRefused) as caught:
        handle_missing_data(SEED, "interpolate")
    assert caught.value.code == "FEATURE_METHOD_LEAKS"


def test_interpolation_goes_by_lap_numbers_and_not_beyond_known_values() -> None:
    frame = pl.DataFrame(
        {"lap": [1, 2, 4, 5, 6, 1], "driver_id": ["a"] * 5 + ["b"], "x": [1, None, None, 5, None, None]}
    )
    filled = handle_missing_data(frame, "interpolate", leakage_safe=False, mark=True)
    assert filled["x"].to_list() == [1.0, 2.0, 4.0, 5.0, None, None]
    assert filled["x_filled"].to_list() == [False, True, True, False, False, False]
    assert filled.schema["x"] == pl.Float64
    assert handle_missing_data(LAPS, "interpolate", leakage_safe=False)["tyre"].null_count() == 4


def test_the_log_counts_what_was_filled(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "telemparse.features"):
        handle_missing_data(LAPS)
    assert caplog.messages == [
        "column speed: 2 missing values filled (forward)",
        "column tyre: 1 missing values filled (forward)",
    ]


def test_nothing_missing_changes_nothing() -> None:
    frame = SEED.with_columns(position=1.0)
    assert handle_missing_data(frame).equals(frame)
    assert handle_missing_data(SEED.clear()).schema == SEED.schema


@pytest.mark.parametrize(
    "words",
    [
        {"method": "backward"},
        {"method": "constant"},
        {"value": {"position": 1}},
        {"method": "constant", "value": {"position": 1}, "columns": ["position"]},
        {"columns": "position"},
    ],
)
def test_calls_that_cannot_be_right_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(CallError):
        handle_missing_data(SEED, **words)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"method": "constant", "value": {"position": "x"}}, "FEATURE_COLUMN_REFUSED"),
        ({"method": "constant", "value": {"position": None}}, "FEATURE_COLUMN_REFUSED"),
        ({"method": "constant", "value": {"position": math.nan}}, "FEATURE_COLUMN_REFUSED"),
        ({"method": "constant", "value": {"tyre": 1}}, "FEATURE_COLUMNS_MISSING"),
        ({"columns": ["tyre"]}, "FEATURE_COLUMNS_MISSING"),
        ({"columns": ["lap"]}, "FEATURE_COLUMN_REFUSED"),
    ],
)
def test_columns_and_constants_must_fit(words: dict[str, Any], code: str) -> None:
    with pytest.raises(FeatureRefused) as caught:
        handle_missing_data(SEED, **words)
    assert caught.value.code == code


def test_words_cannot_be_interpolated_and_marks_replace_nothing() -> None:
    with pytest.raises(FeatureRefused, match="tyre"):
        handle_missing_data(LAPS, "interpolate", columns=["tyre"], leakage_safe=False)
    with pytest.raises(FeatureRefused, match="position_filled"):
        handle_missing_data(SEED.with_columns(position_filled=1), columns=["position"], mark=True)


def test_instants_and_truth_values_are_filled_as_they_are() -> None:
    frame = SEED.with_columns(
        pit=pl.Series([True, None, False]),
        at=pl.Series([None, dt.datetime(2024, 1, 1, tzinfo=dt.UTC), None]),
    )
    filled = handle_missing_data(frame)
    assert filled["pit"].to_list() == [True, True, False]
    assert filled["at"].null_count() == 1
    assert filled.schema == frame.schema
