"""Tables of the sentences of one kind: numbered, joined and divided as epochs need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.nmea.readings import Columns
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Table", "chosen", "divided", "followed_by", "numbered", "reversed_rows", "thinned"]


@attrs.frozen
class Table:
    """Sentences of one kind.

    Args:
        rows: of the clocked sentence that each one is, or stands behind, shape (n,).
        columns: by name, each of shape (n,).
    """

    rows: Ints
    columns: Columns


def divided(table: Table, epochs: Ints, ready: Mask) -> tuple[Table, Table]:
    """Return the sentences of complete epochs, by epoch, and the others, as they were."""
    count = int(np.count_nonzero(ready))
    if bool(ready[:count].all()):
        done, rest = slice(None, count), slice(count, None)
    else:
        done, rest = np.flatnonzero(ready), np.flatnonzero(~ready)  # type: ignore[assignment]
    return (
        Table(epochs[done], {name: column[done] for name, column in table.columns.items()}),
        Table(table.rows[rest], {name: column[rest].copy() for name, column in table.columns.items()}),
    )


def numbered(table: Table, first: int) -> Table:
    """Return a table whose rows are numbers of sentences in the log, without those before the first."""
    numbers = table.rows + first
    known = numbers >= 0
    if known.all():
        return Table(numbers, table.columns)
    return chosen(Table(numbers, table.columns), known)


def chosen(table: Table, rows: Mask) -> Table:
    """Return some sentences of a table."""
    return Table(table.rows[rows], {name: column[rows] for name, column in table.columns.items()})


def thinned(table: Table, most: int, *, last: bool) -> Table:
    """Return a table with at most so many sentences of one row: the first of them, or the last.

    A log in which a sentence without a time comes for ever, and none with one, would fill the memory.
    """
    rows = table.rows
    if len(rows) <= most or not (rows[most:] == rows[:-most]).any():
        return table
    kept = np.ones(len(rows), np.bool_)
    if last:
        kept[:-most] = rows[most:] != rows[:-most]
    else:
        kept[most:] = rows[most:] != rows[:-most]
    return chosen(table, kept)


def reversed_rows(table: Table) -> Table:
    """Return the sentences of a table, the last one first."""
    return Table(table.rows[::-1], {name: column[::-1] for name, column in table.columns.items()})


def followed_by(one: Table, other: Table) -> Table:
    """Return the sentences of two tables of one kind."""
    if not len(one.rows):
        return other
    names = one.columns | other.columns
    return Table(
        np.concatenate([one.rows, other.rows]),
        {
            name: np.concatenate([_column(one, name, like), _column(other, name, like)])
            for name, like in names.items()
        },
    )


def _column(table: Table, name: str, like: NDArray[Any]) -> NDArray[Any]:
    """Return a column, or one like another that says nothing."""
    if name in table.columns:
        column: NDArray[Any] = table.columns[name]
        return column
    return np.full(len(table.rows), np.nan if like.dtype.kind == "f" else False, like.dtype)
