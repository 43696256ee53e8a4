"""Small recordings, made up here: the conformance kit checks the parser on them and on damaged copies."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence

import attrs

from telemparse.extension.drive import Sample, drive

__all__ = ["EXAMPLES", "Field", "document"]

_RATE_HZ = 60
_START_S = 1_746_352_800  # the start of the invented drive
_SESSION_S = 932.0
_CODES = {"char": 0, "bool": 1, "int": 2, "bitfield": 3, "float": 4, "double": 5}
_LETTERS = {"char": "s", "bool": "?", "int": "i", "bitfield": "I", "float": "f", "double": "d"}
_LAP_ROWS = 60

TEXT = """---
WeekendInfo:
 TrackName: nowhere gp
 TrackLength: 1.57 km
 TrackDisplayName: Nowhere Ring
 TrackConfigName: Grand Prix
 EventType: Test
 Category: Road
 BuildVersion: 2025.05.01.01
SessionInfo:
 Sessions:
 - SessionNum: 0
   SessionType: Offline Testing
   SessionName: TESTING
DriverInfo:
 DriverCarIdx: 1
 Drivers:
 - CarIdx: 0
   UserName: Pace Car
   CarScreenName: Pace Car
 - CarIdx: 1
   UserName: Nobody
   CarPath: invented
   CarScreenName: "Invented GT"
...
"""


@attrs.frozen
class Field:
    """A variable to be written.

    Args:
        name, kind, unit, description: as the simulator writes them, the kind in the SDK's words.
        value: of a sample of the drive and the number of its record; several for several elements.
        count: of elements.
        is_timed: the elements are samples one after the other.
    """

    name: str
    kind: str
    unit: str
    description: str
    value: Callable[[Sample, int], object]
    count: int = 1
    is_timed: bool = False


def _lap_time_s(row: int) -> float:
    """Return what LapLastLapTime says: some records behind the line, and nothing of the first lap."""
    done = (row - 20) // _LAP_ROWS
    return 0.9963 + done / 1000 if done >= 2 else -1.0


_TORQUE = Field(
    "SteeringWheelTorque_ST",
    "float",
    "N*m",
    "Output torque on steering shaft at 360 Hz",
    lambda _car, row: [math.sin(row + part / 6) for part in range(6)],
    count=6,
    is_timed=True,
)
_SINGLES: tuple[tuple[str, str, str, str, Callable[[Sample, int], object]], ...] = (
    ("SessionTime", "double", "s", "Seconds since session start", lambda car, _row: _SESSION_S + car.seconds),
    ("SessionTick", "int", "", "Current update number", lambda _car, row: 56_320 + row),
    ("SessionNum", "int", "", "Session number", lambda _car, _row: 0),
    ("SessionFlags", "bitfield", "irsdk_Flags", "Session flags", lambda _car, _row: 0x10040000),
    ("DriverMarker", "bool", "", "Driver activated flag", lambda _car, row: 100 <= row < 103),
    ("OnPitRoad", "bool", "", "Is the player car on pit road", lambda _car, row: row < 30),
    ("Throttle", "float", "%", "0=off throttle to 1=full throttle", lambda car, _row: 0.5 + car.accel_g[0]),
    ("Brake", "float", "%", "0=brake released to 1=max pedal force", lambda car, _row: 0.3 - car.accel_g[0]),
    ("Clutch", "float", "%", "0=disengaged to 1=fully engaged", lambda _car, row: min(row / 20, 1)),
    ("Gear", "int", "", "-1=reverse  0=neutral  1..n=current gear", lambda _car, row: 0 if row < 5 else 3),
    ("RPM", "float", "revs/min", "Engine rpm", lambda car, _row: car.rpm),
    ("Lap", "int", "", "Laps started count", lambda _car, row: row // _LAP_ROWS),
    ("LapLastLapTime", "float", "s", "Players last lap time", lambda _car, row: _lap_time_s(row)),
    ("LapDistPct", "float", "%", "Percentage distance around lap", lambda _car, row: row / _LAP_ROWS % 1),
    ("Speed", "float", "m/s", "GPS vehicle speed", lambda car, _row: car.speed_mps),
    ("Lat", "double", "deg", "Latitude in decimal degrees", lambda car, row: car.lat_deg if row > 3 else 0),
    ("Lon", "double", "deg", "Longitude in decimal degrees", lambda car, row: car.lon_deg if row > 3 else 0),
    ("Alt", "float", "m", "Altitude in meters", lambda car, _row: car.alt_m),
    ("SteeringWheelAngle", "float", "rad", "Steering wheel angle", lambda _car, _row: -0.25),
    ("YawRate", "float", "rad/s", "Yaw rate", lambda car, _row: -car.yaw_rps),
    ("LatAccel", "float", "m/s^2", "Lateral acceleration", lambda car, _row: 9.80665 * car.accel_g[1]),
    ("LFspeed", "float", "m/s", "LF wheel speed", lambda car, _row: car.speed_mps),
    ("WaterTemp", "float", "C", "Engine coolant temp", lambda _car, _row: 77.0),
    ("FuelLevel", "float", "l", "Liters of fuel remaining", lambda _car, row: 60 - row / 1000),
    ("FuelLevelPct", "float", "%", "Percent fuel remaining", lambda _car, row: 0.5 - row / 1e5),
)
_DRIVE = (*(Field(*single) for single in _SINGLES), _TORQUE)
_GARAGE = tuple(Field(*single) for single in _SINGLES if single[0] not in {"Lap", "LapLastLapTime"})


def document(
    fields: Sequence[Field],
    rows: Sequence[Sample],
    *,
    text: str = TEXT,
    record_count: int | None = None,
    start_date_s: int = _START_S,
    rate_hz: int = _RATE_HZ,
) -> bytes:
    """Return a file with a record for each sample.

    Args:
        fields: its variables.
        rows: of the invented drive.
        text: session information.
        record_count: that the header states; None for the true one, 0 for a file that was never closed.
        start_date_s: seconds of UTC since 1970.
        rate_hz: of the records.
    """
    heads, layout, at = [], "<", 0
    for field in fields:
        words = [field.name.encode(), field.description.encode(), field.unit.encode()]
        fixed = (_CODES[field.kind], at, field.count, field.is_timed, *words)
        heads.append(struct.pack("<3i?3x32s64s32s", *fixed))
        letters = f"{field.count}{_LETTERS[field.kind]}"
        layout, at = layout + letters, at + struct.calcsize("<" + letters)
    records = [struct.pack(layout, *_flat(fields, sample, row)) for row, sample in enumerate(rows)]
    info = text.encode()
    text_at = 144 + 144 * len(fields)
    count = len(rows) if record_count is None else record_count
    closed = bool(count and rows)
    header = struct.pack(
        "<10i4x4xii8x48xqddii", 2, 1, rate_hz, 0, len(info), text_at, len(fields), 144, 1, at,
        0, text_at + len(info), start_date_s, _SESSION_S if closed else 0.0,
        _SESSION_S + rows[-1].seconds if closed else 0.0, 0, count,
    )  # fmt: skip
    return b"".join([header, *heads, info, *records])


def _flat(fields: Sequence[Field], sample: Sample, row: int) -> list[object]:
    values: list[object] = []
    for field in fields:
        value = field.value(sample, row)
        values += value if isinstance(value, list) else [value]
    return values


EXAMPLES = {
    "drive.ibt": document(_DRIVE, drive(300, rate_hz=_RATE_HZ)),
    "garage.ibt": document(_GARAGE, drive(40, rate_hz=_RATE_HZ), record_count=0),
}
