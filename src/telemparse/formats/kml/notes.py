"""What a KML document says outside its lists: tracks, arrays, placemarks, lines, names."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.kml.lists import Values
from telemparse.formats.kml.tracks import Track
from telemparse.kernels.xml_outline import Outline
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemparse.extension.protocol import Message
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Path
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["OUTLINE", "Container", "Notes", "Source"]

# What may stand around tracks, and says nothing of them.
_AROUND = "Document Folder Placemark MultiTrack MultiGeometry ExtendedData SchemaData"
_UPDATES = "NetworkLinkControl Update Create Change"
# Track is an extension of Google (kml/ext 2.2) that OGC KML 2.3 took over; some forget to declare it.
_GOOGLE = ("http://www.google.com/kml/ext/2.2", "?gx")
_VERSIONS = (
    *(f"http://earth.google.com/kml/{version}" for version in ("2.0", "2.1", "2.2")),
    *(f"http://www.opengis.net/kml/{version}" for version in ("2.2", "2.3")),
)

OUTLINE = Outline(
    "kml",
    ("Track",),
    "coord",
    frozenset({"Metadata"}),
    others=(("Track", "SimpleArrayData"), ("SimpleArrayData",)),
    siblings=frozenset({"when", "angles", "value"}),
    passing=frozenset(f"{_AROUND} {_UPDATES}".split()),
    loose=frozenset({"when", "value", "SimpleArrayData"}),
    kin=frozenset({*_GOOGLE, *_VERSIONS}),
    streamed=frozenset({"coordinates"}),
)
"""KML reference (developers.google.com/kml/documentation/kmlreference, gx:Track); OGC 12-007r2."""

_NAMES = 1000
_CHARACTERS = 200
_ARRAYS = 128  # of one track
_PLACES = 3
_POINT_PIECES = 64  # of a text that should be one position
_SEGMENTS = 1 << 16  # more than are asked for at once


class Source(enum.Enum):
    """What the track of a document is made of: the best that there is."""

    TRACKS = "gx:Track"
    POINTS = "timed points"
    LINES = "lines"
    NOTHING = "nothing"


@attrs.frozen
class Container:
    """Where the rows of a container go.

    Args:
        track: that they belong to; None for an array without one.
        array: name of the array, None for the track itself.
    """

    track: Track | None
    array: str | None = None


@attrs.define
class Notes:
    """Listens to everything but times, positions and values of tracks.

    Args:
        where: tells the offset of the tag that is being read.

    Attributes:
        points: timed points of placemarks, as one track.
        lines: line strings, each a track.
        orphans: names of arrays that belong to no track, or to one that has too many.
        source: what the track was made of.
    """

    where: Callable[[], int] = int
    points: Track = attrs.field(factory=Track)
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
    _placemark: str | None = None
    _when: str | None = None
    _point: str | None = None
    _point_at: int = 0
    _line_mode: str | None = None
    _segments: dict[int, str | None] = attrs.field(factory=dict)
    _unpaired: list[str] = attrs.field(factory=list)
    _unpaired_count: int = 0
    _text: list[str] = attrs.field(factory=list)

    def opened(self, path: Path, attributes: dict[str, str]) -> None:
        """Begin placemarks, tracks and arrays."""
        name = path[-1]
        if name == "Placemark":
            self._placemark = self._when = self._point = self._track = None
        elif name == "NetworkLink":
            self.links += 1
        elif name == "LineString":
            self._line_mode = None
        elif name == "coordinates":
            self._text.clear()
            self._point_at = self.where()
        if name in ("Track", "SimpleArrayData") and OUTLINE.way(path) in OUTLINE.homes:
            self._opened += 1
            if name == "Track":
                self._track = Track(name=self._placemark)
                self._containers[self._opened] = Container(self._track)
            else:
                self._containers[self._opened] = self._array(attributes.get("name", "value"))

    def _array(self, written: str) -> Container:
        name = written.strip().lstrip("#@") or "value"
        track = self._track
        if track is None or (name not in track.arrays and len(track.arrays) >= _ARRAYS):
            self.orphan_count += 1
            if len(self.orphans) < _NAMES:
                self.orphans.append(name[:_CHARACTERS])
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
        if below == ("Placemark", "name"):
            self._placemark = text[:_CHARACTERS] or None
            if len(self._names) < _NAMES and text:
                self._names.append(text[:_CHARACTERS])
        elif below == ("Track", "altitudeMode") and self._track is not None:
            self._track.altitude_mode = text[:_CHARACTERS]
        elif path[-3:] == ("Placemark", "TimeStamp", "when"):
            self._when = text
        elif path[-3:] == ("Placemark", "Point", "coordinates"):
            self._point = "".join(self._text).strip()[:_CHARACTERS]
            self._text.clear()
        elif below == ("LineString", "altitudeMode"):
            self._line_mode = text[:_CHARACTERS]
        elif below == ("LineString", "coordinates"):
            line = Track(name=self._placemark, altitude_mode=self._line_mode)
            line.add_line("".join(self._text), self._point_at)
            self.lines.append(line)
            self._text.clear()
        elif path[-1] == "Placemark":
            self._finish_placemark()
        elif len(path) == 3 and below == ("Document", "name") and text:  # noqa: PLR2004  (kml/Document/name)
            self.facts.setdefault("name", text[:_CHARACTERS])

    def _finish_placemark(self) -> None:
        if self._point is None:
            return
        if self._when:
            self.points.add_point(self._when, self._point, self._point_at)
        else:
            self.waypoints += 1

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
            ("lines", len(self.lines), read is Source.LINES),
            ("network_links", self.links, False),
        ):
            if count and not used:
                yield Meta(key, {"count": count})
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
