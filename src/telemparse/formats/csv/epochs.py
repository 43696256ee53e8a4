"""Rows of a union grid that are the receiver's own epochs; the others are interpolated or repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.formats.csv.assignment import NUMERIC, NUMERIC_SHARE
from telemparse.formats.csv.numbers import numbers
from telemparse.kernels.arrays import bools, to_arrow
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.texts import blank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.source_column import Column
    from telemparse.formats.csv.sources import Instants
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["EpochWatch"]

_MS_PER_S = 1000
_NS_PER_MS = 1_000_000
# Receivers measure at whole milliseconds; a rate that a program has averaged is one of these.
_PERIODS_MS = np.array([divisor for divisor in range(5, _MS_PER_S + 1) if _MS_PER_S % divisor == 0], np.int64)


@attrs.define
class EpochWatch:
    """Tells epochs block by block, whatever size the blocks have.

    Args:
        changing: columns of which one changes with each epoch; empty where a rate tells.
        rate: column with the receiver's rate, or None.
        decimal: sign.
    """

    changing: tuple[Column, ...]
    rate: Column | None
    decimal: str
    _last: dict[int, float] = attrs.field(factory=dict)
    _last_words: dict[int, str] = attrs.field(factory=dict)
    _last_ns: int | None = None

    @classmethod
    def of(cls, watched: Mapping[str, Column], decimal: str) -> EpochWatch | None:
        """Return the watch over columns that a rule names, None where the file has none of them."""
        changing = tuple(column for what, column in watched.items() if what.startswith("change "))
        rate = watched.get("rate")
        return cls(changing, rate, decimal) if changing or rate is not None else None

    def epochs(self, cells: Cells, times: Instants) -> Mask:
        """Return the rows that are epochs, shape (n,)."""
        return self._on_grid(cells, times) if self.rate is not None else self._changed(cells)

    def _changed(self, cells: Cells) -> Mask:
        """Return rows in which a column has another value than in the last row that had one."""
        found = np.zeros(cells.rows, np.bool_)
        for column in self.changing:
            index = column.index
            if index not in cells.columns:
                continue
            array = cells.columns[index]
            if pa.types.is_string(array.type) and _holds_words(column):
                found |= self._reworded(array, index)
                continue
            values, rows = _values(cells, index, self.decimal)
            if not len(rows):
                continue
            before = np.concatenate([[self._last.get(index, np.nan)], values[:-1]])
            found[rows[values != before]] = True
            self._last[index] = float(values[-1])
        return found

    def _reworded(self, words: pa.Array, index: int) -> Mask:
        """Return rows in which a column of words holds another one than in the last row that held any."""
        rows = np.flatnonzero(~blank(words))
        found = np.zeros(len(words), np.bool_)
        if len(rows):
            held = words.take(to_arrow(rows, pa.int64())) if len(rows) < len(words) else words
            found[rows[1:]] = bools(pc.not_equal(held[1:], held[:-1]))
            found[rows[0]] = held[0].as_py() != self._last_words.get(index)
            self._last_words[index] = held[-1].as_py()
        return found

    def _on_grid(self, cells: Cells, times: Instants) -> Mask:
        """Return rows at whole multiples of the receiver's period, the first of those at one instant."""
        assert self.rate is not None  # noqa: S101  (asked by the caller)
        period_ns = _period_ns(self._rates(cells, self.rate))
        found: Mask = times.t_ns % NS_PER_S % period_ns == 0
        if times.valid is not None:
            found &= times.valid
        rows = np.flatnonzero(found)
        if len(rows):
            t_ns = times.t_ns[rows]
            first = np.empty(len(rows), np.bool_)
            first[0] = self._last_ns is None or t_ns[0] != self._last_ns
            np.not_equal(t_ns[1:], t_ns[:-1], out=first[1:])
            found[rows[~first]] = False
            self._last_ns = int(t_ns[-1])
        return found

    def _rates(self, cells: Cells, column: Column) -> Floats:
        """Return the rate of each row; where a row does not say, the one that most sampled rows have."""
        said = column.profile.numbers
        usual = float(np.median(said)) if said else 1.0
        if column.index not in cells.columns:
            return np.full(cells.rows, usual)
        read = numbers(cells.columns[column.index], self.decimal, None)
        rates = read.values.astype(np.float64)
        good = (rates > 0) & np.isfinite(rates)
        return np.where(good if read.valid is None else good & read.valid, rates, usual)


def _holds_words(column: Column) -> bool:
    return bool(column.pair) or column.profile.share(*NUMERIC) < NUMERIC_SHARE


def _values(cells: Cells, index: int, decimal: str) -> tuple[Floats, Ints]:
    """Return the values of the rows that have one, and those rows."""
    array = cells.columns[index]
    read = numbers(array, decimal, None)
    rows = np.arange(cells.rows) if read.valid is None else np.flatnonzero(read.valid)
    return read.values[rows].astype(np.float64), rows


def _period_ns(rates_hz: Floats) -> Ints:
    """Return the whole number of milliseconds that divides a second and is nearest to each period."""
    distinct, places = np.unique(np.clip(rates_hz, 1.0, _MS_PER_S / _PERIODS_MS[0]), return_inverse=True)
    edges = np.sqrt(_PERIODS_MS[1:] * _PERIODS_MS[:-1])
    periods: Ints = _PERIODS_MS[np.searchsorted(edges, _MS_PER_S / distinct)][places] * _NS_PER_MS
    return periods
