"""Fields of sentences of one kind as numbers and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.casts import floats
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.decimals import decimals
from telemparse.kernels.gather import spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.nmea.sentences import Sentences
    from telemparse.formats.nmea.tally import Tally
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.gather import Bytes

    Places = NDArray[np.int32]

__all__ = ["Fields"]

_HOUR, _MINUTE, _SECOND = 24, 60, 61  # a leap second is the 60th
_FLOAT32_MAX = float(np.finfo(np.float32).max)
_LAST_DATE = 999_999
_MOST_FIELDS = 1 << 30


@attrs.frozen
class _Cells:
    """A field of those sentences that have anything in it.

    Args:
        values: NaN where it is no number, shape (m,).
        bad: where it is none, shape (m,); None for nowhere.
        rows: which of the sentences these are, ascending, shape (m,); None for all.
    """

    values: Floats
    bad: Mask | None
    rows: Ints | None


@attrs.frozen
class Fields:
    """Fields of n sentences.

    Args:
        sentences: of the piece.
        rows: which of them, ascending, shape (n,).
        tally: hears of fields that cannot be read.
    """

    sentences: Sentences
    rows: Ints
    tally: Tally

    _first: Ints = attrs.field(init=False)
    _counts: Ints = attrs.field(init=False)
    _fewest: int = attrs.field(init=False)
    _most: int = attrs.field(init=False)
    _edges: dict[int, Places] = attrs.field(init=False, factory=dict)

    @_first.default
    def _find_first(self) -> Ints:
        return self.sentences.first.take(self.rows)

    @_counts.default
    def _find_counts(self) -> Ints:
        return self.sentences.fields.take(self.rows)

    @_fewest.default
    def _find_fewest(self) -> int:
        return int(self._counts.min(initial=_MOST_FIELDS))

    @_most.default
    def _find_most(self) -> int:
        return int(self._counts.max(initial=0))

    @property
    def most(self) -> int:
        """The most fields that any of them has."""
        return self._most

    @property
    def places(self) -> Ints:
        """Where each sentence begins, shape (n,)."""
        return self.sentences.places[self.rows]

    def _edge(self, number: int) -> Places:
        """Return the sign before a field, shape (n,): anything where a sentence has fewer."""
        edge = self._edges.get(number)
        if edge is None:
            edge = self._edges[number] = self.sentences.signs[number:].take(self._first, mode="clip")
        return edge

    def _bounds(self, number: int) -> tuple[Places, Places, Mask | None] | None:
        """Return begin and end of a field, and which rows have anything in it, None for all.

        None where no sentence has it.
        """
        if number > self._most:
            return None
        begins, ends = self._edge(number) + 1, self._edge(number + 1)
        if number > self._fewest:
            short = self._counts < number
            begins, ends = np.where(short, 0, begins), np.where(short, 0, ends)
        filled = ends > begins
        if filled.all():
            return begins, ends, None
        return (begins, ends, filled) if filled.any() else None

    def _cells(self, number: int) -> _Cells | None:
        """Return a field as numbers, None where no sentence has anything in it."""
        bounds = self._bounds(number)
        if bounds is None:
            return None
        begins, ends, filled = bounds
        rows = None
        if filled is not None:
            rows = np.flatnonzero(filled)
            begins, ends = begins[rows], ends[rows]
        values, read = decimals(self.sentences.words, begins, ends)
        if read is None:
            return _Cells(values, None, rows)
        # Odd ones are cast as texts, which takes more time and more ways to write a number.
        odd = np.flatnonzero(~read)
        texts = spans(self.sentences.text, begins[odd].astype(np.int64), ends[odd].astype(np.int64))
        values[odd], valid = floats(texts)
        bad = np.zeros(len(values), np.bool_)
        bad[odd] = ~valid
        return _Cells(values, bad, rows)

    def numbers(
        self, number: int, column: str, low: float = -np.inf, high: float = _FLOAT32_MAX
    ) -> Floats | None:
        """Return a field as numbers, shape (n,), NaN where it is empty; others are told of as `column`.

        None where all are empty.
        """
        cells = self._cells(number)
        if cells is None:
            return None
        values, bad = cells.values, cells.bad
        # A NaN makes these comparisons false.
        if not (float(values.min()) >= low and float(values.max()) <= high):
            with np.errstate(invalid="ignore"):
                outside = (values < low) | (values > high)
            bad = outside if bad is None else bad | outside
        return self._spread(values, bad, cells.rows, column)

    def _spread(
        self, values: Floats, bad: Mask | None, rows: Ints | None, column: str, idle: Mask | None = None
    ) -> Floats:
        """Return cells as a column of all sentences, without the bad ones, of which the tally is told.

        Not of those in `idle` sentences, which hold nothing.
        """
        if bad is not None and bad.any():
            places = self.places if rows is None else self.places[rows]
            lost = bad if idle is None else bad & ~(idle if rows is None else idle[rows])
            if lost.any():
                self.tally.lose(column, lost, places)
            values = np.where(bad, np.nan, values)
        if rows is None:
            return values
        column_values = np.full(len(self.rows), np.nan)
        column_values[rows] = values
        return column_values

    def letters(self, number: int) -> Bytes:
        """Return the first letter of a field, shape (n,), 0 where it is empty."""
        bounds = self._bounds(number)
        if bounds is None:
            return np.zeros(len(self.rows), np.uint8)
        begins, _ends, filled = bounds
        found = self.sentences.buffer.take(begins)
        return found if filled is None else np.where(filled, found, 0).astype(np.uint8)

    def texts(self, number: int, width: int) -> Bytes:
        """Return the first letters of a field, shape (n, width), 0 behind its end."""
        bounds = self._bounds(number)
        if bounds is None:
            return np.zeros((len(self.rows), width), np.uint8)
        begins, ends, _filled = bounds
        place = begins[:, None] + np.arange(width)
        buffer = self.sentences.buffer
        return np.where(place < ends[:, None], buffer[np.minimum(place, len(buffer) - 1)], 0).astype(np.uint8)

    def times(self, number: int) -> tuple[Ints, Mask]:
        """Return ns since midnight of a field hhmmss.ss, -1 where it is empty, and which hold no time."""
        cells = self._cells(number)
        if cells is None:
            return np.full(len(self.rows), -1), np.zeros(len(self.rows), np.bool_)
        values = cells.values if cells.bad is None else np.where(cells.bad, -1, cells.values)
        minutes = np.floor(values / 100)
        hour = np.floor(minutes / 100)
        second = values - minutes * 100
        minute = minutes - hour * 100
        bad = (values < 0) | (hour >= _HOUR) | (minute >= _MINUTE) | (second >= _SECOND)
        if bad.any():
            minute, hour, second = (np.where(bad, 0.0, part) for part in (minute, hour, second))
        # In whole seconds and the rest of one, for together they have too many digits for a float.
        ns = ((hour * 60 + minute) * 60).astype(np.int64) * NS_PER_S
        ns += np.rint(second * NS_PER_S).astype(np.int64)
        if bad.any():
            ns[bad] = -1
        if cells.rows is None:
            return ns, bad
        all_ns, all_bad = np.full(len(self.rows), -1), np.zeros(len(self.rows), np.bool_)
        all_ns[cells.rows], all_bad[cells.rows] = ns, bad
        return all_ns, all_bad

    def angle(
        self, number: int, letters: bytes, limit_deg: float, column: str, void: Mask | None = None
    ) -> Floats | None:
        """Return degrees of a field of degrees and minutes (dddmm.mm) and the next one, its hemisphere.

        None where the field is empty in all sentences.

        Args:
            number: of the field.
            letters: of the positive and of the negative hemisphere.
            limit_deg: largest angle there is.
            column: to be told of where a field is no angle.
            void: sentences without a fix, shape (n,): what receivers write there is no position.
        """
        cells = self._cells(number)
        if cells is None:
            return None
        values, bad = cells.values, cells.bad
        degrees = np.floor(values / 100)
        minutes = values - degrees * 100
        angle = degrees + minutes / 60
        side = self.letters(number + 1)
        side = side if cells.rows is None else side[cells.rows]
        negative = side == letters[1]
        told = negative | (side == letters[0])
        # A NaN makes these comparisons false.
        if not (
            float(values.min()) >= 0 and float(minutes.max()) < 60 and float(angle.max()) <= limit_deg  # noqa: PLR2004  (minutes)
        ):
            with np.errstate(invalid="ignore"):
                outside = (values < 0) | (minutes >= 60) | (angle > limit_deg)  # noqa: PLR2004  (minutes)
            bad = outside if bad is None else bad | outside
        if not told.all():
            bad = ~told if bad is None else bad | ~told
        np.negative(angle, out=angle, where=negative)
        return self._spread(angle, bad, cells.rows, column, void)

    def dates(self, number: int) -> Ints:
        """Return a field ddmmyy as one whole number, shape (n,), -1 where it is empty or none."""
        found = np.full(len(self.rows), -1)
        cells = self._cells(number)
        if cells is None:
            return found
        values = cells.values if cells.bad is None else np.where(cells.bad, -1, cells.values)
        whole = (values >= 0) & (values == np.floor(values)) & (values <= _LAST_DATE)
        digits = np.where(whole, values, -1).astype(np.int64)
        if cells.rows is None:
            return digits
        found[cells.rows] = digits
        return found
