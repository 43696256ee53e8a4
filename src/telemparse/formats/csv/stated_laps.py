"""Lap and sector times that lines above the rows state beside a column that counts the laps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.csv_rules import lap_pattern
from telemparse.formats.csv.spans import clock_ns, decimal_ns
from telemparse.schemas.device_laps import DeviceLap, DeviceSector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["StatedLap", "stated_laps", "timed_exactly"]

_SECTORS = "sectors"
_MOST_SECTORS = 100
_ROW_NS = 200_000_000
"""What the column may be off: the first row of a lap is up to a row late, and so is that of the next."""
_ROUNDED_NS = 1_000_000


@attrs.frozen
class StatedLap:
    """The time of one lap, and of its sectors where they make up the lap."""

    duration_ns: int
    sectors_ns: tuple[int, ...] = ()


def stated_laps(lines: Sequence[str], text: str) -> dict[int, StatedLap]:
    """Return what lines like `Lap 1, 33.8, sectors, 9.0,6.7,0,18.1` state, by the device's number of the lap.

    Args:
        lines: of the preamble.
        text: how the line begins, `{lap}` and `{time}` in it. Sectors come behind the word `sectors`; a 0 is
            one that the track does not have.

    The first line of a number counts.
    """
    pattern = re.compile(lap_pattern(text).pattern + r"(?:,(?P<rest>.*))?")
    found: dict[int, StatedLap] = {}
    for line in lines:
        read = pattern.fullmatch(line.strip())
        span_ns = _span(read["time"]) if read is not None else None
        if read is not None and span_ns:
            found.setdefault(int(read["lap"]), StatedLap(span_ns, _sectors(read["rest"] or "", span_ns)))
    return found


def _span(text: str) -> int | None:
    return clock_ns(text) if ":" in text else decimal_ns(text)


def _sectors(rest: str, lap_ns: int) -> tuple[int, ...]:
    head, _comma, cells = rest.partition(",")
    if head.strip().lower() != _SECTORS:
        return ()
    read = [_span(cell.strip()) for cell in cells.split(",")[:_MOST_SECTORS]]
    spans = tuple(span for span in read if span)
    whole = None not in read and abs(sum(spans) - lap_ns) <= _ROUNDED_NS * max(len(spans), 1)
    return spans if whole else ()


def timed_exactly(
    laps: Sequence[DeviceLap], stated: Mapping[int, StatedLap]
) -> tuple[list[DeviceLap], list[DeviceSector]]:
    """Return laps with the times that the lines above state, and their sectors.

    A lap that the rows count ends where they say; one whose time by the rows is another one stays as it is.
    Where the rows count none, those of the lines are durations without instants.
    """
    if not laps:
        laps = [DeviceLap(duration_ns=lap.duration_ns, device_lap=number) for number, lap in stated.items()]
    exact: list[DeviceLap] = []
    sectors: list[DeviceSector] = []
    for place, lap in enumerate(laps, 1):
        told = stated.get(lap.device_lap) if lap.device_lap is not None else None
        if told is None or abs(told.duration_ns - lap.duration_ns) > _ROW_NS:
            exact.append(lap)
            continue
        start_ns = None if lap.t_end_ns is None else lap.t_end_ns - told.duration_ns
        exact.append(attrs.evolve(lap, duration_ns=told.duration_ns, t_start_ns=start_ns, confidence="HIGH"))
        sectors += _placed_sectors(place, told, lap.stint_index, start_ns)
    return exact, sectors


def _placed_sectors(
    lap_number: int, told: StatedLap, stint_index: int, start_ns: int | None
) -> list[DeviceSector]:
    placed: list[DeviceSector] = []
    for index, span_ns in enumerate(told.sectors_ns):
        end_ns = None if start_ns is None else start_ns + span_ns
        placed.append(
            DeviceSector(
                lap_number=lap_number,
                sector_index=index,
                duration_ns=span_ns,
                stint_index=stint_index,
                t_start_ns=start_ns,
                t_end_ns=end_ns,
            )
        )
        start_ns = end_ns
    return placed
