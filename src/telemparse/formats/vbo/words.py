"""VBO column names to canonical columns, and units as their headers write them (standard library only).

Racelogic, "VBO file structure", sections "Header" and "Standard channels"; names of apps as their exports
have them. Names are compared squashed: `vert-vel` and `vertvel` are one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.units import Dimension, find_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.kernels.units import Unit

__all__ = [
    "CHANNELS",
    "DOCUMENTED_SENSORS",
    "NO_UNIT",
    "RECEIVER",
    "SENSORS",
    "SENSOR_DIMENSIONS",
    "Quantity",
    "headed",
]


@attrs.frozen
class Quantity:
    """What a column measures.

    Args:
        name: canonical column, or a word of this parser for what becomes none (`lat`, `time`, `solution`).
        dimension: of its unit, None for a count or a code.
        default: unit that the format's documentation gives where the file states none.
        documented: False where only a habit says so, which is told as an assumption.
    """

    name: str
    dimension: str | None = None
    default: str | None = None
    documented: bool = True


_D = Dimension
_SPEED = Quantity("speed_mps", _D.SPEED, "km/h", documented=False)
_UP = Quantity("vel_u_mps", _D.SPEED)

RECEIVER: Mapping[str, Quantity] = {
    "sats": Quantity("sat_count"),
    "satellites": Quantity("sat_count"),
    "time": Quantity("time"),
    "utctime": Quantity("time"),
    "lat": Quantity("lat"),
    "latitude": Quantity("lat"),
    "long": Quantity("lon"),
    "lng": Quantity("lon"),
    "lon": Quantity("lon"),
    "longitude": Quantity("lon"),
    "velocity": _SPEED,
    "heading": Quantity("course_deg", _D.ANGLE, "deg"),
    "height": Quantity("alt_m", _D.LENGTH, "m"),
    "altitude": Quantity("alt_m", _D.LENGTH, "m"),
    "vertvel": _UP,
    "verticalvelocity": _UP,
    "vvel": _UP,
    "hdop": Quantity("hdop"),
    "vdop": Quantity("vdop"),
    "pdop": Quantity("pdop"),
    "accuracy": Quantity("hacc_m", _D.LENGTH, "m"),
    "fixtype": Quantity("fix_type"),
    "solutiontype": Quantity("solution"),
}
"""Columns of the receiver; the first of a kind is taken. With `_` before them: the second solution."""

_G = "g"
_LONG = Quantity("accel_long_mps2", _D.ACCELERATION, _G)
_LAT = Quantity("accel_lat_mps2", _D.ACCELERATION, _G)
_RPM = Quantity("rpm", _D.FREQUENCY, "rpm")
_THROTTLE = Quantity("throttle_pct", _D.RATIO)
_BRAKE_PRESSURE = Quantity("brake_pressure_bar", _D.PRESSURE)
_STEERING = Quantity("steering_deg", _D.ANGLE)
_COOLANT = Quantity("coolant_temp_c", _D.TEMPERATURE)
_OIL = Quantity("oil_temp_c", _D.TEMPERATURE)
_BATTERY = Quantity("battery_v", _D.VOLTAGE)

CHANNELS: Mapping[str, Quantity] = {
    "longacc": _LONG, "longaccel": _LONG, "longitudinalacceleration": _LONG,
    "latacc": _LAT, "lataccel": _LAT, "lateralacceleration": _LAT,
    "vertacc": Quantity("accel_vert_mps2", _D.ACCELERATION, _G),
    "enginespeed": _RPM, "rpm": _RPM, "enginerpm": _RPM,
    "throttle": _THROTTLE, "throttlepedal": _THROTTLE, "throttleposition": _THROTTLE, "tps": _THROTTLE,
    "brakepressure": _BRAKE_PRESSURE, "brakepressurefront": _BRAKE_PRESSURE, "brakepress": _BRAKE_PRESSURE,
    "steeringangle": _STEERING, "steeringwh": _STEERING, "steering": _STEERING,
    "steer": _STEERING,
    "gear": Quantity("gear"),
    "vehiclespeed": Quantity("speed_mps", _D.SPEED),
    "wheelspeedfl": Quantity("wheel_speed_fl_mps", _D.SPEED),
    "wheelspeedfr": Quantity("wheel_speed_fr_mps", _D.SPEED),
    "wheelspeedrl": Quantity("wheel_speed_rl_mps", _D.SPEED),
    "wheelspeedrr": Quantity("wheel_speed_rr_mps", _D.SPEED),
    "wheelspfl": Quantity("wheel_speed_fl_mps", _D.SPEED),
    "wheelspfr": Quantity("wheel_speed_fr_mps", _D.SPEED),
    "wheelsprl": Quantity("wheel_speed_rl_mps", _D.SPEED),
    "wheelsprr": Quantity("wheel_speed_rr_mps", _D.SPEED),
    "coolanttemp": _COOLANT, "coolanttemperature": _COOLANT, "watertemp": _COOLANT,
    "oiltemp": _OIL, "oiltemperature": _OIL,
    "oilpressure": Quantity("oil_pressure_bar", _D.PRESSURE),
    "battery": _BATTERY, "batteryvoltage": _BATTERY,
    "lambda": Quantity("lambda"),
    "heartrate": Quantity("heart_rate_bpm", _D.FREQUENCY, "bpm"),
    "distance": Quantity("distance_m", _D.LENGTH),
}  # fmt: skip
"""Channels with a canonical name; without a unit of the right kind they stay the source's own."""

