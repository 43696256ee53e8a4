"""Names of a file's columns, by which users and dialects ask for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from telemparse.extension.csv_rules import split_key
from telemparse.formats.csv.vocabulary import squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.source_column import Column

__all__ = ["UnknownColumns", "asked_columns", "column_names", "column_origins", "header_names", "named"]


class UnknownColumns(Exception):  # noqa: N818  (it says what is unknown)
    """The `columns=` option names columns that the file does not have."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


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
    names, origins = header_names(layout), column_origins(layout, dialect)
    counts = Counter(squash(name) for name in names)
    return [
        f"{name}@{origin}" if origin and counts[squash(name)] > 1 else name
        for name, origin in zip(names, origins, strict=True)
    ]


def column_origins(layout: Layout, dialect: CsvDialect) -> list[str]:
    """Return the word of the row of sources for each column: `gps` of `100: gps`."""
    words = {word.strip().lower() for word in dialect.sources}
    found = [""] * layout.width
    for index, cell in enumerate(layout.sources[: layout.width] if words else ()):
        word = cell.rpartition(":")[2].strip().lower()
        found[index] = word if word in words else ""
    return found


def header_names(layout: Layout) -> list[str]:
    """Return the header's cell of each column, or `column_<n>` (from 1) without a header."""
    if layout.header is None:
        return [f"column_{index + 1}" for index in range(layout.width)]
    return [*layout.header[: layout.width], *[""] * (layout.width - len(layout.header))]


def asked_columns(names: list[str], options: Mapping[str | int, str]) -> dict[int, str]:
    """Return what the `columns=` option says, by index.

    Raises UnknownColumns for columns that are not there.
    """
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
