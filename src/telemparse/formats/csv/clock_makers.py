"""The clocks that time columns make: an instant, a week and its seconds, a day and its time, a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.clock import Clock
from telemparse.formats.csv.sources import DATE_PARTS, DaySource, NumberSource, StampSource
from telemparse.formats.csv.timing import Form

if TYPE_CHECKING:
    from telemparse.formats.csv.timing import TimeColumn

__all__ = ["SCALES", "column_named", "make_clock"]

SCALES = {0: "s", 3: "ms", 6: "us", 9: "ns"}
"""What a number counts, by its digits below the second."""


def make_clock(read: list[TimeColumn]) -> Clock | None:
    """Return the best clock that the columns make."""
    return next((clock for make in _MAKERS if (clock := make(read)) is not None), None)


def _of(read: list[TimeColumn], *forms: Form) -> TimeColumn | None:
    return next((stamped for form in forms for stamped in read if stamped.form is form), None)


def column_named(read: list[TimeColumn], name: str) -> TimeColumn | None:
    """Return the first column of this quantity."""
    return next((stamped for stamped in read if stamped.name == name), None)


def _week_clock(read: list[TimeColumn]) -> Clock | None:
    tow, week = column_named(read, "gps_tow"), column_named(read, "gps_week")
    if tow is None or week is None:
        return None
    return Clock(
        NumberSource(tow, week), "utc", (tow, week), "GPS week and seconds of week, leap seconds off"
    )


def _stamp_clock(read: list[TimeColumn]) -> Clock | None:
    best = next((stamped for stamped in read if stamped.form in (Form.ISO, Form.STAMP, Form.EPOCH)), None)
    if best is None:
        return None
    if best.form is Form.EPOCH:
        return Clock(NumberSource(best), "utc", (best,), f"epoch in {SCALES[best.digits]}")
    words = "ISO 8601" if best.form is Form.ISO else f"date ({best.order}) and time"
    return Clock(StampSource(best), "utc", (best,), words)


def _day_clock(read: list[TimeColumn]) -> Clock | None:
    clock = _of(read, Form.CLOCK, Form.CLOCK_DIGITS)
    found = {name: column_named(read, name) for name in ("hour", "minute", "second", "millisecond")}
    parts = {name: part for name, part in found.items() if part is not None and clock is None}
    if clock is None and not {"hour", "minute"} <= parts.keys():
        return None
    used = (clock,) if clock is not None else tuple(parts.values())
    date = _of(read, Form.DATE)
    found = {name: column_named(read, name) for name in DATE_PARTS}
    of_date = {name: part for name, part in found.items() if part is not None}
    if date is None and len(of_date) == len(found):
        words = "year, month, day and time of day"
        return Clock(DaySource(clock, parts, None, of_date), "utc", (*of_date.values(), *used), words)
    if date is None:
        return Clock(DaySource(clock, parts, None), "time_of_day", used, "time of day")
    words = f"date ({date.order}) and time of day"
    return Clock(DaySource(clock, parts, date), "utc", (date, *used), words)


def _counter_clock(read: list[TimeColumn]) -> Clock | None:
    best = _of(read, Form.COUNTER)
    if best is None:
        return None
    week = best.name == "gps_tow"
    words = "GPS seconds of week without a week" if week else f"counter in {SCALES[best.digits]}"
    return Clock(NumberSource(best), "relative", (best,), words)


# Absolute before relative: an instant in one column, then date and time, time of day, a counter.
_MAKERS = (_week_clock, _stamp_clock, _day_clock, _counter_clock)
