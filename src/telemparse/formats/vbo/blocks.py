"""The rows of a VBO file in blocks of whole lines, and what a cut end leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

import attrs

from telemparse.kernels.lines import line_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.vbo.sections import Head
    from telemparse.kernels.lines import Block
    from telemparse.model.artifacts import Artifact

__all__ = ["row_blocks", "without_stump"]


def row_blocks(artifact: Artifact, head: Head, block_bytes: int) -> Iterator[Block]:
    """Yield what stands behind the head, `block_bytes` at a time and always whole lines."""
    with artifact.open() as reader:
        marked = cast("BinaryIO", _Marked(reader)) if head.encoding.width == 1 else reader
        yield from line_blocks(
            marked,
            head.encoding,
            start=head.data_offset or 0,
            block_bytes=block_bytes,
            newlines=head.newlines,
        )


def without_stump(data: bytes, width: int) -> tuple[bytes, int]:
    """Return the data without a last line that has no end and too few cells, and that line's length."""
    start = data.rfind(b"\n") + 1
    cells = data[start:].strip(b" \t\r\x01").split()
    return (data[:start], len(data) - start) if 0 < len(cells) < width else (data, 0)


@attrs.frozen
class _Marked:
    """A reader whose NULs are another byte: inside a row they are damage, and must not join what is left."""

    reader: BinaryIO

    def seek(self, offset: int) -> int:
        """Go to a byte."""
        return self.reader.seek(offset)

    def read(self, size: int) -> bytes:
        """Return bytes with every NUL as SOH."""
        raw = self.reader.read(size)
        return raw.replace(b"\0", b"\x01") if b"\0" in raw else raw
