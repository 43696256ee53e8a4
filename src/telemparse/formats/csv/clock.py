"""The clock of a table at work: instants of each block, with the state that joins the blocks."""

from __future__ import annotations

import copy
import enum
from typing import TYPE_CHECKING, Protocol

import attrs
import numpy as np

from telemparse.formats.csv.numbers import exact, text
from telemparse.formats.csv.sources import Instants
from telemparse.kernels.clocks import DAY_NS, NS_PER_S, gps_to_utc_ns, local_to_utc_ns
from telemparse.kernels.dates import offsets_ns

if TYPE_CHECKING:
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.sources import NumberSource
    from telemparse.formats.csv.timing import TimeColumn
    from telemparse.kernels.arrays import Ints

__all__ = ["Clock", "Zone", "anchor"]

_JUMP_NS = 5 * NS_PER_S
_MS_PER_S = 1000
_GPS_EPOCH_NS = 315_964_800 * NS_PER_S  # 1980-01-06
_WEEK_NS = 7 * DAY_NS


class Zone(enum.Enum):
    """What brings a wall clock to UTC."""

    NONE = "none"
    """It is UTC already, or has no calendar."""
    NAMED = "named"
    """The zone of the `timezone=` option."""
    COLUMN = "column"
    """An offset column."""
    GPS = "gps"
    """The leap seconds of its date, for it counts none."""


class _Source(Protocol):
    """Where wall-clock times of a block come from."""

    def read(self, cells: Cells, decimal: str) -> Instants: ...


