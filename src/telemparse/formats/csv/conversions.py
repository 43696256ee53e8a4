"""From source units to canonical ones: stated, evident, assumed and said, or left alone."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

from telemparse.formats.csv.assignment import Channel, Measured
from telemparse.formats.csv.vocabulary import Role
from telemparse.kernels.units import UNITS, Dimension, conversion
from telemparse.schemas.channels import KNOWN_CHANNELS

if TYPE_CHECKING:
    from telemparse.formats.csv.assignment import Assignment
    from telemparse.formats.csv.source_column import Column
    from telemparse.kernels.units import Unit

__all__ = ["add_known_channel", "complete_triads", "measured"]

_TRIADS = (Role.ACCEL, Role.GYRO, Role.MAG)
_AXES = 3
# Without a stated unit the canonical one is taken for these, and said; other columns keep their own name.
_ASSUMED = {
    Dimension.SPEED,
    Dimension.LENGTH,
    Dimension.ANGLE,
    Dimension.VOLTAGE,
    Dimension.POWER,
    Dimension.RATIO,
}
_UNSTATED_IS_FINE = {Dimension.NUMBER, Dimension.FREQUENCY}
# A vehicle's speed is km/h as often as m/s, its distance km as often as m: no claim is made.
_UNCLEAR_OF_VEHICLES = {Dimension.SPEED, Dimension.LENGTH}
_LARGEST_FRACTION = 1.5
# What a sensor at rest shows decides the unit of a triad: median length between low and high.
_EVIDENT: dict[Role, tuple[tuple[float, float, str], ...]] = {
    Role.ACCEL: ((0.85, 1.15, "g"), (8.3, 11.3, "m/s2"), (850.0, 1150.0, "mg")),
    Role.GYRO: (),
    Role.MAG: ((20.0, 70.0, "ut"), (0.2, 0.7, "gauss"), (200.0, 700.0, "mgauss"), (20_000.0, 70_000.0, "nt")),
}


def measured(result: Assignment, column: Column) -> Measured | None:
    """Return the column with its conversion, or None, and keep it as an auxiliary channel.

    None where its unit is of another kind, or where nobody states one that matters.
    """
    quantity = column.quantity
    if quantity is None or quantity.dimension is None:
        return Measured(column)
    if column.unit is not None:
        known = conversion(column.unit, quantity.dimension)
        if known is None:
            result.left.append(column.auxiliary())
            return None
        if column.unit_is_default:
            result.assumed.setdefault(column.unit.symbol, []).append(column.source)
        return Measured(column, *known)
    if quantity.dimension in _UNSTATED_IS_FINE or quantity.name in ("lat_deg", "lon_deg", "course_deg"):
        return Measured(column)
    if not _may_be_assumed(column):
        result.left.append(column.auxiliary())
        return None
    result.assumed.setdefault(_symbol(quantity.dimension), []).append(column.source)
    return Measured(column)


def _may_be_assumed(column: Column) -> bool:
    dimension = _dimension(column)
    vehicle = column.quantity is not None and column.quantity.role is Role.CHANNEL
    if dimension not in _ASSUMED or (vehicle and dimension in _UNCLEAR_OF_VEHICLES):
        return False
    # 0 to 1 may be a share of one rather than per cent.
    return dimension != Dimension.RATIO or max(column.profile.numbers, default=0) > _LARGEST_FRACTION


def _symbol(dimension: str) -> str:
    return next(unit.symbol for unit in UNITS.values() if unit.dimension == dimension and unit.scale == 1.0)


def complete_triads(result: Assignment, chosen: dict[tuple[str, Role], Column]) -> None:
    """Give each sensor with three axes of a known unit its stream; other axes become channels."""
    for role in _TRIADS:
        axes = [
            column
            for (_name, its_role), column in sorted(chosen.items(), key=lambda e: e[0][0])
            if its_role is role
        ]
        unit = _triad_unit(result, role, axes) if len(axes) == _AXES else None
        factors = [conversion(axis.unit or unit, _dimension(axis)) for axis in axes] if unit else []
        known = [Measured(axis, *factor) for axis, factor in zip(axes, factors, strict=False) if factor]
        if len(known) == _AXES:
            result.triads[role] = (known[0], known[1], known[2])
        else:
            result.left.extend(axis.auxiliary() for axis in axes)


def _dimension(column: Column) -> str:
    return (column.quantity.dimension if column.quantity else None) or Dimension.NUMBER


def _triad_unit(result: Assignment, role: Role, axes: list[Column]) -> Unit | None:
    stated = {axis.unit for axis in axes}
    if None not in stated:
        return axes[0].unit
    if stated != {None}:
        return None
    rows = zip(*(axis.profile.numbers for axis in axes), strict=False)
    lengths = [math.hypot(*row) for row in rows]
    median = statistics.median(lengths) if lengths else 0.0
    for low, high, name in _EVIDENT[role]:
        if low <= median <= high:
            unit = UNITS[name]
            result.assumed.setdefault(unit.symbol, []).extend(axis.source for axis in axes)
            result.basis[unit.symbol] = f"the axes measure {median:.3g} at rest"
            return unit
    return None


def add_known_channel(result: Assignment, column: Column) -> None:
    """Give a column of a canonical vehicle channel its place there."""
    source = measured(result, column)
    if source is not None and column.quantity is not None:
        name = column.quantity.name
        result.channels.append(Channel(name, source, numeric=True, unit=KNOWN_CHANNELS[name].unit))
