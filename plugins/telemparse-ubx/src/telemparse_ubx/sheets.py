"""Epochs as columns, each put together from messages of several kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.joins import fill_in

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Mask

    from telemparse_ubx.epochs import Joined
    from telemparse_ubx.messages import Kind
    from telemparse_ubx.readings import Columns

__all__ = ["Sheet"]


@attrs.define
class Sheet:
    """Columns of epochs, put together from messages of several kinds."""

    joined: Joined
    read: dict[Kind, Columns]
    _made: dict[tuple[str, tuple[Kind, ...]], Floats] = attrs.field(factory=dict)

    def knows(self, name: str, kinds: tuple[Kind, ...]) -> bool:
        """Tell whether any message of the kinds has the column."""
        return any(name in self.read.get(kind, ()) for kind in kinds)

    def first_of(self, name: str, kinds: tuple[Kind, ...]) -> Floats:
        """Return a column, shape (n,), each value from the first kind that knows it, NaN where none does."""
        if (name, kinds) not in self._made:
            column = np.full(len(self.joined.unrolled_ms), np.nan)
            for kind in kinds:
                if name in self.read.get(kind, ()):
                    fill_in(column, self.joined.tables[kind].records, self.read[kind][name])
            self._made[name, kinds] = column
        return self._made[name, kinds]

    def any_of(self, name: str, kinds: tuple[Kind, ...]) -> Mask:
        """Return which epochs have a message that says yes, shape (n,)."""
        found = np.zeros(len(self.joined.unrolled_ms), np.bool_)
        for kind in kinds:
            if name in self.read.get(kind, ()):
                found[self.joined.tables[kind].records[self.read[kind][name]]] = True
        return found

    def has(self, kinds: tuple[Kind, ...]) -> Mask:
        """Return which epochs have a message of any of the kinds, shape (n,)."""
        found = np.zeros(len(self.joined.unrolled_ms), np.bool_)
        for kind in kinds:
            if kind in self.joined.tables:
                found[self.joined.tables[kind].records] = True
        return found
