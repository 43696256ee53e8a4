"""Which dialect a layout speaks: fingerprints of header, preamble and shape compared with the head."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise
from typing import TYPE_CHECKING

from telemparse.extension.catalog import Catalog
from telemparse.formats.csv.cells import CellKind, kind_of
from telemparse.formats.csv.dialects import BUILT_IN, GENERIC
from telemparse.formats.csv.headers import read_heading
from telemparse.formats.csv.vocabulary import squash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.extension.csv_dialect import CsvDialect, NumberRange, Shape
    from telemparse.formats.csv.layout import Layout

__all__ = ["known_dialects", "speaks", "which_dialect"]

_ROWS_OF_A_SHAPE = 5


def known_dialects() -> tuple[CsvDialect, ...]:
    """Return third parties' dialects and the built-in ones, in the order of asking."""
    return (*Catalog.shared().dialects, *BUILT_IN)


def which_dialect(layout: Layout, dialects: Iterable[CsvDialect] | None = None) -> CsvDialect:
    """Return the first dialect whose whole fingerprint is there, else the generic one.

    Of several that fit, the one that asks for most columns wins.
    """
    asked = known_dialects() if dialects is None else dialects
    fitting = [dialect for dialect in asked if dialect.has_fingerprint and speaks(layout, dialect)]
    return max(fitting, key=_demand, default=GENERIC)


def _demand(dialect: CsvDialect) -> int:
    shape = len(dialect.shape.columns) if dialect.shape else 0
    return len(dialect.header) + len(dialect.first_columns) + len(dialect.preamble) + shape


def speaks(layout: Layout, dialect: CsvDialect) -> bool:
    """Tell whether every part of a dialect's fingerprint is found in a layout."""
    names = [squash(cell) for cell in layout.header or ()]
    # A unit behind a name (`GForceX (g)`) leaves it the same name.
    bare = {squash(read_heading(cell).base) for cell in layout.header or ()}
    first = [squash(name) for name in dialect.first_columns]
    text = "\n".join(layout.preamble)
    return (
        (not dialect.header or {squash(name) for name in dialect.header} <= {*names, *bare})
        and names[: len(first)] == first
        and all(phrase in text for phrase in dialect.preamble)
        and (dialect.shape is None or (layout.header is None and _has_shape(layout, dialect.shape)))
    )


def _has_shape(layout: Layout, shape: Shape) -> bool:
    if layout.width != len(shape.columns) or len(layout.rows) < _ROWS_OF_A_SHAPE:
        return False
    columns = list(zip(*(row.cells for row in layout.rows), strict=True))
    if not all(_in_range(cells, expected) for cells, expected in zip(columns, shape.columns, strict=True)):
        return False
    if shape.unit_vector is None:
        return True
    axes = [[float(cell) for cell in columns[index]] for index in shape.unit_vector]
    length = statistics.median(math.hypot(*row) for row in zip(*axes, strict=True))
    return abs(length - 1) <= shape.tolerance


def _in_range(cells: tuple[str, ...], expected: NumberRange) -> bool:
    if any(kind_of(cell) is not CellKind.NUMBER or "," in cell for cell in cells):
        return False
    values = [float(cell) for cell in cells]
    decimals = min(len(cell.strip().partition(".")[2]) for cell in cells)
    return bool(
        all(expected.low <= value <= expected.high for value in values)
        and decimals >= expected.decimals
        and not (expected.rising and any(b < a for a, b in pairwise(values)))
    )
