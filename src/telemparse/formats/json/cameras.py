"""Streams of action cameras: samples of values without names, which the stream's own name lists.

`{"samples": [{"value": [...], "cts": ..., "date": ..., "sticky": {...}}], "name": "GPS (Lat., Long., ...)",
"units": [...]}`, as exporters of GoPro's telemetry write it. What is `sticky` holds until it is said anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["camera_records", "is_camera_stream"]

_TITLE = re.compile(r"(?P<title>[^()]{1,60})\((?P<parts>[^()]{1,200})\)")
_SIGNS = re.compile(r"[^\w ]")
_MOST_PARTS = 16


def is_camera_stream(value: dict[str, Any]) -> bool:
    """Tell whether an object is a stream of samples with values in a list, and a name for them."""
    samples, name = value.get("samples"), value.get("name")
    return (
        isinstance(samples, list)
        and isinstance(name, str)
        and bool(samples)
        and isinstance(samples[0], dict)
        and isinstance(samples[0].get("value"), list)
        and len(samples[0]["value"]) == len(_names(name))
    )


def camera_records(stream: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the samples of a stream as records whose values have names, and their units behind them."""
    names = _names(stream["name"])
    headings = [f"{name}{unit}" for name, unit in zip(names, _units(stream, len(names)), strict=True)]
    sticky: dict[str, Any] = {}
    for sample in stream["samples"]:
        if not isinstance(sample, dict):
            continue
        values = sample.get("value")
        held = sample.get("sticky")
        sticky |= held if isinstance(held, dict) else {}
        rest = {key: part for key, part in sample.items() if key not in ("value", "sticky")}
        read = dict(zip(headings, values, strict=False)) if isinstance(values, list) else {}
        yield {**rest, **read, **sticky}


def _names(title: str) -> list[str]:
    found = _TITLE.fullmatch(title.strip())
    if found is None:
        return []
    parts = found["parts"].split(",", _MOST_PARTS)
    return [f"{found['title'].strip()} {_SIGNS.sub('', part).strip()}" for part in parts]


def _units(stream: dict[str, Any], count: int) -> list[str]:
    units = stream.get("units")
    listed = units if isinstance(units, list) else [units] * count
    listed = [unit for unit in listed if isinstance(unit, str)]
    return [f" ({unit})" if unit else "" for unit in listed] if len(listed) == count else [""] * count
