"""gpxpy: a tree of Python objects."""

from pathlib import Path

import gpxpy


def run(path: str) -> dict[str, object]:
    """Parse the file and tell the points."""
    with Path(path).open(encoding="utf-8") as text:
        document = gpxpy.parse(text)
    return {"rows": sum(len(segment.points) for track in document.tracks for segment in track.segments)}
