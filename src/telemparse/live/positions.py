"""Positions: latitude and longitude of one payload, and what their receiver says with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.live.payload_names import fix_meaning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.kernels.arrays import Floats, Mask
    from telemparse.live.payload_names import FixMeaning
    from telemparse.live.signals import Signal

__all__ = ["Positions", "positions_of"]

_MAX_LAT, _MAX_LON, _CIRCLE = 90.0, 180.0, 360.0
_MAX_SATELLITES = 255
_FLOAT32_MAX = float(np.finfo(np.float32).max)
_PLACE = ("lat_deg", "lon_deg")


@attrs.frozen(kw_only=True)
class Positions:
    """The positions in messages.

    Args:
        columns: of `gnss_pvt` by name, each shape (rows,), NaN where unknown.
        usable: messages with a position, shape (rows,).
        impossible: how many had coordinates out of range; they are left out.
        without_fix: how many said that they have no position: null, or 0/0.
        rest: the signals without what has gone into `columns`.
        assumed: columns whose unit no name states, with the unit taken.
    """

    columns: Mapping[str, Floats]
    usable: Mask
    impossible: int
    without_fix: int
    rest: Mapping[str, Signal]
    assumed: tuple[tuple[str, str], ...]


def positions_of(signals: Mapping[str, Signal], rows: int) -> Positions:
    """Return the positions in the signals of so many messages.

    What stands beside a position and cannot be, such as a negative speed, stays a signal.
    """
    meanings = {name: meaning for name in sorted(signals) if (meaning := fix_meaning(name)) is not None}
    found = {meaning.column for meaning in meanings.values()}
    nothing = np.zeros(rows, np.bool_)
    if not found.issuperset(_PLACE):
        return Positions(columns={}, usable=nothing, impossible=0, without_fix=0, rest=signals, assumed=())
    columns: dict[str, Floats] = {}
    sources: dict[str, list[tuple[str, Mask]]] = {}
    silent = {column: nothing.copy() for column in _PLACE}
    for name, meaning in meanings.items():
        with np.errstate(over="ignore"):
            values = signals[name].numbers(rows) * meaning.scale + meaning.offset
        column = columns.setdefault(meaning.column, np.full(rows, np.nan))
        fresh = np.isnan(column) & _possible(meaning.column, values)
        column[fresh] = values[fresh]
        sources.setdefault(meaning.column, []).append((name, fresh))
        if meaning.column in _PLACE:
            silent[meaning.column][signals[name].unknown_rows()] = True
    return _judged(signals, meanings, columns, sources, silent)


def _judged(
    signals: Mapping[str, Signal],
    meanings: Mapping[str, FixMeaning],
    columns: dict[str, Floats],
    sources: Mapping[str, list[tuple[str, Mask]]],
    silent: Mapping[str, Mask],
) -> Positions:
    """Tell usable positions from others, and take away from the signals what went into columns."""
    lat, lon = columns["lat_deg"], columns["lon_deg"]
    both = ~np.isnan(lat) & ~np.isnan(lon)
    with np.errstate(invalid="ignore"):
        inside = both & (np.abs(lat) <= _MAX_LAT) & (np.abs(lon) <= _MAX_LON)
    origin = inside & (lat == 0) & (lon == 0)
    usable = inside & ~origin
    # 180 degrees east and west are one meridian, which the schema calls -180.
    lon[lon == _MAX_LON] = -_MAX_LON
    rest = dict(signals)
    assumed: dict[str, str] = {}
    for column, fresh_of in sources.items():
        for name, fresh in fresh_of:
            place = column in _PLACE
            taken = fresh & (both if place else usable)
            left = rest.pop(name).without(taken, np.ones_like(usable) if place else usable)
            if left.rows:
                rest[name] = left
            if taken.any() and meanings[name].assumed:
                assumed[column] = meanings[name].assumed
        columns[column] = np.where(usable, _narrowed(column, columns[column]), np.nan)
    return Positions(
        columns=columns,
        usable=usable,
        impossible=int((both & ~inside).sum()),
        without_fix=int((origin | (silent["lat_deg"] & silent["lon_deg"] & ~both)).sum()),
        rest=rest,
        assumed=tuple(sorted(assumed.items())),
    )


def _possible(column: str, values: Floats) -> Mask:
    """Return which values the column can hold; of a place any number, for it is judged as a pair."""
    if column in _PLACE or column == "alt_m":
        return np.isfinite(values)
    most = {"sat_count": _MAX_SATELLITES, "course_deg": _CIRCLE}.get(column, _FLOAT32_MAX)
    with np.errstate(invalid="ignore"):
        possible: Mask = (values >= 0) & (values <= most)
        return possible & (values == np.floor(values)) if column == "sat_count" else possible


def _narrowed(column: str, values: Floats) -> Floats:
    """Return courses below 360 degrees, also as float32."""
    if column != "course_deg":
        return values
    return np.where(values.astype(np.float32) >= _CIRCLE, 0.0, values)
