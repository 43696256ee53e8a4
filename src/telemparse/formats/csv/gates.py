"""Gates in the lines above the rows, watched while the trace goes by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.csv.markup import tagged_block
from telemparse.kernels.arrays import numpy_view
from telemparse.kernels.gate_lines import GateChoice, Meaning
from telemparse.model.gates import GateKind

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.markup import TaggedBlock
    from telemparse.kernels.arrays import Mask

__all__ = ["GateWatch", "finish_line"]

_NUMBER = r"\s*([+-]?\d{1,3}(?:\.\d{1,15})?)\s*"
_LINE = re.compile(rf"(\d{{1,3}}),{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}", re.ASCII)
_MOST = 100


@attrs.define
class GateWatch:
    """The gates of a file.

    Args:
        choices: still to be placed.
        odd_lines: numbers of lines that are no gate.
        lines: how many lines there were.
        somewhere: the first fix, degrees, None before it.
    """

    choices: list[GateChoice]
    odd_lines: list[int]
    lines: int
    somewhere: tuple[float, float] | None = None

    @classmethod
    def of(cls, dialect: CsvDialect, layout: Layout) -> GateWatch | None:
        """Return the watch over the gates that a dialect speaks of, None where it speaks of none."""
        if not dialect.gates:
            return None
        block = tagged_block(layout, dialect.gates)
        read = [(number, _LINE.fullmatch(text)) for number, text in block.lines]
        found = [match.groups() for _number, match in read if match is not None][:_MOST]
        finish = finish_line(block)
        choices = [_choice(groups, finish) for groups in found]
        return cls(choices, [number for number, match in read if match is None], len(block.lines))

    def watch(self, lat: pa.Array, lon: pa.Array, fixed: Mask | None) -> None:
        """Take in the fixes of a block: its positions, and which of them are fixes, None for all."""
        rows = slice(None) if fixed is None else fixed
        lat_deg, lon_deg = numpy_view(lat)[rows], numpy_view(lon)[rows]
        if not len(lat_deg):
            return
        if self.somewhere is None:
            self.somewhere = float(lat_deg[0]), float(lon_deg[0])
        # The format says what the points are, so no direction of travel is asked.
        still = np.zeros(len(lat_deg), np.bool_)
        for choice in self.choices:
            choice.watch(lat_deg, lon_deg, lat_deg, still)


def finish_line(block: TaggedBlock) -> int:
    """Return the number of the finish among lines of gates: their highest, 0 without any."""
    said = block.facts.get("sectors", "")
    if said.isdecimal() and len(said) <= 3:  # noqa: PLR2004  (as many as a line's number has)
        return int(said)
    return max((int(match[1]) for _n, text in block.lines if (match := _LINE.fullmatch(text))), default=0)


def _choice(groups: tuple[str, ...], finish: int) -> GateChoice:
    a, b, c, d = (float(word) for word in groups[1:])
    kind = GateKind.START_FINISH if int(groups[0]) == finish else GateKind.SECTOR
    name = "finish" if kind is GateKind.START_FINISH else f"sector {groups[0]}"
    orders = (((a, b), (c, d)), ((b, a), (d, c)))
    return GateChoice(kind, name, orders, Meaning.ENDS, {"line": ",".join(groups)})
