"""The whole result with all checks: detection, streams, issues, provenance."""

import telemparse


def run(path: str) -> dict[str, object]:
    """Parse the file and tell rows and decoded bytes by stream."""
    result = telemparse.parse(path, on_error="return")
    return {
        "rows": {name: table.num_rows for name, table in result.streams.items()},
        "decoded_bytes": sum(table.nbytes for table in result.streams.values()),
        "issues": sorted({issue.code for issue in (*result.errors, *result.warnings)}),
    }
