"""Zones in dates that Java spells (`Sat Jun 01 12:34:56 GMT+01:00 2024`), for a phone's clock beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.formats.csv.assignment import TYPED_SHARE
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.dates import offsets_ns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.kernels.arrays import Ints

__all__ = ["SpelledZones"]

_SPELLED = (
    r"^[A-Za-z]{2,9} [A-Za-z]{3,9} \d{1,2} \d{1,2}:\d{2}:\d{2} "
    r"(?P<zone>[A-Z]{1,5}|(?:GMT|UTC)?[+-]\d{1,2}:?\d{2}) \d{4}$"
)
_PATTERN = re.compile(_SPELLED)
# Letters that mean one offset wherever they are used; EST, CST, IST, BST and more mean several.
_HOURS = {
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "EDT": -4, "MDT": -6, "PDT": -7,
    "AKDT": -8, "JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_NUMERIC = {letters: f"{hours:+03d}:00" for letters, hours in _HOURS.items()}


@attrs.define
class SpelledZones:
    """Reads the offset of each row; one without a readable zone has that of the row before.

    Args:
        offset_ns: east of UTC, of the row before; first that of the first date in the file.
    """

    offset_ns: int

    @classmethod
    def of(cls, cells: Iterable[str]) -> SpelledZones | None:
        """Return the reader for a column with these cells, None unless nearly all name a known zone."""
        found = [_PATTERN.fullmatch(cell.strip()) for cell in cells]
        zones = pa.array([_numeric(each["zone"]) if each else "" for each in found], pa.string())
        offset_ns, valid = offsets_ns(zones)
        sure = valid.any() and valid.mean() >= TYPED_SHARE
        return cls(int(offset_ns[np.argmax(valid)])) if sure else None

    def read(self, texts: pa.Array) -> Ints:
        """Return the offsets of a block in ns east of UTC, shape (n,)."""
        found = pc.extract_regex(pc.ascii_trim_whitespace(texts), _SPELLED)
        encoded = found.field("zone").dictionary_encode()
        words = [_numeric(word) for word in encoded.dictionary.to_pylist()]
        by_word, known = offsets_ns(pa.array(words, pa.string()))
        codes = np.where(validity(encoded), numpy_view(encoded.indices), len(words))
        valid = np.append(known, [False])[codes]
        offsets = np.where(valid, np.append(by_word, 0)[codes], self.offset_ns)
        before = np.maximum.accumulate(np.where(valid, np.arange(len(codes)), -1))
        offsets = np.where(before >= 0, offsets[before], self.offset_ns)
        if len(offsets):
            self.offset_ns = int(offsets[-1])
        return offsets


def _numeric(zone: str | None) -> str:
    return _NUMERIC.get(zone or "", zone or "")
