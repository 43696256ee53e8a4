"""Lazy frames: pieces give what the whole gives, what is not asked for is not made, memory is bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from laps_of_drivers import ordinary
from telemparse.features import (
    artifacts,
    compute_aggregate_features,
    compute_falloff_metrics,
    handle_missing_data,
    rolling_statistics,
    walking,
)

CALCULATIONS = {
    "aggregates": lambda frame: compute_aggregate_features(frame, ["3l", "10l"], min_laps=2),
    "statistics": lambda frame: rolling_statistics(frame, "lap_time", 5),
    "falloff": lambda frame: compute_falloff_metrics(frame, 6),
    "forward": lambda frame: handle_missing_data(frame, mark=True),
    "interpolated": lambda frame: handle_missing_data(frame, "interpolate", leakage_safe=False),
}


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_PIECE_VALUES", 1)
    monkeypatch.setattr(walking, "_LEAST_ROWS", 7)


def gaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Take away a third of the lap times, among them eleven in a row."""
    gone = (pl.col("lap") % 3 == 0) | pl.col("lap").is_between(14, 24)
    return frame.with_columns(pl.when(~gone).then("lap_time").alias("lap_time"))


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("name", CALCULATIONS)
@pytest.mark.parametrize(
    ("drivers", "races", "laps"), [(5, 4, 3), (2, 3, 40), (1, 1, 100), (9, 1, 7), (1, 9, 1)]
)
def test_pieces_give_what_the_whole_gives(name: str, drivers: int, races: int, laps: int) -> None:
    frame = gaps(ordinary(drivers, races, laps)).sample(fraction=1, shuffle=True, seed=1)
    calculation = CALCULATIONS[name]
    lazy = calculation(frame.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect_schema() == calculation(frame).schema
    assert lazy.collect().equals(calculation(frame))


@pytest.mark.slow
@pytest.mark.usefixtures("small_pieces")
def test_what_is_asked_of_a_lazy_frame_is_what_the_whole_would_give() -> None:
    frame = ordinary(3, 3, 12)
    lazy, whole = (compute_aggregate_features(each, ["3l"]) for each in (frame.lazy(), frame))
    asked: list[Any] = [
        lambda each: each.filter(pl.col("driver_id") == "driver_1"),
        lambda each: each.filter(pl.col("lap") > 5),
        lambda each: each.filter(pl.col("avg_position_last_3l") > 8, pl.col("race_id") == 1).select("lap"),
        lambda each: each.head(10),
        lambda each: each.head(0),
        lambda each: each.filter(pl.col("lap") > 5).head(20).select("laps_led_last_3l"),
        lambda each: each.select("lap", "driver_id"),
        lambda each: each.select(pl.len()),
        lambda each: each.group_by("driver_id").agg(pl.col("best_position_last_3l").min()).sort("driver_id"),
        lambda each: each.filter(pl.col("driver_id") == "nobody"),
        lambda each: compute_falloff_metrics(each, 4).filter(pl.col("is_slow_lap")),
        lambda each: compute_falloff_metrics(each, 4).select("falloff_rate"),
    ]
    for ask in asked:
        assert ask(lazy).collect().equals(ask(whole))


def test_an_empty_lazy_frame_stays_one() -> None:
    lazy = compute_aggregate_features(ordinary().clear().lazy())
    assert lazy.collect().height == 0


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("laps", [3, 50])
def test_doubled_laps_are_refused_when_a_lazy_frame_is_collected(laps: int) -> None:
    frame = ordinary(2, 1, laps)
    lazy = compute_aggregate_features(pl.concat([frame, frame.tail(2)]).lazy())
    with pytest.raises(Exception, match="FEATURE_LAPS_DUPLICATED: "):
        lazy.collect()


@pytest.mark.usefixtures("small_pieces")
def test_a_lap_that_is_null_is_refused_in_a_long_group() -> None:
    frame = ordinary(1, 1, 50).with_columns(pl.col("lap").replace(7, None))
    with pytest.raises(Exception, match="FEATURE_COLUMN_REFUSED: column lap"):
        compute_aggregate_features(frame.lazy()).collect()


_PEAK = """
import sys
from pathlib import Path
from telemparse.features import TelemetryIngestor, compute_aggregate_features, persist_telemetry_artifact
def peak_mb():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
for source in sys.argv[2:]:
    lazy = TelemetryIngestor().scan_parquet(source)
    persist_telemetry_artifact(compute_aggregate_features(lazy), sys.argv[1])
    print(peak_mb())
"""


@pytest.mark.slow
@pytest.mark.parametrize(("drivers", "races", "laps"), [(200, 100, 100), (2, 1, 1_000_000)])
def test_two_million_laps_pass_in_less_memory_than_they_take(
    drivers: int, races: int, laps: int, tmp_path: Path
) -> None:
    rows = drivers * races * laps
    at = pl.int_range(rows, eager=True)
    frame = pl.DataFrame({"at": at}).select(
        lap=pl.col("at") // drivers % laps,
        driver_id=pl.format("driver_{}", pl.col("at") % drivers),
        timestamp=pl.col("at"),
        track_id=pl.format("track_{}", pl.col("at") // (drivers * laps) % 7),
        race_id=pl.col("at") // (drivers * laps),
        position=pl.col("at") * 7 % 40,
        laps_led=pl.col("at") % 2,
        **{f"other_{index}": pl.col("at").hash(index).cast(pl.Float64) for index in range(8)},
    )
    big, small = tmp_path / "big.parquet", tmp_path / "small.parquet"
    frame.write_parquet(big)
    # One race suffices to load all that is loaded on first use.
    frame.head(1000).with_columns(driver_id=pl.lit("x"), lap=pl.int_range(1000)).write_parquet(small)
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, str(tmp_path / "out.parquet"), str(small), str(big)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "POLARS_MAX_THREADS": "2"},  # each thread holds rows of its own
    )
    first, last = map(float, done.stdout.split())
    features = pl.scan_parquet(tmp_path / "out.parquet")
    assert features.select(pl.len()).collect().item() == rows
    whole_mb = 8 * rows * len(features.collect_schema()) / 1e6
    # A version of Polars that streams no artifacts holds the whole table before it writes it.
    assert last - first < (whole_mb if artifacts.STREAMS else 4 * whole_mb)
    assert last < (1000 if artifacts.STREAMS else 4000)
