"""The cells of the table: circuits, receivers, rates, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from telemparse.testing.simulate import (
    Disturbance,
    Dropouts,
    Gap,
    Jitter,
    Marshalled,
    NoVelocity,
    PitStop,
    Stints,
    Teleports,
    VelocityLag,
)

__all__ = ["ACCURATE", "CELLS", "LAGGING", "TRACKS", "Cell"]

TRACKS = ("rc_offroad", "rc_onroad", "rc_figure8", "kart", "car")
RECEIVERS = ("perfect", "m8", "m9", "f9_rtk")
RATES_HZ = (5, 10, 25)

_GAPS = tuple(Gap(start_s=start, length_s=3.0) for start in (33.0, 71.0, 120.0))
_LAG = (VelocityLag(lag_s=0.13, scale=0.97), Dropouts(share=0.05))
TROUBLES: dict[str, tuple[Disturbance, ...]] = {
    "5 % dropped": (Dropouts(share=0.05),),
    "20 % dropped": (Dropouts(share=0.20),),
    "gaps of 3 s": _GAPS,
    "teleports": (Teleports(count=5),),
    "stamps jitter 5 ms": (Jitter(sigma_s=0.005),),
    "lag 0.13 s, scale 0.97, 5 % dropped": _LAG,
    "no velocity": (NoVelocity(),),
    "pit stop": (PitStop(lap=2, seconds=10.0),),
    "marshalled": (Marshalled(lap=2),),
    "two stints": (Stints(count=2),),
}


@attrs.frozen
class Cell:
    """One row of the table.

    Args:
        track: of the simulator.
        gnss: receiver.
        rate_hz: epochs a second.
        trouble: what goes wrong, in a few words; empty for nothing.
        disturbances: of the simulator.
    """

    track: str
    gnss: str
    rate_hz: int
    trouble: str = ""
    disturbances: tuple[Disturbance, ...] = ()

    @property
    def noisy(self) -> bool:
        """The receiver errs."""
        return self.gnss != "perfect"


def _cells() -> Iterator[Cell]:
    for track in TRACKS:
        for gnss in RECEIVERS:
            for rate in RATES_HZ:
                yield Cell(track, gnss, rate)
    for track in TRACKS:
        for trouble, disturbances in TROUBLES.items():
            yield Cell(track, "m9", 10, trouble, disturbances)
    for track in TRACKS:
        for gnss, rate in (("m8", 10), ("m9", 25), ("f9_rtk", 10)):
            yield Cell(track, gnss, rate, "lag 0.13 s, scale 0.97, 5 % dropped", _LAG)


CELLS = tuple(_cells())

ACCURATE = {"rc_offroad": 15.0, "kart": 11.0, "car": 8.0}
"""Largest RMS of a lap time in ms, with an M9-class receiver at 10 Hz."""
LAGGING = "lag 0.13 s, scale 0.97, 5 % dropped"
