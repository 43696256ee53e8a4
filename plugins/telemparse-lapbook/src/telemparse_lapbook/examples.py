"""Small recordings, made up here: the conformance kit checks the parser on them and on damaged copies."""

from __future__ import annotations

import math

__all__ = ["EXAMPLES"]

_M_PER_DEG = 111_320.0  # of latitude; of longitude too, so near to the equator
_RADIUS_M, _SPEED_MPS, _STEP_MS = 30.0, 12.0, 250


def _stint(steps: int) -> bytes:
    """Return a kart that drives in circles: its angle on the circle is also its course."""
    lap_ms = round(2000 * math.pi * _RADIUS_M / _SPEED_MPS)
    lines, laps = [], 0
    for ms in range(0, steps * _STEP_MS, _STEP_MS):
        angle = ms / lap_ms * 2 * math.pi
        lat_deg = 0.5 + _RADIUS_M * math.sin(angle) / _M_PER_DEG
        lon_deg = 6.5 - _RADIUS_M * math.cos(angle) / _M_PER_DEG
        kmh = "-" if ms == 0 else f"{_SPEED_MPS * 3.6:.1f}"
        course_deg = round(math.degrees(angle), 1) % 360
        lines.append(f"fix {ms} {lat_deg:.7f} {lon_deg:.7f} {kmh} {course_deg:.1f}")
        if ms // lap_ms > laps:
            laps += 1
            lines += [f"lap {laps * lap_ms} {laps} {lap_ms}", f"mark {ms} 1"]
    return "\n".join(["LAPBOOK 1 2024-05-04T10:20:30Z", *lines, f"end {len(lines)}", ""]).encode()


EXAMPLES = {"stint.lapbook": _stint(150)}
