"""Tables that no dialect may take for its own: columns that everybody has, and what other dialects ask."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from telemparse.extension.csv_rules import HeaderCells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.csv_dialect import CsvDialect, NumberRange, Shape

__all__ = ["COMMON_TABLES", "portrait"]

_ROWS = 8

_HEADERS = (
    "timestamp,latitude,longitude,altitude,speed,course",
    "Time,Latitude,Longitude,Elevation,Speed,Heading,Satellites,HDOP",
    "Date,Time,Latitude,Longitude,Altitude,Speed",
    "time,lat,lon,ele",
    "Date;Time;Lat;Lon;Alt;Speed (km/h)",
    "UTC Date,UTC Time,Latitude,N/S,Longitude,E/W,Speed (kn),Course",
    "Time (s),Distance (m),Speed (km/h),RPM,Throttle (%),Brake (%),Gear,Steering Angle (deg)",
    "timestamp,ax,ay,az,gx,gy,gz,mx,my,mz",
    "Time,GPS Latitude,GPS Longitude,GPS Speed,GPS Altitude,GPS Heading,RPM,Lap",
    "Datum;Uhrzeit;Breite;Laenge;Hoehe;Geschwindigkeit",
)


def _table(header: str | None, cells: list[str], delimiter: str) -> bytes:
    row = delimiter.join(cells)
    lines = [*([] if header is None else [header]), *[row] * _ROWS]
    return "".join(f"{line}\n" for line in lines).encode()


def _common(header: str) -> bytes:
    delimiter = ";" if ";" in header else ","
    width = header.count(delimiter) + 1
    return _table(header, [f"{index + 1}.5" for index in range(width)], delimiter)


COMMON_TABLES: Mapping[str, bytes] = {
    **{f"a table of the columns {header}": _common(header) for header in _HEADERS},
    **{
        f"{width} columns of numbers without names": _table(None, ["12.5"] * width, ",")
        for width in (2, 3, 4, 6, 7, 10)
    },
}
"""Tables of common columns, by what they are."""


def portrait(dialect: CsvDialect) -> bytes:
    """Return the least file that a dialect recognises: its phrases, its names or its ranges, and rows."""
    preamble = "".join(f"{phrase}\n" for phrase in dialect.preamble).encode()
    if dialect.shape is not None:
        return preamble + _table(None, _inside(dialect.shape), ",")
    first = list(dialect.first_columns)
    names = [*first, *sorted(dialect.header.difference(first))] or ["Time"]
    names += ["Value"] if len(names) == 1 else []  # one column is no table
    # A barred cell says name, unit, bounds and rate.
    barred = dialect.header_cells is HeaderCells.BARRED
    cells = [f'"{name}"|""|0|0|10' for name in names] if barred else names
    return preamble + _table(",".join(cells), ["1.5"] * len(names), ",")


def _inside(shape: Shape) -> list[str]:
    """Return one row in the middle of each range, the axes of a unit vector as 1, 0 and 0."""
    values = [_middle(each) for each in shape.columns]
    for place, index in enumerate(shape.unit_vector or ()):
        values[index] = float(place == 0)
    return [f"{value:.{each.decimals}f}" for value, each in zip(values, shape.columns, strict=True)]


def _middle(expected: NumberRange) -> float:
    bounds = [bound for bound in (expected.low, expected.high) if math.isfinite(bound)]
    return sum(bounds) / len(bounds) if bounds else 0.0
