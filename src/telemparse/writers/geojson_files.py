"""GeoJSON: one FeatureCollection a recording, its GNSS streams as lines with the time of each point.

RFC 7946. Per GNSS stream one feature: a LineString, or a MultiLineString where `segment_break` events
or the antimeridian part the track; points that no neighbour joins make a MultiPoint of their own.
Laps and other events are features without a geometry, gates are lines. Rows are read several times
and written as they are read, so memory does not grow with the recording.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view
from telemparse.model.documents import metadata_from, plain
from telemparse.model.gates import Gate
from telemparse.schemas.checking import to_mask
from telemparse.writers.columns import legible, time_column, time_text
from telemparse.writers.filing import Filed, sliced
from telemparse.writers.layout import GEOJSON_FILE
from telemparse.writers.manifest import document_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.writers.filing import Rows

__all__ = ["compose"]

_HALF_TURN_DEG = 180.0
_TABLES = ("laps", "events")
_COLUMNS = ["t", "lat_deg", "lon_deg", "alt_m"]
_TEXT_ROWS = 16_384


def compose(place: Path, streams: Mapping[str, Rows], result: Mapping[str, Any]) -> dict[str, Filed]:
    """Write the collection to `place`; return the finished file under each stream that is in it.

    Raises CallError when no stream has positions (unless the parse failed: its errors say more).
    """
    lines = [name for name in streams if name.partition(".")[0] == "gnss_pvt"]
    others = [name for name in streams if name.partition(".")[0] in _TABLES]
    if not lines:
        if result["errors"]:
            return {}
        held = ", ".join(streams) or "no stream at all"
        raise CallError(
            f"GeoJSON needs positions, and this recording has no gnss_pvt stream; it holds {held}"
        )
    with place.open("wb") as file:
        _write_features(file, streams, lines, others, result)
    filed = Filed.of(place, GEOJSON_FILE, 0)
    return {name: filed for name in streams if name in {*lines, *others}}


def _write_features(
    file: BinaryIO,
    streams: Mapping[str, Rows],
    lines: Iterable[str],
    others: Iterable[str],
    result: Mapping[str, Any],
) -> None:
    facts = {"source": _source(result), "streams": list(streams)}
    breaks_ns = _breaks(streams.get("events"))
    file.write(b'{"type":"FeatureCollection","features":[')
    collection = _Collection(file)
    for name in lines:
        track = _Track(streams[name], breaks_ns)
        for role, lone in (("track", False), ("points", True)):
            collection.line(
                track, {"role": role, "stream": name, "time_base": track.time_base, **facts}, lone=lone
            )
    for name in others:
        for properties in _samples(name, streams[name]):
            collection.feature(properties, None)
    for gate in metadata_from(result["metadata"].get("gates")) or ():
        if isinstance(gate, Gate):
            collection.feature(*_gate(gate))
    file.write(b"\n]}\n")


def _source(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return who recorded and read it; of the artifacts only names."""
    parts = result["provenance"]["parts"]
    return {
        "parsers": [part["parser_id"] for part in parts],
        "artifacts": [artifact["name"] for part in parts for artifact in part["artifacts"]],
        "device_family": result["device_family"],
        "device_model": result["device_model"],
    }


def _breaks(events: Rows | None) -> Ints:
    """Return the instants where a track is parted, sorted, in ns."""
    found = [np.zeros(0, np.int64)]
    for table in events.tables() if events is not None else ():
        types = table.column("event_type").cast(pa.string())
        found.append(numpy_view(table.filter(pc.equal(types, "segment_break")).column("t")))
    return np.sort(np.concatenate(found))


