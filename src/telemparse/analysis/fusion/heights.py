"""What a receiver says of height and climb, which no lap needs and a level attitude does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.analysis.fusion.sightings import Kind, Seen
from telemparse.analysis.stamps import stamps_ns
from telemparse.kernels.arrays import floats

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.analysis.fusion.nodes import Nodes
    from telemparse.analysis.smoothing.receptions import Reception
    from telemparse.kernels.arrays import Floats

__all__ = ["heights_seen"]

_CORRELATED_S = 10.0
_TIMES_LEVEL = 1.6
_FREE_M, _FREE_MPS = 25.0, 1.0


def heights_seen(table: pa.Table, nodes: Nodes, reception: Reception) -> tuple[list[Seen], bool]:
    """Return heights and rates of climb at the nodes, and whether heights are known at all.

    Errors of heights wander for some seconds: each counts as its share of ten. Where nothing is said, the
    vehicle is held near one height and hardly climbs.

    Args:
        table: `gnss_pvt` with at least `t`.
        nodes: of the filter.
        reception: of the receiver, in the frame that heights are of.
    """
    t_ns, at = np.unique(stamps_ns(table), return_index=True)
    rows = at[np.searchsorted(t_ns, reception.path.t_ns[nodes.epoch])]
    height = _floats(table, "alt_m")[rows] - reception.path.frame.alt_m
    error = _floats(table, "vacc_m")[rows]
    climb = -_floats(table, "vel_d_mps")[rows]
    noise, period = reception.noise, reception.path.period_s
    level = np.hypot(noise.fast_m, noise.slow_m)
    error = np.where(np.isfinite(error) & (error > 0), np.maximum(error, noise.white_m), _TIMES_LEVEL * level)
    known = np.isfinite(height)
    share = max(_CORRELATED_S / period, 1.0)
    flat = known.mean() < 0.5  # noqa: PLR2004  (half)
    if flat:
        known, height, error = np.ones(len(rows), np.bool_), np.zeros(len(rows)), np.full(len(rows), _FREE_M)
    found = [_one(Kind.HEIGHT, nodes.fix[known], height[known], error[known] ** 2 * share)]
    told = np.isfinite(climb)
    if told.mean() >= 0.5:  # noqa: PLR2004  (half)
        std = _TIMES_LEVEL * float(noise.velocity_std_mps(min(period, 1.0)))
        found.append(_one(Kind.CLIMB, nodes.fix[told], climb[told], np.full(int(told.sum()), std**2)))
    else:
        found.append(
            _one(Kind.CLIMB, nodes.fix, np.zeros(len(nodes.fix)), np.full(len(nodes.fix), _FREE_MPS**2))
        )
    return found, not flat


def _one(kind: Kind, node: np.ndarray, values: Floats, variance: Floats) -> Seen:
    return Seen(kind=kind, node=node, values=values[:, None], variance=variance[:, None])


def _floats(table: pa.Table, name: str) -> Floats:
    return floats(table[name]) if name in table.column_names else np.full(table.num_rows, np.nan)
