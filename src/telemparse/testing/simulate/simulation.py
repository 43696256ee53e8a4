"""Simulating a run: from a circuit, a seed and what happens, to truth and tables."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view
from telemparse.kernels.local_frame import LocalFrame
from telemparse.model.gates import Gate, GateKind, Track
from telemparse.testing.simulate.chances import Cause, chance
from telemparse.testing.simulate.circuits import circuit_named
from telemparse.testing.simulate.disturbances import DRIVEN, Stationary, only
from telemparse.testing.simulate.fixes import recorded
from telemparse.testing.simulate.inertia import inertial_tables
from telemparse.testing.simulate.layouts import layout_of
from telemparse.testing.simulate.paces import driven, stood
from telemparse.testing.simulate.passages import timing_of
from telemparse.testing.simulate.pit_lanes import pit_lines
from telemparse.testing.simulate.receivers import receiver_named
from telemparse.testing.simulate.routes import route_over
from telemparse.testing.simulate.runs import Run
from telemparse.testing.simulate.truths import truth_of
from telemparse.testing.simulate.wheels import wheel_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.testing.simulate.circuits import Circuit
    from telemparse.testing.simulate.disturbances import Disturbance
    from telemparse.testing.simulate.layouts import GateLine, Layout
    from telemparse.testing.simulate.passages import Timing
    from telemparse.testing.simulate.receivers import Receiver
    from telemparse.testing.simulate.truths import Truth

__all__ = ["ORIGIN", "START_NS", "simulate"]

ORIGIN = (-21.4567, -12.3456, 118.0)
"""Latitude, longitude (degrees) and height (m) of a place in mid-ocean, south and west of the zeroes."""

START_NS = 1_746_352_800_000_000_000
"""2025-05-04T10:00:00Z."""

_AXES = (None, 3, 6, 9)
_MS = 1000


def simulate(
    track: str | Circuit = "rc_offroad",
    *,
    seed: int = 0,
    laps: int | None = None,
    gnss: str | Receiver = "m9",
    rate_hz: float = 10.0,
    phase_s: float | None = 0.0,
    imu: int | None = None,
    imu_rate_hz: float = 100.0,
    disturbances: Iterable[Disturbance] = (),
    origin: tuple[float, float, float] = ORIGIN,
    rotation_deg: float = 0.0,
) -> Run:
    """Return a run over a circuit; the same arguments give the same run, bit by bit.

    Each sensor draws from its own stream of chance: an inertial unit more does not change the fixes.

    Args:
        track: name of one of `CIRCUITS`, or a circuit.
        seed: of everything drawn by chance, 0 or more.
        laps: complete laps, 1 or more; None for as many as are usual on the circuit.
        gnss: name of one of `RECEIVERS`, or a receiver.
        rate_hz: epochs a second.
        phase_s: of the epochs behind whole multiples of their period; None draws one, whole milliseconds.
        imu: None for no inertial unit, 3 accelerometer, 6 with gyroscope, 9 with magnetometer.
        imu_rate_hz: samples a second of it.
        disturbances: what happens, in any mixture.
        origin: latitude and longitude, degrees, and height, m, of the plane's origin; poles and the
            antimeridian are no edge.
        rotation_deg: the circuit is turned by, counter-clockwise.

    Raises CallError for names that are none, numbers out of range, and disturbances of laps that the run
    does not have.
    """
    _check(seed, laps, rate_hz, imu, imu_rate_hz)
    happening = tuple(disturbances)
    layout = layout_of(circuit_named(track), rotation_deg)
    laps = layout.circuit.laps if laps is None else laps
    truth, timing = _happened(
        layout, seed, laps, tuple(each for each in happening if isinstance(each, DRIVEN))
    )
    frame = LocalFrame(*origin)
    if phase_s is None:
        phase_s = int(chance(seed, Cause.PHASE).integers(max(1, int(_MS / rate_hz)))) / _MS
    fixes = recorded(
        truth,
        receiver_named(gnss),
        frame,
        rate_hz=rate_hz,
        phase_s=phase_s,
        seed=seed,
        disturbances=happening,
    )
    tables = {"gnss_pvt": fixes.table, "channels.main": wheel_table(truth, layout.circuit, seed)}
    if imu is not None:
        tables |= inertial_tables(truth, imu, imu_rate_hz, seed)
    if truth.parked:
        # A logger that is switched off hears no sensor.
        tables = {name: table.filter(truth.logged(numpy_view(table["t"]))) for name, table in tables.items()}
    return Run(
        layout=layout,
        frame=frame,
        truth=truth,
        timing=timing,
        track=_track(layout, frame),
        tables=tables,
        gnss_true_ns=fixes.true_ns,
        rate_hz=rate_hz,
    )


def _check(seed: int, laps: int | None, rate_hz: float, imu: int | None, imu_rate_hz: float) -> None:
    if seed < 0:
        raise CallError("seed must be 0 or more")
    if laps is not None and laps < 1:
        raise CallError("laps must be 1 or more; a run without is simulated with HalfLap")
    if imu not in _AXES:
        raise CallError("imu must be None, 3, 6 or 9")
    if not (0 < rate_hz <= _MS and 0 < imu_rate_hz <= _MS):
        raise CallError("rates must be in (0, 1000] Hz")


# One drive is recorded by many receivers: it need not be driven again for each.
@functools.lru_cache(maxsize=4)
def _happened(
    layout: Layout, seed: int, laps: int, disturbances: tuple[Disturbance, ...]
) -> tuple[Truth, Timing]:
    """Return what a car did."""
    still = only(disturbances, Stationary)
    route = route_over(layout, seed, laps, disturbances)
    grip = layout.circuit.grip
    pace = stood(route, still[-1].seconds) if still else driven(route, grip, layout.length_m, seed)
    truth = truth_of(pace, grip, seed, START_NS)
    return truth, timing_of(truth, layout)


def _track(layout: Layout, frame: LocalFrame) -> Track:
    """Return the gates of a layout on the ground."""
    start_finish = _gate(layout.line, GateKind.START_FINISH, frame)
    pit_in, pit_out = pit_lines(layout)
    return Track(
        layout.circuit.name,
        (start_finish, _gate(pit_in, GateKind.PIT_IN, frame), _gate(pit_out, GateKind.PIT_OUT, frame)),
        tuple(_gate(line, GateKind.SECTOR, frame) for line in layout.sector_lines),
        reference="telemparse.testing.simulate",
    )


def _gate(line: GateLine, kind: GateKind, frame: LocalFrame) -> Gate:
    east, north = line.along
    # Up the road, so that the direction is that of its own place, at poles as well.
    places = np.array([*line.ends_m, line.middle_m, (line.middle_m[0] + east, line.middle_m[1] + north)])
    lat, lon = frame.geodetic_deg(places)
    local = LocalFrame(float(lat[2]), float(lon[2]), frame.alt_m)
    ahead = local.plane_m(lat[3:], lon[3:])[0]
    course = float(np.degrees(np.arctan2(ahead[0], ahead[1]))) % 360.0
    ends = (float(lat[0]), float(lon[0]), float(lat[1]), float(lon[1]))
    return Gate(kind, line.name, *ends, course_deg=course % 360.0, source="user_defined")
