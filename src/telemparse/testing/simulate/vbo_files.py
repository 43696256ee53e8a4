"""A run as VBO, the text format of Racelogic's loggers, with its gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.testing.simulate.cells import KMH, Cells, bounded_turn

if TYPE_CHECKING:
    from telemparse.testing.simulate.layouts import GateLine
    from telemparse.testing.simulate.runs import Run

__all__ = ["write_vbo"]

_MINUTES = 60
_UPSTREAM_M = 10.0
_HEAD = """\
File created on {created}

[header]
{titles}

[comments]
(c) Racelogic
Type   : simulated

[laptiming]
{gates}

[column names]
{names}

[data]
"""


def write_vbo(run: Run) -> bytes:
    """Return the fixes of a run, its start/finish line and sector gates as `Start` and `Split`.

    Instants are milliseconds of the day, positions and gates 1e-8 minutes, speeds 0.001 km/h, courses 0.001
    degrees, heights 0.01 m. A gate is a point on its line and one upstream: its length is not written. Of
    the receiver's own estimates only the count of satellites is. Minutes near latitude and longitude 0 can be
    taken for degrees.
    """
    cells = Cells(run)
    columns = (
        ("sats", "satellites", cells.texts("sat_count", "{:03.0f}".format)),
        ("time", "time", cells.instants("%H%M%S.%ms")),
        ("lat", "latitude", cells.texts("lat_deg", lambda value: f"{value * _MINUTES:+014.8f}")),
        ("long", "longitude", cells.texts("lon_deg", lambda value: f"{-value * _MINUTES:+015.8f}")),
        ("velocity", "velocity kmh", cells.texts("speed_mps", lambda value: f"{value * KMH:07.3f}")),
        ("heading", "heading", cells.texts("course_deg", lambda value: f"{bounded_turn(value, 3):>07s}")),
        ("height", "height", cells.texts("alt_m", "{:+09.2f}".format)),
        ("vert-vel", "vertical velocity m/s", cells.texts("vel_d_mps", lambda value: f"{-value:+08.2f}")),
    )
    told = [column for column in columns if "" not in column[2]]
    lines = [("Start", run.layout.line)]
    lines += [(f"Split{number}", line) for number, line in enumerate(run.layout.sector_lines, 1)]
    head = _HEAD.format(
        created="".join(cells.instants("%d/%m/%Y @ %H:%M:%S")[:1]),
        titles="\n".join(title for _name, title, _cells in told),
        gates="\n".join(_laptiming(run, word, line) for word, line in lines),
        names=" ".join(name for name, _title, _cells in told),
    )
    rows = "".join(
        " ".join(row) + "\r\n" for row in zip(*(cells_of for _name, _title, cells_of in told), strict=True)
    )
    return (head.replace("\n", "\r\n") + rows).encode("latin-1")


def _laptiming(run: Run, word: str, line: GateLine) -> str:
    on_line = np.array(line.middle_m)
    upstream = on_line - _UPSTREAM_M * np.array(line.along)
    lat, lon = run.frame.geodetic_deg(np.stack([on_line, upstream]))
    points = [f"{value * _MINUTES:+.8f}" for place in zip(-lon, lat, strict=True) for value in place]
    return f"{word} {' '.join(points)} \u00ac {line.name}"
