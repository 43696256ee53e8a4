"""The LDX beside a log: an XML document of i2 with beacons and details, read without trust.

No document of a device was at hand: elements are as public writers and readers of LDX have them (for
one, Friss/i3rs). `LDXFile/Layers/Layer/MarkerBlock/MarkerGroup/Marker` has a time in microseconds since the
start of the log, a name and a class (`BCN` a beacon of the line, `SPLTBCN` of a split); `Details` holds pairs
of Id and Value.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING
from xml.parsers import expat

import attrs
import numpy as np

from telemparse.kernels.xml_text import XmlText
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta
from telemparse.model.skips import Skips
from telemparse.schemas import DeviceLap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.artifacts import Artifact

__all__ = ["Ldx", "Marker"]

_PIECE_BYTES = 1 << 16
_TOKEN_BYTES = 1 << 20
_DEPTH = 64
_MOST_MARKERS = 100_000
_MOST_DETAILS = 500
_TEXT = 500
_NS_PER_US = 1000
_LONGEST_US = 1e13  # four months
_LINE, _SPLIT = frozenset({"BCN"}), frozenset({"SPLTBCN", "SBCN"})
# Names of people are not taken out of a recording.
_PERSONS = frozenset({"driver", "engineer"})


@attrs.frozen
class Marker:
    """One marker: ns since the start of the log, its event type, name, class and group."""

    since_ns: int
    event_type: str
    name: str
    class_name: str
    group: str

    @property
    def metadata_json(self) -> str:
        """What the marker says of itself."""
        facts = {"name": self.name, "class": self.class_name, "group": self.group}
        return json.dumps({key: value for key, value in facts.items() if value})


class _UnsafeError(Exception):
    """The document declares entities."""


class _LimitError(Exception):
    """The document goes beyond what any recording needs."""


@attrs.define
class Ldx:
    """One LDX document.

    Attributes:
        markers: in order of time.
        details: texts by Id.
        persons: Ids of details that name people and are left out.
    """

    artifact: Artifact
    markers: list[Marker] = attrs.field(factory=list)
    details: dict[str, str] = attrs.field(factory=dict)
    persons: list[str] = attrs.field(factory=list)
    _group: str = ""
    _path: list[str] = attrs.field(factory=list)
    _odd: Skips = attrs.field(factory=lambda: Skips("MOTEC_LD_MARKERS_LEFT_OUT"))
    _more: int = 0
    _first: int = 0
    _parser: expat.XMLParserType | None = None

    def read(self) -> Iterator[Issue]:
        """Read the document; yield what is wrong with it. What stands before damage is kept."""
        name = self.artifact.name
        text = XmlText.of(self.artifact.open)
        self._first = text.first
        parser = self._parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._closed
        parser.EntityDeclHandler = _refused
        parser.SkippedEntityHandler = _refused
        offset = text.first
        try:
            for piece in text.pieces(_PIECE_BYTES):
                parser.Parse(piece, False)  # noqa: FBT003  (expat takes it by place)
                offset += len(piece)
                _watch(offset - text.first - parser.CurrentByteIndex)
            parser.Parse(b"", True)  # noqa: FBT003  (likewise)
        except _UnsafeError:
            yield Issue("XML_UNSAFE", self._place(text, parser.CurrentByteIndex), what="entities")
        except _LimitError as error:
            place = self._place(text, parser.CurrentByteIndex)
            yield Issue("XML_MALFORMED", place, line=place.line, error=str(error))
        except expat.ExpatError as error:
            place = self._place(text, parser.ErrorByteIndex)
            if place.offset == text.file_offset(offset):
                yield Issue("ARTIFACT_TRUNCATED", place, artifact=name, offset=place.offset)
            else:
                words = expat.ErrorString(error.code)
                yield Issue("XML_MALFORMED", place, line=place.line, error=words)
        finally:
            self._parser = None  # they know each other
        self.markers.sort(key=lambda marker: marker.since_ns)
        yield from self._odd.issues(artifact=name)
        if self._more:
            total = self._more + len(self.markers)
            yield Issue("ROWS_SKIPPED", Locus(name), count=self._more, total=total, reason="markers")

    def facts(self, suffix: str) -> Iterator[Meta]:
        """Yield its details; of persons only that they are left out."""
        if self.details:
            yield Meta(f"ldx{suffix}", dict(self.details))
        if self.persons:
            yield Meta(f"ldx_details_of_persons_left_out{suffix}", list(self.persons))

    def laps(self, start_ns: int) -> tuple[DeviceLap, ...]:
        """Return the laps between beacons of the line; the ways before and behind them are none."""
        times = [marker.since_ns for marker in self.markers if marker.event_type == "lap_beacon"]
        lines = np.unique(np.array(times, np.int64))
        return tuple(
            DeviceLap(duration_ns=end - begin, t_start_ns=start_ns + begin, t_end_ns=start_ns + end)
            for begin, end in zip(lines[:-1].tolist(), lines[1:].tolist(), strict=True)
        )

    def _place(self, text: XmlText, index: int) -> Locus:
        """Return where in the file a byte is that expat has come to."""
        offset = text.first + max(index, 0)
        return Locus(self.artifact.name, offset=text.file_offset(offset), line=text.line_of(offset))

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= _DEPTH:
            raise _LimitError(f"elements nest deeper than {_DEPTH}")
        self._path.append(name)
        if name == "MarkerGroup":
            self._group = attributes.get("Name", "")[:_TEXT]
        elif name == "Marker":
            self._mark(attributes)
        elif "Details" in self._path and "Id" in attributes and "Value" in attributes:
            key, value = attributes["Id"][:_TEXT], attributes["Value"][:_TEXT]
            if key.lower() in _PERSONS:
                self.persons.append(key)
            elif value and len(self.details) < _MOST_DETAILS:
                self.details.setdefault(key, value)

    def _closed(self, name: str) -> None:
        self._path.pop()
        if name == "MarkerGroup":
            self._group = ""

    def _mark(self, attributes: dict[str, str]) -> None:
        since_us = _number(attributes.get("Time", ""))
        if since_us is None or not 0 <= since_us <= _LONGEST_US:
            index = self._parser.CurrentByteIndex if self._parser is not None else 0
            self._odd.add(Locus(self.artifact.name, offset=self._first + max(index, 0)))
            return
        if len(self.markers) >= _MOST_MARKERS:
            self._more += 1
            return
        class_name = attributes.get("ClassName", "")[:_TEXT]
        is_line = class_name in _LINE or (not class_name and self._group == "Beacons")
        kind = "lap_beacon" if is_line else "sector_beacon" if class_name in _SPLIT else "marker"
        since_ns = round(since_us * _NS_PER_US)
        self.markers.append(
            Marker(since_ns, kind, attributes.get("Name", "")[:_TEXT], class_name, self._group)
        )


def _number(text: str) -> float | None:
    try:
        value = float(text) if len(text) <= 64 and text.isascii() else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _watch(waiting_bytes: int) -> None:
    if waiting_bytes > _TOKEN_BYTES:
        raise _LimitError(f"no tag within {_TOKEN_BYTES} bytes")


def _refused(*_event: object) -> None:
    raise _UnsafeError
