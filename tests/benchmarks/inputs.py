"""The big files, seeded: the same bytes on every machine, kept in a cache outside the project."""

from __future__ import annotations

import datetime as dt
import functools
import math
import operator
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.values import Input

SEED = 20250517
START = dt.datetime(2025, 5, 17, 9, 30, tzinfo=dt.UTC)
CSV_HEADER = (
    "timestamp,latitude,longitude,altitude_m,speed_mps,heading_deg,vel_d_mps,hdop,num_sats,"
    "accel_x_g,accel_y_g,throttle_pct,rpm\n"
)
GPX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="telemparse bench" xmlns="http://www.topografix.com/GPX/1/1"\n'
    '     xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">\n'
    "    <trk>\n        <name>Nowhere Ring</name>\n        <trkseg>\n"
)
GPX_TAIL = "        </trkseg>\n    </trk>\n</gpx>\n"
TCX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"\n'
    '    xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">\n'
    '  <Activities>\n    <Activity Sport="Other">\n      <Id>2025-05-17T09:30:00.000Z</Id>\n'
    '      <Lap StartTime="2025-05-17T09:30:00.000Z">\n'
    "        <TotalTimeSeconds>61.125</TotalTimeSeconds>\n        <DistanceMeters>2100.5</DistanceMeters>\n"
    "        <Calories>0</Calories>\n        <Intensity>Active</Intensity>\n"
    "        <TriggerMethod>Manual</TriggerMethod>\n        <Track>\n"
)
TCX_TAIL = "        </Track>\n      </Lap>\n    </Activity>\n  </Activities>\n</TrainingCenterDatabase>\n"
VBO_HEAD = """\
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
_NOISES = 8


def cache_folder() -> Path:
    """Return the folder for inputs and environments: below XDG_CACHE_HOME, or ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "telemparse-bench"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / "telemparse-bench"
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def made(entry: Input, folder: Path) -> Path:
    """Return the file of an input, written now if the cache lacks it."""
    path = folder / entry.name
    if not path.exists():
        print(f"writing {entry.name}", file=sys.stderr, flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        entry.write(partial)
        partial.rename(path)
    return path


def _drive(rows: int) -> Iterator[tuple[str, float, float, float, float, list[float]]]:
    """Yield ISO time, radians round the circuit, metres from its middle, m/s, course and noise, at 10 Hz."""
    noise = random.Random(SEED)
    for row in range(rows):
        t = START + dt.timedelta(milliseconds=100 * row)
        angle = row * 0.0031
        # Fresh noise for each row: repeated values would flatter whoever compresses them.
        shaken = [noise.gauss(0, 1) for _column in range(_NOISES)]
        speed = 34 + 18 * math.sin(2 * angle) + 0.05 * shaken[0]
        course = math.degrees(angle + 0.01 * shaken[2]) % 360
        yield (
            f"{t:%Y-%m-%dT%H:%M:%S}.{t.microsecond // 1000:03d}Z",
            angle,
            1100 + 240 * math.cos(2 * angle) + 0.3 * shaken[1],
            speed,
            course,
            shaken,
        )


def csv_lines(rows: int) -> Iterator[str]:
    """Yield rows of the bench CSV."""
    for t, angle, radius, speed, course, shaken in _drive(rows):
        lat = 12.03 + radius * math.cos(angle) / 111_195
        lon = -34.05 + radius * math.sin(angle) / 108_752
        yield (
            f"{t},{lat:.7f},{lon:.7f},{18 + 0.2 * shaken[1]:.2f},{speed:.3f},{course:.2f},"
            f"{0.05 * shaken[2]:.3f},{0.8 + 0.02 * abs(shaken[3]):.2f},{16 + round(shaken[4])},"
            f"{0.3 * shaken[5]:.4f},{0.6 + 0.3 * shaken[6]:.4f},{min(100.0, abs(30 * shaken[7])):.1f},"
            f"{round(speed * 160)}\n"
        )


def gpx_points(rows: int) -> Iterator[str]:
    """Yield track points of the bench GPX."""
    for t, angle, radius, speed, course, shaken in _drive(rows):
        lat = 12.03 + radius * math.cos(angle) / 111_195
        lon = -34.05 + radius * math.sin(angle) / 108_752
        yield (
            f'            <trkpt lat="{lat:.7f}" lon="{lon:.7f}">\n'
            f"                <ele>{18 + 0.2 * shaken[1]:.2f}</ele>\n"
            f"                <time>{t}</time>\n"
            "                <extensions>\n"
            "                    <gpxtpx:TrackPointExtension>\n"
            f"                        <gpxtpx:speed>{speed:.3f}</gpxtpx:speed>\n"
            f"                        <gpxtpx:course>{course:.1f}</gpxtpx:course>\n"
            "                    </gpxtpx:TrackPointExtension>\n"
            "                </extensions>\n"
            "            </trkpt>\n"
        )


def tcx_points(rows: int) -> Iterator[str]:
    """Yield track points of the bench TCX."""
    for row, (t, angle, radius, speed, _course, shaken) in enumerate(_drive(rows)):
        lat = 12.03 + radius * math.cos(angle) / 111_195
        lon = -34.05 + radius * math.sin(angle) / 108_752
        yield (
            "          <Trackpoint>\n"
            f"            <Time>{t}</Time>\n"
            "            <Position>\n"
            f"              <LatitudeDegrees>{lat:.7f}</LatitudeDegrees>\n"
            f"              <LongitudeDegrees>{lon:.7f}</LongitudeDegrees>\n"
            "            </Position>\n"
            f"            <AltitudeMeters>{18 + 0.2 * shaken[1]:.2f}</AltitudeMeters>\n"
            f"            <DistanceMeters>{3.4 * row:.2f}</DistanceMeters>\n"
            "            <HeartRateBpm>\n"
            f"              <Value>{130 + round(5 * shaken[3])}</Value>\n"
            "            </HeartRateBpm>\n"
            "            <Extensions>\n"
            "              <ns3:TPX>\n"
            f"                <ns3:Speed>{speed:.3f}</ns3:Speed>\n"
            "              </ns3:TPX>\n"
            "            </Extensions>\n"
            "          </Trackpoint>\n"
        )


def vbo_lines(rows: int) -> Iterator[str]:
    """Yield rows of the bench VBO: minutes, west positive, in fixed widths as a logger writes them."""
    for t, angle, radius, speed, course, shaken in _drive(rows):
        lat = 60 * (12.03 + radius * math.cos(angle) / 111_195)
        lon = -60 * (-34.05 + radius * math.sin(angle) / 108_752)
        yield (
            f"{16 + round(shaken[4]):03d} {t[11:13]}{t[14:16]}{t[17:22]} {lat:+014.8f} {lon:+014.8f} "
            f"{3.6 * speed:07.3f} {course:06.2f} {18 + 0.2 * shaken[1]:+09.2f} {0.2 * shaken[2]:+08.3f} "
            f"{0.3 * shaken[5]:+07.3f} {0.6 + 0.3 * shaken[6]:+07.3f} {speed * 160:+.6E} "
            f"{min(100.0, abs(30 * shaken[7])):+.6E}\n"
        )


def write_csv(path: Path, rows: int) -> None:
    """Write `rows` rows of 13 columns, about 105 bytes each."""
    _write(path, CSV_HEADER, csv_lines(rows), "")


def write_gpx(path: Path, rows: int) -> None:
    """Write `rows` pretty-printed points with elevation, time, speed and course, about 435 bytes each."""
    _write(path, GPX_HEAD, gpx_points(rows), GPX_TAIL)


def write_tcx(path: Path, rows: int) -> None:
    """Write `rows` pretty-printed points of one lap, with heart rate and speed, about 580 bytes each."""
    _write(path, TCX_HEAD, tcx_points(rows), TCX_TAIL)


def write_vbo(path: Path, rows: int) -> None:
    """Write `rows` rows of 12 columns, about 121 bytes each."""
    _write(path, VBO_HEAD, vbo_lines(rows), "")


def _write(path: Path, head: str, lines: Iterator[str], tail: str) -> None:
    with path.open("w", encoding="latin-1", newline="") as target:
        target.write(head)
        target.writelines(lines)
        target.write(tail)


def csv_input(rows: int) -> Input:
    """Return the CSV of so many rows."""
    return Input(f"bench-{rows}.csv", lambda path: write_csv(path, rows))


def gpx_input(rows: int) -> Input:
    """Return the GPX of so many points."""
    return Input(f"bench-{rows}.gpx", lambda path: write_gpx(path, rows))


def tcx_input(rows: int) -> Input:
    """Return the TCX of so many points."""
    return Input(f"bench-{rows}.tcx", lambda path: write_tcx(path, rows))


def vbo_input(rows: int) -> Input:
    """Return the VBO of so many rows."""
    return Input(f"bench-{rows}.vbo", lambda path: write_vbo(path, rows))


def _sentence(body: str) -> str:
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}\r\n"


