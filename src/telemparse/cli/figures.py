"""Figures for people: instants, spans, rates and distances as short words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "clock", "date", "difference", "distance_m", "iso", "length", "rate", "since_zero", "span",
]  # fmt: skip

_NS_PER_S = 1_000_000_000
_NS_PER_MS = 1_000_000
_MS_PER_S = 1_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)
_MINUTE_S = 60
_HOUR_S = 3600
_KILOMETRE_M = 1000
_WHOLE_HZ = 100


def _moment(t_ns: int) -> tuple[datetime, int]:
    seconds, rest_ns = divmod(t_ns, _NS_PER_S)
    return _EPOCH + timedelta(seconds=seconds), rest_ns


def iso(t_ns: int | None) -> str | None:
    """Return nanoseconds since 1970 as ISO-8601 UTC with nine decimals; None for None."""
    if t_ns is None:
        return None
    moment, rest_ns = _moment(t_ns)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest_ns:09d}Z"


def date(t_ns: int) -> str:
    """Return the UTC day, `2024-05-01`."""
    return f"{_moment(t_ns)[0]:%Y-%m-%d}"


def clock(t_ns: int) -> str:
    """Return the UTC time of day to a tenth of a second, cut and not rounded."""
    moment, rest_ns = _moment(t_ns)
    return f"{moment:%H:%M:%S}.{rest_ns * 10 // _NS_PER_S}"


def since_zero(t_ns: int) -> str:
    """Return a time on a clock without a date as seconds, `+12.345 s`."""
    return f"{t_ns / _NS_PER_S:+.3f} s"


def span(duration_ns: int) -> str:
    """Return a duration: `12.345 s` below a minute, then `h:mm:ss`."""
    milliseconds = round(duration_ns / _NS_PER_MS)
    if milliseconds < _MINUTE_S * _MS_PER_S:
        return f"{milliseconds / _MS_PER_S:.3f} s"
    seconds = round(milliseconds / _MS_PER_S)
    return f"{seconds // _HOUR_S}:{seconds // _MINUTE_S % 60:02d}:{seconds % 60:02d}"


def difference(seconds: float, decimals: int) -> str:
    """Return a difference of times with its sign, `+0.12`; nothing has none."""
    words = f"{seconds:+.{decimals}f}"
    return words if any(digit in words for digit in "123456789") else words[1:]


def rate(rate_hz: float | None) -> str:
    """Return a rate with three digits that count, `25 Hz`, `0.2 Hz`; empty for None."""
    if rate_hz is None:
        return ""
    value = float(f"{rate_hz:.3g}")
    return f"{value:,.0f} Hz" if value >= _WHOLE_HZ else f"{value:g} Hz"


def length(metres: float) -> str:
    """Return a distance, `512 m` below a kilometre, then `12.34 km`."""
    return f"{metres:.0f} m" if round(metres) < _KILOMETRE_M else f"{metres / _KILOMETRE_M:,.2f} km"


def distance_m(table: pa.Table) -> float:
    """Return the distance over ground along `lat_deg`, `lon_deg` in metres: great circles, row to row.

    A figure for display: nothing is smoothed, so the jitter of a parked receiver counts too.
    """
    import numpy as np

    from telemparse.kernels.arrays import numpy_view

    lat, lon = (np.radians(numpy_view(table.column(name))) for name in ("lat_deg", "lon_deg"))
    chord = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return float(2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0))).sum())
