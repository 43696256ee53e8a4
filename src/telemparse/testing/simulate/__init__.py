"""The simulator: seeded runs over known circuits, with truth to the nanosecond, as tables and as files.

Needs the extra `telemparse[analysis]` (scipy). Every name is loaded on first use.

Planes: x points east and y north of the run's origin. Yaw counts counter-clockwise from east, courses
clockwise from north. The car is flat on the ground: no jumps, no banking, all sensors in one place.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.testing.simulate.circuits import CIRCUITS, Circuit, Grip
    from telemparse.testing.simulate.csv_files import write_csv
    from telemparse.testing.simulate.disturbances import (
        Disturbance,
        Dropouts,
        FewLaps,
        Gap,
        HalfLap,
        Jitter,
        Marshalled,
        NoVelocity,
        Parking,
        PitStop,
        Stationary,
        Stints,
        Teleports,
        VelocityLag,
        Withheld,
    )
    from telemparse.testing.simulate.gpx_files import write_gpx
    from telemparse.testing.simulate.layouts import Apex
    from telemparse.testing.simulate.nmea_logs import write_nmea
    from telemparse.testing.simulate.receivers import RECEIVERS, Receiver
    from telemparse.testing.simulate.runs import Run
    from telemparse.testing.simulate.simulation import simulate
    from telemparse.testing.simulate.truths import States, Truth
    from telemparse.testing.simulate.ubx_logs import write_ubx
    from telemparse.testing.simulate.vbo_files import write_vbo

__all__ = [
    "CIRCUITS", "RECEIVERS", "Apex", "Circuit", "Disturbance", "Dropouts", "FewLaps", "Gap", "Grip",
    "HalfLap", "Jitter", "Marshalled", "NoVelocity", "Parking", "PitStop", "Receiver", "Run", "States",
    "Stationary", "Stints", "Teleports", "Truth", "VelocityLag", "Withheld", "simulate", "write_csv",
    "write_gpx", "write_nmea", "write_ubx", "write_vbo",
]  # fmt: skip

_ROOMS = {
    "circuits": ("CIRCUITS", "Circuit", "Grip"),
    "disturbances": (
        "Disturbance", "Dropouts", "FewLaps", "Gap", "HalfLap", "Jitter", "Marshalled", "NoVelocity",
        "Parking", "PitStop", "Stationary", "Stints", "Teleports", "VelocityLag", "Withheld",
    ),
    "csv_files": ("write_csv",),
    "gpx_files": ("write_gpx",),
    "layouts": ("Apex",),
    "nmea_logs": ("write_nmea",),
    "receivers": ("RECEIVERS", "Receiver"),
    "runs": ("Run",),
    "simulation": ("simulate",),
    "truths": ("States", "Truth"),
    "ubx_logs": ("write_ubx",),
    "vbo_files": ("write_vbo",),
}  # fmt: skip
_HOMES = {name: f"{__name__}.{room}" for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        if find_spec("scipy") is None:
            raise MissingExtra("analysis", "scipy")
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
