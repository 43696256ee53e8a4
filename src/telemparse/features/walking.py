"""The walk over groups of laps: a frame at once, a lazy one in pieces that fit into memory.

A lazy frame stays lazy: a source that Polars asks for rows counts the laps of each group first, then reads
groups that follow each other, a few hundred thousand rows at a time, and a group that is too long in ranges
of laps with the rows before them that a window looks back at.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from telemparse.features.columns import LAP, key
from telemparse.features.refusals import FeatureRefused, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from telemparse.features.columns import Schema

__all__ = ["Step", "collected", "walked"]

# Values, read and made, that a piece may have: 64 MB of doubles.
_PIECE_VALUES = 8_000_000
_LEAST_ROWS = 4096
# The streaming engine came after the least version that we take.
_STREAMS = inspect.signature(pl.LazyFrame.collect).parameters["engine"].default == "auto"


@attrs.frozen(kw_only=True)
class Step:
    """One calculation over laps in order.

    Args:
        by: columns that tell groups apart.
        schema: of the rows that come in.
        made: columns that the calculation adds or replaces, with their types.
        reads: further columns that it needs.
        make: makes these columns of rows sorted by group and lap, given each row's place in its group.
        lookback: rows before the present one that a result depends on; None means rows after it, too.
        carries: what was made of a row is what later rows see of it.
    """

    by: tuple[str, ...]
    schema: Schema
    made: Schema
    reads: tuple[str, ...]
    make: Callable[[pl.DataFrame, np.ndarray], list[pl.Series]]
    lookback: int | None
    carries: bool = False


@attrs.frozen(kw_only=True)
class _Piece:
    """Groups that are read together; a group that is too long for one piece is `long`."""

    condition: pl.Expr
    long: bool = False


def walked(frame: Any, step: Step) -> Any:
    """Return the frame with the columns of a step, sorted by group and lap; of a lazy frame a lazy one.

    Raises FeatureRefused for laps that are missing or doubled; of a lazy frame when it is collected.
    """
    if isinstance(frame, pl.DataFrame):
        return _made(_sorted(frame, step), step)

    def rows(
        names: list[str] | None, condition: pl.Expr | None, count: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        return _rows(frame, step, names, condition, count)

    return register_io_source(rows, schema={**step.schema, **step.made})


def collected(frame: pl.LazyFrame) -> pl.DataFrame:
    """Collect by the engine that needs least memory."""
    return frame.collect(engine="streaming") if _STREAMS else frame.collect()


def _rows(
    frame: pl.LazyFrame, step: Step, names: list[str] | None, condition: pl.Expr | None, count: int | None
) -> Iterator[pl.DataFrame]:
    wanted = (
        [*step.schema, *(name for name in step.made if name not in step.schema)] if names is None else names
    )
    read = {*step.by, LAP, *step.reads, *wanted}
    if condition is not None:
        roots = set(condition.meta.root_names())
        read |= roots
        # Whole groups may be left out before; rows of a group only after.
        if roots <= set(step.by):
            frame, condition = frame.filter(condition), None
    frame = frame.select([name for name in step.schema if name in read])
    for piece in _pieces_made(frame, step):
        found = piece if condition is None else piece.filter(condition)
        found = found.select(wanted)
        if count is not None:
            found = found.head(count)
            count -= found.height
        yield found
        if count == 0:
            return


def _pieces_made(frame: pl.LazyFrame, step: Step) -> Iterator[pl.DataFrame]:
    keys = [key(name, step.schema[name]) for name in step.by]
    most_rows = max(_LEAST_ROWS, _PIECE_VALUES // (len(step.schema) + len(step.made)))
    aliases = [f"key_{index}" for index in range(len(keys))]
    sizes = collected(
        frame.select(expression.alias(alias) for expression, alias in zip(keys, aliases, strict=True))
        .group_by(aliases)
        .agg(pl.len().alias("rows"))
    ).sort(aliases)
    for name, alias in zip(step.by, aliases, strict=True):
        _refuse_nulls(name, sizes.get_column(alias))
    for piece in _pieces(sizes, keys, most_rows, pl.lit(value=True)):
        part = frame.filter(piece.condition)
        if piece.long and step.lookback is not None:
            yield from _ranges_made(part, step, most_rows)
        else:
            yield _made(_sorted(collected(part), step), step)


def _pieces(
    sizes: pl.DataFrame, keys: Sequence[pl.Expr], most_rows: int, within: pl.Expr
) -> Iterator[_Piece]:
    """Yield pieces in the order of the groups: runs of values of a key, or of the next key within one."""
    alias = f"key_{len(sizes.columns) - 1 - len(keys)}"
    totals = sizes.group_by(alias, maintain_order=True).agg(pl.col("rows").sum())
    values, counts = totals.get_column(alias), totals.get_column("rows").to_list()
    first, rows = 0, 0
    for index, count in enumerate(counts):
        if index > first and rows + count > most_rows:
            yield _Piece(condition=within & _between(keys[0], values, first, index - 1))
            first, rows = index, 0
        rows += count
        if count > most_rows:
            alone = within & _between(keys[0], values, index, index)
            if len(keys) > 1:
                yield from _pieces(sizes.filter(pl.col(alias) == values[index]), keys[1:], most_rows, alone)
            else:
                yield _Piece(condition=alone, long=True)
            first, rows = index + 1, 0
    if first < len(counts) or not counts:
        condition = _between(keys[0], values, first, len(counts) - 1) if counts else pl.lit(value=True)
        yield _Piece(condition=within & condition)


def _between(column: pl.Expr, values: pl.Series, first: int, last: int) -> pl.Expr:
    low, high = (pl.lit(values[index], dtype=values.dtype) for index in (first, last))
    return column == low if first == last else (column >= low) & (column <= high)


def _ranges_made(frame: pl.LazyFrame, step: Step, most_rows: int) -> Iterator[pl.DataFrame]:
    """Make the rows of one long group, a range of laps at a time."""
    laps = collected(frame.select(LAP)).get_column(LAP)
    _refuse_nulls(LAP, laps)
    laps = laps.sort()
    ends = [laps[index] for index in range(most_rows - 1, laps.len() - 1, most_rows)] + [laps[-1]]
    last, tail = None, None
    lap = pl.col(LAP)
    for end in dict.fromkeys(ends):
        within = lap <= pl.lit(end, dtype=laps.dtype)
        if last is not None:
            within &= lap > pl.lit(last, dtype=laps.dtype)
        rows = _sorted(collected(frame.filter(within)), step)
        before = 0 if tail is None else tail.height
        joined = rows if tail is None else pl.concat([tail, rows])
        made = _made(joined, step)
        yield made.slice(before)
        seen = made.select(joined.columns) if step.carries else joined
        last, tail = end, seen.tail(step.lookback or 0)


def _sorted(frame: pl.DataFrame, step: Step) -> pl.DataFrame:
    for name in (*step.by, LAP):
        _refuse_nulls(name, frame.get_column(name))
    return frame.sort([*(key(name, step.schema[name]) for name in step.by), pl.col(LAP)])


def _made(frame: pl.DataFrame, step: Step) -> pl.DataFrame:
    # Nulls are refused before, so that unequal is never unknown.
    changes = [pl.col(name) != pl.col(name).shift() for name in step.by]
    facts = frame.select(
        begins=pl.any_horizontal(changes).fill_null(value=True), same_lap=pl.col(LAP) == pl.col(LAP).shift()
    )
    begins = facts.get_column("begins").to_numpy()
    doubled = facts.select((pl.col("same_lap") & ~pl.col("begins")).sum()).item()
    if doubled:
        raise FeatureRefused("FEATURE_LAPS_DUPLICATED", count=doubled, by=listed(list(step.by)))
    rows = np.arange(frame.height)
    place = rows - np.maximum.accumulate(np.where(begins, rows, 0)) if frame.height else rows
    return frame.with_columns(step.make(frame, place))


def _refuse_nulls(name: str, column: pl.Series) -> None:
    if column.null_count():
        problem = f"{column.null_count()} values are null"
        raise FeatureRefused("FEATURE_COLUMN_REFUSED", column=name, problem=problem)
