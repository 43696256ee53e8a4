"""Where a trace crosses a line on the ground, by plain interpolation: what devices time by."""

from __future__ import annotations

import numpy as np

__all__ = ["crossed_s"]


def crossed_s(table, gate):
    """Return the instants, seconds since 1970, at which a table of fixes crosses a gate's line."""
    t_s = table["t"].cast("int64").to_numpy() / 1e9
    narrow = np.cos(np.radians(gate.lat1_deg))
    x = (table["lon_deg"].to_numpy() - gate.lon1_deg) * narrow
    y = table["lat_deg"].to_numpy() - gate.lat1_deg
    line = (gate.lon2_deg - gate.lon1_deg) * narrow, gate.lat2_deg - gate.lat1_deg
    side = x * line[1] - y * line[0]
    along = (x * line[0] + y * line[1]) / (line[0] ** 2 + line[1] ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = side[:-1] / (side[:-1] - side[1:])
        where = along[:-1] + share * np.diff(along)
    crossing = (side[:-1] * side[1:] <= 0) & (share >= 0) & (share < 1) & (where >= 0) & (where <= 1)
    return (t_s[:-1] + share * np.diff(t_s))[crossing]
