"""How lap times fall off: against the lap before, the laps before, and as a slope over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from telemparse.features.columns import LAP, columns_by, needed, new_columns, numbers, numeric, series
from telemparse.features.contract import contract_or_default
from telemparse.features.walking import Step, walked
from telemparse.features.windows import (
    earlier,
    line_of,
    lines,
    moments,
    moments_of,
    over_windows,
    parsed_window,
    slope,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from telemparse.features.columns import Schema
    from telemparse.features.contract import AnyContract

    Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

__all__ = ["compute_falloff_metrics"]

_SLOW_STD = 2.0
_LEAST_FOR_STD = 2


def compute_falloff_metrics(
    telemetry_df: Frame,
    window: int | str = 10,
    lap_time: str = "lap_time",
    *,
    by: Sequence[str] | None = None,
    min_laps: int | None = None,
    feature_contract: AnyContract | None = None,
) -> Frame:
    """Add how each lap time compares with the laps before it.

    - `lap_time_delta`: less the time of the lap before; null where the lap of the number before is not there.
    - `is_slow_lap`: whether it is above mean + 2 standard deviations (of a sample) of the `window` laps
      before it, the present one excluded, for a slow lap would raise its own limit.
    - `falloff_rate`: slope of the line through lap numbers and times of the last `window` laps, the present
      one included, in units of the time a lap; positive is getting slower.

    All are null where they are not known, `is_slow_lap`, too. With another column of times,
    `lap_time_delta` has the name of that column.

    Args:
        telemetry_df: with the columns `lap` (integers), the times and those of `by`.
        window: number of laps, 2 or more to be of use: 10 or `10l`.
        lap_time: column of numbers; nulls, NaN and infinities are not known.
        by: as for `compute_aggregate_features`.
        min_laps: known times that a window needs for a result; None asks for all. Two at least are needed.
        feature_contract: as for `compute_aggregate_features`.

    Returns the rows sorted by `by` and `lap`, of a lazy frame a lazy one.

    Raises FeatureRefused as `compute_aggregate_features` does.
    """
    laps = parsed_window(window, min_laps)
    schema = dict(telemetry_df.collect_schema())
    contract_or_default(feature_contract).refuse_forbidden_columns(schema)
    needed(schema, (lap_time,))
    grouping = columns_by(schema, by)
    numeric(schema, lap_time)
    delta = f"{lap_time}_delta"
    made: Schema = {delta: pl.Float64(), "is_slow_lap": pl.Boolean(), "falloff_rate": pl.Float64()}
    new_columns(schema, made)

    def make(frame: pl.DataFrame, place: np.ndarray) -> list[pl.Series]:
        times, numbered = numbers(frame, lap_time), numbers(frame, LAP)
        with np.errstate(all="ignore"):
            (before,) = earlier((times,), place, 1, np.nan)
            follows = earlier((numbered,), place, 1, np.nan)[0] + 1 == numbered
            sums = over_windows(moments_of(times), place, [laps.laps], moments)[laps.laps]
            known, mean, squares = earlier(sums, place, 1)
            limit = mean + _SLOW_STD * spread((known, mean, squares))
            enough = (known >= max(laps.least, _LEAST_FOR_STD)) & np.isfinite(limit) & ~np.isnan(times)
            points = line_of(numbered, np.where(np.isnan(numbered), np.nan, times))
            line = over_windows(points, place, [laps.laps], lines)[laps.laps]
            return [
                series(delta, times - before, follows, pl.Float64()),
                series("is_slow_lap", times > limit, enough, pl.Boolean()),
                series("falloff_rate", slope(line), line[0] >= laps.least, pl.Float64()),
            ]

    step = Step(by=grouping, schema=schema, made=made, reads=(lap_time,), make=make, lookback=laps.laps)
    result: Frame = walked(telemetry_df, step)
    return result