SENSORS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "imu_accel": {
        "xaccel": ("ax_mps2", _G), "yaccel": ("ay_mps2", _G), "zaccel": ("az_mps2", _G),
        "xaccacc": ("ax_mps2", _G), "yaccacc": ("ay_mps2", _G), "zaccacc": ("az_mps2", _G),
    },
    # The inertial unit of a VBOX names its rates by what they turn: roll about x, pitch about y, yaw about z.
    "imu_gyro": {
        "rollrate": ("gx_rps", "deg/s"), "pitchrate": ("gy_rps", "deg/s"), "yawrate": ("gz_rps", "deg/s"),
        "xrateofrotationgyro": ("gx_rps", "deg/s"), "yrateofrotationgyro": ("gy_rps", "deg/s"),
        "zrateofrotationgyro": ("gz_rps", "deg/s"),
        "xrotationgyroscope": ("gx_rps", "deg/s"), "yrotationgyroscope": ("gy_rps", "deg/s"),
        "zrotationgyroscope": ("gz_rps", "deg/s"),
    },
}  # fmt: skip
"""Axes of inertial sensors by stream: canonical column, and the unit where none is stated."""

DOCUMENTED_SENSORS = frozenset({"xrotationgyroscope", "yrotationgyroscope", "zrotationgyroscope"})
"""Axes whose unit the maker's documents give (RaceBox Mini protocol, "Rotation rate")."""

SENSOR_DIMENSIONS: Mapping[str, str] = {"imu_accel": _D.ACCELERATION, "imu_gyro": _D.ANGLE_RATE}

NO_UNIT = frozenset({"", "(null)", "null", "-", "none", "n/a"})
_LAST_WORD = re.compile(r"^(.*\S)\s+(\S{1,8})$")
# Other last words are part of the name: an angle, a count, a corner of the car.
_IN_TITLES = frozenset({
    "kmh", "km/h", "kph", "knots", "kts", "mph", "m/s", "g", "m", "ft", "deg", "°", "°/s", "deg/s", "%",
    "bar", "psi", "°c", "rpm", "volts", "v",
})  # fmt: skip


def headed(title: str) -> tuple[str, Unit | None]:
    """Return the name and the unit of a line of [header]: `velocity kmh` is a velocity in km/h."""
    split = _LAST_WORD.match(title.strip())
    if split is None or split[2].lower() not in _IN_TITLES:
        return title.strip(), None
    return split[1], find_unit(split[2])
