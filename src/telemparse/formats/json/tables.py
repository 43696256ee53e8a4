"""Records of one list as a text table with a header: what the room of tables can read."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.csv.headers import read_heading
from telemparse.formats.csv.vocabulary import Role
from telemparse.formats.json.names import meaning, quantity, tails
from telemparse.formats.json.values import Number
from telemparse.model.artifacts import Artifact, spooled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from telemparse.formats.json.shapes import Shape

__all__ = ["COMMENT_SIGNS", "Table"]

_MOST_COLUMNS = 256
_MOST_SKIPPED = 10_000
_MEMORY_BYTES = 4 * 1024 * 1024
_COPY_ROWS, _COPY_BYTES = 5000, 1 << 20
_CONTROLS = dict.fromkeys((*range(32), 0x7F, 0x85, 0x2028, 0x2029), " ")
_ITEM = re.compile(r"\.(\d+)(?=\.|$)")
COMMENT_SIGNS = ("#", "%", "/", ";")
"""What a remark begins with: no row may, where tables are read."""


@attrs.define
class Table:
    """Collects rows, on disk beyond a few megabytes; columns may come later than rows.

    Args:
        name: of the table.
        shape: how the document writes it.

    Attributes:
        columns: flat names with their place.
        rows: so far.
        skipped: names that found no room among the columns, the first ten thousand.
        strays: elements of its list that are no objects.
        remarks: rows that begin with the sign of a remark, which the table could not hold.
    """

    name: str
    shape: Shape
    columns: dict[str, int] = attrs.field(factory=dict)
    rows: int = 0
    skipped: dict[str, None] = attrs.field(factory=dict)
    strays: int = 0
    remarks: int = 0
    _widths: list[tuple[int, int]] = attrs.field(factory=list)
    _file: BinaryIO = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._file = _spool()

    def close(self) -> None:
        """Give the rows up."""
        self._file.close()

    def add(self, cells: dict[str, Any]) -> None:
        """Take one record."""
        for name in cells:
            if name not in self.columns:
                self._meet(name)
        row = [""] * len(self.columns)
        for name, value in cells.items():
            place = self.columns.get(name)
            if place is not None and value is not None:
                row[place] = _cell(value)
        if row and row[0].lstrip('" ').startswith(COMMENT_SIGNS):
            self.remarks += 1
            return
        self.add_rows((",".join(row) + "\n").encode("utf-8", "replace"), 1)

    def add_rows(self, text: bytes, count: int) -> None:
        """Take rows as they are to stand in the table, each with a cell for every column so far."""
        if not self._widths or self._widths[-1][1] != len(self.columns):
            self._widths.append((self.rows, len(self.columns)))
        self._file.write(text)
        self.rows += count

    def places(self, names: tuple[str, ...]) -> list[int] | None:
        """Return the columns of names, None where one has none."""
        found = [self.columns.get(name, -1) for name in names]
        return None if -1 in found else found

    def _meet(self, name: str) -> None:
        if len(self.columns) < _MOST_COLUMNS:
            self.columns[name] = len(self.columns)
        else:
            self.leave((name,))

    def leave(self, names: tuple[str, ...]) -> None:
        """Remember values that have no place in the table."""
        for name in names:
            if len(self.skipped) < _MOST_SKIPPED:
                self.skipped[name] = None

    def headings(self, units: dict[str, str]) -> dict[str, str]:
        """Return the header word of each column: the last steps of its path that mean something.

        `gps.position.lat` is `lat`, unless another column is too. A unit that the document names for a
        column is put behind it.
        """
        words: dict[str, str] = {}
        for name in self.columns:
            words[name] = next((tail for tail in tails(name) if quantity(tail)), _heading(name))
        taken = Counter(words.values())
        for name, word in words.items():
            if taken[word] > 1:
                words[name] = _heading(name)
            unit = units.get(name, units.get(word))
            if unit and read_heading(words[name]).unit is None:
                words[name] = f"{words[name]} ({unit})"
        return words

    @property
    def is_timed(self) -> bool:
        """Whether any column is a time."""
        found = map(meaning, self.columns)
        timed = any(known is not None and known.role is Role.TIME for known in found)
        return timed and len(self.columns) > 1  # times of nothing are no table

    def artifact(self, units: dict[str, str]) -> Artifact:
        """Return the table as a file with a header line and rows of one width."""
        return Artifact(f"{self.name}.csv", spooled(self._text(units), _MEMORY_BYTES))

    def _text(self, units: dict[str, str]) -> Iterator[bytes]:
        words = self.headings(units)
        yield (",".join(_quoted(words[name]) for name in self.columns) + "\n").encode("utf-8", "replace")
        self._file.seek(0)
        width, begins = len(self.columns), [*self._widths, (self.rows, 0)]
        if [written for _first, written in self._widths] == [width]:
            yield from iter(lambda: self._file.read(_COPY_BYTES), b"")
            return
        for (first, written), (after, _width) in itertools.pairwise(begins):
            missing = b"," * (width - written) + b"\n"
            rows = itertools.islice(self._file, after - first)
            while text := b"".join(itertools.islice(rows, _COPY_ROWS)):
                yield text.replace(b"\n", missing)


def _heading(name: str) -> str:
    """Return a dotted name as a heading; the number of an item stays with its list, for `s 0` is an angle."""
    return _ITEM.sub(r"_\1", name).replace(".", " ")


def _spool() -> BinaryIO:
    return tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # type: ignore[return-value]


def _cell(value: Any) -> str:
    """Return a scalar as a cell: a number as it is written, a text in quotes where it needs them."""
    if isinstance(value, Number):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    return _quoted(value)


def _quoted(text: str) -> str:
    if not text.isprintable():  # all controls are not
        text = text.translate(_CONTROLS)
    if "," in text or '"' in text:
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text
