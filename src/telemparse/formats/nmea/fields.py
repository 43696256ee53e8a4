"""Fields of sentences of one kind as numbers and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.casts import floats
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.gather import spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.nmea.sentences import Sentences
    from telemparse.formats.nmea.tally import Tally
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.gather import Bytes

__all__ = ["Fields"]

_HOUR, _MINUTE, _SECOND = 24, 60, 61  # a leap second is the 60th
_CENTURY = 80  # of two digits of a year: `80` is 1980 and `79` is 2079
_FLOAT32_MAX = float(np.finfo(np.float32).max)
_LANE = 8
_MOST_FIELDS = 20


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

    _edges: Ints = attrs.field(init=False)
    _counts: Ints = attrs.field(init=False)

    @_edges.default
    def _find_edges(self) -> Ints:
        """Return where fields end and the next ones begin, shape (most fields + 2, n)."""
        first, signs = self.sentences.first[self.rows], self.sentences.signs
        width = min(int(self.sentences.fields[self.rows].max(initial=0)), _MOST_FIELDS) + 2
        # A sentence's signs are neighbours: all of them are copied at once.
        if len(first) and int(first[-1]) + width > len(signs):
            signs = np.append(signs, np.repeat(signs[-1:], width))
        view: NDArray[Any] = np.ndarray((len(signs) - width + 1,), f"V{8 * width}", signs, strides=(8,))
        return np.ascontiguousarray(view[first].view(np.int64).reshape(len(first), width).T)

    @_counts.default
    def _find_counts(self) -> Ints:
        return self.sentences.fields[self.rows]

    @property
    def places(self) -> Ints:
        """Where each sentence begins, shape (n,)."""
        return self.sentences.places[self.rows]

    def _bounds(self, number: int) -> tuple[Ints, Ints, Mask | None]:
        """Return begin and end of a field, and which rows have anything in it, None for all."""
        if number + 1 >= len(self._edges):  # no sentence has it
            return (
                np.zeros_like(self._counts),
                np.zeros_like(self._counts),
                np.zeros(len(self._counts), np.bool_),
            )
        begins, ends = self._edges[number] + 1, self._edges[number + 1]
        short = self._counts < number
        if short.any():
            begins, ends = np.where(short, 0, begins), np.where(short, 0, ends)
        filled = ends > begins
        return begins, ends, None if filled.all() else filled

    def numbers(self, number: int, column: str, low: float = -np.inf, high: float = _FLOAT32_MAX) -> Floats:
        """Return a field as numbers, shape (n,), NaN where it is empty; others are told of as `column`."""
        values, bad = self._read(number)
        with np.errstate(invalid="ignore"):
            bad |= (values < low) | (values > high)
        if bad.any():
            self.tally.lose(column, bad, self.places)
            values = np.where(bad, np.nan, values)
        return values

    def _read(self, number: int) -> tuple[Floats, Mask]:
        """Return numbers, NaN where there is none, and which rows hold something else."""
        begins, ends, filled = self._bounds(number)
        text = self.sentences.text
        if filled is None:
            values, valid = floats(spans(text, begins, ends))
            return values, ~valid
        values, bad = np.full(len(self.rows), np.nan), np.zeros(len(self.rows), np.bool_)
        some = np.flatnonzero(filled)
        if len(some):
            begins, ends = begins[some], ends[some]
            values[some], valid = floats(spans(text, begins, ends))
            bad[some] = ~valid
        return values, bad

    def letters(self, number: int) -> Bytes:
        """Return the first letter of a field, shape (n,), 0 where it is empty."""
        begins, _ends, filled = self._bounds(number)
        found = self.sentences.buffer[begins]
        return found if filled is None else np.where(filled, found, 0).astype(np.uint8)

    def texts(self, number: int, width: int) -> Bytes:
        """Return the first letters of a field, shape (n, width), 0 behind its end."""
        begins, ends, _filled = self._bounds(number)
        place = begins[:, None] + np.arange(width)
        buffer = self.sentences.buffer
        return np.where(place < ends[:, None], buffer[np.minimum(place, len(buffer) - 1)], 0).astype(np.uint8)

    def times(self, number: int) -> tuple[Ints, Mask]:
        """Return ns since midnight of a field hhmmss.ss, -1 where it is empty, and which hold no time."""
        values, bad = self._read(number)
        empty = np.isnan(values)
        known = np.where(empty, 0.0, values)
        minutes = np.floor(known / 100)
        hour, second = np.floor(minutes / 100), known - minutes * 100
        minute = minutes - hour * 100
        bad |= (known < 0) | (hour >= _HOUR) | (minute >= _MINUTE) | (second >= _SECOND)
        seconds = np.where(bad, 0.0, (hour * 60 + minute) * 60)
        ns = seconds.astype(np.int64) * NS_PER_S + np.rint(np.where(bad, 0.0, second) * NS_PER_S).astype(
            np.int64
        )
        return np.where(empty | bad, -1, ns), bad

    def angle(self, number: int, letters: bytes, limit_deg: float, column: str) -> Floats:
        """Return degrees of a field of degrees and minutes (dddmm.mm) and the next one, its hemisphere.

        Args:
            number: of the field.
            letters: of the positive and of the negative hemisphere.
            limit_deg: largest angle there is.
            column: to be told of where a field is no angle.
        """
        values, bad = self._read(number)
        degrees = np.floor(values / 100)
        minutes = values - degrees * 100
        angle = degrees + minutes / 60
        side = self.letters(number + 1)
        positive, negative = side == letters[0], side == letters[1]
        with np.errstate(invalid="ignore"):
            bad |= (values < 0) | (minutes >= 60) | (angle > limit_deg)  # noqa: PLR2004  (minutes)
        bad |= ~np.isnan(values) & ~positive & ~negative
        if bad.any():
            self.tally.lose(column, bad, self.places)
            angle = np.where(bad, np.nan, angle)
        signed: Floats = np.where(negative, -angle, angle)
        return signed

    def dates(self, number: int) -> tuple[Ints, Ints, Ints]:
        """Return year, month and day of a field ddmmyy, each shape (n,), 0 where it is empty or no date."""
        if len(self.rows) > 1 and self._all_alike(number):
            one = attrs.evolve(self, rows=self.rows[:1])
            year, month, day = (np.repeat(part, len(self.rows)) for part in one.dates(number))
            return year, month, day
        values, bad = self._read(number)
        whole = ~bad & ~np.isnan(values) & (values >= 0) & (values == np.floor(values)) & (values < 1e6)  # noqa: PLR2004  (six digits)
        digits = np.where(whole, values, 0).astype(np.int64)
        year = digits % 100
        return (
            np.where(whole, year + np.where(year < _CENTURY, 2000, 1900), 0),
            digits // 100 % 100,
            digits // 10_000,
        )

    def _all_alike(self, number: int) -> bool:
        """Tell whether a field of up to eight letters is the same in all sentences."""
        begins, ends, filled = self._bounds(number)
        width = int(ends[0] - begins[0])
        if filled is not None or width > _LANE or bool((ends - begins != width).any()):
            return False
        buffer = self.sentences.buffer
        lanes = np.ndarray((len(buffer) - _LANE + 1,), np.dtype("<u8"), buffer, strides=(1,))
        shift = np.uint64(8 * (_LANE - width))
        letters = lanes[begins] << shift
        return bool((letters == letters[0]).all())
