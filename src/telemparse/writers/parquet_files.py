"""Parquet: one file a stream, each column in the encoding that measurement found smallest."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FOOTER_KEY", "ParquetEncoder", "parquet_schema", "parquet_tables"]

FOOTER_KEY = "telemparse"
_ARROW_KEY = b"ARROW:schema"

# Of positions nearly every value is new, so a dictionary only adds to them; their bytes sorted by
# significance compress to less than half. Instants are steady steps.
_FIXED = {"t": "DELTA_BINARY_PACKED", "lat_deg": "BYTE_STREAM_SPLIT", "lon_deg": "BYTE_STREAM_SPLIT"}
_SAMPLE_ROWS = 65_536
_FEW_WORDS = 256
_STATISTICS = ("t", "lat_deg", "lon_deg")


def _encoding(field: pa.Field, column: pa.ChunkedArray) -> str | None:
    """Return the encoding of a column from a look at its first rows; None is a dictionary.

    Logged values are rounded: speeds of 0.01 km/h repeat within minutes and are smallest as a
    dictionary (1.5 bytes against 2.4 split), unrounded ones are not (4.1 against 2.6).
    """
    kind = field.type
    if field.name in _FIXED and (pa.types.is_timestamp(kind) or pa.types.is_float64(kind)):
        return _FIXED[field.name]
    wide = kind.bit_width if pa.types.is_primitive(kind) else 0
    sample = column.slice(0, _SAMPLE_ROWS)
    if pa.types.is_float32(kind) or pa.types.is_float64(kind):
        return "BYTE_STREAM_SPLIT" if 2 * pc.count_distinct(sample).as_py() > len(sample) else None
    if (pa.types.is_integer(kind) or pa.types.is_timestamp(kind)) and wide >= 32:  # noqa: PLR2004  (bits)
        return "DELTA_BINARY_PACKED" if pc.count_distinct(sample).as_py() > _FEW_WORDS else None
    return None


def _settings(table: pa.Table) -> dict[str, Any]:
    encodings = {
        field.name: _encoding(field, column)
        for field, column in zip(table.schema, table.columns, strict=True)
        if not pa.types.is_list(field.type)
    }
    return {
        "column_encoding": {name: encoding for name, encoding in encodings.items() if encoding} or None,
        "use_dictionary": [name for name, encoding in encodings.items() if encoding is None] or False,
        # A reader skips row groups by time and place; of the rest nobody asks.
        "write_statistics": [name for name in _STATISTICS if name in table.column_names] or False,
        "version": "2.6",  # the first with nanoseconds
    }


@attrs.define
class ParquetEncoder:
    """Writes one table's rows, a row group a call.

    Args:
        place: file to make.
        schema: of every table that comes.
        compression: `zstd`, `snappy` or `none`.
    """

    place: Path
    schema: pa.Schema
    compression: str
    _file: Any = None
    _writer: Any = None

    def write(self, table: pa.Table) -> None:
        """Write a row group; the first one decides the encodings."""
        if self._writer is None:
            self._file = pa.OSFile(str(self.place), "wb")
            self._writer = pq.ParquetWriter(
                self._file, self.schema, compression=self.compression, **_settings(table)
            )
        self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def close(self, document: str) -> None:
        """Write the footer with the result's document and end the file; needs a row group before."""
        self._writer.add_key_value_metadata({FOOTER_KEY: document})
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will not be used."""
        if self._writer is None:
            return
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self._writer.is_open = False  # or its finaliser would try again
        with suppress(OSError):
            self._file.close()


def parquet_schema(file: pq.ParquetFile) -> pa.Schema:
    """Return the schema exactly as it was written; Parquet itself loses index types and list names."""
    stored = (file.metadata.metadata or {}).get(_ARROW_KEY)
    if stored is None:
        raise CallError("the Parquet file carries no Arrow schema")
    return pa.ipc.read_schema(pa.BufferReader(base64.b64decode(stored)))


def parquet_tables(place: Path, rows: int | None = None) -> Iterator[pa.Table]:
    """Yield the rows of a file written here, `rows` at a time or all at once.

    Raises OSError and pyarrow.ArrowInvalid when the file cannot be read.
    """
    # Reading ahead would hold all compressed row groups in memory.
    whole = rows is None
    with pa.OSFile(str(place), "rb") as source, pq.ParquetFile(source, pre_buffer=whole) as file:
        schema = parquet_schema(file)
        if rows is None:
            yield file.read().cast(schema)
            return
        for batch in file.iter_batches(batch_size=rows, use_threads=False):
            yield pa.Table.from_batches([batch]).cast(schema)
