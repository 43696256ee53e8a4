"""Signals: the values of one payload name over many messages, and columns of them by their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.live.messages import Plain
    from telemparse.live.raw_lines import RawLine
    from telemparse.schemas.channel_names import NamedChannel

__all__ = ["MOST_SIGNALS", "Signal", "gathered"]

MOST_SIGNALS = 4096
"""Different names that a vehicle may use in an hour; further ones are named, and stay in the raw files."""

_EXACT = 2**53  # the largest whole number below which a float64 misses none


@attrs.define
class Signal:
    """The values of one payload name.

    Args:
        name: as senders write it.
        rows: of the messages that have it, ascending.
        values: in them; None where a message says that it is not known.
    """

    name: str
    rows: list[int] = attrs.field(factory=list)
    values: list[Plain] = attrs.field(factory=list)

    @property
    def is_numeric(self) -> bool:
        """A value is a number."""
        return not {int, float}.isdisjoint(self._kinds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of values, in words, without null."""
        return tuple(sorted({_WORDS[kind] for kind in self._kinds if kind in _WORDS}))

    @property
    def _kinds(self) -> set[type]:
        return set(map(type, self.values))

    def unknown_rows(self) -> list[int]:
        """Return the rows of the messages that say null."""
        return [row for row, value in zip(self.rows, self.values, strict=True) if value is None]

    def numbers(self, rows: int) -> Floats:
        """Return the numbers as float64, shape (rows,), NaN where there is none."""
        dense = np.full(rows, np.nan)
        places, values = self._of((int, float))
        dense[places] = np.array(values, np.float64)
        return dense

    def without(self, numbers: Mask, nulls: Mask) -> Signal:
        """Return the signal without numbers and without nulls in the rows of two masks, shape (rows,)."""
        left = [
            (row, value)
            for row, value in zip(self.rows, self.values, strict=True)
            if not (nulls[row] if value is None else numbers[row] and type(value) in _NUMBERS)
        ]
        return Signal(self.name, [row for row, _value in left], [value for _row, value in left])

    def columns(self, channel: NamedChannel, rows: int) -> Iterator[tuple[str, pa.Array]]:
        """Yield the values as arrays of length `rows`, with what stands behind the channel's name.

        Numbers stand under the name itself. Texts and flags do so where the name is no canonical one and
        has no numbers; else they get `_text` and `_flag`. Nothing is rounded: a whole number that the
        column's type cannot hold, or one too large in the channel's unit, goes to the texts.
        """
        own = not channel.is_canonical and not self.is_numeric
        places, values = self._of((int, float))
        texts: list[tuple[int, str]] = []
        if values or self.kinds == ():
            array, odd = _numbers(places, values, channel, rows)
            texts = [(place, str(value)) for place, value in odd]
            yield "", array
        flag_places, flags = self._of((bool,))
        if flags:
            dense, valid = _dense(flag_places, np.array(flags, np.uint8), rows)
            yield "" if own and self.kinds == (_WORDS[bool],) else "_flag", to_arrow(dense, pa.uint8(), valid)
        places, words = self._of((str,))
        texts = sorted([*texts, *zip(places.tolist(), words, strict=True)])
        if texts:
            spread: list[str | None] = [None] * rows
            for place, text in texts:
                spread[place] = text
            yield "" if own else "_text", pa.array(spread, pa.string())

    def _of(self, kinds: tuple[type, ...]) -> tuple[Ints, list[Any]]:
        """Return the rows and the values of some kinds."""
        if self._kinds <= set(kinds):
            return np.array(self.rows, np.int64), list(self.values)
        found = [
            (row, value) for row, value in zip(self.rows, self.values, strict=True) if type(value) in kinds
        ]
        return np.array([row for row, _value in found], np.int64), [value for _row, value in found]


_NUMBERS = (int, float)
_WORDS = {int: "number", float: "number", bool: "flag", str: "text"}


def gathered(messages: Sequence[RawLine]) -> tuple[dict[str, Signal], list[str]]:
    """Return the signals of messages by name, and the names beyond `MOST_SIGNALS`, sorted."""
    signals: dict[str, Signal] = {}
    skipped: set[str] = set()
    for row, message in enumerate(messages):
        for name, value in message.payload.items():
            signal = signals.get(name)
            if signal is None:
                if len(signals) >= MOST_SIGNALS:
                    skipped.add(name)
                    continue
                signal = signals[name] = Signal(name)
            signal.rows.append(row)
            signal.values.append(value)
    return signals, sorted(skipped)


def _numbers(
    places: Ints, values: list[Any], channel: NamedChannel, rows: int
) -> tuple[pa.Array, list[tuple[int, float]]]:
    """Return numbers in the unit of their channel, and those that the column cannot hold as they are."""
    whole = {*map(type, values)} == {int}
    if whole and not channel.is_converted and _fits_int64(min(values), max(values)):
        dense, valid = _dense(places, np.array(values, np.int64), rows)
        return to_arrow(dense, pa.int64(), valid), []
    odd: list[tuple[int, float]] = [
        (place, value)
        for place, value in zip(places.tolist(), values, strict=True)
        if type(value) is int and abs(value) > _EXACT and int(float(value)) != value
    ]
    dense, valid = _dense(places, np.array(values, np.float64), rows)
    if channel.is_converted:
        with np.errstate(over="ignore"):
            dense = channel.converted(dense)
        infinite = ~np.isfinite(dense[places])
        odd += [(int(places[at]), values[at]) for at in np.flatnonzero(infinite)]
    valid[[place for place, _value in odd]] = False
    return to_arrow(dense, pa.float64(), valid), odd


def _fits_int64(least: int, most: int) -> bool:
    return least >= -(2**63) and most < 2**63


def _dense(places: Ints, values: Any, rows: int) -> tuple[Any, Mask]:
    dense, valid = np.zeros(rows, values.dtype), np.zeros(rows, np.bool_)
    dense[places], valid[places] = values, True
    return dense, valid
