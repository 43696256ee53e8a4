"""Laps of a session as a list: those that analysis found, else those of the device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.service.series.stored_streams import stored_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.runner import Pipeline
    from telemparse.service.series.stored_streams import StoredStreams

__all__ = ["DEVICE", "LapItem", "LapList", "chosen_laps", "lap_list", "laps_time_base"]

DEVICE = "laps"
"""Stream of the device's own laps; those of analysis are named after their method behind a dot."""
_NS_PER_S = 1e9


@attrs.frozen(kw_only=True)
class LapItem:
    """One lap.

    Args:
        lap_number: from 1.
        stint_index: from 0.
        t_start_s, t_end_s: seconds since the origin of the list; None where a device gives only durations.
        duration_s: lap time.
        duration_std_s: its standard deviation, None where nobody knows it.
        distance_m: driven, None likewise.
        validity: `VALID`, `INVALID`, `OUTLAP` or `INLAP`.
        confidence: `HIGH`, `MEDIUM`, `LOW` or what else the stream says.
        reasons: registry codes.
        source: of the lap, as the stream names it.
        is_best: True of the shortest valid lap.
    """

    lap_number: int
    stint_index: int
    t_start_s: float | None
    t_end_s: float | None
    duration_s: float
    duration_std_s: float | None
    distance_m: float | None
    validity: str
    confidence: str
    reasons: tuple[str, ...]
    source: str
    is_best: bool


@attrs.frozen(kw_only=True)
class LapList:
    """All laps.

    Args:
        session_id, run_id: whose they are.
        stream: that they stand in, None where there are none.
        method: of the analysis, `device` for the device's own, None without laps.
        time_base: of the instants.
        origin_ns: that they count from.
        items: in order.
        best_lap: number of the shortest valid one, None without one.
    """

    session_id: str
    run_id: str
    stream: str | None
    method: str | None
    time_base: str | None
    origin_ns: int
    items: tuple[LapItem, ...]
    best_lap: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the list as plain values; `origin_ns` as text, for it is too long for a number of JSON."""
        items = [{**attrs.asdict(item), "reasons": list(item.reasons)} for item in self.items]
        return {**attrs.asdict(self, recurse=False), "origin_ns": str(self.origin_ns), "items": items}


def chosen_laps(laps: Sequence[Any]) -> tuple[Any, ...]:
    """Return the laps of one stream: of analysis where it found any, else of the device."""
    # `laps.<method>` sorts behind `laps`.
    stream = max((lap.stream for lap in laps), default=None)
    return tuple(sorted((lap for lap in laps if lap.stream == stream), key=lambda lap: lap.lap_number))


def laps_time_base(stored: StoredStreams, stream: str) -> str | None:
    """Return the time base of the laps of a stream."""
    dataset = stored.datasets.get((stream, "L0"))
    return None if dataset is None else dataset.time_base


def lap_list(pipeline: Pipeline, session_id: str) -> LapList:
    """Return the laps of a session, none where there are none.

    Raises SeriesRefused with SESSION_NOT_READY.
    """
    stored = stored_streams(pipeline, session_id)
    laps = chosen_laps(pipeline.laps(session_id))
    stream = laps[0].stream if laps else None
    base = None if stream is None else laps_time_base(stored, stream)
    valid = [lap for lap in laps if lap.validity == "VALID"]
    best = min(valid, key=lambda lap: lap.duration_ns).lap_number if valid else None
    return LapList(
        session_id=session_id,
        run_id=stored.run_id,
        stream=stream,
        method=None if stream is None else stream.partition(".")[2] or "device",
        time_base=base,
        origin_ns=stored.origin_ns(base),
        items=tuple(
            LapItem(
                lap_number=lap.lap_number,
                stint_index=lap.stint_index,
                t_start_s=stored.seconds(lap.t_start_ns, base),
                t_end_s=stored.seconds(lap.t_end_ns, base),
                duration_s=lap.duration_ns / _NS_PER_S,
                duration_std_s=lap.duration_std_s,
                distance_m=lap.distance_m,
                validity=lap.validity,
                confidence=lap.confidence,
                reasons=tuple(lap.reasons),
                source=lap.source,
                is_best=lap.lap_number == best,
            )
            for lap in laps
        ),
        best_lap=best,
    )
