"""What is fused: circuits, receivers and rates, what goes wrong with the fixes, and with the unit."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from benchmarks.accuracy.cells import ACCURATE, RATES_HZ, RECEIVERS, TRACKS, TROUBLES
from benchmarks.fusion.faults import FAULTS
from telemparse.testing.simulate import (
    Disturbance,
    FewLaps,
    Gap,
    HalfLap,
    NoVelocity,
    Parking,
    Stationary,
    Stints,
    Withheld,
)

__all__ = ["PLAIN", "SCENARIOS", "Scenario"]

_SLOW_HZ = 1
_MORE: dict[str, tuple[Disturbance, ...]] = {
    "no course": (NoVelocity(Withheld.COURSE),),
    "gap of 10 s": (Gap(start_s=60.0, length_s=10.0),),
    "gap of 30 s": (Gap(start_s=60.0, length_s=30.0),),
    "two stints, silent between": (Stints(count=2, parking=Parking.SILENT),),
    "one lap": (FewLaps(count=1),),
    "half a lap": (HalfLap(),),
    "stands still": (Stationary(seconds=60.0),),
}
TROUBLED = {**TROUBLES, **_MORE}


@attrs.frozen
class Scenario:
    """One row of the tables.

    Args:
        track: of the simulator.
        gnss: receiver.
        rate_hz: its epochs a second.
        trouble: what goes wrong with drive or fixes, in a few words; empty for nothing.
        disturbances: of the simulator.
        fault: what is wrong with the unit, of `FAULTS`.
        axes: of the unit.
    """

    track: str
    gnss: str = "m9"
    rate_hz: int = 10
    trouble: str = ""
    disturbances: tuple[Disturbance, ...] = ()
    fault: str = ""
    axes: int = 6

    @property
    def exact(self) -> bool:
        """Fixes are true to centimetres."""
        return self.gnss in {"perfect", "f9_rtk"}

    @property
    def unit(self) -> str:
        """What is unusual about the unit; empty for nothing."""
        return self.fault or ("" if self.axes == 6 else f"{self.axes} axes")

    @property
    def words(self) -> str:
        """All of it in one line."""
        parts = (self.track, self.gnss, f"{self.rate_hz} Hz", self.trouble, self.unit)
        return " ".join(part for part in parts if part)


PLAIN = tuple(Scenario(track) for track in ACCURATE)
"""What the bars on accuracy are for."""


def _receivers() -> Iterator[Scenario]:
    for gnss in RECEIVERS:
        for rate in (_SLOW_HZ, *RATES_HZ):
            yield Scenario("rc_offroad", gnss, rate)
    for track in TRACKS[1:]:
        for gnss, rate in (("m9", 10), ("m8", 5), ("f9_rtk", 25)):
            yield Scenario(track, gnss, rate)


def _troubles() -> Iterator[Scenario]:
    for track in TRACKS:
        for trouble, disturbances in TROUBLED.items():
            yield Scenario(track, trouble=trouble, disturbances=disturbances)
    for track, gnss, rate in (("rc_offroad", "f9_rtk", 10), ("kart", "m8", 5)):
        for trouble in ("gaps of 3 s", "gap of 10 s", "gap of 30 s"):
            yield Scenario(track, gnss, rate, trouble, TROUBLED[trouble])


def _units() -> Iterator[Scenario]:
    for axes in (3, 9):
        yield Scenario("rc_offroad", axes=axes)
    for track in ("rc_offroad", "car"):
        for fault in filter(None, FAULTS):
            yield Scenario(track, fault=fault)


SCENARIOS = (*_receivers(), *_troubles(), *_units())
"""Where no fusion may be worse than the receiver alone."""
