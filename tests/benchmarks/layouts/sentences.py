"""Records told by their first letters: NMEA and IGC."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator

from benchmarks.drive import drive
from benchmarks.layouts.layout import Layout


def sentence(body: str) -> str:
    """Return an NMEA sentence with its checksum and line end."""
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}\r\n"


def _degrees_and_minutes(degrees: float, width: int) -> str:
    minutes = round(abs(degrees) * 60, 5)
    return f"{int(minutes // 60):0{width}d}{minutes % 60:08.5f}"


def _nmea_lines(rows: int) -> Iterator[str]:
    """Yield RMC and GGA of each epoch, one string of about 150 bytes an epoch."""
    for at in drive(rows):
        t, noise = at.time, at.noise
        lat, lon = _degrees_and_minutes(at.lat_deg, 2), _degrees_and_minutes(at.lon_deg, 3)
        time, place = f"{t[11:13]}{t[14:16]}{t[17:22]}", f"{lat},N,{lon},W"
        date, knots = f"{t[8:10]}{t[5:7]}{t[2:4]}", at.speed_mps * 3600 / 1852
        hdop = 0.8 + 0.02 * abs(noise[3])
        yield (
            sentence(f"GNRMC,{time},A,{place},{knots:.3f},{at.course_deg:.2f},{date},,,A")
            + sentence(f"GNGGA,{time},{place},1,{16 + round(noise[4])},{hdop:.2f},{at.alt_m:.1f},M,46.9,M,,")
        )


def _thousandths(degrees: float, width: int) -> str:
    degrees, minutes = divmod(round(abs(degrees) * 60_000), 60_000)
    return f"{degrees:0{width}d}{minutes:05d}"


def _igc_lines(rows: int) -> Iterator[str]:
    """Yield B records of 50 bytes with accuracy, satellites, speed and tenths of the second."""
    for at in drive(rows):
        t, noise = at.time, at.noise
        yield (
            f"B{t[11:13]}{t[14:16]}{t[17:19]}{_thousandths(at.lat_deg, 2)}N{_thousandths(at.lon_deg, 3)}WA"
            f"{round(at.alt_m) - 40:05d}{round(at.alt_m):05d}{3 + round(abs(noise[3])):03d}"
            f"{16 + round(noise[4]):02d}{round(at.speed_mps * 360):05d}{t[20]}\r\n"
        )


NMEA = Layout("", _nmea_lines)
IGC = Layout(
    "AXXX001 telemparse bench\r\nHFDTEDATE:170525,01\r\nHFDTM100GPSDATUM:WGS84\r\n"
    "HFFTYFRTYPE:telemparse,bench\r\n"
    "I043638FXA3940SIU4145GSP4646TDS\r\n",
    _igc_lines,
    "G00000000\r\n",
)
