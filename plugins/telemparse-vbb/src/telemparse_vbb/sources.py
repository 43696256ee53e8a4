"""Where canonical columns come from: channels by their places, with the way to the canonical unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.units import Dimension, conversion, find_unit

if TYPE_CHECKING:
    from telemparse_vbb.records import Channel
    from telemparse_vbb.rows import Place
    from telemparse_vbb.words import Quantity

__all__ = ["Base", "Sensor", "Source", "Trigger", "angle", "measured"]

_MINUTES = 1 / 60


@attrs.frozen
class Source:
    """A channel that becomes a canonical column: value * scale + offset."""

    place: Place
    name: str
    scale: float = 1.0
    offset: float = 0.0


@attrs.frozen
class Sensor:
    """An inertial sensor.

    Args:
        stream: that it becomes.
        group: of its channels.
        axes: sources by column.
    """

    stream: str
    group: int
    axes: dict[str, Source]


@attrs.frozen
class Trigger:
    """Channels that tell of the trigger input.

    Args:
        place: of the one that says that something happened, or when, in ms of the day.
        name: of the channel.
        fine: place of the ns behind the ms, None where the first channel is a level or a pulse.
    """

    place: Place
    name: str
    fine: Place | None = None


@attrs.frozen
class Base:
    """Groups whose samples come together.

    Args:
        name: of the channel group that they become.
        groups: their numbers.
    """

    name: str
    groups: frozenset[int]


def measured(
    assumed: list[tuple[str, str]], place: Place, channel: Channel, quantity: Quantity
) -> Source | None:
    """Return the source of a quantity, None where the channel's unit is none of it.

    Args:
        assumed: takes channels without a unit, and the unit that is taken.
        place: of the channel.
        channel: as it is defined.
        quantity: that it measures.
    """
    if quantity.dimension is None:
        return Source(place, channel.name)
    stated = bool(channel.unit.strip())
    unit = find_unit(channel.unit if stated else quantity.default or "")
    factors = conversion(unit, quantity.dimension) if unit is not None else None
    if factors is None:
        return None
    if not stated and not quantity.documented and quantity.default:
        assumed.append((channel.name, quantity.default))
    return Source(place, channel.name, *factors)


def angle(place: Place, channel: Channel) -> Source:
    """Return a coordinate: minutes, north and east positive, unless its unit is degrees."""
    unit = find_unit(channel.unit)
    degrees = unit is not None and unit.symbol == "deg" and unit.dimension == Dimension.ANGLE
    return Source(place, channel.name, 1.0 if degrees else _MINUTES)
