"""tcxreader: an exercise of Python objects."""

from tcxreader.tcxreader import TCXReader


def run(path: str) -> dict[str, object]:
    """Read the file and tell the points."""
    return {"rows": len(TCXReader().read(path).trackpoints)}
