"""Figures of the page: times, spans, speeds, lengths and sizes as short words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telemparse.kernels import lap_figures
from telemparse.kernels.clocks import NS_PER_S

__all__ = [
    "KMH", "byte_size", "decimals_for", "instant", "length", "minutes", "rate", "signed", "span",
]  # fmt: skip

KMH = 3.6
"""km/h in one m/s."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_YEAR = 9999
_MINUTE_S, _HOUR_S = 60, 3600
_KILO = 1000
_FEWEST, _MOST, _UNKNOWN = 1, 4, 3


def decimals_for(std_s: float | None) -> int:
    """Return the decimals that a time of this standard deviation deserves, 1 to 4; 3 where nobody knows."""
    return _UNKNOWN if std_s is None else min(max(lap_figures.decimals_for(std_s), _FEWEST), _MOST)


def signed(seconds: float, decimals: int) -> str:
    """Return a difference with its sign, a true minus for less; nothing has no sign."""
    words = f"{abs(seconds):.{decimals}f}"
    if not float(words):
        return words
    return f"+{words}" if seconds > 0 else f"\N{MINUS SIGN}{words}"


def span(duration_ns: int) -> str:
    """Return a duration: `12.3 s` below a minute, then `mm:ss` with its unit, `h:mm:ss` from an hour on."""
    seconds = duration_ns / NS_PER_S
    if round(seconds, 1) < _MINUTE_S:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes_, rest = divmod(whole, _MINUTE_S)
    if whole < _HOUR_S:
        return f"{minutes_}:{rest:02d} min"
    return f"{minutes_ // _MINUTE_S}:{minutes_ % _MINUTE_S:02d}:{rest:02d} h"


def minutes(seconds: float) -> str:
    """Return a time since the start for an axis, `0:30`, `12:00`, `1:05:00`; of whole seconds."""
    whole = round(seconds)
    hours, rest = divmod(whole, _HOUR_S)
    shown = f"{rest // _MINUTE_S:02d}:{rest % _MINUTE_S:02d}"
    return f"{hours}:{shown}" if hours else shown.removeprefix("0")


def instant(t_ns: int) -> str:
    """Return a UTC instant to the second, cut; one beyond the calendar as seconds since 1970."""
    try:
        moment = _EPOCH + timedelta(seconds=t_ns // NS_PER_S)
    except OverflowError:
        return f"{t_ns // NS_PER_S} s"
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def length(metres: float) -> str:
    """Return a distance, `0.8 m`, `512 m`, `12.34 km`."""
    if metres >= _KILO:
        return f"{metres / _KILO:.2f} km"
    return f"{metres:.1f} m" if metres < _KILO / 100 else f"{metres:.0f} m"


def rate(rate_hz: float | None) -> str:
    """Return a rate with three digits that count, `25 Hz`; empty for None."""
    if rate_hz is None:
        return ""
    value = float(f"{rate_hz:.3g}")
    return f"{value:.0f} Hz" if value >= _KILO / 10 else f"{value:g} Hz"


def byte_size(count: int) -> str:
    """Return a number of bytes, `512 B`, `1.4 MB`."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < _KILO:
            break
        size, unit = size / _KILO, larger
    return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"
