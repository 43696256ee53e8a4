"""Columns that hold both coordinates in one cell (`47.5 8.25`), taken for two columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import pyarrow.compute as pc

from telemparse.formats.csv.profiles import Profile
from telemparse.formats.csv.vocabulary import QUANTITIES, Quantity, Role
from telemparse.kernels.spelling import squash
from telemparse.kernels.texts import blank, only
from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.formats.csv.source_column import Column
    from telemparse.kernels.arrays import Mask

__all__ = ["PAIRS", "is_pair", "pair_meant", "part_of", "parts"]

PAIRS: Mapping[str, Quantity] = {
    name: Quantity(name, Role.GNSS, Dimension.ANGLE, tuple(words.split()))
    for name, words in (
        ("lat_lon", "latlon latlong latlng latitudelongitude gps gpsposition gpscoordinates"),
        ("lon_lat", "lonlat longlat lnglat longitudelatitude"),
    )
}
"""Two coordinates in one cell, by name, in the order in which they stand there."""

_WORDS = {squash(word): pair for pair in PAIRS.values() for word in (pair.name, *pair.words)}
_NUMBER = r"[+-]?\d{1,10}(?:\.\d{0,20})?"
_PAIR = rf"^[ \t]*(?P<a>{_NUMBER})(?:[ \t]*[,;/][ \t]*|[ \t]+)(?P<b>{_NUMBER})[ \t]*$"
# Where numbers have commas, none parts them.
_COMMAS = rf"^[ \t]*(?P<a>{_NUMBER})(?:[ \t]*[;/][ \t]*|[ \t]+)(?P<b>{_NUMBER})[ \t]*$".replace(r"\.", ",")
_PATTERNS = {".": _PAIR, ",": _COMMAS}
_MOST = 0.5


def pair_meant(word: str) -> Quantity | None:
    """Return the pair that a name or a header's word means (`lat_lon`, `LatLng`), None for any other."""
    return _WORDS.get(squash(word))


def is_pair(profile: Profile, decimal: str) -> bool:
    """Tell whether most cells that hold anything hold two numbers."""
    pattern = re.compile(_PATTERNS[decimal])
    return bool(profile.cells) and sum(map(bool, map(pattern.match, profile.cells))) > _MOST * profile.filled


def parts(column: Column, decimal: str) -> tuple[Column, Column]:
    """Return a column of pairs as two columns, one for each coordinate, in the order of the cell."""
    pair = column.quantity
    assert pair is not None  # noqa: S101  (asked by the caller)
    pattern = re.compile(_PATTERNS[decimal])
    found = [pattern.match(cell) for cell in column.profile.cells]
    whole = attrs.evolve(column, quantity=None)
    # A unit that is no angle belongs to no coordinate.
    unit = column.unit if column.unit is not None and column.unit.dimension == Dimension.ANGLE else None
    first, second = (
        attrs.evolve(
            column,
            quantity=QUANTITIES[f"{axis}_deg", Role.GNSS],
            unit=unit,
            whole=whole,
            pair=pair.name,
            place=place,
            profile=Profile.of(match[place + 1] if match else "" for match in found),
        )
        for place, axis in enumerate(pair.name.split("_"))
    )
    return first, second


def part_of(array: pa.Array, place: int, decimal: str) -> tuple[pa.Array, Mask | None]:
    """Return the first (0) or second (1) number of each cell as text, null where there is none.

    The mask, shape (n,), tells the cells that hold something else than two numbers; None for none.
    """
    found = pc.struct_field(pc.extract_regex(array, _PATTERNS[decimal]), [place])
    lacking = blank(found)
    if not lacking.any():
        return found, None
    odd = lacking & ~blank(pc.ascii_trim_whitespace(array))
    return only(found, ~lacking), odd if odd.any() else None
