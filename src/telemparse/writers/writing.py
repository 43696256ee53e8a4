"""Writing: a result in memory into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError
from telemparse.model.documents import result_document
from telemparse.schemas.measure import Measure
from telemparse.writers.filing import Target, format_named
from telemparse.writers.publication import publish
from telemparse.writers.staging import staged

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse.model.results import ParseResult
    from telemparse.writers.filing import Filed
    from telemparse.writers.manifest import Manifest

__all__ = ["write"]


def write(
    result: ParseResult,
    directory: str | os.PathLike[str],
    *,
    format: str = "parquet",  # noqa: A002  (the public name; `convert` has it too)
    compression: str = "zstd",
) -> Manifest:
    """Write a result: one file a stream, and `manifest.json`.

    Rows are written as they stand. A stream without rows gives no file. Every file is finished under
    another name first and renamed, the manifest last; a recording that was in the folder is replaced.

    Args:
        result: of `telemparse.parse`, or made by hand.
        directory: is made when absent.
        format: `parquet` and `arrow` read back exactly; `csv` (a file a stream) and `geojson` (one file,
            `recording.geojson`) are for other programs.
        compression: `zstd`, `snappy` or `none` for parquet, `zstd`, `lz4` or `none` for arrow.

    Returns the manifest, as it is saved. Raises OSError when the folder cannot be written, and
    CallError for a call that cannot be right, or GeoJSON of a result without positions.
    """
    form = format_named(format, compression)
    try:
        document = result_document(result)
    except TypeError as error:
        raise CallError(f"the result's metadata cannot be written: {error}") from error
    tables = {name: table for name, table in result.streams.items() if table.num_rows}
    with staged(directory) as staging:
        target = Target(form, compression, staging)
        rows = {name: _WholeTable(table, target) for name, table in tables.items()}
        measures = {name: Measure.of(table) for name, table in tables.items()}
        return publish(target, rows, measures, document)


@attrs.frozen
class _WholeTable:
    """The rows of a stream that are in memory."""

    table: pa.Table
    target: Target

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows, one dictionary a column."""
        yield self.table.unify_dictionaries()

    def filed(self, stream: str, document: str) -> Filed:
        """Return the stream's finished file."""
        return self.target.file(stream, self.table.schema, self.tables(), document)
