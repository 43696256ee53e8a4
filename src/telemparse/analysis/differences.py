"""Which of two laps is faster, and whether anybody can tell."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemparse.analysis.lap_rows import LapRow

__all__ = ["BestLap", "Difference", "Verdict", "best_of", "difference_of"]

_SIGMAS = 2.0


class Verdict(enum.StrEnum):
    """What a difference of times says of the first one."""

    FASTER = "faster"
    SLOWER = "slower"
    NOT_DISTINGUISHABLE = "not distinguishable"
    """The difference is smaller than two of its standard deviations."""
    UNKNOWN = "unknown"
    """Nobody knows how uncertain one of the times is."""


@attrs.frozen
class Difference:
    """How much longer one lap takes than another one.

    Args:
        first, second: lap numbers.
        seconds: time of the first less that of the second.
        std_s: its standard deviation, of errors that have nothing to do with each other; None where unknown.
    """

    first: int
    second: int
    seconds: float
    std_s: float | None

    @property
    def verdict(self) -> Verdict:
        """What it says of the first lap."""
        if self.first == self.second:
            return Verdict.NOT_DISTINGUISHABLE
        if self.std_s is None:
            return Verdict.UNKNOWN
        if self.seconds == 0 or abs(self.seconds) < _SIGMAS * self.std_s:
            return Verdict.NOT_DISTINGUISHABLE
        return Verdict.FASTER if self.seconds < 0 else Verdict.SLOWER


@attrs.frozen
class BestLap:
    """The valid lap of the least time.

    Args:
        number: of the lap.
        seconds: its time.
        std_s: standard deviation of that, None where unknown.
        rivals: numbers of laps that are slower on paper only: not distinguishable from it, or nobody knows.
        excluded: laps that do not count, with validity and registry codes of each.
    """

    number: int
    seconds: float
    std_s: float | None
    rivals: tuple[int, ...]
    excluded: Mapping[int, tuple[str, ...]]


def difference_of(first: LapRow, second: LapRow) -> Difference:
    """Return the difference of two lap times; a lap differs by exactly nothing from itself."""
    if first.number == second.number:
        return Difference(first.number, second.number, 0.0, 0.0)
    known = first.std_s is not None and second.std_s is not None
    std = math.hypot(first.std_s or 0.0, second.std_s or 0.0) if known else None
    return Difference(first.number, second.number, (first.duration_ns - second.duration_ns) / NS_PER_S, std)


def best_of(rows: Iterable[LapRow]) -> BestLap | None:
    """Return the best of laps, the first of equal ones; None where none counts."""
    rows = tuple(rows)
    counting = [row for row in rows if row.counts]
    if not counting:
        return None
    best = min(counting, key=lambda row: row.duration_ns)
    open_ones = (Verdict.NOT_DISTINGUISHABLE, Verdict.UNKNOWN)
    return BestLap(
        number=best.number,
        seconds=best.seconds,
        std_s=best.std_s,
        rivals=tuple(
            row.number
            for row in counting
            if row is not best and difference_of(row, best).verdict in open_ones
        ),
        excluded={row.number: (row.validity, *row.reasons) for row in rows if not row.counts},
    )
