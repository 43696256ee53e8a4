"""A gate as a line in the plane of a path, with the direction in which it counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.errors import CallError
from telemparse.model.gates import Gate, GateKind

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats
    from telemparse.kernels.local_frame import LocalFrame

__all__ = ["GateLine", "gate_across"]


@attrs.frozen(eq=False, kw_only=True)
class GateLine:
    """A bounded line: crossing it beside its ends is no crossing.

    Args:
        gate: what it was made from.
        middle_m: east and north of its middle, shape (2,).
        along: unit vector from the first end to the second, shape (2,).
        normal: unit vector across it, shape (2,), in the direction of travel where that is known.
        half_m: from the middle to an end.
        directed: the gate says which way counts.
    """

    gate: Gate
    middle_m: Floats
    along: Floats
    normal: Floats
    half_m: float
    directed: bool

    @classmethod
    def of(cls, gate: Gate, frame: LocalFrame) -> GateLine:
        """Return the line of a gate in a frame.

        Raises CallError for one whose two ends are the same place.
        """
        ends = frame.plane_m(
            np.array([gate.lat1_deg, gate.lat2_deg]), np.array([gate.lon1_deg, gate.lon2_deg])
        )
        span = ends[1] - ends[0]
        length = float(np.hypot(*span))
        if length == 0:
            raise CallError(f"gate {gate.name!r} has no length")
        along = span / length
        normal = np.array([-along[1], along[0]])
        if gate.course_deg is not None:
            course = math.radians(gate.course_deg)
            middle = ends.mean(axis=0)
            lat, lon = frame.geodetic_deg(middle[None])
            east, north = np.array([math.sin(course)]), np.array([math.cos(course)])
            travel = frame.plane_mps(lat, lon, east, north)[0]
            normal = normal if normal @ travel >= 0 else -normal
        return cls(
            gate=gate,
            middle_m=ends.mean(axis=0),
            along=along,
            normal=normal,
            half_m=length / 2,
            directed=gate.course_deg is not None,
        )

    def reversed(self) -> GateLine:
        """Return the same line with the other direction of travel."""
        return attrs.evolve(self, normal=-self.normal)

    def distance_m(self, place_m: Floats) -> Floats:
        """Return the distance behind the line, negative before it, of places of shape (..., 2)."""
        return np.asarray((place_m - self.middle_m) @ self.normal)

    def offset_m(self, place_m: Floats) -> Floats:
        """Return the distance along the line from its middle of places of shape (..., 2)."""
        return np.asarray((place_m - self.middle_m) @ self.along)


def gate_across(
    frame: LocalFrame,
    place_m: Floats,
    travel: Floats,
    *,
    half_m: float,
    kind: GateKind = GateKind.START_FINISH,
    name: str = "",
    source: str = "auto_detected",
) -> Gate:
    """Return a gate at right angles to a direction of travel, named `name`.

    Args:
        frame: of the plane.
        place_m: its middle, east and north, shape (2,).
        travel: direction, shape (2,), of any length but 0.
        half_m: from the middle to each end.
        kind: what crossing it means.
        name: of the gate.
        source: as for `Gate`.
    """
    ahead = np.asarray(travel, np.float64) / np.hypot(*travel)
    left = np.array([-ahead[1], ahead[0]]) * half_m
    lat, lon = frame.geodetic_deg(np.stack([place_m + left, place_m - left, place_m]))
    # North at the gate's own place, which is not that of the frame's origin.
    east, north = (
        frame.plane_mps(lat[2:], lon[2:], np.array([e]), np.array([n]))[0]
        for e, n in ((1.0, 0.0), (0.0, 1.0))
    )
    course = math.degrees(math.atan2(float(ahead @ east), float(ahead @ north))) % 360.0
    return Gate(
        kind=kind,
        name=name,
        lat1_deg=float(lat[0]),
        lon1_deg=float(lon[0]),
        lat2_deg=float(lat[1]),
        lon2_deg=float(lon[1]),
        course_deg=0.0 if course >= 360.0 else course,  # noqa: PLR2004  (degrees)
        source=source,
    )
