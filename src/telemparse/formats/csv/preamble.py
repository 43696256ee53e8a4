"""Values of the lines above the data: when the recording began, and the laps and beacons that stand there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.extension.csv_rules import timed
from telemparse.formats.csv.rows import split_line
from telemparse.formats.csv.spans import decimal_ns
from telemparse.formats.csv.spelled_dates import english_clock, iso_date
from telemparse.formats.csv.vocabulary import squash
from telemparse.kernels.clocks import DAY_NS, local_to_utc_ns
from telemparse.kernels.dates import DateOrder, dates, stamps, times_of_day
from telemparse.kernels.texts import strings
from telemparse.schemas.device_laps import DeviceLap

if TYPE_CHECKING:
    from telemparse.extension.csv_rules import LapRule, Start
    from telemparse.formats.csv.layout import Layout
    from telemparse.schemas.device_laps import DeviceSector

__all__ = ["Marks", "cells_behind", "marks_in", "start_ns"]

_LEAD = 8
_WEEKDAY = re.compile(r"^[^\W\d]{3,12}\.?,\s*(?=\S)")
_SAME_NS = 2_000_000
_SIGNS = "=:;, \t"
_LONGEST_STAMP = 80
_MOST = 10_000


@attrs.frozen
class Marks:
    """What a preamble tells of laps.

    Args:
        beacons: (instant, event type) of crossings, instants since the zero of the clock.
        laps: in order; their instants too are counted from that zero.
        sectors: likewise.
    """

    beacons: tuple[tuple[int, str], ...] = ()
    laps: tuple[DeviceLap, ...] = ()
    sectors: tuple[DeviceSector, ...] = ()


def cells_behind(layout: Layout, label: str) -> tuple[str, ...]:
    """Return the cells behind a label in the preamble, or those of the line below one that stands alone."""
    wanted = squash(label)
    for place, line in enumerate(layout.preamble):
        if squash(line[: _LEAD * len(label) + _LEAD])[: len(wanted)] != wanted:
            continue
        first, *others = split_line(line, layout.delimiter) or ("",)
        if squash(first) != wanted:
            continue
        filled = tuple(cell.strip() for cell in others)
        if any(filled):
            return filled
        below = layout.preamble[place + 1 : place + 2]
        return tuple(cell.strip() for cell in split_line(below[0], layout.delimiter)) if below else ()
    return ()


def start_ns(layout: Layout, start: Start, zone: str | None) -> int | None:
    """Return when the recording began, ns since 1970 in UTC, or None where the lines do not say.

    Args:
        layout: of the file.
        start: the lines.
        zone: that the local time is of; UTC without one.
    """
    if start.stamp:
        return _stamped_ns(layout, start, zone)
    date, clock = (cells_behind(layout, label) for label in (start.date, start.time))
    if not date or not clock:
        return None
    # `Sunday, December 15, 2024`, quoted or in cells of its own.
    text = _WEEKDAY.sub("", date[0] if any(letter.isdigit() for letter in date[0]) else ", ".join(date[:3]))
    day = _day(text, DateOrder(start.order))
    of_day_ns, good = times_of_day(strings([english_clock(clock[0])]))
    if day is None or not good[0]:
        return None
    return _in_utc(day * DAY_NS + int(of_day_ns[0]), zone)


def _day(text: str, order: DateOrder) -> int | None:
    """Return the day since 1970 of a date: spelled, in the vendor's order, or in the only one that fits."""
    spelled = iso_date(text)
    days, dated = dates(strings([spelled or text]), DateOrder.YMD if spelled else order)
    if dated[0]:
        return int(days[0])
    others = [dates(strings([text]), other) for other in DateOrder if other is not order]
    fitting = [int(days[0]) for days, dated in others if dated[0]]
    return fitting[0] if len(fitting) == 1 else None


def _stamped_ns(layout: Layout, start: Start, zone: str | None) -> int | None:
    """Return the instant behind the beginning of a line: `#D=05-04-2025 10:00:00=`."""
    for line in layout.preamble:
        text = line.strip()
        if text.startswith(start.stamp):
            behind = text[len(start.stamp) :].strip(_SIGNS)[:_LONGEST_STAMP]
            local_ns, good, _zoned = stamps(strings([behind]), DateOrder(start.order))
            return _in_utc(int(local_ns[0]), zone) if good[0] else None
    return None


def _in_utc(local_ns: int, zone: str | None) -> int:
    local = np.array([local_ns], np.int64)
    return int(local_to_utc_ns(local, zone)[0]) if zone is not None else local_ns


def marks_in(layout: Layout, rule: LapRule) -> Marks:
    """Return the laps and beacons that the preamble tells; what is no number tells nothing."""
    if rule.durations:
        label, unit = timed(rule.durations)
        spans = [decimal_ns(cell, unit.scale) for cell in cells_behind(layout, label)[:_MOST]]
        return Marks(
            laps=tuple(DeviceLap(duration_ns=span) for span in spans if span is not None and span > 0)
        )
    crossed = " ".join(cells_behind(layout, rule.beacons)) if rule.beacons else ""
    if layout.decimal == ".":
        crossed = crossed.replace(",", " ")  # several in one quoted cell
    words = crossed.split()[:_MOST]
    found = [span for word in words if (span := decimal_ns(word)) is not None and span > 0]
    crossings = sorted(set(found))
    end = decimal_ns(next(iter(cells_behind(layout, rule.duration)), "")) if rule.duration else None
    counts_ways = bool(rule.segments and any(cells_behind(layout, rule.segments)))
    ends = bool(crossings and end is not None and abs(crossings[-1] - end) <= _SAME_NS)
    beacons = crossings[:-1] if ends else crossings
    if not beacons:
        return Marks()
    edges = [*([0] if counts_ways else []), *beacons, *(crossings[-1:] if ends and counts_ways else [])]
    kinds = ["VALID"] * (len(edges) - 1)
    if counts_ways:
        kinds[0] = "OUTLAP"
        kinds[-1] = "INLAP" if ends else kinds[-1]
    ways = zip(edges, edges[1:], kinds, strict=False)
    return Marks(
        tuple((t_ns, "lap_beacon") for t_ns in beacons),
        tuple(
            DeviceLap(
                duration_ns=to_ns - from_ns,
                t_start_ns=from_ns,
                t_end_ns=to_ns,
                validity=kind,
            )
            for from_ns, to_ns, kind in ways
        ),
    )
