"""Source columns to canonical quantities: the user's word first, then the dialect's, then the header's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.csv_rules import split_key
from telemparse.formats.csv.cells import CellKind
from telemparse.formats.csv.headers import Heading, read_heading
from telemparse.formats.csv.naming import asked_columns, column_names, column_origins, header_names
from telemparse.formats.csv.pairs import PAIRS, is_pair, pair_meant, parts
from telemparse.formats.csv.source_column import Basis, Column
from telemparse.formats.csv.specs import read_spec
from telemparse.formats.csv.vocabulary import QUANTITIES, Role, meaning_of, squash
from telemparse.kernels.units import UNITS, Dimension, find_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.profiles import Profile

__all__ = ["map_columns"]

# `battery` is a percentage with phones and a voltage with loggers, `precision` a length with phones and a
# hundredfold DOP with cameras.
_OF_SEVERAL_KINDS = frozenset(("battery", "batterie", "precision"))
_MOST_VOLTS = 24.0
_STAMPS = (CellKind.ISO, CellKind.STAMP)
_NEARLY_ALL = 0.9
_LAST_RANK = 1000
# Beside one of these, `timestamp` is PX4's, which counts microseconds since the start (uORB messages).
_OF_PX4 = frozenset(
    ("timestampsample", "timestamptimerelative", "accelerometertimestamprelative", "gyrointegraldt")
)
# Beside one of these, the heading of an aircraft is where its nose points (Litchi, DJI).
_OF_AIRCRAFT = frozenset(
    (
        "compassheading", "gimbalheading", "gimbalpitch", "gimbalyaw", "gimbalpitchraw", "gimbalyawraw",
        "isflying", "maxascent",
    )
)  # fmt: skip
# DJI's flight records write `9/28/2020`, wherever they come from.
_MONTH_FIRST = frozenset(("customdate",))
_ITEM = re.compile(r"(?P<array>[^\[\]]{1,80})\[\d{1,2}\]")


def map_columns(
    layout: Layout,
    dialect: CsvDialect,
    options: Mapping[str | int, str] | None,
    profiles: tuple[Profile, ...],
) -> list[Column]:
    """Return one column for each source column that a name or a value says anything about.

    Raises UnknownColumns when the option names a column that is not there.
    """
    names, origins = header_names(layout), column_origins(layout, dialect)
    told_apart = column_names(layout, dialect)
    chosen = asked_columns(told_apart, options or {})
    of_px4 = layout.header is not None and not _OF_PX4.isdisjoint(squash(name) for name in names)
    aircraft = not _OF_AIRCRAFT.isdisjoint(squash(name.partition("(")[0]) for name in names)
    columns: list[Column] = []
    clocked: set[str] = set()
    for index, name in enumerate(names):
        profile = profiles[index]
        heading = _heading(name) if layout.header is not None and name else Heading(name)
        if layout.header is not None and not name and not index and profile.share(*_STAMPS) > _NEARLY_ALL:
            # The index of a data frame, or a logger's clock that heads no column.
            heading = Heading(name, QUANTITIES["t", Role.TIME], _LAST_RANK)
        row_unit = layout.units[index] if index < len(layout.units) else ""
        spec, basis = chosen.get(index), Basis.OPTION
        if spec is None:
            spec, basis = _declared(dialect, index, heading, origins[index]), Basis.DIALECT
        if spec is None:
            basis = Basis.HEADER
        if spec is not None and basis is Basis.DIALECT and _is_of_the_clock(spec):
            # A part of the clock is the first column of its name; a later one, a receiver's date, is none.
            spec = "" if told_apart[index] in clocked else spec
            clocked.add(told_apart[index])
        if not name and not profile.filled and basis is Basis.HEADER:
            continue  # the empty column behind a trailing delimiter
        told = Column(
            index=index,
            source=told_apart[index] or f"column_{index + 1}",
            base=heading.base,
            basis=basis,
            origin=origins[index],
            profile=profile,
        )
        column = _column(told, heading, row_unit, spec)
        if of_px4 and basis is Basis.HEADER and squash(name) == "timestamp":
            column = attrs.evolve(column, qualifier="us")
        if aircraft and basis is Basis.HEADER and squash(heading.base) == "heading":
            column = attrs.evolve(column, quantity=None)
        columns += _parted(column, heading, layout.decimal)
    return columns


def _is_of_the_clock(spec_text: str) -> bool:
    quantity = read_spec(spec_text).quantity
    return quantity is not None and quantity.role is Role.TIME


def _parted(column: Column, heading: Heading, decimal: str) -> tuple[Column, ...]:
    """Return a column, or the two coordinates in its cells; they must bear out the word of a mere header."""
    if column.quantity is not None and column.quantity.name in PAIRS:
        return parts(column, decimal)
    meant = pair_meant(heading.base) if column.basis is Basis.HEADER and column.quantity is None else None
    if meant is not None and is_pair(column.profile, decimal):
        return parts(attrs.evolve(column, quantity=meant), decimal)
    return (column,)


def _declared(dialect: CsvDialect, index: int, heading: Heading, origin: str) -> str | None:
    """Return what a dialect says of a column: by its name, its name without the unit, or its place."""
    by_name = {
        (squash(name), source): spec
        for key, spec in dialect.columns.items()
        if isinstance(key, str)
        for name, source in (split_key(key) if dialect.sources else (key, ""),)
    }
    for source in dict.fromkeys((origin, "")):
        for name in (heading.text, heading.base):
            if name and (squash(name), source) in by_name:
                return by_name[squash(name), source]
    return dialect.columns.get(index)


def _heading(name: str) -> Heading:
    """Return what a header cell says; `GPS_coord[1]` is an item of an array, whose number is no unit."""
    item = _ITEM.fullmatch(name)
    found = meaning_of(squash(name)) if item else None
    if item is None or found is None:
        return read_heading(name)
    array = read_heading(item["array"])
    unit = array.unit
    if unit is not None and unit.symbol == "rad" and found[0].dimension == Dimension.ANGLE_RATE:
        unit = UNITS["rad/s"]  # PX4's `gyro_rad[0]`
    return Heading(name, *found, unit, array.unit_text, name)


def _means_many(column: Column, heading: Heading) -> bool:
    """Tell whether a word without its unit means something else as often, and the values may be that."""
    word = squash(heading.base)
    if column.unit is not None or word not in _OF_SEVERAL_KINDS:
        return False
    profile = column.profile
    return not profile.filled or (profile.whole and max(map(abs, profile.numbers), default=0.0) > _MOST_VOLTS)


def _column(told: Column, heading: Heading, row_unit: str, spec_text: str | None) -> Column:
    """Return a column with its quantity and unit; `told` carries index, source, basis and profile."""
    unit, unit_text, profile = heading.unit, heading.unit_text, told.profile
    if unit is None and row_unit:
        unit, unit_text = find_unit(row_unit) or find_unit(row_unit.split(maxsplit=1)[0]), row_unit
    if unit is None and profile.units:
        # Cells that name another unit of the same kind are brought to the usual one.
        unit_text = profile.units.most_common(1)[0][0]
        unit = find_unit(unit_text)
    if unit is not None and unit.dimension == Dimension.NUMBER:
        unit = None
    if spec_text is None:
        told = attrs.evolve(told, unit=unit, unit_text=unit_text, rank=heading.rank)
        if squash(heading.base) in _MONTH_FIRST and any("/" in cell for cell in profile.cells):
            told = attrs.evolve(told, qualifier="mdy")
        return attrs.evolve(told, quantity=None if _means_many(told, heading) else heading.quantity)
    spec = read_spec(spec_text)
    if unit is not None and spec.quantity is not None and heading.base == heading.text:
        # The end of a name that only looks like a unit: `Ort N`.
        unit = unit if unit.dimension == spec.quantity.dimension else None
    defaulted = spec.is_default and unit is None
    # A unit in the header outweighs a dialect's, and the user's outweighs both.
    written = told.basis is Basis.DIALECT and heading.unit is not None
    if spec.unit is not None and not written and (defaulted or not spec.is_default):
        unit, unit_text = spec.unit, unit_text or spec.unit_text
    elif unit is None:
        unit = spec.own_unit  # `speed_mps` states its unit where the file states none
    name = spec.name if spec.quantity is None else ""
    told = attrs.evolve(told, quantity=spec.quantity, name=name, qualifier=spec.qualifier)
    return attrs.evolve(told, unit=unit, unit_text=unit_text, unit_is_default=defaulted)
