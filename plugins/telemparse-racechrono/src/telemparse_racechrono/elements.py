"""Values of channels as they lie in their members: little-endian numbers without a header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.model.issues import Issue, Locus

from telemparse_racechrono.names import WIDTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.model.skips import Skips

    from telemparse_racechrono.archive import Member

__all__ = ["LAST_MS", "UNITS_PER_DEGREE", "Column", "Limits", "Positions", "skip_rows"]

LAST_MS = 4_102_444_800_000
"""The year 2100: what lies beyond is no instant of a recording."""

UNITS_PER_DEGREE = 6_000_000.0
"""Places are hundred-thousandths of a minute of arc."""

_TYPES = {0: "<i4", 1: "<i8", 3: "<f8"}
# The largest whole number says "no value"; the smallest one cannot be a value either.
_NO_VALUE_FROM = 1.7e308
_REMEMBERED = 3


@attrs.frozen
class Column:
    """The values of one member, read in blocks."""

    member: Member

    @property
    def width(self) -> int:
        """Bytes of one value."""
        return WIDTHS[self.member.name.element]

    @property
    def rows(self) -> int:
        """Whole values in the member."""
        return self.member.size // self.width

    @property
    def is_whole(self) -> bool:
        """The values are whole numbers."""
        return _TYPES[self.member.name.element][1] == "i"

    def read(self, first: int, count: int) -> tuple[NDArray[Any], Mask]:
        """Return `count` values from row `first`, and which are known; none are behind the end."""
        kind = np.dtype(_TYPES[self.member.name.element])
        data = self.member.artifact.read_at(first * kind.itemsize, count * kind.itemsize)
        found = np.frombuffer(data, kind, count=len(data) // kind.itemsize)
        values = np.zeros(count, kind)
        values[: len(found)] = found
        if kind.kind == "i":
            span = np.iinfo(kind)
            known = (values != span.max) & (values != span.min)
        else:
            with np.errstate(invalid="ignore"):
                known = np.isfinite(values) & (np.abs(values) < _NO_VALUE_FROM)
        known[len(found) :] = False
        return values, known


@attrs.frozen
class Positions:
    """Places: latitude and longitude as two int32 in an element of eight bytes."""

    member: Member

    @property
    def rows(self) -> int:
        """Whole places in the member."""
        return self.member.size // 8

    def read(self, first: int, count: int) -> tuple[Floats, Floats, Mask]:
        """Return `count` latitudes and longitudes, degrees, and which are known; none are behind the end."""
        data = self.member.artifact.read_at(first * 8, count * 8)
        found = np.frombuffer(data, "<i4", count=len(data) // 8 * 2)
        pairs = np.zeros((count, 2), np.int32)
        pairs.reshape(-1)[: len(found)] = found
        span = np.iinfo(np.int32)
        known = ((pairs != span.max) & (pairs != span.min)).all(axis=1) & (pairs != 0).any(axis=1)
        degrees = pairs / UNITS_PER_DEGREE
        lon_deg = np.where(degrees[:, 1] == 180, -180.0, degrees[:, 1])
        return degrees[:, 0], lon_deg, known


@attrs.define
class Limits:
    """Values that cannot be, by column: counted, with the first row."""

    archive: str
    _counts: dict[str, int] = attrs.field(factory=dict)
    _firsts: dict[str, int] = attrs.field(factory=dict)

    def within(
        self, column: str, values: NDArray[Any], known: Mask, span: tuple[float, float], rows: Ints
    ) -> Mask:
        """Return which known values lie in a span, ends included; `rows` tells where the others are."""
        fits = known & (values >= span[0]) & (values <= span[1])
        self.count(column, rows[known & ~fits])
        return fits

    def count(self, column: str, rows: Ints) -> None:
        """Count rows of a column."""
        if len(rows):
            self._counts[column] = self._counts.get(column, 0) + len(rows)
            self._firsts.setdefault(column, int(rows[0]))

    def issues(self) -> Iterator[Issue]:
        """Yield one issue for each column with such values."""
        for column, count in self._counts.items():
            place = Locus(self.archive, record=self._firsts[column])
            yield Issue("VALUE_OUT_OF_RANGE", place, column=column, count=count)


def skip_rows(skips: Skips, archive: str, rows: Ints) -> None:
    """Count rows that are left out, of which only the first ones are remembered."""
    for row in rows[:_REMEMBERED].tolist():
        skips.add(Locus(archive, record=row))
    skips.count += max(0, len(rows) - _REMEMBERED)
