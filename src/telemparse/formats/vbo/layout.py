"""The columns of a VBO file: their names, units and what each of them becomes."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.vbo.channel_units import units_of
from telemparse.formats.vbo.words import (
    CHANNELS,
    DOCUMENTED_SENSORS,
    NO_UNIT,
    RECEIVER,
    SENSOR_DIMENSIONS,
    SENSORS,
    headed,
)
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension, conversion, find_unit
from telemparse.schemas import KNOWN_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.formats.vbo.sections import Head
    from telemparse.formats.vbo.words import Quantity
    from telemparse.kernels.units import Unit

__all__ = ["Column", "Layout", "Source", "has_position", "read_layout"]

_RESERVED = frozenset({"t", *KNOWN_CHANNELS})
_AXES = 3
_MOST_CHANNELS = 10_000  # a logger has hundreds


@attrs.frozen
class Column:
    """A column as the file names it.

    Args:
        index: from 0.
        name: below [column names].
        title: its line in [header], or the name again.
        unit: stated in its title or in [channel units], None where nobody states one that is known.
        unit_text: as written.
    """

    index: int
    name: str
    title: str
    unit: Unit | None
    unit_text: str


@attrs.frozen
class Source:
    """A column that feeds a canonical one: value * scale + offset.

    Args:
        column: of the file.
        scale, offset: from its unit to the canonical one.
    """

    column: Column
    scale: float = 1.0
    offset: float = 0.0


@attrs.define
class Layout:
    """What the columns of a file become.

    Args:
        columns: all of them, in order.
        receiver: by canonical name or a word of `words.RECEIVER`: the primary solution.
        raw: likewise of the second solution, whose names begin with `_`.
        sensors: by stream, the axes by canonical column, complete triads alone.
        temperature: of the inertial unit, or None.
        channels: by channel name in order of columns, with the unit of the values.
        lap: the column that counts laps, or None.
        assumed: (column, unit) where the file states none and habit decides.
        repeats: the last number behind each name of a channel that came again.
        skipped: names of columns beyond the first ten thousand channels.
    """

    columns: tuple[Column, ...]
    receiver: dict[str, Source] = attrs.field(factory=dict)
    raw: dict[str, Source] = attrs.field(factory=dict)
    sensors: dict[str, dict[str, Source]] = attrs.field(factory=dict)
    temperature: Source | None = None
    channels: dict[str, tuple[Source, str]] = attrs.field(factory=dict)
    lap: Column | None = None
    assumed: list[tuple[str, str]] = attrs.field(factory=list)
    repeats: dict[str, int] = attrs.field(factory=dict)
    skipped: list[str] = attrs.field(factory=list)

    @property
    def width(self) -> int:
        """Cells of a row."""
        return len(self.columns)

    def settle_speed(self, unit: Unit) -> None:
        """Read the receiver's speed in another unit than the one stated or assumed."""
        column = self.receiver["speed_mps"].column
        self.assumed = [each for each in self.assumed if each[0] != column.name]
        self.receiver["speed_mps"] = Source(attrs.evolve(column, unit=unit), unit.scale)


def has_position(sources: Mapping[str, Source]) -> bool:
    """Tell whether a solution has both coordinates."""
    return "lat" in sources and "lon" in sources


def read_layout(head: Head, rows: list[str]) -> Layout:
    """Return what the columns become; without names it has no columns.

    Args:
        head: of the file.
        rows: the first ones, to tell how many cells a row has.
    """
    names = " ".join(head.lines("columnnames")[:1]).split()
    titles = head.lines("header")
    widths = Counter(len(row.split()) for row in rows if row.strip())
    width = widths.most_common(1)[0][0] if widths else 0
    # A name with a blank inside falls apart; then the titles have the right number.
    if not names or (width and len(names) != width and len(titles) == width):
        names = [headed(title)[0] for title in titles]
    titles = titles if len(titles) == len(names) else names
    return _assigned(_columns(names, titles, head))


