"""Sources: content on its way into a store, read once, its digest found on the way."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import attrs

from telemparse.storage.failures import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Source", "digest_of", "opened"]

_PIECE_BYTES = 1024 * 1024


@attrs.define
class Source:
    """Bytes, or an open file from its beginning.

    Args:
        key: that they get, for messages.
        content: the bytes, or the file.
        byte_size: of the content; of a file that was sent, as many bytes as were read.
        expected: hex sha256 that the content must have; None for any.
    """

    key: str
    content: bytes | BinaryIO
    byte_size: int
    expected: str | None
    _sha256: str | None = None

    @property
    def sha256(self) -> str:
        """Hex digest of the content; a file that was not sent yet is read for it."""
        if self._sha256 is None:
            for _piece in self.pieces():
                pass
        assert self._sha256 is not None  # noqa: S101  (the last piece was read)
        return self._sha256

    def pieces(self) -> Iterator[bytes]:
        """Yield the content, that of a file a MiB at a time.

        Raises StorageFailed INTEGRITY_HASH_MISMATCH in place of the end when the content is not what
        was expected, so that whoever takes the pieces has nothing to finish.
        """
        digest = hashlib.sha256()
        size = 0
        for piece in self._read():
            digest.update(piece)
            size += len(piece)
            yield piece
        found = digest.hexdigest()
        if self.expected not in {None, found}:
            raise StorageFailed("INTEGRITY_HASH_MISMATCH", key=self.key, expected=self.expected, found=found)
        self.byte_size, self._sha256 = size, found

    def _read(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            yield self.content
            return
        self.content.seek(0)
        while piece := self.content.read(_PIECE_BYTES):
            yield piece


@contextmanager
def opened(source: Path | bytes, key: str, expected: str | None = None) -> Iterator[Source]:
    """Open a source for as long as it is sent; raises OSError for a file that cannot be opened."""
    if isinstance(source, bytes):
        yield Source(key, source, len(source), expected)
        return
    with Path(source).open("rb", buffering=0) as file:
        yield Source(key, file, os.fstat(file.fileno()).st_size, expected)


def digest_of(pieces: Iterable[bytes]) -> str:
    """Return the hex sha256 of content in pieces."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
