"""Generated VBO recordings, for the conformance kit and for neighbours to refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]

_KMH = 3.6
_LOGGER = """\
File created on {created:%d/%m/%Y} @ {created:%H:%M:%S}

[header]
satellites
time
latitude
longitude
velocity kmh
heading
height
vertical velocity m/s
Long accel g
Lat accel g
Engine_Speed

[channel units]
RPM

[comments]
(c) Racelogic
Type   : VBNOTHING 10Hz

[laptiming]
Start {gate} \u00ac Start / Finish

[column names]
sats time lat long velocity heading height vert-vel Longacc Latacc Engine_Speed

[data]
"""
_APP = """\
[header]
satellites
time
latitude
longitude
velocity kmh
heading
height

[comments]
Written by nobody

[column names]
sats time lat lng velocity heading height

[data]
"""


def _minutes(sample: Sample) -> tuple[float, float]:
    """Return latitude and longitude as VBO counts them: minutes, north and west positive."""
    return 60 * sample.lat_deg, -60 * sample.lon_deg


def _logger_row(sample: Sample) -> str:
    lat, lon = _minutes(sample)
    along, side, _up = sample.accel_g
    return (
        f"011 {sample.t:%H%M%S}.{sample.t.microsecond // 1000:03d} {lat:+014.8f} {lon:+014.8f} "
        f"{sample.speed_mps * _KMH:07.3f} {sample.course_deg:07.3f} {sample.alt_m:+09.2f} "
        f"{sample.climb_mps:+08.2f} {along:+07.3f} {side:+07.3f} {sample.rpm:+.6E}\r\n"
    )


def _app_row(sample: Sample) -> str:
    lat, lon = _minutes(sample)
    return (
        f"011 {sample.t:%H%M%S}.{sample.t.microsecond // 10_000:02d} {lat:.8f} {lon:.8f} "
        f"{sample.speed_mps * _KMH:.2f} {sample.course_deg:.2f} {sample.alt_m:.2f}\n"
    )


def _logger() -> bytes:
    samples = drive(rate_hz=10)
    (on_line, upstream) = (samples[20], samples[10])
    points = [f"{value:+.6f}" for sample in (on_line, upstream) for value in reversed(_minutes(sample))]
    head = _LOGGER.format(created=samples[0].t, gate=" ".join(points)).replace("\n", "\r\n")
    return (head + "".join(map(_logger_row, samples))).encode("latin-1")


def _app() -> bytes:
    return (_APP + "".join(map(_app_row, drive(rate_hz=10)))).encode()


EXAMPLES: Mapping[str, bytes] = {"logger.vbo": _logger(), "app.vbo": _app()}
"""Names to bytes: as a logger writes it, and as an app does, without a date."""
