"""Landing: the bytes of an upload on their way into a file, hashed as they come."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from telemparse.storage.objects import Storage

__all__ = ["Landing"]


class Landing:
    """A file in a workroom of the store; every method blocks, and belongs into a thread.

    Args:
        storage: whose workroom it is; what the store does not take goes with it.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._held = ExitStack()
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = None
        self.path = Path()
        self.byte_size = 0

    def open(self) -> None:
        """Make the file."""
        self.path = self._held.enter_context(self._storage.workroom()) / "bytes"
        self._file = self._held.enter_context(self.path.open("xb", buffering=0))

    def write(self, piece: bytes | bytearray) -> None:
        """Add bytes to the file and to its hash."""
        assert self._file is not None  # noqa: S101  (whoever writes has opened)
        view = memoryview(piece)
        while view:
            written = self._file.write(view)
            view = view[written or 0 :]
        self._digest.update(piece)
        self.byte_size += len(piece)

    def sealed(self) -> str:
        """Close the file and return its hex sha256; it stays until `close`."""
        if self._file is not None:
            self._file.close()
        return self._digest.hexdigest()

    def close(self) -> None:
        """Remove what is left of it."""
        self._held.close()
