"""pynmeagps: an object for each sentence, with its values."""

from pathlib import Path

from pynmeagps import NMEAReader


def run(path: str) -> dict[str, object]:
    """Parse the file and tell the sentences."""
    with Path(path).open("rb") as stream:
        return {"rows": sum(1 for _raw, parsed in NMEAReader(stream) if parsed is not None)}