def _columns(names: list[str], titles: list[str], head: Head) -> tuple[Column, ...]:
    units = units_of(names, titles, head.sections.get("channelunits", []))
    columns = []
    for index, (name, title, text) in enumerate(zip(names, titles, units, strict=True)):
        unit_text = "" if text.lower() in NO_UNIT else text
        unit = find_unit(unit_text) if unit_text else None
        in_title = headed(title)[1]
        if unit is None and in_title is not None:
            unit, unit_text = in_title, unit_text or in_title.symbol
        columns.append(Column(index, name, title, unit, unit_text))
    return tuple(columns)


def _assigned(columns: tuple[Column, ...]) -> Layout:
    layout = Layout(columns)
    left = [column for column in columns if not _take(layout, column)]
    left = _take_sensors(layout, left)
    for column in left:
        key = squash(column.name)
        if layout.lap is None and key in ("lapnumber", "lapno", "lapnum", "lap"):
            layout.lap = column
        _add_channel(layout, column, CHANNELS.get(key))
    sats = layout.receiver.get("sat_count")
    if sats is not None:
        # The count carries flags of the brake trigger and of DGPS, which have no other place.
        _add_channel(layout, sats.column, None)
    return layout


def _take(layout: Layout, column: Column) -> bool:
    """Give a column of the receiver its place; False where it is none, or the place is taken."""
    second = column.name.startswith("_")
    place = layout.raw if second else layout.receiver
    quantity = RECEIVER.get(squash(column.name))
    if quantity is None or quantity.name in place or (second and quantity.name == "time"):
        return False
    source = _measured(layout, column, quantity)
    if source is not None:
        place[quantity.name] = source
    return source is not None


def _measured(layout: Layout, column: Column, quantity: Quantity) -> Source | None:
    if quantity.dimension is None:
        return Source(column)
    unit = column.unit
    if unit is None and not column.unit_text and quantity.default is not None:
        unit = find_unit(quantity.default)
        if not quantity.documented:
            layout.assumed.append((column.name, quantity.default))
    factors = conversion(unit, quantity.dimension) if unit is not None else None
    return Source(column, *factors) if factors is not None else None


def _take_sensors(layout: Layout, columns: list[Column]) -> list[Column]:
    """Give sensors with all three axes their streams; return the columns that are left."""
    for stream, axes in SENSORS.items():
        found: dict[str, Source] = {}
        assumed: list[tuple[str, str]] = []
        for column in columns:
            key = squash(column.name)
            axis, default = axes.get(key, ("", ""))
            if not axis or axis in found:
                continue
            unit = column.unit or find_unit(default)
            factors = conversion(unit, SENSOR_DIMENSIONS[stream]) if unit is not None else None
            if factors is not None:
                found[axis] = Source(column, *factors)
                told = column.unit is not None or key in DOCUMENTED_SENSORS
                assumed += [] if told else [(column.name, default)]
        if len(found) == _AXES:
            layout.sensors[stream] = found
            layout.assumed += assumed
            columns = [column for column in columns if all(column != s.column for s in found.values())]
    if layout.sensors:
        warm = [c for c in columns if squash(c.name) == "temp" and c.unit is not None]
        factors = conversion(warm[0].unit, Dimension.TEMPERATURE) if warm and warm[0].unit else None
        if factors is not None:
            layout.temperature = Source(warm[0], *factors)
            columns = [column for column in columns if column != warm[0]]
    return columns


def _add_channel(layout: Layout, column: Column, quantity: Quantity | None) -> None:
    if len(layout.channels) >= _MOST_CHANNELS:
        layout.skipped.append(column.name)
        return
    source = None
    if quantity is not None and quantity.name not in layout.channels:
        before = len(layout.assumed)
        source = _measured(layout, column, quantity)
        del layout.assumed[before:]
    if source is not None and quantity is not None:
        layout.channels[quantity.name] = source, KNOWN_CHANNELS[quantity.name].unit
        return
    base = re.sub(r"\W+", "_", column.name).strip("_").lower() or f"column_{column.index + 1}"
    name, number = base, layout.repeats.get(base, 1)
    while name in layout.channels or name in _RESERVED:
        number += 1
        name = f"{base}_{number}"
    layout.repeats[base] = number  # thousands of columns may have one name
    unit = column.unit.symbol if column.unit is not None else column.unit_text
    layout.channels[name] = Source(column), unit
