"""What a dialect says of epochs, laps and clocks that no single column tells: plain values, checked."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.extension import declarations as told
from telemparse.kernels.units import Dimension, find_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.kernels.units import Unit

__all__ = [
    "DATE_ORDERS", "EpochRule", "Grid", "HeaderCells", "LapRule", "Match", "Start", "Ticks",
    "lap_pattern", "rule_columns", "split_key", "timed",
]  # fmt: skip

DATE_ORDERS = ("ymd", "dmy", "mdy")
_LONGEST_SOURCE = 40
_LONGEST_ZERO_S = 3600
_PLACES = ("{lap}", "{time}")


class Match(enum.StrEnum):
    """How many parts of a fingerprint must be there."""

    ALL = "all"
    ANY = "any"


class HeaderCells(enum.StrEnum):
    """How the cells of the header are written."""

    PLAIN = "plain"
    BARRED = "barred"
    """`"Name"|"unit"|...|rate`: unit and rate stand in the cell itself."""


class Grid(enum.StrEnum):
    """What the rows with a position are."""

    OWN = "own"
    """Epochs of the receiver, or the epochs that an `EpochRule` or a `gnss_update` column tells."""
    RESAMPLED = "resampled"
    """All interpolated by the vendor's program; none is an epoch, and each gets flag bit 0."""


class Ticks(enum.StrEnum):
    """What a counter of the device (`tick`) is good for beside stamps (`t`, or date and time)."""

    FOUND = "found"
    """It subdivides stamps of whole seconds where they are seen to repeat."""
    SUBDIVIDE = "subdivide"
    """It subdivides the stamps, which are of whole seconds."""
    LEAD = "lead"
    """Stamps wander: where they step back though the counter does not, the counter is the clock, with one
    offset to UTC, the median of the stamps less the counter in the file's head. Where none does, the stamps
    are the clock. Both columns stay as channels."""


def split_key(key: str) -> tuple[str, str]:
    """Return (name, source) of a column named `name@source`; the source is empty where none is named."""
    name, sign, source = key.rpartition("@")
    return (name, source.strip().lower()) if sign else (key, "")


def _optional_name(_owner: Any, field: attrs.Attribute[str], value: object) -> None:
    told.phrase(_owner, field, value)
    if isinstance(value, str) and value and not value.strip():
        raise CallError(f"{field.name} is blank: leave it out, or name a column")


@attrs.frozen(kw_only=True)
class EpochRule:
    """Which rows of a union grid are epochs of the receiver; the others are interpolated or repeated.

    Args:
        changes_of: columns of which one differs from the last row that had them; named as in the header,
            with `@source` where the file has a row of sources.
        rate: column with the receiver's rate in Hz. Rows at whole multiples of its period, counted from the
            full second, are epochs; of several rows at one instant the first.
    """

    changes_of: tuple[str, ...] = attrs.field(
        default=(), converter=told.several, validator=told.distinct_names
    )
    rate: str = attrs.field(default="", validator=_optional_name)

    def __attrs_post_init__(self) -> None:
        if bool(self.changes_of) == bool(self.rate):
            raise CallError("an epoch is told by changes_of or by rate: take one of the two")


@attrs.frozen(kw_only=True)
class Start:
    """Lines of the preamble that say when the recording began, in local time without an offset.

    Args:
        date, time: first cells of those lines; the value stands in the next cell.
        stamp: in their place, what a line begins with that holds both, as `#D=` of `#D=05-04-2025 10:00:00=`.
        order: of the parts of a date in figures, `ymd`, `dmy` or `mdy`.
    """

    date: str = attrs.field(default="", validator=_optional_name)
    time: str = attrs.field(default="", validator=_optional_name)
    order: str = "ymd"
    stamp: str = attrs.field(default="", validator=_optional_name)

    @property
    def words(self) -> str:
        """What the lines are called."""
        return self.stamp.strip(" =:") if self.stamp else f"{self.date} and {self.time}"

    def __attrs_post_init__(self) -> None:
        if bool(self.date) != bool(self.time) or bool(self.date) == bool(self.stamp):
            raise CallError("a recording's start is told by date and time, or by stamp: take one of the two")
        if self.order not in DATE_ORDERS:
            raise CallError(f"order must be one of {', '.join(DATE_ORDERS)}, not {self.order!r:.100}")


