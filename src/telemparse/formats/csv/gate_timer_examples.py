"""Generated files of lap timers that know lines on the ground: each with a gate, laps and sectors."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from telemparse.extension.drive import Sample
from telemparse.formats.csv.drawing import Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GATE_TIMER_EXAMPLES"]

_METRES_PER_DEGREE = 111_195.0
_HALF_M = 12.0


def _across(seconds: float, sign: str) -> str:
    """Return the ends of a line across the road where the drive is then, the left one first."""
    sample = Sample(1, seconds)
    left = math.radians(sample.course_deg - 90)
    north = _HALF_M * math.cos(left) / _METRES_PER_DEGREE
    east = _HALF_M * math.sin(left) / _METRES_PER_DEGREE / math.cos(math.radians(sample.lat_deg))
    lat, lon = sample.lat_deg, sample.lon_deg
    return sign.join(f"{end:.6f}" for end in (lat + north, lon + east, lat - north, lon - east))


# The drive crosses each line once, a tenth of a second after the timer's time, whose zero is the second row;
# further crossings are made up, as on a lap of two seconds.
_SPEEDANGLE_HEAD = f"""; APEX Trace $Revision: 3.0.1 $ (c)2009-2014 SpeedAngle.com
; C:\\Logs\\OCEAN 050425 100000.sa
#V=4.0.0=
#N=                            =
#D=05-04-2025 10:00:00=
#DID=A0000000=
#MOD=DASH_APEX=
#PS=True=
#S=OCEAN         =
<trackplan #sectors=2>
1,{_across(1.55, ",")}
2,{_across(0.65, ",")}
</trackplan>
<timer #unit=KM/h>
#2,0:0.550
67,122,40,-23,27,-24
#1,0:1.450
0,0,0,0,0,0
#2,0:2.335
62,132,44,-46,31,-44
#1,0:3.075
0,0,0,0,0,0
</timer>
<trace #pt=40>
"""


def _speedangle(head: str, speed: str) -> bytes:
    row = f"{{s.lat_deg:.7f}},{{s.lon_deg:.7f}},-12,-12,3,1,{speed},-80,11,1,0"
    rows = Drawing(head=head, row=row, rate_hz=10, end="\r\n", between={40: "</trace>"}).written()
    lines = rows.split(b"\r\n")
    top = lines.index(b"<trace #pt=40>") + 1
    # The row of a crossing is marked by its time in tenths.
    for place, sign in ((5, b"F"), (14, b"1"), (23, b"F"), (30, b"1")):
        lines[top + place] = lines[top + place].removesuffix(b"0") + sign
    return b"\r\n".join(lines)


_SESSION_LAPS = (
    ("01:10.49", "00:16.19", "00:25.44", "00:28.85"),
    ("01:08.91", "00:15.13", "00:24.77", "00:29.01"),
)


def _session() -> str:
    """Return the laps of a longer drive: a line for the circuit, then one for each lap at its end."""
    start = Sample(1, 0.0)
    lines = [f"{start.t:%d/%m/%Y;%H:%M:%S};Exemple;{_across(0.55, ';')};0;0;0;"]
    ended = start.t + dt.timedelta(seconds=0.55)
    for number, (lap, *sectors) in enumerate(_SESSION_LAPS, 1):
        ended += dt.timedelta(minutes=int(lap[:2]), seconds=float(lap[3:]))
        lines.append(";".join([f"{ended:%d/%m/%Y;%H:%M:%S}", str(number), lap, *sectors, ""]))
    return "".join(line + "\n" for line in lines)


GATE_TIMER_EXAMPLES: Mapping[str, bytes] = {
    "mychronogps-session.txt": _session().encode(),
    "speedangle.sa": _speedangle(_SPEEDANGLE_HEAD, "{kmh:.0f}"),
    "speedangle.miles.sa": _speedangle(_SPEEDANGLE_HEAD.replace("KM/h", "MILE/h"), "{mph:.0f}"),
}
"""Names to bytes; the dialect stands before the first point."""
