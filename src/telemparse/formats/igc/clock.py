"""Instants of timed records: UTC times of day on the day that HFDTE names, carried over midnight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.clocks import DAY_NS, NS_PER_S, civil_days, digits_of_day
from telemparse.kernels.fixed_width import numbers

if TYPE_CHECKING:
    from telemparse.formats.igc.blocks import Text
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes
    from telemparse.model.artifacts import Artifact

__all__ = ["Clock", "day_named", "first_day", "fractions_ns", "is_date"]

_DATE_LINE = re.compile(rb"(?mi)^H[FOPS]?DTE[^\n]*")
# `HFDTE030416` of old, `HFDTEDATE:030416,02` since 2015 with the number of the flight; recorders and apps mix
# the two, and leave out the source or give the year with its century.
_DATE = re.compile(
    r"H[FOPS]?DTE(?:DATE)?[ ]*:?[ ]*(?P<day>\d{4})(?P<year>(?:19|20)?\d\d)"
    r"(?:[ ]*,[ ]*(?P<flight>\d{0,3}))?[ ]*$",
    re.ASCII | re.IGNORECASE,
)

_SUBJECT = re.compile(r"H[FOPS]?DTE", re.IGNORECASE)
_CENTURY_PIVOT = 80  # the GPS epoch lies in 1980: `79` is 2079, `80` is 1980


def day_named(line: str) -> tuple[int, int | None] | None:
    """Return the day of an HFDTE record since 1970-01-01 and the flight's number; None where it names no day.

    The day is written DDMMYY (appendix A, section A3.2), or DDMMYYYY.
    """
    match = _DATE.match(line)
    if match is None:
        return None
    day, month, year = int(match["day"][:2]), int(match["day"][2:]), int(match["year"])
    if len(match["year"]) == 2:  # noqa: PLR2004  (digits)
        year += 2000 if year < _CENTURY_PIVOT else 1900
    days, valid = civil_days(*(np.array([part], np.int64) for part in (year, month, day)))
    return (int(days[0]), int(match["flight"]) if match["flight"] else None) if valid[0] else None


def is_date(line: str) -> bool:
    """Tell whether an H record is one that names the day, readable or not."""
    return _SUBJECT.match(line) is not None


@attrs.define
class Clock:
    """Counts midnights over all timed records of a file, in file order.

    Args:
        day: days since 1970-01-01 that the first HFDTE names; None where none does, and times are of day.

    Attributes:
        midnights: passed since the day was named.
        days: how often another day was named.
    """

    day: int | None
    midnights: int = 0
    days: int = 0
    _passed: int = 0
    _now: int | None = None
    _last_ns: int | None = None

    def facts(self) -> dict[str, Any]:
        """Return how the clock was made, for the metadata."""
        named = "the day of HFDTE" if self.day is not None else "no day, for no HFDTE names one"
        return {
            "source": ["HFDTE", "HHMMSS"],
            "is": f"UTC times of day of the records, on {named}",
            "midnights": self._passed,
            "days_named_anew": self.days,
        }

    @property
    def time_base(self) -> str:
        """`utc`, or `time_of_day` without a day."""
        return "utc" if self.day is not None else "time_of_day"

    def read(self, cells: Bytes) -> tuple[Ints, Mask]:
        """Return ns since midnight of HHMMSS cells, shape (n, 6), and a mask of valid ones."""
        value, whole = numbers(cells)
        of_day_ns, valid = digits_of_day(value, 1)
        return of_day_ns, valid & whole

    def instants(self, of_day_ns: Ints, changes: list[tuple[int, int]]) -> Ints:
        """Return ns since 1970-01-01, shape (n,), of valid times of day in file order.

        A fall by more than half a day is midnight, a rise by as much a late record from the day before.

        Args:
            of_day_ns: shape (n,).
            changes: (first row, day) where a header names another day than before, ascending.
        """
        if self.day is None:
            changes = []
        if self._now is None:
            self._now = self.day or 0
        rows = len(of_day_ns)
        known = [(row, day) for row, day in changes if row < rows]
        if not rows:
            if changes:
                self._begin(changes[-1][1])
            return np.zeros(0, np.int64)
        first = of_day_ns[0] if self._last_ns is None else self._last_ns
        step = np.diff(of_day_ns, prepend=first)
        passed = (step < -DAY_NS // 2).astype(np.int64) - (step > DAY_NS // 2).astype(np.int64)
        starts = np.array([row for row, _day in known], np.int64)
        passed[starts] = 0
        self._passed += int((passed > 0).sum())
        count = np.cumsum(passed)
        base = np.full(rows, self._now, np.int64)
        offset = np.full(rows, self.midnights, np.int64)
        for number, (row, day) in enumerate(known):
            end = known[number + 1][0] if number + 1 < len(known) else rows
            base[row:end], offset[row:end] = day, -(count[row - 1] if row else 0)
        count = count + offset
        self._now, self.midnights = int(base[-1]), int(count[-1])
        self._last_ns = int(of_day_ns[-1])
        self.days += len(known)
        if len(known) < len(changes):
            self._begin(changes[-1][1])
        return (base + count) * DAY_NS + of_day_ns

    def _begin(self, day: int) -> None:
        """Go on to a day that is named behind the last record so far."""
        self._now, self.midnights, self._last_ns = day, 0, None
        self.days += 1


def fractions_ns(value: Ints, power: Ints) -> Ints:
    """Return decimals of a second (field TDS) in ns, shape (n,); digits beyond the ninth do not come here."""
    return value * (NS_PER_S // power)


def first_day(text: Text, artifact: Artifact, block_bytes: int) -> int | None:
    """Return the first day that an HFDTE names, wherever it stands, so that all times have one base."""
    for data in text.blocks(artifact, block_bytes):
        for match in _DATE_LINE.finditer(data):
            day = day_named(text.words(match[0].rstrip(b"\r")))
            if day is not None:
                return day[0]
    return None
