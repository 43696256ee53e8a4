"""Probing: whether a store does what the pipeline relies on, tried on an object of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError

from telemparse.storage.failures import StorageFailed
from telemparse.storage.keys import unfinished_key
from telemparse.storage.translation import translated

if TYPE_CHECKING:
    from telemparse.storage.buckets import Bucket
    from telemparse.storage.folders import Folder

__all__ = ["probe"]

_CONTENT = b"telemparse"


def probe(home: Folder | Bucket) -> None:
    """Put, read and delete a small object, and see that it cannot be put twice; raises StorageFailed."""
    key = unfinished_key()  # what a failure leaves of it, a sweep takes
    home.place(key)
    with translated(key):
        obstore.put(home.store, key, _CONTENT, mode="create")
        try:
            obstore.put(home.store, key, _CONTENT, mode="create")
        except AlreadyExistsError:
            kept = True
        else:
            kept = False
        found = bytes(obstore.get(home.store, key).bytes())
        obstore.delete(home.store, key)
    if not kept:  # two workers could each believe that theirs is the result
        raise StorageFailed("STORAGE_REFUSED", key=key, error="the store ignores If-None-Match")
    if found != _CONTENT:
        raise StorageFailed("INTEGRITY_HASH_MISMATCH", key=key, error="it gives back other content")
