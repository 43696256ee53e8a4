"""What a VBO file says of its fixes beside the positions: satellites, kind of solution, kind of fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.vbo.producers import Producer
from telemparse.kernels.arrays import to_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from telemparse.formats.vbo.layout import Source
    from telemparse.formats.vbo.ledger import Ledger
    from telemparse.formats.vbo.rows import Cells
    from telemparse.kernels.arrays import Mask

__all__ = ["FixWords", "Verdict", "counted"]

_SATELLITES = 63  # 64 says that the brake trigger is pressed, 128 that DGPS corrects (Racelogic, "Sats")
_MOST_SATELLITES = 255
_NOTHING, _COAST = 0, 6
# Racelogic, VBOX 3i manual, "Solution type": 1 GNSS, 2 DGPS and 5 fixed position do not tell 2D from 3D.
_SOLUTIONS = {3: 6, 4: 7, 6: 1}
_FIX_TYPES = {0: 0, 2: 2, 3: 3}
_UNKNOWN = 255


@attrs.frozen
class Verdict:
    """What one column says of the rows of a block.

    Args:
        lost: rows without a fix, shape (n,); None for no row.
        doubtful: rows of which nobody knows; None for no row.
        kinds: canonical columns that come of it.
    """

    lost: Mask | None = None
    doubtful: Mask | None = None
    kinds: Mapping[str, pa.Array] = attrs.field(factory=dict)


@attrs.frozen
class FixWords:
    """Reads the columns beside a position.

    Args:
        sources: by word of `words.RECEIVER`.
        producer: of the file.
        fused: they belong to the logger's filter rather than the receiver.
        ledger: takes what is lost.
    """

    sources: Mapping[str, Source]
    producer: Producer
    fused: bool
    ledger: Ledger

    def verdicts(self, cells: Cells, timed: Mask | None) -> Iterator[Verdict]:
        """Yield what each column says; where two tell the kind of fix, the later one counts."""
        for judge in (self._satellites, self._solution, self._fix):
            yield judge(cells, timed)

    def _satellites(self, cells: Cells, timed: Mask | None) -> Verdict:
        if "sat_count" not in self.sources:
            return Verdict()
        read = cells.numbers(self.sources["sat_count"].column.index)
        values = read.values if read.valid is None else np.where(read.valid, read.values, -1.0)
        whole = (values >= 0) & (values <= _MOST_SATELLITES) & (values == np.rint(values))
        bad = ~whole if read.valid is None else ~whole & read.valid
        bad = bad if read.bad is None else bad | read.bad
        if bad.any() and not self.fused:  # the receiver has counted it already
            self.ledger.blank(counted(bad, timed), cells.line, self.sources["sat_count"].column.name)
        count = np.where(whole, values, 0).astype(np.int64) & _SATELLITES
        column = {"sat_count": to_arrow(count, pa.uint8(), whole)}
        none = whole & (count == 0)
        if not none.any():
            return Verdict(kinds=column)
        # Apps write 0 for a number that they do not have; a VBOX means it.
        meant = self.producer is Producer.RACELOGIC
        return Verdict(none if meant else None, None if meant else none, column)

    def _solution(self, cells: Cells, timed: Mask | None) -> Verdict:
        codes = self._codes(cells, "solution", timed)
        if codes is None:
            return Verdict()
        lost = codes == _NOTHING
        if not self.fused:
            lost |= codes == _COAST
        kinds = _looked_up(codes, _SOLUTIONS)
        column = {"fix_type": to_arrow(kinds, pa.uint8(), kinds != _UNKNOWN)}
        return Verdict(lost if lost.any() else None, None, column)

    def _fix(self, cells: Cells, timed: Mask | None) -> Verdict:
        codes = self._codes(cells, "fix_type", timed)
        if codes is None:
            return Verdict()
        lost, doubtful = codes == _NOTHING, codes == 1
        kinds = _looked_up(codes, _FIX_TYPES)
        column = {"fix_type": to_arrow(kinds, pa.uint8(), kinds != _UNKNOWN)}
        return Verdict(lost if lost.any() else None, doubtful if doubtful.any() else None, column)

    def _codes(self, cells: Cells, name: str, timed: Mask | None) -> NDArray[np.int64] | None:
        """Return a column of small codes, shape (n,), -1 where there is none; None without the column."""
        if name not in self.sources:
            return None
        read = cells.numbers(self.sources[name].column.index)
        values = read.values if read.valid is None else np.where(read.valid, read.values, -1.0)
        small = (values >= 0) & (values <= _UNKNOWN) & (values == np.rint(values))
        odd = ~small if read.valid is None else ~small & read.valid
        odd = odd if read.bad is None else odd | read.bad
        if odd.any() and not self.fused:
            self.ledger.blank(counted(odd, timed), cells.line, self.sources[name].column.name)
        return np.where(small, values, -1).astype(np.int64)


def _looked_up(codes: NDArray[np.int64], meanings: Mapping[int, int]) -> NDArray[np.int64]:
    table = np.full(_UNKNOWN + 2, _UNKNOWN, np.int64)
    for code, meaning in meanings.items():
        table[code] = meaning
    return table[codes]  # -1 is the last one, unknown


def counted(lost: Mask, timed: Mask | None) -> Mask:
    """Return the rows of a loss that count: those with a time."""
    return lost if timed is None else lost & timed
