"""Figures over the last laps of a driver: positions, laps led, and the statistics of any metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from telemparse.features.columns import (
    LAP,
    columns_by,
    integral,
    needed,
    new_columns,
    numbers,
    numeric,
    series,
)
from telemparse.features.contract import contract_or_default
from telemparse.features.walking import Step, walked
from telemparse.features.windows import (
    least,
    moments,
    moments_of,
    most,
    most_of,
    over_windows,
    parsed_window,
    parsed_windows,
    spread,
    total,
    total_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeVar

    from telemparse.features.columns import (
        Schema,
    )
    from telemparse.features.contract import AnyContract

    Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

__all__ = ["compute_aggregate_features", "rolling_statistics"]

_POSITION, _LED = "position", "laps_led"


def compute_aggregate_features(
    telemetry_df: Frame,
    time_windows: Iterable[str] = ("10l", "20l", "50l"),
    *,
    by: Sequence[str] | None = None,
    min_laps: int | None = None,
    feature_contract: AnyContract | None = None,
) -> Frame:
    """Add mean and best position and the laps led over the last laps of a driver.

    A window holds the last N rows of a driver in a race, the present lap included, and never one of another
    driver, another race or a later lap. The new columns are `avg_position_last_10l` (a double),
    `best_position_last_10l` (as `position`) and `laps_led_last_10l` (the sum of `laps_led`, which is taken as
    it stands: let it say how many laps were led in this one, 0 or 1, for the sum to be a number of laps).

    Args:
        telemetry_df: with the columns `lap` (integers), `position`, `laps_led` and those of `by`.
        time_windows: numbers of laps, each with the letter l: `10l`.
        by: columns that tell drivers and races apart; None is `driver_id` with those of `race_id`,
            `session_id` and `track_id` that there are.
        min_laps: known values that a window needs for a result, else it is null; None asks for all N. Nulls,
            NaN and infinities are not known; they count as nothing, not as 0.
        feature_contract: whose forbidden columns may not be there; None is the default contract.

    Returns the rows sorted by `by` and `lap`, of a lazy frame a lazy one.

    Raises FeatureRefused: `FEATURE_WINDOW_INVALID`, `FEATURE_COLUMNS_MISSING`, `FEATURE_COLUMN_REFUSED`,
    `FEATURES_FORBIDDEN`, `FEATURE_LAPS_DUPLICATED`. What takes a look at rows is raised when a lazy frame is
    collected.
    """
    windows = parsed_windows(time_windows, min_laps)
    schema = dict(telemetry_df.collect_schema())
    contract_or_default(feature_contract).refuse_forbidden_columns(schema)
    needed(schema, (_POSITION, _LED))
    grouping = columns_by(schema, by)
    numeric(schema, _POSITION)
    numeric(schema, _LED)
    best = schema[_POSITION] if schema[_POSITION].is_integer() else pl.Float64()
    led = pl.Int64() if integral(schema[_LED]) else pl.Float64()
    made: Schema = {}
    for window in windows:
        made[f"avg_position_last_{window.name}"] = pl.Float64()
        made[f"best_position_last_{window.name}"] = best
        made[f"laps_led_last_{window.name}"] = led
    new_columns(schema, made)

    def make(frame: pl.DataFrame, place: np.ndarray) -> list[pl.Series]:
        positions, lengths = numbers(frame, _POSITION), [window.laps for window in windows]
        with np.errstate(all="ignore"):
            places = over_windows(total_of(positions), place, lengths, total)
            bests = over_windows(most_of(positions), place, lengths, least, np.nan)
            sums = over_windows(total_of(numbers(frame, _LED)), place, lengths, total)
        columns = []
        for window in windows:
            count, place_sum = places[window.laps]
            laps, lap_sum = sums[window.laps]
            enough = count >= window.least
            columns += [
                series(
                    f"avg_position_last_{window.name}",
                    place_sum / np.maximum(count, 1.0),
                    enough,
                    pl.Float64(),
                ),
                series(f"best_position_last_{window.name}", bests[window.laps][0], enough, best),
                series(f"laps_led_last_{window.name}", lap_sum, laps >= window.least, led),
            ]
        return columns

    lookback = max(window.laps for window in windows) - 1
    step = Step(by=grouping, schema=schema, made=made, reads=(_POSITION, _LED), make=make, lookback=lookback)
    result: Frame = walked(telemetry_df, step)
    return result


def rolling_statistics(
    telemetry_df: Frame,
    metric: str,
    window: int | str,
    *,
    by: Sequence[str] | None = None,
    min_laps: int | None = None,
    feature_contract: AnyContract | None = None,
) -> Frame:
    """Add mean, standard deviation, least and greatest value of a metric over the last laps of a driver.

    The new columns are `<metric>_mean_last_10l`, `<metric>_std_last_10l` (of a sample, n - 1; null of less
    than two values), `<metric>_min_last_10l` and `<metric>_max_last_10l`, all doubles.

    Args:
        telemetry_df: with the columns `lap` (integers), the metric and those of `by`.
        metric: a column of numbers; nulls, NaN and infinities are not known.
        window: number of laps, the present one included: 10 or `10l`.
        by: as for `compute_aggregate_features`.
        min_laps: likewise.
        feature_contract: likewise.

    Returns the rows sorted by `by` and `lap`, of a lazy frame a lazy one.

    Raises FeatureRefused as `compute_aggregate_features` does.
    """
    laps = parsed_window(window, min_laps)
    schema = dict(telemetry_df.collect_schema())
    contract_or_default(feature_contract).refuse_forbidden_columns(schema)
    needed(schema, (metric,))
    grouping = columns_by(schema, by)
    numeric(schema, metric)
    kinds = ("mean", "std", "min", "max")
    names = [f"{metric}_{kind}_last_{laps.name}" for kind in kinds]
    made: Schema = dict.fromkeys(names, pl.Float64())
    new_columns(schema, made)

    def make(frame: pl.DataFrame, place: np.ndarray) -> list[pl.Series]:
        values = numbers(frame, metric)
        with np.errstate(all="ignore"):
            sums = over_windows(moments_of(values), place, [laps.laps], moments)[laps.laps]
            figures = (
                sums[1],
                spread(sums),
                over_windows(most_of(values), place, [laps.laps], least, np.nan)[laps.laps][0],
                over_windows(most_of(values), place, [laps.laps], most, np.nan)[laps.laps][0],
            )
        enough = sums[0] >= laps.least
        return [
            series(name, figure, enough, pl.Float64()) for name, figure in zip(names, figures, strict=True)
        ]

    reads = (metric,) if metric != LAP else ()
    step = Step(by=grouping, schema=schema, made=made, reads=reads, make=make, lookback=laps.laps - 1)
    result: Frame = walked(telemetry_df, step)
    return result
