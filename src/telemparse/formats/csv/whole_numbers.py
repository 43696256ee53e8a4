"""Receivers' own integers in tables: 1e-7 degrees, and the millimetres and hundredths that come with them.

Loggers that write a receiver's message as it is (u-blox NAV-PVT, MAVLink, PX4, OpenLog Artemis) name no
units.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.spelling import squash
from telemparse.kernels.units import UNITS, Dimension, Unit

if TYPE_CHECKING:
    from telemparse.formats.csv.assignment import Assignment
    from telemparse.formats.csv.source_column import Column

__all__ = ["read_whole_numbers"]

_LIMITS = {"lat_deg": 90.0, "lon_deg": 180.0}
_E7, _E6 = 1e7, 1e6
_TURN = 360.0
# In metres that would be above all mountains; near the sea nothing tells millimetres from metres.
_LEAST_HEIGHT = 9000.0
_OF_FIT = "position"
_SEMICIRCLES = Unit("semicircles", Dimension.ANGLE, 180 / 2**31)
_BASIS = "beside coordinates in 1e-7 degrees"
_HUNDREDTHS = Unit("0.01", Dimension.NUMBER, 0.01)
_LEAST_HUNDREDTHS = 30.0  # a DOP of 0.3 is better than any, one of 30 is worse than any fix has
_DOPS = ("hdop", "vdop", "pdop")
# What a course of whole numbers beyond a turn counts: hundredths as in MAVLink, or u-blox's 1e-5 degrees.
_COURSES = (Unit("0.01 deg", Dimension.ANGLE, 0.01), Unit("1e-5 deg", Dimension.ANGLE, 1e-5))


def read_whole_numbers(result: Assignment, found: dict[str, Column]) -> None:
    """Give columns of a receiver the units of its integers, in place, where the coordinates are such.

    They are where both are whole numbers without a unit, of which ten-millionths of a degree are possible
    and millionths are not, beside a height in millimetres. Of a speed over ground the positions may still
    show another unit. `position_lat` and `position_long` are fields of FIT, which are semicircles.
    """
    if not _are_ten_millionths(found):
        return
    if all(squash(found[name].base).startswith(_OF_FIT) for name in _LIMITS):
        for name in _LIMITS:
            _take(result, found, name, _SEMICIRCLES, "the names are those of FIT")
    elif "alt_m" in found and _is_bare(found["alt_m"]) and _middle(found["alt_m"]) >= _LEAST_HEIGHT:
        for name in _LIMITS:
            _take(result, found, name, UNITS["1e-7"], "no other decimal fraction of a degree is possible")
        for name, column in found.items():
            unit = _unit_beside(name, column) if _is_bare(column) else None
            if unit is not None:
                _take(result, found, name, unit, _BASIS)


def _unit_beside(name: str, column: Column) -> Unit | None:
    """Return what whole numbers beside such coordinates count, None for plain numbers."""
    if name == "course_deg":
        largest = max(map(abs, column.profile.numbers))
        fitting = (unit for unit in _COURSES if largest * unit.scale <= _TURN)
        return next(fitting, None) if largest > _TURN else None
    if name in _DOPS:
        return _HUNDREDTHS if _middle(column) >= _LEAST_HUNDREDTHS else None
    dimension = column.quantity.dimension if column.quantity is not None else None
    return {Dimension.LENGTH: UNITS["mm"], Dimension.SPEED: UNITS["mm/s"]}.get(dimension or "")


def _are_ten_millionths(found: dict[str, Column]) -> bool:
    axes = [(found[name], limit) for name, limit in _LIMITS.items() if name in found]
    if len(axes) < len(_LIMITS) or not all(_is_bare(axis) for axis, _limit in axes):
        return False
    possible = all(_middle(axis) <= limit * _E7 for axis, limit in axes)
    return possible and any(_middle(axis) > limit * _E6 for axis, limit in axes)


def _is_bare(column: Column) -> bool:
    """Tell whether a column holds whole numbers without a unit."""
    profile = column.profile
    return column.unit is None and bool(profile.numbers) and profile.whole and not profile.decimals


def _middle(column: Column) -> float:
    """Return the median size of the numbers that are not zero, 0 without any."""
    sizes = [abs(value) for value in column.profile.numbers if value]
    return statistics.median(sizes) if sizes else 0.0


def _take(result: Assignment, found: dict[str, Column], name: str, unit: Unit, basis: str) -> None:
    column = found[name]
    found[name] = attrs.evolve(column, unit=unit)
    result.assumed.setdefault(unit.symbol, []).append(column.source)
    result.basis[unit.symbol] = basis
