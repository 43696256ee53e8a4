"""Samples of groups that share a time base, as rows of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.joins import same_time

from telemparse_vbb.gathering import raw_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_vbb.layouts import Layout

__all__ = ["Place", "Rows", "Samples", "rows_of"]

_REACH = 4096  # samples of one instant that come farther apart stay rows of their own

Place = tuple[int, int]
"""A group, and which of its channels."""


@attrs.frozen(eq=False)
class Samples:
    """Samples of one group, in the order of the file.

    Args:
        layout: of the group.
        records: the samples, shape (n,).
        t_ns: their instants, shape (n,).
        numbers: of the samples among those of all groups, ascending, shape (n,).
    """

    layout: Layout
    records: NDArray[np.void]
    t_ns: Ints
    numbers: Ints

    def part(self, chosen: Mask) -> Samples:
        """Return some of the samples."""
        return Samples(self.layout, self.records[chosen], self.t_ns[chosen], self.numbers[chosen])


@attrs.frozen(eq=False)
class Rows:
    """Rows of a time base.

    Args:
        t_ns: instants, shape (n,), in the order of the file.
        parts: samples by group, each with the rows in which they stand; None for all rows.
    """

    t_ns: Ints
    parts: dict[int, tuple[Samples, Ints | None]]

    def has(self, group: int) -> Mask:
        """Return the rows with a sample of a group, shape (n,)."""
        mask = np.zeros(len(self.t_ns), np.bool_)
        if group in self.parts:
            rows = self.parts[group][1]
            mask[:] = True if rows is None else mask
            if rows is not None:
                mask[rows] = True
        return mask

    def numbers(self, place: Place) -> tuple[Floats, Mask]:
        """Return values of a channel as the file scales them, shape (n,), and which are known."""
        group, index = place
        if group not in self.parts:
            return np.zeros(len(self.t_ns)), np.zeros(len(self.t_ns), np.bool_)
        samples, rows = self.parts[group]
        values, known = values_of(samples.records, samples.layout, index)
        return self._spread(values, rows), self._spread(known, rows)

    def raw(self, place: Place) -> NDArray[Any]:
        """Return what samples of a group that is there hold of a channel, shape (n,), 0 in other rows."""
        samples, rows = self.parts[place[0]]
        return self._spread(raw_of(samples.records, place[1]), rows)

    def _spread(self, values: NDArray[Any], rows: Ints | None) -> NDArray[Any]:
        if rows is None:
            return values
        spread = np.zeros(len(self.t_ns), values.dtype)
        spread[rows] = values
        return spread


def rows_of(some: Iterable[Samples]) -> Rows:
    """Return the samples of several groups as rows: those of one instant are one row."""
    parts = list(some)
    first = parts[0].t_ns
    if all(np.array_equal(first, part.t_ns) for part in parts[1:]) and bool((np.diff(first) > 0).all()):
        return Rows(first, {part.layout.group: (part, None) for part in parts})
    numbers = np.concatenate([part.numbers for part in parts])
    kinds = np.repeat(np.arange(len(parts)), [len(part.numbers) for part in parts])
    t_ns = np.concatenate([part.t_ns for part in parts])
    order = np.argsort(numbers, kind="stable")
    row = np.empty(len(numbers), np.int64)
    row[order] = same_time(t_ns[order], numbers[order], kinds[order], _REACH)
    instants = np.empty(int(row.max()) + 1, np.int64)
    instants[row] = t_ns
    return Rows(instants, {part.layout.group: (part, row[kinds == kind]) for kind, part in enumerate(parts)})
