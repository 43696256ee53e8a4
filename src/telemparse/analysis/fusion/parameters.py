"""Parameters of the fusion: noise of inertial units by family, and what may be chosen."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAMILIES", "VERSION", "FusionOptions", "UnitNoise"]

VERSION = "1"
"""Of the table below."""


@attrs.frozen(kw_only=True)
class UnitNoise:
    """How an inertial unit errs, standard deviations of each axis.

    Args:
        force: white noise of forces, m/s2 a root hertz, vibration and all; None for as it shows itself.
        rate: white noise of rates, rad/s a root hertz; None likewise.
        force_bias: of forces at switching on, m/s2.
        rate_bias: of rates, rad/s.
        force_walk: of that of forces, m/s2 a root second.
        rate_walk: of that of rates, rad/s a root second.
        scale: share by which forces and rates may be too large.
    """

    force: float | None = None
    rate: float | None = None
    force_bias: float = 0.3
    rate_bias: float = 0.02
    force_walk: float = 0.004
    rate_walk: float = 0.0002
    scale: float = 0.01


# White noise comes from the recording. The others are guesses to start from, wide ones: a calibrated unit is
# trusted sooner than a telephone. The filter finds the values of each recording itself.
FAMILIES: Mapping[str, UnitNoise] = MappingProxyType(
    {
        "generic": UnitNoise(),
        "gpmf": UnitNoise(force_bias=0.2, rate_bias=0.01, rate_walk=0.0001),
        "ubx": UnitNoise(force_bias=0.4, rate_bias=0.02),
        "vbo": UnitNoise(force_bias=0.1, rate_bias=0.005, force_walk=0.002, rate_walk=0.0001),
        "racechrono_rcz": UnitNoise(force_bias=0.4, rate_bias=0.03, force_walk=0.006),
    }
)
"""Noise by the parser that read the recording; `generic` for all others."""


@attrs.frozen(kw_only=True)
class FusionOptions:
    """What may be chosen about a fusion.

    Args:
        family: of `FAMILIES`; None for that of the recording's parser.
        noise: in its place.
        lever_m: of the antenna from the unit: forwards, left, up, metres.
        rate_hz: most rows a second of the pose.
        gate: squares of innovations over their variance beyond which a measurement counts less.
        sideways_mps: how fast the vehicle slips sideways and moves upwards in its own frame, a standard
            deviation: it is then held to its nose (a non-holonomic constraint); None for free.
        wheels: let speeds of wheels count, `wheel_speed_*` of the channels, where there are some.
        magnetometer: let the direction of the field count, where it passes its gates.
    """

    family: str | None = None
    noise: UnitNoise | None = None
    lever_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rate_hz: float = 100.0
    gate: float = 25.0
    sideways_mps: float | None = None
    wheels: bool = False
    magnetometer: bool = True
