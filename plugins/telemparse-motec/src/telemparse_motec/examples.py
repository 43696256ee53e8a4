"""Small logs, made up here: the conformance kit checks the parser on them and on damaged copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.extension.drive import drive

from telemparse_motec.writing import Column, ld_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EXAMPLES", "LDX"]

_LAP_S = 12


def _vehicle() -> list[Column]:
    """Return channels of several rates with laps of 12 s, as an ADL has them: no GPS."""
    fast, slow = drive(400, 10), drive(40)
    seconds = np.arange(40)
    number = np.maximum((seconds - 3) // _LAP_S, 0)
    rpm = np.array([sample.rpm for sample in fast])
    return [
        Column("Engine RPM", "rpm", 10, np.rint(rpm / 6).astype("<i2"), (0, 6, 10, -1)),
        Column(
            "Ground Speed", "km/h", 10, np.array([s.speed_mps * 36 for s in fast]).astype("<i2"), (0, 1, 1, 1)
        ),
        Column(
            "G Force Lat", "G", 10, np.array([s.accel_g[1] * 100 for s in fast]).astype("<i2"), (0, 1, 1, 2)
        ),
        Column("Throttle Pos", "%", 10, np.array([50 + s.number % 50 for s in fast]).astype("<f2")),
        Column("Gear", "", 1, np.array([3 + s.number % 2 for s in slow]).astype("<i2")),
        Column("Lap Number", "", 1, number.astype("<i2")),
        Column("Lap Time", "s", 1, np.where(number > 0, 1190 + number, 0).astype("<i2"), (0, 1, 1, 2)),
        Column("Running Lap Time", "s", 1, ((seconds - 3) % _LAP_S * 100).astype("<i2"), (0, 1, 1, 2)),
    ]


def _positions() -> list[Column]:
    """Return channels of an M1: doubles, names with dots, units in the short names; no fix at first."""
    epochs = [sample for sample in drive(100, 5) for _repeat in range(2)]
    fixed = np.arange(200) >= 10
    lat = np.where(fixed, [s.lat_deg for s in epochs], 0).astype("<f8")
    lon = np.where(fixed, [s.lon_deg for s in epochs], 0).astype("<f8")
    kmh = np.array([s.speed_mps * 3.6 for s in epochs]).astype("<f4")
    return [
        Column("GPS.Latitude", "", 10, lat, short_name="deg"),
        Column("GPS.Longitude", "", 10, lon, short_name="deg"),
        Column(
            "GPS.Altitude", "m", 10, np.array([s.alt_m * 100 for s in epochs]).astype("<i4"), (0, 1, 1, 2)
        ),
        Column("GPS.Speed", "", 10, kmh, short_name="km/h"),
        Column("GPS.Heading", "deg", 10, np.array([s.course_deg for s in epochs]).astype("<f4")),
        Column("GPS.Sats", "", 10, np.where(fixed, 9, 0).astype("<i2")),
        Column("Engine.Speed", "", 10, np.array([s.rpm for s in epochs]).astype("<f4"), short_name="rpm"),
        Column("Brake.State", "", 10, (np.arange(200) // 20 % 2).astype("<i4")),
    ]


LDX = (
    b'<?xml version="1.0"?>\n<LDXFile Locale="English_Australia.1252" DefaultLocale="C" Version="1.6">\n'
    b" <Layers>\n  <Layer>\n   <MarkerBlock>\n"
    b'    <MarkerGroup Name="Beacons" Index="3">\n'
    b'     <Marker Version="100" ClassName="BCN" Name="Manual.1" Flags="77" Time="3.00000000000000e+06"/>\n'
    b'     <Marker Version="100" ClassName="SPLTBCN" Name="Split.1" Flags="77" Time="9500000"/>\n'
    b'     <Marker Version="100" ClassName="BCN" Name="Manual.2" Flags="77" Time="1.49100000000000e+07"/>\n'
    b'     <Marker Version="100" ClassName="BCN" Name="Manual.3" Flags="77" Time="2.68300000000000e+07"/>\n'
    b"    </MarkerGroup>\n   </MarkerBlock>\n   <RangeBlock/>\n  </Layer>\n"
    b'  <Details>\n   <String Id="Total Laps" Value="4"/>\n   <String Id="Fastest Time" Value="0:11.910"/>\n'
    b'   <String Id="Fastest Lap" Value="1"/>\n  </Details>\n </Layers>\n</LDXFile>\n'
)
"""A document as i2 writes it, with two laps."""

EXAMPLES: Mapping[str, bytes] = {
    "laps.ld": ld_bytes(_vehicle()),
    "positions.ld": ld_bytes(_positions(), is_small=True),
    "beacons.ldx": LDX,
}
"""Names to bytes."""