@attrs.define
class Clock:
    """Turns blocks into instants.

    Args:
        source: of wall-clock times, or of numbers.
        time_base: see `telemparse.schemas.build`.
        columns: the source columns that it reads.
        words: what it is, for the metadata.
        zone: what brings it to UTC.
        zone_name: of the option.
        offset: the offset column.
        assumed_utc: wall-clock stamps of an unnamed zone are taken as UTC.
        fraction: a column of milliseconds beside stamps of whole seconds.
        counter: a fine counter that subdivides the stamps, anchored at `base_ns`.
        base_ns: stamp less counter at the tick edges of the file's head.
        start_ns: instant of the zero of a counter whose start the preamble tells, or None.
    """

    source: _Source
    time_base: str
    columns: tuple[TimeColumn, ...]
    words: str
    zone: Zone = Zone.NONE
    zone_name: str = ""
    offset: TimeColumn | None = None
    assumed_utc: bool = False
    fraction: TimeColumn | None = None
    counter: NumberSource | None = None
    base_ns: int | None = None
    start_ns: int | None = None
    origin_ns: int | None = None
    _last_difference: int | None = None

    def calibrate(self, cells: Cells, decimal: str) -> None:
        """Anchor the counter by the head of the file, whatever size its blocks will have."""
        if self.counter is None:
            return
        # The stamps' state (midnights passed) must not be moved by the trial.
        coarse, fine = copy.deepcopy(self.source).read(cells, decimal), self.counter.read(cells, decimal)
        valid = np.ones(cells.rows, np.bool_)
        for part in (coarse, fine):
            if part.valid is not None:
                valid &= part.valid
        if valid.any():
            self.base_ns = anchor(coarse.t_ns[valid], fine.t_ns[valid])

    def read(self, cells: Cells, decimal: str) -> Instants:
        """Return the instants of a block, in the time base."""
        found = self._anchored(cells, decimal) if self.counter is not None else self._stamps(cells, decimal)
        if self.zone is not Zone.NONE:
            found = self._in_utc(found, cells)
        if self.start_ns is not None:
            found = Instants(found.t_ns + self.start_ns, found.valid, found.repaired)
        if self.time_base == "relative":
            found = self._from_origin(found)
        return found

    @property
    def zero_ns(self) -> int | None:
        """Where the zero of a counter lies in the time base; None for stamps, and before the first row."""
        if self.start_ns is not None:
            return self.start_ns
        return -self.origin_ns if self.origin_ns is not None else None

    def _stamps(self, cells: Cells, decimal: str) -> Instants:
        found = self.source.read(cells, decimal)
        if self.fraction is None:
            return found
        fraction_ns, valid, _bad = exact(cells.columns[self.fraction.column.index], decimal, 9)
        fraction_ns //= _MS_PER_S
        valid &= (fraction_ns >= 0) & (fraction_ns < NS_PER_S)
        valid = valid if found.valid is None else valid & found.valid
        return Instants(
            found.t_ns + np.where(valid, fraction_ns, 0), valid, found.repaired, zoned=found.zoned
        )

    def _in_utc(self, found: Instants, cells: Cells) -> Instants:
        if self.zone is Zone.NAMED:
            safe = found.t_ns if found.valid is None else np.where(found.valid, found.t_ns, 0)
            t_ns = local_to_utc_ns(safe, self.zone_name)
            if found.zoned is not None:
                t_ns = np.where(found.zoned, safe, t_ns)
            return Instants(t_ns, found.valid, found.repaired)
        if self.zone is Zone.GPS:
            safe = found.t_ns if found.valid is None else np.where(found.valid, found.t_ns, _GPS_EPOCH_NS)
            weeks, rest_ns = np.divmod(safe - _GPS_EPOCH_NS, _WEEK_NS)
            return Instants(gps_to_utc_ns(weeks, rest_ns), found.valid, found.repaired)
        assert self.offset is not None  # noqa: S101  (a COLUMN zone has one)
        offset_ns, known = offsets_ns(text(cells.columns[self.offset.column.index]))
        valid = known if found.valid is None else found.valid & known
        return Instants(found.t_ns - offset_ns, valid, found.repaired)

    def _from_origin(self, found: Instants) -> Instants:
        if self.origin_ns is None:
            known = found.t_ns if found.valid is None else found.t_ns[found.valid]
            if not len(known):
                return found
            self.origin_ns = int(known[0])
        return Instants(found.t_ns - self.origin_ns, found.valid, found.repaired)

    def _anchored(self, cells: Cells, decimal: str) -> Instants:
        """Return the counter on the stamps' calendar.

        The base holds as long as stamps and counter run together; where they part by more than five
        seconds from one row to the next (a restarted counter, a clock set anew), the stamp of that row
        becomes the new base.
        """
        assert self.counter is not None  # noqa: S101  (asked by the caller)
        coarse, fine = self.source.read(cells, decimal), self.counter.read(cells, decimal)
        valid = np.ones(cells.rows, np.bool_)
        for part in (coarse, fine):
            if part.valid is not None:
                valid &= part.valid
        rows = np.flatnonzero(valid)
        t_ns = np.zeros(cells.rows, np.int64)
        if not len(rows):
            return Instants(t_ns, valid)
        difference = coarse.t_ns[rows] - fine.t_ns[rows]
        if self.base_ns is None:
            self.base_ns = int(difference[0])
        if self._last_difference is None:
            self._last_difference = int(difference[0])
        before = np.concatenate([[self._last_difference], difference[:-1]])
        parted = np.flatnonzero(np.abs(difference - before) > _JUMP_NS)
        which = np.zeros(len(rows), np.int64)
        which[parted] = np.arange(1, len(parted) + 1)
        bases = np.concatenate([[self.base_ns], difference[parted]])[np.maximum.accumulate(which)]
        self.base_ns, self._last_difference = int(bases[-1]), int(difference[-1])
        t_ns[rows] = fine.t_ns[rows] + bases
        return Instants(t_ns, None if len(rows) == cells.rows else valid, coarse.repaired)


def anchor(coarse_ns: Ints, fine_ns: Ints) -> int:
    """Return the base that makes as many stamps as possible the whole second of base + counter, in ns.

    A stamp of whole seconds agrees with base + counter when it lies less than a second before it. Where
    stamps and counter are one clock, all agree and the base is exact to the step of the counter; where
    the stamps tick unevenly, the densest second of differences decides. Of equally good bases the first
    is taken, so that a stamp never lies behind its row.
    """
    differences = np.sort(coarse_ns - fine_ns)
    agreeing = np.arange(1, len(differences) + 1) - np.searchsorted(
        differences, differences - NS_PER_S, side="right"
    )
    return int(differences[int(agreeing.argmax())])
