"""Small logs, made up here: the conformance kit checks the parser on them and on damaged copies."""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES", "frame", "pvt"]

_GEOID_M = 45_000  # mm between ellipsoid and sea
_FIX_OK, _FIXED = 0x01, 0x80
_ALL_VALID = 0x07
_EPOCHS_BEFORE_FIX = 3


def frame(code: int, payload: bytes) -> bytes:
    """Return a frame of class `code // 256` and id `code % 256`."""
    body = struct.pack(">H", code) + struct.pack("<H", len(payload)) + payload
    return b"\xb5\x62" + body + bytes((sum(body) & 0xFF, sum(itertools.accumulate(body)) & 0xFF))


def _tow_ms(sample: Sample) -> int:
    return round(sample.tow_s * 1000)


def _date(sample: Sample) -> bytes:
    t = sample.t
    return struct.pack("<HBBBBB", t.year, t.month, t.day, t.hour, t.minute, t.second)


def _course(sample: Sample) -> int:
    return round(sample.course_deg * 1e5)


def _mm(*values: float) -> tuple[int, ...]:
    return tuple(round(value * 1000) for value in values)


def _place(sample: Sample) -> bytes:
    altitude_mm = round(sample.alt_m * 1000)
    lon, lat = round(sample.lon_deg * 1e7), round(sample.lat_deg * 1e7)
    return struct.pack("<4i", lon, lat, altitude_mm + _GEOID_M, altitude_mm)


def pvt(
    sample: Sample, *, fix: int = 3, flags: int = _FIX_OK, width: int = 92, valid: int = _ALL_VALID
) -> bytes:
    """Return UBX-NAV-PVT of a sample, of 84 or 92 bytes; without a fix it has no position."""
    nano = sample.t.microsecond * 1000
    place = _place(sample) if flags & _FIX_OK else bytes(16)
    payload = (
        struct.pack("<I", _tow_ms(sample))
        + _date(sample)
        + struct.pack("<BIiBBBB", valid, 20, nano, fix, flags, 0, 14)
    )
    payload += place + struct.pack("<II", 1200, 1900)
    payload += struct.pack(
        "<4i", *_mm(sample.north_mps, sample.east_mps, -sample.climb_mps, sample.speed_mps)
    )
    payload += struct.pack("<iIIHH4x", _course(sample), 150, 40_000, 140, 0)
    return frame(0x0107, payload + (struct.pack("<ihH", 0, 0, 0) if width > len(payload) else b""))


def _precise(sample: Sample) -> bytes:
    lon, lat = round(sample.lon_deg * 1e9), round(sample.lat_deg * 1e9)
    alt = round(sample.alt_m * 1e4)
    coarse = (round(lon / 100), round(lat / 100), round(alt / 10) + _GEOID_M, round(alt / 10))
    fine = (lon - 100 * coarse[0], lat - 100 * coarse[1], 0, alt - 10 * coarse[3])
    return frame(0x0114, struct.pack("<4xI4i4bII", _tow_ms(sample), *coarse, *fine, 140, 200))


def _dop(sample: Sample) -> bytes:
    return frame(0x0104, struct.pack("<I7H", _tow_ms(sample), 180, 140, 90, 120, 70, 50, 49))


def _old(sample: Sample, *, dated: bool) -> bytes:
    """Return what receivers before u-blox 7 write each epoch."""
    tow_ms = _tow_ms(sample)
    speed = round(sample.speed_mps * 100)
    velocity = [round(value * 100) for value in (sample.north_mps, sample.east_mps, -sample.climb_mps)]
    sol = struct.pack("<IihBB3iI3iIHBBI", tow_ms, 0, 2365, 3, 0x0D, 0, 0, 0, 300, 0, 0, 0, 20, 150, 0, 9, 0)
    utc = struct.pack("<IIi", tow_ms, 30, sample.t.microsecond * 1000) + _date(sample) + b"\x07"
    return (
        frame(0x0102, struct.pack("<I", tow_ms) + _place(sample) + struct.pack("<II", 2500, 4000))
        + frame(
            0x0112, struct.pack("<I3iIIiII", tow_ms, *velocity, speed, speed, _course(sample), 20, 50_000)
        )
        + frame(0x0106, sol)
        + (frame(0x0121, utc) if dated else b"")
    )


