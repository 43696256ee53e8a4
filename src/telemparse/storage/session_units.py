"""Units of given columns: those of one kind are converted to the store's, others are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from telemparse.kernels.arrays import floats, to_arrow, validity
from telemparse.kernels.units import Dimension, find_unit
from telemparse.storage.session_columns import STANDARD, TIME
from telemparse.storage.session_failures import SessionFailed

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats
    from telemparse.kernels.units import Unit

__all__ = ["in_unit", "unit_of"]

# Their values need no unit to be understood.
_BARE = frozenset({Dimension.NUMBER, Dimension.FREQUENCY})


def unit_of(name: str) -> str | None:
    """Return the unit of a column that every session has; None for an auxiliary one."""
    if name == TIME.name:
        return "s"
    return STANDARD[name].unit if name in STANDARD else None


def in_unit(name: str, column: pa.ChunkedArray, given: str, wanted: str) -> pa.ChunkedArray:
    """Return numbers in a wanted unit; where one of both units is not told, they are taken to be one.

    Args:
        name: of the column, for what is raised.
        column: of numbers.
        given: unit as somebody wrote it (`km/h`), or empty.
        wanted: likewise.

    Raises STORE_UNITS_MIXED where one cannot be converted to the other.
    """
    if not given or not wanted or given == wanted:
        return column
    source, target = find_unit(given), find_unit(wanted)
    if source is not None and target is not None and source == target:
        return column
    if source is None or target is None or not _alike(source, target):
        raise SessionFailed("STORE_UNITS_MIXED", column=name, unit=given, wanted=wanted)
    if (source.scale, source.offset) == (target.scale, target.offset):
        return column
    values: Floats = floats(column.cast(pa.float64()))
    converted = (values * source.scale + (source.offset - target.offset)) / target.scale
    return pa.chunked_array([to_arrow(converted, pa.float64(), validity(column))])


def _alike(source: Unit, target: Unit) -> bool:
    if Dimension.OTHER in {source.dimension, target.dimension}:
        return False
    bare = source.dimension == Dimension.NUMBER and target.dimension in _BARE
    return source.dimension == target.dimension or bare
