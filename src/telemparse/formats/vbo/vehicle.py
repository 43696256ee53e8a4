"""Channels of a VBO block: numbers in their own units, words where the first rows have words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.formats.vbo.ledger import Ledger
from telemparse.formats.vbo.values import scaled
from telemparse.kernels.arrays import to_arrow
from telemparse.schemas import KNOWN_CHANNELS, channel_field

if TYPE_CHECKING:
    from telemparse.formats.vbo.layout import Layout
    from telemparse.formats.vbo.rows import Cells
    from telemparse.kernels.arrays import Mask

__all__ = ["channel_columns"]

_WIDE = frozenset({"distance_m"})


def channel_columns(
    layout: Layout, textual: frozenset[int], cells: Cells, timed: Mask | None, ledger: Ledger
) -> tuple[dict[str, pa.Array], dict[str, pa.Field]]:
    """Return the columns of all channels and their fields.

    Args:
        layout: of the file.
        textual: indices of channels that hold words.
        cells: of the block.
        timed: rows that count, None for all.
        ledger: takes what is lost.
    """
    columns: dict[str, pa.Array] = {}
    fields: dict[str, pa.Field] = {}
    receiver = {source.column.index for source in layout.receiver.values()}
    for name, (source, unit) in layout.channels.items():
        if source.column.index in textual:
            columns[name], kind = cells.texts(source.column.index), pa.string()
        else:
            narrow = name in KNOWN_CHANNELS and name not in _WIDE
            kind = pa.float32() if narrow else pa.float64()
            # The receiver counts what is wrong with its own columns.
            counting = Ledger("") if source.column.index in receiver else ledger
            values = scaled(cells, source, counting, timed, kind=np.float32 if narrow else np.float64)
            columns[name] = to_arrow(values.values, kind, values.valid)
        fields[name] = channel_field(
            name, kind, unit=unit, source_name=source.column.name, source_unit=source.column.unit_text
        )
    return columns, fields
