"""The pit lane of a circuit: where it runs beside the start/finish line, its gates and its box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats
    from telemparse.testing.simulate.layouts import GateLine, Layout

__all__ = ["box_behind", "lane_beside", "pit_lines"]

_HALF_M = 2.0
"""Half of the length of its gates."""
_STEEP = 1.5
"""The ways in and out are so many times as long as the lane lies aside."""
_SHARE = 0.03
"""Length of the lane, as a share of a lap."""


def lane_beside(layout: Layout, behind_m: Floats) -> Floats:
    """Return how far to the left of the centre line the pit lane leads, at distances behind the line."""
    blend, lane = _spans(layout)
    inside = np.clip((lane / 2 + blend - np.abs(behind_m)) / blend, 0.0, 1.0)
    # Smooth in its second derivative, so that the car can steer along it.
    return np.asarray(layout.circuit.pit_m * inside**3 * (10 - 15 * inside + 6 * inside**2))


def box_behind(layout: Layout) -> float:
    """Return how far behind the line the car stops, m."""
    _blend, lane = _spans(layout)
    return lane / 4


def pit_lines(layout: Layout) -> tuple[GateLine, GateLine]:
    """Return the gates across the pit lane where it begins and where it ends."""
    circuit = layout.circuit
    _blend, lane = _spans(layout)
    found = []
    for name, progress in (("Pit in", circuit.line_m - lane / 2), ("Pit out", circuit.line_m + lane / 2)):
        across = layout.gate_line(name, progress)
        left = circuit.pit_m * layout.left(np.array([progress]))[0]
        middle = (across.middle_m[0] + float(left[0]), across.middle_m[1] + float(left[1]))
        found.append(attrs.evolve(across, middle_m=middle, half_m=_HALF_M))
    return found[0], found[1]


def _spans(layout: Layout) -> tuple[float, float]:
    """Return how long the ways into and out of the pit lane are, and the lane between them."""
    blend = _STEEP * abs(layout.circuit.pit_m)
    return blend, max(blend, _SHARE * layout.length_m)
