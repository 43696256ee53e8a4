"""One placemark of a KML document while it is read: its time, its place, and its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.kernels.xml_outline import Path

__all__ = ["Placemark"]

_CHARACTERS = 200
_DATA = 128
# ExtendedData of KML 2.2: free pairs, and pairs whose names a schema declares.
_PAIRS = {("Data", "value"), ("SchemaData", "SimpleData")}


@attrs.define
class Placemark:
    """What was read of a placemark so far.

    Attributes:
        name: its title.
        when: its TimeStamp.
        begin, end: of its TimeSpan.
        point: its position as written, None without one, or with several.
        point_at: offset of that in the document.
        altitude_mode: of its point.
        tracks_mode: of all tracks of its MultiTrack that say none themselves.
        data: its ExtendedData as texts, by name; the first 128.
        skipped: names of further data, as many again.
    """

    name: str | None = None
    when: str | None = None
    begin: str | None = None
    end: str | None = None
    altitude_mode: str | None = None
    tracks_mode: str | None = None
    point_at: int = 0
    data: dict[str, str] = attrs.field(factory=dict)
    skipped: list[str] = attrs.field(factory=list)
    _points: list[str] = attrs.field(factory=list)
    _pair: str | None = None

    @property
    def point(self) -> str | None:
        """The position; of several in a MultiGeometry none is where something was at a time."""
        return self._points[0] if len(self._points) == 1 else None

    def opened(self, path: Path, attributes: Mapping[str, str]) -> None:
        """An element begins within."""
        if path[-2:] == ("ExtendedData", "Data") or path[-2:] == ("SchemaData", "SimpleData"):
            self._pair = attributes.get("name", "").strip()[:_CHARACTERS]

    def placed(self, text: str, offset: int) -> None:
        """Take the coordinates of a point."""
        if len(self._points) < 2:  # noqa: PLR2004  (one, or more than one)
            self._points.append(text.strip()[:_CHARACTERS])
            self.point_at = offset

    def closed(self, path: Path, text: str) -> None:
        """An element ends within."""
        below, short = path[-2:], text[:_CHARACTERS]
        if below == ("Placemark", "name"):
            self.name = short or None
        elif path[-3:] == ("Placemark", "TimeStamp", "when"):
            self.when = text
        elif path[-3:] == ("Placemark", "TimeSpan", "begin"):
            self.begin = short
        elif path[-3:] == ("Placemark", "TimeSpan", "end"):
            self.end = short
        elif below == ("Point", "altitudeMode"):
            self.altitude_mode = short
        elif below in _PAIRS and self._pair:
            if self._pair in self.data or len(self.data) < _DATA:
                self.data.setdefault(self._pair, text)
            elif len(self.skipped) < _DATA:
                self.skipped.append(self._pair)
            self._pair = None