def _degrees_and_minutes(degrees: float, width: int) -> str:
    minutes = round(abs(degrees) * 60, 5)
    return f"{int(minutes // 60):0{width}d}{minutes % 60:08.5f}"


def nmea_lines(rows: int) -> Iterator[str]:
    """Yield RMC and GGA of each epoch, one string an epoch."""
    for t, angle, radius, speed, course, shaken in _drive(rows):
        lat = _degrees_and_minutes(12.03 + radius * math.cos(angle) / 111_195, 2)
        lon = _degrees_and_minutes(-34.05 + radius * math.sin(angle) / 108_752, 3)
        time, place = f"{t[11:13]}{t[14:16]}{t[17:22]}", f"{lat},N,{lon},W"
        date, knots = f"{t[8:10]}{t[5:7]}{t[2:4]}", speed * 3600 / 1852
        hdop, altitude = 0.8 + 0.02 * abs(shaken[3]), 18 + 0.2 * shaken[1]
        yield (
            _sentence(f"GNRMC,{time},A,{place},{knots:.3f},{course:.2f},{date},,,A")
            + _sentence(
                f"GNGGA,{time},{place},1,{16 + round(shaken[4])},{hdop:.2f},{altitude:.1f},M,46.9,M,,"
            )
        )


def write_nmea(path: Path, rows: int) -> None:
    """Write `rows` epochs of two sentences, about 150 bytes each."""
    _write(path, "", nmea_lines(rows), "")


def nmea_input(rows: int) -> Input:
    """Return the NMEA log of so many epochs."""
    return Input(f"bench-{rows}.nmea", lambda path: write_nmea(path, rows))
