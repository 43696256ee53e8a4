"""The unit of a VBO file's speeds, measured against its positions: converters write mph below `km/h`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from telemparse.formats.vbo.decimals import Decimal, pointed
from telemparse.formats.vbo.demand import row_reader
from telemparse.formats.vbo.tail import Tail
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.speeds import speed_unit

if TYPE_CHECKING:
    from telemparse.formats.vbo.streams import Streams
    from telemparse.kernels.lines import Block
    from telemparse.kernels.units import Unit

__all__ = ["PROBE_BYTES", "shown_speed_unit"]

PROBE_BYTES = 1024 * 1024
"""How much of the head of the rows is looked at."""


def shown_speed_unit(
    block: Block, streams: Streams, rows: list[str], decimal: Decimal = Decimal.POINT
) -> Unit | None:
    """Return the unit that way and time show the speeds to be in, None where it is the one they are read in.

    Args:
        block: the first rows.
        streams: of the file, which are used up: give it some of their own.
        rows: the first rows as text.
        decimal: mark of their numbers.
    """
    if streams.receiver is None or not streams.reads_positions:
        return None
    layout = streams.layout
    data = pointed(Tail().rows_of(block.lines), decimal)
    reader = row_reader(layout, streams, rows)
    cells = reader.read(data, 1, data.count(b"\n")) if data and not data.isspace() else None
    if cells is None or not cells.rows:
        return None
    scale = layout.receiver["speed_mps"].scale
    with np.errstate(all="ignore"):  # as when the rows are read
        times = streams.clock.read(cells.numbers(reader.clock))
        found = streams.receiver.read(cells, times)
        speed = found.columns["speed_mps"]
        usable = validity(speed) if found.usable is None else found.usable & validity(speed)
        written = numpy_view(speed).astype(np.float64) / scale
        unit = speed_unit(times.t_ns, found.lat_deg, found.lon_deg, written, usable)
    return None if unit is None or math.isclose(unit.scale, scale, rel_tol=1e-6) else unit
