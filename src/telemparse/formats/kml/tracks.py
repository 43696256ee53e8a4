"""A track of a KML document: lists of times, positions and values that belong together one by one."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.formats.kml.leaves import ALT, HEIGHT, LAT, LON, TIME
from telemparse.formats.kml.lists import Values
from telemparse.kernels.arrays import numpy_view, to_arrow, validity
from telemparse.kernels.casts import floats
from telemparse.kernels.texts import blank, only, strings
from telemparse.kernels.xml_blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.kml.placemarks import Placemark
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.xml_outline import Path

__all__ = ["Container", "Source", "Track"]

# Blanks in gx:coord, commas in coordinates; sloppy writers mix them.
_GAP = r"(?:[ \t\r\n]*,[ \t\r\n]*|[ \t\r\n]+)"
_BEFORE, _AFTER, _WORD = r"^[ \t\r\n]*", r"[ ,\t\r\n]*$", r"[^ ,\t\r\n]+"
_COORD = rf"{_BEFORE}(?P<lon>{_WORD}){_GAP}(?P<lat>{_WORD})(?:{_GAP}(?P<alt>{_WORD}))?{_AFTER}"
_ANGLES = rf"{_BEFORE}(?P<heading>{_WORD}){_GAP}(?P<tilt>{_WORD}){_GAP}(?P<roll>{_WORD}){_AFTER}"
_CLAMPED = (None, "", "clampToGround", "clampToSeaFloor")
_COORDS: Path = ("coord",)
_TURNS: Path = ("angles",)
_ROWS = 1 << 14  # of a block
_ARRAYS = 128
_HELD = 1 << 12  # points and data that are gathered before they become lists
_RELATIVE = ("relativeToGround", "relativeToSeaFloor")


class Source(enum.Enum):
    """What the track of a document is made of: the best that there is."""

    TRACKS = "gx:Track"
    POINTS = "timed points"
    SPANS = "points with time spans"
    LINES = "lines"
    NOTHING = "nothing"


@attrs.define
class Track:
    """One gx:Track, one line, or all timed points of a document.

    Args:
        name: of its placemark.
        altitude_mode: as written; None for the default, which is clampToGround.

    Attributes:
        whens, coords, angles: texts, in the order of the document.
        offsets: of each of `coords` in the document.
        arrays: texts of further values, by name.
    """

    name: str | None = None
    altitude_mode: str | None = None
    whens: Values = attrs.field(factory=Values)
    coords: Values = attrs.field(factory=Values)
    angles: Values = attrs.field(factory=Values)
    offsets: Values = attrs.field(factory=lambda: Values(pa.int64()))
    arrays: dict[str, Values] = attrs.field(factory=dict)
    _points: list[tuple[str, Placemark]] = attrs.field(factory=list)
    _held: int = 0

    def takes(self, name: str) -> bool:
        """Tell whether there is room for an array of that name."""
        return name in self.arrays or len(self.arrays) < _ARRAYS

    def add_point(self, when: str, placemark: Placemark) -> list[str]:
        """Add a timed point with its data; return the names of data for which there is no room."""
        if not self.count:
            self.altitude_mode = placemark.altitude_mode
        for name in placemark.data:
            if name not in self.arrays and self.takes(name):
                self.arrays[name] = Values()
                self.arrays[name].add(pa.nulls(self.coords.count, pa.string()))
        self._points.append((when, placemark))
        self._held += 1 + len(placemark.data)
        if self._held >= _HELD:
            self._settle()
        return [name for name in placemark.data if name not in self.arrays]

    def _settle(self) -> None:
        if not self._points:
            return
        self.whens.add(strings([when for when, _placemark in self._points]))
        placemarks = [placemark for _when, placemark in self._points]
        self.coords.add(strings([placemark.point or "" for placemark in placemarks]))
        places = np.array([placemark.point_at for placemark in placemarks], np.int64)
        self.offsets.add(to_arrow(places, pa.int64()))
        for name, values in self.arrays.items():
            values.add(pa.array([placemark.data.get(name) for placemark in placemarks], pa.string()))
        self._points.clear()
        self._held = 0

    def add_line(self, text: str, offset: int) -> None:
        """Add the points of a line: `lon,lat[,alt]` between blanks."""
        tuples = ",".join(part.strip() for part in text.split(",")).split()
        if tuples:
            self.coords.add(strings(tuples))
            self.offsets.add(to_arrow(np.full(len(tuples), offset, np.int64), pa.int64()))

    @property
    def count(self) -> int:
        """How many points there are: as many as the longer list of times and positions has."""
        return max(self.whens.count, self.coords.count) + len(self._points)

    def unpaired(self) -> str | None:
        """Return the lengths of the lists where they differ, else None; no times are another matter."""
        lists = {"when": self.whens, "coord": self.coords, "angles": self.angles}
        lengths = {name: each.count for name, each in lists.items() if each.count or name == "coord"}
        lengths |= {name[:40]: each.count for name, each in self.arrays.items() if each.count}
        if len(set(lengths.values())) == 1:
            return None
        return ", ".join(f"{name} {length}" for name, length in lengths.items())

    def blocks(self, number: int) -> Iterator[Block]:
        """Yield the points as blocks of columns, none without any; `number` is that of the segment."""
        self._settle()
        count = self.count
        lists: dict[Path, Values] = {TIME: self.whens, _COORDS: self.coords, _TURNS: self.angles}
        lists |= {("array", name): texts for name, texts in self.arrays.items()}
        pieces = {path: values.pieces(_ROWS) for path, values in lists.items() if values.count}
        offsets, known = self.offsets.pieces(_ROWS), 0
        has_altitudes = not self._is_flat()
        for begin in range(0, count, _ROWS):
            rows = min(_ROWS, count - begin)
            columns = {path: _filled(next(texts, None), rows) for path, texts in pieces.items()}
            coords = columns.pop(_COORDS, None)
            columns |= self._positions(_filled(coords, rows), has_altitudes=has_altitudes)
            if (turns := columns.pop(_TURNS, None)) is not None:
                angles = pc.extract_regex(turns, _ANGLES)
                columns |= {("array", name): angles.field(name) for name in ("heading", "tilt", "roll")}
            columns = {path: column for path, column in columns.items() if column.null_count < rows}
            places = _padded(next(offsets, None), rows, known)
            known = int(places[-1])
            yield Block(rows, columns, places, np.full(rows, number, np.int64))

    def _is_flat(self) -> bool:
        """Tell whether all altitudes are 0 where 0 only fills a place that nobody looks at."""
        if self.altitude_mode not in _CLAMPED:
            return False
        for texts in self.coords.pieces(_ROWS):
            values, valid = floats(pc.extract_regex(texts, _COORD).field("alt"))
            if (values[valid] != 0).any():
                return False
        return True

    def _positions(self, texts: pa.StringArray, *, has_altitudes: bool) -> dict[Path, pa.StringArray]:
        parts = pc.extract_regex(texts, _COORD)
        matched = validity(parts)
        lon, lat, alt = (only(parts.field(name), matched) for name in ("lon", "lat", "alt"))
        odd = validity(texts) & ~matched
        if odd.any():
            # What is no position is to be told from none: it becomes a text that is no number.
            no_number = strings(["?"]).take(to_arrow(np.zeros(len(texts), np.int64), pa.int64()))
            lat = pc.if_else(_mask(odd), no_number, lat)
        if not has_altitudes:
            return {LON: lon, LAT: lat}
        alt = only(alt, ~blank(alt))
        return {LON: lon, LAT: lat, HEIGHT if self.altitude_mode in _RELATIVE else ALT: alt}


@attrs.frozen
class Container:
    """Where the rows of a container go.

    Args:
        track: that they belong to; None for an array without one.
        array: name of the array, None for the track itself.
    """

    track: Track | None
    array: str | None = None


def _mask(rows: Mask) -> pa.BooleanArray:
    return to_arrow(rows.view(np.uint8), pa.uint8()).cast(pa.bool_())


def _filled(texts: pa.StringArray | None, rows: int) -> pa.StringArray:
    """Return the first `rows` texts, null where there is none or it is blank."""
    texts = pa.nulls(0, pa.string()) if texts is None else texts[:rows]
    if len(texts) < rows:
        texts = pa.concat_arrays([texts, pa.nulls(rows - len(texts), pa.string())])
    return only(texts, ~blank(texts))


def _padded(offsets: pa.Int64Array | None, rows: int, known: int) -> Ints:
    """Return offsets of `rows` points, those without one where the last known one is."""
    found = numpy_view(offsets) if offsets is not None else np.zeros(0, np.int64)
    padded = np.full(rows, found[-1] if len(found) else known, np.int64)
    padded[: len(found)] = found
    return padded
