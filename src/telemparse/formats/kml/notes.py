"""What a KML document says outside its lists: tracks, arrays, placemarks, lines, names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.kml.leaves import SPEED_MPS
from telemparse.formats.kml.lists import Values
from telemparse.formats.kml.outline import OUTLINE
from telemparse.formats.kml.placemarks import Placemark
from telemparse.formats.kml.tracks import Container, Source, Track
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from telemparse.extension.protocol import Message
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Path
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["Notes"]

_NAMES = 1000
_CHARACTERS = 200
_PLACES = 3
_POINT_PIECES = 64  # of a text that should be one position
_SEGMENTS = 1 << 16  # more than are asked for at once


@attrs.define
class Notes:
    """Listens to everything but times, positions and values of tracks.

    Args:
        where: tells the offset of the tag that is being read.

    Attributes:
        points: points of placemarks with a time stamp, as one track.
        spans: likewise those with a time span, at its begin.
        lines: line strings, each a track.
        orphans: names of arrays that belong to no track, or to one that has too many.
        source: what the track was made of.
    """

    where: Callable[[], int] = int
    points: Track = attrs.field(factory=Track)
    spans: Track = attrs.field(factory=Track)
    lines: list[Track] = attrs.field(factory=list)
    facts: dict[str, str] = attrs.field(factory=dict)
    orphans: list[str] = attrs.field(factory=list)
    orphan_count: int = 0
    waypoints: int = 0
    links: int = 0
    source: Source = Source.NOTHING
    _names: list[str] = attrs.field(factory=list)
    _containers: dict[int, Container] = attrs.field(factory=dict)
    _opened: int = 0
    _track: Track | None = None
    _promised: Track | None = None  # by arrays that stand before it
    _is_open: bool = False  # a placemark
    _placemark: Placemark = attrs.field(factory=Placemark)
    _coordinates_at: int = 0
    _first_line: int = 0
    _left_out: set[str] = attrs.field(factory=set)  # names of data
    _line_spans: list[dict[str, Any]] = attrs.field(factory=list)
    _line_mode: str | None = None
    _field: str = ""  # of the schema
    _speed_unit: str = ""
    _segments: dict[int, str | None] = attrs.field(factory=dict)
    _unpaired: list[str] = attrs.field(factory=list)
    _unpaired_count: int = 0
    _text: list[str] = attrs.field(factory=list)

    def opened(self, path: Path, attributes: dict[str, str]) -> None:
        """Begin placemarks, tracks and arrays."""
        name = path[-1]
        if name == "Placemark":
            self._placemark, self._track, self._first_line = Placemark(), None, len(self.lines)
            self._is_open = True
        elif name == "NetworkLink":
            self.links += 1
        elif name == "LineString":
            self._line_mode = None
        elif name == "SimpleArrayField":
            self._field = attributes.get("name", "")
        elif name == "coordinates":
            self._text.clear()
            self._coordinates_at = self.where()
        else:
            self._placemark.opened(path, attributes)
        if name in ("Track", "SimpleArrayData") and OUTLINE.way(path) in OUTLINE.homes:
            self._opened += 1
            if name == "Track":
                # Arrays of the placemark may stand in front of it.
                self._track, self._promised = self._promised or Track(), None
                self._track.name = self._placemark.name
                self._track.altitude_mode = self._placemark.tracks_mode
                self._containers[self._opened] = Container(self._track)
            else:
                self._containers[self._opened] = self._array(attributes.get("name", "value"))

    def _array(self, written: str) -> Container:
        name = written.strip().lstrip("#@") or "value"
        name = SPEED_MPS if name == "speed" and self._speed_unit == "(m/s)" else name
        if self._track is None and self._promised is None and self._is_open:
            self._promised = Track()
        track = self._track or self._promised
        if track is None or not track.takes(name):
            self.orphan([name])
            return Container(None)
        track.arrays.setdefault(name, Values())
        return Container(track, name)

    def heard(self, path: Path, text: str) -> None:
        """Gather coordinates of lines and points."""
        is_point = path[-2:-1] == ("Point",)
        if path[-2:-1] == ("LineString",) or (is_point and len(self._text) < _POINT_PIECES):
            self._text.append(text)

    def closed(self, path: Path, text: str) -> None:
        """Keep the names that matter, and what ends."""
        below = path[-2:]
        if below == ("Track", "altitudeMode") and self._track is not None:
            self._track.altitude_mode = text[:_CHARACTERS]
        elif below == ("Point", "coordinates"):
            self._placemark.placed("".join(self._text), self._coordinates_at)
            self._text.clear()
        elif below == ("MultiTrack", "altitudeMode"):
            self._placemark.tracks_mode = text[:_CHARACTERS]
        elif below == ("LineString", "altitudeMode"):
            self._line_mode = text[:_CHARACTERS]
        elif below == ("LineString", "coordinates"):
            line = Track(name=self._placemark.name, altitude_mode=self._line_mode)
            line.add_line("".join(self._text), self._coordinates_at)
            self.lines.append(line)
            self._text.clear()
        elif below == ("SimpleArrayField", "displayName"):
            # The word for speed is in the language of the telephone, the unit in brackets is not.
            self._speed_unit = text[-5:] if self._field == "speed" else self._speed_unit
        elif path[-1] == "Placemark":
            self._finish_placemark(self._placemark)
        elif len(path) == 3 and below == ("Document", "name") and text:  # noqa: PLR2004  (kml/Document/name)
            self.facts.setdefault("name", text[:_CHARACTERS])
        else:
            self._placemark.closed(path, text)
            if below == ("Placemark", "name") and len(self._names) < _NAMES and text:
                self._names.append(text[:_CHARACTERS])

    def _finish_placemark(self, placemark: Placemark) -> None:
        if self._promised is not None:
            self.orphan(self._promised.arrays)
        self._promised, self._is_open = None, False
        if (placemark.begin or placemark.end) and len(self.lines) > self._first_line:
            span = {"begin": placemark.begin, "end": placemark.end}
            known = range(self._first_line, len(self.lines))
            self._line_spans += [{"line": line, **span} for line in known][: _NAMES - len(self._line_spans)]
        when = placemark.when or placemark.begin
        if placemark.point is not None and when:
            track = self.points if placemark.when else self.spans
            homeless = [*placemark.skipped, *track.add_point(when, placemark)]
            room = _NAMES - len(self._left_out)
            fresh = list(dict.fromkeys(name for name in homeless if name not in self._left_out))[:room]
            self._left_out.update(fresh)
            self.orphan(fresh)
        elif placemark.point is not None:
            self.waypoints += 1

    def orphan(self, names: Iterable[str]) -> None:
        """Note names of values that no track can take."""
        for name in names:
            self.orphan_count += 1
            if len(self.orphans) < _NAMES:
                self.orphans.append(name[:_CHARACTERS])

    def spans_enough(self) -> bool:
        """Tell whether points with time spans are a track rather than some places beside lines."""
        return 2 * self.spans.count >= sum(line.count for line in self.lines)

    def container(self, number: int) -> Container:
        """Return where the rows of the container with this running number, from 1, go."""
        return self._containers.get(number, Container(None))

    def forget(self, number: int) -> None:
        """Let go of the containers before this one: their rows have come."""
        for known in [known for known in self._containers if known < number]:
            del self._containers[known]

    def begin(self, segment: int, track: Track) -> None:
        """Note that the segment with this running number is a track."""
        self._segments[segment] = track.name
        self._segments.pop(segment - _SEGMENTS, None)
        if (lists := track.unpaired()) is not None:
            self._unpaired_count += 1
            if len(self._unpaired) < _PLACES:
                self._unpaired.append(lists)

    def breaks(self, block: Block, changed: list[int], _marks: Mask) -> list[tuple[int, dict[str, Any]]]:
        """Return the rows with which a track or line begins, and which one it is."""
        numbers = [(row, int(block.containers[row])) for row in changed]
        return [(row, {"track": number, "name": self._segments.get(number)}) for row, number in numbers]

    def facts_found(self) -> Iterator[Meta]:
        """Yield the facts as metadata."""
        for key, value in self.facts.items():
            yield Meta(key, value)
        yield Meta("track_names", [name for name in self._segments.values() if name][:_NAMES])
        if self._names:
            yield Meta("placemark_names", self._names)
        read = self.source
        for key, count, used in (
            ("waypoints", self.waypoints, False),
            ("timed_places", self.points.count, read is Source.POINTS),
            ("places_with_time_spans", self.spans.count, read is Source.SPANS),
            ("lines", len(self.lines), read is Source.LINES),
            ("network_links", self.links, False),
        ):
            if count and not used:
                yield Meta(key, {"count": count})
        if self._line_spans:
            yield Meta("line_spans", self._line_spans)
        yield Meta("track_source", read.value)

    def conclusion(self, artifact: Artifact, _suffix: str, _options: ParseOptions) -> Iterator[Message]:
        """Yield what did not fit together."""
        place = Locus(artifact.name)
        if self._unpaired_count:
            lists = "; ".join(self._unpaired)
            yield Issue("KML_UNPAIRED", place, count=self._unpaired_count, lists=lists)
        if self.orphan_count:
            names = ", ".join(self.orphans[:_PLACES])
            yield Issue("CHANNELS_SKIPPED", place, count=self.orphan_count, channels=names)

    def trackless(self, artifact: Artifact) -> Issue:
        """Say that there are only places."""
        return Issue(
            "KML_NO_TRACK",
            Locus(artifact.name),
            artifact=artifact.name,
            waypoints=self.waypoints,
            links=self.links,
        )
