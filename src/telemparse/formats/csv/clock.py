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
    from telemparse.formats.csv.spelled_zones import SpelledZones
    from telemparse.formats.csv.ticks import Counter
    from telemparse.formats.csv.timing import TimeColumn

__all__ = ["Clock", "Zone"]

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
    SPELLED = "spelled"
    """The zones in a column of spelled dates."""
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
        words: what it is without the counter.
        zone: what brings it to UTC.
        zone_name: of the option.
        offset: the offset column, or that of spelled dates.
        spelled: reads the zones in it.
        assumed_utc: wall-clock stamps of an unnamed zone are taken as UTC.
        fraction: a column of milliseconds or nanoseconds beside stamps of whole seconds.
        counter: one of the device beside the stamps, finer or steadier than they are.
        start_ns: instant of the zero of a counter whose start the preamble tells, or None.
    """

    source: _Source
    time_base: str
    columns: tuple[TimeColumn, ...]
    words: str
    zone: Zone = Zone.NONE
    zone_name: str = ""
    offset: TimeColumn | None = None
    spelled: SpelledZones | None = None
    assumed_utc: bool = False
    fraction: TimeColumn | None = None
    counter: Counter | None = None
    start_ns: int | None = None
    origin_ns: int | None = None

    def calibrate(self, cells: Cells, decimal: str) -> None:
        """Anchor the counter by the head of the file, whatever size its blocks will have."""
        if self.counter is not None:
            # The stamps' state (midnights passed) must not be moved by the trial.
            stamps = copy.deepcopy(self).stamps(cells, decimal)
            self.counter.calibrate(stamps, self.counter.source.read(cells, decimal))

    def description(self) -> str:
        """Return what the clock is, for the metadata."""
        return self.words if self.counter is None else self.counter.words(self.words)

    def read(self, cells: Cells, decimal: str) -> Instants:
        """Return the instants of a block, in the time base."""
        found = self.stamps(cells, decimal)
        if self.counter is not None:
            found = self.counter.instants(found, self.counter.source.read(cells, decimal))
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
        if self.time_base == "index":
            return 0
        return -self.origin_ns if self.origin_ns is not None else None

    def stamps(self, cells: Cells, decimal: str) -> Instants:
        """Return the wall-clock times or numbers of a block, as they are written."""
        found = self.source.read(cells, decimal)
        if self.fraction is None:
            return found
        fraction_ns, valid, _bad = exact(cells.columns[self.fraction.column.index], decimal, 9)
        # u-blox rounds to the next second, and takes the rest off as negative nanoseconds.
        of_ms = self.fraction.name == "millisecond"
        fraction_ns //= _MS_PER_S if of_ms else NS_PER_S
        valid &= (fraction_ns >= (0 if of_ms else -NS_PER_S)) & (fraction_ns < NS_PER_S)
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
        texts = text(cells.columns[self.offset.column.index])
        if self.spelled is not None:
            return Instants(found.t_ns - self.spelled.read(texts), found.valid, found.repaired)
        offset_ns, known = offsets_ns(texts)
        valid = known if found.valid is None else found.valid & known
        return Instants(found.t_ns - offset_ns, valid, found.repaired)

    def _from_origin(self, found: Instants) -> Instants:
        if self.origin_ns is None:
            known = found.t_ns if found.valid is None else found.t_ns[found.valid]
            if not len(known):
                return found
            self.origin_ns = int(known[0])
        return Instants(found.t_ns - self.origin_ns, found.valid, found.repaired)
