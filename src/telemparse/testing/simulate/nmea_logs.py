"""A run as a log of NMEA 0183: RMC and GGA each epoch."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING

from telemparse.testing.simulate.cells import KNOTS, Cells, angle, bounded_turn

if TYPE_CHECKING:
    from telemparse.testing.simulate.runs import Run

__all__ = ["write_nmea"]

_DIGITS = 7
_QUALITIES, _MODES = {6: 5, 7: 4}, {6: "F", 7: "R"}


def write_nmea(run: Run) -> bytes:
    """Return the fixes of a run as a receiver with digits for RTK writes them.

    Instants are milliseconds, positions 1e-7 minutes, speeds 0.0001 knots, courses 0.001 degrees, heights
    0.001 m. Velocities to the north and east and the receiver's own estimates but `hdop` are not written.
    """
    cells = Cells(run)
    rows = zip(
        cells.instants("%H%M%S.%ms"),
        cells.instants("%d%m%y"),
        cells.texts("lat_deg", lambda value: f"{angle(value, 2, _DIGITS)},{'S' if value < 0 else 'N'}"),
        cells.texts("lon_deg", lambda value: f"{angle(value, 3, _DIGITS)},{'W' if value < 0 else 'E'}"),
        cells.texts("speed_mps", lambda value: f"{value * KNOTS:.4f}"),
        cells.texts("course_deg", lambda value: bounded_turn(value, 3)),
        cells.texts("alt_m", "{:.3f}".format),
        cells.texts("hdop", "{:.2f}".format),
        cells.texts("sat_count", "{:02.0f}".format),
        cells.texts(
            "fix_type", lambda value: f"{_QUALITIES.get(int(value), 1)}{_MODES.get(int(value), 'A')}"
        ),
        strict=True,
    )
    lines = []
    for time, date, lat, lon, speed, course, height, hdop, count, (quality, mode) in rows:
        lines.append(_sentence(f"GNRMC,{time},A,{lat},{lon},{speed},{course},{date},,,{mode}"))
        lines.append(_sentence(f"GNGGA,{time},{lat},{lon},{quality},{count},{hdop},{height},M,,M,,"))
    return "".join(lines).encode()


def _sentence(body: str) -> str:
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}\r\n"
