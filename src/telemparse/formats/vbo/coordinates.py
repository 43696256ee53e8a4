"""What the positions of a VBO file are written in: minutes, and degrees in files of some converters."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import numpy as np

from telemparse.formats.vbo.layout import has_position
from telemparse.kernels.casts import floats
from telemparse.kernels.texts import strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.formats.vbo.layout import Layout

__all__ = ["PER_DEGREE", "Coordinates", "coordinates_of"]

_FEWEST = 2
_LAT_DEG, _LON_DEG = 90.0, 180.0


class Coordinates(enum.Enum):
    """How positions are written."""

    MINUTES = "minutes"
    DEGREES = "degrees"


PER_DEGREE: Mapping[Coordinates, tuple[float, float]] = {
    # Racelogic, "VBO file structure": minutes, north and west positive.
    Coordinates.MINUTES: (60.0, -60.0),
    # Who writes degrees takes them as receivers give them: north and east positive.
    Coordinates.DEGREES: (1.0, 1.0),
}
"""What a latitude and a longitude are to be divided by."""


def coordinates_of(layout: Layout, rows: list[str]) -> Coordinates:
    """Return what the positions of a file are written in.

    Minutes that are all possible as degrees lie within one and a half degrees of latitude and three of
    longitude around 0/0, where there is nothing but sea.

    Args:
        layout: of the rows.
        rows: the first ones.
    """
    if not has_position(layout.receiver):
        return Coordinates.MINUTES
    places = [layout.receiver[name].column.index for name in ("lat", "lon")]
    split = [cells for row in rows if len(cells := row.split()) == layout.width]
    (lat, lat_valid), (lon, lon_valid) = (floats(strings([cells[at] for cells in split])) for at in places)
    known = lat_valid & lon_valid & ((lat != 0) | (lon != 0))
    near = (np.abs(lat) <= _LAT_DEG) & (np.abs(lon) <= _LON_DEG)
    degrees = known.sum() >= _FEWEST and bool(near[known].all())
    return Coordinates.DEGREES if degrees else Coordinates.MINUTES
