"""Laps of a session beside each other, compared in a sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import attrs

from telemparse.runner.intake import RECORDING
from telemparse.service.series.refusals import SeriesRefused, readable
from telemparse.service.series.stored_streams import stored_streams
from telemparse.service.series.windows import checked_points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from telemparse.runner import Pipeline
    from telemparse.service.series.analysts import Analyst

__all__ = ["LapComparison", "compare"]

_MOST_LAPS = 12
_STREAM = "gnss_pvt"
_LARGEST_LAP = 2**31 - 1
_TARGET = "telemparse.service.series.comparison_tasks:compared"


@attrs.frozen(kw_only=True, eq=False)
class LapComparison:
    """Laps on one grid of progress along the way of the reference lap.

    Args:
        session_id, run_id: whose they are.
        reference: number of the reference lap, None where no lap has a way; the traces are empty then.
        laps: of each lap number, time, validity, and `against_reference` (`seconds`, `std_s`, `verdict`).
        s_m: progress, from 0 to the length of the reference's way.
        traces: by lap number `speed_mps`, `delta_s` (positive: later than the reference), `t_s`, `lat_deg`
            and `lon_deg`, one value for each of `s_m`, None where unknown.
        difference: of two laps: `first`, `second`, `seconds` (first less second), `std_s`, `verdict`
            (`faster`, `slower`, `not distinguishable`, `unknown`, of the first); None of more or fewer.
        corners: `number`, `name`, `direction`, `s_start_m`, `apex_s_m`, `s_end_m`, `turn_deg` (left is
            positive), `part`, `shape` and `confidence`, and `laps`: by lap number `entry_mps`, `min_mps`,
            `max_mps`, `exit_mps`, `apex_s_m` and `duration_s`.
        corners_reference: lap along whose way the corners lie.
        sectors: times of the laps in each sector.
        theoretical_best: `seconds`, `std_s`, `sectors`, or the `reason` why there is none.
        warnings: `code` and `message` of what was found on the way.
    """

    session_id: str
    run_id: str
    reference: int | None
    laps: tuple[Mapping[str, Any], ...]
    s_m: tuple[float, ...]
    traces: Mapping[int, Mapping[str, Sequence[float | None]]]
    difference: Mapping[str, Any] | None
    corners: tuple[Mapping[str, Any], ...]
    corners_reference: int | None
    sectors: tuple[Mapping[str, Any], ...]
    theoretical_best: Mapping[str, Any]
    warnings: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, session_id: str, run_id: str, document: Mapping[str, Any]) -> Self:
        """Return the comparison of a document."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
        }
        traces = {int(number): trace for number, trace in document["traces"].items()}
        fields["traces"] = traces
        return cls(session_id=session_id, run_id=run_id, **fields)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; lap numbers are text where they are keys."""
        document = attrs.asdict(self, recurse=False)
        for name in ("laps", "s_m", "corners", "sectors", "warnings"):
            document[name] = list(document[name])
        return {**document, "traces": {str(number): trace for number, trace in self.traces.items()}}


def compare(
    analyst: Analyst,
    pipeline: Pipeline,
    session_id: str,
    *,
    laps: Sequence[int],
    reference: int | None = None,
    max_points: int = 1000,
) -> LapComparison:
    """Return laps of a session beside each other.

    Args:
        analyst: who does it.
        pipeline: where the session is.
        session_id: of the session.
        laps: 1 to 12 numbers of laps that analysis found.
        reference: number of the lap that they are measured against, which joins them; when absent the
            fastest of them that is valid, without a gap and of usual length.
        max_points: of each trace, 16 to 10 000.

    Raises SeriesRefused: SESSION_NOT_READY, NO_POSITION, LAP_UNKNOWN (also for laps that only the device
    knows), SERIES_INVALID, SERIES_UNREADABLE, ANALYSIS_TIMEOUT, ANALYSIS_FAILED.
    """
    points = checked_points(max_points)
    numbers = tuple(dict.fromkeys(laps))
    if not 1 <= len(numbers) <= _MOST_LAPS:
        raise SeriesRefused("SERIES_INVALID", f"1 to {_MOST_LAPS} laps are compared")
    asked = numbers if reference is None else (*numbers, reference)
    beyond = next((number for number in asked if not 1 <= number <= _LARGEST_LAP), None)
    if beyond is not None:
        raise SeriesRefused("LAP_UNKNOWN", lap=beyond)
    stored = stored_streams(pipeline, session_id)
    if (_STREAM, "L0") not in stored.datasets:
        raise SeriesRefused("NO_POSITION")
    wanted = {"laps": list(numbers), "reference": reference, "points": points}
    key = (stored.run_id, numbers, reference, points)
    document = analyst.known(key)
    if document is None:
        with readable(_STREAM), pipeline.storage.workroom() as room:
            document = analyst.answer(
                key, _TARGET, room, lambda: {**_request(pipeline, session_id, stored.run_id, room), **wanted}
            )
    if "unknown" in document:
        raise SeriesRefused("LAP_UNKNOWN", lap=document["unknown"])
    return LapComparison.of(session_id, stored.run_id, document)


def _request(pipeline: Pipeline, session_id: str, run_id: str, room: Path) -> dict[str, Any]:
    """Return what names the recording of a run, whose files are fetched where the store is elsewhere."""
    run = pipeline.shown_run(session_id)
    if run is None or run.id != run_id:  # deleted, or another one since
        raise SeriesRefused("SESSION_NOT_READY")
    manifest_key = run.place.prefix + RECORDING
    local = pipeline.storage.local_path(manifest_key)
    if local is None:
        pipeline.storage.fetch(manifest_key, room / RECORDING)
        pipeline.storage.fetch(run.place.stream(_STREAM), room / f"{_STREAM}.parquet")
    tracks = pipeline.settings.tracks
    return {
        "key": run_id,
        "place": str(room if local is None else local.parent),
        "manifest": RECORDING,
        "options": dict(run.options),
        "settings": {"tracks": None if tracks is None else str(tracks.resolve())},
    }
