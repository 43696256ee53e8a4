"""VBB channels by name: what becomes a column of a canonical stream, and in which unit.

Racelogic, "VBO file structure", sections "Standard channels": VBB has the same channels, but longitudes are
positive to the east (README of "VBB to MATLAB converter" and its example). Names are compared squashed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COUNTED", "LAP", "RECEIVER", "SENSORS", "TRIGGERS", "Quantity"]


@attrs.frozen
class Quantity:
    """What a channel measures.

    Args:
        name: canonical column, or a word of this parser for what becomes none (`lat`, `solution`).
        dimension: of its unit, None for a count or a code.
        default: unit where the file states none.
        documented: False where only a habit says so, which is told as an assumption.
    """

    name: str
    dimension: str | None = None
    default: str | None = None
    documented: bool = True


_D = Dimension
_SATELLITES = Quantity("sat_count")
_UP = Quantity("vel_u_mps", _D.SPEED, "km/h", documented=False)

RECEIVER: Mapping[str, Quantity] = {
    "sats": _SATELLITES,
    "satellites": _SATELLITES,
    "lat": Quantity("lat"),
    "latitude": Quantity("lat"),
    "long": Quantity("lon"),
    "lng": Quantity("lon"),
    "longitude": Quantity("lon"),
    "velocity": Quantity("speed_mps", _D.SPEED, "km/h", documented=False),
    "heading": Quantity("course_deg", _D.ANGLE, "deg"),
    "height": Quantity("alt_m", _D.LENGTH, "m"),
    "altitude": Quantity("alt_m", _D.LENGTH, "m"),
    "vertvel": _UP,
    "vertvelocity": _UP,
    "verticalvelocity": _UP,
    "hdop": Quantity("hdop"),
    "vdop": Quantity("vdop"),
    "pdop": Quantity("pdop"),
    "rmshpos": Quantity("hacc_m", _D.LENGTH, "m"),
    "rmsvpos": Quantity("vacc_m", _D.LENGTH, "m"),
    "rmshvel": Quantity("sacc_mps", _D.SPEED, "m/s"),
    "solutiontype": Quantity("solution"),
}
"""Channels of the receiver; the first of a kind is taken. With `_` before them: the second solution."""

COUNTED = frozenset({"sat_count", "solution"})
"""Words of the receiver whose channels are kept beside: they say more than the column that they become."""

SENSORS: Mapping[str, Mapping[str, Quantity]] = {
    "imu_accel": {
        f"{axis}accel": Quantity(f"a{axis}_mps2", _D.ACCELERATION, "g", documented=False) for axis in "xyz"
    },
    # The inertial unit of a VBOX names its rates by what they turn: roll about x, pitch about y, yaw about z.
    "imu_gyro": {
        f"{turn}rate": Quantity(f"g{axis}_rps", _D.ANGLE_RATE, "deg/s", documented=False)
        for turn, axis in (("roll", "x"), ("pitch", "y"), ("yaw", "z"))
    },
}
"""Axes of inertial sensors by stream."""

LAP = frozenset({"lapnumber"})
"""Channels that count laps."""

TRIGGERS = ("eventmarker", "event1time", "event2time")
"""Channels that tell of the trigger input, the most telling first."""
