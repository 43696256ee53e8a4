"""Readers: objects as open files that can be read here and there, as Parquet is."""

from __future__ import annotations

import io
import os
import stat
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import obstore
from obstore.exceptions import PreconditionError

from telemparse.storage.failures import StorageFailed
from telemparse.storage.folders import Folder
from telemparse.storage.translation import translated

if TYPE_CHECKING:
    from obstore.store import S3Store

    from telemparse.storage.buckets import Bucket

__all__ = ["opened_reader"]

_BUFFER_BYTES = 1024 * 1024
_REQUEST_BYTES = 8 * 1024 * 1024
_WAY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Nobody waits for a writer where a pipe has the name.
_END = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def opened_reader(home: Folder | Bucket, key: str) -> BinaryIO:
    """Open an object; raises StorageFailed, also where a link lies on the way."""
    if isinstance(home, Folder):
        return _opened_file(home, key)
    with translated(key):
        meta = obstore.head(home.store, key)
    raw = _ObjectFile(home.store, key, meta["size"], meta["e_tag"])
    return cast("BinaryIO", io.BufferedReader(raw, _BUFFER_BYTES))


def _opened_file(home: Folder, key: str) -> BinaryIO:
    """Open a file from folder to folder, so that no link is followed that somebody puts there meanwhile."""
    with translated(key):
        folder = os.open(home.root, _WAY)
        try:
            *parts, name = key.split("/")
            for part in parts:
                inner = os.open(part, _WAY, dir_fd=folder)
                os.close(folder)
                folder = inner
            descriptor = os.open(name, _END, dir_fd=folder)
        finally:
            os.close(folder)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise StorageFailed("STORAGE_REFUSED", key=key, error="it is no regular file")
        return os.fdopen(descriptor, "rb")


class _ObjectFile(io.RawIOBase):
    """An object of S3 as an unbuffered file; what it reads is of one version."""

    def __init__(self, store: S3Store, key: str, byte_size: int, version: str | None) -> None:
        super().__init__()
        self._store, self._key, self._size, self._version = store, key, byte_size, version
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if begin + offset < 0:
            raise ValueError("before the first byte")
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer).cast("B")
        end = min(self._at + min(len(target), _REQUEST_BYTES), self._size)
        if end <= self._at:
            return 0
        with translated(self._key):
            try:
                got = obstore.get(
                    self._store, self._key, options={"range": (self._at, end), "if_match": self._version}
                )
                piece = bytes(got.bytes())
            except PreconditionError:
                piece = b""
        if len(piece) != end - self._at:
            raise StorageFailed("STORAGE_UNAVAILABLE", key=self._key, error="it changed while it was read")
        target[: len(piece)] = piece
        self._at = end
        return len(piece)
