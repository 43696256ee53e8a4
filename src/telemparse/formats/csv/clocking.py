"""The clock that a table's time columns make together: absolute before relative, stated before found."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

from telemparse.extension.csv_dialect import Stamps
from telemparse.formats.csv.assignment import TYPED_SHARE
from telemparse.formats.csv.clock import Clock, Zone
from telemparse.formats.csv.mapping import Basis
from telemparse.formats.csv.preamble import start_ns
from telemparse.formats.csv.sources import DaySource, NumberSource, RowSource, StampSource
from telemparse.formats.csv.timing import Ambiguous, Form, read_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.mapping import Column
    from telemparse.formats.csv.timing import TimeColumn
    from telemparse.model.options import ParseOptions

__all__ = ["Found", "choose_clock"]

_TYPED_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?")
_TYPED_ZONED = re.compile(_TYPED_NAIVE.pattern + r"(?:Z|[+-]\d\d:?\d\d)")
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


def choose_clock(
    times: list[Column], dialect: CsvDialect, options: ParseOptions, layout: Layout
) -> Found | None:
    """Return the clock, or None when no column is a time and no rate of the rows is known.

    Raises Ambiguous when the only time column can be read in several ways.
    """
    clock: Clock | None = None
    read: list[TimeColumn] = []
    doubt: Ambiguous | None = None
    # What the user names comes first, alone if it makes a clock, else together with what the file names.
    for asked in ([column for column in times if column.basis is Basis.OPTION], times):
        read, doubt = _read(asked)
        clock = _clock(read)
        if clock is not None and (doubt is None or clock.time_base == "utc"):
            break
    if doubt is not None and (clock is None or clock.time_base != "utc"):
        raise doubt
    if clock is None:
        rate_hz = max(layout.rates, default=dialect.rate_hz) or dialect.rate_hz
        if rate_hz is None:
            return None
        words = f"number of the row at {rate_hz:g} Hz"
        return Found(Clock(RowSource(rate_hz), "index", (), words), {}, tuple(times))
    _add_fraction(clock, read)
    _refine(clock, read, dialect)
    _begin(clock, dialect, options, layout)
    _place(clock, read, dialect, options)
    used = {stamped.column.index for stamped in clock.columns}
    return Found(
        clock,
        {stamped.column.index: _kind(stamped) for stamped in clock.columns},
        tuple(column for column in times if column.index not in used),
    )


def _read(columns: list[Column]) -> tuple[list[TimeColumn], Ambiguous | None]:
    """Return how each column is to be read, and the first one that can be read in several ways."""
    with_date = any(column.quantity is not None and column.quantity.name == "date" for column in columns)
    read: list[TimeColumn] = []
    doubt: Ambiguous | None = None
    for column in columns:
        try:
            found = read_time(column, with_date=with_date)
        except Ambiguous as error:
            doubt = doubt or error
            continue
        if found is not None:
            read.append(found)
    return read, doubt


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


def _add_fraction(clock: Clock, read: list[TimeColumn]) -> None:
    """Add a column of milliseconds to stamps of whole seconds."""
    fraction = _named(read, "millisecond")
    if fraction is None or fraction in clock.columns or fraction.form is not Form.PART:
        return
    if any(stamped.form is Form.COUNTER or not _is_coarse(stamped) for stamped in clock.columns):
        return
    clock.fraction = fraction
    clock.columns = (*clock.columns, fraction)
    clock.words += f", with {fraction.column.source}"


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


def _begin(clock: Clock, dialect: CsvDialect, options: ParseOptions, layout: Layout) -> None:
    """Let a counter begin when the preamble says that the recording began."""
    if clock.time_base != "relative" or dialect.start is None or clock.columns[0].name == "gps_tow":
        return
    zone = options.timezone if dialect.stamps is not Stamps.UTC else None
    clock.start_ns = start_ns(layout, dialect.start, zone)
    if clock.start_ns is None:
        return
    clock.time_base = "utc"
    clock.words += f" since the {dialect.start.date} and {dialect.start.time} of the preamble"
    if zone is not None:
        clock.words += f", in {zone}"
    elif dialect.stamps is not Stamps.UTC:
        clock.assumed_utc = True
        clock.words += ", zone not stated"


def _is_coarse(stamped: TimeColumn) -> bool:
    """Tell whether stamps are of whole seconds."""
    if stamped.form is Form.EPOCH:
        return stamped.digits == 0 and stamped.column.profile.whole
    if stamped.form is Form.CLOCK_DIGITS:
        return stamped.column.profile.whole
    return not any(_FRACTION.search(cell) for cell in stamped.column.profile.cells)


def _repeats(stamped: TimeColumn) -> bool:
    """Tell whether stamps of whole seconds come several times each."""
    cells = stamped.column.profile.cells
    repeated = sum(a == b for a, b in pairwise(cells))
    return _is_coarse(stamped) and repeated > _REPEATED_SHARE * len(cells)


def _place(clock: Clock, read: list[TimeColumn], dialect: CsvDialect, options: ParseOptions) -> None:
    """Say what brings the clock to UTC."""
    if clock.time_base != "utc" or _named(list(clock.columns), "gps_week") is not None:
        return
    if clock.start_ns is not None:
        return
    stamped = [column for column in clock.columns if column.form is not Form.COUNTER]
    if any(column.column.qualifier == "gps" for column in stamped):
        clock.zone = Zone.GPS
        clock.words += ", GPS time, leap seconds off"
        return
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
    if stamped.form is Form.ISO and _most(stamped, _TYPED_NAIVE):
        return pa.timestamp("ns")
    if stamped.form is Form.ISO and _most(stamped, _TYPED_ZONED):
        return pa.timestamp("ns", "UTC")
    if stamped.form is Form.CLOCK and _most(stamped, _TYPED_CLOCK):
        return pa.time64("ns")
    if stamped.form in (Form.EPOCH, Form.COUNTER):
        return pa.decimal128(_DECIMAL_DIGITS, 9 - stamped.digits)
    if stamped.form is Form.CLOCK_DIGITS or (stamped.form is Form.PART and stamped.name != "utc_offset"):
        scale = 0 if stamped.name == "gps_week" else 9
        return pa.decimal128(_DECIMAL_DIGITS, scale)
    return pa.string()


def _most(stamped: TimeColumn, pattern: re.Pattern[str]) -> bool:
    """Tell whether nearly all cells fit; a block with one that does not is read as text."""
    cells = stamped.column.profile.cells
    return sum(pattern.fullmatch(cell) is not None for cell in cells) >= TYPED_SHARE * len(cells)
