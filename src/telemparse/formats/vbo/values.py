"""Columns of a VBO block in canonical units: what is no number, or cannot be, is left out and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.vbo.layout import Source
    from telemparse.formats.vbo.ledger import Ledger
    from telemparse.formats.vbo.rows import Cells
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Values", "both", "scaled"]


@attrs.frozen
class Values:
    """A column in canonical units.

    Args:
        values: shape (n,); anything where not valid.
        valid: None when all are.
        lost: rows whose value is none or cannot be, None for no row; blank ones are not among them.
    """

    values: NDArray[np.float64]
    valid: Mask | None
    lost: Mask | None = None


def scaled(
    cells: Cells,
    source: Source,
    ledger: Ledger,
    used: Mask | None,
    *,
    low: float | None = None,
    kind: type[np.floating[Any]] = np.float32,
) -> Values:
    """Return a column in its canonical unit; what is no number, does not fit or is below `low` is counted.

    Args:
        cells: of the block.
        source: the column and its unit.
        ledger: takes the count.
        used: rows that count, None for all.
        low: smallest possible value.
        kind: that the values have to fit into.
    """
    read = cells.numbers(source.column.index)
    values = read.values if source.scale == 1.0 and not source.offset else _converted(read.values, source)
    possible = _possible(values, low, float(np.finfo(kind).max))
    lost = read.bad
    if possible is not None:
        outside = ~possible if read.valid is None else ~possible & read.valid
        lost = outside if lost is None else lost | outside
    if lost is not None and (lost if used is None else lost & used).any():
        ledger.blank(lost if used is None else lost & used, cells.line, source.column.name)
    return Values(values, both(read.valid, possible), lost)


def _converted(values: Floats, source: Source) -> Floats:
    return values * source.scale + source.offset if source.offset else values * source.scale


def _possible(values: Floats, low: float | None, most: float) -> Mask | None:
    """Return which values are finite and at least `low`; None when all are."""
    if not len(values):
        return None
    least = -most if low is None else low
    if least <= values.min() and values.max() <= most:
        return None
    possible: Mask = (values >= least) & (values <= most)
    return possible


def both(mask: Mask | None, other: Mask | None) -> Mask | None:
    """Return the rows of two masks, each None when it has all rows."""
    if mask is None or other is None:
        return other if mask is None else mask
    return mask & other
