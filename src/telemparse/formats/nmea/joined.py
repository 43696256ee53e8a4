"""Epochs that are complete: what their sentences say, the first one that knows it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.joins import fill_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.formats.nmea.sentences import Kind
    from telemparse.formats.nmea.tables import Table
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Joined"]


@attrs.frozen
class Joined:
    """Epochs that are complete, in the order of their first sentences.

    Args:
        t_ns: since 1970, or since midnight of an unknown day, shape (n,).
        near: epochs next to a skipped sentence.
        broken: epochs before which there were some without fix and time.
        tables: by kind; rows are epochs.
    """

    t_ns: Ints
    near: Mask
    broken: Mask
    tables: dict[Kind, Table]
    _whole: frozenset[Kind] = attrs.field(init=False)

    @_whole.default
    def _find_whole(self) -> frozenset[Kind]:
        """Return the kinds of which each epoch has one sentence."""
        every = np.arange(len(self.t_ns))
        return frozenset(kind for kind, table in self.tables.items() if np.array_equal(table.rows, every))

    def first_of(self, name: str, kinds: Iterable[Kind]) -> Floats:
        """Return a column, shape (n,): of the first of `kinds` that knows it, NaN where none does.

        It may be that of a table itself, and is not to be changed.
        """
        found, fresh = None, False
        for kind in kinds:
            table = self.tables.get(kind)
            if table is None or name not in table.columns:
                continue
            if found is None and kind in self._whole:
                found = table.columns[name]
                continue
            if found is None:
                found, fresh = np.full(len(self.t_ns), np.nan), True
            elif not np.isnan(found).any():
                break
            elif not fresh:
                found, fresh = found.copy(), True
            fill_in(found, table.rows, table.columns[name])
        return np.full(len(self.t_ns), np.nan) if found is None else found

    def knows(self, name: str, kinds: Iterable[Kind]) -> bool:
        """Tell whether a sentence of any of the kinds says `name`."""
        return any(name in self.tables[kind].columns for kind in kinds if kind in self.tables)

    def any_of(self, name: str, kinds: Iterable[Kind]) -> Mask:
        """Return the epochs of which some sentence says `name`, shape (n,)."""
        found = np.zeros(len(self.t_ns), np.bool_)
        for kind in kinds:
            table = self.tables.get(kind)
            if table is not None and name in table.columns:
                found[table.rows[table.columns[name]]] = True
        return found
