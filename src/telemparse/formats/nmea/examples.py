"""Small NMEA logs of an invented drive that show what the parser reads."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]

_KNOTS, _KMH = 3600 / 1852, 3.6
_MINUTES = 60


def _sentence(body: str) -> str:
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}"


def _angle(degrees: float, width: int) -> str:
    """Return an unsigned angle as degrees and minutes."""
    minutes = round(abs(degrees) * _MINUTES, 6)
    return f"{int(minutes // _MINUTES):0{width}d}{minutes % _MINUTES:09.6f}"


def _fields(sample: Sample) -> dict[str, str]:
    lat, lon = _angle(sample.lat_deg, 2), _angle(sample.lon_deg, 3)
    return {
        "time": f"{sample.t:%H%M%S}.{sample.t.microsecond // 10_000:02d}",
        "date": f"{sample.t:%d%m%y}",
        "place": f"{lat},S,{lon},W",
        "knots": f"{sample.speed_mps * _KNOTS:.3f}",
        "kmh": f"{sample.speed_mps * _KMH:.3f}",
        "course": f"{sample.course_deg:.2f}",
        "altitude": f"{sample.alt_m:.1f}",
        "geoid": "40.1",
    }


_RMC = "{id}RMC,{time},A,{place},{knots},{course},{date},,,A"
_GGA = "{id}GGA,{time},{place},{quality},12,0.7,{altitude},M,{geoid},M,,"
_GGA_SHORT = _GGA.replace("{geoid}", "")
_GNS = "GNGNS,{time},{place},AAN,12,0.7,{altitude},40.1,,"
_VTG = "{id}VTG,{course},T,,M,{knots},N,{kmh},K,A"
_GSA = "{id}GSA,A,3,02,05,11,13,20,21,29,30,,,,,1.3,0.7,1.1"
_GLL = "{id}GLL,{place},{time},A,A"
_GST = "{id}GST,{time},12,0.9,0.6,45.0,0.8,0.7,1.5"
_ZDA = "{id}ZDA,{time},{day},00,00"
_HDT = "{id}HDT,{course},T"
_GSV = "GPGSV,1,1,01,02,41,123,44"


def _written(sample: Sample, talker: str, *bodies: str, quality: int = 1) -> list[str]:
    fields = _fields(sample)
    return [
        _sentence(body.format(id=talker, quality=quality, day=f"{sample.t:%d,%m,%Y}", **fields))
        for body in bodies
    ]


def _log(*lines: list[str], end: str = "\r\n") -> bytes:
    return "".join(line + end for group in lines for line in group).encode()


_USUAL = (_RMC, _VTG, _GGA, _GSA, _GSV, _GST, _ZDA)
_COMMENTS = ["# Name: nothing in particular", "# Chipset: invented"]

EXAMPLES: Mapping[str, bytes] = {
    "receiver.nmea": _log(_COMMENTS, *(_written(sample, "GN", *_USUAL) for sample in drive())),
    # RMC ten times a second and GGA twice: they belong together by their times.
    "fast-rmc.nmea": _log(
        *(
            _written(s, "GP", *((_GGA_SHORT, _RMC) if s.number % 5 == 1 else (_RMC,)))
            for s in drive(rate_hz=10)
        )
    ),
    "rtk.log": _log(
        *(_written(s, "GN", _GGA, _VTG, _HDT, _ZDA, quality=4 + s.number % 2) for s in drive()), end="\n"
    ),
    "gns.nmea": _log(*(_written(sample, "GN", _GNS, _RMC, _GSA, _GLL) for sample in drive())),
    # Loggers put their own clock before each sentence.
    "stamped.txt": _log(
        *([f"{s.t:%Y-%m-%d %H:%M:%S}.120 {line}" for line in _written(s, "GP", _RMC, _GGA)] for s in drive())
    ),
}
"""Names to bytes."""
