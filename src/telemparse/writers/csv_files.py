"""CSV: one file a stream, times as ISO-8601, nulls as empty cells, lists as JSON."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa
import pyarrow.csv as arrow_csv

from telemparse.writers.columns import legible

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CsvEncoder"]

_TEXT_ROWS = 16_384
_OPTIONS = arrow_csv.WriteOptions(include_header=False, quoting_style="needed", batch_size=_TEXT_ROWS)


@attrs.define
class CsvEncoder:
    """Writes one table's rows as RFC 4180 text with bare line feeds.

    Args:
        place: file to make.
        schema: of every table that comes.
        compression: not used; CSV is plain.
    """

    place: Path
    schema: pa.Schema
    compression: str
    _file: Any = None

    def write(self, table: pa.Table) -> None:
        """Write rows; a header comes before the first ones."""
        for start in range(0, table.num_rows, _TEXT_ROWS):
            text = legible(table.slice(start, _TEXT_ROWS))
            if self._file is None:
                self._begin(text.column_names)
            arrow_csv.write_csv(text, self._file, _OPTIONS)

    def _begin(self, names: list[str]) -> None:
        header = io.StringIO()
        csv.writer(header, lineterminator="\n").writerow(names)
        self._file = pa.OSFile(str(self.place), "wb")
        self._file.write(header.getvalue().encode())

    def close(self, _document: str) -> None:
        """End the file."""
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will not be used."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
