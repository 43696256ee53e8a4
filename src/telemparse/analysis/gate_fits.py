"""How gates fit a path: how far away they lie, and how often it passes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.passes import SAME_VISIT_S
from telemparse.kernels.geodesy import ecef_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.analysis.paths import Path
    from telemparse.kernels.arrays import Floats
    from telemparse.model.gates import Gate

__all__ = ["NEAR_M", "GateFit", "gate_fit", "outside_m"]

NEAR_M = 200.0
"""A path that stays farther from a gate than this was recorded elsewhere."""


@attrs.frozen
class GateFit:
    """How a path passes a gate.

    Args:
        distance_m: from the gate's middle to the nearest epoch; of a gate far away, roughly.
        forward: passes in the gate's direction of travel; of a gate without one, in the way in which there
            are more.
        backward: passes the other way.
    """

    distance_m: float
    forward: int = 0
    backward: int = 0

    @property
    def near(self) -> bool:
        """The path comes near the gate, whether it passes it or not."""
        return self.distance_m <= NEAR_M


def gate_fit(path: Path, gate: Gate) -> GateFit:
    """Return how a path passes a gate, which may lie anywhere on Earth."""
    away_m = float(outside_m(path, [gate])[0])
    if away_m > NEAR_M:
        return GateFit(away_m)
    line = GateLine.of(gate, path.frame)
    nearest_m = float(np.hypot(*(path.position_m - line.middle_m).T).min())
    distance = line.distance_m(path.position_m)
    behind = distance >= 0
    epoch = np.flatnonzero((behind[1:] != behind[:-1]) & (path.step_s <= path.gap_s))
    part = (distance[epoch] / (distance[epoch] - distance[epoch + 1]))[:, None]
    place = path.position_m[epoch] * (1 - part) + path.position_m[epoch + 1] * part
    epoch = epoch[np.abs(line.offset_m(place)) <= line.half_m]
    ahead = behind[epoch + 1]
    counts = [_visits(path.t_s[epoch[way]]) for way in (ahead, ~ahead)]
    if not line.directed:
        counts.sort(reverse=True)
    return GateFit(nearest_m, *counts)


def outside_m(path: Path, gates: Sequence[Gate]) -> Floats:
    """Return how far the middles of gates lie outside of the circle that a path stays in, shape (k,).

    Straight through the Earth: in the plane, a gate on its other side would lie near. Negative inside.
    """
    ends = [(gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg) for gate in gates]
    lat1, lon1, lat2, lon2 = np.array(ends, np.float64).reshape(-1, 4).T
    height_m = path.frame.alt_m
    first, second = np.stack(ecef_m(lat1, lon1, height_m)), np.stack(ecef_m(lat2, lon2, height_m))
    origin = np.stack(ecef_m(path.frame.lat_deg, path.frame.lon_deg, height_m))
    away_m = np.linalg.norm((first + second) / 2 - origin[:, None], axis=0)
    return np.asarray(away_m - float(np.hypot(*path.position_m.T).max()))


def _visits(t_s: Floats) -> int:
    """Return how many of the instants, in order, are no repetition of the one before."""
    return int((np.diff(t_s) >= SAME_VISIT_S).sum()) + 1 if len(t_s) else 0
