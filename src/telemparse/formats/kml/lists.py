"""Lists of a KML track, however long: where they are many they wait on disk for those that belong to them."""

from __future__ import annotations

import tempfile
import weakref
from typing import TYPE_CHECKING, BinaryIO

import attrs
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Values"]

_MEMORY_BYTES = 1 << 18


@attrs.define
class Values:
    """Values of one type, in the order of the document.

    Args:
        kind: of the values.

    Attributes:
        count: how many there are.
    """

    kind: pa.DataType = attrs.field(factory=pa.string)
    count: int = attrs.field(default=0, init=False)
    _held: list[pa.Array] = attrs.field(factory=list, init=False)
    _held_bytes: int = attrs.field(default=0, init=False)
    _file: BinaryIO | None = attrs.field(default=None, init=False)
    _written: list[int] = attrs.field(factory=list, init=False)

    def add(self, values: pa.Array) -> None:
        """Take further values."""
        self.count += len(values)
        self._held.append(values)
        self._held_bytes += values.nbytes
        if self._held_bytes > _MEMORY_BYTES:
            self._lay_aside()

    def _lay_aside(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the list)
            weakref.finalize(self, self._file.close)
        batch = pa.record_batch([pa.concat_arrays(self._held)], ["values"]).serialize()
        self._written.append(self._file.write(batch))
        self._held, self._held_bytes = [], 0

    def pieces(self, rows: int) -> Iterator[pa.Array]:
        """Yield all values, so many at a time, the last piece with fewer; may be called again."""
        gathered: list[pa.Array] = []
        size = 0
        for values in self._arrays():
            begin = 0
            while begin < len(values):
                part = values.slice(begin, rows - size)
                gathered.append(part)
                begin, size = begin + len(part), size + len(part)
                if size == rows:
                    yield pa.concat_arrays(gathered)
                    gathered, size = [], 0
        if gathered:
            yield pa.concat_arrays(gathered)

    def _arrays(self) -> Iterator[pa.Array]:
        schema = pa.schema([("values", self.kind)])
        place = 0
        for size in self._written:
            assert self._file is not None  # noqa: S101  (it was written to)
            self._file.seek(place)
            place += size
            yield pa.ipc.read_record_batch(pa.py_buffer(self._file.read(size)), schema).column(0)
        yield from self._held
