"""Runs: rows laid aside on disk in order of time, and merged back in bounded memory.

A run holds rows of one schema, sorted by `t` where there is a `t`. Runs are numbered by arrival, so
a merge that takes the earlier run first at equal times sorts stably. Each run in a merge keeps one
small block in memory; more runs than `_FAN_IN` are merged in several passes.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import numpy_view, to_arrow
from telemparse.writers.columns import conformed, united

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from telemparse.kernels.arrays import Ints

__all__ = ["FileRun", "HeldRun", "Run", "SpilledRun", "block_rows", "merged", "sorted_stably"]

_FAN_IN = 8
_BLOCK_BYTES = 256 * 1024
_BLOCK_ROWS = 4096
_WIDE_ROWS, _WIDE_BYTES = 32, 2 * 1024 * 1024


class Run(Protocol):
    """Rows of one schema in order of time, readable again and again."""

    @property
    def schema(self) -> pa.Schema:
        """Schema of the rows."""

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows block by block."""


def block_rows(row_bytes: float) -> int:
    """Return how many rows of this width make a block of bounded bytes.

    Even of thousands of columns some rows go together, for each block costs time for every column.
    """
    row_bytes = max(row_bytes, 1)
    together = min(_WIDE_ROWS, _WIDE_BYTES // row_bytes)
    return int(min(max(_BLOCK_BYTES // row_bytes, together, 1), _BLOCK_ROWS))


@attrs.frozen
class HeldRun:
    """A run still in memory."""

    table: pa.Table

    @property
    def schema(self) -> pa.Schema:
        """Schema of the rows."""
        return self.table.schema

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows block by block."""
        rows = block_rows(self.table.nbytes / self.table.num_rows)
        for start in range(0, self.table.num_rows, rows):
            yield self.table.slice(start, rows)


@attrs.frozen
class FileRun:
    """A run that was written in the format of the recording before it turned out to be one of several.

    Args:
        schema: of the rows.
        tables: reads them block by block.
    """

    schema: pa.Schema
    tables: Callable[[], Iterator[pa.Table]]


@attrs.define
class SpilledRun:
    """A run in an Arrow IPC stream on disk, cheap to write and to read."""

    place: Path
    schema: pa.Schema
    _file: Any = None
    _writer: Any = None

    def __attrs_post_init__(self) -> None:
        self._file = pa.OSFile(str(self.place), "wb")
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._writer = pa.ipc.new_stream(self._file, self.schema, options=options)

    def append(self, table: pa.Table) -> None:
        """Write rows that come after all earlier ones."""
        self._writer.write_table(table, max_chunksize=block_rows(table.nbytes / table.num_rows))

    def close(self) -> None:
        """End the file; what was written can be read from now on."""
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will not be used."""
        for part in (self._writer, self._file):
            with suppress(OSError, pa.ArrowException):
                part.close()

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows block by block."""
        with pa.OSFile(str(self.place), "rb") as file, pa.ipc.open_stream(file) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])


def merged(runs: Sequence[Run], schema: pa.Schema, place: Callable[[], Path]) -> Iterator[pa.Table]:
    """Yield the rows of all runs under `schema`, sorted stably by `t` where there is one.

    Args:
        runs: in order of arrival.
        schema: that `united` made of theirs.
        place: gives names for runs of intermediate passes.
    """
    if "t" not in schema.names:
        for run in runs:
            for table in run.tables():
                yield conformed(table, schema)
        return
    while len(runs) > _FAN_IN:
        runs = [_joined(runs[start : start + _FAN_IN], place) for start in range(0, len(runs), _FAN_IN)]
    yield from _merge(runs, schema)


def _joined(runs: Sequence[Run], place: Callable[[], Path]) -> Run:
    """Return one run of several neighbours."""
    joined = SpilledRun(place(), united(run.schema for run in runs))
    for table in _merge(runs, joined.schema):
        joined.append(table)
    joined.close()
    return joined


@attrs.define
class _Cursor:
    """Where the merge stands in one run."""

    blocks: Iterator[pa.Table]
    schema: pa.Schema
    table: pa.Table = None
    t_ns: Ints = attrs.field(factory=lambda: np.zeros(0, np.int64))

    def fill(self) -> bool:
        """Have rows ready; False when the run is at its end."""
        while len(self.t_ns) == 0:
            block = next(self.blocks, None)
            if block is None:
                return False
            self.table = conformed(block, self.schema)
            self.t_ns = numpy_view(self.table.column("t"))
        return True

    def take(self, rows: int) -> pa.Table:
        """Return the next rows and go past them."""
        taken, self.table, self.t_ns = self.table.slice(0, rows), self.table.slice(rows), self.t_ns[rows:]
        return taken


def _merge(runs: Sequence[Run], schema: pa.Schema) -> Iterator[pa.Table]:
    cursors = [_Cursor(run.tables(), schema) for run in runs]
    while cursors := [cursor for cursor in cursors if cursor.fill()]:
        # Up to the earliest end of a block every run has shown all its rows. At that very instant
        # runs after the one that ends there must wait: it may have more rows of the instant.
        ends = [int(cursor.t_ns[-1]) for cursor in cursors]
        end = min(ends)
        owner = ends.index(end)
        cuts = [
            int(np.searchsorted(cursor.t_ns, end, "right" if index <= owner else "left"))
            for index, cursor in enumerate(cursors)
        ]
        parts = [cursor.take(cut) for cursor, cut in zip(cursors, cuts, strict=True) if cut]
        yield parts[0] if len(parts) == 1 else sorted_stably(pa.concat_tables(parts))


def sorted_stably(table: pa.Table) -> pa.Table:
    """Return the rows in order of `t`, equal instants in the order they have."""
    table = table.combine_chunks()
    order = np.argsort(numpy_view(table.column("t")), kind="stable")
    return table.take(to_arrow(order, pa.int64()))
