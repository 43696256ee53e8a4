"""Expat as the walker needs it: nothing held back, nothing added, inside elements that are open already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.xml_scopes import Frame

__all__ = ["opened"]


def opened(stack: Sequence[Frame]) -> tuple[Any, int]:
    """Return a parser inside the elements of a stack, and how many bytes it was fed for that."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.ordered_attributes = True
    # What a DTD would add to an element is no part of the recording.
    parser.specified_attributes = True
    # Newer expat keeps back what may be the beginning of a token, and then where damage shows would
    # depend on how it is fed. It does so against endless tokens, which the walker refuses anyway.
    if hasattr(parser, "SetReparseDeferralEnabled"):
        parser.SetReparseDeferralEnabled(False)  # noqa: FBT003  (expat's own signature)
    if not stack:
        return parser, 0
    prolog = "".join(frame.tag() for frame in stack).encode()
    parser.Parse(prolog, False)  # noqa: FBT003  (expat's own signature)
    return parser, len(prolog)
