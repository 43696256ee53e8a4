"""The track catalogue: tracks as plain GeoJSON files, and those that plugins bring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telemparse.analysis.geojson_gates import feature_of, features_in, gate_of, json_file, text_in
from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.model.gates import GateKind, Track

if TYPE_CHECKING:
    import os

__all__ = ["load_tracks", "read_tracks", "to_geojson", "write_track"]

_SOURCE = "catalogue_default"
_SUFFIX = ".geojson"
_MOST_FILES = 10_000


def load_tracks(*places: str | os.PathLike[str]) -> tuple[Track, ...]:
    """Return the tracks in files and folders, in the order given, and behind them those of plugins."""
    read = [track for place in places for track in read_tracks(place)]
    return (*read, *Catalog.shared().tracks)


def read_tracks(place: str | os.PathLike[str]) -> tuple[Track, ...]:
    """Return the track in a GeoJSON file, or those in all `*.geojson` files of a folder, by name.

    A file is one track: a FeatureCollection whose members `name` and `reference` name it (the file's name
    does where there is no `name`), with a LineString of two places for each gate. Its properties are `kind`
    (`start_finish`, `sector`, `pit_in` or `pit_out`), `name`, `course_deg`, and `order` of sector gates.

    Raises CallError for what cannot be read, naming the file and the feature, counted from 1.
    """
    place = Path(place)
    if not place.is_dir():
        return (_track(place),)
    files = sorted(file for file in place.iterdir() if file.suffix.lower() == _SUFFIX and file.is_file())
    if len(files) > _MOST_FILES:
        raise CallError(f"{place.name} has {len(files)} tracks, more than {_MOST_FILES}")
    return tuple(_track(file) for file in files)


def _track(file: Path) -> Track:
    document = json_file(file)
    try:
        return _track_of(document, file.stem)
    except CallError as error:
        raise CallError(f"{file.name}: {error}") from error


def _track_of(document: Any, stem: str) -> Track:
    features = features_in(document)
    gates, sectors = [], []
    for number, feature in enumerate(features, start=1):
        try:
            gate = gate_of(feature, _SOURCE)
            order = _order(feature, number)
        except CallError as error:
            raise CallError(f"feature {number}: {error}") from error
        if gate.kind is GateKind.SECTOR:
            sectors.append((order, number, gate))
        else:
            gates.append(gate)
    if not any(gate.kind is GateKind.START_FINISH for gate in gates):
        raise CallError("a track needs a start/finish line")
    in_order = [gate for _order, _number, gate in sorted(sectors, key=lambda row: row[:2])]
    return Track(text_in(document, "name") or stem, gates, in_order, text_in(document, "reference"))


def _order(feature: Any, number: int) -> int:
    order = (feature.get("properties") or {}).get("order", number)
    if isinstance(order, bool) or not isinstance(order, int):
        raise CallError("order must be a whole number")
    return order


def to_geojson(track: Track) -> dict[str, Any]:
    """Return a track as a GeoJSON FeatureCollection: what `read_tracks` reads, number for number.

    Only where its gates come from and their raw words are not kept.
    """
    return {
        "type": "FeatureCollection",
        "name": track.name,
        "reference": track.reference,
        "features": [
            *(feature_of(gate) for gate in track.gates),
            *(feature_of(gate, order) for order, gate in enumerate(track.sectors, start=1)),
        ],
    }


def write_track(track: Track, place: str | os.PathLike[str]) -> Path:
    """Write a track to a GeoJSON file and return its path; a folder gets a file named after the track.

    Raises CallError for a place that cannot be written to.
    """
    place = Path(place)
    if place.is_dir():
        place /= _file_name(track.name)
    text = json.dumps(to_geojson(track), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        place.write_bytes(f"{text}\n".encode())
    except (OSError, UnicodeEncodeError) as error:
        raise CallError(f"{place.name}: {error}") from error
    return place


def _file_name(name: str) -> str:
    letters = "".join(letter.lower() if letter.isalnum() else "-" for letter in name)
    return f"{'-'.join(filter(None, letters.split('-')))[:80] or 'track'}{_SUFFIX}"
