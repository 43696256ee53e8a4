"""Arrow IPC: one file a stream, its buffers compressed, readable in place by any Arrow library."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ArrowEncoder", "arrow_tables"]


@attrs.define
class ArrowEncoder:
    """Writes one table's rows, a record batch a call.

    Args:
        place: file to make.
        schema: of every table that comes; dictionary columns have the same dictionary every time.
        compression: `zstd`, `lz4` or `none`.
    """

    place: Path
    schema: pa.Schema
    compression: str
    _file: Any = None
    _writer: Any = None

    def write(self, table: pa.Table) -> None:
        """Write a record batch."""
        if self._writer is None:
            codec = None if self.compression == "none" else self.compression
            options = pa.ipc.IpcWriteOptions(compression=codec)
            self._file = pa.OSFile(str(self.place), "wb")
            self._writer = pa.ipc.new_file(self._file, self.schema, options=options)
        for batch in table.combine_chunks().to_batches():
            self._writer.write_batch(batch)

    def close(self, _document: str) -> None:
        """End the file; the schema stands before the rows, so the document is in the manifest only."""
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will not be used."""
        for part in (self._writer, self._file):
            if part is not None:
                with suppress(OSError, pa.ArrowException):
                    part.close()


def arrow_tables(place: Path, rows: int | None = None) -> Iterator[pa.Table]:
    """Yield the rows of a file written here, up to `rows` at a time or all at once.

    Raises OSError and pyarrow.ArrowInvalid when the file cannot be read.
    """
    with pa.OSFile(str(place), "rb") as source, pa.ipc.open_file(source) as file:
        if rows is None:
            yield file.read_all()
            return
        for index in range(file.num_record_batches):
            table = pa.Table.from_batches([file.get_batch(index)])
            for start in range(0, table.num_rows, rows):
                yield table.slice(start, rows)
