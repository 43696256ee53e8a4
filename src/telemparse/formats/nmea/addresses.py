"""Addresses of sentences: who talks and what is said; what is read, and what is only counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.nmea.sentences import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.nmea.sentences import Sentences
    from telemparse.formats.nmea.tally import Tally
    from telemparse.kernels.arrays import Ints, Mask

    Kinds = NDArray[np.int8]

__all__ = ["OTHER", "Addresses", "Told"]

OTHER = -1
"""Kind of what is not read."""

_USUAL = 16  # addresses that are compared one by one, before the rest is sorted
_PROPRIETARY = b"P"  # `PGRMC` is a sentence of Garmin's and no RMC
_GLL_TIME = 5
_NO_ROWS = np.zeros(0, np.int64)


@attrs.frozen
class Told:
    """What sentences are, each of shape (n,).

    Args:
        kinds: values of `Kind`, or `OTHER`.
        numbers: of their addresses, talker and all, from 0.
    """

    kinds: Kinds
    numbers: Ints


@attrs.define
class Addresses:
    """Remembers the addresses that a log has shown."""

    _known: dict[int, tuple[int, int, str]] = attrs.field(factory=dict)

    def tell(self, sentences: Sentences, tally: Tally | None) -> Told:
        """Return what the sentences are, and count them."""
        codes = sentences.codes
        kinds = np.full(len(codes), OTHER, np.int8)
        numbers = np.zeros(len(codes), np.int64)
        known = 0
        usual = list(self._known)[:_USUAL]
        for code in usual:
            known += self._set(code, codes == code, kinds, numbers, tally)
        rest = np.flatnonzero(~np.isin(codes, np.array(usual, np.uint64))) if known < len(codes) else _NO_ROWS
        for code in np.unique(codes[rest]).tolist() if len(rest) else ():
            self._know(code)
        if len(rest):
            self._sorted(codes, rest, kinds, numbers, tally)
        odd = np.flatnonzero(codes == 0)
        if len(odd) and tally is not None:
            _count_odd(sentences, odd, tally)
        # GLL of version 1.5 has no time: it belongs nowhere.
        timeless = (kinds == KINDS[b"GLL"]) & (sentences.fields < _GLL_TIME)
        if timeless.any():
            kinds[timeless] = OTHER
        return Told(kinds, numbers)

    def _know(self, code: int) -> None:
        if code in self._known or code == 0:
            return
        name = code.to_bytes(8, "little")[:5]
        kind = OTHER if name.startswith(_PROPRIETARY) else int(KINDS.get(name[2:], OTHER))
        self._known[code] = (kind, len(self._known), name.decode("latin-1"))

    def _set(self, code: int, rows: Mask, kinds: Kinds, numbers: Ints, tally: Tally | None) -> int:
        """Tell sentences of one address, and return how many there are."""
        count = int(np.count_nonzero(rows))
        if not count:
            return 0
        kind, number, name = self._known[code]
        if kind != OTHER:
            np.copyto(kinds, kind, where=rows)
            np.copyto(numbers, number, where=rows)
        _count(tally, kind, name, count)
        return count

    def _sorted(
        self, codes: NDArray[np.uint64], rest: Ints, kinds: Kinds, numbers: Ints, tally: Tally | None
    ) -> None:
        """Tell sentences of addresses that are many, or new."""
        distinct, which, counts = np.unique(codes[rest], return_inverse=True, return_counts=True)
        entries = [self._known.get(code, (OTHER, 0, "")) for code in distinct.tolist()]
        kinds[rest] = np.array([kind for kind, _number, _name in entries], np.int8)[which]
        numbers[rest] = np.array([number for _kind, number, _name in entries], np.int64)[which]
        for (kind, _number, name), count in zip(entries, counts.tolist(), strict=True):
            if name:
                _count(tally, kind, name, count)


def _count(tally: Tally | None, kind: int, name: str, count: int) -> None:
    if tally is None:
        return
    if kind == OTHER:
        tally.pass_over(name, count)
    else:
        tally.used[name] += count


def _count_odd(sentences: Sentences, rows: Ints, tally: Tally) -> None:
    """Count sentences whose address is not of five letters."""
    begins = sentences.places[rows] + 1
    ends = np.minimum(sentences.signs[sentences.first[rows] + 1], begins + 12)
    data = sentences.buffer.tobytes()
    names = Counter(data[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True))
    for name, count in sorted(names.items()):
        tally.pass_over(name.decode() if name.isalnum() and name.isascii() else "other", count)
