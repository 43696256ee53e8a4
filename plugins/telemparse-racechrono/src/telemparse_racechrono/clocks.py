"""Clocks of a session: each device, and each channel of a vehicle bus, has instants of its own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.model.issues import Issue, Locus
from telemparse.model.skips import Skips

from telemparse_racechrono.archive import skipped
from telemparse_racechrono.elements import LAST_MS, Column, skip_rows
from telemparse_racechrono.names import WIDTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Ints

    from telemparse_racechrono.archive import Folder, Member

__all__ = ["POSITION", "Block", "Clock", "clocks_of"]

TIME, WAY, POSITION = 1, 2, 3
"""Channels that mean the same on every device."""

_INT64 = 1
_NS_PER_MS = 1_000_000
_MOST_ROWS, _MOST_CELLS = 1 << 15, 1 << 20
_MOST_NAMED = 5


@attrs.frozen
class Block:
    """Instants of some rows of a clock.

    Args:
        first: row of the first one.
        t_ns: of those that are instants, shape (n,).
        rows: where these stand in the block, shape (n,).
        count: rows of the block.
    """

    first: int
    t_ns: Ints
    rows: Ints
    count: int


@attrs.define(eq=False)
class Clock:
    """Instants, and the members whose values belong to them.

    Args:
        folder: in which they lie.
        times: the instants in ms since 1970.
        values: members but for instants and way, by channel.
        way: distance since the start at these instants, None where it is not told.
    """

    folder: Folder
    times: Member
    values: list[Member] = attrs.field(factory=list)
    way: Member | None = None
    skips: Skips = attrs.field(factory=Skips)

    @property
    def device(self) -> int:
        """Number of the device."""
        return self.times.name.device

    @property
    def kind(self) -> int:
        """Kind of the device."""
        return self.times.name.kind

    @property
    def rows(self) -> int:
        """How many instants there are."""
        return self.times.size // WIDTHS[_INT64]

    def channel(self, number: int) -> Member | None:
        """Return the member of a channel, None where the device has none."""
        return next((member for member in self.values if member.name.channel == number), None)

    def blocks(self, columns: int) -> Iterator[Block]:
        """Yield the instants in blocks whose `columns` columns fit the memory."""
        step = max(1, min(_MOST_ROWS, _MOST_CELLS // max(1, columns)))
        column = Column(self.times)
        for first in range(0, self.rows, step):
            count = min(step, self.rows - first)
            values, known = column.read(first, count)
            timed = known & (values > 0) & (values < LAST_MS)
            skip_rows(self.skips, self.folder.archive, np.flatnonzero(~timed) + first)
            rows = np.flatnonzero(timed)
            yield Block(first, values[rows].astype(np.int64) * _NS_PER_MS, rows, count)

    def complaints(self) -> Iterator[Issue]:
        """Yield what does not fit: ends within a value, and members of another length than the clock."""
        place, archive = Locus(self.folder.archive), self.folder.archive
        members = [*self.values, *([self.way] if self.way is not None else [])]
        for member in (self.times, *members):
            whole = member.size - member.size % WIDTHS[member.name.element]
            if whole != member.size:
                yield Issue("ARTIFACT_TRUNCATED", place, artifact=f"{archive}/{member.base}", offset=whole)
        lengths = {member.base: Column(member).rows for member in members}
        differing = {base: rows for base, rows in lengths.items() if rows != self.rows}
        if differing:
            yield Issue(
                "RACECHRONO_RCZ_LENGTHS_DIFFER", place, count=len(differing), clock=self.times.base,
                rows=self.rows, members=dict(list(differing.items())[:_MOST_NAMED]),
            )  # fmt: skip

    def losses(self) -> Iterator[Issue]:
        """Yield what was left out while the blocks went by."""
        yield from self.skips.issues(total=self.rows, member=self.times.base)


def clocks_of(folder: Folder, issues: list[Issue]) -> list[Clock]:
    """Return the clocks of a folder that time something, by device and channel.

    Those of one device that hold the same instants are one. `issues` gets channels without a clock.
    """
    by_group: dict[tuple[int, int, int], Clock] = {}
    for name, member in folder.channels.items():
        if name.channel == TIME and name.element == _INT64:
            by_group.setdefault((name.kind, name.device, name.group), Clock(folder, member))
    lost: list[str] = []
    for name, member in sorted(folder.channels.items(), key=_order):
        clock = by_group.get((name.kind, name.device, name.group))
        if clock is None:
            lost.append(member.base)
        elif name.channel == WAY and name.element == _INT64:
            clock.way = clock.way or member
        elif member is not clock.times:
            clock.values.append(member)
    if lost:
        issues.append(skipped(folder, lost, "no clock"))
    return _merged([clock for clock in by_group.values() if clock.values or clock.way is not None])


def _order(item: tuple[tuple[int | str, ...], Member]) -> tuple[int, int, int, str]:
    name = item[1].name
    return name.device, name.channel & 0x7FFF, name.channel, name.series


def _merged(clocks: list[Clock]) -> list[Clock]:
    """Return clocks of which no two of one device hold the same instants."""
    known: dict[tuple[int, int, int, bytes], Clock] = {}
    sizes: dict[tuple[int, int, int], int] = {}
    for clock in clocks:
        size = (clock.kind, clock.device, clock.times.size)
        sizes[size] = sizes.get(size, 0) + 1
    for clock in clocks:
        size = (clock.kind, clock.device, clock.times.size)
        first = known.setdefault((*size, _digest(clock) if sizes[size] > 1 else b""), clock)
        if first is not clock:
            first.values += clock.values
            first.way = first.way or clock.way
    for clock in known.values():
        clock.values.sort(key=lambda member: (member.name.channel & 0x7FFF, member.name.channel))
    return sorted(
        known.values(), key=lambda clock: (clock.device, clock.times.name.group & 0x7FFF, clock.times.name)
    )


def _digest(clock: Clock) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for piece in clock.times.artifact.chunks():
        digest.update(piece)
    return digest.digest()
