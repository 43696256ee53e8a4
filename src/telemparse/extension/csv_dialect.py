"""CSV dialects as declarations: a vendor's columns, clock, units and fix rule, without a parser.

A dialect says what the file itself does not. Columns are named in the same small language as the option
`columns=`: `canonical[:unit or format]`, for instance `speed:mph`, `ax:g`, `t:ms`, `date:ymd`, `lat_deg`.
Columns that a dialect does not name are read by the parser's own vocabulary of header words.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Altitude", "CsvDialect", "FixRule", "NumberRange", "Shape", "Stamps"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(words)


def _strings(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(words)


class Stamps(enum.StrEnum):
    """What stamps without an offset mean in a dialect."""

    UTC = "utc"
    """The device writes UTC."""
    LOCAL = "local"
    """The device writes wall-clock time of a zone that the file does not name."""
    UNKNOWN = "unknown"
    """Nobody says; names of columns (`time_utc`) may."""


class Altitude(enum.StrEnum):
    """Which surface altitudes are counted from."""

    SEA_LEVEL = "sea_level"
    ELLIPSOID = "ellipsoid"


@attrs.frozen(kw_only=True)
class NumberRange:
    """What a column of a headerless file holds.

    Args:
        low, high: bounds of the values, inclusive.
        decimals: fewest digits after the point in every cell.
        rising: values never fall.
    """

    low: float = float("-inf")
    high: float = float("inf")
    decimals: int = 0
    rising: bool = False


@attrs.frozen(kw_only=True)
class Shape:
    """The fingerprint of a headerless file: one range a column, and three that form a unit vector.

    Args:
        columns: one range for each column, in order.
        unit_vector: indices of three columns whose median length is 1 within `tolerance` (gravity in g).
        tolerance: of that length.
    """

    columns: tuple[NumberRange, ...]
    unit_vector: tuple[int, int, int] | None = None
    tolerance: float = 0.1


@attrs.frozen(kw_only=True)
class FixRule:
    """What the words of a validity column mean; compared in lower case without blanks at the ends.

    Args:
        lost: no position, whatever the position cells hold.
        doubtful: a position of unknown validity (kept, flag bit 4).
        types: canonical fix types by word.
    """

    lost: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    doubtful: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    types: Mapping[str, int] = attrs.field(factory=dict)


def _is_name(_dialect: Any, field: attrs.Attribute[str], value: object) -> None:
    if not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise CallError(f"{field.name} of a dialect must be a lower-case word, not {value!r}")


@attrs.frozen(kw_only=True)
class CsvDialect:
    """A vendor's CSV, declared (provisional until more of them exist).

    Args:
        name: lower-case word that stands in `metadata["dialect"]` for ever.
        title: for people.
        header: column names that must all stand in the header (case, blanks and signs do not count).
        first_columns: the header begins with exactly these.
        preamble: phrases that must stand in the lines before the data (case counts).
        shape: fingerprint of a headerless file.
        columns: `canonical[:unit or format]` by column name, or by index for a headerless file. An empty
            string keeps the column as an auxiliary channel whatever the vocabulary thinks of its name.
        stamps: what stamps without an offset mean.
        counter_refines_stamps: a fine counter (`tick`) subdivides stamps of whole seconds.
        fix: words of the validity column (`fix`), added to those that every CSV knows.
        events: words of an `event` column to canonical event types.
        altitude: surface that `alt_m` is counted from.
        device_family: of the result, or None.
        device_model: regular expression whose group 1, found in the preamble, is the model; linear by
            construction (no nested repeats), matched against at most 64 KiB.
    """

    name: str = attrs.field(validator=_is_name)
    title: str = ""
    header: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    first_columns: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    preamble: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    shape: Shape | None = None
    columns: Mapping[str | int, str] = attrs.field(factory=dict)
    stamps: Stamps = Stamps.UNKNOWN
    counter_refines_stamps: bool = False
    fix: FixRule = attrs.field(factory=FixRule)
    events: Mapping[str, str] = attrs.field(factory=dict)
    altitude: Altitude = Altitude.SEA_LEVEL
    device_family: str | None = None
    device_model: str | None = None

    @property
    def has_fingerprint(self) -> bool:
        """False for the generic dialect, which never recognises a file by itself."""
        return bool(self.header or self.first_columns or self.preamble or self.shape)
