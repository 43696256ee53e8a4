"""CSV dialects as declarations: a vendor's columns, clock, units and fix rule, without a parser.

A dialect says what the file itself does not. Columns are named in the same small language as the option
`columns=`: `canonical[:unit or format]`, for instance `speed:mph`, `ax:g`, `t:ms`, `date:ymd`, `lat_deg`.
Columns that a dialect does not name are read by the parser's own vocabulary of header words.

A mistake is refused where it is declared, with words; what only samples can show is found by
`telemparse.testing.dialects`.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError
from telemparse.extension import declarations as told
from telemparse.extension.csv_rules import (
    EpochRule,
    Grid,
    HeaderCells,
    LapRule,
    Match,
    Start,
    Ticks,
    split_key,
)
from telemparse.extension.csv_shapes import NumberRange, Shape
from telemparse.extension.model_pattern import check_pattern
from telemparse.model.events import EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FIX_TYPES", "Altitude", "CsvDialect", "EpochRule", "FixRule", "Grid", "HeaderCells", "LapRule", "Match",
    "NumberRange", "Shape", "Stamps", "Start", "Ticks",
]  # fmt: skip

FIX_TYPES = (1, 2, 3, 4, 6, 7)
"""Canonical fix types of a position; words for none and for time only belong to `lost`."""

_HIGHEST_RATE_HZ = 100_000


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


def _stamps(value: str) -> Stamps:
    return told.one_of(Stamps, value)


def _match(value: str) -> Match:
    return told.one_of(Match, value)


def _header_cells(value: str) -> HeaderCells:
    return told.one_of(HeaderCells, value)


def _ticks(value: str) -> Ticks:
    return told.one_of(Ticks, value)


def _grid(value: str) -> Grid:
    return told.one_of(Grid, value)


def _altitude(value: str) -> Altitude:
    return told.one_of(Altitude, value)


@attrs.frozen(kw_only=True)
class FixRule:
    """What the words of a validity column mean; compared in lower case without blanks at the ends.

    Args:
        lost: no position, whatever the position cells hold.
        doubtful: a position of unknown validity (kept, flag bit 4).
        types: canonical fix types by word, one of `FIX_TYPES`.
    """

    lost: frozenset[str] = attrs.field(default=frozenset(), converter=told.folded_words)
    doubtful: frozenset[str] = attrs.field(default=frozenset(), converter=told.folded_words)
    types: Mapping[str, int] = attrs.field(
        factory=dict, converter=told.folded_keys, validator=told.values_of(FIX_TYPES, "a fix type")
    )

    def __attrs_post_init__(self) -> None:
        torn = sorted(self.lost & (self.doubtful | set(self.types)))
        if torn:
            raise CallError(f"a fix cannot be lost and there at once: {', '.join(map(repr, torn))}")


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
        match: whether all of header, first_columns and preamble must be there, or any of them.
        header_cells: `plain`, or `barred` for cells that hold unit and rate as well.
        sources: words of a row below the header that says where each column comes from (`gps`, `obd`). Names
            that repeat are told apart by it: `speed@gps` names one of several `speed`.
        columns: `canonical[:unit or format]` by column name, or by index for a headerless file. An empty
            string keeps the column as an auxiliary channel whatever the vocabulary thinks of its name.
        variants: columns that a phrase in the lines before the data changes, by that phrase: the unit of a
            speed where a line above the rows names it.
        stamps: what stamps without an offset mean.
        ticks: what a counter of the device (`tick`) is good for beside stamps: `found`, `subdivide`, `lead`.
        fix: words of the validity column (`fix`), added to those that every CSV knows.
        events: words of an `event` column to canonical event types.
        comment_events: words that comment lines among the rows begin with, to canonical event types; the
            event is that of the row before.
        grid: `own`, or `resampled` where the vendor's program has interpolated every row.
        epochs: which rows of a union grid are the receiver's own.
        laps: where the device's laps stand.
        gates: word of a block above the rows, `<word>` to `</word>`, with a line `number,lat,lon,lat,lon` for
            each line on the ground, its two ends in degrees. The highest number is the finish; the tag may
            say which one that is, as `#sectors=3`.
        start: lines of the preamble that say when a clock of seconds, or the first row, began.
        rate_hz: rows a second of files without a time column; those of barred cells name it themselves.
        altitude: surface that `alt_m` is counted from.
        device_family: of the result, or None.
        device_model: regular expression whose group 1, found in the preamble, is the model; at most 200
            characters, its repeats bounded (`{1,80}`) and not nested, matched against at most 64 KiB.

    Raises CallError for what cannot be right, saying what.
    """

    name: str = attrs.field(validator=told.lower_word)
    title: str = attrs.field(default="", validator=told.phrase)
    header: frozenset[str] = attrs.field(
        default=frozenset(), converter=told.word_set, validator=told.distinct_names
    )
    first_columns: tuple[str, ...] = attrs.field(
        default=(), converter=told.several, validator=told.distinct_names
    )
    preamble: tuple[str, ...] = attrs.field(default=(), converter=told.several, validator=told.phrases)
    shape: Shape | None = attrs.field(
        default=None, validator=attrs.validators.optional(told.instance_of(Shape))
    )
    match: Match = attrs.field(default=Match.ALL, converter=_match)
    header_cells: HeaderCells = attrs.field(default=HeaderCells.PLAIN, converter=_header_cells)
    sources: tuple[str, ...] = attrs.field(default=(), converter=told.several, validator=told.distinct_names)
    columns: Mapping[str | int, str] = attrs.field(
        factory=dict, converter=told.mapping, validator=told.column_specs
    )
    variants: Mapping[str, Mapping[str | int, str]] = attrs.field(
        factory=dict, converter=told.mapping, validator=told.variants_of_columns
    )
    stamps: Stamps = attrs.field(default=Stamps.UNKNOWN, converter=_stamps)
    ticks: Ticks = attrs.field(default=Ticks.FOUND, converter=_ticks)
    fix: FixRule = attrs.field(factory=FixRule, validator=told.instance_of(FixRule))
    events: Mapping[str, str] = attrs.field(
        factory=dict, converter=told.folded_keys, validator=told.values_of(EVENT_TYPES, "an event type")
    )
    comment_events: Mapping[str, str] = attrs.field(
        factory=dict, converter=told.folded_keys, validator=told.values_of(EVENT_TYPES, "an event type")
    )
    grid: Grid = attrs.field(default=Grid.OWN, converter=_grid)
    epochs: EpochRule | None = attrs.field(
        default=None, validator=attrs.validators.optional(told.instance_of(EpochRule))
    )
    laps: LapRule | None = attrs.field(
        default=None, validator=attrs.validators.optional(told.instance_of(LapRule))
    )
    gates: str = attrs.field(default="", validator=told.phrase)
    start: Start | None = attrs.field(
        default=None, validator=attrs.validators.optional(told.instance_of(Start))
    )
    rate_hz: float | None = None
    altitude: Altitude = attrs.field(default=Altitude.SEA_LEVEL, converter=_altitude)
    device_family: str | None = attrs.field(default=None, validator=attrs.validators.optional(told.phrase))
    device_model: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.device_model is not None:
            check_pattern(self.device_model)
        if self.shape is not None and (self.header or self.first_columns):
            raise CallError("a shape is the fingerprint of a file without a header: take one of the two")
        self._check_rules()
        width = len(self.shape.columns) if self.shape is not None else 0
        for key in (*self.columns, *(key for columns in self.variants.values() for key in columns)):
            if isinstance(key, str) and self.shape is not None:
                raise CallError(f"a file without a header has no column {key!r}: name its index, from 0")
            if isinstance(key, int) and not 0 <= key < width:
                raise CallError(f"column {key} is not one of the {width} of the shape; others have names")

    def _check_rules(self) -> None:
        for key in self.columns:
            source = split_key(key)[1] if isinstance(key, str) else ""
            if source and self.sources and source not in {word.lower() for word in self.sources}:
                raise CallError(f"column {key!r} is of no source in {', '.join(self.sources)}")
        if self.rate_hz is not None and not (
            told.is_number(self.rate_hz) and 0 < self.rate_hz <= _HIGHEST_RATE_HZ
        ):
            raise CallError(
                f"rate_hz must be above 0 and at most {_HIGHEST_RATE_HZ}, not {self.rate_hz!r:.100}"
            )
        if self.grid is Grid.RESAMPLED and self.epochs is not None:
            raise CallError("where every row is resampled, no rule tells epochs: take grid or epochs")
        if any(not word for word in self.comment_events):
            raise CallError("comment_events holds an empty phrase, which every comment has")

    @property
    def has_fingerprint(self) -> bool:
        """False for the generic dialect, which never recognises a file by itself."""
        return bool(self.header or self.first_columns or self.preamble or self.shape)
