"""Columns of canonical tables: which hold values, which lack some, and how finely they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from telemparse.schemas import SCHEMAS, build
from telemparse.testing.strategies.arguments import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

__all__ = ["Columns"]

_MOST_GAPS = 8


@attrs.frozen
class Columns:
    """The columns of a table that hold values.

    Args:
        stream: canonical stream.
        filled: names of the columns with values, in the schema's order.
        gaps: those of them that may lack single values.
    """

    stream: str
    filled: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, stream: str, columns: Iterable[str] | None, gaps: Iterable[str]) -> Columns:
        """Return the wanted columns (None for all) and the required ones.

        Raises CallError for a name that the stream does not have, and for a gap in a column that is required
        or empty anyway.
        """
        schema = SCHEMAS[stream]
        wanted = known(stream, schema.names if columns is None else columns, schema.names)
        filled = tuple(field.name for field in schema if not field.nullable or field.name in wanted)
        able = [name for name in filled if schema.field(name).nullable]
        return cls(stream, filled, known("the list of columns that may lack values", gaps, able))

    def table(self, draw: st.DrawFn, values: Mapping[str, NDArray[Any]], time_base: str) -> pa.Table:
        """Return a table of `values`, all shape (n,), without what is not wanted; draws the gaps."""
        given: dict[str, Any] = {name: values[name] for name in self.filled if name in values}
        for name in self.gaps:
            given[name] = _gapped(values[name], draw(_rows(len(values[name]))))
        return pa.Table.from_batches([build(self.stream, given, time_base=time_base)])


def _rows(rows: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, rows - 1), max_size=_MOST_GAPS)


def _gapped(values: NDArray[Any], rows: list[int]) -> pa.Array:
    missing = np.zeros(len(values), np.bool_)
    missing[rows] = True
    return pa.array(values, mask=missing)
