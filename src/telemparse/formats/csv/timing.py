"""Which clock a table has: the time columns weighed by their values, never guessed."""

from __future__ import annotations

import enum
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.assignment import TYPED_SHARE
from telemparse.formats.csv.cells import CellKind
from telemparse.formats.csv.source_column import Basis
from telemparse.formats.csv.spelled_zones import SpelledZones
from telemparse.formats.csv.vocabulary import squash
from telemparse.kernels.dates import DateOrder, dates, times_of_day
from telemparse.kernels.texts import strings
from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.formats.csv.source_column import Column

__all__ = ["Ambiguous", "Form", "TimeColumn", "read_time"]


class Form(enum.Enum):
    """How a time column is written."""

    ISO = "iso"
    STAMP = "stamp"
    DATE = "date"
    CLOCK = "clock"
    CLOCK_DIGITS = "clock digits"
    EPOCH = "epoch"
    COUNTER = "counter"
    PART = "part"
    """Hours, minutes, seconds, milliseconds or an offset: a number of its own kind."""
    SPELLED = "spelled"
    """A date as Java spells it, of which the zone is read."""


class Ambiguous(Exception):  # noqa: N818  (it says what the column is)
    """A time column that can be read in several ways."""

    def __init__(self, column: str, interpretations: Sequence[str]) -> None:
        super().__init__(f"{column}: {', '.join(interpretations)}")
        self.column = column
        self.interpretations = tuple(interpretations)


@attrs.frozen
class TimeColumn:
    """A time column and how to read it.

    Args:
        column: the source column.
        form: how it is written.
        order: of dates.
        digits: power of ten that its number counts below the second (0 s, 3 ms, 6 us, 9 ns).
        zoned: its cells name their offset.
        utc: its name says UTC.
    """

    column: Column
    form: Form
    order: DateOrder = DateOrder.YMD
    digits: int = 0
    zoned: bool = False
    utc: bool = False

    @property
    def name(self) -> str:
        """The quantity's name."""
        return self.column.quantity.name if self.column.quantity else ""


_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_ORDERS = {order.value: order for order in DateOrder}
_DATE_PARTS = ("year", "month", "day")
_PARTS = (
    *_DATE_PARTS, "hour", "minute", "second", "millisecond", "nanosecond", "utc_offset", "gps_week",
)  # fmt: skip
_EPOCH_FIRST_S, _EPOCH_LAST_S = 631_152_000.0, 4_102_444_800.0  # 1990 to 2100
_ZONED = re.compile(r"(?:Z|z|UTC|GMT|[+-]\d{1,2}(?::?\d\d)?)$")
_CLOCK_PART = re.compile(r"[ T,;_]+(?=\d{1,2}:)|T(?=\d{6})|^(?=\d{1,2}:)")
_UTC = re.compile(r"utc|gmt|zulu")
_LONGEST_STEP_S = 10.0
_MOST = 0.5
_DATE_DIGITS = 8
_WEEK_S, _MS_PER_S = 604_800, 1000


def read_time(column: Column, *, with_date: bool) -> TimeColumn | None:
    """Return how a time column is to be read, or None when its values are no time.

    Args:
        column: of role TIME.
        with_date: another column of the file is a date, so that plain numbers can be HHMMSS.

    Raises Ambiguous when its values fit several clocks and nothing decides.
    """
    name = column.quantity.name if column.quantity else ""
    utc = bool(_UTC.search(squash(column.source))) or column.qualifier == "utc"
    if not column.profile.filled:
        return None
    if name in _PARTS:
        return _part(column, name, utc=utc)
    for kinds, form in _TEXTS:
        if column.profile.share(*kinds) > _MOST:
            return _text(column, form, utc=utc)
    if column.profile.share(CellKind.NUMBER, CellKind.QUANTITY) <= _MOST:
        zones = SpelledZones.of(column.profile.cells)
        return TimeColumn(column, Form.SPELLED) if zones is not None else None
    if column.qualifier in _ORDERS or (name == "date" and _are_short(column)):
        return TimeColumn(column, Form.DATE, _order(column, _date_words(column)), utc=utc)
    return _number(column, name, with_date=with_date, utc=utc)


def _are_short(column: Column) -> bool:
    """Tell whether numbers have no more digits than a date, so that they are no count since 1970."""
    return all(abs(value) < 10**_DATE_DIGITS for value in column.profile.numbers)


def _part(column: Column, name: str, *, utc: bool) -> TimeColumn | None:
    if name in _DATE_PARTS and not (column.profile.share(CellKind.NUMBER) > _MOST and column.profile.whole):
        return None  # the name of a month or of a day of the week
    if name == "millisecond" and max(column.profile.numbers, default=0) >= _MS_PER_S:
        return TimeColumn(column, Form.COUNTER, digits=3, utc=utc)  # it counts on and is no part of a second
    return TimeColumn(column, Form.PART, utc=utc)


_TEXTS = (
    ((CellKind.ISO,), Form.ISO),
    ((CellKind.STAMP, CellKind.ISO), Form.STAMP),
    ((CellKind.DATE,), Form.DATE),
    ((CellKind.CLOCK,), Form.CLOCK),
)


