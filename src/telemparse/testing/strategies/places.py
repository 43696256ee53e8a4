"""Positions on Earth where arithmetic goes wrong: at the poles, on both sides of the antimeridian."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import attrs
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.testing.strategies.arguments import bounded

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["MOST_DECIMALS", "Position", "positions"]

MOST_DECIMALS = 9
"""Of degrees: a tenth of a millimetre; doubles hold some four more."""

_PLAIN_LAT_DEG, _PLAIN_LON_DEG, _PLAIN_ALT_M = 48, 11, 500
_HIGHEST_M = 100_000
_NEAR = 0.01
_NO_FIX_DEG = 0.001


@attrs.frozen
class Position:
    """A place on Earth.

    Args:
        lat_deg: WGS-84 latitude, -90 to 90.
        lon_deg: WGS-84 longitude, from -180 and below 180.
        alt_m: altitude above mean sea level.
    """

    lat_deg: float
    lon_deg: float
    alt_m: float


def positions(
    *,
    min_lat_deg: float = -90.0,
    max_lat_deg: float = 90.0,
    min_lon_deg: float = -180.0,
    max_lon_deg: float = 180.0,
    min_alt_m: float = -430.0,
    max_alt_m: float = 9000.0,
    decimals: int = 7,
    alt_decimals: int = 2,
) -> SearchStrategy[Position]:
    """Return a strategy of positions.

    Any place of the box; often one near its edges, which unless told are the poles and the antimeridian, or
    near the equator or the zero meridian. Never within a thousandth of a degree of 0/0, which many receivers
    write for "no fix": such a place is moved to an edge of the box. Shrinks towards 48 degrees north, 11
    degrees east and 500 m, or to what is nearest in the box.

    Args:
        min_lat_deg: southernmost latitude, inclusive.
        max_lat_deg: northernmost latitude, inclusive.
        min_lon_deg: westernmost longitude, inclusive.
        max_lon_deg: easternmost longitude, inclusive; 180 comes out as -180.
        min_alt_m: lowest altitude, inclusive.
        max_alt_m: highest altitude, inclusive; to 100 000.
        decimals: digits of latitude and longitude behind the point, 0 to 9.
        alt_decimals: digits of the altitude behind the point, 0 to 9.

    Raises CallError for bounds that do not rise or that hold no number of so few digits.
    """
    bounded("decimals", decimals, decimals, least=0, most=MOST_DECIMALS)
    bounded("alt_decimals", alt_decimals, alt_decimals, least=0, most=MOST_DECIMALS)
    latitudes = _Range.of("latitudes", min_lat_deg, max_lat_deg, decimals, limit=90)
    longitudes = _Range.of("longitudes", min_lon_deg, max_lon_deg, decimals, limit=180)
    altitudes = _Range.of("altitudes", min_alt_m, max_alt_m, alt_decimals, limit=_HIGHEST_M)
    away = Position(latitudes.farthest, longitudes.farthest, 0.0)
    if _says_no_fix(away):
        raise CallError(f"all of the box lies within {_NO_FIX_DEG} degrees of 0/0")
    return st.builds(
        partial(_position, away),
        latitudes.numbers(_PLAIN_LAT_DEG),
        longitudes.numbers(_PLAIN_LON_DEG),
        altitudes.numbers(_PLAIN_ALT_M),
    )


@attrs.frozen
class _Range:
    """Numbers of so many decimals, counted in units of the last one: `first` to `last` of them."""

    first: int
    last: int
    decimals: int

    @classmethod
    def of(cls, name: str, low: float, high: float, decimals: int, *, limit: float) -> _Range:
        bounded(name, low, high, least=-limit, most=limit)
        # 48.1 means the decimal number that is written so, not the double next to it.
        first = math.ceil(Decimal(repr(float(low))).scaleb(decimals))
        last = math.floor(Decimal(repr(float(high))).scaleb(decimals))
        if first > last:
            raise CallError(f"no number with {decimals} decimals lies among the {name} from {low} to {high}")
        return cls(first, last, decimals)

    @property
    def farthest(self) -> float:
        """The number farthest from 0."""
        return self._number(max(self.first, self.last, key=abs))

    def _number(self, units: int) -> float:
        return units / float(10**self.decimals)

    def numbers(self, plain: int) -> SearchStrategy[float]:
        """Return the numbers of the range, often near its ends and 0; shrinks towards the plain one."""
        centre = self._nearest(plain * 10**self.decimals)
        near = math.ceil(_NEAR * 10**self.decimals)
        return st.one_of(
            self._around(centre, self.last - self.first),
            self._around(self.last, near),
            self._around(self.first, near),
            self._around(self._nearest(0), near),
        ).map(self._number)

    def _nearest(self, units: int) -> int:
        return min(max(units, self.first), self.last)

    def _around(self, centre: int, reach: int) -> SearchStrategy[int]:
        first, last = self._nearest(centre - reach), self._nearest(centre + reach)
        return st.integers(first - centre, last - centre).map(lambda offset: centre + offset)


def _position(away: Position, lat_deg: float, lon_deg: float, alt_m: float) -> Position:
    place = Position(lat_deg, -180.0 if lon_deg >= 180 else lon_deg, alt_m)  # noqa: PLR2004  (the antimeridian)
    if not _says_no_fix(place):
        return place
    moved = attrs.evolve(place, lon_deg=away.lon_deg)
    return attrs.evolve(place, lat_deg=away.lat_deg) if _says_no_fix(moved) else moved


def _says_no_fix(place: Position) -> bool:
    return max(abs(place.lat_deg), abs(place.lon_deg)) < _NO_FIX_DEG
