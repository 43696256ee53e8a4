"""An invented drive in closed form: what the examples of our own formats write down, each in its way."""

from __future__ import annotations

import datetime as dt
import math

import attrs

__all__ = ["Sample", "drive"]

# A right-hand bend in mid-ocean, south and west of the zeroes, so that lost signs show.
_START = dt.datetime(2025, 5, 4, 10, 0, tzinfo=dt.UTC)
_LAT_DEG, _LON_DEG, _ALT_M = -21.4567, -12.3456, 118.0
_RADIUS_M = 250.0
_TURN_RPS = 0.08
# The car slows and speeds up by 3 m/s about its 20.
_SWAY_RAD, _SWAY_RPS = 0.04, 0.3
_CLIMB_MPS = 0.5
_METRES_PER_DEGREE = 111_195.0
_GRAVITY_MPS2 = 9.80665
_GPS_AHEAD_S = 18
_DAY_S = 86_400


@attrs.frozen
class Sample:
    """The car at one instant; position, motion and forces belong together exactly.

    Args:
        number: of the sample, from 1.
        seconds: since the start of the drive.
    """

    number: int
    seconds: float

    @property
    def t(self) -> dt.datetime:
        """The instant in UTC."""
        return _START + dt.timedelta(seconds=self.seconds)

    @property
    def iso(self) -> str:
        """The instant as ISO-8601 with milliseconds and Z."""
        return self.t.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def millis(self) -> int:
        """Milliseconds since the start."""
        return round(self.seconds * 1000)

    @property
    def tow_s(self) -> float:
        """Seconds of the GPS week, which begins on Sunday and counts no leap seconds."""
        midnight = self.t.replace(hour=0, minute=0, second=0, microsecond=0)
        days = self.t.isoweekday() % 7
        return days * _DAY_S + (self.t - midnight).total_seconds() + _GPS_AHEAD_S

    @property
    def _angle_rad(self) -> float:
        return _TURN_RPS * self.seconds + _SWAY_RAD * math.sin(_SWAY_RPS * self.seconds)

    @property
    def yaw_rps(self) -> float:
        """Rate of turn, clockwise from above, rad/s."""
        return _TURN_RPS + _SWAY_RAD * _SWAY_RPS * math.cos(_SWAY_RPS * self.seconds)

    @property
    def lat_deg(self) -> float:
        """WGS-84 degrees, north positive."""
        return _LAT_DEG + _RADIUS_M * math.cos(self._angle_rad) / _METRES_PER_DEGREE

    @property
    def lon_deg(self) -> float:
        """WGS-84 degrees, east positive."""
        scale = _METRES_PER_DEGREE * math.cos(math.radians(_LAT_DEG))
        return _LON_DEG + _RADIUS_M * math.sin(self._angle_rad) / scale

    @property
    def alt_m(self) -> float:
        """Metres above the sea: a steady climb."""
        return _ALT_M + _CLIMB_MPS * self.seconds

    @property
    def climb_mps(self) -> float:
        """Vertical speed, up positive."""
        return _CLIMB_MPS

    @property
    def distance_m(self) -> float:
        """Way over ground since the start."""
        return _RADIUS_M * self._angle_rad

    @property
    def speed_mps(self) -> float:
        """Speed over ground."""
        return _RADIUS_M * self.yaw_rps

    @property
    def course_deg(self) -> float:
        """Direction of travel, clockwise from true north, 0 to 360."""
        return (math.degrees(self._angle_rad) + 90) % 360

    @property
    def north_mps(self) -> float:
        """Velocity towards north."""
        return self.speed_mps * math.cos(math.radians(self.course_deg))

    @property
    def east_mps(self) -> float:
        """Velocity towards east."""
        return self.speed_mps * math.sin(math.radians(self.course_deg))

    @property
    def accel_g(self) -> tuple[float, float, float]:
        """Specific force forwards, to the left and upwards, in g; at rest it would be 0, 0, 1."""
        along = -_RADIUS_M * _SWAY_RAD * _SWAY_RPS**2 * math.sin(_SWAY_RPS * self.seconds)
        return along / _GRAVITY_MPS2, -self.speed_mps * self.yaw_rps / _GRAVITY_MPS2, 1.0

    @property
    def gyro_dps(self) -> tuple[float, float, float]:
        """Rate of turn about the axes of `accel_g`, deg/s, anticlockwise positive."""
        return 0.0, 0.0, -math.degrees(self.yaw_rps)

    @property
    def rpm(self) -> float:
        """Engine speed in the one gear there is."""
        return 200 * self.speed_mps


def drive(rows: int = 40, rate_hz: int = 1, start_s: int = 0) -> list[Sample]:
    """Return `rows` samples at `rate_hz`, the first `start_s` seconds into the drive."""
    return [Sample(number, start_s + (number - 1) / rate_hz) for number in range(1, rows + 1)]
