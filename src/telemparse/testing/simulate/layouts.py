"""The geometry of a circuit: its centre line by distance, gates as lines, apexes of its corners."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import find_peaks

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats
    from telemparse.testing.simulate.circuits import Circuit

__all__ = ["Apex", "GateLine", "Layout", "layout_of"]

_POINTS = 2000
_TIGHT = 1.5
"""A bend counts as a corner where the highest speed asks for so much more than there is grip."""


@attrs.frozen
class GateLine:
    """A gate in the plane.

    Args:
        name: of the gate.
        progress_m: of its middle, along the centre line.
        middle_m: place of its middle, (east, north).
        along: direction of travel across it, (east, north), of length 1.
        half_m: from the middle to each end.
    """

    name: str
    progress_m: float
    middle_m: tuple[float, float]
    along: tuple[float, float]
    half_m: float

    @property
    def ends_m(self) -> Floats:
        """Left end, then right end, shape (2, 2)."""
        middle = np.array(self.middle_m)
        left = self.half_m * np.array([-self.along[1], self.along[0]])
        return np.stack([middle + left, middle - left])


@attrs.frozen
class Apex:
    """Where the centre line bends most in a corner.

    Args:
        progress_m: distance along the centre line behind the start/finish line, in [0, lap length).
        position_m: (east, north).
        curvature_1pm: 1/m, positive where it turns left.
    """

    progress_m: float
    position_m: tuple[float, float]
    curvature_1pm: float


@attrs.frozen(eq=False)
class Layout:
    """A circuit turned by an angle, with its centre line by distance.

    Args:
        circuit: that it is of.
        length_m: of a lap along the centre line.
        spline: place, (east, north), by distance along the centre line; periodic.
    """

    circuit: Circuit
    length_m: float
    spline: Any

    def centre_m(self, progress_m: Floats) -> Floats:
        """Return places on the centre line, shape (n, 2)."""
        return np.asarray(self.spline(np.asarray(progress_m) % self.length_m))

    def left(self, progress_m: Floats) -> Floats:
        """Return the directions to the left of travel, shape (n, 2), of length 1."""
        along = self.spline(np.asarray(progress_m) % self.length_m, 1)
        along = along / np.hypot(along[:, 0], along[:, 1])[:, None]
        return np.stack([-along[:, 1], along[:, 0]], axis=1)

    def gate_line(self, name: str, progress_m: float) -> GateLine:
        """Return the gate across the track at a distance along the centre line."""
        at = np.array([progress_m])
        middle, left = self.centre_m(at)[0], self.left(at)[0]
        along = (float(left[1]), float(-left[0]))
        return GateLine(
            name, progress_m, (float(middle[0]), float(middle[1])), along, self.circuit.half_gate_m
        )

    @property
    def line(self) -> GateLine:
        """The start/finish line."""
        return self.gate_line("Start / Finish", self.circuit.line_m)

    @property
    def sector_lines(self) -> tuple[GateLine, ...]:
        """The sector gates in order of travel behind the start/finish line."""
        return tuple(
            self.gate_line(f"Sector {number}", self.circuit.line_m + share * self.length_m)
            for number, share in enumerate(self.circuit.sectors, 1)
        )

    @property
    def apexes(self) -> tuple[Apex, ...]:
        """Maxima of curvature of the centre line, in order of travel behind the start/finish line."""
        behind = np.arange(_POINTS) * self.length_m / _POINTS
        progress = self.circuit.line_m + behind
        first, second = (self.spline(progress % self.length_m, order) for order in (1, 2))
        bend = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / np.hypot(*first.T) ** 3
        grip = self.circuit.grip
        least = _TIGHT * grip.lateral_mps2 / grip.top_mps**2
        # Twice round, so that a corner on the line is one as well.
        apart = max(1, int(self.circuit.width_m / self.length_m * _POINTS))
        peaks, _facts = find_peaks(np.tile(np.abs(bend), 2), height=least, prominence=least, distance=apart)
        chosen = np.unique(peaks[(peaks >= _POINTS // 2) & (peaks < _POINTS // 2 + _POINTS)] % _POINTS)
        places = self.centre_m(progress)
        return tuple(
            Apex(float(behind[row]), (float(places[row, 0]), float(places[row, 1])), float(bend[row]))
            for row in chosen
        )


@functools.lru_cache(maxsize=64)
def layout_of(circuit: Circuit, rotation_deg: float = 0.0) -> Layout:
    """Return the layout of a circuit, turned counter-clockwise about its plane's origin."""
    turn = np.radians(rotation_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = np.array([*circuit.points_m, circuit.points_m[0]], np.float64) @ matrix.T
    # Centripetal parameter: no loops where points lie close. Then by distance, so that steps are metres.
    spread = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(points, axis=0).T)))])
    dense = CubicSpline(spread, points, bc_type="periodic")(np.linspace(0.0, spread[-1], 10 * _POINTS + 1))
    distance = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(dense, axis=0).T))])
    knots = dense[::10]
    knots[-1] = knots[0]
    return Layout(circuit, float(distance[-1]), CubicSpline(distance[::10], knots, bc_type="periodic"))
