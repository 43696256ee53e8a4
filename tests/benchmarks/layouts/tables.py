"""Rows in columns: CSV and VBO."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.drive import drive
from benchmarks.layouts.layout import Layout

_CSV_HEADER = (
    "timestamp,latitude,longitude,altitude_m,speed_mps,heading_deg,vel_d_mps,hdop,num_sats,"
    "accel_x_g,accel_y_g,throttle_pct,rpm\n"
)
_VBO_HEAD = """\
File created on 17/05/2025 at 09:30:00

[header]
satellites
time
latitude
longitude
velocity kmh
heading
height
vertical velocity kmh
Long accel g
Lat accel g
Engine_Speed
Throttle

[channel units]
RPM
%

[comments]
(c) Racelogic

[laptiming]
Start +2035.971200 +755.720000 +2035.971200 +755.707100 \xac Start / Finish

[column names]
sats time lat long velocity heading height vert-vel Longacc Latacc Engine_Speed Throttle

[data]
"""


def _csv_lines(rows: int) -> Iterator[str]:
    """Yield rows of 13 columns, about 105 bytes each."""
    for at in drive(rows):
        noise = at.noise
        yield (
            f"{at.time},{at.lat_deg:.7f},{at.lon_deg:.7f},{at.alt_m:.2f},{at.speed_mps:.3f},{at.course_deg:.2f},"
            f"{0.05 * noise[2]:.3f},{0.8 + 0.02 * abs(noise[3]):.2f},{16 + round(noise[4])},"
            f"{0.3 * noise[5]:.4f},{0.6 + 0.3 * noise[6]:.4f},{min(100.0, abs(30 * noise[7])):.1f},"
            f"{round(at.speed_mps * 160)}\n"
        )


def _vbo_lines(rows: int) -> Iterator[str]:
    """Yield rows of 12 columns, about 121 bytes each: minutes, west positive, in fixed widths."""
    for at in drive(rows):
        t, noise = at.time, at.noise
        yield (
            f"{16 + round(noise[4]):03d} {t[11:13]}{t[14:16]}{t[17:22]} {60 * at.lat_deg:+014.8f} "
            f"{-60 * at.lon_deg:+014.8f} {3.6 * at.speed_mps:07.3f} {at.course_deg:06.2f} {at.alt_m:+09.2f} "
            f"{0.2 * noise[2]:+08.3f} {0.3 * noise[5]:+07.3f} {0.6 + 0.3 * noise[6]:+07.3f} "
            f"{at.speed_mps * 160:+.6E} {min(100.0, abs(30 * noise[7])):+.6E}\n"
        )


CSV = Layout(_CSV_HEADER, _csv_lines)
VBO = Layout(_VBO_HEAD, _vbo_lines)
