"""Series: what charts, maps and tables of a session are drawn from, read from its Parquet files.

Plain calls on a pipeline; nothing here knows HTTP. Every name below is loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemparse.service.series.analysts import Analyst
    from telemparse.service.series.comparisons import LapComparison, compare
    from telemparse.service.series.drawn_columns import Series
    from telemparse.service.series.lap_lists import LapItem, LapList, lap_list
    from telemparse.service.series.refusals import SeriesRefused
    from telemparse.service.series.stream_lists import streams
    from telemparse.service.series.time_lines import TimeSeries, time_series
    from telemparse.service.series.track_maps import TrackMap, track_map

__all__ = [
    "Analyst",
    "LapComparison",
    "LapItem",
    "LapList",
    "Series",
    "SeriesRefused",
    "TimeSeries",
    "TrackMap",
    "compare",
    "lap_list",
    "streams",
    "time_series",
    "track_map",
]

_HOMES = {
    "Analyst": "analysts",
    "LapComparison": "comparisons",
    "LapItem": "lap_lists",
    "LapList": "lap_lists",
    "Series": "drawn_columns",
    "SeriesRefused": "refusals",
    "TimeSeries": "time_lines",
    "TrackMap": "track_maps",
    "compare": "comparisons",
    "lap_list": "lap_lists",
    "streams": "stream_lists",
    "time_series": "time_lines",
    "track_map": "track_maps",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.service.series' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"telemparse.service.series.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
