"""Lap times as a column of words: the decimals that they deserve, under each other at the point."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from telemparse.kernels.lap_figures import decimals_for, lap_time

if TYPE_CHECKING:
    from telemparse.cli.lap_findings import LapFindings

__all__ = ["MILLISECONDS", "UNSURE", "LapTimes"]

MILLISECONDS = 3
"""Decimals of what devices tell, at most."""
UNSURE = 2
"""Decimals of a lap time whose error nobody knows."""
_PARTIAL = 1
"""Decimals of a part of a lap."""
_NS_PER_MS = 1_000_000


class LapTimes:
    """Times of a recording's laps as words.

    Args:
        found: the laps.
    """

    def __init__(self, found: LapFindings) -> None:
        self._rows = found.rows
        known = [row["duration_std_s"] for row in found.rows if row["duration_std_s"] is not None]
        self.decimals = decimals_for(median(known)) if known else UNSURE
        own = [row["duration_ns"] for row in found.device_rows]
        exact = all(not duration % (10 * _NS_PER_MS) for duration in own)
        self.device_decimals = 2 if exact else MILLISECONDS

    def deserved(self, row: dict[str, Any]) -> int:
        """Return the decimals of one lap: those of the table, fewer where it is far less sure."""
        std_s = row["duration_std_s"]
        if std_s is None:
            return _PARTIAL if row["validity"] in ("OUTLAP", "INLAP") else min(self.decimals, UNSURE)
        own = decimals_for(std_s)
        return own if own < self.decimals - 1 else self.decimals

    def cells(self, row: dict[str, Any]) -> tuple[str, str]:
        """Return lap time and standard deviation; those of a table end at one place."""
        decimals, std_s = self.deserved(row), row["duration_std_s"]
        spread = "" if std_s is None else self._under(f"{std_s:.{decimals}f}", decimals)
        return self._under(lap_time(row["duration_ns"], decimals), decimals), spread

    def columns(self) -> tuple[list[str], list[str]]:
        """Return the columns of times and of standard deviations, heads first."""
        cells = [("time", "±"), *map(self.cells, self._rows)]
        times, spreads = ([pair[place] for pair in cells] for place in (0, 1))
        return _level(times), _level(spreads)

    def _under(self, words: str, decimals: int) -> str:
        """Return words with blanks in the place of decimals that are not there, and of the point."""
        missing = self.decimals - decimals
        return words + " " * (missing + (decimals == 0) if missing > 0 else 0)


def _level(words: list[str]) -> list[str]:
    """Return words with blanks before them: rich would take away those behind them, and shift the points."""
    longest = max(map(len, words))
    return [word.rjust(longest) for word in words]
