"""Which columns of a VBO file are read, and how: those that wanted streams need, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.vbo.rows import RowReader
from telemparse.kernels.casts import floats
from telemparse.kernels.texts import strings

if TYPE_CHECKING:
    from telemparse.formats.vbo.layout import Layout
    from telemparse.formats.vbo.streams import Streams

__all__ = ["row_reader", "textual_channels"]

_MOSTLY = 0.5


def textual_channels(layout: Layout, rows: list[str]) -> frozenset[int]:
    """Return the channels whose first cells are mostly no numbers."""
    split = [cells for row in rows if len(cells := row.split()) == layout.width]
    found = set()
    for source, _unit in layout.channels.values():
        index = source.column.index
        cells = [row[index] for row in split]
        if cells and int(floats(strings(cells))[1].sum()) < _MOSTLY * len(cells):
            found.add(index)
    return frozenset(found - {source.column.index for source in layout.receiver.values()})


def row_reader(layout: Layout, streams: Streams, rows: list[str]) -> RowReader:
    """Return the reader of the columns that wanted streams need."""
    needed = {layout.receiver["time"].column.index}
    for solution in (streams.receiver, streams.fused):
        if solution is not None:
            # Where rows have no position, zeros are no time: these two are read in any case.
            read = solution.sources if streams.reads_positions else ("lat", "lon")
            needed |= {solution.sources[name].column.index for name in read}
    if layout.lap is not None and streams.reads_laps:
        needed.add(layout.lap.index)
    for stream, axes in layout.sensors.items():
        if stream in streams.wanted:
            needed |= {source.column.index for source in axes.values()}
            needed |= {layout.temperature.column.index} if layout.temperature is not None else set()
    if "channels" in streams.wanted:
        needed |= {source.column.index for source, _unit in layout.channels.values()}
    trailing = bool(rows) and rows[0].endswith(" ")
    return RowReader(
        layout.width,
        tuple(sorted(needed - streams.textual)),
        tuple(sorted(needed & streams.textual)),
        trailing,
        layout.receiver["time"].column.index,
    )
