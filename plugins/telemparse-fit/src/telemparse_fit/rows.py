"""Messages of one kind as columns: gathered by definition, joined in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse_fit.base_types import Kind
from telemparse_fit.groups import DTYPES, LONGEST, Column, Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.kernels.arrays import Ints, Mask

    from telemparse_fit.groups import Group

__all__ = ["Table", "slices", "table_of"]

_MOST_KEYS = 1024
_MOST_CELLS = 1 << 21


@attrs.define
class Table:
    """Messages of one kind in a piece, in the order of the file.

    Attributes:
        places: in the piece, shape (n,).
        seconds, stamped: timestamps, shape (n,).
        columns: by key, in the order of the definitions.
        numbers: fields of the profile that each row has, by number: a mask of shape (n,).
        beyond: columns that were left out because there are too many.
    """

    places: Ints
    seconds: Ints
    stamped: Mask
    columns: dict[Key, Column]
    numbers: dict[int, Mask]
    beyond: int = 0

    def element(self, number: int, element: int) -> Column | None:
        """Return one value of an array of whole numbers; None where no row has it."""
        return self.columns.get(Key(None, number, element, Kind.WHOLE, None, is_array=True))

    def first(self, number: int) -> Column | None:
        """Return the first value of a field of whole numbers or floats; None where no row has it."""
        found: Column | None = None
        for kind in (Kind.WHOLE, Kind.FLOAT):
            for is_array in (False, True):
                column = self.columns.get(Key(None, number, 0, kind, None, is_array))
                if column is None:
                    continue
                if found is None:
                    found = column
                else:
                    values = np.where(found.known, found.values, column.values)
                    found = Column(values, found.known | column.known)
        return found


def table_of(groups: Sequence[Group], wanted: Any = None) -> Table:
    """Return the messages of several definitions as one table."""
    if len(groups) == 1:
        group = groups[0]
        rows = len(group.places)
        everywhere = np.ones(rows, np.bool_)
        whole_numbers = {
            field.number: everywhere for field in group.definition.fields if field.developer is None
        }
        return Table(group.places, group.seconds, group.stamped, group.columns(wanted), whole_numbers)
    places = np.concatenate([group.places for group in groups])
    order = np.argsort(places, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    columns: dict[Key, Column] = {}
    numbers: dict[int, Mask] = {}
    begin = beyond = 0
    for group in groups:
        at = rank[begin : begin + len(group.places)]
        begin += len(group.places)
        for field in group.definition.fields:
            if field.developer is None:
                numbers.setdefault(field.number, np.zeros(len(order), np.bool_))[at] = True
        for key, column in group.columns(wanted).items():
            whole = columns.get(key)
            if whole is None and len(columns) >= _MOST_KEYS:
                beyond += 1
                continue
            if whole is None:
                kind = DTYPES.get(key.kind)
                values = np.full(len(order), "", object) if kind is None else np.zeros(len(order), kind)
                whole = columns[key] = Column(values, np.zeros(len(order), np.bool_))
            whole.values[at] = column.values
            whole.known[at] = column.known
    return Table(
        places[order],
        np.concatenate([group.seconds for group in groups])[order],
        np.concatenate([group.stamped for group in groups])[order],
        columns,
        numbers,
        beyond,
    )


def slices(groups: Sequence[Group], columns: int) -> Iterator[list[Group]]:
    """Yield the groups in parts of the file that are small enough for tables of so many more columns."""
    rows = sum(len(group.places) for group in groups)
    columns += sum(min(field.count, LONGEST) for group in groups for field in group.definition.fields)
    step = max(_MOST_CELLS // max(columns, 1), 1)
    if rows <= step:
        yield list(groups)
        return
    places = np.sort(np.concatenate([group.places for group in groups]))
    for begin in range(0, rows, step):
        low, high = places[begin], places[min(begin + step, rows) - 1]
        parts = [group.between(low, high) for group in groups]
        yield [part for part in parts if len(part.places)]
