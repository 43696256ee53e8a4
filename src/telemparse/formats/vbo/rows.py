"""Blocks of VBO rows to columns of numbers: pyarrow.csv where all is well, line by line where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.casts import floats
from telemparse.kernels.texts import strings

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Cells", "Numbers", "RowReader"]

# What loggers write for a value that they do not have.
_NOTHING = ["", "-", "--", "(null)", "null", "NULL", "n/a", "N/A", "nan", "NaN", "NAN", "-nan", "+nan"]
_PADDING = b" \t\r\x01"


@attrs.frozen
class Numbers:
    """One column of a block.

    Args:
        values: shape (n,); anything where not valid.
        valid: a finite number is there; None when in every row.
        bad: something is there that is no finite number; None when nowhere.
    """

    values: Floats
    valid: Mask | None = None
    bad: Mask | None = None


@attrs.frozen
class Cells:
    """The rows of one block.

    Args:
        columns: by source index: numbers, or text where a row was damaged.
        rows: how many.
        lines: numbers of their lines, shape (n,), or the first one where they follow each other.
        skipped: numbers of lines that have another number of cells.
    """

    columns: dict[int, pa.Array]
    rows: int
    lines: list[int] | int
    skipped: list[int]

    def line(self, row: int) -> int:
        """Return the line that a row stands in, from 1."""
        return self.lines + row if isinstance(self.lines, int) else self.lines[row]

    def numbers(self, index: int) -> Numbers:
        """Return a column as numbers."""
        array = self.columns[index]
        if pa.types.is_string(array.type):
            return _numbers_of(array)
        values = numpy_view(array)
        finite = np.isfinite(values)
        if finite.all():
            return Numbers(values)
        bad = np.isinf(values)
        return Numbers(values, finite, bad if bad.any() else None)

    def texts(self, index: int) -> pa.Array:
        """Return a column that was read as text, without what says that there is nothing."""
        return _without_nothing(self.columns[index])


@attrs.frozen
class RowReader:
    """Reads blocks of one file.

    Args:
        width: cells of a row.
        numeric: source indices to read as numbers.
        textual: to read as text.
        trailing: a blank ends each row.
        clock: index of the time, whose digits may stand between colons.
    """

    width: int
    numeric: tuple[int, ...]
    textual: tuple[int, ...]
    trailing: bool
    clock: int

    def read(self, data: bytes, first_line: int, line_ends: int) -> Cells | None:
        """Return the rows of whole lines, None where there are none.

        Args:
            data: the lines.
            first_line: number of the first one.
            line_ends: in the data.
        """
        cells = self._fast(data, first_line, line_ends)
        return self._careful(data, first_line) if cells is None else cells

    def _fast(self, data: bytes, first_line: int, line_ends: int) -> Cells | None:
        kinds: dict[int, pa.DataType] = dict.fromkeys(self.numeric, pa.float64())
        kinds |= dict.fromkeys(self.textual, pa.string())
        # The last cell is looked at in any case: a row that ends too early lacks it.
        kinds.setdefault(self.width - 1, pa.string())
        if self.trailing:
            kinds[self.width] = pa.null()
        # Where every column is read as numbers, a blank too many shows as a cell without one.
        if (self.textual or len(kinds) < self.width + self.trailing) and not _is_regular(data):
            return None
        try:
            table = _table(data, self.width + self.trailing, kinds, [""])
        except pa.ArrowInvalid:
            return None
        if not table.num_rows:
            return None
        columns = {index: table.column(number) for number, index in enumerate(kinds)}
        if any(columns[index].null_count for index in kinds if index < self.width):
            return None
        lines: list[int] | int = first_line
        if table.num_rows != line_ends + (not data.endswith(b"\n")):
            lines = [number for number, line in enumerate(data.split(b"\n"), first_line) if line.strip(b"\r")]
        return Cells({i: _joined(column) for i, column in columns.items()}, table.num_rows, lines, [])

    def _careful(self, data: bytes, first_line: int) -> Cells | None:
        """Read what is whole of irregular or damaged lines, every column as text."""
        rows: list[bytes] = []
        lines: list[int] = []
        skipped: list[int] = []
        for number, line in enumerate(data.split(b"\n"), first_line):
            cells = line.strip(_PADDING).split()
            if len(cells) == self.width:
                rows.append(b" ".join(cells))
                lines.append(number)
            elif cells:
                skipped.append(number)
        wanted = sorted({*self.numeric, *self.textual})
        if not rows:
            return Cells({}, 0, lines, skipped) if skipped else None
        text = b"\n".join(rows).decode("utf-8", "replace").encode()
        table = _table(text, self.width, dict.fromkeys(wanted, pa.string()), None)
        columns = {index: _joined(table.column(number)) for number, index in enumerate(wanted)}
        if self.clock in columns:
            columns[self.clock] = pc.replace_substring(columns[self.clock], ":", "")
        return Cells(columns, table.num_rows, lines, skipped)


def _is_regular(data: bytes) -> bool:
    """Tell that no line begins with a blank and no two blanks follow each other."""
    return not (b"  " in data or b"\t" in data or data.startswith(b" ") or b"\n " in data)


def _table(data: bytes, width: int, kinds: dict[int, pa.DataType], nulls: list[str] | None) -> pa.Table:
    names = [f"c{index}" for index in range(width)]
    return pc_csv.read_csv(
        pa.BufferReader(data),
        read_options=pc_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
        parse_options=pc_csv.ParseOptions(delimiter=" ", quote_char=False),
        convert_options=pc_csv.ConvertOptions(
            include_columns=[f"c{index}" for index in kinds],
            column_types={f"c{index}": kind for index, kind in kinds.items()},
            null_values=nulls or [],
            strings_can_be_null=nulls is not None,
        ),
    )


def _joined(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _numbers_of(texts: pa.Array) -> Numbers:
    known = _without_nothing(texts)
    written = validity(known)
    values, valid = floats(known)
    if valid.all():
        return Numbers(values)
    bad = written & ~valid
    return Numbers(values, valid, bad if bad.any() else None)


def _without_nothing(texts: pa.Array) -> pa.Array:
    nothing = pc.is_in(texts, value_set=strings(_NOTHING))
    return pc.if_else(nothing, pa.nulls(len(texts), texts.type), texts)
