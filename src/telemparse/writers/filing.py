"""Filing: the formats of a recording by name, and turning a stream's rows into one finished file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

import attrs
import pyarrow as pa

from telemparse.errors import CallError
from telemparse.writers.arrow_files import ArrowEncoder, arrow_tables
from telemparse.writers.csv_files import CsvEncoder
from telemparse.writers.layout import stream_file
from telemparse.writers.parquet_files import ParquetEncoder, parquet_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from telemparse.writers.staging import Staging

__all__ = [
    "FORMATS",
    "GROUP_ROWS",
    "Encoder",
    "Filed",
    "Format",
    "Rows",
    "Target",
    "format_named",
    "grouped",
    "sliced",
]

# Twice as many save 1 % of the bytes at most and cost the streaming writer 10 to 60 MB of memory.
GROUP_ROWS = 65_536
_GROUP_BYTES = 8 * 1024 * 1024


class Encoder(Protocol):
    """Turns tables of one schema into one file."""

    schema: pa.Schema

    def write(self, table: pa.Table) -> None:
        """Write rows; at least one call comes."""

    def close(self, document: str) -> None:
        """End the file; `document` is the result's, as JSON, for a format with room for it."""

    def abandon(self) -> None:
        """Let go of a file that will not be used; may come after `close`."""


class Rows(Protocol):
    """All rows of one stream, in their final order."""

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows; may be called again."""

    def filed(self, stream: str, document: str) -> Filed:
        """Return the stream's finished file."""


@attrs.frozen
class Format:
    """A format that a recording can be written in.

    Args:
        name: as `format=` takes it.
        suffix: of its files.
        compressions: names that `compression=` takes; a format of plain text ignores them.
        encoder: makes the file of one stream from place, schema and compression; None for GeoJSON,
            which is one file for all streams.
        tables: reads a file back exactly, `rows` at a time or (None) at once; None where it cannot.
    """

    name: str
    suffix: str
    compressions: tuple[str, ...]
    encoder: Callable[[Path, pa.Schema, str], Encoder] | None
    tables: Callable[[Path, int | None], Iterator[pa.Table]] | None


_ALL = ("zstd", "snappy", "lz4", "none")
FORMATS = {
    each.name: each
    for each in (
        Format("parquet", ".parquet", ("zstd", "snappy", "none"), ParquetEncoder, parquet_tables),
        Format("arrow", ".arrow", ("zstd", "lz4", "none"), ArrowEncoder, arrow_tables),
        Format("csv", ".csv", _ALL, CsvEncoder, None),
        Format("geojson", ".geojson", _ALL, None, None),
    )
}


def format_named(name: str, compression: str) -> Format:
    """Return a format; raises CallError for a name or a compression that it does not have."""
    found = FORMATS.get(name)
    if found is None:
        raise CallError(f"format must be one of {', '.join(FORMATS)}, not {name!r}")
    if compression not in found.compressions:
        raise CallError(
            f"compression of {name} must be one of {', '.join(found.compressions)}, not {compression!r}"
        )
    return found


@attrs.frozen
class Filed:
    """A finished file that waits for its place.

    Args:
        place: where it lies now.
        file: path that it gets below the recording's folder.
        rows: of the stream.
        bytes: size.
        sha256: hex digest.
    """

    place: Path
    file: str
    rows: int
    bytes: int
    sha256: str

    @classmethod
    def of(cls, place: Path, file: str, rows: int) -> Filed:
        """Return the record of a finished file."""
        with place.open("rb") as reader:
            digest = hashlib.file_digest(reader, "sha256").hexdigest()
        return cls(place, file, rows, place.stat().st_size, digest)


@attrs.frozen
class Target:
    """Where and how a recording is written.

    Args:
        form: of all files.
        compression: of all files.
        staging: where they are made.
    """

    form: Format
    compression: str
    staging: Staging

    def encoder(self, place: Path, schema: pa.Schema) -> Encoder:
        """Return the encoder of one stream's file."""
        assert self.form.encoder is not None  # noqa: S101  (GeoJSON never comes here)
        return self.form.encoder(place, schema, self.compression)

    def read(self, place: Path, rows: int) -> Iterator[pa.Table]:
        """Yield the rows of a stream's file, up to `rows` at a time."""
        assert self.form.tables is not None  # noqa: S101  (only such a file is made before its time)
        return self.form.tables(place, rows)

    def file(self, stream: str, schema: pa.Schema, tables: Iterable[pa.Table], document: str) -> Filed:
        """Write all rows of one stream and return the finished file."""
        place = self.staging.place()
        encoder = self.encoder(place, schema)
        rows = 0
        try:
            for table in grouped(tables):
                encoder.write(table)
                rows += table.num_rows
                pa.default_memory_pool().release_unused()
            encoder.close(document)
        finally:
            encoder.abandon()
        return Filed.of(place, stream_file(stream, self.form.suffix), rows)


def sliced(tables: Iterable[pa.Table], most_rows: int) -> Iterator[pa.Table]:
    """Yield the rows in slices of at most `most_rows`, fewer where the rows are wide."""
    for table in tables:
        row_bytes = max(1, table.nbytes // max(1, table.num_rows))
        rows = min(max(_GROUP_BYTES // row_bytes, 1), most_rows)
        for start in range(0, table.num_rows, rows):
            yield table.slice(start, rows)


def grouped(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows again in groups of `GROUP_ROWS`, fewer where the rows are wide."""
    held: list[pa.Table] = []
    rows = size = 0
    for table in sliced(tables, GROUP_ROWS):
        nbytes = table.nbytes  # Arrow adds it up over all columns each time
        if held and (rows + table.num_rows > GROUP_ROWS or size + nbytes > _GROUP_BYTES):
            yield pa.concat_tables(held)
            held, rows, size = [], 0, 0
        held.append(table)
        rows, size = rows + table.num_rows, size + nbytes
    if held:
        yield pa.concat_tables(held)
