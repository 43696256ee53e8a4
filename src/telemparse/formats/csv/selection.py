"""The choice among columns: one for each quantity, both coordinates or none, nothing dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.assignment import NUMERIC, NUMERIC_SHARE, Assignment
from telemparse.formats.csv.cells import CellKind
from telemparse.formats.csv.conversions import add_known_channel, complete_triads, measured
from telemparse.formats.csv.source_column import Basis
from telemparse.formats.csv.vocabulary import QUANTITIES, Role, squash
from telemparse.formats.csv.whole_numbers import read_whole_numbers
from telemparse.kernels.units import Dimension
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from telemparse.formats.csv.source_column import Column

__all__ = ["assign"]

_POSITION = ("lat_deg", "lon_deg")
_SAME_PLACE_DEG = 1e-4


def assign(columns: list[Column], artifact: str) -> Assignment:
    """Return what each column feeds; times are only collected, the clock is chosen elsewhere."""
    result = Assignment()
    chosen: dict[tuple[str, Role], Column] = {}
    for column in sorted((_retold(column) for column in columns), key=lambda c: (c.basis, c.rank, c.index)):
        quantity = column.quantity
        if quantity is None or not _fits(column):
            result.left.append(column.auxiliary())
        elif quantity.role is Role.TIME:
            result.times.append(column)
        elif (quantity.name, quantity.role) not in chosen:
            chosen[quantity.name, quantity.role] = column
        else:
            _compare(result, chosen[quantity.name, quantity.role], column, artifact)
            result.left.append(column.auxiliary())
    _gnss(result, chosen)
    complete_triads(result, chosen)
    for (_name, role), column in chosen.items():
        if role is Role.CHANNEL:
            add_known_channel(result, column)
        elif role is Role.AID and column.quantity is not None:
            name = "fix" if column.quantity.name == "fix_type" else column.quantity.name
            result.aids.setdefault(name, column)
            if not name.endswith("_hemisphere"):
                # Its own words say more than what becomes of them.
                result.left.append(column.auxiliary())
    result.times.sort(key=lambda column: (column.basis, column.rank, column.index))
    return result


def _retold(column: Column) -> Column:
    """Tell `gx` in g from `gx` of a gyroscope by its unit; a fix type is read as the word that it is."""
    quantity = column.quantity
    if quantity is not None and quantity.name == "fix_type":
        return attrs.evolve(column, quantity=attrs.evolve(quantity, role=Role.AID))
    if quantity is None or column.unit is None or quantity.role is not Role.GYRO:
        return column
    if column.unit.dimension != Dimension.ACCELERATION:
        return column
    return attrs.evolve(column, quantity=QUANTITIES[f"a{quantity.name[1]}_mps2", Role.ACCEL])


def _fits(column: Column) -> bool:
    """Tell whether the values can be what the name says."""
    quantity, profile = column.quantity, column.profile
    if quantity is None or not profile.filled or column.basis is Basis.OPTION:
        return quantity is not None
    if quantity.role in (Role.TIME, Role.AID) or quantity.name == "fix_type":
        return (
            quantity.name not in ("lat_hemisphere", "lon_hemisphere")
            or profile.share(CellKind.LETTER) > NUMERIC_SHARE
        )
    if quantity.name in _POSITION:
        return profile.share(*NUMERIC, CellKind.COORDINATE) >= NUMERIC_SHARE
    return profile.share(*NUMERIC) >= NUMERIC_SHARE


def _compare(result: Assignment, first: Column, other: Column, artifact: str) -> None:
    """Refuse to choose between two columns of one name (or two positions) whose values differ."""
    quantity = first.quantity
    if quantity is None or quantity.role is not Role.GNSS or other.basis is not first.basis:
        return
    same_name = squash(first.source) == squash(other.source) and first.unit == other.unit
    position = quantity.name in _POSITION and not any("g" in squash(c.source)[:1] for c in (first, other))
    if not (same_name or position):
        return
    pairs = list(zip(first.profile.numbers, other.profile.numbers, strict=False))
    if not pairs or all(abs(a - b) <= _SAME_PLACE_DEG for a, b in pairs):
        return
    places = [f"column {column.index + 1} ({column.source})" for column in (first, other)]
    result.issues.append(
        Issue(
            "CSV_AMBIGUOUS_COLUMNS",
            Locus(artifact),
            artifact=artifact,
            interpretations=f"{quantity.name} from {' or '.join(places)}",
        )
    )


def _gnss(result: Assignment, chosen: dict[tuple[str, Role], Column]) -> None:
    found = {name: column for (name, role), column in chosen.items() if role is Role.GNSS}
    present = [name for name in _POSITION if name in found]
    if len(present) == len(_POSITION):
        read_whole_numbers(result, found)
        for name, column in found.items():
            source = measured(result, column)
            if source is not None:
                result.gnss[name] = source
        if not all(name in result.gnss for name in _POSITION):
            # A coordinate in a unit that is no angle is none.
            result.left += [source.column.auxiliary() for source in result.gnss.values()]
            result.gnss = {}
            return
        up = result.gnss.pop("vel_u_mps", None)
        if up is not None and "vel_d_mps" not in result.gnss:
            result.gnss["vel_d_mps"] = attrs.evolve(up, scale=-up.scale)
        elif up is not None:
            result.left.append(up.column.auxiliary())
        return
    result.lone = present[0] if present else None
    for name, column in found.items():
        vehicle = QUANTITIES["speed_mps", Role.CHANNEL]
        if name == "speed_mps" and (vehicle.name, Role.CHANNEL) not in chosen and column.unit is not None:
            chosen[vehicle.name, Role.CHANNEL] = attrs.evolve(column, quantity=vehicle)
        else:
            result.left.append(column.auxiliary())
