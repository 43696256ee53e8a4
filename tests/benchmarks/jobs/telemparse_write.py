"""The Parquet writer with its defaults, on a canonical stream."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import canonical_table
import pyarrow as pa

from telemparse import ParseResult, schemas, writers
from telemparse.model.provenance import Provenance


def prepare(path: str) -> ParseResult:
    """Return a result that holds the table as `gnss_pvt`."""
    table = canonical_table.read(path)
    batch = schemas.build("gnss_pvt", {name: table.column(name) for name in table.column_names})
    provenance = Provenance(parts=(), telemparse_version="bench", schema_version=schemas.SCHEMA_VERSION)
    return ParseResult(streams={"gnss_pvt": pa.Table.from_batches([batch])}, provenance=provenance)


def run(result: ParseResult) -> dict[str, object]:
    """Write the result and tell the bytes that came out."""
    with tempfile.TemporaryDirectory() as folder:
        writers.write(result, folder)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.parquet"))
    return {"rows": result.streams["gnss_pvt"].num_rows, "bytes": size}
