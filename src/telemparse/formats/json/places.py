"""Positions that a document writes as one text: `47.5000000°, 8.2500000°` and `geo:47.5,8.25`."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["place_cells"]

_KEYS = frozenset(("point", "latlng", "LatLng", "latLng"))
# Google's timeline on Android writes degree signs, that of iOS a URI of RFC 5870.
_PLACE = re.compile(r"(?:geo:)?([+-]?\d{1,3}(?:\.\d{1,16})?)°?, ?([+-]?\d{1,3}(?:\.\d{1,16})?)°?")


def place_cells(key: str, name: str, value: Any) -> dict[str, Any]:
    """Return a scalar by its name; a text that is a position by the names of its two coordinates.

    Args:
        key: last step of the name, which tells what may be a position.
        name: flat name of the value.
        value: scalar.
    """
    if key not in _KEYS or not isinstance(value, str):
        return {name: value}
    found = _PLACE.fullmatch(value.strip())
    if found is None:
        # Two cells in any case: what a record of this kind has does not hang on what it holds.
        return {name: value, f"{name}.latitude": None}
    return {f"{name}.latitude": found[1], f"{name}.longitude": found[2]}
