"""A track of a KML document: lists of times, positions and values that belong together one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.formats.kml.leaves import ALT, HEIGHT, LAT, LON, TIME
from telemparse.kernels.arrays import to_arrow, validity
from telemparse.kernels.casts import floats
from telemparse.kernels.texts import blank, only, strings
from telemparse.kernels.xml_blocks import Block

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.xml_outline import Path

__all__ = ["Track"]

# Blanks in gx:coord, commas in coordinates; sloppy writers mix them.
_GAP = r"(?:[ \t\r\n]*,[ \t\r\n]*|[ \t\r\n]+)"
_BEFORE, _AFTER, _WORD = r"^[ \t\r\n]*", r"[ ,\t\r\n]*$", r"[^ ,\t\r\n]+"
_COORD = rf"{_BEFORE}(?P<lon>{_WORD}){_GAP}(?P<lat>{_WORD})(?:{_GAP}(?P<alt>{_WORD}))?{_AFTER}"
_ANGLES = rf"{_BEFORE}(?P<heading>{_WORD}){_GAP}(?P<tilt>{_WORD}){_GAP}(?P<roll>{_WORD}){_AFTER}"
_CLAMPED = (None, "", "clampToGround", "clampToSeaFloor")
_RELATIVE = ("relativeToGround", "relativeToSeaFloor")


@attrs.define
class Track:
    """One gx:Track, one line, or all timed points of a document.

    Args:
        name: of its placemark.
        altitude_mode: as written; None for the default, which is clampToGround.

    Attributes:
        whens, coords, angles: texts in pieces, in the order of the document.
        offsets: of each of `coords` in the document.
        arrays: texts of further values, by name.
    """

    name: str | None = None
    altitude_mode: str | None = None
    whens: list[pa.StringArray] = attrs.field(factory=list)
    coords: list[pa.StringArray] = attrs.field(factory=list)
    angles: list[pa.StringArray] = attrs.field(factory=list)
    offsets: list[Ints] = attrs.field(factory=list)
    arrays: dict[str, list[pa.StringArray]] = attrs.field(factory=dict)
    _points: list[tuple[str, str, int]] = attrs.field(factory=list)

    def add_point(self, when: str, coordinates: str, offset: int) -> None:
        """Add a timed point."""
        self._points.append((when, coordinates, offset))

    def add_line(self, text: str, offset: int) -> None:
        """Add the points of a line: `lon,lat[,alt]` between blanks."""
        tuples = ",".join(part.strip() for part in text.split(",")).split()
        if tuples:
            self.coords.append(strings(tuples))
            self.offsets.append(np.full(len(tuples), offset, np.int64))

    @property
    def count(self) -> int:
        """How many points there are: as many as the longer list of times and positions has."""
        return max(_length(self.whens), _length(self.coords), len(self._points))

    def unpaired(self) -> str | None:
        """Return the lengths of the lists where they differ, else None; no times are another matter."""
        lengths = {"when": _length(self.whens), "coord": _length(self.coords), "angles": _length(self.angles)}
        lengths = {name: length for name, length in lengths.items() if length or name == "coord"}
        lengths |= {name[:40]: _length(texts) for name, texts in self.arrays.items() if texts}
        if not lengths or len(set(lengths.values())) == 1:
            return None
        return ", ".join(f"{name} {length}" for name, length in lengths.items())

    def block(self, number: int) -> Block | None:
        """Return the points as one block of columns, None without any; `number` is that of the segment."""
        if self._points:
            whens, coords, places = zip(*self._points, strict=True)
            self.whens, self.coords = [strings(whens)], [strings(coords)]
            self.offsets = [np.array(places, np.int64)]
            self._points.clear()
        rows = self.count
        if not rows:
            return None
        columns: dict[Path, pa.StringArray] = {TIME: _filled(self.whens, rows)}
        columns |= self._positions(rows)
        if self.angles:
            angles = pc.extract_regex(_filled(self.angles, rows), _ANGLES)
            columns |= {("array", name): angles.field(name) for name in ("heading", "tilt", "roll")}
        columns |= {("array", name): _filled(texts, rows) for name, texts in self.arrays.items() if texts}
        known = np.concatenate([*self.offsets, np.zeros(0, np.int64)])
        offsets = np.full(rows, known[-1] if len(known) else 0, np.int64)
        offsets[: len(known)] = known
        columns = {path: column for path, column in columns.items() if column.null_count < rows}
        return Block(rows, columns, offsets, np.full(rows, number, np.int64))

    def _positions(self, rows: int) -> dict[Path, pa.StringArray]:
        texts = _filled(self.coords, rows)
        parts = pc.extract_regex(texts, _COORD)
        matched = validity(parts)
        lon, lat, alt = (only(parts.field(name), matched) for name in ("lon", "lat", "alt"))
        odd = validity(texts) & ~matched
        if odd.any():
            # What is no position is to be told from none: it becomes a text that is no number.
            no_number = strings(["?"]).take(to_arrow(np.zeros(rows, np.int64), pa.int64()))
            lat = pc.if_else(_mask(odd), no_number, lat)
        alt = only(alt, ~blank(alt))
        if self.altitude_mode in _RELATIVE:
            return {LON: lon, LAT: lat, HEIGHT: alt}
        if self.altitude_mode in _CLAMPED:
            values, valid = floats(alt)
            if not (values[valid] != 0).any():
                return {LON: lon, LAT: lat}  # 0 fills a place that nobody looks at
        return {LON: lon, LAT: lat, ALT: alt}


def _mask(rows: Mask) -> pa.BooleanArray:
    return to_arrow(rows.view(np.uint8), pa.uint8()).cast(pa.bool_())


def _length(pieces: list[pa.StringArray]) -> int:
    return sum(map(len, pieces))


def _filled(pieces: list[pa.StringArray], rows: int) -> pa.StringArray:
    """Return pieces as one array of `rows` texts, null where there is none or it is blank."""
    texts = pa.concat_arrays(pieces) if pieces else pa.nulls(0, pa.string())
    texts = pa.concat_arrays([texts[:rows], pa.nulls(max(rows - len(texts), 0), pa.string())])
    return only(texts, ~blank(texts))
