"""Does a file hold VBO sections? Standard library only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.formats.vbo.sections import read_head
from telemparse.formats.vbo.words import RECEIVER
from telemparse.kernels.lines import decoded
from telemparse.kernels.spelling import squash
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.formats.vbo.sections import Head
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

_ROW = re.compile(r"[ \t]*[+-]?\d[\d.:+\-eE \t]*")
_FEWEST = 3


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for VBO among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    head = read_head(lambda offset, length: sniff.head[offset : offset + length])
    names = _names(head)
    known = [name for name in names if squash(name) in RECEIVER]
    if head is None or len(known) < _FEWEST:
        named = sniff.extension == ".vbo"
        return Detection(Rung.NAME, ("extension .vbo",)) if named else Detection(Rung.NO)
    evidence = (f"columns {', '.join(known[:6])} below [column names] or [header]",)
    if head.data_offset is None:
        return Detection(Rung.MARKER, (*evidence, "no [data] in the head"))
    rows = decoded(sniff.head[head.data_offset :], head.encoding).splitlines()[:3]
    if any(_ROW.fullmatch(row) and len(row.split()) == len(names) for row in rows):
        return Detection(Rung.SIGNATURE, (*evidence, f"rows of {len(names)} numbers below [data]"))
    return Detection(Rung.MARKER, (*evidence, "[data]"))


def _names(head: Head | None) -> list[str]:
    if head is None:
        return []
    return " ".join(head.lines("columnnames")[:1]).split() or head.lines("header")