@attrs.frozen(kw_only=True)
class LapRule:
    """Where a file tells the laps that its device timed: in one of five places.

    Args:
        number: column that counts laps. Alone: a lap lasts from its first row to the first row of another
            one, a blank cell stands outside laps, and laps that the file begins or ends in are left out.
        stated: beside `number`, how preamble lines begin that state the time of a lap, with `{lap}` and
            `{time}`. They are finer than the rows, and are what is read where both agree; sectors may follow
            behind the word `sectors`.
        running: column with the time since the lap began, `name` or `name:unit`, seconds without a unit. The
            last one of a lap is its time, and a lap that no other follows at once ends uncertainly.
        finished: column with the time of the last whole lap, `name` or `name:unit`, stated where `number`
            rises; blank cells say nothing.
        comment: a comment line among the rows, with `{lap}` and `{time}` where number and time stand. The lap
            ends at the row behind it.
        out_lap: the device's number of the way to the start line, of comments.
        outside: the number that rows outside laps have, of `number`; blank cells are outside anyway.
        beacons: first cell of a preamble line with the seconds, since the time column's zero, at which the
            line was crossed; each in its cell or blanks between them.
        segments: first cell of a preamble line with the times between beacons, which says that the way from
            the zero to the first beacon counts, as out lap. The beacons are finer, and are what is read.
        duration: first cell of the preamble line with the recording's length in seconds: a last beacon there
            is the end of the recording and no crossing, and what leads to it an in lap.
        durations: first cell of a preamble line with the lap times, in the line or in the next one,
            `name` or `name:unit`, seconds without a unit.
        crossings: word of a block above the rows, `<word>` to `</word>`, with a line `#<line>,<m:ss.mmm>` for
            each crossing of a line on the ground, counted from the zero of the clock; lines of figures
            between them say nothing. The highest line of `gates` is the finish; the others end sectors.
        zero_s: how long after the zero of the clock the times of crossings begin.
    """

    number: str = attrs.field(default="", validator=_optional_name)
    running: str = attrs.field(default="", validator=_optional_name)
    finished: str = attrs.field(default="", validator=_optional_name)
    comment: str = attrs.field(default="", validator=_optional_name)
    out_lap: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(told.whole(0, 1_000_000))
    )
    stated: str = attrs.field(default="", validator=_optional_name)
    outside: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(told.whole(0, 1_000_000))
    )
    beacons: str = attrs.field(default="", validator=_optional_name)
    segments: str = attrs.field(default="", validator=_optional_name)
    duration: str = attrs.field(default="", validator=_optional_name)
    durations: str = attrs.field(default="", validator=_optional_name)
    crossings: str = attrs.field(default="", validator=_optional_name)
    zero_s: float | None = None

    def __attrs_post_init__(self) -> None:
        places = [name for name in _LAP_PLACES if getattr(self, name)]
        if len(places) != 1:
            raise CallError(
                f"laps are told by {', '.join(_LAP_PLACES[:-1])} or {_LAP_PLACES[-1]}: take one, not "
                + (" and ".join(places) or "none")
            )
        for name, owner in _BELONGS.items():
            if getattr(self, name) not in ("", None) and owner not in places:
                raise CallError(f"{name} says something of {owner}, which is not declared")
        if self.running and self.finished:
            raise CallError("a column of times is running or finished: take one of the two")
        if self.zero_s is not None and not (
            told.is_number(self.zero_s) and abs(self.zero_s) <= _LONGEST_ZERO_S
        ):
            raise CallError(f"zero_s must be at most {_LONGEST_ZERO_S} s, not {self.zero_s!r:.100}")
        for name in ("running", "finished", "durations"):
            timed(getattr(self, name))
        for text in filter(None, (self.comment, self.stated)):
            lap_pattern(text)


_LAP_PLACES = ("number", "comment", "beacons", "durations", "crossings")
_BELONGS = {
    "running": "number", "finished": "number", "outside": "number", "stated": "number", "out_lap": "comment",
    "segments": "beacons", "duration": "beacons", "zero_s": "crossings",
}  # fmt: skip


def timed(text: str) -> tuple[str, Unit]:
    """Return (name, unit of time) of `name` or `name:unit`.

    Raises CallError for what is no unit of time.
    """
    name, _colon, tail = text.partition(":")
    unit = find_unit(tail or "s")
    if unit is None or unit.dimension != Dimension.TIME:
        raise CallError(f"{text!r}: {tail!r} is no unit of time")
    return name.strip(), unit


def lap_pattern(text: str) -> re.Pattern[str]:
    """Return the expression that a comment line with a lap fits.

    Raises CallError where number or time have no place, or none that can be told from the other's.
    """
    if any(text.count(place) != 1 for place in _PLACES):
        raise CallError(f"{text!r}: {{lap}} and {{time}} must stand in it once each")
    between = re.split(r"\{lap\}|\{time\}", text)
    if not between[0].strip() or not between[1].strip():
        raise CallError(f"{text!r}: words must stand before and between {{lap}} and {{time}}")
    first, second = sorted(_PLACES, key=text.index)
    parts = {"{lap}": r"(?P<lap>\d{1,9})", "{time}": r"(?P<time>[\d:.]{1,20})"}
    head, middle, tail = (re.escape(part) for part in between)
    return re.compile(head + parts[first] + middle + parts[second] + tail + r"\s*")


def rule_columns(epochs: EpochRule | None, laps: LapRule | None) -> Mapping[str, str]:
    """Return the columns that rules name: {what for: name as in the header}."""
    found: dict[str, str] = {}
    if epochs is not None:
        found.update({f"change {index}": name for index, name in enumerate(epochs.changes_of)})
        found.update({"rate": epochs.rate} if epochs.rate else {})
    if laps is not None and laps.number:
        found["number"] = laps.number
        found.update({"running": timed(laps.running)[0]} if laps.running else {})
        found.update({"finished": timed(laps.finished)[0]} if laps.finished else {})
    return found
