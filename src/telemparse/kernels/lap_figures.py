"""Lap times as words, with as many decimals as they deserve."""

from __future__ import annotations

import math

__all__ = ["decimals_for", "lap_time"]

_MINUTE_S = 60
_DIGITS_NS = 9
_MOST_DECIMALS = 6
# Errors up to here have two digits that count, larger ones one (PDG, Review of Particle Physics, 5.3).
_TWO_DIGITS, _NEXT_DECADE = 3.55, 9.5


def decimals_for(std_s: float) -> int:
    """Return the decimals that a time with this standard deviation deserves, 0 to 6."""
    if std_s <= 0:
        return _MOST_DECIMALS
    decade = math.floor(math.log10(std_s))
    lead = std_s / 10.0**decade
    if lead >= _NEXT_DECADE:
        decade, lead = decade + 1, 1.0
    return min(max((1 if lead < _TWO_DIGITS else 0) - decade, 0), _MOST_DECIMALS)


def lap_time(duration_ns: int, decimals: int) -> str:
    """Return a lap time, `58.651`, `1:08.12` or `1:02:03.4`, rounded to so many decimals, 0 to 9."""
    scale: int = 10**decimals
    unit: int = 10 ** (_DIGITS_NS - decimals)
    scaled = (duration_ns + unit // 2) // unit
    seconds, rest = divmod(scaled, scale)
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    minutes, seconds = divmod(seconds, _MINUTE_S)
    if not minutes:
        return f"{seconds}{fraction}"
    hours, minutes = divmod(minutes, _MINUTE_S)
    shown = f"{minutes}" if not hours else f"{hours}:{minutes:02d}"
    return f"{shown}:{seconds:02d}{fraction}"
