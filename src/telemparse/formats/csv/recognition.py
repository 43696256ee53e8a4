"""Which dialect a layout speaks: fingerprints of header, preamble and shape compared with the head.

Of several that fit, the one that asks for most wins; of those that ask for as much, the first in the order of
the catalog, in which the built-in ones come first. The others are named in the evidence.
"""

from __future__ import annotations

import functools
import math
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.catalog import Catalog
from telemparse.extension.csv_rules import HeaderCells, Match
from telemparse.formats.csv.cells import CellKind, kind_of
from telemparse.formats.csv.dialects import GENERIC
from telemparse.formats.csv.headers import read_heading
from telemparse.formats.csv.vocabulary import squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemparse.extension.csv_dialect import CsvDialect, NumberRange, Shape
    from telemparse.formats.csv.layout import Layout

__all__ = ["demand", "evidence", "fitting", "known_dialects", "settled", "speaks", "taught", "which_dialect"]

_ROWS_OF_A_SHAPE = 5
_ODD_ROWS_OF_A_SHAPE = 0.1

_TAUGHT: ContextVar[tuple[CsvDialect, ...]] = ContextVar("taught", default=())


def known_dialects() -> tuple[CsvDialect, ...]:
    """Return the installed dialects, the built-in ones first, and behind them those that are tried out."""
    tried = _TAUGHT.get()
    names = {dialect.name for dialect in tried}
    return (*(dialect for dialect in Catalog.shared().dialects if dialect.name not in names), *tried)


@contextmanager
def taught(*dialects: CsvDialect) -> Iterator[None]:
    """Let the CSV parser know dialects that are not installed, for as long as the body runs.

    One with the name of an installed dialect takes its place. Holds for this thread or task, and not for
    child processes: `isolation="process"` sees installed dialects alone.
    """
    token = _TAUGHT.set((*_TAUGHT.get(), *dialects))
    try:
        yield
    finally:
        _TAUGHT.reset(token)


def which_dialect(layout: Layout, dialects: Iterable[CsvDialect] | None = None) -> CsvDialect:
    """Return the dialect whose whole fingerprint is there, else the generic one."""
    return next(iter(fitting(layout, dialects)), GENERIC)


def fitting(layout: Layout, dialects: Iterable[CsvDialect] | None = None) -> list[CsvDialect]:
    """Return the dialects whose whole fingerprint is there, the one that asks for most first."""
    asked = known_dialects() if dialects is None else dialects
    found = [dialect for dialect in asked if dialect.has_fingerprint and speaks(layout, dialect)]
    return sorted(found, key=demand, reverse=True)  # stable: equal ones stay in the order of asking


def settled(dialect: CsvDialect, layout: Layout) -> CsvDialect:
    """Return a dialect with the columns that the lines above the rows of a file change."""
    text = "\n".join(layout.preamble) if dialect.variants else ""
    changed = [columns for phrase, columns in dialect.variants.items() if phrase in text]
    if not changed:
        return dialect
    columns = dict(dialect.columns)
    for variant in changed:
        columns.update(variant)
    return attrs.evolve(dialect, columns=columns, variants={})


def demand(dialect: CsvDialect) -> int:
    """Return how many names, phrases and ranges a fingerprint asks for; where one part does, the least."""
    shape = len(dialect.shape.columns) if dialect.shape else 0
    parts = [len(dialect.header), len(dialect.first_columns), len(dialect.preamble), shape]
    if dialect.match is Match.ANY:
        return min(filter(None, parts), default=0)
    return sum(parts)


def evidence(dialects: list[CsvDialect]) -> tuple[str, ...]:
    """Return what speaks for the first of those that fit, and why it comes before the others."""
    best, *others = dialects
    words = [f"columns of {_named(best)}"]
    for other in others:
        asks = "less" if demand(other) < demand(best) else "as much and comes later"
        words.append(f"fits {_named(other)} too, which asks for {asks}")
    return tuple(words)


def _named(dialect: CsvDialect) -> str:
    origin = Catalog.shared().dialect_origins.get(dialect.name, "telemparse")
    title = dialect.title or dialect.name
    return title if origin == "telemparse" else f"{title} ({dialect.name} of {origin})"


def speaks(layout: Layout, dialect: CsvDialect) -> bool:
    """Tell whether every part of a dialect's fingerprint is found in a layout."""
    if dialect.header_cells is HeaderCells.BARRED and not layout.rates:
        return False
    header = layout.header or ()
    first = tuple(squash(name) for name in dialect.first_columns)
    text = "\n".join(layout.preamble)
    there = [
        told
        for is_asked, told in (
            (dialect.header, {squash(name) for name in dialect.header} <= _names(header)),
            (first, tuple(squash(name) for name in header[: len(first)]) == first),
            (dialect.preamble, all(phrase in text for phrase in dialect.preamble)),
        )
        if is_asked
    ]
    if dialect.shape is not None:
        # Phrases above the rows say already what numbers alone must show by their count.
        fewest = 1 if dialect.preamble else _ROWS_OF_A_SHAPE
        there.append(layout.header is None and _has_shape(layout, dialect.shape, fewest))
    return any(there) if dialect.match is Match.ANY else all(there)


@functools.lru_cache(maxsize=4)  # each dialect asks for those of the same layout
def _names(header: tuple[str, ...]) -> frozenset[str]:
    """Return the names of a header; a unit behind one (`GForceX (g)`) leaves it the same name."""
    return frozenset(squash(name) for cell in header for name in (cell, read_heading(cell).base))


def _has_shape(layout: Layout, shape: Shape, fewest: int) -> bool:
    if layout.width != len(shape.columns):
        return False
    rows = [row.cells for row in layout.rows if all(_is_number(cell) for cell in row.cells)]
    # A garbled row does not change what the file is; the parser counts it.
    if len(rows) < max(fewest, (1 - _ODD_ROWS_OF_A_SHAPE) * len(layout.rows)):
        return False
    columns = list(zip(*rows, strict=True))
    if not all(_in_range(cells, expected) for cells, expected in zip(columns, shape.columns, strict=True)):
        return False
    if shape.unit_vector is None:
        return True
    import statistics  # takes 10 ms, and few shapes come so far

    axes = [[_number(cell) for cell in columns[index]] for index in shape.unit_vector]
    length = statistics.median(math.hypot(*row) for row in zip(*axes, strict=True))
    return abs(length - 1) <= shape.tolerance


def _is_number(cell: str) -> bool:
    return kind_of(cell) is CellKind.NUMBER and "," not in cell


def _number(cell: str) -> float:
    # Separators of old teleprinters are blanks to `strip`, and none to `float`.
    return float(cell.strip())


def _in_range(cells: tuple[str, ...], expected: NumberRange) -> bool:
    values = [_number(cell) for cell in cells]
    decimals = min(len(cell.strip().partition(".")[2]) for cell in cells)
    return bool(
        all(expected.low <= value <= expected.high for value in values)
        and decimals >= expected.decimals
        and not (expected.rising and any(b < a for a, b in pairwise(values)))
    )
