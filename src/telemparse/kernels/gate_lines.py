"""Gates out of two points of a file: how the points are meant is decided by the trace, stale ones told."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.geodesy import distance_m, local_offsets_m, local_position_deg
from telemparse.model.gates import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.kernels.arrays import Floats, Mask
    from telemparse.model.gates import GateKind

__all__ = ["HALF_WIDTH_M", "STALE_M", "GateChoice", "Meaning", "across", "between"]

HALF_WIDTH_M = 15.0
"""Half of the length of a gate of which only one point and a direction are known."""

STALE_M = 5_000.0
"""A gate farther than this from every fix belongs to another place."""

_NEAR_M = 100.0
_ALONG_DEG = 45.0
_POLE = 89.9


class Meaning(enum.Enum):
    """What the two points of a gate are."""

    UPSTREAM = "point 1 on the line, point 2 upstream"
    ENDS = "ends of the line"


def across(
    kind: GateKind,
    name: str,
    lat_deg: float,
    lon_deg: float,
    course_deg: float,
    *,
    half_width_m: float = HALF_WIDTH_M,
    raw: Mapping[str, Any] | None = None,
) -> Gate:
    """Return the gate through a point, at right angles to a course; its first end lies on the left.

    Args:
        kind: of the gate.
        name: of the gate.
        lat_deg: of the middle of the line; not at a pole.
        lon_deg: likewise.
        course_deg: direction of travel across it.
        half_width_m: from the middle to each end.
        raw: the source's own words.
    """
    left = np.radians(course_deg - 90.0)
    east, north = half_width_m * np.sin(left), half_width_m * np.cos(left)
    lats, lons = local_position_deg(lat_deg, lon_deg, np.array([east, -east]), np.array([north, -north]))
    ends = float(lats[0]), float(lons[0]), float(lats[1]), float(lons[1])
    return Gate(kind, name, *ends, course_deg=float(course_deg) % 360.0, raw=dict(raw or {}))


def between(
    kind: GateKind,
    name: str,
    first: tuple[float, float],
    second: tuple[float, float],
    *,
    travel_deg: float | None = None,
    raw: Mapping[str, Any] | None = None,
) -> Gate:
    """Return the gate between two ends, (latitude, longitude) each, degrees.

    Its course is the one of the two at right angles to the line that is nearer to `travel_deg`, None
    without that.
    """
    course = None
    if travel_deg is not None:
        east, north = local_offsets_m(first[0], first[1], second[0], second[1])
        line = float(np.degrees(np.arctan2(east, north)))
        course = (line + 90.0) % 360.0
        if abs(_turn(course, travel_deg)) > 90.0:  # noqa: PLR2004  (a right angle)
            course = (course + 180.0) % 360.0
    return Gate(kind, name, *first, *second, course_deg=course, raw=dict(raw or {}))


@attrs.define
class GateChoice:
    """Two points that may be meant in several ways, watched while the trace goes by.

    The order of coordinates that lies nearer to the trace is right. Where the trace passes near, its
    direction tells whether point 2 lies upstream of point 1 or across the road from it.

    Args:
        kind, name, raw: of the gate.
        orders: the points in each order of coordinates, ((lat1, lon1), (lat2, lon2)) in degrees, the
            likelier order first; those that are no coordinates are left out.
        otherwise: what the points are where no direction of travel decides.
    """

    kind: GateKind
    name: str
    orders: tuple[tuple[tuple[float, float], tuple[float, float]], ...]
    otherwise: Meaning = Meaning.UPSTREAM
    raw: Mapping[str, Any] = attrs.field(factory=dict)
    _nearest: list[float] = attrs.field(init=False)
    _passing: list[tuple[float, float] | None] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.orders = tuple(order for order in self.orders if all(map(_is_position, order)))
        self._nearest = [float("inf")] * len(self.orders)
        self._passing = [None] * len(self.orders)

    def watch(self, lat_deg: Floats, lon_deg: Floats, course_deg: Floats, moving: Mask) -> None:
        """Take in fixes, each of shape (n,), cut in any way; courses count where `moving`."""
        if not len(lat_deg):
            return
        for number, ((lat, lon), _second) in enumerate(self.orders):
            east, north = local_offsets_m(lat, lon, lat_deg, lon_deg)
            squares = east * east + north * north
            near = int(np.argmin(squares))
            if squares[near] < self._nearest[number]:
                self._nearest[number] = float(squares[near])
            self._pass(number, squares, course_deg, moving)

    def _pass(self, number: int, squares: Floats, course_deg: Floats, moving: Mask) -> None:
        known = self._passing[number]
        rows = np.flatnonzero((squares < (_NEAR_M**2 if known is None else known[0])) & moving)
        if len(rows):
            row = rows[np.argmin(squares[rows])]
            self._passing[number] = (float(squares[row]), float(course_deg[row]))

    @property
    def _best(self) -> int | None:
        return int(np.argmin(self._nearest)) if self._nearest else None

    def away_m(self, lat_deg: float, lon_deg: float) -> float:
        """Return how far the gate lies from a place, metres; infinity where its points are no coordinates."""
        spans = [distance_m(lat, lon, lat_deg, lon_deg) for (lat, lon), _second in self.orders]
        return float(min(spans, default=np.inf))

    @property
    def is_stale(self) -> bool:
        """Every fix is farther away than `STALE_M`, or there was none, or the points are no coordinates."""
        return self._best is None or not self._nearest[self._best] <= STALE_M**2

    @property
    def gate(self) -> Gate:
        """The gate; only where it is not stale."""
        best = self._best
        assert best is not None  # noqa: S101  (the caller has asked whether it is stale)
        first, second = self.orders[best]
        passing = self._passing[best]
        travel = None if passing is None else passing[1]
        east, north = local_offsets_m(*second, *first)
        apart = float(np.hypot(east, north))
        downstream = float(np.degrees(np.arctan2(east, north))) % 360.0
        meaning = self.otherwise
        if travel is not None and apart > 0:
            off = abs(_turn(downstream, travel))
            meaning = Meaning.ENDS if _ALONG_DEG < off < 180.0 - _ALONG_DEG else Meaning.UPSTREAM
        raw = {**self.raw, "points": meaning.value}
        if meaning is Meaning.ENDS or not apart:
            return between(self.kind, self.name, first, second, travel_deg=travel, raw=raw)
        return across(self.kind, self.name, *first, downstream, raw=raw)


def _turn(course_deg: float, other_deg: float) -> float:
    """Return the turn from one course to another, in [-180, 180)."""
    return (other_deg - course_deg + 180.0) % 360.0 - 180.0


def _is_position(point: tuple[float, float]) -> bool:
    lat, lon = point
    return -_POLE <= lat <= _POLE and -180.0 <= lon < 180.0  # noqa: PLR2004  (degrees of longitude)
