"""A log in pieces that cut no sentence: one byte a letter, NULs left out, offsets into the file known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.lines import sniff_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.gather import Bytes
    from telemparse.model.artifacts import Artifact

__all__ = ["SPARE", "Piece", "pieces"]

SPARE = b"\n\0\0\0\0\0\0\0"
"""Bytes behind a piece that belong to nothing: a line end, and eight can be read behind any of its own.

More of them make whole words of eight bytes.
"""

_LONGEST = 64 * 1024  # of a line: behind it there is binary, and a sentence begins at its sign
_HEAD_BYTES = 4096
_UNKNOWN = ord("?")


@attrs.frozen
class Piece:
    """Consecutive bytes of a log.

    Args:
        buffer: the bytes, and `SPARE` or more.
        size: bytes that count.
        first: nothing is before it.
        last: nothing follows.
        offset: of the first byte in the artifact.
        width: bytes of the artifact for each of the piece.
        kept: places of the bytes before NULs were left out, None where there was none.
    """

    buffer: Bytes
    size: int
    first: bool
    last: bool
    offset: int
    width: int
    kept: Ints | None

    def offset_of(self, place: int) -> int:
        """Return the offset in the artifact of a byte of the piece."""
        return int(self.offsets_of(np.array([place]))[0])

    def offsets_of(self, places: Ints) -> Ints:
        """Return the offsets in the artifact of bytes of the piece, shape (n,) each."""
        if self.kept is None or not len(self.kept):
            unpacked = places
        else:
            unpacked = np.where(
                places < len(self.kept), self.kept[np.minimum(places, len(self.kept) - 1)], places
            )
        return self.offset + self.width * unpacked


def pieces(artifact: Artifact, piece_bytes: int) -> Iterator[Piece]:
    """Yield an artifact in pieces of about `piece_bytes`; UTF-16 becomes one byte a letter, `?` for most."""
    encoding = sniff_encoding(artifact.read_at(0, _HEAD_BYTES))
    bom, width = (encoding.bom, encoding.width) if encoding is not None else (0, 1)
    order = ">u2" if encoding is not None and encoding.name.endswith("be") else "<u2"
    chunks = artifact.chunks(piece_bytes)
    held, letters, offset = b"", b"", bom
    skipped = 0
    following = next(chunks, b"")
    while True:
        raw, following = following, next(chunks, b"")
        if skipped < bom:
            skipped, raw = skipped + len(raw), raw[bom - skipped :]
        if width > 1:
            raw = held + raw
            even = len(raw) - len(raw) % width
            raw, held = _narrowed(raw[:even], order), raw[even:]
        last = not following
        # The usual cut is found without putting the pieces together first.
        cut = len(raw) if last else raw.rfind(b"\n") + 1
        if not cut and not last:
            letters, raw = b"", letters + raw
            cut = _cut(raw)
        if cut or last:
            piece = _piece(letters, raw, cut, offset, width, last=last)
            yield piece if offset > bom else attrs.evolve(piece, first=True)
            del piece
            offset += (len(letters) + cut) * width
            letters = b""
        letters += raw[cut:]
        if last:
            return


def _narrowed(raw: bytes, order: str) -> bytes:
    units = np.frombuffer(raw, order)
    return np.where(units < 0x100, units, _UNKNOWN).astype(np.uint8).tobytes()  # noqa: PLR2004  (one byte)


def _piece(before: bytes, raw: bytes, cut: int, offset: int, width: int, *, last: bool) -> Piece:
    size = len(before) + cut
    content = b"".join((before, memoryview(raw)[:cut], _spare(size)))
    kept = None
    if content.find(b"\0", 0, size) >= 0:
        kept = np.flatnonzero(np.frombuffer(content, np.uint8, size))
        size = len(kept)
        content = content.translate(None, b"\0")[:size] + _spare(size)
    return Piece(
        np.frombuffer(content, np.uint8), size, first=False, last=last, offset=offset, width=width, kept=kept
    )


def _spare(size: int) -> bytes:
    return SPARE + bytes(-size % len(SPARE))


def _cut(data: bytes) -> int:
    """Return where a piece may end: behind a line, or before a sentence where lines are endless."""
    cut = data.rfind(b"\r", 0, -1) + 1
    if len(data) - cut <= _LONGEST:
        return cut
    sign = data.rfind(b"$", len(data) - _LONGEST)
    return sign if sign > 0 else len(data)
