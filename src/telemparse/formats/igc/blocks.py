"""The bytes of an IGC file in blocks of whole lines; nothing is taken out of one, for its columns count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.lines import Encoding, Newlines, line_blocks, sniff_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.artifacts import Artifact

__all__ = ["Text", "text_of"]

_HEAD_BYTES = 4096
# No record has more than 99 characters (appendix A, section A1); what is longer is cut where a block ends.
_LONGEST_LINE = 1 << 16


@attrs.frozen
class Text:
    """How an IGC file is written.

    Args:
        encoding: of its free texts; UTF-16 is brought to UTF-8 as a whole.
        newlines: what ends a line.
    """

    encoding: Encoding
    newlines: Newlines

    def blocks(self, artifact: Artifact, block_bytes: int) -> Iterator[bytes]:
        """Yield blocks of whole lines that end in LF, the last one perhaps without, in file order."""
        with artifact.open() as reader:
            if self.encoding.width > 1:
                for block in line_blocks(
                    reader,
                    self.encoding,
                    start=self.encoding.bom,
                    block_bytes=block_bytes,
                    newlines=self.newlines,
                ):
                    yield block.lines
                return
            reader.seek(self.encoding.bom)
            carry = b""
            while piece := reader.read(block_bytes):
                if self.newlines is Newlines.CR:
                    piece = piece.replace(b"\r", b"\n")
                cut = piece.rfind(b"\n") + 1
                if not cut and len(carry) < _LONGEST_LINE:
                    carry += piece
                    continue
                cut = cut or len(piece)
                yield carry + piece[:cut]
                carry = piece[cut:]
            if carry:
                yield carry

    def words(self, line: bytes) -> str:
        """Return a line as text, without blanks and NULs at its end."""
        name = "utf-8" if self.encoding.width > 1 else self.encoding.name
        return line.decode(name, "replace").rstrip("\0 \t")


def text_of(artifact: Artifact) -> Text:
    """Return how a file is written; a damaged head is taken for latin-1, of which every byte is a letter."""
    head = artifact.read_at(0, _HEAD_BYTES)
    encoding = sniff_encoding(head) or Encoding("latin-1")
    return Text(encoding, Newlines.CR if b"\r" in head and b"\n" not in head else Newlines.LF)
