"""Fields of sentences of one kind as numbers and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.casts import floats
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.gather import spans

if TYPE_CHECKING:
    from telemparse.formats.nmea.sentences import Sentences
    from telemparse.formats.nmea.tally import Tally
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.gather import Bytes

__all__ = ["Fields"]

_HOUR, _MINUTE, _SECOND = 24, 60, 61  # a leap second is the 60th
_CENTURY = 80  # of two digits of a year: `80` is 1980 and `79` is 2079
_FLOAT32_MAX = float(np.finfo(np.float32).max)
_NINE_BITS = 0x80


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
    _edges: dict[int, Ints] = attrs.field(factory=dict, init=False)

    @_first.default
    def _find_first(self) -> Ints:
        return self.sentences.first[self.rows]

    @_counts.default
    def _find_counts(self) -> Ints:
        return self.sentences.fields[self.rows]

    @property
    def places(self) -> Ints:
        """Where each sentence begins, shape (n,)."""
        return self.sentences.places[self.rows]

    def _edge(self, number: int) -> Ints:
        """Return where the field of a number ends and the next one begins, kept for both of them."""
        if number not in self._edges:
            signs = self.sentences.signs
            index = self._first + number
            # Beyond the fields that a sentence has, the last ones of the piece would end behind it.
            if len(index) and index[-1] >= len(signs):
                index = np.minimum(index, len(signs) - 1)
            self._edges[number] = signs[index]
        return self._edges[number]

    def _bounds(self, number: int) -> tuple[Ints, Ints, Mask | None]:
        """Return begin and end of a field, and which rows have anything in it, None for all."""
        begins, ends = self._edge(number) + 1, self._edge(number + 1)
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
        buffer = self.sentences.buffer
        if filled is None:
            values, valid = floats(spans(self._ascii(buffer, begins, ends), begins, ends))
            return values, ~valid
        values, bad = np.full(len(self.rows), np.nan), np.zeros(len(self.rows), np.bool_)
        some = np.flatnonzero(filled)
        if len(some):
            begins, ends = begins[some], ends[some]
            values[some], valid = floats(spans(self._ascii(buffer, begins, ends), begins, ends))
            bad[some] = ~valid
        return values, bad

    @staticmethod
    def _ascii(buffer: Bytes, begins: Ints, ends: Ints) -> Bytes:
        """Return the buffer with nothing in it that UTF-8 would refuse."""
        if not len(begins):
            return buffer
        used = buffer[int(begins.min()) : int(ends.max())]
        return (
            buffer
            if not len(used) or used.max() < _NINE_BITS
            else np.where(buffer < _NINE_BITS, buffer, ord("?")).astype(np.uint8)
        )

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
        values, bad = self._read(number)
        whole = ~bad & ~np.isnan(values) & (values >= 0) & (values == np.floor(values)) & (values < 1e6)  # noqa: PLR2004  (six digits)
        digits = np.where(whole, values, 0).astype(np.int64)
        year = digits % 100
        return (
            np.where(whole, year + np.where(year < _CENTURY, 2000, 1900), 0),
            digits // 100 % 100,
            digits // 10_000,
        )
