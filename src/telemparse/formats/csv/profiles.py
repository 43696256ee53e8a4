"""What the cells of each column look like over rows sampled from the whole file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.cells import CellKind, kind_of, number_in, unit_in
from telemparse.formats.csv.rows import split_line
from telemparse.kernels.lines import Newlines, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemparse.formats.csv.layout import Layout
    from telemparse.model.artifacts import Artifact

__all__ = ["Profile", "profiles", "sampled_rows"]

_PLACES = 12
_PLACE_BYTES = 16 * 1024
_ROWS_PER_PLACE = 12
_LARGEST_EXACT = 2**53


@attrs.frozen
class Profile:
    """The cells of one column that hold anything, in file order, and what they look like.

    Args:
        cells: stripped, blanks left out.
        kinds: how many cells are of each kind.
        numbers: of the cells that are or begin with numbers, in order.
        blanks: cells that hold nothing.
    """

    cells: tuple[str, ...] = attrs.field(repr=False)
    kinds: Counter[CellKind]
    numbers: tuple[float, ...] = attrs.field(repr=False)
    blanks: int = 0

    @classmethod
    def of(cls, cells: Iterable[str]) -> Profile:
        """Return the profile of cells as written."""
        every = [cell.strip() for cell in cells]
        paired = [(cell, kind_of(cell)) for cell in every]
        filled = [(cell, kind) for cell, kind in paired if kind is not CellKind.BLANK]
        numbers = [
            value
            for cell, kind in filled
            if kind in (CellKind.NUMBER, CellKind.QUANTITY) and (value := number_in(cell)) is not None
        ]
        return cls(
            tuple(cell for cell, _kind in filled),
            Counter(kind for _cell, kind in filled),
            tuple(numbers),
            len(every) - len(filled),
        )

    @property
    def filled(self) -> int:
        """Number of sampled cells that hold anything."""
        return len(self.cells)

    def share(self, *kinds: CellKind) -> float:
        """Return the share of these kinds among the cells that hold anything, 0 for none."""
        return sum(self.kinds[kind] for kind in kinds) / self.filled if self.filled else 0.0

    @property
    def decimals(self) -> int:
        """Most digits after the point."""
        return max((_digits(cell.replace(",", ".").partition(".")[2]) for cell in self.cells), default=0)

    @property
    def whole(self) -> bool:
        """All numbers are integers by value."""
        return all(value.is_integer() for value in self.numbers)

    @property
    def exact(self) -> bool:
        """All numbers are held by 64 bits of floating point without loss."""
        return all(abs(value) <= _LARGEST_EXACT or not value.is_integer() for value in self.numbers)

    @property
    def units(self) -> Counter[str]:
        """Units behind numbers in the cells."""
        if not self.kinds[CellKind.QUANTITY]:
            return Counter()
        found = (unit_in(cell) for cell in self.cells if kind_of(cell) is CellKind.QUANTITY)
        return Counter(unit for unit in found if unit)

    @property
    def median_step(self) -> float:
        """Median difference of neighbouring different numbers of the head, 0 without any."""
        steps = sorted(abs(b - a) for a, b in zip(self.numbers, self.numbers[1:], strict=False) if b != a)
        return steps[len(steps) // 2] if steps else 0.0


def _digits(text: str) -> int:
    count = 0
    while count < len(text) and text[count].isdigit():
        count += 1
    return count


def profiles(rows: list[tuple[str, ...]], width: int) -> tuple[Profile, ...]:
    """Return the profile of each of `width` columns."""
    return tuple(Profile.of(row[index] for row in rows) for index in range(width))


def sampled_rows(artifact: Artifact, layout: Layout, *, size: int) -> list[tuple[str, ...]]:
    """Return rows from the head and from places spread evenly to the end, in file order.

    Only rows with the layout's number of cells are taken, some twenty a place.
    """
    rows = [row.cells for row in layout.rows]
    for offset in _offsets(size, layout):
        rows.extend(_rows_at(artifact, layout, offset))
    return rows


def _offsets(size: int, layout: Layout) -> Iterator[int]:
    seen = sum(len(cell) + 1 for row in layout.rows for cell in row.cells) * layout.encoding.width
    left = size - seen
    if left < _PLACE_BYTES:
        return
    places = min(_PLACES, left // _PLACE_BYTES)
    for place in range(1, places + 1):
        offset = seen + left * place // places - _PLACE_BYTES
        yield offset - offset % layout.encoding.width + layout.encoding.bom % layout.encoding.width


def _rows_at(artifact: Artifact, layout: Layout, offset: int) -> list[tuple[str, ...]]:
    text = decoded(artifact.read_at(offset, _PLACE_BYTES), attrs.evolve(layout.encoding, bom=0))
    if layout.newlines is Newlines.CR:
        text = text.replace("\r", "\n")
    # The first line is cut, and the last may be.
    lines = text.split("\n")[1:-1][-_ROWS_PER_PLACE:]
    rows = (split_line(line.strip("\r"), layout.delimiter) for line in lines)
    return [row for row in rows if len(row) == layout.width]