def _text(column: Column, form: Form, *, utc: bool) -> TimeColumn:
    cells = [cell for cell in column.profile.cells if _CLOCK_PART.search(cell)]
    zoned = 2 * sum(_ZONED.search(cell) is not None for cell in cells) > len(cells)
    if form is Form.STAMP:
        words = [_CLOCK_PART.split(cell)[0] for cell in column.profile.cells]
        return TimeColumn(column, form, _order(column, words), zoned=zoned, utc=utc)
    if form is Form.DATE:
        return TimeColumn(column, form, _order(column, list(column.profile.cells)), utc=utc)
    return TimeColumn(column, form, zoned=zoned, utc=utc)


def _date_words(column: Column) -> list[str]:
    """Return numbers as the dates that they were before a spreadsheet took their leading zero."""
    return [cell.partition(".")[0].zfill(6) for cell in column.profile.cells]


def _order(column: Column, words: list[str]) -> DateOrder:
    """Return the one order of parts that all dates allow; of several, the one in which days follow on."""
    if column.qualifier in _ORDERS:
        return _ORDERS[column.qualifier]
    hint = next((order for order in DateOrder if _named_order(column.source, order)), None)
    distinct = strings(list(dict.fromkeys(words)))
    read = {order: dates(distinct, order) for order in DateOrder}
    need = max(int(valid.sum()) for _days, valid in read.values())
    fitting = {
        order: days[valid] for order, (days, valid) in read.items() if need and int(valid.sum()) == need
    }
    if hint in fitting:
        return hint
    if all("." in word and len(word.partition(".")[0]) <= 2 for word in words):  # noqa: PLR2004  (digits)
        fitting.pop(DateOrder.MDY, None)  # points are written by people who put the day first
        fitting.pop(DateOrder.YMD, None)
    groups: dict[tuple[int, ...], DateOrder] = {}
    for order, days in fitting.items():
        groups.setdefault(tuple(days.tolist()), order)
    if len(groups) > 1:
        steady = {days: order for days, order in groups.items() if _steady(days)}
        groups = steady if len(steady) == 1 else groups
    if len(groups) == 1:
        return next(iter(groups.values()))
    names = {
        DateOrder.YMD: "year-month-day",
        DateOrder.DMY: "day-month-year",
        DateOrder.MDY: "month-day-year",
    }
    raise Ambiguous(
        column.source, [f"{names[order]} (date:{order.value})" for order in groups.values()] or ["no date"]
    )


def _named_order(source: str, order: DateOrder) -> bool:
    words = {
        DateOrder.YMD: ("yymmdd", "yyyymmdd"),
        DateOrder.DMY: ("ddmmyy", "ddmmyyyy"),
        DateOrder.MDY: ("mmddyy",),
    }
    return any(word in squash(source) for word in words[order])


def _steady(days: tuple[int, ...]) -> bool:
    """Tell whether the distinct days of a file follow each other without a hole of a week."""
    return len(days) > 1 and all(abs(b - a) <= 7 for a, b in pairwise(days))  # noqa: PLR2004  (days)


def _number(column: Column, name: str, *, with_date: bool, utc: bool) -> TimeColumn:
    profile = column.profile
    stated = _DIGITS.get(column.qualifier)
    if stated is None and column.unit is not None and column.unit.dimension == Dimension.TIME:
        stated = _DIGITS.get(column.unit.symbol)
    largest = max(abs(value) for value in profile.numbers)
    if name == "gps_tow":
        # A tow beyond that counts milliseconds.
        return TimeColumn(
            column, Form.COUNTER, digits=stated if stated is not None else 3 * (largest > _WEEK_S), utc=utc
        )
    if name == "tick":
        return TimeColumn(column, Form.COUNTER, digits=stated if stated is not None else 3, utc=utc)
    epochs = [
        digits for digits in _DIGITS.values()
        if (stated is None or digits == stated)
        and _are_epochs(profile.numbers, digits)
    ]  # fmt: skip
    if epochs:
        return TimeColumn(column, Form.EPOCH, digits=epochs[0], utc=True)
    clocklike = _is_clock(column)
    if stated is None and clocklike and (with_date or (name == "time" and column.basis is not Basis.HEADER)):
        return TimeColumn(column, Form.CLOCK_DIGITS, utc=utc)
    if stated is not None:
        return TimeColumn(column, Form.COUNTER, digits=stated, utc=utc)
    return _counter(column, clocklike=(clocklike and largest >= 10_000) or name == "time", utc=utc)  # noqa: PLR2004  (HHMMSS)


def _are_epochs(values: Sequence[float], digits: int) -> bool:
    """Tell whether nearly all numbers count from 1970 to our days; damage makes no count of them.

    Zeros are those of a clock that was not set yet.
    """
    told = [value for value in values if value]
    inside = sum(_EPOCH_FIRST_S <= value / 10**digits <= _EPOCH_LAST_S for value in told)
    return bool(told) and inside >= TYPED_SHARE * len(told)


def _is_clock(column: Column) -> bool:
    words = strings([cell.replace(",", ".").zfill(6) for cell in column.profile.cells])
    return bool(times_of_day(words)[1].all())


def _counter(column: Column, *, clocklike: bool, utc: bool) -> TimeColumn:
    """Return seconds where the numbers have fractions and steps that a recorder makes; else doubt stands."""
    profile = column.profile
    if not profile.whole and profile.median_step <= _LONGEST_STEP_S and not clocklike:
        return TimeColumn(column, Form.COUNTER, digits=0, utc=utc)
    readings = ["seconds (t:s)", "milliseconds (t:ms)"]
    if clocklike:
        readings.append("clock HHMMSS (time)")
    raise Ambiguous(column.source, readings)
