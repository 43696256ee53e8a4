"""What is told of the laps of a recording: those found, the device's beside them, and the best one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.analysis.differences import best_of
from telemparse.analysis.lap_matching import match_laps
from telemparse.analysis.lap_rows import lap_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.differences import BestLap
    from telemparse.analysis.lap_matching import Match
    from telemparse.analysis.lap_results import Laps
    from telemparse.model.issues import Issue
    from telemparse.model.results import ParseResult

__all__ = ["LapFindings"]


@attrs.frozen(eq=False)
class LapFindings:
    """A recording's laps with what belongs to them.

    Args:
        result: the recording.
        laps: found in it.
        device: laps as the device timed them, None where it did not.
        matches: by row of the laps, the row of the same lap of the device.
        best: valid lap of the least time, None where none is valid.
    """

    result: ParseResult
    laps: Laps
    device: pa.Table | None
    matches: Mapping[int, Match]
    best: BestLap | None

    @classmethod
    def of(cls, result: ParseResult, laps: Laps) -> LapFindings:
        """Return what is told of laps."""
        device = result.streams.get("laps")
        matches = () if device is None else match_laps(laps.table, device)
        return cls(
            result, laps, device, {match.row: match for match in matches}, best_of(lap_rows(laps.table))
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows of the laps' table."""
        return rows_of(self.laps.table)

    @property
    def device_rows(self) -> list[dict[str, Any]]:
        """Rows of the device's table, none where there is none."""
        return [] if self.device is None else rows_of(self.device)

    @property
    def by_lap(self) -> dict[int, dict[str, Mapping[str, Any]]]:
        """Evidence of the findings about single laps, by lap number and code."""
        told: dict[int, dict[str, Mapping[str, Any]]] = {}
        for issue in self.of_laps:
            told.setdefault(issue.evidence["lap"], {})[issue.code] = issue.evidence
        return told

    @property
    def of_laps(self) -> tuple[Issue, ...]:
        """Findings about single laps."""
        return tuple(issue for issue in self.laps.issues if "lap" in issue.evidence)

    @property
    def of_all(self) -> tuple[Issue, ...]:
        """Findings about all of it."""
        return tuple(issue for issue in self.laps.issues if "lap" not in issue.evidence)


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return rows with instants as integers, which keep their nanoseconds."""
    for name in ("t_start", "t_end"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].cast("int64"))
    found: list[dict[str, Any]] = table.to_pylist()
    return found
