"""The data rows of a file as blocks of whole lines: where they begin, and a last line that was cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from telemparse.formats.csv.rows import COMMENTS, split_line
from telemparse.kernels.lines import line_blocks
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.csv.layout import Layout
    from telemparse.kernels.lines import Block
    from telemparse.model.artifacts import Artifact

__all__ = ["data_blocks", "data_offset", "without_stump"]


def data_blocks(reader: BinaryIO, layout: Layout, start: int, block_bytes: int) -> Iterator[Block]:
    """Yield the blocks from byte `start` on."""
    return line_blocks(
        reader,
        layout.encoding,
        start=start,
        block_bytes=block_bytes,
        newlines=layout.newlines,
        lines=layout.lines,
        delimiter=layout.delimiter,
    )


def data_offset(artifact: Artifact, layout: Layout) -> int:
    """Return the byte where the first data row begins."""
    head = artifact.read_at(0, HEAD_BYTES)
    sign = layout.newlines.value.encode(layout.encoding.name)
    offset, lines = layout.encoding.bom, layout.data_line - 1
    while lines:
        place = head.find(sign, offset)
        if place < 0:
            return len(head)
        # A unit of UTF-16 begins at an even distance from the mark; elsewhere the bytes only look alike.
        aligned = (place - layout.encoding.bom) % layout.encoding.width == 0
        offset = place + len(sign) if aligned else place + 1
        lines -= aligned
    return offset


def without_stump(artifact: Artifact, layout: Layout, data: bytes) -> tuple[int, Issue | None]:
    """Return the size of the last block without a line that was cut: no end, and fewer cells than others."""
    start = data.rfind(b"\n") + 1
    stump = data[start:].decode("utf-8", "replace")
    whole = len(split_line(stump, layout.delimiter)) >= layout.width
    if not stump.strip() or whole or stump.lstrip().startswith(COMMENTS):
        return len(data), None
    offset = max(artifact.size - len(stump.encode(layout.encoding.name, "replace")), 0)
    locus = Locus(artifact.name, offset=offset)
    return start, Issue("ARTIFACT_TRUNCATED", locus, artifact=artifact.name, offset=offset)
