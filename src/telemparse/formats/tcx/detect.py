"""Does a file begin as TCX? Standard library only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

_NAMESPACE = re.compile(r"https?://www\.garmin\.com/xmlschemas/TrainingCenterDatabase/v(\d)/?", re.IGNORECASE)
_POINT = re.compile(
    r"<((?:[A-Za-z_][\w.-]*:)?)Trackpoint>\s*<\1(?:Time|Position|AltitudeMeters|DistanceMeters)>"
)


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for TCX among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    if b"<" not in sniff.head:
        return _by_name(sniff)
    # Most files are no XML, and what reads its heads takes a while to load.
    from telemparse.formats.trackpoints.heads import decoded, root_of

    text = decoded(sniff.head)
    root = root_of(text)
    if root is not None and root.name != "TrainingCenterDatabase":
        return Detection(Rung.NO, (f"root element is {root.name[:40]}",))
    if root is not None:
        named = "root element is TrainingCenterDatabase"
        version = _NAMESPACE.fullmatch(root.namespace)
        if version is None:
            other = f"namespace {root.namespace[:60]}" if root.namespace else "no namespace"
            return Detection(Rung.MARKER, (named, other))
        return Detection(Rung.SIGNATURE, (named, f"namespace of version {version[1]}"))
    if _POINT.search(text):
        return Detection(Rung.SHAPE, ("Trackpoint elements, but no TrainingCenterDatabase root element",))
    return _by_name(sniff)


def _by_name(sniff: Sniff) -> Detection:
    if sniff.extension == ".tcx":
        return Detection(Rung.NAME, ("extension .tcx",))
    return Detection(Rung.NO)
