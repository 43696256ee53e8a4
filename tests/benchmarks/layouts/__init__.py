"""How each format writes the drive down: what stands before the rows, the rows, what stands behind."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.layouts.frames import UBX
from benchmarks.layouts.layout import Layout
from benchmarks.layouts.messages import FIT
from benchmarks.layouts.points import GPX, KML, TCX
from benchmarks.layouts.sentences import IGC, NMEA
from benchmarks.layouts.tables import CSV, VBO
from benchmarks.layouts.values import DOCUMENT, JSON, NDJSON

LAYOUTS: Mapping[str, Layout] = {
    "csv": CSV, "vbo": VBO, "nmea": NMEA, "igc": IGC, "gpx": GPX, "tcx": TCX, "kml": KML, "json": JSON,
    "fit": FIT, "ndjson": NDJSON, "jsondoc": DOCUMENT, "ubx": UBX,
}  # fmt: skip
"""By the suffix of the files."""
