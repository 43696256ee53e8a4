"""What a GPX document says outside its track points: tracks and segments, waypoints, routes, who wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.kernels.xml_outline import Outline
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Path
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["OUTLINE", "Notes", "Segment"]

OUTLINE = Outline("gpx", ("trk", "trkseg"), "trkpt", frozenset({"extensions"}))

_NAMES = 1000
_SEGMENTS = 1 << 18  # more than one buffer can hold; older ones have been asked for by then

# Receivers that sign as `creator` themselves; services and converters say nothing about the device.
_DEVICES = {
    "Garmin": re.compile(
        r"(eTrex|Edge|GPSMAP|Oregon|Dakota|Montana|Forerunner|fenix|Rino|Colorado)\b.*", re.IGNORECASE
    ),
}

_PLAIN = {
    ("gpx", "metadata", "name"): "name",
    ("gpx", "metadata", "desc"): "description",
    ("gpx", "metadata", "keywords"): "keywords",
    ("gpx", "metadata", "author", "name"): "author",
    ("gpx", "metadata", "time"): "header_time",
    ("gpx", "name"): "name",
    ("gpx", "desc"): "description",
    ("gpx", "author"): "author",
    ("gpx", "keywords"): "keywords",
    ("gpx", "time"): "header_time",
}


@attrs.frozen
class Segment:
    """Where a segment stands.

    Args:
        track: index of its track, from 0.
        segment: index within the track, from 0.
        name: of the track, when it was named before its points.
    """

    track: int
    segment: int
    name: str | None


@attrs.define
class Notes:
    """Listens to everything but track points."""

    facts: dict[str, str] = attrs.field(factory=dict)
    counts: dict[str, int] = attrs.field(factory=lambda: {"trk": 0, "wpt": 0, "rte": 0, "rtept": 0})
    names: dict[str, list[str]] = attrs.field(factory=lambda: {"trk": [], "wpt": [], "rte": []})
    _segments: dict[int, Segment] = attrs.field(factory=dict)
    _opened: int = 0
    _segment: int = -1
    _track_name: str | None = None

    def opened(self, path: Path, attributes: dict[str, str]) -> None:
        """Count tracks, routes and waypoints, and keep what the root says."""
        name = path[-1]
        if len(path) == 1:
            self.facts |= {
                f"root {key}": value for key, value in attributes.items() if key in ("creator", "version")
            }
        elif path == OUTLINE.home:
            self._opened += 1
            self._segment += 1
            self._segments[self._opened] = Segment(self.counts["trk"] - 1, self._segment, self._track_name)
            self._segments.pop(self._opened - _SEGMENTS, None)
        elif name in self.counts and path[:-1] in {("gpx",), ("gpx", "rte")}:
            self.counts[name] += 1
            if name == "trk":
                self._segment, self._track_name = -1, None

    def closed(self, path: Path, text: str) -> None:
        """Keep the names that matter."""
        if not text:
            return
        if path in _PLAIN:
            self.facts.setdefault(_PLAIN[path], text)
        elif len(path) == 3 and path[2] == "name" and path[1] in self.names:  # noqa: PLR2004  (gpx/trk/name)
            if path[1] == "trk":
                self._track_name = text
            if len(self.names[path[1]]) < _NAMES:
                self.names[path[1]].append(text)

    def segment(self, number: int) -> Segment:
        """Return the segment with this running number, from 1."""
        return self._segments.get(number, Segment(-1, -1, None))

    def breaks(self, block: Block, changed: list[int], _marks: Mask) -> list[tuple[int, dict[str, Any]]]:
        """Return the rows with which a segment begins, and which segment it is."""
        return [(row, attrs.asdict(self.segment(int(block.containers[row])))) for row in changed]

    def facts_found(self) -> Iterator[Meta]:
        """Yield the facts as metadata."""
        creator = self.facts.get("root creator")
        for key, value in (("creator", creator), ("gpx_version", self.facts.get("root version"))):
            if value:
                yield Meta(key, value)
        for family, pattern in _DEVICES.items():
            if creator and pattern.fullmatch(creator):
                yield Meta("device_family", family)
                yield Meta("device_model", creator)
        for key in dict.fromkeys(_PLAIN.values()):
            if key in self.facts:
                yield Meta(key, self.facts[key])
        yield Meta("track_names", list(self.names["trk"]))
        for key, name in (("waypoints", "wpt"), ("routes", "rte")):
            if self.counts[name]:
                yield Meta(key, {"count": self.counts[name], "names": list(self.names[name])})

    def conclusion(self, _artifact: Artifact, _suffix: str, _options: ParseOptions) -> Iterator[Message]:
        """Yield nothing: a GPX document holds no other streams."""
        yield from ()

    def trackless(self, artifact: Artifact) -> Issue:
        """Say that there are only routes and waypoints."""
        return Issue(
            "GPX_NO_TRACK",
            Locus(artifact.name),
            artifact=artifact.name,
            routes=self.counts["rtept"],
            waypoints=self.counts["wpt"],
        )
