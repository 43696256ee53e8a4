"""Rows of one table as they gather, payload by payload, until they are worth a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BATCH_ROWS", "Rows"]

BATCH_ROWS = 20_000
_ARRAY_BYTES = 120  # what an array takes beside its values


@attrs.define
class Rows:
    """Columns by name, in parts of shape (n,).

    Attributes:
        count: rows so far.
        held_bytes: that they take.
    """

    count: int = 0
    held_bytes: int = 0
    _parts: dict[str, list[NDArray[Any]]] = attrs.field(factory=dict)

    def add(self, columns: dict[str, NDArray[Any]]) -> None:
        """Take rows; the columns are always the same ones."""
        self.count += len(next(iter(columns.values())))
        for name, values in columns.items():
            self._parts.setdefault(name, []).append(values)
            self.held_bytes += values.nbytes + _ARRAY_BYTES

    def drain(self) -> dict[str, NDArray[Any]]:
        """Return all rows and begin anew."""
        columns = {name: np.concatenate(parts) for name, parts in self._parts.items()}
        self._parts.clear()
        self.count = self.held_bytes = 0
        return columns
