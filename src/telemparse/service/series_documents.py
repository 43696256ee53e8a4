"""Documents of series: laps, maps, streams, lines over time, and laps compared."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from telemparse.service.documents import Answer

__all__ = [
    "ComparisonAnswer",
    "GateAnswer",
    "LapAnswer",
    "LapsAnswer",
    "MapAnswer",
    "SeriesAnswer",
    "StreamAnswer",
    "StreamsAnswer",
    "TimeSeriesAnswer",
]


class LapAnswer(Answer):
    """A lap."""

    lap_number: int
    stint_index: int
    t_start_s: float | None
    t_end_s: float | None
    duration_s: float
    duration_std_s: float | None
    distance_m: float | None
    validity: str
    confidence: str
    reasons: list[str]
    source: str
    is_best: bool


class LapsAnswer(Answer):
    """The laps of a session."""

    session_id: str
    run_id: str
    stream: str | None
    method: str | None
    time_base: str | None
    origin_ns: str = Field(description="Instant that seconds count from, ns of the time base, as text.")
    items: list[LapAnswer]
    best_lap: int | None


class GateAnswer(Answer):
    """The start/finish line that laps were timed at."""

    lat1_deg: float
    lon1_deg: float
    lat2_deg: float
    lon2_deg: float
    name: str | None
    source: str | None


class MapAnswer(Answer):
    """Where a session went."""

    session_id: str
    run_id: str
    stream: str
    level: str
    time_base: str | None
    origin_ns: str
    lat_deg: list[float]
    lon_deg: list[float]
    speed_mps: list[float | None]
    t_s: list[float]
    breaks: list[int] = Field(description="Places before which the line breaks.")
    gate: GateAnswer | None
    bounds: dict[str, float] | None


class ColumnAnswer(Answer):
    """A column of a stream."""

    name: str
    unit: str | None
    description: str
    drawable: bool


class StreamAnswer(Answer):
    """A stream at a level."""

    stream: str
    level: str
    rows: int
    rate_hz: float | None
    time_base: str | None
    t_first_s: float | None
    t_last_s: float | None
    columns: list[ColumnAnswer]


class StreamsAnswer(Answer):
    """The streams of a session."""

    session_id: str
    items: list[StreamAnswer]


class SeriesAnswer(Answer):
    """A line over time; null where it breaks."""

    name: str
    unit: str | None
    t_s: list[float]
    values: list[float | None]


class TimeSeriesAnswer(Answer):
    """Lines of a stream in a window."""

    session_id: str
    run_id: str
    stream: str
    level: str
    time_base: str | None
    origin_ns: str
    begin_s: float | None
    end_s: float | None
    rows: int = Field(description="That the level has in the window.")
    series: list[SeriesAnswer]


class ComparisonAnswer(Answer):
    """Laps compared along the way."""

    session_id: str
    run_id: str
    reference: int | None
    laps: list[dict[str, Any]]
    s_m: list[float] = Field(description="Progress along the way of the reference, m.")
    traces: dict[str, dict[str, list[float | None]]] = Field(description="By lap number and name.")
    difference: dict[str, Any] | None
    corners: list[dict[str, Any]]
    corners_reference: int | None
    sectors: list[dict[str, Any]]
    theoretical_best: dict[str, Any]
    warnings: list[dict[str, Any]]
