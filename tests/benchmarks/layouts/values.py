"""JSON: records in one array, in a list of one document, and one record a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.drive import Moment, drive
from benchmarks.layouts.layout import Layout


def _record(at: Moment) -> str:
    return json.dumps(
        {
            "timestamp": at.time,
            "latitude": round(at.lat_deg, 7),
            "longitude": round(at.lon_deg, 7),
            "altitude_m": round(at.alt_m, 2),
            "speed_mps": round(at.speed_mps, 3),
            "heading_deg": round(at.course_deg, 2),
            "num_sats": 16 + round(at.noise[4]),
            "throttle_pct": round(min(100.0, abs(30 * at.noise[7])), 1),
        }
    )


def _elements(rows: int) -> Iterator[str]:
    """Yield records of about 200 bytes, each but the first behind a comma."""
    for row, at in enumerate(drive(rows)):
        yield (",\n" if row else "") + _record(at)


def _lines(rows: int) -> Iterator[str]:
    """Yield records of about 200 bytes, one a line."""
    for at in drive(rows):
        yield _record(at) + "\n"


JSON = Layout("[\n", _elements, "\n]\n")
DOCUMENT = Layout('{"device": "example", "samples": [\n', _elements, "\n]}\n")
NDJSON = Layout("", _lines)
