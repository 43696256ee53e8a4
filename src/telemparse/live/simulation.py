"""Simulation: seeded vehicles on made-up drives, and the messages that they would send."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.live.instants import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Fleet"]

_STEP_NS = 100_000_000
_GEAR_KMH = (35.0, 60.0, 90.0, 125.0, 165.0)  # speeds at which the next gear is taken
_RPM_PER_KMH = (120.0, 72.0, 50.0, 37.0, 29.0, 23.0)  # by gear
_IDLE_RPM, _MOST_RPM = 850, 7200
_MID_OCEAN = (12.03, -34.05)
_DEGREE_M = 111_195.0
_POSITION_EVERY = 5  # of a vehicle with a receiver, each such message is a position
_RECEIVER_EVERY = 2  # vehicle


@attrs.frozen
class _Drive:
    """How one vehicle drives: a loop, with slow and fast parts."""

    vehicle_id: str
    radius_m: float
    base_kmh: float
    swing_kmh: float
    period_s: float
    phase: float
    centre: tuple[float, float]
    has_receiver: bool

    def speed_kmh(self, t_s: float) -> float:
        return self.base_kmh + self.swing_kmh * math.sin(math.tau * t_s / self.period_s + self.phase)

    def way_m(self, t_s: float) -> float:
        """Return the way since the start: the integral of the speed."""
        turn = math.tau / self.period_s
        swung = self.swing_kmh * (math.cos(self.phase) - math.cos(turn * t_s + self.phase)) / turn
        return (self.base_kmh * t_s + swung) / 3.6

    def position(self, t_s: float) -> dict[str, Any]:
        angle = self.way_m(t_s) / self.radius_m
        lat = self.centre[0] + self.radius_m * math.cos(angle) / _DEGREE_M
        lon = self.centre[1] + self.radius_m * math.sin(angle) / (
            _DEGREE_M * math.cos(math.radians(self.centre[0]))
        )
        return {
            "latitude": round(lat, 7), "longitude": round(lon, 7),
            "vehicle_speed_kmh": round(self.speed_kmh(t_s), 2),
        }  # fmt: skip

    def engine(self, t_s: float, drawn: random.Random) -> dict[str, Any]:
        speed = self.speed_kmh(t_s)
        gear = sum(speed > limit for limit in _GEAR_KMH)
        rpm = speed * _RPM_PER_KMH[gear] + drawn.gauss(0, 15)
        faster = self.speed_kmh(t_s + 0.1) - speed
        throttle = min(100.0, max(0.0, 25 + 60 * faster + drawn.gauss(0, 2)))
        return {
            "engine_rpm": round(min(_MOST_RPM, max(_IDLE_RPM, rpm))), "vehicle_speed_kmh": round(speed, 2),
            "throttle_pct": round(throttle, 1), "gear": gear + 1,
        }  # fmt: skip


class Fleet:
    """Vehicles that send ten messages a second each; the same seed gives the same values.

    Args:
        vehicles: how many.
        seed: of all that is random.
        start_ns: instant of the first messages, ns since 1970 UTC.
    """

    def __init__(self, vehicles: int, *, seed: int, start_ns: int) -> None:
        self._drawn, self._start_ns = random.Random(seed), start_ns  # noqa: S311  (a drive, not a secret)
        self._drives = [self._drive(number) for number in range(vehicles)]

    @property
    def vehicle_ids(self) -> tuple[str, ...]:
        """The names of the vehicles."""
        return tuple(drive.vehicle_id for drive in self._drives)

    def messages(self, count: int, prefix: str) -> Iterator[dict[str, Any]]:
        """Yield messages as their senders would write them, in the order of time.

        Args:
            count: in all, of the vehicles in turn.
            prefix: of their ids: `PREFIX.NUMBER`, from 0.
        """
        for number in range(count):
            step, at = divmod(number, len(self._drives))
            drive, t_s = self._drives[at], step * _STEP_NS / 1e9
            message = {
                "message_id": f"{prefix}.{number}",
                "timestamp": instant_text(self._start_ns + step * _STEP_NS),
                "vehicle_id": drive.vehicle_id,
            }
            if drive.has_receiver and step % _POSITION_EVERY == 0:
                yield {**message, "payload": drive.position(t_s)}
            else:
                yield {**message, "can_id": "0x1F0", "payload": drive.engine(t_s, self._drawn)}

    def _drive(self, number: int) -> _Drive:
        drawn = self._drawn
        return _Drive(
            vehicle_id=f"veh-{number + 1:05d}", radius_m=drawn.uniform(200, 900),
            base_kmh=drawn.uniform(60, 110), swing_kmh=drawn.uniform(15, 55), period_s=drawn.uniform(40, 120),
            phase=drawn.uniform(0, math.tau), has_receiver=number % _RECEIVER_EVERY == 0,
            centre=(_MID_OCEAN[0] + drawn.uniform(-0.2, 0.2), _MID_OCEAN[1] + drawn.uniform(-0.2, 0.2)),
        )  # fmt: skip
