"""Kinds of GNSS receivers: how their positions and velocities err, and what they state of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RECEIVERS", "Receiver", "receiver_named"]


@attrs.frozen
class Receiver:
    """A kind of receiver; errors are those of each axis, standard deviations.

    Args:
        slow_m, slow_s: Gauss-Markov error of position and its memory: orbits, clocks, air.
        fast_m, fast_s: a second one: reflections.
        white_m: white error of position.
        white_mps: white error of velocity.
        drift_mps, drift_s: Gauss-Markov error of velocity and its memory.
        hacc_m, sacc_mps: what it states of its errors, about.
        hdop: dilution of precision.
        sat_count: satellites.
        fix_type: as in `gnss_pvt`.
    """

    slow_m: float
    slow_s: float
    fast_m: float
    fast_s: float
    white_m: float
    white_mps: float
    drift_mps: float
    drift_s: float
    hacc_m: float
    sacc_mps: float
    hdop: float
    sat_count: int
    fix_type: int = 3


# The error models are invented after what such receivers show when they stand still under open sky.
RECEIVERS: Mapping[str, Receiver] = {
    "perfect": Receiver(0, 300, 0, 10, 0, 0, 0, 1, 0.01, 0.01, 0.5, 30),
    "m8": Receiver(1.5, 300, 0.30, 10, 0.05, 0.07, 0.03, 1, 1.6, 0.11, 0.9, 14),
    "m9": Receiver(1.0, 300, 0.20, 10, 0.03, 0.05, 0.02, 1, 1.0, 0.08, 0.7, 20),
    "f9_rtk": Receiver(0.008, 120, 0.005, 10, 0.006, 0.03, 0.01, 1, 0.014, 0.045, 0.5, 28, 7),
}
"""Receivers by name."""


def receiver_named(gnss: str | Receiver) -> Receiver:
    """Return the receiver of a name, or itself; raises CallError for a name that is none."""
    if isinstance(gnss, Receiver):
        return gnss
    if gnss not in RECEIVERS:
        raise CallError(f"{gnss!r} is no receiver; there are {', '.join(RECEIVERS)}")
    return RECEIVERS[gnss]