def _measured(sample: Sample) -> bytes:
    """Return the sensors of a module with dead reckoning: its clock began 1000 s before the drive."""
    tag = 1_000_000 + sample.millis
    accel = [round(value * 9.80665 * 1024) for value in sample.accel_g]
    gyro = [round(value * 4096) for value in sample.gyro_dps]
    words = [(0xFFFFFF & value) | kind << 24 for value, kind in zip(accel, (16, 17, 18), strict=True)]
    turns = [(0xFFFFFF & value) | kind << 24 for value, kind in zip(gyro, (14, 13, 5), strict=True)]
    turns.append(2950 | 12 << 24)
    ticks = [0xFFFFFF & sample.millis | 10 << 24]
    return b"".join(
        frame(
            0x1002,
            struct.pack("<IHH", tag, len(some) << 11 | 8, 0)
            + struct.pack(f"<{len(some)}I", *some)
            + struct.pack("<I", tag),
        )
        for some in (words, turns, ticks)
    )


def _raw(sample: Sample) -> bytes:
    tag = round(sample.seconds * 25_600) & 0xFFFFFF
    accel = [round(value * 9.80665 * 1024) for value in sample.accel_g]
    gyro = [round(value * 4096) for value in sample.gyro_dps]
    pairs = zip((*gyro, *accel), (14, 13, 5, 16, 17, 18), strict=True)
    return frame(
        0x1003,
        bytes(4)
        + b"".join(struct.pack("<II", (0xFFFFFF & value) | kind << 24, tag) for value, kind in pairs),
    )


def _fused(sample: Sample) -> bytes:
    tow_ms = _tow_ms(sample)
    forwards, left, _up = sample.accel_g
    accel = [round(value * 980.665) for value in (forwards, left, 0.0)]
    gyro = [round(value * 1000) for value in sample.gyro_dps]
    attitude = struct.pack(
        "<IB3x3i3I", tow_ms, 0, 0, 0, round(sample.course_deg * 1e5), 200_000, 200_000, 100_000
    )
    return frame(0x1015, struct.pack("<IIIiiiiii", 0x3F01, 0, tow_ms, *gyro, *accel)) + frame(
        0x0105, attitude
    )


def _sentence(body: str) -> bytes:
    total = 0
    for letter in body.encode():
        total ^= letter
    return f"${body}*{total:02X}\r\n".encode()


_HEADER = b'# Name: nothing in particular\n# Chipset: invented\n{"class":"VERSION","release":"0"}\n'
# A frame of RTCM 3 of a message that holds nothing but its number, 1005, and its CRC-24Q.
_CORRECTION = bytes.fromhex("d30002 3ed0")


def _crc(data: bytes) -> bytes:
    state = 0
    for byte in data:
        state ^= byte << 16
        for _bit in range(8):
            state = (state << 1 ^ (0x1864CFB if state & 0x800000 else 0)) & 0x1FFFFFF
    return state.to_bytes(3, "big")


_VERSION = frame(
    0x0A04,
    b"EXT CORE 0.00".ljust(30, b"\0") + b"00000000".ljust(10, b"\0") + b"MOD=INVENTED-0".ljust(30, b"\0"),
)

EXAMPLES: Mapping[str, bytes] = {
    "receiver.ubx": _VERSION + b"".join(
        pvt(s, fix=0, flags=0) if s.number <= _EPOCHS_BEFORE_FIX else pvt(s) + _dop(s) for s in drive()
    ),
    "rtk.ubx": b"".join(pvt(s, flags=_FIX_OK | _FIXED) + _precise(s) for s in drive(rate_hz=5)),
    "old.ubx": b"".join(_old(s, dated=s.number % 4 == 1) for s in drive()),
    "u-blox-7.ubx": b"".join(pvt(s, width=84) for s in drive()),
    "dead-reckoning.ubx": b"".join(
        _measured(s) + _raw(s) + (pvt(s, fix=4) + _fused(s) if s.number % 10 == 1 else b"")
        for s in drive(60, rate_hz=10)
    ),
    "mixed.log": _HEADER + b"".join(
        pvt(s) + _sentence("GNTXT,01,01,02,nothing to say") + _CORRECTION + _crc(_CORRECTION) for s in drive()
    ),
}  # fmt: skip
"""Names to bytes."""
