"""The clock of a VBB file: 100 µs of the day in each sample, and a day out of the dates in the dictionary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import DAY_NS, NS_PER_S, gps_to_utc_ns, midnights

from telemparse_vbb.stamps import Stamp, Zone

if TYPE_CHECKING:
    from typing import Any

    from telemparse.kernels.arrays import Ints

    from telemparse_vbb.records import Form
    from telemparse_vbb.survey import Survey

__all__ = ["TICK_NS", "Clock", "clock_of"]

TICK_NS = 100_000

_DATES = ("Date", "Append")
_OFFSET = "GNSS Offset"
_MOST_OFFSET_S = 60
_GPS_EPOCH_DAY = 3657  # 1980-01-06


@attrs.define
class Clock:
    """Gives samples their instants, in the order of the file.

    A fall by more than half a day is midnight. The day of the first sample is the one that brings it nearest
    to the date of the recording; a date between samples (`Append`) begins anew.

    Args:
        anchor: date of the recording, None for none.
        source: where it stands.
        ahead_ns: UTC is so far ahead of the stamps.
        scale: what that was taken from.

    Attributes:
        passed: midnights so far.
    """

    anchor: Stamp | None
    source: str
    ahead_ns: int
    scale: str
    passed: int = 0
    _day: int | None = None
    _turns: int = 0
    _previous_ns: int | None = None

    @property
    def time_base(self) -> str:
        """`utc` with a date, else `time_of_day`."""
        return "time_of_day" if self.anchor is None else "utc"

    def begin_anew(self, anchor: Stamp) -> None:
        """Take a date that stands between samples: those behind it are dated by it."""
        if self.anchor is not None:
            self.anchor, self._day, self._turns, self._previous_ns = anchor, None, 0, None

    def read(self, stamps: Ints) -> Ints:
        """Return the instants of the next samples, ns since 1970, shape (n,)."""
        of_day = stamps * TICK_NS
        if self._day is None:
            self._day = self._first_day(int(of_day[0]))
        turns = self._turns + midnights(
            of_day, int(of_day[0]) if self._previous_ns is None else self._previous_ns
        )
        self._previous_ns = int(of_day[-1])
        self.passed += int(turns[-1]) - self._turns
        self._turns = int(turns[-1])
        t_ns: Ints = (self._day + turns) * DAY_NS + of_day + self.ahead_ns
        return t_ns

    def _first_day(self, of_day_ns: int) -> int:
        if self.anchor is None:
            return 0
        return math.floor((self.anchor.ns - of_day_ns - self.ahead_ns) / DAY_NS + 0.5)

    @property
    def doubt(self) -> str | None:
        """Why the date is doubtful, None where it is not."""
        if self.anchor is None or (self.source in _DATES and self.anchor.zone is Zone.UTC):
            return None
        if self.source in _DATES:
            return "the dictionary has a date whose zone is not said"
        return "the header says when the file was created, which may be an export"

    def facts(self) -> dict[str, Any]:
        """Return how the clock was made."""
        dated = "date of the day nearest to it" if self.anchor is not None else "no date"
        return {
            "source": ["time stamps of samples", *([self.source] if self.anchor is not None else [])],
            "is": f"time of day in 100 us, {self.scale}; {dated}",
            "utc_ahead_s": self.ahead_ns / NS_PER_S,
            "midnights": self.passed,
        }


def clock_of(form: Form, survey: Survey) -> Clock:
    """Return the clock of a file."""
    source, anchor = next(
        ((name, value) for name in _DATES if isinstance(value := survey.items.get(name), Stamp)),
        ("header", form.created),
    )
    ahead_s, scale = _ahead(form, survey, anchor)
    return Clock(anchor, source, ahead_s * NS_PER_S, scale)


def _ahead(form: Form, survey: Survey, anchor: Stamp | None) -> tuple[int, str]:
    """Return how many seconds UTC is ahead of the stamps, and in words who says so.

    The channel `time` is UTC and the stamps are GNSS time (README of "VBB to MATLAB converter", "A note on
    timestamps"); by a flag of the header stamps are either UTC or local time.
    """
    if survey.ahead_s is not None:
        return survey.ahead_s, "put on UTC by the channel time"
    stated = survey.items.get(_OFFSET)
    if isinstance(stated, int) and abs(stated) <= _MOST_OFFSET_S:
        return stated, f"put on UTC by {_OFFSET}"
    if form.utc:
        return 0, "UTC by a flag of the header"
    if anchor is None:
        return 0, "as it stands"
    weeks, days = divmod(anchor.ns // DAY_NS - _GPS_EPOCH_DAY, 7)
    gps_ns = (_GPS_EPOCH_DAY + 7 * weeks + days) * DAY_NS
    utc_ns = gps_to_utc_ns(np.array([weeks], np.int64), np.array([days * DAY_NS], np.int64))
    return int(utc_ns[0] - gps_ns) // NS_PER_S, "taken for GNSS time, leap seconds of the date"
