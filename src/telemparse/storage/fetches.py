"""Fetches: an object's content into a file, whole or not at all."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from telemparse.storage.failures import StorageFailed
from telemparse.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["fetched"]


def fetched(pieces: Iterable[bytes], key: str, place: Path, expected: str | None) -> tuple[int, str]:
    """Write the pieces to a file beside the place, then put it there; return size and hex sha256.

    Raises StorageFailed: what the pieces raise, what the system refuses, and INTEGRITY_HASH_MISMATCH.
    """
    digest = hashlib.sha256()
    byte_size = 0
    unfinished = place.with_name(f".{secrets.token_hex(16)}.unfinished")
    try:
        with translated(key):
            place.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("xb") as file:
                for piece in pieces:
                    digest.update(piece)
                    byte_size += file.write(piece)
        found = digest.hexdigest()
        if expected not in {None, found}:
            raise StorageFailed(
                "INTEGRITY_HASH_MISMATCH", key=key, bytes=byte_size, expected=expected, found=found
            )
        with translated(key):
            unfinished.replace(place)
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return byte_size, found
