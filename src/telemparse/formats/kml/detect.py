"""Does a file begin as KML, or hold some as KMZ? Standard library only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.formats.trackpoints.heads import Root
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

_NAMESPACE = re.compile(r"https?://(?:www\.opengis\.net|earth\.google\.com)/kml/(\d\.\d)/?", re.IGNORECASE)
_COORD = re.compile(r"<[A-Za-z_][\w.-]*:coord>\s*-?\d[\d.]*[ ,]+-?\d")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for KML among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    if sniff.members:
        return _by_members(sniff)
    if b"<" not in sniff.head:
        return _by_name(sniff)
    # Most files are no XML, and what reads its heads takes a while to load.
    from telemparse.formats.trackpoints.heads import decoded, root_of

    text = decoded(sniff.head)
    root = root_of(text)
    if root is not None:
        return _by_root(root)
    if _COORD.search(text):
        return Detection(Rung.SHAPE, ("coord elements with two numbers, but no kml root element",))
    return _by_name(sniff)


def _by_name(sniff: Sniff) -> Detection:
    if sniff.extension in (".kml", ".kmz"):
        return Detection(Rung.NAME, (f"extension {sniff.extension}",))
    return Detection(Rung.NO)


def _by_root(root: Root) -> Detection:
    if root.name != "kml":
        return Detection(Rung.NO, (f"root element is {root.name[:40]}",))
    version = _NAMESPACE.fullmatch(root.namespace)
    if version is None:
        other = f"namespace {root.namespace[:60]}" if root.namespace else "no namespace"
        return Detection(Rung.MARKER, ("root element is kml", other))
    return Detection(Rung.SIGNATURE, ("root element is kml", f"namespace of KML {version[1]}"))


def _by_members(sniff: Sniff) -> Detection:
    """Judge an unopened zip: a KMZ holds a KML, whatever that is called."""
    inner = [name for name in sniff.members if name.lower().endswith(".kml")]
    if sniff.extension != ".kmz":
        return Detection(Rung.NO)  # what is inside is offered by itself
    if not inner:
        return Detection(Rung.NAME, ("extension .kmz, but no .kml inside",))
    return Detection(Rung.SIGNATURE, ("zip with extension .kmz", f"holds {inner[0][:60]}"))
