"""Stencils of XML points: learned from one point, by a probe through the walker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.structure import Stencil
from telemparse.kernels.xml_outline import Damage
from telemparse.kernels.xml_scopes import Scope
from telemparse.kernels.xml_walk import Walker

if TYPE_CHECKING:
    from telemparse.kernels.xml_outline import Outline, Path
    from telemparse.kernels.xml_scopes import Frame

__all__ = ["SAMPLE_BYTES", "PointStencil", "learned"]

_SLOTS = 64
SAMPLE_BYTES = 64 * 1024
_ATTRIBUTES = re.compile(rb"""\s+([A-Za-z_][\w.:-]*)=(["'])([^<&]*?)\2""")
_TAG = re.compile(
    rb"<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]*)"
    rb"""(?P<attributes>(?:\s+[A-Za-z_][\w.:-]*=(?:"[^"<&]*"|'[^'<&]*'))*)\s*(?P<empty>/?)>"""
)
_LESS = 0x3C


@attrs.frozen
class PointStencil:
    """A stencil, the path of the value in each of its slots, and the prefixes that stand for no namespace."""

    stencil: Stencil
    paths: tuple[Path, ...]
    undeclared: frozenset[str] = frozenset()


class _Deaf:
    """A listener for probes: nothing outside the point is read."""

    def opened(self, path: Path, attributes: dict[str, str]) -> None:
        """Hear nothing."""

    def closed(self, path: Path, text: str) -> None:
        """Hear nothing."""


def learned(sample: bytes, outline: Outline, stack: tuple[Frame, ...]) -> PointStencil | None:
    """Return the stencil of the point that `sample` begins with, or None where it is not plain enough.

    Plain is ASCII without entities, comments or CDATA, and text only in the innermost
    elements. The point's names mean what they mean below the open elements of `stack`. What the slots
    are called is not worked out here: a probe, the point with a word of its own in every slot, goes
    through the walker.
    """
    slots = _slots(sample)
    if slots is None:
        return None
    cuts, end = slots
    edges = [0, *(edge for begin, stop, _byte in cuts for edge in (begin, stop)), end]
    literals = tuple(sample[edges[index] : edges[index + 1]] for index in range(0, len(edges), 2))
    words = [f"slot{number}" for number in range(len(cuts))]
    probe = b"".join(literal + word.encode() for literal, word in zip(literals, [*words, ""], strict=True))
    # The probe looks names up in scopes of its own: what it finds undeclared is not yet met in the document.
    undeclared: set[str] = set()
    scopes = [Scope(frame.scope.uris, frame.scope.home, undeclared, frame.scope.kin) for frame in stack]
    frames = [attrs.evolve(frame, scope=scope) for frame, scope in zip(stack, scopes, strict=True)]
    walker = Walker(outline, _Deaf(), stack=frames)
    try:
        walker.feed(probe, 0)
    except Damage:
        return None
    finally:
        walker.close()
    found = {word: path for _offset, _container, values in walker.points for path, word in values.items()}
    if not walker.at_home or set(found) != set(words):
        return None
    return PointStencil(
        Stencil(literals, tuple(byte for _begin, _stop, byte in cuts)),
        tuple(found[word] for word in words),
        frozenset(undeclared),
    )


def _slots(sample: bytes) -> tuple[list[tuple[int, int, int]], int] | None:
    """Return begin, end and stop byte of each value of the first element, and where the element ends."""
    cuts: list[tuple[int, int, int]] = []
    depth, place = 0, 0
    opened = -1  # where the text of an element without children so far begins
    while len(cuts) <= _SLOTS:
        tag = _TAG.match(sample, place)
        if tag is None or (opened >= 0 and not tag["end"] and not _blank(sample, opened, place)):
            return None
        if tag["end"] and opened >= 0:
            cuts.append((opened, place, _LESS))
        cuts += [
            (*attribute.span(3), attribute[2][0])
            for attribute in _ATTRIBUTES.finditer(sample, *tag.span("attributes"))
            if not attribute[1].startswith(b"xmlns")
        ]
        depth += _STEPS[bool(tag["end"]), bool(tag["empty"])]
        opened = -1 if tag["end"] or tag["empty"] else tag.end()
        if depth == 0:
            return (cuts, tag.end()) if sample[: tag.end()].isascii() else None
        place = sample.find(b"<", tag.end())
        if place < 0 or (opened < 0 and not _blank(sample, tag.end(), place)):
            return None
    return None


# Whether a tag is an end tag and whether it closes itself, to the change of depth.
_STEPS = {(False, False): 1, (False, True): 0, (True, False): -1, (True, True): -1}


def _blank(sample: bytes, begin: int, end: int) -> bool:
    return not sample[begin:end].strip(b" \t\r\n")
