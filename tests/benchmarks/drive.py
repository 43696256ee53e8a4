"""The invented drive that every input of the bench writes down, seeded: the same on every machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import random
from collections.abc import Iterator

SEED = 20250517
START = dt.datetime(2025, 5, 17, 9, 30, tzinfo=dt.UTC)
STEP_MS = 100
_NOISES = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """One row of a recording at 10 Hz.

    Args:
        time: ISO 8601 with milliseconds and Z.
        lat_deg, lon_deg: position.
        speed_mps, course_deg: motion.
        noise: eight numbers about 0, fresh for each row: repeated values would flatter whoever
            compresses them.
    """

    time: str
    lat_deg: float
    lon_deg: float
    speed_mps: float
    course_deg: float
    noise: list[float]

    @property
    def alt_m(self) -> float:
        """Height above the sea."""
        return 18 + 0.2 * self.noise[1]


def drive(rows: int) -> Iterator[Moment]:
    """Yield so many moments of laps round a circuit in mid-ocean."""
    noise = random.Random(SEED)
    for row in range(rows):
        t = START + dt.timedelta(milliseconds=STEP_MS * row)
        angle = row * 0.0031
        shaken = [noise.gauss(0, 1) for _column in range(_NOISES)]
        radius_m = 1100 + 240 * math.cos(2 * angle) + 0.3 * shaken[1]
        yield Moment(
            f"{t:%Y-%m-%dT%H:%M:%S}.{t.microsecond // 1000:03d}Z",
            12.03 + radius_m * math.cos(angle) / 111_195,
            -34.05 + radius_m * math.sin(angle) / 108_752,
            34 + 18 * math.sin(2 * angle) + 0.05 * shaken[0],
            math.degrees(angle + 0.01 * shaken[2]) % 360,
            shaken,
        )
