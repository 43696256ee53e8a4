"""Columns that the calculations need: whose laps belong together, lap numbers, numbers of a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from telemparse.errors import CallError
from telemparse.features.refusals import FeatureRefused, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "LAP", "Schema", "columns_by", "integral", "key", "needed", "new_columns", "numbers", "numeric", "series",
]  # fmt: skip

LAP = "lap"
# The greatest whole number that is one double and no other number rounded.
EXACT = 2.0**53 - 1
_DRIVER, _WHERE_PRESENT = "driver_id", ("race_id", "session_id", "track_id")

Schema = dict[str, pl.DataType]


def needed(schema: Mapping[str, object], names: Iterable[str]) -> None:
    """Refuse a table that lacks columns.

    Raises FeatureRefused (`FEATURE_COLUMNS_MISSING`).
    """
    missing = [name for name in dict.fromkeys(names) if name not in schema]
    if missing:
        raise FeatureRefused("FEATURE_COLUMNS_MISSING", columns=listed(missing))


def columns_by(schema: Schema, by: Sequence[str] | None) -> tuple[str, ...]:
    """Return the columns whose values tell apart whose laps, and of which race, they are.

    Args:
        schema: of the table.
        by: the caller's choice; None is `driver_id` with those of `race_id`, `session_id` and `track_id`
            that there are.

    Raises FeatureRefused where one is missing or of a type that cannot tell laps apart.
    """
    if by is None:
        by = (_DRIVER, *(name for name in _WHERE_PRESENT if name in schema))
    chosen = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    if not chosen or LAP in chosen:
        raise CallError(f"by= names columns that tell drivers and races apart, {LAP} is none of them")
    needed(schema, (*chosen, LAP))
    for name in chosen:
        key(name, schema[name])
    if not schema[LAP].is_integer():
        raise FeatureRefused(
            "FEATURE_COLUMN_REFUSED", column=LAP, problem=f"{schema[LAP]} is no integer type"
        )
    return chosen


def key(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column in a form that sorts and compares alike everywhere.

    Raises FeatureRefused (`FEATURE_COLUMN_REFUSED`) for fractions, lists and structs.
    """
    column = pl.col(name)
    if dtype in (pl.String, pl.Boolean) or dtype.is_integer():
        return column
    if dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    if dtype == pl.Date:
        return column.cast(pl.Int32)
    if dtype == pl.Datetime:
        return column.cast(pl.Int64)
    raise FeatureRefused("FEATURE_COLUMN_REFUSED", column=name, problem=f"{dtype} tells no races apart")


def numeric(schema: Schema, name: str) -> None:
    """Refuse a metric that is not of numbers or truth values."""
    dtype = schema[name]
    if not (dtype.is_numeric() or dtype == pl.Boolean):
        raise FeatureRefused("FEATURE_COLUMN_REFUSED", column=name, problem=f"{dtype} is no type of numbers")


def new_columns(schema: Schema, made: Schema) -> Schema:
    """Return the schema with new columns at its end; refuse to replace one that is there."""
    for name in made:
        if name in schema:
            raise FeatureRefused("FEATURE_COLUMN_REFUSED", column=name, problem="it is there already")
    return {**schema, **made}


def integral(dtype: pl.DataType) -> bool:
    """Tell whether a metric is of whole numbers."""
    return dtype.is_integer() or dtype == pl.Boolean


def numbers(frame: pl.DataFrame, name: str) -> np.ndarray:
    """Return a metric as doubles; what is null, not finite or beyond exact doubles (2^53) is NaN."""
    column = frame.get_column(name)
    values = column.cast(pl.Float64).to_numpy().copy()
    unknown = ~np.isfinite(values)
    if integral(column.dtype):
        unknown |= np.abs(values) > EXACT
    values[unknown] = np.nan
    return values


def series(name: str, values: np.ndarray, known: np.ndarray, dtype: pl.DataType) -> pl.Series:
    """Return a column of results, null where they are not known, not finite, or too large for doubles."""
    sure = known & np.isfinite(values)
    if integral(dtype):
        sure &= np.abs(values) <= EXACT
    return (
        pl.DataFrame({"value": np.where(sure, values, 0.0), "sure": sure})
        .select(pl.when("sure").then(pl.col("value")).cast(dtype).alias(name))
        .to_series()
    )
