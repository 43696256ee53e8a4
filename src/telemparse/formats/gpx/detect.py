"""Does a file begin as GPX? Standard library only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.formats.trackpoints.heads import Root
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

# Quotes doubled or escaped are those of a table's cell or of JSON that holds a document, not is one.
_POINT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?trkpt\s[^<>]*\blat\s*=\s*[\"'][^\"'<>]")
_NAMESPACE = re.compile(r"https?://www\.topografix\.com/GPX/(\d)/(\d)/?", re.IGNORECASE)


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for GPX among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    if b"<" not in sniff.head:
        return _by_name(sniff)
    # Most files are no XML, and what reads its heads takes a while to load.
    from telemparse.formats.trackpoints.heads import decoded, root_of

    text = decoded(sniff.head)
    root = root_of(text)
    if root is not None and root.name != "gpx":
        return Detection(Rung.NO, (f"root element is {root.name[:40]}",))
    if root is not None:
        return _by_root(root)
    if _POINT.search(text):
        return Detection(Rung.SHAPE, ("trkpt elements with lat, but no gpx root element",))
    return _by_name(sniff)


def _by_name(sniff: Sniff) -> Detection:
    if sniff.extension == ".gpx":
        return Detection(Rung.NAME, ("extension .gpx",))
    return Detection(Rung.NO)


def _by_root(root: Root) -> Detection:
    uri, version = root.namespace, root.attributes.get("version", "")
    known = _NAMESPACE.fullmatch(uri)
    if known is None:
        named = f"namespace {uri[:60]}" if uri else "no namespace"
        return Detection(Rung.MARKER, ("root element is gpx", named))
    namespaced = f"namespace of GPX {known[1]}.{known[2]}"
    if version and version != f"{known[1]}.{known[2]}":
        return Detection(Rung.MARKER, ("root element is gpx", namespaced, f"but version is {version[:20]}"))
    return Detection(
        Rung.SIGNATURE, ("root element is gpx", namespaced, *([f"version {version}"] if version else []))
    )
