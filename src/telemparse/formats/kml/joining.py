"""Blocks of short tracks put together: thousands of lines of two points make a few blocks, not thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.kernels.xml_blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemparse.kernels.xml_outline import Path

__all__ = ["gathered"]

_ROWS = 1 << 14


def gathered(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the same points in order, neighbouring blocks as one while they have few rows."""
    held: list[Block] = []
    rows = 0
    for block in blocks:
        if held and rows + block.rows > _ROWS:
            yield _one(held)
            held, rows = [], 0
        held.append(block)
        rows += block.rows
    if held:
        yield _one(held)


def _one(blocks: list[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    # Only what a block has is looked at, and gaps are filled at once: names may differ from track to track.
    parts: dict[Path, list[pa.Array]] = {}
    reached: dict[Path, int] = {}
    dropped: dict[Path, int] = {}
    rows = 0
    for block in blocks:
        for path, column in block.columns.items():
            pieces = parts.setdefault(path, [])
            if reached.get(path, 0) < rows:
                pieces.append(pa.nulls(rows - reached.get(path, 0), column.type))
            pieces.append(column)
            reached[path] = rows + block.rows
        for path, count in block.dropped.items():
            dropped[path] = dropped.get(path, 0) + count
        rows += block.rows
    for path, pieces in parts.items():
        if reached[path] < rows:
            pieces.append(pa.nulls(rows - reached[path], pieces[0].type))
    columns = {path: pa.concat_arrays(pieces) for path, pieces in parts.items()}
    offsets, containers = (
        np.concatenate([getattr(block, name) for block in blocks]) for name in ("offsets", "containers")
    )
    return Block(rows, columns, offsets, containers, dropped)
