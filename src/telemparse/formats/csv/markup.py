"""Blocks in tags above the rows: `<timer #unit=KM/h>`, lines, `</timer>`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from telemparse.formats.csv.layout import Layout

__all__ = ["TaggedBlock", "tagged_block"]

_MOST_LINES = 20_000


@attrs.frozen
class TaggedBlock:
    """One block.

    Args:
        facts: what stands in its tag, `#name=value` in lower case.
        lines: (number from 1, text) of those within that hold anything.
    """

    facts: dict[str, str] = attrs.field(factory=dict)
    lines: tuple[tuple[int, str], ...] = ()


def tagged_block(layout: Layout, word: str) -> TaggedBlock:
    """Return the first block of that word above the rows; an empty one where there is none.

    A block that nothing closes ends where the next tag or the rows begin.
    """
    lines: list[tuple[int, str]] = []
    facts: dict[str, str] | None = None
    for number, line in enumerate(layout.preamble, 1):
        text = line.strip()
        if facts is None:
            opened = re.match(rf"<{re.escape(word)}\b([^>]{{0,200}})>?", text)
            facts = None if opened is None else _facts(opened[1])
        elif text.startswith("<"):
            break
        elif text and len(lines) < _MOST_LINES:
            lines.append((number, text))
    return TaggedBlock(facts or {}, tuple(lines))


def _facts(text: str) -> dict[str, str]:
    return {name.lower(): value for name, value in re.findall(r"#(\w{1,40})=([^#\s]{0,80})", text)}
