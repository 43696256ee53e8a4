"""Which column feeds what: the values that the choice of columns makes and the reading uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.cells import CellKind
from telemparse.formats.csv.headers import snake_case
from telemparse.kernels.unique_names import UniqueNames
from telemparse.model.issues import Issue, Locus
from telemparse.schemas.channels import KNOWN_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.formats.csv.source_column import Column
    from telemparse.formats.csv.vocabulary import Role
    from telemparse.kernels.units import Unit

__all__ = [
    "NUMERIC", "NUMERIC_SHARE", "TYPED_SHARE", "Assignment", "Channel", "Measured", "add_auxiliary",
    "assumptions", "settle_speed", "speed_is_assumed",
]  # fmt: skip

NUMERIC = (CellKind.NUMBER, CellKind.QUANTITY)
NUMERIC_SHARE = 0.5
"""A column with at least this share of numbers is a column of numbers with some damage."""

TYPED_SHARE = 0.95
"""From this share of plain cells on, a column is read by type, and as text only where that fails."""


@attrs.frozen
class Measured:
    """A column that becomes numbers of a canonical unit: value * scale + offset."""

    column: Column
    scale: float = 1.0
    offset: float = 0.0


@attrs.frozen
class Channel:
    """A vehicle channel: canonical or auxiliary name, its column, and whether it holds numbers.

    Args:
        unit: of the values, an empty string when nobody says.
    """

    name: str
    source: Measured
    numeric: bool
    unit: str


@attrs.define
class Assignment:
    """Which column feeds what.

    Args:
        gnss: receiver quantities by name; holds both coordinates or nothing at all.
        aids: columns that say something about others, by name.
        triads: three axes by role.
        channels: in source order.
        times: columns that are parts of a clock.
        lone: the only coordinate of a file that lacks the other.
        issues: what cannot be decided.
        basis: of assumed units that the data bears out, by symbol.
        left: columns that feed nothing yet.
        assumed: source columns by the unit that is assumed for them.
        watched: columns that the dialect's rules of epochs and laps name, by what for.
    """

    gnss: dict[str, Measured] = attrs.field(factory=dict)
    aids: dict[str, Column] = attrs.field(factory=dict)
    triads: dict[Role, tuple[Measured, Measured, Measured]] = attrs.field(factory=dict)
    channels: list[Channel] = attrs.field(factory=list)
    times: list[Column] = attrs.field(factory=list)
    lone: str | None = None
    issues: list[Issue] = attrs.field(factory=list)
    basis: dict[str, str] = attrs.field(factory=dict)
    left: list[Column] = attrs.field(factory=list)
    assumed: dict[str, list[str]] = attrs.field(factory=dict)
    watched: dict[str, Column] = attrs.field(factory=dict)


def assumptions(result: Assignment, artifact: str) -> list[Issue]:
    """Return one UNIT_ASSUMED for each unit that nobody states; call it when the evidence is in."""
    return [
        Issue(
            "UNIT_ASSUMED",
            Locus(artifact),
            column=", ".join(sources),
            unit=unit,
            basis=result.basis.get(unit, "default"),
        )
        for unit, sources in result.assumed.items()
    ]


def speed_is_assumed(result: Assignment) -> bool:
    """Tell whether nobody states the unit of the receiver's speed."""
    speed = result.gnss.get("speed_mps")
    return speed is not None and any(speed.column.source in sources for sources in result.assumed.values())


def settle_speed(result: Assignment, unit: Unit) -> None:
    """Read the receiver's speed in the unit that the positions show."""
    speed = result.gnss["speed_mps"]
    for symbol, sources in list(result.assumed.items()):
        if speed.column.source in sources:
            sources.remove(speed.column.source)
        if not sources:
            del result.assumed[symbol]
    result.assumed.setdefault(unit.symbol, []).append(speed.column.source)
    result.basis[unit.symbol] = "the way by speeds is the way by positions"
    result.gnss["speed_mps"] = Measured(attrs.evolve(speed.column, unit=unit), unit.scale, unit.offset)


def add_auxiliary(result: Assignment, columns: Iterable[Column] = ()) -> None:
    """Give every column that feeds nothing else a channel of its own name; the clock chooses before."""
    names = UniqueNames({"t", *(channel.name for channel in result.channels)})
    # Both coordinates of a cell stand for one column.
    distinct = {column.index: column for column in (*result.left, *columns)}
    for column in sorted(distinct.values(), key=lambda c: c.index):
        numeric = column.qualifier != "words" and _is_numeric(column)
        # A name that repeats is told apart by its source, for all of its columns alike.
        apart = column.source if column.origin and column.source.endswith(f"@{column.origin}") else ""
        name = snake_case(column.name or apart or column.base or column.source)
        if name in names.taken:
            name = snake_case(column.source)
        if name in KNOWN_CHANNELS:
            # The canonical name promises a number in a canonical unit, which this column is not.
            name = f"{name}_raw" if numeric else f"{name}_text"
        name = names.take(name)
        unit = column.unit.symbol if column.unit else column.unit_text
        result.channels.append(Channel(name, Measured(column), numeric, unit if numeric else ""))
    result.left.clear()
    result.channels.sort(key=lambda channel: channel.source.column.index)


def _is_numeric(column: Column) -> bool:
    profile = column.profile
    if not profile.filled:
        return column.unit is not None
    return profile.share(*NUMERIC) >= NUMERIC_SHARE and profile.exact and len(profile.units) <= 1
