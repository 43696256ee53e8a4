"""pyarrow's Parquet writer with its defaults (snappy)."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import canonical_table
import pyarrow as pa
import pyarrow.parquet as pq


def prepare(path: str) -> pa.Table:
    """Return the table to write."""
    return canonical_table.read(path)


def run(table: pa.Table) -> dict[str, object]:
    """Write the table and tell the bytes that came out."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "table.parquet"
        pq.write_table(table, target)
        return {"rows": table.num_rows, "bytes": target.stat().st_size}
