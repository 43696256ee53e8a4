"""The clock that a table's time columns make together: absolute before relative, stated before found."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

from telemparse.extension.csv_dialect import Stamps
from telemparse.formats.csv.clock import Clock, DaySource, NumberSource, StampSource, Zone
from telemparse.formats.csv.mapping import Basis
from telemparse.formats.csv.timing import Ambiguous, Form, read_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.mapping import Column
    from telemparse.formats.csv.timing import TimeColumn
    from telemparse.model.options import ParseOptions

__all__ = ["Found", "choose_clock"]

_TYPED_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?")
_TYPED_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)")
_TYPED_CLOCK = re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,9})?")
_FRACTION = re.compile(r":\d\d[.,]\d")
_REPEATED_SHARE = 0.3
_DECIMAL_DIGITS = 28
_SCALES = {0: "s", 3: "ms", 6: "us", 9: "ns"}


@attrs.frozen
class Found:
    """A clock and how to read its columns.

    Args:
        clock: ready to read.
        kinds: Arrow type by source index.
        left: time columns that it does not use.
    """

    clock: Clock
    kinds: Mapping[int, pa.DataType]
    left: tuple[Column, ...]


def choose_clock(times: list[Column], dialect: CsvDialect, options: ParseOptions) -> Found | None:
    """Return the clock, or None when no column is a time.

    Raises Ambiguous when the only time column can be read in several ways.
    """
    asked = [column for column in times if column.basis is Basis.OPTION] or times
    with_date = any(column.quantity is not None and column.quantity.name == "date" for column in asked)
    read: list[TimeColumn] = []
    doubt: Ambiguous | None = None
    for column in asked:
        try:
            found = read_time(column, with_date=with_date)
        except Ambiguous as error:
            doubt = doubt or error
            continue
        if found is not None:
            read.append(found)
    clock = _clock(read)
    if clock is None or (doubt is not None and clock.time_base != "utc"):
        if doubt is not None:
            raise doubt
        return None
    _refine(clock, read, dialect)
    _place(clock, read, dialect, options)
    used = {stamped.column.index for stamped in clock.columns}
    return Found(
        clock,
        {stamped.column.index: _kind(stamped) for stamped in clock.columns},
        tuple(column for column in times if column.index not in used),
    )


def _clock(read: list[TimeColumn]) -> Clock | None:
    """Return the best clock that the columns make."""
    return next((clock for make in _MAKERS if (clock := make(read)) is not None), None)


def _of(read: list[TimeColumn], *forms: Form) -> TimeColumn | None:
    return next((stamped for form in forms for stamped in read if stamped.form is form), None)


def _named(read: list[TimeColumn], name: str) -> TimeColumn | None:
    return next((stamped for stamped in read if stamped.name == name), None)


def _week_clock(read: list[TimeColumn]) -> Clock | None:
    tow, week = _named(read, "gps_tow"), _named(read, "gps_week")
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
        return Clock(NumberSource(best), "utc", (best,), f"epoch in {_SCALES[best.digits]}")
    words = "ISO 8601" if best.form is Form.ISO else f"date ({best.order}) and time"
    return Clock(StampSource(best), "utc", (best,), words)


def _day_clock(read: list[TimeColumn]) -> Clock | None:
    clock = _of(read, Form.CLOCK, Form.CLOCK_DIGITS)
    found = {name: _named(read, name) for name in ("hour", "minute", "second", "millisecond")}
    parts = {name: part for name, part in found.items() if part is not None and clock is None}
    if clock is None and not {"hour", "minute"} <= parts.keys():
        return None
    used = (clock,) if clock is not None else tuple(parts.values())
    date = _of(read, Form.DATE)
    if date is None:
        return Clock(DaySource(clock, parts, None), "time_of_day", used, "time of day")
    words = f"date ({date.order}) and time of day"
    return Clock(DaySource(clock, parts, date), "utc", (date, *used), words)


def _counter_clock(read: list[TimeColumn]) -> Clock | None:
    best = _of(read, Form.COUNTER)
    if best is None:
        return None
    week = best.name == "gps_tow"
    words = "GPS seconds of week without a week" if week else f"counter in {_SCALES[best.digits]}"
    return Clock(NumberSource(best), "relative", (best,), words)


# Absolute before relative: an instant in one column, then date and time, time of day, a counter.
_MAKERS = (_week_clock, _stamp_clock, _day_clock, _counter_clock)


def _refine(clock: Clock, read: list[TimeColumn], dialect: CsvDialect) -> None:
    """Let a fine counter subdivide stamps of whole seconds that repeat."""
    counter = next(
        (stamped for stamped in read if stamped.form is Form.COUNTER and stamped.name != "gps_tow"), None
    )
    if clock.time_base != "utc" or counter is None or counter in clock.columns:
        return
    if not (dialect.counter_refines_stamps or all(_repeats(stamped) for stamped in clock.columns)):
        return
    clock.counter = NumberSource(counter)
    clock.columns = (*clock.columns, counter)
    clock.words += f", subdivided by the counter {counter.column.source}"


def _repeats(stamped: TimeColumn) -> bool:
    """Tell whether stamps have no fractions and come several times each."""
    cells = stamped.column.profile.cells
    if stamped.form is Form.EPOCH:
        coarse = stamped.digits == 0 and stamped.column.profile.whole
    else:
        coarse = not any(_FRACTION.search(cell) for cell in cells)
    repeated = sum(a == b for a, b in pairwise(cells))
    return coarse and repeated > _REPEATED_SHARE * len(cells)


def _place(clock: Clock, read: list[TimeColumn], dialect: CsvDialect, options: ParseOptions) -> None:
    """Say what brings the clock to UTC."""
    if clock.time_base != "utc":
        return
    stamped = [column for column in clock.columns if column.form is not Form.COUNTER]
    if any(column.zoned or column.utc or column.form is Form.EPOCH for column in stamped):
        return
    offset = next((column for column in read if column.name == "utc_offset"), None)
    if offset is not None:
        clock.zone, clock.offset = Zone.COLUMN, offset
        clock.columns = (*clock.columns, offset)
        clock.words += f", offset in {offset.column.source}"
    elif dialect.stamps is Stamps.UTC:
        clock.words += ", UTC by the format's definition"
    elif options.timezone is not None:
        clock.zone, clock.zone_name = Zone.NAMED, options.timezone
        clock.words += f", in {options.timezone}"
    else:
        clock.assumed_utc = True
        clock.words += ", zone not stated"


def _kind(stamped: TimeColumn) -> pa.DataType:
    """Return the type that C code reads the column with; text where its cells vary."""
    cells = stamped.column.profile.cells
    if stamped.form is Form.ISO:
        ends = {_TYPED_STAMP.sub("", cell, count=1) for cell in cells}
        if all(_TYPED_STAMP.match(cell) for cell in cells):
            if ends == {""}:
                return pa.timestamp("ns")
            if all(_TYPED_ZONE.fullmatch(end) for end in ends):
                return pa.timestamp("ns", "UTC")
    elif stamped.form is Form.CLOCK and all(_TYPED_CLOCK.fullmatch(cell) for cell in cells):
        return pa.time64("ns")
    elif stamped.form in (Form.EPOCH, Form.COUNTER):
        return pa.decimal128(_DECIMAL_DIGITS, 9 - stamped.digits)
    elif stamped.form is Form.CLOCK_DIGITS or (stamped.form is Form.PART and stamped.name != "utc_offset"):
        scale = 0 if stamped.name == "gps_week" else 9
        return pa.decimal128(_DECIMAL_DIGITS, scale)
    return pa.string()
