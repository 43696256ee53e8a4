"""Small IGC files of an invented drive that show what the parser reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]

_HEAD = (
    "AXXX001 telemparse example\r\nHFDTEDATE:040525,01\r\nHFDTM100GPSDATUM:WGS84\r\n"
    "HFFTYFRTYPE:telemparse,example\r\n"
)
_FIELDS = "I073638FXA3940SIU4145GSP4648TRT4950LAD5152LOD5353TDS\r\nJ020810WDI1115WVE\r\n"


def _minutes(degrees: float, digits: int, decimals: int) -> tuple[str, str]:
    """Return degrees and thousandths of minutes, and the decimals that follow."""
    power = 10**decimals
    total = round(abs(degrees) * 60_000 * power)
    whole, rest = divmod(total, power)
    return f"{whole // 60_000:0{digits}}{whole % 60_000:05}", f"{rest:0{decimals}}" if decimals else ""


def _fix(sample: Sample, decimals: int = 0) -> tuple[str, str]:
    lat, more_lat = _minutes(sample.lat_deg, 2, decimals)
    lon, more_lon = _minutes(sample.lon_deg, 3, decimals)
    alt = f"{round(sample.alt_m):05}"
    return f"B{sample.t:%H%M%S}{lat}S{lon}WA{alt}{alt}", more_lat + more_lon


def _plain() -> str:
    return "AXXX002\r\nHFDTE040525\r\n" + "".join(f"{_fix(sample)[0]}\r\n" for sample in drive())


def _full() -> str:
    rows = []
    for sample in drive(rate_hz=2):
        fixed, more = _fix(sample, 2)
        speed = round(sample.speed_mps * 360)
        course = round(sample.course_deg) % 360
        rows.append(f"{fixed}00309{speed:05}{course:03}{more}{round(sample.seconds * 10) % 10}\r\n")
        rows.append(f"K{sample.t:%H%M%S}09000100\r\n")
    rows.insert(40, f"E{drive(11)[-1].t:%H%M%S}PEV\r\n")
    return _HEAD + _FIELDS + "".join(rows) + "LXXXend of the example\r\nG00000000\r\n"


EXAMPLES: Mapping[str, bytes] = {"plain.igc": _plain().encode(), "extensions.igc": _full().encode()}
"""Names to bytes."""
