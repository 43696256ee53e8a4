"""A gate as a caller gives it: a value, two points, GeoJSON, or four numbers in a word."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import attrs

from telemparse.analysis.geojson_gates import checked_gate, features_in, gate_of, json_file, json_text
from telemparse.errors import CallError
from telemparse.model.gates import Gate, GateKind

__all__ = ["given_gate"]

_SOURCE = "user_defined"
_NUMBERS = 4
_FORMS = "a Gate, ((lat1, lon1), (lat2, lon2)), a GeoJSON LineString or its file, or 'lat1,lon1,lat2,lon2'"


def given_gate(value: Any) -> Gate:
    """Return the start/finish line that a value means, with `source` `user_defined`.

    Args:
        value: a `Gate`; two points, (latitude, longitude) each, degrees; a GeoJSON LineString, Feature or
            FeatureCollection with one start/finish line, as an object, as text or as the path of a file; or
            a word of four numbers, `lat1,lon1,lat2,lon2`.

    Raises CallError for anything else, saying what is wrong.
    """
    if isinstance(value, Gate):
        if (value.lat1_deg, value.lon1_deg) == (value.lat2_deg, value.lon2_deg):
            raise CallError(f"both ends of the gate {value.name!r} are the same place")
        return attrs.evolve(value, kind=GateKind.START_FINISH, source=_SOURCE)
    if isinstance(value, dict):
        return _of_document(value)
    if isinstance(value, str):
        return _of_words(value)
    if isinstance(value, os.PathLike):
        return _of_document(json_file(Path(value)))
    return _between(value)


def _of_words(words: str) -> Gate:
    if words.lstrip().startswith("{"):
        return _of_document(json_text(words))
    parts = words.split(",")
    if len(parts) == _NUMBERS:
        return _between((parts[:2], parts[2:]))
    if not Path(words).suffix:
        raise CallError(f"a gate is {_FORMS}, not {words[:80]!r}")
    return _of_document(json_file(Path(words)))


def _of_document(document: Any) -> Gate:
    gates = [gate_of(feature, _SOURCE) for feature in features_in(document)]
    gates = [gate for gate in gates if gate.kind is GateKind.START_FINISH]
    if len(gates) != 1:
        raise CallError(f"expected one start/finish line, found {len(gates)}")
    return gates[0]


def _between(points: Any) -> Gate:
    try:
        (lat1, lon1), (lat2, lon2) = ((float(lat), float(lon)) for lat, lon in points)
    except (TypeError, ValueError) as error:
        raise CallError(f"a gate is {_FORMS}") from error
    return checked_gate(ends=((lat1, lon1), (lat2, lon2)), source=_SOURCE)
