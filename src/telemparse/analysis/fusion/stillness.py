"""When a vehicle stands: its velocity is none, and what its rates show is their bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.analysis.fusion.sightings import Kind, Seen

if TYPE_CHECKING:
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.fusion.nodes import Nodes
    from telemparse.analysis.fusion.parameters import UnitNoise
    from telemparse.analysis.motions import Motion

__all__ = ["standstills"]

_SLOW_MPS = 0.4
_WINDOW_S = 1.0
_TURNING_RPS = 0.04
_TIMES = 1.6
_STILL_MPS = 0.03


def standstills(nodes: Nodes, unit: Inertial, motion: Motion, noise: UnitNoise) -> list[Seen]:
    """Return the nodes at which a vehicle stands, by the receiver and by its unit, for a second around.

    Args:
        nodes: of the filter.
        unit: samples.
        motion: of the receiver alone.
        noise: white noise of the unit.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    t_s = (motion.path.t_ns - unit.zero_ns) / 1e9
    speed = np.interp(nodes.t_s, t_s, motion.speed_mps)
    size = max(3, round(_WINDOW_S / unit.period_s))
    mean = uniform_filter1d(unit.rate, size, axis=0)
    steady = np.abs(unit.rate - mean).mean(axis=1)
    level = unit.force - uniform_filter1d(unit.force, size, axis=0)
    rough = np.sqrt(uniform_filter1d((level**2).sum(axis=1) / 3, size))
    root = 1 / np.sqrt(unit.period_s)
    quiet = rough < _TIMES * (noise.force or 0.0) * root
    quiet &= uniform_filter1d(steady, size) < _TIMES * (noise.rate or 0.0) * root
    quiet &= np.abs(mean).max(axis=1) < _TURNING_RPS
    # Half a second before and behind it, too.
    quiet = ~maximum_filter1d(~quiet, size)
    at = np.clip(np.searchsorted(unit.t_s, nodes.t_s), 0, len(unit) - 1)
    # In a gap nobody knows the speed, and at a steady one a unit is quiet, too.
    still = np.flatnonzero((speed < _SLOW_MPS) & quiet[at] & ~nodes.far(motion.path.gap_s))
    if not len(still):
        return []
    rate_2 = np.full((len(still), 3), (noise.rate or 0.0) ** 2 / _WINDOW_S * size)
    return [
        Seen(
            kind=Kind.STANDSTILL,
            node=still,
            values=mean[at[still]],
            variance=np.concatenate([rate_2, np.full((len(still), 3), _STILL_MPS**2)], axis=1),
        )
    ]
