"""Frames told by their sync, length and checksum: UBX, as letters of latin-1."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator

from benchmarks.drive import drive
from benchmarks.layouts.layout import Layout


def frame(code: int, payload: bytes) -> str:
    """Return a frame of class `code // 256` and id `code % 256`."""
    body = struct.pack(">H", code) + struct.pack("<H", len(payload)) + payload
    sums = bytes((sum(body) & 0xFF, sum(itertools.accumulate(body)) & 0xFF))
    return (b"\xb5\x62" + body + sums).decode("latin-1")


def _ubx_lines(rows: int) -> Iterator[str]:
    """Yield UBX-NAV-PVT of each epoch, a hundred bytes."""
    saturday_s = 6 * 86_400 + 18  # the drive begins on a Saturday, and GPS is 18 s ahead
    for at in drive(rows):
        t, noise = at.time, at.noise
        day, hour, minute = int(t[8:10]), int(t[11:13]), int(t[14:16])
        second, millis = int(t[17:19]), int(t[20:23])
        of_day_s = (hour * 60 + minute) * 60 + second
        tow_ms = ((saturday_s + (day - 17) * 86_400 + of_day_s) * 1000 + millis) % (7 * 86_400_000)
        speed, altitude = round(at.speed_mps * 1000), round(at.alt_m * 1000)
        yield frame(
            0x0107,
            struct.pack(
                "<IHBBBBBBIiBBBBiiiiIIiiiiiIIHHIihH",
                tow_ms, int(t[:4]), int(t[5:7]), day, hour, minute, second, 0x37, 20, millis * 1_000_000,
                3, 1, 0, 16 + round(noise[4]), round(at.lon_deg * 1e7), round(at.lat_deg * 1e7),
                altitude + 46_900, altitude, 800 + round(abs(noise[2]) * 100), 1500,
                round(noise[5] * 100), speed, round(noise[6] * 10), speed, round(at.course_deg * 1e5),
                120, 90_000, 80 + round(abs(noise[3]) * 2), 0, 0, 0, 0, 0,
            ),
        )  # fmt: skip


UBX = Layout("", _ubx_lines)
