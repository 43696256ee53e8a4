"""Epochs: the sentences of one instant, joined by their time, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.nmea.blocks import NO_DAY
from telemparse.formats.nmea.joined import Joined
from telemparse.formats.nmea.tables import chosen, divided, followed_by, numbered, reversed_rows, thinned
from telemparse.kernels.clocks import DAY_NS
from telemparse.kernels.joins import last_before, same_time

if TYPE_CHECKING:
    from telemparse.formats.nmea.blocks import Block
    from telemparse.formats.nmea.sentences import Kind
    from telemparse.formats.nmea.tables import Table
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["REACH", "Epochs"]

REACH = 256
"""Sentences with a time after the first of an epoch among which another of it may still stand."""


@attrs.frozen
class _Rows:
    """Sentences with a time that join, each array of shape (n,).

    Args:
        numbers: of the sentences in the log.
        of_day_ns: their times.
        addresses: numbers of their addresses.
        days: theirs, or those carried to them.
        named: which of them name the day themselves.
        near: which stand next to a sentence that was skipped for its checksum.
        broken: which stand behind an epoch that has no fix and no time.
    """

    numbers: Ints
    of_day_ns: Ints
    addresses: Ints
    days: Ints
    named: Mask
    near: Mask
    broken: Mask

    def where(self, rows: Mask) -> _Rows:
        return _Rows(*(getattr(self, field.name)[rows] for field in attrs.fields(_Rows)))

    def with_more(self, other: _Rows) -> _Rows:
        if not len(self.numbers):
            return other
        return _Rows(
            *(
                np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in attrs.fields(_Rows)
            )
        )


@attrs.define
class Epochs:
    """Joins the blocks of one log.

    Args:
        leading: kinds of sentences that stand before those with a time.

    Attributes:
        blank: epochs so far without fix and time.
        trailing: whether the last epoch so far is such a one.
    """

    leading: frozenset[Kind] = frozenset()
    blank: int = 0
    trailing: bool = False
    _near: bool = False
    _next: int = 0
    _held: _Rows | None = None
    _tables: dict[Kind, Table] = attrs.field(factory=dict)
    _under_way_ns: int = -1
    _said: set[int] = attrs.field(factory=set)

    def take(self, block: Block, days: Ints, failed: Ints) -> Joined | None:
        """Return the epochs that no later sentence can join any more, None where there is none.

        Args:
            block: sentences of a piece.
            days: of those with a time.
            failed: places of sentences of the piece that were skipped for their checksums.
        """
        rows = self._rows(block, days, failed)
        first = self._next
        self._next += len(rows.numbers)
        held = self._held.with_more(rows) if self._held is not None else rows
        kept = len(held.numbers) - len(rows.numbers)
        tables = {kind: numbered(table, first) for kind, table in block.tables.items()}
        for kind, table in self._tables.items():
            # What waits for a fix to come is told of none where that has no time.
            held_table = chosen(table, table.rows < first) if block.begins_blank else table
            tables[kind] = followed_by(held_table, tables[kind]) if kind in tables else held_table
        tables = {kind: thinned(table, REACH, last=kind in self.leading) for kind, table in tables.items()}
        return self._complete(held, tables, self._next - 1 - REACH, first - kept)

    def rest(self) -> Joined | None:
        """Return the epochs that are still open at the end of a log."""
        return None if self._held is None else self._complete(self._held, self._tables, self._next, 0)

    def _rows(self, block: Block, days: Ints, failed: Ints) -> _Rows:
        joins = block.joins
        if joins.all():
            places, of_day_ns, addresses, own = block.places, block.of_day_ns, block.addresses, block.days
        else:
            places, of_day_ns, addresses = block.places[joins], block.of_day_ns[joins], block.addresses[joins]
            days, own = days[joins], block.days[joins]
        count = len(places)
        near = np.zeros(count, np.bool_)
        if self._near and count:
            near[0], self._near = True, False
        if len(failed):
            before = last_before(places, failed)
            near[before[before >= 0]] = True
            near[before[before + 1 < count] + 1] = True
            if (before < 0).any() and self._held is not None and len(self._held.near):
                self._held.near[-1] = True
            self._near |= bool((before + 1 >= count).any())
        broken = self._blanks(block, places, of_day_ns, addresses)
        return _Rows(
            np.arange(self._next, self._next + count), of_day_ns, addresses, days, own != NO_DAY, near, broken
        )

    def _blanks(self, block: Block, places: Ints, of_day_ns: Ints, addresses: Ints) -> Mask:
        """Count epochs of sentences that leave their time out, and return which rows stand behind one.

        Such a sentence belongs to the epoch under way, unless one of its address has been said in it.
        """
        broken = np.zeros(len(places), np.bool_)
        if not len(block.blanks):
            if len(places):
                broken[0], self.trailing = self.trailing, False
                self._go_on(of_day_ns, addresses)
            return broken
        order = np.argsort(np.concatenate([places, block.blanks]), kind="stable")
        times = np.concatenate([of_day_ns, np.full(len(block.blanks), -1)])[order].tolist()
        names = np.concatenate([addresses, block.blank_addresses])[order].tolist()
        for row, time, name in zip(order.tolist(), times, names, strict=True):
            if time >= 0:
                broken[row], self.trailing = self.trailing, False
                if time != self._under_way_ns:
                    self._under_way_ns, self._said = time, set()
            elif name in self._said or (self._under_way_ns < 0 and not self._said):
                self.blank += 1
                self._under_way_ns, self._said, self.trailing = -1, set(), True
            self._said.add(name)
        return broken

    def _go_on(self, of_day_ns: Ints, addresses: Ints) -> None:
        """Remember what the last epoch of a block has said."""
        last = int(of_day_ns[-1])
        others = np.flatnonzero(of_day_ns != last)
        first = int(others[-1]) + 1 if len(others) else 0
        said = set(addresses[first:].tolist())
        self._said = said | self._said if not len(others) and last == self._under_way_ns else said
        self._under_way_ns = last

    def _complete(self, rows: _Rows, tables: dict[Kind, Table], until: int, shift: int) -> Joined | None:
        """Join rows, return the epochs that began before `until`, and hold the others back."""
        groups = same_time(rows.of_day_ns, rows.numbers, rows.addresses, REACH)
        count = int(groups.max()) + 1 if len(groups) else 0
        # Backwards, so that of several rows the first one stays.
        first = np.empty(count, np.int64)
        first[groups[::-1]] = np.arange(len(groups))[::-1]
        ready = int(np.searchsorted(rows.numbers[first], until))
        taken = groups < ready
        found: dict[Kind, Table] = {}
        left: dict[Kind, Table] = {}
        for kind, table in tables.items():
            index = table.rows - shift
            direct = len(index) and index[0] >= 0 and index[-1] < len(groups)
            if not (direct and bool((rows.numbers[index] == table.rows).all())):
                index = np.searchsorted(rows.numbers, table.rows)
            # Those before a fix that is still to come are of no epoch yet.
            epochs = np.append(groups, ready)[index]
            found[kind], left[kind] = divided(table, epochs, epochs < ready)
            if kind in self.leading:
                # Of several before one fix, the nearest is its own.
                found[kind] = reversed_rows(found[kind])
        self._held, self._tables = rows.where(~taken), left
        if not ready:
            return None
        first = first[:ready]
        days = rows.days[first].copy()
        named = np.flatnonzero(rows.named & taken)[::-1]
        days[groups[named]] = rows.days[named]
        near, broken = np.zeros(ready, np.bool_), np.zeros(ready, np.bool_)
        near[groups[rows.near & taken]] = True
        broken[groups[rows.broken & taken]] = True
        return Joined(days * DAY_NS + rows.of_day_ns[first], near, broken, found)
