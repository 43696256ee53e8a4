"""A running SHA-256 of a file, fed by whoever reads it, so that a recording need not be read twice."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["RunningHash"]

_CHUNK_BYTES = 1024 * 1024
_HELD_BYTES = 128 * 1024


class RunningHash:
    """SHA-256 over the first bytes of a file that readers have seen in order, completed on demand."""

    def __init__(self) -> None:
        self._digest: hashlib._Hash | None = None
        self._held = (
            b""  # the beginning: who only looks at that needs no hash, and OpenSSL takes 5 ms to load
        )
        self._seen = 0
        self._lock = threading.Lock()

    def feed(self, offset: int, data: bytes) -> None:
        """Take in what was read at `offset`; what does not continue the bytes seen is left for later."""
        with self._lock:
            if offset <= self._seen < offset + len(data):
                fresh = memoryview(data)[self._seen - offset :]
                self._seen = offset + len(data)
                if self._digest is None and self._seen <= _HELD_BYTES:
                    self._held += fresh
                else:
                    self._begun().update(fresh)

    def completed(self, opener: Callable[[], BinaryIO]) -> str:
        """Return the hex hash of the whole content, reading what nobody has read yet."""
        with opener() as reader:
            reader.seek(self._seen)
            while piece := reader.read(_CHUNK_BYTES):
                self.feed(reader.tell() - len(piece), piece)
        with self._lock:
            return self._begun().hexdigest()

    def _begun(self) -> hashlib._Hash:
        if self._digest is None:
            import hashlib

            self._digest = hashlib.sha256(self._held)
            self._held = b""
        return self._digest

    def open(self, place: Path) -> BinaryIO:
        """Return a reader of a file that feeds this hash as it goes."""
        return _FeedingReader(io.FileIO(place), self.feed)


class _FeedingReader(io.BufferedReader):
    """A buffered reader that shows what `read` returns; other ways to read show nothing, and lose nothing."""

    def __init__(self, raw: io.FileIO, feed: Callable[[int, bytes], None]) -> None:
        super().__init__(raw)
        self._feed = feed

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._feed(self.tell() - len(data), data)
        return data
