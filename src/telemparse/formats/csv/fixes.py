"""Validity of positions: what the words of a fix column mean, and when the fix was lost and came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.csv.vocabulary import squash
from telemparse.kernels.arrays import numpy_view, validity

if TYPE_CHECKING:
    from telemparse.extension.csv_dialect import FixRule
    from telemparse.formats.csv.source_column import Column
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["UNKNOWN_TYPE", "FixWatch", "Verdict"]

_LOST = frozenset({
    "0", "0.0", "-1", "no fix", "nofix", "no_fix", "none", "no", "n", "false", "f", "void", "v", "invalid",
    "not valid", "nosoln", "no solution", "no gps", "lost",
})  # fmt: skip
_TYPES = {
    **dict.fromkeys(("2d", "2d fix", "2d/dgps"), 2),
    **dict.fromkeys(("3d", "3d fix", "3d/dgps", "3d/dgnss"), 3),
    **dict.fromkeys(("dr", "dead reckoning", "estimated"), 1),
    **dict.fromkeys(("float", "rtk float", "rtk_float"), 6),
    **dict.fromkeys(("fixed", "rtk fixed", "rtk_fixed", "rtk fix"), 7),
}
# NMEA 0183 GGA, field "GPS quality indicator": 1 and 2 say nothing of two or three dimensions.
_QUALITY_TYPES = {4: 7, 5: 6, 6: 1}
_DOUBTFUL_QUALITY = (7, 8)  # manual input, simulator
_TIME_ONLY = 5
_HIGHEST_TYPE = 7
UNKNOWN_TYPE = 255
"""Stands for a fix type that nobody names; null in the column."""


@attrs.frozen
class Verdict:
    """What the fix column says of each row.

    Args:
        lost: no position.
        doubtful: a position of unknown validity.
        types: canonical fix type, 255 where unknown.
    """

    lost: Mask
    doubtful: Mask
    types: Ints


@attrs.define
class FixWatch:
    """Judges rows by the fix column, counts epochs without a fix and notices loss and return.

    Args:
        rule: the dialect's words.
        column: the fix column, or None.
        lost_epochs: so far.
        epochs: so far.
    """

    rule: FixRule
    column: Column | None
    lost_epochs: int = 0
    epochs: int = 0
    _has_fix: bool | None = None

    def judge(self, array: pa.Array) -> Verdict:
        """Return what the column's words say; a blank cell says nothing."""
        encoded = array.cast(pa.string()).dictionary_encode()
        words = [word.strip().lower() for word in encoded.dictionary.to_pylist()]
        table = [self._meaning(word) for word in words]
        codes = np.where(validity(encoded), numpy_view(encoded.indices), len(words))
        lost = np.array([*(lost for lost, _doubtful, _type in table), False], np.bool_)
        doubtful = np.array([*(doubtful for _lost, doubtful, _type in table), False], np.bool_)
        types = np.array([*(kind for _lost, _doubtful, kind in table), UNKNOWN_TYPE], np.int64)
        return Verdict(lost[codes], doubtful[codes], types[codes])

    def _meaning(self, word: str) -> tuple[bool, bool, int]:
        """Return (lost, doubtful, canonical type) of one word; the dialect speaks first."""
        number = _whole(word)
        if number is not None and word not in (*self.rule.types, *self.rule.lost, *self.rule.doubtful):
            word = str(number)  # `1.0000000`
        kind = self.rule.types.get(word, _TYPES.get(word, UNKNOWN_TYPE))
        if word in self.rule.doubtful:
            return False, True, kind
        if word in self.rule.lost or word in _LOST:
            return True, False, 0
        return self._number(number) if number is not None and kind == UNKNOWN_TYPE else (False, False, kind)

    def _number(self, number: int) -> tuple[bool, bool, int]:
        """Return what a number says: a canonical type, an NMEA quality, or only that there is a fix."""
        source = self.column.source if self.column is not None else ""
        name = self.column.quantity.name if self.column is not None and self.column.quantity else ""
        if name == "fix_type" and 0 <= number <= _HIGHEST_TYPE:
            return number == _TIME_ONLY, False, number
        if "qual" in squash(source):
            return False, number in _DOUBTFUL_QUALITY, _QUALITY_TYPES.get(number, UNKNOWN_TYPE)
        return False, False, UNKNOWN_TYPE

    def follow(self, has_fix: Mask) -> list[tuple[int, str]]:
        """Take in the epochs of a block in order; return (epoch, event type) of each loss and return."""
        self.epochs += len(has_fix)
        self.lost_epochs += int((~has_fix).sum())
        if not len(has_fix):
            return []
        before = np.concatenate([[has_fix[0] if self._has_fix is None else self._has_fix], has_fix[:-1]])
        self._has_fix = bool(has_fix[-1])
        return [
            (int(row), "fix_regained" if has_fix[row] else "fix_lost")
            for row in np.flatnonzero(has_fix != before)
        ]


def _whole(word: str) -> int | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None
