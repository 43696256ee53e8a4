"""Whose the lines of [channel units] are: they bear no names, and writers differ in what they leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.vbo.words import CHANNELS, RECEIVER, SENSOR_DIMENSIONS, SENSORS, headed
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension, conversion, find_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["units_of"]

# Standard channels, which have no line in [channel units]; the last ones have one in some firmware.
_STANDARD = frozenset({*RECEIVER, "longacc", "latacc", "glonasssats", "gpssats", "imukalmanfilterstatus",
                       "velocityquality", "avifileindex", "avitime", "avisynctime"})  # fmt: skip
_SOMETIMES = frozenset({"event1", "tsample", "sampleperiod"})

_DIMENSIONS: Mapping[str, str | None] = {
    **{key: quantity.dimension for key, quantity in {**CHANNELS, **RECEIVER}.items()},
    **{key: SENSOR_DIMENSIONS[stream] for stream, axes in SENSORS.items() for key in axes},
    **dict.fromkeys(("time", "utctime", "tsample", "sampleperiod"), Dimension.TIME),
    **dict.fromkeys(("lat", "latitude", "long", "lng", "lon", "longitude"), Dimension.ANGLE),
}


def units_of(names: Sequence[str], titles: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Return the text of the unit of each column, blank for one without a line.

    Racelogic writes a line for each channel that is not standard; some leave out those whose title has a
    unit, and some write one for every column. Of the ways in which the numbers of lines and columns agree
    the one is taken in which units fit what columns measure; where none agrees nobody knows whose the
    lines are.

    Args:
        names: of the columns.
        titles: their lines in [header], or their names.
        lines: of the section.
    """
    keys = [squash(name) for name in names]
    stated = [line.strip() for line in lines]
    filled = len(stated)
    while filled and not stated[filled - 1]:
        filled -= 1
    found = []
    for order, takers in enumerate(_ways(keys, names, titles)):
        count = sum(takers)
        # Units behind the last one that is written are blank lines; of all columns the first has one.
        if count and filled <= count <= len(stated) and (filled == count or order < _PADDED):
            units = iter(stated[:count])
            told = [next(units) if takes else "" for takes in takers]
            found.append((_misfits(keys, told), filled != count, order, told))
    return min(found)[-1] if found else [""] * len(names)


_PADDED = 2  # so many of the ways may end in blank lines


def _ways(keys: list[str], names: Sequence[str], titles: Sequence[str]) -> list[list[bool]]:
    """Return which columns may be meant, likely ways first."""
    own = [not (key in _STANDARD or name.startswith("_")) for name, key in zip(names, keys, strict=True)]
    rarer = [takes and key not in _SOMETIMES for takes, key in zip(own, keys, strict=True)]
    untitled = [headed(title)[1] is None for title in titles]
    less = [[takes and bare for takes, bare in zip(way, untitled, strict=True)] for way in (own, rarer)]
    return [own, rarer, *less, [True] * len(names)]


def _misfits(keys: list[str], units: list[str]) -> int:
    """Count the units that are none of what their columns measure."""
    count = 0
    for key, text in zip(keys, units, strict=True):
        dimension = _DIMENSIONS.get(key)
        unit = find_unit(text) if text and dimension is not None else None
        count += unit is not None and dimension is not None and conversion(unit, dimension) is None
    return count
