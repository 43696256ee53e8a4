"""GeoJSON features as records: points with a time, and lines whose times stand beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GEOMETRIES", "is_geojson", "records_of"]

GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString")
_TYPES = ("FeatureCollection", "Feature", *GEOMETRIES, "Polygon", "MultiPolygon", "GeometryCollection")
# Where converters of GPX and KML put times: `coordTimes` (togeojson of old), `times` (togeojson since 5.0,
# in `coordinateProperties`).
_TIMES = ("times", "coordTimes", "timestamps", "time")
# RFC 7946, section 3.1.1: longitude, latitude, and perhaps the height above the ellipsoid in metres.
_AXES = ("longitude", "latitude", "altitude (m)")


def is_geojson(value: dict[str, Any]) -> bool:
    """Tell whether an object is GeoJSON: a type of RFC 7946 with the member that it must have."""
    kind = value.get("type")
    if kind not in _TYPES:
        return False
    member = {"FeatureCollection": "features", "Feature": "geometry", "GeometryCollection": "geometries"}
    return member.get(str(kind), "coordinates") in value


def records_of(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the positions of a GeoJSON object as flat records."""
    kind = value.get("type")
    if kind == "FeatureCollection":
        features = value["features"]
        for feature in features if isinstance(features, list) else ():
            if isinstance(feature, dict) and feature.get("type") == "Feature":
                yield from _feature(feature)
    elif kind == "Feature":
        yield from _feature(value)
    elif kind in GEOMETRIES:
        yield from _geometry(value, {})


def _feature(feature: dict[str, Any]) -> Iterator[dict[str, Any]]:
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if isinstance(geometry, dict) and geometry.get("type") in GEOMETRIES:
        yield from _geometry(geometry, properties if isinstance(properties, dict) else {})


def _geometry(geometry: dict[str, Any], properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    places, kind = geometry.get("coordinates"), geometry["type"]
    if kind == "Point":
        yield {**_scalars(properties), **_axes(places)}
        return
    beside = properties.get("coordinateProperties")
    listed = {**properties, **(beside if isinstance(beside, dict) else {})}
    lines = places if isinstance(places, list) else []
    if kind != "MultiLineString":
        yield from _line(lines, listed)
        return
    beside = _by_line(listed)
    nothing: dict[str, list[Any]] = {}
    for line in lines:
        parts = next(beside, nothing)
        if isinstance(line, list):
            yield from _line(line, parts)


def _by_line(listed: dict[str, Any]) -> Iterator[dict[str, list[Any]]]:
    """Yield the lists of each line, as far as any goes; those that end early cost no more than they hold."""
    going = [(key, part) for key, part in listed.items() if isinstance(part, list)]
    going.sort(key=lambda each: len(each[1]), reverse=True)
    number = 0
    while True:
        while going and len(going[-1][1]) <= number:
            going.pop()
        if not going:
            return
        yield {key: part[number] for key, part in going if isinstance(part[number], list)}
        number += 1


def _line(places: list[Any], listed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    beside = {
        "time" if key in _TIMES else key: part
        for key, part in listed.items()
        if isinstance(part, list) and len(part) == len(places)
    }
    for number, place in enumerate(places):
        yield {**_scalars({key: part[number] for key, part in beside.items()}), **_axes(place)}


def _axes(place: Any) -> dict[str, Any]:
    if not isinstance(place, list):
        return {}
    return _scalars(dict(zip(_AXES, place, strict=False)))


def _scalars(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if not isinstance(value, list | dict)}
