"""Source columns to canonical quantities: the user's word first, then the dialect's, then the header's."""

from __future__ import annotations

import enum
from collections import Counter
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.csv_rules import split_key
from telemparse.formats.csv.headers import Heading, read_heading
from telemparse.formats.csv.pairs import PAIRS, is_pair, pair_meant, parts
from telemparse.formats.csv.vocabulary import QUANTITIES, Role, meaning_of, squash
from telemparse.kernels.units import Dimension, find_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.profiles import Profile
    from telemparse.formats.csv.vocabulary import Quantity
    from telemparse.kernels.units import Unit

__all__ = ["Basis", "Column", "UnknownColumns", "column_names", "map_columns", "named", "read_spec"]


class Basis(enum.IntEnum):
    """Who says what a column means; a lower one outweighs a higher one."""

    OPTION = 0
    DIALECT = 1
    HEADER = 2


@attrs.frozen(kw_only=True)
class Column:
    """One source column and what it is taken for.

    Args:
        index: from 0.
        source: header cell as written, or `column_<n>` (from 1) without a header.
        quantity: what it means; None for an auxiliary channel.
        name: of an auxiliary channel when somebody gave one.
        qualifier: format behind the colon of a spec that is no unit (`dmy`, `s`).
        unit: stated unit, or None.
        unit_text: as the source writes it.
        base: header cell without a unit in brackets.
        unit_is_default: the unit is a dialect's default and may be another one in this file.
        rank: how telling its word is.
        basis: who says so.
        origin: word of the file's row of sources, empty without one.
        pair: what the cells hold where this is one of the two coordinates in them (`lat_lon`), else empty.
        place: of this coordinate in the cell, 0 or 1.
        whole: the column of which this is a part, None for one that is whole.
        profile: of its sampled cells.
    """

    index: int
    source: str
    quantity: Quantity | None = None
    name: str = ""
    qualifier: str = ""
    unit: Unit | None = None
    unit_text: str = ""
    base: str = ""
    unit_is_default: bool = False
    rank: int = 0
    basis: Basis = Basis.HEADER
    origin: str = ""
    pair: str = ""
    place: int = 0
    whole: Column | None = None
    profile: Profile = attrs.field(repr=False)

    def auxiliary(self) -> Column:
        """Return the same column as a channel under its own name; a part stands for the whole of it."""
        return self.whole if self.whole is not None else attrs.evolve(self, quantity=None)


class UnknownColumns(Exception):  # noqa: N818  (it says what is unknown)
    """The `columns=` option names columns that the file does not have."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@attrs.frozen
class _Spec:
    quantity: Quantity | None
    name: str
    qualifier: str
    unit: Unit | None
    unit_text: str
    own_unit: Unit | None = None
    is_default: bool = False


def read_spec(text: str) -> _Spec:
    """Return what `canonical[:unit or format]` says; an unknown name is one of an auxiliary channel."""
    word, _colon, tail = text.partition(":")
    is_default = tail.endswith("?")
    tail = tail.rstrip("?")
    unit = find_unit(tail) if tail else None
    if word.strip() in PAIRS:
        return _Spec(PAIRS[word.strip()], word.strip(), "", unit, tail, None, is_default)
    # A canonical name is itself before it is another's word in a header: `time` is the time of a day.
    named = (QUANTITIES.get((word.strip(), role)) for role in (Role.GNSS, Role.TIME))
    found = next(filter(None, named), None) or _meaning(word)
    own = read_heading(word)
    if found is None:
        found = own.quantity
    if found is not None and found.role is Role.TIME:
        # `t:s` names a scale of the clock, `date:dmy` an order of parts.
        return _Spec(found, word.strip(), tail.strip().lower(), unit, tail)
    return _Spec(found, word.strip(), "" if unit else tail.strip().lower(), unit, tail, own.unit, is_default)


def _meaning(word: str) -> Quantity | None:
    found = meaning_of(squash(word))
    return found[0] if found else None


def map_columns(
    layout: Layout,
    dialect: CsvDialect,
    options: Mapping[str | int, str] | None,
    profiles: tuple[Profile, ...],
) -> list[Column]:
    """Return one column for each source column that a name or a value says anything about.

    Raises UnknownColumns when the option names a column that is not there.
    """
    names, origins = _names(layout), _origins(layout, dialect)
    told_apart = column_names(layout, dialect)
    chosen = _by_index(told_apart, options or {})
    columns: list[Column] = []
    clocked: set[str] = set()
    for index, name in enumerate(names):
        profile = profiles[index]
        heading = read_heading(name) if layout.header is not None and name else Heading(name)
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


def named(columns: Iterable[Column], key: str) -> Column | None:
    """Return the column that a rule of a dialect names: `name`, `name@source`, or one without its unit."""
    name, source = split_key(key)
    for column in columns:
        text = split_key(column.source)[0] if column.origin else column.source
        if squash(name) in (squash(text), squash(column.base)) and source in ("", column.origin):
            return column
    return None


def column_names(layout: Layout, dialect: CsvDialect) -> list[str]:
    """Return the name of each column; those that repeat are told apart by their source, where one is told."""
    names, origins = _names(layout), _origins(layout, dialect)
    counts = Counter(squash(name) for name in names)
    return [
        f"{name}@{origin}" if origin and counts[squash(name)] > 1 else name
        for name, origin in zip(names, origins, strict=True)
    ]


def _origins(layout: Layout, dialect: CsvDialect) -> list[str]:
    """Return the word of the row of sources for each column: `gps` of `100: gps`."""
    words = {word.strip().lower() for word in dialect.sources}
    found = [""] * layout.width
    for index, cell in enumerate(layout.sources[: layout.width] if words else ()):
        word = cell.rpartition(":")[2].strip().lower()
        found[index] = word if word in words else ""
    return found


def _names(layout: Layout) -> list[str]:
    if layout.header is None:
        return [f"column_{index + 1}" for index in range(layout.width)]
    return [*layout.header[: layout.width], *[""] * (layout.width - len(layout.header))]


def _by_index(names: list[str], options: Mapping[str | int, str]) -> dict[int, str]:
    exact = {name: index for index, name in reversed(list(enumerate(names)))}
    squashed = {squash(name): index for index, name in reversed(list(enumerate(names)))}
    chosen, unknown = {}, []
    for key, spec in options.items():
        index = key if isinstance(key, int) else exact.get(key, squashed.get(squash(key)))
        if index is None or not 0 <= index < len(names):
            unknown.append(str(key))
        else:
            chosen[index] = spec
    if unknown:
        raise UnknownColumns(unknown)
    return chosen


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
        return attrs.evolve(
            told, quantity=heading.quantity, unit=unit, unit_text=unit_text, rank=heading.rank
        )
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
