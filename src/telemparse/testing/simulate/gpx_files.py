"""A run as GPX 1.0, the version whose points have course and speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.simulate.cells import Cells, bounded_turn

if TYPE_CHECKING:
    from telemparse.testing.simulate.runs import Run

__all__ = ["write_gpx"]

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.0" creator="telemparse simulator" xmlns="http://www.topografix.com/GPX/1/0">\n'
    "<trk><name>{name}</name>\n<trkseg>\n"
)
_TAIL = "</trkseg>\n</trk>\n</gpx>\n"


def write_gpx(run: Run) -> bytes:
    """Return the fixes of a run as one track of one segment.

    Instants are milliseconds, positions 1e-9 degrees, speeds 0.0001 m/s, courses and heights 0.001. Of the
    receiver's own estimates only `hdop` and the count of satellites are written.
    """
    cells = Cells(run)
    rows = zip(
        cells.texts("lat_deg", "{:.9f}".format),
        cells.texts("lon_deg", "{:.9f}".format),
        cells.texts("alt_m", "<ele>{:.3f}</ele>".format),
        cells.instants("<time>%Y-%m-%dT%H:%M:%S.%msZ</time>"),
        cells.texts("course_deg", lambda value: f"<course>{bounded_turn(value, 3)}</course>"),
        cells.texts("speed_mps", "<speed>{:.4f}</speed>".format),
        cells.texts("sat_count", "<fix>3d</fix><sat>{:.0f}</sat>".format),
        cells.texts("hdop", "<hdop>{:.2f}</hdop>".format),
        strict=True,
    )
    points = "".join(
        f'<trkpt lat="{lat}" lon="{lon}">{"".join(elements)}</trkpt>\n' for lat, lon, *elements in rows
    )
    return f"{_HEAD.format(name=run.circuit.name)}{points}{_TAIL}".encode()
