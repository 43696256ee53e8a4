"""Blocks of text to typed columns: pyarrow.csv with explicit types, text where a column does not convert."""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv

from telemparse.formats.csv.cells import NULL_WORDS
from telemparse.formats.csv.decimal_signs import exchanged
from telemparse.formats.csv.headings import without_headers
from telemparse.formats.csv.quotes import closed_quotes
from telemparse.formats.csv.rows import COMMENTS
from telemparse.kernels.arrays import null_array, validity
from telemparse.kernels.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemparse.formats.csv.layout import Layout
    from telemparse.kernels.arrays import Mask

__all__ = ["Cells", "Skipped", "Table"]

_BLANK_RUNS = tuple(" " * length for length in range(1, 41))
_NULLS = [
    *NULL_WORDS,
    *_BLANK_RUNS,
    *(f"{lead}{word}" for word in ("NaN", "nan", "-", "--") for lead in (" ", "  ")),
]
# A leading sign is what most numbers share with a word for "no value": it is looked at in a second try.
_USUAL_NULLS = [word for word in _NULLS if not word.strip().startswith(("-", "+")) and len(word) < 6]  # noqa: PLR2004  (short blanks)
_FAULTY_COLUMN = re.compile(r"In CSV column #(\d+)")
_ATTEMPTS = 6
_BLANKS = re.compile(rb"[ \t]+")
_EDGES = re.compile(rb"(?m)^ | (?=\r?$)")


@attrs.define
class Skipped:
    """Rows of one block that had the wrong number of cells.

    Args:
        count: of them.
        comments: comment lines among the rows, which are no data.
        remarks: (row behind it, text) of the comment lines that a dialect reads, in order.
        places: rows behind the skipped ones, in order; for files whose rows are the clock.
        headers: lines that are the header once more, where recordings were put behind each other.
    """

    count: int = 0
    comments: int = 0
    headers: int = 0
    remarks: list[tuple[int, str]] = attrs.field(factory=list)
    places: array[int] = attrs.field(factory=lambda: array("q"))


@attrs.frozen
class Cells:
    """The columns of one block, typed where they converted and text where not.

    Args:
        columns: by source index.
        rows: their length.
        skipped: rows that are absent.
        data: the text they came from, and perhaps the start of the next line.
        size: bytes of it that are whole lines.
    """

    columns: Mapping[int, pa.Array]
    rows: int
    skipped: Skipped
    data: bytes = attrs.field(repr=False)
    size: int

    def any_filled(self, indices: Iterable[int]) -> Mask:
        """Return the rows in which any of these columns holds something; those that were not read do not."""
        filled = np.zeros(self.rows, np.bool_)
        for index in indices:
            if index in self.columns:
                filled |= validity(self.columns[index])
        return filled


@attrs.frozen
class Table:
    """How to read the blocks of one file.

    Args:
        layout: of the file.
        kinds: Arrow type by index of each wanted column.
        telling: expression that the comment lines fit which a dialect reads, None for none.
        other_signs: columns of text whose numbers bear the other decimal sign; they get the file's.
    """

    layout: Layout
    kinds: Mapping[int, pa.DataType]
    telling: re.Pattern[str] | None = None
    other_signs: frozenset[int] = frozenset()

    def read(self, data: bytes, size: int | None = None) -> Cells | None:
        """Return the columns of the whole lines in the first `size` bytes, None where no line is filled.

        A column with a cell that its type does not take comes as text, alone; when several fail, all do.
        Broken UTF-8 is taken for cp1252.
        """
        data, headers = without_headers(data, size, self.layout.heading)
        if self.layout.delimiter == " ":
            data, size = _EDGES.sub(b"", _BLANKS.sub(b" ", data[:size])), None
        if not data or data.isspace():
            none = {index: null_array(kind, 0) for index, kind in self.kinds.items()}
            return Cells(none, 0, Skipped(headers=headers), data, len(data)) if headers else None
        found = self._typed(data, size)
        if found is not None:
            found.skipped.headers = headers
        return found

    def _typed(self, data: bytes, size: int | None) -> Cells | None:
        if not _is_utf8(data, size):
            # Before it is read: a row of the wrong length may be where the broken letter stands.
            data, size = data[:size].decode("cp1252", "replace").encode("utf-8"), None
        if self.layout.lines is Lines.PLAIN and b'"' in data:
            data, size = closed_quotes(data[:size], self.layout.delimiter), None
        kinds = dict(self.kinds)
        # Words for "no value" cost time where none is there, but must mean the same to every text column.
        nulls = _NULLS if pa.string() in kinds.values() else _USUAL_NULLS
        for _attempt in range(_ATTEMPTS):
            try:
                return self._read(data, size, kinds, nulls)
            except pa.ArrowInvalid as error:
                if nulls is _USUAL_NULLS:
                    nulls = _NULLS
                    continue
                found = _FAULTY_COLUMN.search(str(error))
                index = int(found[1]) if found else -1
                if index not in kinds or kinds[index] == pa.string():
                    break
                kinds[index] = pa.string()
        return self._tolerant(data[:size])

    def _tolerant(self, data: bytes) -> Cells | None:
        """Read everything as text, and at last without minding quotes."""
        kinds = dict.fromkeys(self.kinds, pa.string())
        for quotes in (True, False):
            try:
                return self._read(data, None, kinds, _NULLS, quotes=quotes)
            except pa.ArrowInvalid:
                continue
        return None

    def _read(
        self,
        data: bytes,
        size: int | None,
        kinds: Mapping[int, pa.DataType],
        nulls: list[str],
        *,
        quotes: bool = True,
    ) -> Cells:
        skipped = Skipped()
        passed = 0

        def skip(row: pc_csv.InvalidRow) -> str:
            nonlocal passed
            behind = row.number - 1 - passed  # rows count from 1, the skipped ones too
            passed += 1
            if row.text.lstrip().startswith(COMMENTS):
                skipped.comments += 1
                if self.telling is not None and self.telling.match(row.text):
                    skipped.remarks.append((behind, row.text))
            elif row.text.strip():
                skipped.count += 1
                skipped.places.append(behind)
            return "skip"

        names = [f"c{index}" for index in range(self.layout.width)]
        table = pc_csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(0, size)),
            read_options=pc_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            parse_options=pc_csv.ParseOptions(
                delimiter=self.layout.delimiter,
                quote_char='"' if quotes and b'"' in data else False,
                newlines_in_values=quotes and self.layout.lines is Lines.QUOTED,
                invalid_row_handler=skip,
            ),
            convert_options=pc_csv.ConvertOptions(
                include_columns=[f"c{index}" for index in kinds],
                column_types={f"c{index}": kind for index, kind in kinds.items()},
                null_values=nulls,
                strings_can_be_null=True,
                decimal_point=self.layout.decimal,
            ),
        )
        columns = {
            index: column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
            for index, column in zip(kinds, table.columns, strict=True)
            if column.num_chunks
        }
        for index, kind in kinds.items():
            columns.setdefault(index, pa.nulls(0, kind))
        for index in self.other_signs & columns.keys():
            columns[index] = exchanged(columns[index])
        return Cells(columns, table.num_rows, skipped, data, len(data) if size is None else size)


def _is_utf8(data: bytes, size: int | None) -> bool:
    """Tell whether the first `size` bytes are UTF-8; Arrow looks at them without making a text of them."""
    if data.isascii():
        return True
    letters = pa.py_buffer(data).slice(0, size)
    ends = pa.py_buffer(np.array([0, letters.size], np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, ends, letters).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
