"""Names of values on their way through a document, and what they mean as words of a header."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from telemparse.formats.csv.headers import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.csv.vocabulary import Quantity

__all__ = ["meaning", "quantity", "tails"]


def tails(name: str) -> Iterator[str]:
    """Yield the last step of a dotted name, the last two, and so on, up to the whole name."""
    steps = name.split(".")
    for count in range(1, len(steps) + 1):
        yield " ".join(steps[-count:])


@functools.lru_cache(maxsize=4096)
def quantity(word: str) -> Quantity | None:
    """Return what a header word means, or None."""
    return read_heading(word).quantity


def meaning(name: str) -> Quantity | None:
    """Return what a dotted name means by its shortest end that means anything, or None."""
    found = (quantity(tail) for tail in tails(name))
    return next((known for known in found if known is not None), None)
