"""What is told of laps beside each other: the comparison, the segments, and what each lap did in them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.analysis import compare_laps, find_segments, measure_segments
from telemparse.analysis.differences import best_of
from telemparse.analysis.lap_rows import lap_rows
from telemparse.cli.lap_choices import BEST
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse.analysis.comparison import Comparison
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.segments import Segments
    from telemparse.model.issues import Issue
    from telemparse.model.results import ParseResult

__all__ = ["LapComparison"]

_USUAL = 2


@attrs.frozen(eq=False)
class LapComparison:
    """Laps of a recording beside each other.

    Args:
        result: the recording.
        laps: found in it.
        comparison: of the chosen ones.
        segments: of the track.
        done: by segment and lap number, what `measure_segments` says.
    """

    result: ParseResult
    laps: Laps
    comparison: Comparison
    segments: Segments
    done: Mapping[tuple[str, int], Mapping[str, Any]]

    @classmethod
    def of(
        cls, result: ParseResult, laps: Laps, numbers: Sequence[int] | None, reference: int | str | None
    ) -> LapComparison:
        """Return the comparison that a call asks for.

        Args:
            result: the recording.
            laps: found in it.
            numbers: lap numbers; the two fastest valid laps when absent.
            reference: lap number, `best`, or None for the fastest of them.

        Raises CallError for laps that are not there.
        """
        if reference == BEST:
            best = best_of(lap_rows(laps.table))
            if best is None:
                raise CallError("no lap is valid, so that there is no best one: name a lap")
            reference = best.number
        numbers = _fastest(laps) if numbers is None else numbers
        against = None if reference is None else int(reference)
        comparison = compare_laps(laps, numbers, reference=against)
        segments = find_segments(laps)
        measured = measure_segments(laps, segments, comparison.numbers).to_pylist()
        return cls(
            result,
            laps,
            comparison,
            segments,
            {(row["segment_id"], row["lap_number"]): row for row in measured},
        )

    @property
    def others(self) -> tuple[int, ...]:
        """Numbers of the laps that are measured against the reference."""
        return tuple(number for number in self.comparison.numbers if number != self.comparison.reference)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Findings of the comparison and the segments."""
        return (*self.comparison.issues, *self.segments.issues)

    def lost_s(self, segment: str, number: int) -> float | None:
        """Return how much longer a lap takes in a segment than the reference, None where nobody knows."""
        own, other = (
            self.done.get((segment, lap), {}).get("duration_s")
            for lap in (number, self.comparison.reference or 0)
        )
        return None if own is None or other is None else float(own - other)

    def deltas_s(self, number: int) -> list[float | None]:
        """Return how much later a lap is than the reference at the end of each segment."""
        lost = [self.lost_s(row["segment_id"], number) for row in self.segments.table.to_pylist()]

        def later(so_far: float | None, more: float | None) -> float | None:
            return None if so_far is None or more is None else so_far + more

        return list(itertools.accumulate(lost, later))


def _fastest(laps: Laps) -> list[int]:
    """Return the two fastest valid laps, in their order."""
    counting = sorted((row for row in lap_rows(laps.table) if row.counts), key=lambda row: row.duration_ns)
    return sorted(row.number for row in counting[:_USUAL])
