"""How an XML document begins: its first element with its attributes. Standard library only."""

from __future__ import annotations

import re

import attrs

from telemparse.kernels.xml_text import declared_encoding

__all__ = ["Root", "decoded", "root_of"]

_BEFORE_ROOT = re.compile(r"\s+|<\?[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[[^\]]*\][^>]*)?>", re.DOTALL)
_ROOT = re.compile(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)")
# From the beginning of a word alone, and never a part of it: a word of 60 000 letters is tried once.
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")


@attrs.frozen
class Root:
    """The first element of a document.

    Args:
        name: without its prefix.
        namespace: an empty string where none is declared.
        attributes: as far as the head shows them.
    """

    name: str
    namespace: str
    attributes: dict[str, str]


def decoded(head: bytes) -> str:
    """Return the head of a file as text, by its marks and its declaration."""
    encoding, skip, _odd = declared_encoding(head)
    return head[skip:].decode(encoding, "replace")


def root_of(text: str) -> Root | None:
    """Return the first element, None where none begins the text."""
    place = 0
    while passed := _BEFORE_ROOT.match(text, place):
        place = passed.end()
    root = _ROOT.match(text, place)
    if root is None:
        return None
    attributes = {name: double or single for name, double, single in _ATTRIBUTE.findall(root[3])}
    return Root(root[2], attributes.get(f"xmlns:{root[1]}" if root[1] else "xmlns", ""), attributes)
