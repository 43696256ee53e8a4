"""Lap and sector times out of a list of crossings: which line, and how long after the recording began."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.spans import clock_ns
from telemparse.schemas.device_laps import DeviceLap, DeviceSector

if TYPE_CHECKING:
    from telemparse.formats.csv.markup import TaggedBlock

__all__ = ["Crossings", "crossings_in"]

_LINE = re.compile(r"#(?P<line>\d{1,3}),(?P<time>[\d:.]{1,20})", re.ASCII)
_FIGURES = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?(?:,-?\d{1,6}(?:\.\d{1,6})?){0,19}", re.ASCII)
_MOST = 10_000


@attrs.define
class Crossings:
    """What a list of crossings tells; instants are counted from the beginning of the recording.

    Args:
        beacons: (instant, event type), in order.
        laps: in order, the way to the first crossing of the finish before them.
        sectors: of those laps that lie between one line and the next.
        left_out: reasons to counts.
        odd_lines: numbers of the lines that are neither crossings nor figures about one.
    """

    beacons: list[tuple[int, str]] = attrs.field(factory=list)
    laps: list[DeviceLap] = attrs.field(factory=list)
    sectors: list[DeviceSector] = attrs.field(factory=list)
    left_out: dict[str, int] = attrs.field(factory=dict)
    odd_lines: list[int] = attrs.field(factory=list)

    def leave_out(self, reason: str) -> None:
        """Count what is left out."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


def crossings_in(block: TaggedBlock, finish: int) -> Crossings:
    """Return laps and sectors.

    Args:
        block: a line `#<line>,<m:ss.mmm>` for each crossing, each perhaps with a line of figures behind it.
        finish: number of the finish line; 0 where nobody says, then it is the highest that is crossed.

    The lap of the first crossing of the finish begins with the recording and nowhere on the track: it is an
    out lap. A sector has a time only where the line before it was crossed just before.
    """
    found = Crossings()
    passed = list(_passed(block, found))
    finish = finish or max((line for _t_ns, line in passed), default=0)
    before: tuple[int, int] | None = None
    begun_ns, is_lap, waiting = 0, False, list[DeviceSector]()
    for t_ns, line in passed:
        found.beacons.append((t_ns, "lap_beacon" if line == finish else "sector_beacon"))
        if before is not None and finish > 1 and line == before[1] % finish + 1:
            waiting.append(_sector(len(found.laps) + 1, line - 1, before[0], t_ns))
        if line == finish:
            if t_ns:  # a recording may begin on the line
                found.laps.append(_lap(begun_ns, t_ns, "VALID" if is_lap else "OUTLAP"))
                found.sectors += waiting
            begun_ns, is_lap, waiting = t_ns, True, []
        before = (t_ns, line)
    if before is not None and before[1] != finish:
        found.leave_out("the file ends within the lap")
    return found


def _passed(block: TaggedBlock, found: Crossings) -> list[tuple[int, int]]:
    """Return (instant, line) of each crossing; those that are no later than the one before are left out."""
    passed: list[tuple[int, int]] = []
    for number, text in block.lines:
        read = _LINE.fullmatch(text)
        t_ns = clock_ns(read["time"]) if read is not None else None
        if read is None or t_ns is None:
            if _FIGURES.fullmatch(text) is None:
                found.odd_lines.append(number)
        elif not int(read["line"]) or t_ns <= (passed[-1][0] if passed else -1):
            found.leave_out("no possible crossing")
        elif len(passed) >= _MOST:
            found.leave_out("more crossings than are kept")
        else:
            passed.append((t_ns, int(read["line"])))
    return passed


def _lap(from_ns: int, to_ns: int, validity: str) -> DeviceLap:
    return DeviceLap(duration_ns=to_ns - from_ns, t_start_ns=from_ns, t_end_ns=to_ns, validity=validity)


def _sector(lap: int, index: int, from_ns: int, to_ns: int) -> DeviceSector:
    return DeviceSector(
        lap_number=lap, sector_index=index, duration_ns=to_ns - from_ns, t_start_ns=from_ns, t_end_ns=to_ns
    )
