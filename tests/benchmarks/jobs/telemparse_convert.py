"""The streaming way from a file to Parquet."""

import tempfile
from pathlib import Path

import telemparse


def run(path: str) -> dict[str, object]:
    """Convert the file into a temporary folder and tell rows by stream and the bytes that came out."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = telemparse.convert(path, folder)
        return {
            "rows": {record.name: record.rows for record in manifest.streams},
            "bytes": sum(file.stat().st_size for file in Path(folder).rglob("*.parquet")),
        }