def _samples(name: str, rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield laps, and events other than breaks, as properties."""
    role = name.partition(".")[0].removesuffix("s")
    for table in sliced(rows.tables(), _TEXT_ROWS):
        lists = [field.name for field in table.schema if pa.types.is_list(field.type)]
        for row in legible(table).to_pylist():
            if row.get("event_type") == "segment_break":
                continue
            for column in lists:
                row[column] = json.loads(row[column] or "null")
            yield {"role": role, "stream": name, **plain(row)}


def _gate(gate: Gate) -> tuple[dict[str, Any], dict[str, Any]]:
    ends = [[gate.lon1_deg, gate.lat1_deg], [gate.lon2_deg, gate.lat2_deg]]
    properties = {
        "role": "gate",
        "kind": gate.kind.value,
        "name": gate.name,
        "source": gate.source,
        "course_deg": gate.course_deg,
    }
    return properties, {"type": "LineString", "coordinates": ends}


@attrs.define
class _Collection:
    """The features of the collection, written one by one."""

    file: BinaryIO
    _any: bool = False

    def _begin(self) -> None:
        self.file.write(b",\n" if self._any else b"\n")
        self._any = True

    def feature(self, properties: Mapping[str, Any], geometry: Mapping[str, Any] | None) -> None:
        """Write a small feature."""
        self._begin()
        feature = {"type": "Feature", "geometry": geometry, "properties": properties}
        self.file.write(document_text(feature).encode())

    def line(self, track: _Track, properties: Mapping[str, Any], *, lone: bool) -> None:
        """Write the joined points of a track as a line, or its lone points, with their times."""
        parts = track.count(lone=lone)
        if not parts:
            return
        nested = parts > 1 and not lone
        shape = "MultiPoint" if lone else "MultiLineString" if nested else "LineString"
        times = "coordTimes" if track.time_base == "utc" else time_column("t", track.time_base)
        self._begin()
        self.file.write(b'{"type":"Feature","geometry":{"type":"%s","coordinates":[' % shape.encode())
        self._sequence(track.pieces(lone=lone), _positions, nested=nested)
        head = document_text(properties).removesuffix("}")
        self.file.write(f']}},"properties":{head},"{times}":['.encode())
        self._sequence(track.pieces(lone=lone), _instants, nested=nested)
        self.file.write(b"]}}")

    def _sequence(
        self, pieces: Iterator[tuple[pa.Table, Mask]], text: Callable[[pa.Table], pa.Array], *, nested: bool
    ) -> None:
        """Write one element a row, in one array or in an array a line."""
        between = "],[" if nested else ","
        skipped = len(between)
        self.file.write(b"[" if nested else b"")
        for table, starts in pieces:
            before = pc.if_else(to_mask(starts), between, ",")
            self.file.write(_run_together(pc.binary_join_element_wise(before, text(table), ""))[skipped:])
            skipped = 0
        self.file.write(b"]" if nested else b"")


@attrs.define
class _Track:
    """The points of one GNSS stream, and where its line is parted."""

    rows: Rows
    breaks_ns: Ints
    time_base: str | None = None

    def __attrs_post_init__(self) -> None:
        metadata = next(self.rows.tables()).schema.metadata or {}
        self.time_base = metadata.get(b"time_base", b"").decode() or None

    def count(self, *, lone: bool) -> int:
        """Return how many lines there are, or how many lone points."""
        return sum(int(starts.sum()) for _table, starts in self.pieces(lone=lone))

    def pieces(self, *, lone: bool) -> Iterator[tuple[pa.Table, Mask]]:
        """Yield the points that belong to lines (or the lone ones), with a mask of where a line begins."""
        for table, starts, alone in self._marked():
            chosen = alone if lone else ~alone
            if chosen.any():
                yield table.filter(to_mask(chosen)).combine_chunks(), starts[chosen]

    def _marked(self) -> Iterator[tuple[pa.Table, Mask, Mask]]:
        """Yield all points, where lines begin, and which lines are a single point.

        The last point of a piece waits for the next piece, for only that tells whether it stands alone.
        """
        held: pa.Table | None = None
        held_starts = np.zeros(0, np.bool_)
        for piece in sliced(self.rows.tables(), _TEXT_ROWS):
            table = piece.select(_COLUMNS)
            starts = self._starts(table, held)
            if held is not None:
                table, starts = pa.concat_tables([held, table]), np.concatenate([held_starts, starts])
            yield table.slice(0, table.num_rows - 1), starts[:-1], starts[:-1] & starts[1:]
            held, held_starts = table.slice(table.num_rows - 1), starts[-1:]
        if held is not None:
            yield held, held_starts, held_starts

    def _starts(self, table: pa.Table, before: pa.Table | None) -> Mask:
        """Return where a row does not go on from the row before it."""
        t_ns, lon_deg = numpy_view(table.column("t")), numpy_view(table.column("lon_deg"))
        seen = np.searchsorted(self.breaks_ns, t_ns, "right")
        starts = np.ones(len(t_ns), np.bool_)
        starts[1:] = (np.diff(seen) > 0) | (np.abs(np.diff(lon_deg)) > _HALF_TURN_DEG)
        if before is not None:
            t_before, lon_before = numpy_view(before.column("t"))[0], numpy_view(before.column("lon_deg"))[0]
            parted = seen[0] > np.searchsorted(self.breaks_ns, t_before, "right")
            starts[0] = parted or abs(lon_deg[0] - lon_before) > _HALF_TURN_DEG
        return starts


def _positions(table: pa.Table) -> pa.Array:
    """Return `[lon,lat,alt]` of each row, without `alt` where it is null."""
    lon, lat, alt = (
        table.column(name).chunk(0).cast(pa.string()) for name in ("lon_deg", "lat_deg", "alt_m")
    )
    inner = pc.binary_join_element_wise(lon, lat, alt, ",", null_handling="skip")
    return pc.binary_join_element_wise("[", inner, "]", "")


def _instants(table: pa.Table) -> pa.Array:
    """Return the time of each row: a JSON string of UTC, or whole ns of another clock."""
    base = (table.schema.metadata or {}).get(b"time_base", b"").decode() or None
    text = time_text(table.column("t"), base).chunk(0).cast(pa.string())
    return pc.binary_join_element_wise('"', text, '"', "") if base == "utc" else text


def _run_together(texts: pa.Array) -> bytes:
    """Return the bytes of all strings without gaps: Arrow keeps them like that."""
    _validity, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)
    return bytes(memoryview(data)[ends[texts.offset] : ends[texts.offset + len(texts)]])
