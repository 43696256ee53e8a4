"""The unit of speeds as the data itself tells it: the way by speeds is the way by positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.kernels.units import UNITS

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.units import Unit

__all__ = ["speed_unit"]

_CANDIDATES = ("m/s", "km/h", "mph", "kn", "cm/s", "mm/s")
_EARTH_M = 6_371_000.0
_NS_PER_S = 1e9
_LONGEST_GAP_S = 3.0
_SHORTEST_WAY_M = 50.0
_MOVING_SHARE = 0.25
_TOLERANCE = 0.06
"""Largest difference of the logarithms; miles an hour and knots lie 0.14 apart."""


def speed_unit(t_ns: Ints, lat_deg: Floats, lon_deg: Floats, speed: Floats, usable: Mask) -> Unit | None:
    """Return the one unit in which the way by speeds is the way by positions, or None where it is not clear.

    Args:
        t_ns: instants, shape (n,) as the others, in file order.
        lat_deg: latitudes.
        lon_deg: longitudes.
        speed: in the unknown unit.
        usable: rows whose four values are good.
    """
    rows = np.flatnonzero(usable)
    if len(rows) < 2:  # noqa: PLR2004  (a way has two ends)
        return None
    t_s = (t_ns[rows] - t_ns[rows[0]]) / _NS_PER_S
    lat, lon = np.radians(lat_deg[rows]), np.radians(lon_deg[rows])
    step_s = np.diff(t_s)
    way_m = _EARTH_M * np.hypot(np.diff(lat), np.diff(lon) * np.cos(lat[:-1]))
    mean = (speed[rows][1:] + speed[rows][:-1]) / 2
    # Standing still, the positions' noise is all the way there is.
    near = (step_s > 0) & (step_s < _LONGEST_GAP_S) & (mean > _MOVING_SHARE * mean.max())
    walked, counted = float(way_m[near].sum()), float((mean * step_s)[near].sum())
    if walked < _SHORTEST_WAY_M or counted <= 0:
        return None
    units = [UNITS[name] for name in _CANDIDATES]
    best = min(units, key=lambda unit: abs(np.log(counted * unit.scale / walked)))
    return best if abs(np.log(counted * best.scale / walked)) < _TOLERANCE else None
