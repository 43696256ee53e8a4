"""Streams of a ride by key: `{"time": {"data": [...], ...}, "latlng": {"data": [[lat, lon], ...], ...}}`.

Its site gives the same without the objects around the lists: `{"time": [...], "latlng": [[lat, lon], ...]}`.

Strava's streams (developers.strava.com, "Streams", `key_by_type=true`): times in seconds since the start,
speeds in metres a second, distances and heights in metres, one value a sample in each of them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["ride_columns"]

_MARKS = ("original_size", "resolution", "series_type")
_UNITS = {"time": "time (s)", "velocity_smooth": "velocity_smooth (m/s)", "distance": "distance (m)",
          "altitude": "altitude (m)"}  # fmt: skip
_FEWEST, _PAIR = 2, 2


def ride_columns(value: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the columns of streams by key, none where an object is no such thing."""
    streams = {
        key: part["data"]
        for key, part in value.items()
        if isinstance(part, dict)
        and isinstance(part.get("data"), list)
        and any(mark in part for mark in _MARKS)
    }
    if not streams and _are_pairs(value.get("latlng")) and isinstance(value.get("time"), list):
        streams = {key: part for key, part in value.items() if isinstance(part, list)}
    lengths = {len(data) for data in streams.values()}
    if len(streams) < _FEWEST or len(lengths) != 1 or min(lengths) < _FEWEST:
        return {}
    columns: dict[str, list[Any]] = {}
    for key, data in streams.items():
        if key == "latlng":
            columns["latitude"] = [_item(place, 0) for place in data]
            columns["longitude"] = [_item(place, 1) for place in data]
        else:
            columns[_UNITS.get(key, key)] = data
    return columns


def _are_pairs(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list) and len(value[0]) == _PAIR


def _item(place: Any, index: int) -> Any:
    return place[index] if isinstance(place, list) and len(place) > index else None
