"""Small sessions, made up here: the conformance kit checks the parser on them and on damaged copies."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

from telemparse_aim.writing import (
    channel,
    configuration,
    group,
    lap,
    many,
    message,
    old_lap,
    position,
    single,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXAMPLES"]

_TICKS_MS = 2_000  # since the logger was switched on, when the drive begins
_SPLIT_MS, _LAP_MS = 2_050, 4_938
_RPM, _WATER, _STEER, _BATTERY, _GEAR = 5, 6, 7, 8, 9
_ACCEL, _GYRO = (1, 2, 3), (11, 12, 13)
# 2025-05-04, the day of the drive, is the first of GPS week 2365.
_WEEK_START_MS = 2365 * 604_800_000


def _half(value: float) -> bytes:
    return struct.pack("<e", value)


def _descriptions() -> bytes:
    sensors = [
        *(
            channel(index, f"Accelerometer{axis}", unit=3, period_us=50_000)
            for index, axis in zip(_ACCEL, "XYZ", strict=True)
        ),
        *(
            channel(index, f"Gyro{axis}", unit=5, decoder=6, size=4, period_us=50_000)
            for index, axis in zip(_GYRO, "XYZ", strict=True)
        ),
    ]
    return configuration(
        *sensors,
        channel(_RPM, "RPM", unit=15, decoder=4, period_us=50_000),
        channel(_WATER, "Water Temp", unit=17),
        channel(_STEER, "Steering Angle", unit=4),
        channel(_BATTERY, "External Voltage", unit=21, period_us=1_000_000),
        channel(_GEAR, "Calculated_Gear", unit=6, decoder=15, size=8, period_us=0),
        group(0, (_WATER, _STEER)),
    )


def _session(*, positions: bool, lap_of: Callable[..., bytes] = lap) -> bytes:
    """Return a drive of 12 seconds: two laps and the beginning of a third."""
    frames: list[tuple[int, bytes]] = []
    for sample in drive(rows=120, rate_hz=10):
        tick = _TICKS_MS + sample.millis
        if positions and sample.number % 2:
            gps_ms = _WEEK_START_MS + round(sample.tow_s * 1000)
            place = None if sample.millis < 1000 else (sample.lat_deg, sample.lon_deg, sample.alt_m)
            frames.append((tick + 20, position(tick, gps_ms, place, (sample.north_mps, sample.east_mps))))
        if sample.number % 2:
            sensed = [*zip(_ACCEL, map(_half, sample.accel_g), strict=True)]
            turned = [*zip(_GYRO, (struct.pack("<f", rate) for rate in sample.gyro_dps), strict=True)]
            frames += [(tick + 200, many(tick, index, (cell,) * 4)) for index, cell in (*sensed, *turned)]
            frames.append((tick + 200, many(tick, _RPM, (struct.pack("<h", round(sample.rpm)),) * 4)))
        frames.append((tick, single(tick, 0, _half(80 + sample.seconds / 4) + _half(12.5), "G")))
        if sample.number % 10 == 1:
            gear = (3 << 16).to_bytes(8, "little")
            frames += [(tick, single(tick, _BATTERY, _half(12_640))), (tick, single(tick, _GEAR, gear))]
    for number in (1, 2):
        end = _TICKS_MS + number * _LAP_MS
        split = end - _LAP_MS + _SPLIT_MS
        frames.append((split + 10, lap_of(number - 1, _SPLIT_MS, split, segment=1)))
        frames.append((end + 10, lap_of(number, _LAP_MS, end)))
    head = [
        _descriptions(),
        message("SRC", b"idn\x01\x38\0" + struct.pack("<H4xI", 649, 4711).ljust(122, b"\0")),
        message("VEH", b"Test mule\0"),
        message(
            "TRK ",
            b"Mid Ocean\0".ljust(36, b"\0") + struct.pack("<2i", -214_567_000, -123_456_000) + bytes(52),
        ),
        message("TMD", b"05/04/2025\0"),
        message("TMT", b"10:00:00\0"),
    ]
    ordered = sorted(frames, key=lambda frame: frame[0])
    return b"".join([*head, *(frame for _tick, frame in ordered)])


EXAMPLES = {
    "session.xrk": _session(positions=True),
    "indoor.xrk": _session(positions=False, lap_of=old_lap),
}
