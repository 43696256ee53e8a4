"""Does a file begin as GPX? Standard library only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.kernels.xml_text import declared_encoding
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

_BEFORE_ROOT = re.compile(r"\s+|<\?[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[[^\]]*\][^>]*)?>", re.DOTALL)
_ROOT = re.compile(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# Quotes doubled or escaped are those of a table's cell or of JSON that holds a document, not is one.
_POINT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?trkpt\s[^<>]*\blat\s*=\s*[\"'][^\"'<>]")
_NAMESPACE = re.compile(r"https?://www\.topografix\.com/GPX/(\d)/(\d)/?", re.IGNORECASE)


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for GPX among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    encoding, skip, _odd = declared_encoding(sniff.head)
    text = sniff.head[skip:].decode(encoding, "replace")
    root = _root(text)
    if root is not None and root[1] != "gpx":
        return Detection(Rung.NO, (f"root element is {root[1][:40]}",))
    if root is not None:
        return _by_root(root[0], root[2])
    if _POINT.search(text):
        return Detection(Rung.SHAPE, ("trkpt elements with lat, but no gpx root element",))
    if sniff.extension == ".gpx":
        return Detection(Rung.NAME, ("extension .gpx",))
    return Detection(Rung.NO)


def _root(text: str) -> tuple[str, str, str] | None:
    """Return prefix, name and attributes of the first element, None where none begins the text."""
    place = 0
    while passed := _BEFORE_ROOT.match(text, place):
        place = passed.end()
    root = _ROOT.match(text, place)
    return (root[1] or "", root[2], root[3]) if root else None


def _by_root(prefix: str, written: str) -> Detection:
    attributes = {name: double or single for name, double, single in _ATTRIBUTE.findall(written)}
    uri = attributes.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
    version = attributes.get("version", "")
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
