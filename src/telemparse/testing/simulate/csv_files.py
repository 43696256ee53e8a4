"""A run as the CSV of a lap logger: lap times in a block of their own, padding, then the fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.kernels.arrays import numpy_view
from telemparse.testing.simulate.cells import MPH, Cells, bounded_turn

if TYPE_CHECKING:
    from telemparse.testing.simulate.runs import Run

__all__ = ["write_csv"]

_HEAD = "datetime,driver,course,short_name,best_lap_ms,optimal_ms\n{start},nobody,Normal,SIM,{best},{best}\n"
_NAMES = "timestamp,sats,hdop,lat,lng,speed_mph,altitude_m,heading_deg,h_acc_m\n"
_PADDING = "\n" * 40
_MS_NS = 1_000_000


def write_csv(run: Run) -> bytes:
    """Return the fixes and true laps of a run as Dove's lap logger writes them (`.dovex`).

    Instants are milliseconds, positions 1e-9 degrees, speeds 0.0001 mph, courses and heights 0.001, lap times
    milliseconds. Velocities to the north and east are not written.
    """
    cells = Cells(run)
    times = [str(round(ns / _MS_NS)) for ns in numpy_view(run.laps["duration_ns"]).tolist()]
    start = cells.instants("%Y-%m-%d %H:%M:%S")[:1]
    head = _HEAD.format(start="".join(start), best=min(times, key=int, default=""))
    columns = (
        [str(t_ms) for t_ms in cells.t_ms.tolist()],
        cells.texts("sat_count", "{:.0f}".format),
        cells.texts("hdop", "{:.2f}".format),
        cells.texts("lat_deg", "{:.9f}".format),
        cells.texts("lon_deg", "{:.9f}".format),
        cells.texts("speed_mps", lambda value: f"{value * MPH:.4f}"),
        cells.texts("alt_m", "{:.3f}".format),
        cells.texts("course_deg", lambda value: bounded_turn(value, 3)),
        cells.texts("hacc_m", "{:.3f}".format),
    )
    rows = "".join(",".join(row) + "\n" for row in zip(*columns, strict=True))
    return f"{head}laps_ms\n{','.join(times)}\n{_PADDING}{_NAMES}{rows}".encode()
