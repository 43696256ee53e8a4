"""What is odd about the clock and the channels of a file, as issues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ParseOptions

    from telemparse_aim.clock import Clock
    from telemparse_aim.layout import Layout
    from telemparse_aim.survey import Survey
    from telemparse_aim.tables import Tables

__all__ = ["channel_issues", "clock_issues"]

_MOST_NAMES = 100


def clock_issues(name: str, found: Survey, clock: Clock, options: ParseOptions) -> Iterator[Issue]:
    """Yield what a user has to know of the instants of a file."""
    place = Locus(name)
    if clock.jumps:
        yield Issue("AIM_XRK_CLOCK_JUMPS", place, artifact=name, count=clock.jumps, jump_s=clock.jump_s)
    if clock.zone is not None and options.timezone is None:
        yield Issue("TIME_ZONE_ASSUMED_UTC", place, stream="all streams")
    if clock.zone is not None and found.start is not None and not found.start.is_certain:
        reason = "month and day can be taken for each other"
        yield Issue("DATE_UNRELIABLE", place, artifact=name, reason=reason)
    astray = found.days_astray(clock)
    if astray:
        reason = f"GPS time and the date that the logger shows are {astray} days apart"
        yield Issue("DATE_UNRELIABLE", place, artifact=name, reason=reason)


def channel_issues(name: str, layout: Layout, tables: Tables) -> Iterator[Issue]:
    """Yield what could not be read of channels and sensors, and what was assumed."""
    place = Locus(name)
    if tables.lone:
        reason = "samples of one axis without those of the others"
        yield Issue("ROWS_SKIPPED", place, count=tables.lone, total=tables.sensed, reason=reason)
    if tables.unknown_gears:
        yield Issue("VALUE_OUT_OF_RANGE", place, count=tables.unknown_gears, column="gear")
    for column, unit in tables.assumed:
        yield Issue("UNIT_ASSUMED", place, column=column, unit=unit)
    if tables.unreadable:
        channels = list(tables.unreadable)
        yield Issue("CHANNELS_SKIPPED", place, count=len(channels), channels=channels[:_MOST_NAMES])
    if layout.refused:
        yield Issue("CHANNELS_SKIPPED", place, count=layout.refused, channels="beyond the most that are read")
