"""A session as one Parquet file: row groups that follow its laps, and reading no more than is asked for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from telemparse.errors import CallError, TelemparseError
from telemparse.storage.session_checksums import checksums, odd_columns
from telemparse.storage.session_columns import FIXED
from telemparse.storage.session_encodings import encoding_settings
from telemparse.storage.session_failures import SessionFailed, SessionMissing, violation
from telemparse.storage.session_footer import FOOTER_KEY, footer_document, footer_metadata
from telemparse.writers.parquet_files import parquet_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from telemparse.storage.session_values import SessionMetadata

__all__ = ["GROUP_ROWS", "MOST_BYTES", "SessionFile", "write_session"]

GROUP_ROWS = 1_000_000
"""Rows of a row group at most; a longer lap has several."""
_SAMPLE_ROWS = 65_536
_MOST_FOOTER_BYTES = 64 * 1024 * 1024
_MOST_GROUPS = 300_000
_MAGIC = b"PAR1"
_TAIL_BYTES = 8
_VALUE_BYTES = 8

MOST_BYTES = 8 * 1024**3
"""Of memory that one read may come to, unless another limit is given."""
_MOST_LETTERS = 160


def write_session(file: BinaryIO, table: pa.Table, metadata: SessionMetadata, compression: str) -> None:
    """Write the table of a session, as a file holds it, with its facts.

    Args:
        file: open for writing and reading.
        table: rows in order of time.
        metadata: whose laps are those of the table.
        compression: `snappy` or `zstd`.

    Raises OSError where the file cannot be written, SCHEMA_VIOLATION where nobody could read its footer.
    """
    longest = max(metadata.laps, key=lambda lap: lap.rows, default=None)
    sample = table.slice(longest.first_row, min(longest.rows, _SAMPLE_ROWS)) if longest else table
    writer = pq.ParquetWriter(
        file,
        table.schema,
        compression=compression,
        version="2.6",
        write_statistics=["lap_number", "time"],  # other readers skip row groups by them
        write_page_checksum=True,
        **encoding_settings(sample, compression),
    )
    try:
        for lap in metadata.laps:
            writer.write_table(table.slice(lap.first_row, lap.rows), row_group_size=GROUP_ROWS)
        document = footer_document(metadata, table.schema, checksums(table, metadata.laps))
        writer.add_key_value_metadata({FOOTER_KEY: document})
        writer.close()
    finally:
        writer.is_open = False  # or its finaliser would try to end a file that could not be written
    if _footer_bytes(file)[0] > _MOST_FOOTER_BYTES:
        raise violation("its laps and the names of its columns are more than the footer of a file holds")


class SessionFile:
    """A session's file, opened: the footer is read and checked, no rows yet.

    Args:
        file: seekable; it is left open.
        session: name, for what is raised.
        max_bytes: that one read may come to in memory, 8 for each value.
    """

    def __init__(self, file: BinaryIO, session: str, max_bytes: int = MOST_BYTES) -> None:
        self.session = session
        self._max_bytes = max_bytes
        with self._whole():
            self._check_tail(file)
            self._file = pq.ParquetFile(
                file,
                pre_buffer=False,  # it would read what lies between the columns that are asked for
                page_checksum_verification=True,
                thrift_string_size_limit=_MOST_FOOTER_BYTES,
                thrift_container_size_limit=_MOST_GROUPS,
            )
            facts = self._file.metadata.metadata or {}
            if FOOTER_KEY.encode() not in facts:
                footer_metadata(None, pa.schema([]), session)
            self.schema: pa.Schema = parquet_schema(self._file)
            document = facts[FOOTER_KEY.encode()]
            self.metadata: SessionMetadata
            self.metadata, self._checksums = footer_metadata(document, self.schema, session)
            self._groups = self._groups_of_laps()

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all rows; raises STORE_FILE_DAMAGED and ARTIFACT_TOO_LARGE."""
        return self._read(range(len(self.metadata.laps)), columns)

    def read_lap(self, lap_number: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows of a lap, or (0) outside laps; only its bytes are read.

        Raises STORE_LAP_UNKNOWN, STORE_FILE_DAMAGED, ARTIFACT_TOO_LARGE, and CallError for a column that is
        not there.
        """
        laps = self.metadata.laps
        places = [place for place, lap in enumerate(laps) if lap.lap_number == lap_number]
        if not places:
            numbers = sorted({lap.lap_number for lap in laps})
            raise SessionMissing(
                "STORE_LAP_UNKNOWN", session=self.session, lap_number=lap_number, laps=numbers
            )
        return self._read(places, columns)

    def _read(self, laps: Sequence[int], columns: Sequence[str] | None) -> pa.Table:
        """Return the rows of laps, given by their places in the session."""
        names = self.schema.names if columns is None else list(dict.fromkeys(columns))
        unknown = [name for name in names if name not in self.schema.names]
        if unknown:
            raise CallError(f"session {self.session} has no columns {unknown}")
        schema = pa.schema([self.schema.field(name) for name in names])
        self._check_size(laps, len(names))
        groups = [group for lap in laps for group in self._groups[lap]]
        if not groups or not names:
            return schema.empty_table()
        with self._whole():
            table = self._file.read_row_groups(groups, columns=names).select(names)
            self._check_values(table, laps)
            return table.cast(schema)

    def _check_size(self, laps: Sequence[int], columns: int) -> None:
        # A few bytes of a column can stand for as many equal values as somebody likes.
        size = sum(self.metadata.laps[lap].rows for lap in laps) * columns * _VALUE_BYTES
        if size > self._max_bytes:
            raise SessionFailed(
                "ARTIFACT_TOO_LARGE", artifact=f"session {self.session}", session=self.session, bytes=size,
                limit=self._max_bytes,
            )  # fmt: skip

    def _check_values(self, table: pa.Table, laps: Sequence[int]) -> None:
        places = [self.schema.get_field_index(name) for name in table.column_names]
        first = 0
        for lap in laps:
            rows = self.metadata.laps[lap].rows
            odd = odd_columns(table.slice(first, rows), places, self._checksums[lap])
            if odd:
                raise self._damaged(f"{odd[0]} is not as it was written")
            first += rows
        if first != table.num_rows:
            raise self._damaged(f"{table.num_rows} rows of {first}")

    def _groups_of_laps(self) -> list[list[int]]:
        """Return the row groups of each lap; a file whose groups do not follow its laps is damaged."""
        footer = self._file.metadata
        if footer.num_rows != self.metadata.total_points or tuple(self.schema.names[: len(FIXED)]) != FIXED:
            raise self._damaged("its document does not fit its rows and columns")
        if footer.num_columns != len(self.schema):
            raise self._damaged(f"{footer.num_columns} columns of {len(self.schema)}")
        found: list[list[int]] = []
        group = 0
        for lap in self.metadata.laps:
            first, left = group, lap.rows
            while left > 0 and group < footer.num_row_groups:
                left -= footer.row_group(group).num_rows
                group += 1
            if left:
                raise self._damaged("its row groups do not follow its laps")
            found.append(list(range(first, group)))
        if group != footer.num_row_groups:
            raise self._damaged("it has rows of no lap")
        return found

    def _check_tail(self, file: BinaryIO) -> None:
        size, magic = _footer_bytes(file)
        if magic != _MAGIC:
            raise self._damaged("it does not end as a Parquet file does")
        if size > _MOST_FOOTER_BYTES:
            raise self._damaged("its footer is larger than any that is written here")
        file.seek(0)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Raise what Arrow finds wrong with a file as STORE_FILE_DAMAGED."""
        try:
            yield
        except TelemparseError as error:
            if isinstance(error, CallError):  # no Arrow schema
                raise self._damaged("it carries no Arrow schema") from None
            raise
        except (pa.ArrowException, ArithmeticError, LookupError, MemoryError, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise self._damaged(_words(error)) from None

    def _damaged(self, error: str) -> SessionFailed:
        return SessionFailed("STORE_FILE_DAMAGED", session=self.session, error=error)


def _footer_bytes(file: BinaryIO) -> tuple[int, bytes]:
    """Return the size of a footer as the end of the file states it, and the last four bytes."""
    file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
    tail = file.read(_TAIL_BYTES)
    return int.from_bytes(tail[:4], "little"), tail[4:]


def _words(error: BaseException) -> str:
    """Return what can be told of an error: Arrow's own words name pages, others may quote content."""
    own: Any = (pa.ArrowException, OSError)
    words = str(error).partition("\n")[0][:_MOST_LETTERS] if isinstance(error, own) else ""
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
