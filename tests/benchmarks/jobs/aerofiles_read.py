"""aerofiles: a dictionary for each record."""

from pathlib import Path

from aerofiles.igc import Reader


def run(path: str) -> dict[str, object]:
    """Read the file and tell the fixes."""
    with Path(path).open(encoding="latin-1") as lines:
        _errors, records = Reader().read(lines)["fix_records"]
    return {"rows": len(records)}
