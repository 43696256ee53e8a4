"""Small recordings of an invented drive, as cameras of several years would have written them."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

from telemparse_gpmf.writing import device, record, stream, video

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]

_G = 9.80665
_GNSS_HZ, _IMU_HZ = 4, 10
_2000 = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_GNSS_SCALE = [10_000_000, 10_000_000, 1000, 1000, 100]
_GPS5 = "GPS (Lat., Long., Alt., 2D speed, 3D speed)"
_LABELS = ("Accelerometer (up/down, right/left, forward/back)", "Gyroscope (z,x,y)")


def _second(number: int, rate_hz: int) -> list[Sample]:
    return drive(rate_hz, rate_hz, number)


def _position(sample: Sample) -> tuple[int, int, int, int, int]:
    speed_3d = math.hypot(sample.speed_mps, sample.climb_mps)
    values = (sample.lat_deg, sample.lon_deg, sample.alt_m, sample.speed_mps, speed_3d)
    lat, lon, alt, speed, speed_3d_cm = (
        round(value * scale) for value, scale in zip(values, _GNSS_SCALE, strict=True)
    )
    return lat, lon, alt, speed, speed_3d_cm


def _inertial(number: int, *facts: bytes, labelled: bool = True) -> tuple[bytes, bytes]:
    """Return accelerometer and gyroscope, stored up, right, forward."""
    samples = _second(number, _IMU_HZ)
    done = (number + 1) * _IMU_HZ
    accel = [(sample.accel_g[2], -sample.accel_g[1], sample.accel_g[0]) for sample in samples]
    gyro = [(math.radians(sample.gyro_dps[2]), 0.0, 0.0) for sample in samples]
    streams = []
    for key, label, unit, scale, rows in (
        ("ACCL", _LABELS[0], "m/s\xb2", 418, [tuple(_G * value for value in row) for row in accel]),
        ("GYRO", _LABELS[1], "rad/s", 3755, gyro),
    ):
        stored = [tuple(round(value * scale) for value in row) for row in rows]
        streams.append(
            stream(
                record("TSMP", "L", done),
                *facts,
                record("STNM", "c", label if labelled else label.partition(" (")[0]),
                record("TMPC", "f", 31.5),
                record("SIUN", "c", unit),
                record("SCAL", "s", scale),
                record(key, "s", stored),
            )
        )
    return streams[0], streams[1]


def _gps5(number: int, fix: int, *facts: bytes) -> bytes:
    samples = _second(number, _GNSS_HZ)
    stamp = f"{samples[0].t:%y%m%d%H%M%S}.{samples[0].t.microsecond // 1000:03}"
    return stream(
        record("TSMP", "L", (number + 1) * _GNSS_HZ),
        *facts,
        record("GPSF", "L", fix),
        record("GPSU", "U", stamp.encode()),
        record("GPSP", "S", 179 if fix else 9999),
        record("STNM", "c", _GPS5),
        record("SCAL", "l", _GNSS_SCALE),
        record("GPS5", "l", [_position(sample) for sample in samples]),
    )


def _gps9(number: int, *facts: bytes) -> bytes:
    rows = []
    for sample in _second(number, _GNSS_HZ):
        since = sample.t - _2000
        rows.append(
            (*_position(sample), since.days, since.seconds * 1000 + since.microseconds // 1000, 179, 3)
        )
    return stream(
        record("TSMP", "L", (number + 1) * _GNSS_HZ),
        *facts,
        record("STNM", "c", "GPS (Lat., Long., Alt., 2D, 3D, days, secs, DOP, fix)"),
        record("TYPE", "c", "lllllllSS"),
        record("SCAL", "l", [*_GNSS_SCALE, 1, 1000, 100, 1]),
        record("GPSA", "F", b"MSLV"),
        record("GPS9", "?", rows, structure="lllllllSS"),
    )


def _hero5(number: int) -> bytes:
    """Return a payload of a camera without stamps in microseconds; it loses the fix for a second."""
    tick = record("TICK", "L", 119_000 + 1001 * number)
    exposure = stream(
        tick, record("STNM", "c", "Exposure time"), record("SIUN", "c", "s"), record("SHUT", "f", [0.001] * 6)
    )
    return device(
        1, "Camera", tick, *_inertial(number, tick), _gps5(number, 0 if number == 3 else 3, tick), exposure
    )


def _hero11(number: int) -> bytes:
    """Return a payload with stamps in microseconds, both streams of the receiver, and orientations."""
    stamp = record("STMP", "J", 998_439_552 + 1_000_020 * number)
    orientation = stream(
        stamp, record("STNM", "c", "CameraOrientation"), record("SCAL", "s", 32_767),
        record("CORI", "s", [(32_767, 0, 0, 0)] * 6),
    )  # fmt: skip
    scenes = stream(
        stamp, record("STNM", "c", "Scene classification"), record("TYPE", "c", "Ff"),
        record("SCEN", "?", [(b"URBA", 0.75), (b"SNOW", 0.25)], structure="Ff"),
        record("SCEN", "?", [(b"URBA", 0.5)], structure="Ff"),
    )  # fmt: skip
    ori = record("ORIN", "c", "ZXY")
    return device(
        1, "HERO11 Black", *_inertial(number, stamp, ori, labelled=False), _gps5(number, 3, stamp),
        _gps9(number, stamp), orientation, scenes,
    )  # fmt: skip


def _drone(number: int) -> bytes:
    """Return a payload of a camera with a compass and of a drone beside it; neither has a receiver."""
    compass = stream(
        record("SIUN", "c", "\xb5T"), record("SCAL", "s", 10), record("ORIN", "c", "ZxY"),
        record("ORIO", "c", "ZXY"), record("MTRX", "f", [1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0]),
        record("MAGN", "s", [(-400, 10 * number, 200)] * 4),
    )  # fmt: skip
    battery = stream(
        record("EMPT", "L", 0), record("TSMP", "L", number + 1), record("STNM", "c", "Battery Status"),
        record("TYPE", "c", "lSB"), record("SCAL", "l", [1000, 100, 1]),
        record("KBAT", "?", [(-17_126, 1514, 57)], structure="lSB"),
    )  # fmt: skip
    return device(1, "Camera", *_inertial(number), compass) + device(16_835_857, "Drone v1.0", battery)


def _payloads(count: int, kind: str) -> list[bytes]:
    make = {"hero5": _hero5, "hero11": _hero11, "drone": _drone}[kind]
    return [make(number) for number in range(count)]


EXAMPLES: Mapping[str, bytes] = {
    "hero5.mp4": video(_payloads(5, "hero5"), duration_ms=1000),
    "hero5.raw": b"".join(_payloads(3, "hero5")),
    "hero11.raw": b"".join(_payloads(4, "hero11")),
    "drone.mp4": video(_payloads(3, "drone"), head_first=True, per_chunk=2, wide=True),
}
"""Names to bytes."""
