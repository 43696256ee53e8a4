"""pyubx2: an object for each frame, with its values."""

from pathlib import Path

from pyubx2 import UBXReader


def run(path: str) -> dict[str, object]:
    """Parse the file and tell the frames."""
    with Path(path).open("rb") as stream:
        return {"rows": sum(1 for _raw, parsed in UBXReader(stream) if parsed is not None)}
