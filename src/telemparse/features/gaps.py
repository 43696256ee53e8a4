"""Missing values: filled from earlier laps, by a constant, or between laps where looking ahead is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from telemparse.errors import CallError
from telemparse.features.columns import LAP, columns_by, needed, new_columns, numeric
from telemparse.features.contract import METADATA, contract_or_default
from telemparse.features.refusals import LOG, FeatureRefused
from telemparse.features.walking import Step, walked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeVar

    from telemparse.features.columns import Schema
    from telemparse.features.contract import AnyContract

    Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

__all__ = ["METHODS", "handle_missing_data"]

METHODS = ("forward", "constant", "interpolate")
_AHEAD = ("interpolate",)


def handle_missing_data(
    telemetry_df: Frame,
    method: str = "forward",
    *,
    value: Mapping[str, Any] | None = None,
    columns: Iterable[str] | None = None,
    leakage_safe: bool = True,
    by: Sequence[str] | None = None,
    mark: bool = False,
    feature_contract: AnyContract | None = None,
) -> Frame:
    """Fill missing values of each driver in lap order; what cannot be filled stays null.

    Missing are nulls and, of columns with fractions, NaN and infinities, which become null where they stay.
    How many values of a column were filled is in the log of `telemparse.features` (level INFO), once
    for each piece of a lazy frame.

    Args:
        telemetry_df: with the columns `lap` (integers) and those of `by`.
        method: `forward` takes the last known value of an earlier lap, so that a gap at the begin stays;
            `constant` takes those of `value`; `interpolate` draws a line over lap numbers between the known
            values on both sides, as doubles, and looks ahead.
        value: for `constant`, what to put into which column.
        columns: to fill; None is all but `by`, lap, driver, instant, track, race and session. Of these,
            `interpolate` takes the ones with numbers.
        leakage_safe: refuse methods that look at later laps.
        by: columns that tell drivers and races apart; None is as for `compute_aggregate_features`.
        mark: add a column `<name>_filled` for each one, true where a value was filled.
        feature_contract: whose forbidden columns may not be there; None is the default contract.

    Returns the rows sorted by `by` and `lap`, of a lazy frame a lazy one.

    Raises FeatureRefused: `FEATURE_METHOD_LEAKS`, and those of `compute_aggregate_features`; CallError for a
    method that does not exist, and for `value` without `constant` or the other way round.
    """
    if method not in METHODS:
        raise CallError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    if (value is None) == (method == "constant") or (value is not None and columns is not None):
        raise CallError("value= belongs to method='constant', and names the columns")
    if leakage_safe and method in _AHEAD:
        raise FeatureRefused("FEATURE_METHOD_LEAKS", method=method)
    schema = dict(telemetry_df.collect_schema())
    contract_or_default(feature_contract).refuse_forbidden_columns(schema)
    grouping = columns_by(schema, by)
    chosen = _chosen(schema, method, value if value is not None else columns, grouping)
    fills = {name: _constant(name, schema[name], what) for name, what in (value or {}).items()}
    made: Schema = {name: pl.Float64() if method == "interpolate" else schema[name] for name in chosen}
    marks: Schema = {f"{name}_filled": pl.Boolean() for name in chosen} if mark else {}
    new_columns(schema, marks)

    def make(frame: pl.DataFrame, place: np.ndarray) -> list[pl.Series]:
        result: list[pl.Series] = []
        for name in chosen:
            column = _finite(frame.get_column(name))
            if method == "constant":
                filled = column.fill_null(fills[name])
            elif method == "forward":
                filled = _forward(column, place)
            else:
                filled = _between(column, frame.get_column(LAP), place)
            new = column.is_null() & filled.is_not_null()
            if new.any():
                LOG.info("column %s: %d missing values filled (%s)", name, new.sum(), method)
            result.append(filled.alias(name))
            if mark:
                result.append(new.alias(f"{name}_filled"))
        return result

    lookback = {"forward": 1, "constant": 0, "interpolate": None}[method]
    step = Step(
        by=grouping,
        schema=schema,
        made={**made, **marks},
        reads=tuple(chosen),
        make=make,
        lookback=lookback,
        carries=True,
    )
    result: Frame = walked(telemetry_df, step)
    return result


def _chosen(schema: Schema, method: str, columns: Iterable[str] | None, by: tuple[str, ...]) -> list[str]:
    about = {*by, LAP}
    if columns is None:
        rest = [name for name in schema if name not in about and name not in METADATA]
        return [name for name in rest if method != "interpolate" or schema[name].is_numeric()]
    if isinstance(columns, str):
        raise CallError("columns come as a list of names, not as one string")
    chosen = list(dict.fromkeys(columns))
    needed(schema, chosen)
    for name in chosen:
        if name in about:
            raise FeatureRefused("FEATURE_COLUMN_REFUSED", column=name, problem="it tells laps apart")
        if method == "interpolate":
            numeric(schema, name)
    return chosen


def _constant(name: str, dtype: pl.DataType, value: Any) -> pl.Expr:
    try:
        fits = pl.Series(name, [value], dtype=dtype, strict=True)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        fits = None
    if fits is None or _finite(fits).null_count():
        raise FeatureRefused(
            "FEATURE_COLUMN_REFUSED", column=name, problem=f"{type(value).__name__} does not fit into {dtype}"
        )
    return pl.lit(fits).first()


def _finite(column: pl.Series) -> pl.Series:
    """Return a column whose NaN and infinities are null."""
    if not column.dtype.is_float():
        return column
    values = pl.col(column.name)
    return column.to_frame().select(pl.when(values.is_finite()).then(values).alias(column.name)).to_series()


def _forward(column: pl.Series, place: np.ndarray) -> pl.Series:
    """Return the last known value of a row's group up to the row."""
    rows = np.arange(len(place))
    last = np.maximum.accumulate(np.where(column.is_not_null().to_numpy(), rows, -1)) if len(rows) else rows
    inside = last >= rows - place
    frame = pl.DataFrame({"at": np.where(inside, last, 0), "inside": inside})
    at = frame.select(pl.when("inside").then("at")).to_series()
    return column.gather(at)


def _between(column: pl.Series, laps: pl.Series, place: np.ndarray) -> pl.Series:
    """Return values on lines over lap numbers between the known ones of a group."""
    groups = np.cumsum(place == 0)
    facts = pl.DataFrame(
        {"group": groups, "lap": laps.cast(pl.Float64), "value": column.cast(pl.Float64)}
    ).with_columns(known_at=pl.when(pl.col("value").is_not_null()).then("lap"))
    before = [pl.col(name).forward_fill().over("group") for name in ("known_at", "value")]
    after = [pl.col(name).backward_fill().over("group") for name in ("known_at", "value")]
    share = (pl.col("lap") - before[0]) / (after[0] - before[0])
    line = before[1] + (after[1] - before[1]) * share
    return facts.select(_finite_or_null(pl.coalesce("value", line)).alias(column.name)).to_series()


def _finite_or_null(values: pl.Expr) -> pl.Expr:
    return pl.when(values.is_finite()).then(values)
