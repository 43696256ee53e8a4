"""Small JSON documents of an invented drive, one of each shape that the parser reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]


def _record(sample: Sample) -> dict[str, Any]:
    return {
        "timestamp": sample.iso,
        "latitude": round(sample.lat_deg, 7),
        "longitude": round(sample.lon_deg, 7),
        "altitude_m": round(sample.alt_m, 1),
        "speed_kmh": round(sample.speed_mps * 3.6, 3),
        "heading": round(sample.course_deg, 1),
        "rpm": round(sample.rpm),
    }


def _records() -> str:
    return "[\n" + ",\n".join(json.dumps(_record(sample)) for sample in drive()) + "\n]\n"


def _lines() -> str:
    return "".join(json.dumps(_record(sample)) + "\n" for sample in drive())


def _columns() -> str:
    records = [_record(sample) for sample in drive()]
    return json.dumps(
        {"device": "example", "data": {name: [r[name] for r in records] for name in records[0]}}
    )


def _nested() -> str:
    samples = [
        {
            "time": sample.iso,
            "gps": {"position": {"lat": round(sample.lat_deg, 7), "lon": round(sample.lon_deg, 7)}},
            "motion": {"alt_m": round(sample.alt_m, 1), "speed": round(sample.speed_mps * 3.6, 3)},
        }
        for sample in drive()
    ]
    return json.dumps(
        {"session": {"name": "example"}, "units": {"speed": "km/h"}, "samples": samples}, indent=1
    )


def _line_string() -> str:
    places = [[round(s.lon_deg, 7), round(s.lat_deg, 7), round(s.alt_m, 1)] for s in drive()]
    properties = {"name": "Stint", "coordTimes": [sample.iso for sample in drive()]}
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": places},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def _points() -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"time": s.iso, "speed_mps": round(s.speed_mps, 3)},
            "geometry": {
                "type": "Point",
                "coordinates": [round(s.lon_deg, 7), round(s.lat_deg, 7), round(s.alt_m, 1)],
            },
        }
        for s in drive()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _trace() -> str:
    first, last = drive()[0], drive()[20]
    line = [
        round(value, 7)
        for value in (first.lat_deg - 1e-4, first.lon_deg, first.lat_deg + 1e-4, first.lon_deg)
    ]
    other = [
        round(value, 7) for value in (last.lat_deg, last.lon_deg - 1e-4, last.lat_deg, last.lon_deg + 1e-4)
    ]
    rows: list[dict[str, Any]] = [
        {"date": f"{first.t:%d/%m/%Y}", "NomCircuit": "Exemple", "FL": line, "Int1": other, "PitIn": other}
    ]
    rows += [
        {
            "timestamp": f"{s.t:%H%M%S}.{s.t.microsecond // 1000:03}",
            "pointgps": [round(s.lat_deg, 7), round(s.lon_deg, 7)],
            "vitesse": round(s.speed_mps * 3.6, 3),
            "cap": round(s.course_deg, 3),
        }
        for s in drive()
    ]
    return "".join(json.dumps([row], separators=(",", ":"), ensure_ascii=False) + "\n" for row in rows)


EXAMPLES: Mapping[str, bytes] = {
    "records.json": _records().encode(),
    "lines.ndjson": _lines().encode(),
    "columns.json": _columns().encode(),
    "nested.json": _nested().encode(),
    "line-string.geojson": _line_string().encode(),
    "points.geojson": _points().encode(),
    "example-trace-laps.json": _trace().encode(),
}
"""Names to bytes."""
