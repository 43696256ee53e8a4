"""Contracts of features: what is forbidden never passes, however it is spelt or nested."""

from __future__ import annotations

import logging
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.features import FeatureAvailabilityContract, FeatureRefused, validate_features

FORBIDDEN = FeatureAvailabilityContract.FORBIDDEN_FEATURES


def test_a_forbidden_feature_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match="data leakage") as caught:
        FeatureAvailabilityContract.validate_features(["avg_finish_position", "race_laps_led"])
    assert "race_laps_led" in str(caught.value)
    assert isinstance(caught.value, FeatureRefused)
    assert caught.value.code == "FEATURES_FORBIDDEN"
    assert caught.value.evidence == {"features": "race_laps_led"}
    assert caught.value.hint


def test_features_known_beforehand_are_allowed() -> None:
    allowed = FeatureAvailabilityContract.get_allowed_features(["avg_finish_position", "practice_lap_time"])
    assert "avg_finish_position" in allowed
    assert "practice_lap_time" in allowed


def test_allowed_features_keep_their_spelling_and_order_and_unknown_ones_are_none() -> None:
    available = ["Win_Rate", "tyre", "race_dnf_lap", "qualifying_gap"]
    assert FeatureAvailabilityContract.get_allowed_features(available) == ["Win_Rate", "qualifying_gap"]


@pytest.mark.parametrize(
    "spelling",
    ["Race_Laps_Led", " race_laps_led ", "race laps led", "RACE-LAPS-LED", "race__laps.led",
     "race_laps\u200b_led", "\uff52ace_laps_led", "_race_laps_led\t"],
)  # fmt: skip
def test_another_spelling_does_not_slip_through(spelling: str) -> None:
    with pytest.raises(FeatureRefused, match="data leakage"):
        FeatureAvailabilityContract.validate_dataframe(["lap", spelling])


@given(st.lists(st.text(max_size=12), max_size=5), st.sampled_from(FORBIDDEN), st.lists(st.text(max_size=12)))
def test_a_forbidden_feature_is_found_among_any_names(before: list[str], name: str, after: list[str]) -> None:
    with pytest.raises(FeatureRefused):
        validate_features([*before, name.upper(), *after])


@pytest.mark.parametrize(
    "dtype",
    [
        pl.Struct({"race_incidents": pl.Int64}),
        pl.List(pl.Struct({"x": pl.Struct({"Race_Incidents": pl.Int64})})),
        pl.Array(pl.Struct({"race_incidents": pl.Int64}), 2),
    ],
)
def test_a_forbidden_field_of_a_struct_is_found(dtype: pl.DataType) -> None:
    with pytest.raises(FeatureRefused, match=r"ace_.ncidents"):
        FeatureAvailabilityContract.validate_dataframe(pl.Schema({"lap": pl.Int64, "facts": dtype}))


def test_unknown_features_are_named_in_the_log_and_columns_about_rows_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "telemparse.features"):
        FeatureAvailabilityContract.validate_dataframe(["lap", "driver_id", "win_rate", "tyre"])
    (record,) = caplog.records
    assert record.getMessage() == "FEATURES_UNKNOWN: features that no list of the contract has: tyre"


def test_many_unknown_names_are_counted_and_not_all_listed(caplog: pytest.LogCaptureFixture) -> None:
    FeatureAvailabilityContract.validate_features([f"x{index}" for index in range(10_000)])
    assert caplog.messages[0].endswith("x19 and 9980 more")


def test_a_contract_with_other_lists_refuses_by_them_and_leaves_the_class_alone() -> None:
    mine = FeatureAvailabilityContract.with_lists(historical=["tyre"], forbidden=["win_rate"])
    assert mine.get_allowed_features(["tyre", "avg_laps_led", "practice_speed"]) == ["tyre", "practice_speed"]
    mine.validate_dataframe(["race_laps_led"])
    with pytest.raises(FeatureRefused):
        mine.validate_features(["win_rate"])
    with pytest.raises(FeatureRefused):
        validate_features(["win_rate"], mine)
    FeatureAvailabilityContract.validate_features(["win_rate"])
    assert FeatureAvailabilityContract().FORBIDDEN_FEATURES == FORBIDDEN
    assert mine.with_lists(forbidden=[]).get_lists()["historical"] == ["tyre"]


def test_contracts_are_values() -> None:
    first, second = (FeatureAvailabilityContract.with_lists(historical=["a"]) for _each in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != FeatureAvailabilityContract()
    assert FeatureAvailabilityContract() != "contract"
    assert "'historical': ['a']" in repr(first)
    with pytest.raises(AttributeError):
        first.FORBIDDEN_FEATURES = ()  # type: ignore[misc]


def test_a_name_cannot_be_allowed_and_forbidden() -> None:
    with pytest.raises(FeatureRefused, match="Win Rate") as caught:
        FeatureAvailabilityContract.with_lists(forbidden=["Win Rate"])
    assert caught.value.code == "FEATURE_LISTS_CLASH"


def test_a_class_that_derives_from_it_is_a_contract_too() -> None:
    class Ours(FeatureAvailabilityContract):
        FORBIDDEN_FEATURES = ("prize_money",)

    with pytest.raises(FeatureRefused):
        Ours.validate_features(["Prize_Money"])
    assert "avg_laps_led" in Ours().get_allowed_features(["avg_laps_led"])


@pytest.mark.parametrize("names", ["race_laps_led", [1], [None]])
def test_names_that_are_no_list_of_strings_are_refused(names: object) -> None:
    with pytest.raises(CallError):
        FeatureAvailabilityContract.validate_features(names)  # type: ignore[arg-type]


def test_the_contract_needs_no_polars_and_the_rest_names_the_extra() -> None:
    program = """
import sys
sys.modules["polars"] = None
from telemparse.features import FeatureAvailabilityContract
FeatureAvailabilityContract.validate_features(["win_rate"])
import telemparse.features
assert "TelemetryIngestor" in dir(telemparse.features)
try:
    telemparse.features.TelemetryIngestor
except ImportError as error:
    print(error)
try:
    telemparse.features.nothing
except AttributeError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "polars is not installed: pip install 'telemparse[features]'",
        "module 'telemparse.features' has no attribute 'nothing'",
    ], done.stderr
