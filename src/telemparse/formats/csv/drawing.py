"""How examples write down the drive: lines above the rows, one row with braces, and the drive in any unit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["FORCES", "RATES", "Drawing"]

_KMH, _MPH, _KNOTS, _FEET = 3.6, 1 / 0.44704, 3600 / 1852, 1 / 0.3048
_VARIATION_DEG = -4.5
_MILE = 1609.344
_GPS_AHEAD_S = 18
# The line is crossed two seconds after the start, and every four seconds from then on.
_LINE_S, _LAP_S = 2.0, 4.0


@attrs.frozen(kw_only=True)
class Drawing:
    """How a vendor lays out the drive: lines above the rows, and one row with what it shows in braces.

    A row's fields are the sample's (`s.t`, `s.accel_g`), and further units and signs of the same. Lines in
    `between` follow the row of that number.
    """

    head: str = ""
    row: str
    rate_hz: int = 1
    rows: int = 40
    end: str = "\n"
    between: Mapping[int, str] = attrs.field(factory=dict)

    def written(self) -> bytes:
        """Return the whole file."""
        lines = self.head.splitlines()
        for sample in drive(self.rows, rate_hz=self.rate_hz):
            lines.append(self.row.format(s=sample, **_converted(sample)))
            lines += [self.between[sample.number]] if sample.number in self.between else []
        return "".join(line + self.end for line in lines).encode()


def _converted(sample: Sample) -> dict[str, float | str | dt.datetime]:
    lap, lap_s = divmod(sample.seconds - _LINE_S, _LAP_S)
    return {
        "gps": sample.t + dt.timedelta(seconds=_GPS_AHEAD_S),
        "epoch_s": sample.t.timestamp(),
        "hundredths": sample.t.microsecond // 10_000,
        "milliseconds": sample.t.microsecond // 1000,
        "epoch_ms": round(sample.t.timestamp() * 1000),
        "lap": max(int(lap) + 1, 0),
        "lap_or_blank": "" if sample.seconds < _LINE_S else f"{int(lap) + 1}",
        "lap_s": lap_s if lap >= 0 else sample.seconds,
        "lap_min": f"{_LAP_S / 60:.4f}" if lap >= 1 else "0.0",
        "lateral_g": sample.accel_g[1],
        "distance_mi": sample.distance_m / _MILE,
        "south": -sample.lat_deg,
        "west": -sample.lon_deg,
        "kmh": sample.speed_mps * _KMH,
        "mph": sample.speed_mps * _MPH,
        "north_mph": sample.north_mps * _MPH,
        "east_mph": sample.east_mps * _MPH,
        "down_mph": -sample.climb_mps * _MPH,
        "knots": sample.speed_mps * _KNOTS,
        "feet": sample.alt_m * _FEET,
        "magnetic": sample.course_deg - _VARIATION_DEG,
        "feet_per_min": sample.climb_mps * 60 * _FEET,
        "distance_km": sample.distance_m / 1000,
    }


FORCES = "{s.accel_g[0]:.3f},{s.accel_g[1]:.3f},{s.accel_g[2]:.3f}"
RATES = "{s.gyro_dps[0]:.2f},{s.gyro_dps[1]:.2f},{s.gyro_dps[2]:.2f}"
