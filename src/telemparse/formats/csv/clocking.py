"""The clock that a table's time columns make together: absolute before relative, stated before found."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.csv_rules import Ticks
from telemparse.formats.csv.calendars import begin, place
from telemparse.formats.csv.clock import Clock
from telemparse.formats.csv.clock_makers import column_named, make_clock
from telemparse.formats.csv.clock_types import clock_type
from telemparse.formats.csv.source_column import Basis
from telemparse.formats.csv.sources import NumberSource, RowSource
from telemparse.formats.csv.ticks import Counter
from telemparse.formats.csv.timing import Ambiguous, Form, read_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.source_column import Column
    from telemparse.formats.csv.timing import TimeColumn
    from telemparse.model.options import ParseOptions

__all__ = ["Found", "choose_clock"]

_FRACTION = re.compile(r"(?::\d\d|T\d{6})[.,]\d")
_REPEATED_SHARE = 0.3


@attrs.frozen
class Found:
    """A clock and how to read its columns.

    Args:
        clock: ready to read.
        kinds: Arrow type by source index.
        left: time columns that it does not use, or that say more than the instants.
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
        clock = make_clock(read)
        if clock is not None and (doubt is None or clock.time_base == "utc"):
            break
    if doubt is not None and (clock is None or clock.time_base != "utc"):
        raise doubt
    if clock is None:
        rate_hz = max(layout.rates, default=dialect.rate_hz) or dialect.rate_hz
        if rate_hz is None:
            return None
        words = f"number of the row at {rate_hz:g} Hz"
        clock = Clock(RowSource(float(rate_hz)), "index", (), words)
        begin(clock, dialect, options, layout)
        return Found(clock, {}, tuple(times))
    _add_fraction(clock, read)
    _count(clock, read, dialect)
    begin(clock, dialect, options, layout)
    place(clock, read, dialect, options)
    # A spelled date says more than its zone: when the receiver had its fix.
    used = {stamped.column.index for stamped in clock.columns if stamped.form is not Form.SPELLED}
    if clock.counter is not None and clock.counter.rule is Ticks.LEAD:
        used = set()  # the instants do not hold what the other of the two says: both stay as channels
    return Found(
        clock,
        {stamped.column.index: clock_type(stamped) for stamped in clock.columns},
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


def _add_fraction(clock: Clock, read: list[TimeColumn]) -> None:
    """Add a column of milliseconds or nanoseconds to stamps of whole seconds."""
    fraction = column_named(read, "millisecond") or column_named(read, "nanosecond")
    if fraction is None or fraction in clock.columns or fraction.form is not Form.PART:
        return
    if any(stamped.form is Form.COUNTER or not _is_coarse(stamped) for stamped in clock.columns):
        return
    clock.fraction = fraction
    clock.columns = (*clock.columns, fraction)
    clock.words += f", with {fraction.column.source}"


def _count(clock: Clock, read: list[TimeColumn], dialect: CsvDialect) -> None:
    """Let a counter of the device subdivide stamps of whole seconds, or lead stamps that wander."""
    # The time of a GPS week counts on from second to second, too; a device's own counter goes before.
    counters = sorted(
        (stamped for stamped in read if stamped.form is Form.COUNTER), key=lambda each: each.name == "gps_tow"
    )
    counter = counters[0] if counters else None
    if clock.time_base != "utc" or counter is None or counter in clock.columns:
        return
    if dialect.ticks is Ticks.FOUND and not all(_repeats(stamped) for stamped in clock.columns):
        return
    clock.counter = Counter(NumberSource(counter), dialect.ticks)
    clock.columns = (*clock.columns, counter)


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
