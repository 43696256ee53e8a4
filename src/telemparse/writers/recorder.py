"""The recorder: the sink that writes a recording while it is parsed, in bounded memory.

Rows gather up to a row group a stream. A group that follows on what is written goes straight into
the stream's file. The first that does not (late rows, new columns), and every group of a format that
cannot be read back, is laid aside as a run; `Shelf.tables` merges the runs when all has come.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Self

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import numpy_view
from telemparse.schemas.order import Ordering, in_order
from telemparse.writers.columns import conformed, plain_words, united, worded
from telemparse.writers.filing import GROUP_ROWS, Filed
from telemparse.writers.layout import stream_file
from telemparse.writers.runs import FileRun, HeldRun, SpilledRun, block_rows, merged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from telemparse.writers.filing import Encoder, Target
    from telemparse.writers.runs import Run

__all__ = ["Recorder", "Shelf"]

_BUFFER_BYTES = 16 * 1024 * 1024  # of all streams together


@attrs.define
class Recorder:
    """A sink for `telemparse.parsing.flow`.

    Args:
        target: where and how files are written.
        shelves: what has come, by stream.
    """

    target: Target
    shelves: dict[str, Shelf] = attrs.field(factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for shelf in self.shelves.values():
            shelf.abandon()

    def write(self, stream: str, table: pa.Table) -> None:
        """Take rows of a stream in order of arrival."""
        shelf = self.shelves.get(stream)
        if shelf is None:
            shelf = self.shelves[stream] = Shelf(self.target)
        start = 0
        while start < table.num_rows:
            piece = table.slice(start, shelf.room(table))
            shelf.add(piece)
            start += piece.num_rows
            self._make_room(shelf)

    def finish(self, stream: str, *, ordered: bool) -> None:
        """Know whether the stream needs sorting; its file is ended when the whole result is known."""
        self.shelves[stream].ordered = ordered

    def _make_room(self, shelf: Shelf) -> None:
        if shelf.rows >= GROUP_ROWS:
            shelf.flush()
        while sum(each.bytes for each in self.shelves.values()) > _BUFFER_BYTES:
            max(self.shelves.values(), key=lambda each: each.bytes).flush()


@attrs.define
class Shelf:
    """The rows of one stream: gathered in memory, written to its file, or laid aside in runs.

    Args:
        ordered: False when late rows came, so that all must be sorted.
        rows: gathered in memory.
        written: in the stream's file.
    """

    target: Target
    ordered: bool = True
    rows: int = 0
    written: int = 0
    _pieces: list[pa.Table] = attrs.field(factory=list)
    _widths: dict[str, float] = attrs.field(factory=dict)
    _kinds: dict[str, pa.DataType] = attrs.field(factory=dict)
    _words: dict[str, dict[str, None]] = attrs.field(factory=dict)
    _place: Path | None = None
    _encoder: Encoder | None = None
    _schema: pa.Schema | None = None
    _spills: list[SpilledRun] = attrs.field(factory=list)
    _runs: list[Run] = attrs.field(factory=list)
    _last_ns: int | None = None
    _disordered: bool = False

    @property
    def bytes(self) -> int:
        """Roughly how much memory the gathered rows take once they share all columns."""
        return int(self.rows * sum(self._widths.values()))

    def room(self, table: pa.Table) -> int:
        """Return how many rows of a table may come at once."""
        row_bytes = max(1, table.nbytes // table.num_rows)
        return int(max(1, min(GROUP_ROWS - self.rows, _BUFFER_BYTES // (2 * row_bytes))))

    def add(self, table: pa.Table) -> None:
        """Gather rows."""
        for field in table.schema:
            if pa.types.is_dictionary(field.type):
                self._kinds.setdefault(field.name, field.type)
        table = plain_words(table)
        for name, column in zip(table.column_names, table.columns, strict=True):
            self._widths[name] = max(self._widths.get(name, 0.0), column.nbytes / table.num_rows)
        for name in self._kinds:
            words = pc.unique(table.column(name)).drop_null().to_pylist()
            self._words.setdefault(name, {}).update(dict.fromkeys(words))
        self._pieces.append(table)
        self.rows += table.num_rows

    def flush(self) -> None:
        """Move the gathered rows to disk."""
        table, follows = self._gathered()
        if self._is_direct and follows and not self._spills:
            self._write(table)
        else:
            self._spill(table, follows=follows)
        # Arrow's allocator keeps freed pages; given back, the process peaks 10 to 20 MB lower.
        pa.default_memory_pool().release_unused()

    @property
    def _is_direct(self) -> bool:
        # A dictionary is complete only when all rows have come.
        return self.target.form.tables is not None and not self._kinds

    def _gathered(self) -> tuple[pa.Table, bool]:
        """Return the rows in memory, sorted, and whether they follow on the rows on disk."""
        table = (
            self._pieces[0]
            if len(self._pieces) == 1
            else pa.concat_tables(self._pieces, promote_options="permissive")
        )
        self._pieces, self.rows = [], 0
        follows = self._schema is None or united([self._schema, table.schema]).equals(self._schema)
        if "t" not in table.column_names:
            return table, follows
        t_ns = numpy_view(table.column("t"))
        if not bool((t_ns[1:] >= t_ns[:-1]).all()):
            table = in_order(table)
            t_ns = numpy_view(table.column("t"))
            self._disordered = True
        first, last = int(t_ns[0]), self._last_ns
        # Once rows have moved, an instant shared with the last row on disk is a neighbour nobody flagged.
        if last is not None:
            follows = follows and (first > last if self._disordered else first >= last)
        self._last_ns = int(t_ns[-1])
        return table, follows

    def _write(self, table: pa.Table) -> None:
        if self._encoder is None:
            self._place, self._schema = self.target.staging.place(), table.schema
            self._encoder = self.target.encoder(self._place, self._schema)
        self._encoder.write(conformed(table, self._schema))
        self.written += table.num_rows

    def _spill(self, table: pa.Table, *, follows: bool) -> None:
        if not self._spills or not follows:
            if self._spills:
                self._spills[-1].close()
            self._spills.append(SpilledRun(self.target.staging.place(), table.schema))
        run = self._spills[-1]
        self._schema = run.schema
        run.append(conformed(table, run.schema))

    def settle(self) -> None:
        """End the gathering: all rows are in the stream's file now, or else all are in runs."""
        held: list[Run] = []
        if self.rows:
            table, follows = self._gathered()
            if self._encoder is not None and follows and not self._spills:
                self._write(table)
            else:
                held = [HeldRun(table)]
        if self._spills:
            self._spills[-1].close()
        pa.default_memory_pool().release_unused()
        self._runs = [*self._spills, *held]
        if self._encoder is not None and self._place is not None and self._runs:
            self._runs.insert(0, self._file_run(self._encoder, self._place))

    def _file_run(self, encoder: Encoder, place: Path) -> Run:
        """Return the stream's unfinished file as the first of the runs."""
        encoder.close("{}")
        rows = block_rows(sum(self._widths.values()))
        return FileRun(encoder.schema, functools.partial(self.target.read, place, rows))

    @property
    def schema(self) -> pa.Schema:
        """Schema of `tables`, with the dictionary types that the rows came with."""
        schema = united(run.schema for run in self._runs)
        for name, kind in self._kinds.items():
            index = schema.get_field_index(name)
            schema = schema.set(index, schema.field(index).with_type(kind))
        return schema

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows of all runs in their final order and schema; may be called again."""
        schema = self.schema
        rows = merged(self._runs, united(run.schema for run in self._runs), self.target.staging.place)
        for table in rows if self.ordered else _flagged(rows):
            yield worded(table, schema, self._words) if self._kinds else table

    def filed(self, stream: str, document: str) -> Filed:
        """Return the stream's finished file; call `settle` before."""
        if self._runs or self._encoder is None or self._place is None:
            return self.target.file(stream, self.schema, self.tables(), document)
        self._encoder.close(document)
        return Filed.of(self._place, stream_file(stream, self.target.form.suffix), self.written)

    def abandon(self) -> None:
        """Let go of everything that is open; files in the staging folder go with it."""
        for part in (self._encoder, *self._spills):
            if part is not None:
                part.abandon()


def _flagged(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Flag rows that share an instant with a neighbour they did not have when they arrived."""
    ordering = Ordering()
    for table in tables:
        ready = ordering.take(table)
        if ready is not None:
            yield ready
    last = ordering.flush()
    if last is not None:
        yield last
