"""Epochs: the navigation messages of one time of week, joined in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.joins import last_before, same_time

from telemparse_ubx.messages import Kind
from telemparse_ubx.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

    from telemparse_ubx.tables import Tables

__all__ = ["REACH", "Epochs", "Joined"]

REACH = 64
"""Messages of epochs after the first one of an epoch among which another of it may still stand."""

_JOINING = (
    Kind.NAV_PVT, Kind.NAV_HPPOSLLH, Kind.NAV_POSLLH, Kind.NAV_VELNED, Kind.NAV_SOL, Kind.NAV_STATUS,
    Kind.NAV_DOP, Kind.NAV_ATT, Kind.NAV_COV, Kind.NAV_TIMEGPS, Kind.NAV_TIMEUTC,
)  # fmt: skip
_JOINS = np.zeros(1 << 16, np.bool_)
_JOINS[list(_JOINING)] = True


@attrs.frozen
class Joined:
    """Epochs in the order of their first messages.

    Args:
        offsets: of their first messages in the artifact, shape (n,).
        unrolled_ms: since the beginning of the log's first week, shape (n,).
        bases: ms of GPS time of that, shape (n,).
        near: which of them stand next to damage, shape (n,).
        tables: messages by kind; their records are numbers of epochs.
    """

    offsets: Ints
    unrolled_ms: Ints
    bases: Ints
    near: Mask
    tables: dict[Kind, Table]


@attrs.frozen
class _Records:
    """Messages that belong to epochs, each array of shape (n,), `numbers` counting them over the log."""

    numbers: Ints
    codes: Ints
    offsets: Ints
    unrolled_ms: Ints
    bases: Ints
    near: Mask

    def where(self, rows: Mask) -> _Records:
        return _Records(*(getattr(self, field.name)[rows] for field in attrs.fields(_Records)))

    def with_more(self, other: _Records) -> _Records:
        return _Records(
            *(
                np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in attrs.fields(_Records)
            )
        )


@attrs.define
class Epochs:
    """Joins the messages of one log, piece by piece."""

    _next: int = 0
    _held: _Records | None = None
    _tables: dict[Kind, Table] = attrs.field(factory=dict)
    _near: bool = False

    def take(self, tables: Tables, marks: list[int]) -> Joined | None:
        """Return the epochs that no later message can join any more, None where there is none.

        Args:
            tables: messages of a piece.
            marks: offsets of damage in it.
        """
        rows = np.flatnonzero(_JOINS[tables.codes])
        numbers = np.arange(self._next, self._next + len(rows))
        self._next += len(rows)
        offsets = tables.offsets[rows]
        more = _Records(
            numbers, tables.codes[rows], offsets, tables.unrolled_ms[rows], tables.bases[rows],
            self._next_to(offsets, np.array(marks, np.int64)),
        )  # fmt: skip
        number_of = np.full(len(tables.codes), -1)
        number_of[rows] = numbers
        joined = {
            kind: attrs.evolve(table, records=number_of[table.records])
            for kind, table in tables.tables.items()
            if kind in _JOINING
        }
        for kind, table in self._tables.items():
            joined[kind] = _followed_by(table, joined[kind]) if kind in joined else table
        held = more if self._held is None else self._held.with_more(more)
        return self._complete(held, joined, self._next - 1 - REACH)

    def rest(self) -> Joined | None:
        """Return the epochs that are still open at the end of a log."""
        return None if self._held is None else self._complete(self._held, self._tables, self._next)

    def _next_to(self, offsets: Ints, marks: Ints) -> Mask:
        """Return which messages stand next to damage; the last one of the piece before may be another."""
        near = np.zeros(len(offsets), np.bool_)
        if len(offsets) and self._near:
            near[0], self._near = True, False
        if len(marks):
            before = last_before(offsets, marks)
            near[before[before >= 0]] = True
            near[before[before + 1 < len(offsets)] + 1] = True
            if (before < 0).any() and self._held is not None and len(self._held.near):
                self._held.near[-1] = True
            self._near |= bool((before + 1 >= len(offsets)).any())
        return near

    def _complete(self, records: _Records, tables: dict[Kind, Table], until: int) -> Joined | None:
        groups = same_time(records.unrolled_ms, records.numbers, _rank(records.codes), REACH)
        count = int(groups.max()) + 1 if len(groups) else 0
        # Backwards, so that of several rows the first one stays.
        first = np.empty(count, np.int64)
        first[groups[::-1]] = np.arange(len(groups))[::-1]
        ready = int(np.searchsorted(records.numbers[first], until))
        taken = groups < ready
        done: dict[Kind, Table] = {}
        left: dict[Kind, Table] = {}
        for kind, table in tables.items():
            epochs = groups[np.searchsorted(records.numbers, table.records)]
            now = epochs < ready
            if now.any():
                done[kind] = _chosen(attrs.evolve(table, records=epochs), now)
            if not now.all():
                left[kind] = _chosen(table, ~now)
        self._held, self._tables = records.where(~taken), left
        if not ready:
            return None
        first = first[:ready]
        near = np.zeros(ready, np.bool_)
        near[groups[records.near & taken]] = True
        return Joined(records.offsets[first], records.unrolled_ms[first], records.bases[first], near, done)


_RANKS = np.zeros(1 << 16, np.int64)
_RANKS[list(_JOINING)] = np.arange(len(_JOINING))


def _rank(codes: Ints) -> Ints:
    ranks: Ints = _RANKS[codes]
    return ranks


def _chosen(table: Table, rows: Mask) -> Table:
    if rows.all():
        return table
    count = int(np.count_nonzero(rows))
    if rows[:count].all():
        return _cut(table, slice(None, count))
    if rows[-count:].all():
        return _cut(table, slice(-count, None))
    return _cut(table, np.flatnonzero(rows))


def _cut(table: Table, rows: slice | Ints) -> Table:
    payloads = _opaque(table.rows)[rows].view(table.rows.dtype)
    return Table(payloads, table.records[rows], table.t_ns[rows], table.dated[rows])


def _followed_by(one: Table, other: Table) -> Table:
    payloads = np.concatenate([_opaque(one.rows), _opaque(other.rows)]).view(one.rows.dtype)
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("records", "t_ns", "dated"))
    return Table(payloads, *(np.concatenate(pair) for pair in pairs))


def _opaque(rows: NDArray[Any]) -> NDArray[Any]:
    """Return records as bytes without fields, which numpy copies at once."""
    return rows.view(f"V{rows.dtype.itemsize}")
