"""Gates as GeoJSON lines (RFC 7946), there and back; errors say in one sentence what is wrong."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from telemparse.errors import CallError
from telemparse.model.gates import Gate, GateKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["checked_gate", "feature_of", "features_in", "gate_of", "json_file", "json_text", "text_in"]

_LARGEST = 16 * 1024 * 1024
_MOST_FEATURES = 10_000
_ENDS = 2
_KINDS = ", ".join(kind.value for kind in GateKind)


def json_file(path: Path) -> Any:
    """Return the document in a file of at most 16 MiB.

    Raises CallError for a file that is not there, too large, not UTF-8 or not JSON.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise CallError(f"{path.name}: {error.strerror or error}") from error
    if len(content) > _LARGEST:
        raise CallError(f"{path.name} is larger than {_LARGEST // 1024**2} MiB")
    try:
        return json_text(content.decode("utf-8-sig"))
    except (CallError, UnicodeDecodeError) as error:
        raise CallError(f"{path.name}: {error}") from error


def json_text(text: str) -> Any:
    """Return the document in a text; raises CallError for what is not JSON, NaN and infinity among it."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise CallError("JSON is nested too deeply") from error
    except ValueError as error:
        raise CallError(f"JSON is broken: {error}") from error


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def features_in(document: Any) -> list[Mapping[str, Any]]:
    """Return the features of a document: those of a collection, or the one that it is.

    A bare geometry counts as a feature without properties. Raises CallError for anything else, and for more
    than 10 000 of them.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        return [document]
    if kind == "LineString":
        return [{"type": "Feature", "geometry": document, "properties": {}}]
    features = document.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list):
        raise CallError("expected a GeoJSON FeatureCollection, Feature or LineString")
    if len(features) > _MOST_FEATURES:
        raise CallError(f"{len(features)} features are more than {_MOST_FEATURES}")
    return features


def gate_of(feature: Any, source: str) -> Gate:
    """Return the gate that a feature is: a LineString of two places, longitude before latitude.

    Its properties may name `kind` (`start_finish` where absent), `name` and `course_deg`.

    Args:
        feature: as decoded from JSON.
        source: of the gate.

    Raises CallError saying what is wrong.
    """
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise CallError("it is no GeoJSON Feature")
    geometry, facts = feature.get("geometry"), feature.get("properties") or {}
    if not isinstance(geometry, dict) or geometry.get("type") != "LineString":
        raise CallError("its geometry is no LineString")
    if not isinstance(facts, dict):
        raise CallError("its properties are no object")
    ends = geometry.get("coordinates")
    if not isinstance(ends, list) or len(ends) != _ENDS:
        raise CallError("a gate is a line of two places")
    (lon1, lat1), (lon2, lat2) = map(_place, ends)
    kind = facts.get("kind", GateKind.START_FINISH.value)
    if not isinstance(kind, str) or kind not in set(GateKind):
        raise CallError(f"kind must be one of {_KINDS}, not {_shown(kind)}")
    course = facts.get("course_deg")
    return checked_gate(
        kind=kind,
        name=text_in(facts, "name"),
        ends=((lat1, lon1), (lat2, lon2)),
        course_deg=None if course is None else _number(course, "course_deg"),
        source=source,
    )


def checked_gate(
    *,
    ends: tuple[tuple[float, float], tuple[float, float]],
    source: str,
    kind: str = GateKind.START_FINISH.value,
    name: str = "",
    course_deg: float | None = None,
) -> Gate:
    """Return the gate between two ends, (latitude, longitude) each; raises CallError for what is none."""
    (lat1, lon1), (lat2, lon2) = ((lat, -180.0 if lon == 180.0 else lon) for lat, lon in ends)  # noqa: PLR2004  (one meridian)
    if (lat1, lon1) == (lat2, lon2):
        raise CallError("both ends of the gate are the same place")
    try:
        return Gate(GateKind(kind), name, lat1, lon1, lat2, lon2, course_deg=course_deg, source=source)
    except ValueError as error:
        raise CallError(str(error)) from error


def text_in(facts: Mapping[str, Any], name: str) -> str:
    """Return the text of a member, empty where it is absent or null; raises CallError for what is no text."""
    value = facts.get(name)
    if value is None:
        return ""
    # A half of a character is a text to JSON, which nobody can write down again.
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise CallError(f"{name} must be a text, not {_shown(value)}")
    return value


def _place(point: Any) -> tuple[float, float]:
    """Return longitude and latitude; a height is no part of a gate."""
    if not isinstance(point, list) or len(point) < _ENDS:
        raise CallError(f"a place is longitude and latitude, not {_shown(point)}")
    return _number(point[0], "longitude"), _number(point[1], "latitude")


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CallError(f"{name} must be a number, not {_shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise CallError(f"{name} is too large")
    return number


def _shown(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= 40 else f"{words[:37]}..."  # noqa: PLR2004  (characters of a message)


def feature_of(gate: Gate, order: int | None = None) -> dict[str, Any]:
    """Return the GeoJSON feature of a gate.

    Args:
        gate: to write.
        order: of a sector gate, from 1.
    """
    facts: dict[str, Any] = {"kind": gate.kind.value, "name": gate.name}
    if gate.course_deg is not None:
        facts["course_deg"] = gate.course_deg
    if order is not None:
        facts["order"] = order
    ends = [[gate.lon1_deg, gate.lat1_deg], [gate.lon2_deg, gate.lat2_deg]]
    geometry = {"type": "LineString", "coordinates": ends}
    return {"type": "Feature", "geometry": geometry, "properties": facts}
