"""Records of one skeleton as rows of a text table: keys and brackets are left out of all of them at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.json.tables import COMMENT_SIGNS
from telemparse.kernels.gather import equal_at, spans
from telemparse.kernels.structure import Index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from telemparse.formats.json.skeletons import Skeleton
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

__all__ = ["Rows", "rows_of"]

_BRACE, _QUOTE, _COMMA, _MINUS, _POINT, _ZERO, _NEWLINE = np.frombuffer(b'{",-.0\n', np.uint8)
_NINE, _ASCII = 9, 0x7F
# RFC 8259, section 6.
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# Words, and what a table holds for them.
_WORDS = ((b"null", b""), (b"true", b"1"), (b"false", b"0"))
# What a text is put in quotes for or has a blank for: such a record is read on its own.
_ODD = np.zeros(256, np.bool_)
_ODD[[*range(32), *b'",\\\x7f']] = True
_ODD_LETTERS = re.compile("\x85|\u2028|\u2029".encode())
_REMARK = np.zeros(256, np.bool_)
_REMARK[list(" ".join(COMMENT_SIGNS).encode())] = True


@attrs.frozen
class Rows:
    """Rows of a table, and where the last of their records ends.

    Args:
        count: of rows.
        text: the rows, each with its line end.
        end: bytes from the first record's lead to the end of the last record.
    """

    count: int = 0
    text: bytes = b""
    end: int = 0


@attrs.frozen
class _Cells:
    """Scalars of records: where each begins and ends, shape (records, columns), and which are numbers."""

    begins: Ints
    ends: Ints
    numbers: Mask

    def head(self, count: int) -> _Cells:
        return _Cells(self.begins[:count], self.ends[:count], self.numbers[:count])

    def placed(self, places: Sequence[int], width: int) -> _Cells:
        """Return the cells in their columns; a column without a cell has an empty one."""
        if list(places) == list(range(width)):
            return self
        shape = (len(self.begins), width)
        wide = _Cells(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.bool_))
        columns = list(places)
        wide.begins[:, columns], wide.ends[:, columns] = self.begins, self.ends
        wide.numbers[:, columns] = self.numbers
        return wide


def rows_of(data: bytes, skeleton: Skeleton, places: Sequence[int], width: int) -> Rows:
    """Return the rows of the records at the beginning of a text, as far as they are of one skeleton.

    They end before the first record that has another one, or a value that is no JSON or that a table
    cannot hold as it is written: the reader of values says what is to be said of it.

    Args:
        data: UTF-8, beginning with what stands before a record.
        skeleton: of the records.
        places: column of each slot.
        width: number of columns.
    """
    buffer = np.frombuffer(bytearray(data), np.uint8)
    begins, ends, stops = _run(buffer, skeleton)
    cells = _scalars(buffer, begins, ends)
    if not len(cells.begins):
        return Rows()
    cells = cells.placed(places, width)
    strings = spans(buffer, cells.begins.ravel(), cells.ends.ravel() + 1)
    _validity, offsets, letters = strings.buffers()
    edges = np.frombuffer(offsets, np.int32, cells.begins.size + 1)
    text = np.array(np.frombuffer(letters, np.uint8))
    text[edges[1:] - 1] = _COMMA
    text[edges[width::width] - 1] = _NEWLINE
    count = _fitting(text, edges, cells.numbers.ravel(), width)
    if not count:
        return Rows()
    return Rows(count, text[: edges[count * width]].tobytes(), int(stops[count - 1]))


def _run(buffer: Bytes, skeleton: Skeleton) -> tuple[Ints, Ints, Ints]:
    """Return where the slots of the first records begin and end, shape (n, slots), and the records end."""
    index, stencil = Index(buffer), skeleton.stencil
    starts = index.places(int(_BRACE)) - skeleton.brace
    starts = starts[equal_at(buffer, starts, stencil.literals[0])]
    match = index.match(stencil, starts)
    # One behind the other without a gap.
    follows = match.hit & (starts == np.concatenate([[0], match.ends[:-1]])[: len(starts)])
    count = _leading(follows)
    begins, ends = (
        np.stack([slot[side][:count] for slot in match.slots], axis=1).astype(np.int64) for side in (0, 1)
    )
    return begins, ends, match.ends[:count]


def _scalars(buffer: Bytes, begins: Ints, ends: Ints) -> _Cells:
    """Return what slots hold without its quotes, up to the first record with what is no scalar.

    Words become what a table holds for them, in the buffer.
    """
    first = buffer[begins]
    texts = first == _QUOTE
    numbers = (first - _ZERO <= _NINE) | (first == _MINUS)
    sound = numbers | (texts & (ends - begins > 1) & (buffer[ends - 1] == _QUOTE))
    inner, outer = begins + texts, ends - texts
    for word, cell in _WORDS:
        at = np.nonzero(first == word[0])
        sound[at] = equal_at(buffer, begins[at], word) & (ends[at] - begins[at] == len(word))
        outer[at] = begins[at] + len(cell)
        if cell:
            buffer[begins[at]] = cell[0]
    return _Cells(inner, outer, numbers).head(_leading(sound.all(axis=1)))


def _fitting(text: Bytes, edges: NDArray[np.int32], numbers: Mask, width: int) -> int:
    """Return how many rows are as the reader of values would write them.

    Args:
        text: the rows.
        edges: where each cell begins, and the end; the last byte of a cell is what parts it from the next.
        numbers: which cells should be numbers.
        width: cells in a row.
    """
    begins, stops = edges[:-1], edges[1:] - 1
    cells = len(stops)
    odd = _ODD[text]
    if np.count_nonzero(odd) > cells:
        cells = int(np.argmax(np.flatnonzero(odd)[:cells] != stops))
    if text.max() > _ASCII and (letter := _ODD_LETTERS.search(text.data)) is not None:
        cells = min(cells, int(np.searchsorted(stops, letter.start())))
    remark = _REMARK[text[begins[::width]]]
    cells = min(cells, width * _leading(~remark))
    return min(cells, _no_number(text, begins[:cells], stops[:cells], numbers[:cells])) // width


def _no_number(text: Bytes, begins: NDArray[np.int32], stops: NDArray[np.int32], numbers: Mask) -> int:
    """Return the first cell that should be a number of RFC 8259 and is none; their count if all are."""
    marks = text - _ZERO > _NINE
    places, passed = np.flatnonzero(marks), np.cumsum(marks, dtype=np.int32)
    chosen = np.flatnonzero(numbers)
    begins, stops = begins[chosen], stops[chosen]
    digits = begins + (text[begins] == _MINUS)
    # The first byte that is no digit, and the next one: the end, or a point and the end.
    ordinal = passed[digits] - marks[digits]
    mark, after = places[ordinal], places[np.minimum(ordinal + 1, len(places) - 1)]
    fraction = (text[mark] == _POINT) & (after == stops) & (after > mark + 1)
    plain = (mark > digits) & ((mark == stops) | fraction)
    plain &= (text[digits] != _ZERO) | (mark == digits + 1)
    for cell in np.flatnonzero(~plain).tolist():  # exponents
        if _NUMBER.fullmatch(text.data, int(begins[cell]), int(stops[cell])) is None:
            return int(chosen[cell])
    return len(numbers)


def _leading(mask: Mask) -> int:
    """Return how many are true before the first that is not."""
    return len(mask) if mask.all() else int(np.argmin(mask))
