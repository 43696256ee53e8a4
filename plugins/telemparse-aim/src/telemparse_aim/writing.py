"""Frames as a logger writes them: what the examples are made of, and tests of whoever needs such files."""

from __future__ import annotations

import math
import struct

__all__ = [
    "channel",
    "configuration",
    "ecef_m",
    "group",
    "lap",
    "many",
    "message",
    "old_lap",
    "position",
    "single",
]

_SEMI_MAJOR_M, _FLATTENING = 6_378_137.0, 1 / 298.257223563
_ECCENTRICITY_2 = _FLATTENING * (2 - _FLATTENING)
_WEEK_MS = 604_800_000
_SET = 0xDD  # fix, week and time of week are set
_NOTHING = 0x7FFF_FFFF


def message(name: str, payload: bytes, version: int = 1) -> bytes:
    """Return a message of a name of up to four letters."""
    tag = name.encode().ljust(4, b"\0")
    head = b"<h" + tag + struct.pack("<iB", len(payload), version) + b">"
    return head + payload + b"<" + tag + struct.pack("<H", sum(payload) & 0xFFFF) + b">"


def channel(
    index: int, name: str, *, unit: int = 11, decoder: int = 20, size: int = 2, period_us: int = 100_000
) -> bytes:
    """Return the description of a channel; `unit` and `decoder` are the format's own numbers."""
    payload = bytearray(112)
    struct.pack_into("<H", payload, 0, index)
    payload[12], payload[20], payload[72] = unit, decoder, size
    payload[24:32] = name.encode()[:8].ljust(8, b"\0")
    payload[32:56] = name.encode()[:24].ljust(24, b"\0")
    struct.pack_into("<I", payload, 64, period_us)
    return message("CHS", bytes(payload))


def group(index: int, channels: tuple[int, ...]) -> bytes:
    """Return the description of channels that one frame holds."""
    return message("GRP", struct.pack(f"<HH{len(channels)}H", index, len(channels), *channels))


def configuration(*descriptions: bytes) -> bytes:
    """Return the message that holds the descriptions of all channels."""
    return message("CNF", b"".join(descriptions))


def single(tick_ms: int, index: int, cell: bytes, kind: str = "S") -> bytes:
    """Return a frame of one sample of a channel, or of a group (`G`)."""
    return b"(" + kind.encode() + struct.pack("<iH", tick_ms, index) + cell + b")"


def many(tick_ms: int, index: int, cells: tuple[bytes, ...]) -> bytes:
    """Return a frame of several samples of a channel."""
    return b"(M" + struct.pack("<iHH", tick_ms, index, len(cells)) + b"".join(cells) + b")"


def lap(number: int, duration_ms: int, end_ms: int, *, segment: int = 0, kind: int = 2) -> bytes:
    """Return a LAP message of newer loggers."""
    payload = struct.pack("<BBHIIII", 0, segment, number, duration_ms, duration_ms, _NOTHING, duration_ms - 7)
    return message("LAP", payload + struct.pack("<IBBHI", 0, 3, kind, 0, end_ms), version=2)


def old_lap(number: int, duration_ms: int, end_ms: int, *, segment: int = 0) -> bytes:
    """Return a LAP message of older loggers."""
    return message("LAP", struct.pack("<BBHIIII", 0, segment, number, duration_ms, 0, 0, end_ms))


def ecef_m(lat_deg: float, lon_deg: float, alt_m: float) -> tuple[float, float, float]:
    """Return the earth-centred place of a WGS-84 one (NIMA TR8350.2, section 4.1)."""
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    normal_m = _SEMI_MAJOR_M / math.sqrt(1 - _ECCENTRICITY_2 * math.sin(lat) ** 2)
    across = (normal_m + alt_m) * math.cos(lat)
    up = (normal_m * (1 - _ECCENTRICITY_2) + alt_m) * math.sin(lat)
    return across * math.cos(lon), across * math.sin(lon), up


def position(
    tick_ms: int,
    gps_ms: int,
    place_deg_m: tuple[float, float, float] | None,
    velocity_mps: tuple[float, float] = (0.0, 0.0),
    *,
    name: str = "GPS",
) -> bytes:
    """Return a position message.

    Args:
        tick_ms: of the logger.
        gps_ms: since 1980-01-06, leap seconds counted.
        place_deg_m: latitude, longitude and ellipsoidal height, None for an epoch without a fix.
        velocity_mps: to north and east.
        name: of the message.
    """
    week, itow_ms = divmod(gps_ms, _WEEK_MS)
    fix, flags = (3, _SET) if place_deg_m is not None else (0, _SET - 1)
    lat_deg, lon_deg, alt_m = place_deg_m or (0.0, 0.0, 0.0)
    place = ecef_m(lat_deg, lon_deg, alt_m) if place_deg_m is not None else (0.0, 0.0, 0.0)
    lat, lon, (north, east) = math.radians(lat_deg), math.radians(lon_deg), velocity_mps
    velocity = (
        -math.sin(lat) * math.cos(lon) * north - math.sin(lon) * east,
        -math.sin(lat) * math.sin(lon) * north + math.cos(lon) * east,
        math.cos(lat) * north,
    )
    return message(
        name,
        struct.pack(
            "<iIihBB3iI3iIHBBI",
            tick_ms, itow_ms, 0, week, fix, flags, *(round(each * 100) for each in place), 180,
            *(round(each * 100) for each in velocity), 25, 140, 2, 12, 0,
        ),
        version=1,
    )  # fmt: skip
