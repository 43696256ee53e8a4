"""Transfers: content into a home of objects and out of it, in bounded memory, whole or not at all."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from telemparse.errors import CallError
from telemparse.storage.failures import StorageFailed
from telemparse.storage.keys import unfinished_key
from telemparse.storage.sources import digest_of
from telemparse.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.storage.buckets import Bucket
    from telemparse.storage.folders import Folder
    from telemparse.storage.sources import Source

__all__ = ["create", "overwrite", "pieces", "read", "size_of"]

_AT_ONCE = 2  # requests of one transfer, each with its bytes in memory
_TRIES = 4
_PAUSE_S = 0.1


def create(home: Folder | Bucket, source: Source) -> bool:
    """Put the content under its key when there is none yet; True when this call did it.

    Nobody sees half of it, and of several at the same time one wins. Raises StorageFailed, with
    STORAGE_CONFLICT when other content is there.
    """
    at_once = source.byte_size <= home.at_once_bytes
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(attempt * _PAUSE_S)
        # One request looks and puts at once; who has to write first looks what can be spared.
        if (attempt or not at_once) and _is_there(home, source):
            return False
        with translated(source.key), suppress(AlreadyExistsError):
            if at_once:
                obstore.put(home.store, source.key, b"".join(source.pieces()), mode="create")
            else:
                _by_way_of_another_key(home, source, overwrite=False)
            return True
    # In a folder, another folder has the name. S3 says so while others write the same key and their
    # object is not to be seen yet.
    code = "STORAGE_UNAVAILABLE" if home.place(source.key) is None else "STORAGE_CONFLICT"
    raise StorageFailed(code, key=source.key, error="the key is taken, but no object lies there")


def overwrite(home: Folder | Bucket, source: Source) -> None:
    """Put the content under its key, whatever is there; readers see the old or the new one, whole."""
    with translated(source.key):
        if source.byte_size <= home.at_once_bytes:
            obstore.put(home.store, source.key, b"".join(source.pieces()))
        else:
            _by_way_of_another_key(home, source, overwrite=True)


def _is_there(home: Folder | Bucket, source: Source) -> bool:
    found_bytes = size_of(home, source.key)
    if found_bytes is None:
        return False
    expected, found = f"{source.byte_size} bytes", f"{found_bytes} bytes"
    if found_bytes == source.byte_size:
        expected, found = source.sha256, digest_of(pieces(home, source.key))
    if expected != found:
        raise StorageFailed("STORAGE_CONFLICT", key=source.key, expected=expected, found=found)
    return True


def _by_way_of_another_key(home: Folder | Bucket, source: Source, *, overwrite: bool) -> None:
    staged = unfinished_key()
    home.place(staged)  # refuses a link there
    chunk_size = home.request_bytes
    try:
        obstore.put(home.store, staged, source.pieces(), chunk_size=chunk_size, max_concurrency=_AT_ONCE)
        obstore.rename(home.store, staged, source.key, overwrite=overwrite)
    except BaseException:
        with suppress(Exception):
            home.give_up(staged)
        raise


def size_of(home: Folder | Bucket, key: str) -> int | None:
    """Return the size of an object in bytes, None when there is none; raises StorageFailed."""
    with translated(key):
        try:
            return obstore.head(home.store, key)["size"]
        except FileNotFoundError:
            return None


def read(home: Folder | Bucket, key: str, limit_bytes: int) -> bytes:
    """Return an object of at most so many bytes; raises CallError for a larger one, StorageFailed."""
    with translated(key):
        got = obstore.get(home.store, key)
        size = got.meta["size"]
        if size <= limit_bytes:
            return bytes(got.bytes())
    raise CallError(f"{key} has {size} bytes, more than the {limit_bytes} that may be read at once")


def pieces(home: Folder | Bucket, key: str) -> Iterator[bytes]:
    """Yield an object's content, a few MB at a time; raises StorageFailed.

    Each piece is a request of its own, so that none takes longer than a request may; one that meets
    another version than the first fails with STORAGE_UNAVAILABLE.
    """
    with translated(key):
        meta = obstore.head(home.store, key)
    size, version = meta["size"], meta["e_tag"]
    for start in range(0, size, home.request_bytes):
        end = min(start + home.request_bytes, size)
        with translated(key):
            try:
                got = obstore.get(home.store, key, options={"range": (start, end), "if_match": version})
                piece = bytes(got.bytes())
            except PreconditionError:
                piece = b""
        if len(piece) != end - start:
            raise StorageFailed("STORAGE_UNAVAILABLE", key=key, error="it changed while it was read")
        yield piece
