"""Where wall-clock times come from: stamps, numbers, or a date and a time of day in several columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.csv.numbers import exact, text
from telemparse.formats.csv.timing import Form
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.casts import instants
from telemparse.kernels.clocks import DAY_NS, NS_PER_S, digits_of_day, gps_to_utc_ns, midnights
from telemparse.kernels.dates import dates, stamps, times_of_day

if TYPE_CHECKING:
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.timing import TimeColumn
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["DATE_PARTS", "DaySource", "Instants", "NumberSource", "RowSource", "StampSource"]


DATE_PARTS = ("year", "month", "day")
"""Columns that make a date together."""


@attrs.frozen
class Instants:
    """Times of one block.

    Args:
        t_ns: ns since 1970-01-01, shape (n,); anything where not valid.
        valid: shape (n,), or None when all are.
        repaired: rows whose time was repaired, or None for none.
        array: the Arrow timestamps, when they are as read.
        zoned: rows whose cell names its offset, so that they are in UTC already; None for none.
    """

    t_ns: Ints
    valid: Mask | None = None
    repaired: Mask | None = None
    array: pa.Array | None = None
    zoned: Mask | None = None


@attrs.define
class StampSource:
    """Date and clock in one cell."""

    column: TimeColumn

    def read(self, cells: Cells, _decimal: str) -> Instants:
        """Return the stamps; those with an offset in UTC."""
        array = cells.columns[self.column.column.index]
        if pa.types.is_timestamp(array.type):
            return Instants(numpy_view(array), validity(array) if array.null_count else None, None, array)
        if self.column.form is Form.ISO:
            t_ns, valid, zoned = instants(text(array))
        else:
            t_ns, valid, zoned = stamps(text(array), self.column.order)
        return Instants(t_ns, valid, zoned=zoned)


@attrs.define
class NumberSource:
    """A number since 1970, since power-up, or since the start of a GPS week."""

    column: TimeColumn
    week: TimeColumn | None = None

    def read(self, cells: Cells, decimal: str) -> Instants:
        """Return the number in ns; with a week, the UTC instant."""
        # The column is read in its own unit with the digits that fill it up to ns.
        t_ns, valid, _bad = exact(cells.columns[self.column.column.index], decimal, 9 - self.column.digits)
        if self.week is not None:
            week, known, _bad = exact(cells.columns[self.week.column.index], decimal, 0)
            valid = valid & known & (week >= 0) & (week < 10_000)  # noqa: PLR2004  (two centuries)
            return Instants(
                np.where(valid, gps_to_utc_ns(np.where(valid, week, 0), np.where(valid, t_ns, 0)), 0), valid
            )
        if self.column.form is Form.EPOCH:
            valid = valid & (t_ns != 0)  # a clock that is not set yet
        return Instants(t_ns, valid)


@attrs.define
class RowSource:
    """The number of the row over a known rate; rows that could not be read have their numbers, too."""

    rate_hz: float
    _passed: int = 0

    def read(self, cells: Cells, _decimal: str) -> Instants:
        """Return instants since the first row."""
        numbers = np.arange(cells.rows, dtype=np.int64)
        places = np.array(cells.skipped.places, np.int64)
        numbers += self._passed + np.searchsorted(places, numbers, side="right")
        self._passed += cells.rows + cells.skipped.count
        if self.rate_hz.is_integer():
            return Instants(numbers * NS_PER_S // int(self.rate_hz))
        return Instants(np.rint(numbers * (NS_PER_S / self.rate_hz)).astype(np.int64))


@attrs.define
class DaySource:
    """Time of day, with or without a date beside it; midnight is passed where the date does not say so.

    Args:
        clock: one column of clocks, or None.
        parts: columns of hours, minutes, seconds and milliseconds otherwise.
        date: column of dates, or None.
        date_parts: columns of years, months and days otherwise, or none.
    """

    clock: TimeColumn | None
    parts: dict[str, TimeColumn]
    date: TimeColumn | None
    date_parts: dict[str, TimeColumn] = attrs.field(factory=dict)
    _previous_ns: int | None = None
    _passed: int = 0
    _day: int | None = None

    def read(self, cells: Cells, decimal: str) -> Instants:
        """Return date and time of day, or time of day on 1970-01-01 and the days that follow."""
        of_day_ns, valid = self._of_day(cells, decimal)
        days = np.zeros(len(of_day_ns), np.int64)
        if self.date is not None:
            days, dated = dates(text(cells.columns[self.date.column.index]), self.date.order)
            valid = valid & dated
        elif self.date_parts:
            days, dated = self._days(cells, decimal)
            valid = valid & dated
        rows = np.flatnonzero(valid)
        if not len(rows):
            return Instants(of_day_ns, valid)
        extra = self._extra_days(of_day_ns[rows], days[rows])
        t_ns = days * DAY_NS + of_day_ns
        if not extra.any():
            return Instants(t_ns, valid)
        t_ns[rows] += extra * DAY_NS
        repaired = np.zeros(len(t_ns), np.bool_)
        repaired[rows] = extra != 0
        return Instants(t_ns, valid, repaired)

    def _of_day(self, cells: Cells, decimal: str) -> tuple[Ints, Mask]:
        if self.clock is None:
            return self._from_parts(cells, decimal)
        array = cells.columns[self.clock.column.index]
        if pa.types.is_time(array.type):
            return numpy_view(array), validity(array)
        if pa.types.is_decimal(array.type):
            value, valid, _bad = exact(array, decimal, 9)
            ns, good = digits_of_day(value)
            return ns, valid & good
        return times_of_day(text(array))

    def _from_parts(self, cells: Cells, decimal: str) -> tuple[Ints, Mask]:
        total = np.zeros(cells.rows, np.int64)
        valid = np.ones(cells.rows, np.bool_)
        for name, (scale, most) in _PARTS.items():
            if name not in self.parts:
                continue
            value, good, _bad = exact(cells.columns[self.parts[name].column.index], decimal, 9)
            total += value // NS_PER_S * scale + value % NS_PER_S * scale // NS_PER_S
            valid &= good & (value >= 0) & (value <= most * NS_PER_S)
        return np.where(valid, total, 0), valid

    def _days(self, cells: Cells, decimal: str) -> tuple[Ints, Mask]:
        """Return days since 1970 of years, months and days, and which rows have a date that there is."""
        read = [exact(cells.columns[self.date_parts[name].column.index], decimal, 9) for name in DATE_PARTS]
        year, month, day = (np.where(valid, value // NS_PER_S, -1) for value, valid, _bad in read)
        year = np.where((year >= 0) & (year < _CENTURY), year + _MILLENNIUM, year)
        there = (year >= _FIRST_YEAR) & (year < _LAST_YEAR) & (month >= 1) & (month <= _MONTHS)
        months = np.where(there, (year - _FIRST_YEAR) * _MONTHS + month - 1, 0)
        firsts = months.astype("datetime64[M]").astype("datetime64[D]")
        lasts = (months + 1).astype("datetime64[M]").astype("datetime64[D]")
        there &= (day >= 1) & (day <= (lasts - firsts).astype(np.int64))
        days: Ints = firsts.astype(np.int64) + np.where(there, day, 1) - 1
        return days, there

    def _extra_days(self, of_day_ns: Ints, days: Ints) -> Ints:
        """Return days to add where the clock has passed midnight and the date has not (yet)."""
        first = of_day_ns[0] if self._previous_ns is None else self._previous_ns
        passed = self._passed + midnights(of_day_ns, int(first))
        before = np.concatenate([[days[0] if self._day is None else self._day], days[:-1]])
        changed = np.flatnonzero(days != before)
        # Midnights that had been counted when the date last changed; it knows them.
        known = np.zeros(len(days), np.int64)
        known[changed] = passed[changed]
        extra: Ints = np.maximum(passed - np.maximum.accumulate(known), 0)
        self._previous_ns, self._day = int(of_day_ns[-1]), int(days[-1])
        self._passed = int(extra[-1])
        return extra


_FIRST_YEAR, _LAST_YEAR, _MILLENNIUM, _CENTURY, _MONTHS = 1970, 2200, 2000, 100, 12
_PARTS = {
    "hour": (3600 * NS_PER_S, 23),
    "minute": (60 * NS_PER_S, 59),
    "second": (NS_PER_S, 61),
    "millisecond": (1_000_000, 999),
}
