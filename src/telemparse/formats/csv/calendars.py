"""What brings the clock of a table to UTC: a start in the preamble, an offset, the leap seconds, a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.csv_dialect import Stamps
from telemparse.formats.csv.clock import Zone
from telemparse.formats.csv.clock_makers import column_named
from telemparse.formats.csv.preamble import start_ns
from telemparse.formats.csv.spelled_zones import SpelledZones
from telemparse.formats.csv.timing import Form
from telemparse.formats.csv.vocabulary import squash

if TYPE_CHECKING:
    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.clock import Clock
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.timing import TimeColumn
    from telemparse.model.options import ParseOptions

__all__ = ["begin", "place"]


# A column named after its clock: Japan's has no summer time.
_ZONES_BY_NAME = {"JST": "Asia/Tokyo"}
_GPS_TIME = "GPST"
_OF_PHONE = "devicetime"


def begin(clock: Clock, dialect: CsvDialect, options: ParseOptions, layout: Layout) -> None:
    """Let a counter, or the first row, begin when the preamble says that the recording began."""
    if clock.time_base not in ("relative", "index") or dialect.start is None:
        return
    if any(column.name == "gps_tow" for column in clock.columns):
        return
    zone = options.timezone if dialect.stamps is not Stamps.UTC else None
    clock.start_ns = start_ns(layout, dialect.start, zone)
    if clock.start_ns is None:
        return
    clock.time_base = "utc"
    clock.words += f" since the {dialect.start.words} of the preamble"
    if zone is not None:
        clock.words += f", in {zone}"
    elif dialect.stamps is not Stamps.UTC:
        clock.assumed_utc = True
        clock.words += ", zone not stated"


def place(clock: Clock, read: list[TimeColumn], dialect: CsvDialect, options: ParseOptions) -> None:
    """Say what brings the clock to UTC."""
    if clock.time_base != "utc" or column_named(list(clock.columns), "gps_week") is not None:
        return
    if clock.start_ns is not None:
        return
    stamped = [column for column in clock.columns if column.form is not Form.COUNTER]
    if any(column.column.qualifier == "gps" or column.column.source == _GPS_TIME for column in stamped):
        clock.zone = Zone.GPS
        clock.words += ", GPS time, leap seconds off"
        return
    if any(column.zoned or column.utc or column.form is Form.EPOCH for column in stamped):
        return
    named = next((zone for column in stamped if (zone := _ZONES_BY_NAME.get(column.column.source))), None)
    if named is not None:
        clock.zone, clock.zone_name = Zone.NAMED, named
        clock.words += f", in {named}"
        return
    offset = next((column for column in read if column.name == "utc_offset"), None)
    spelled = next((column for column in read if column.form is Form.SPELLED), None)
    if spelled is not None and any(squash(column.column.source) == _OF_PHONE for column in stamped):
        # Both columns of Torque Pro are in the zone of the phone; only one says which.
        clock.zone, clock.offset = Zone.SPELLED, spelled
        clock.spelled = SpelledZones.of(spelled.column.profile.cells)
        clock.columns = (*clock.columns, spelled)
        clock.words += f", zone in {spelled.column.source}"
    elif offset is not None:
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
