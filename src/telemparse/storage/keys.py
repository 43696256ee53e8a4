"""Keys: what the name of an object may look like, so that none can lead out of its store."""

from __future__ import annotations

import re
import secrets

from telemparse.errors import CallError

__all__ = ["UNFINISHED", "checked_key", "checked_prefix", "is_key", "unfinished_key"]

# No part begins with a dot, so that none is `.` or `..`; 255 bytes are what a file system takes.
_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._@+~-]{0,254}")
_MOST_CHARACTERS = 1024  # what S3 takes
# Content on its way to its key. With the dot it is no key, and stays out of every listing.
UNFINISHED = ".unfinished"


def is_key(key: str) -> bool:
    """Tell whether this can be the key of an object."""
    return len(key) <= _MOST_CHARACTERS and all(map(_PART.fullmatch, key.split("/")))


def checked_key(key: str) -> str:
    """Return the key; raises CallError when it is none."""
    if not isinstance(key, str) or not is_key(key):
        raise CallError(f"{key!r} is no key: plain names with '/' between them")
    return key


def checked_prefix(prefix: str) -> str:
    """Return whole parts of a key without the last `/`; raises CallError when they cannot begin a key."""
    return checked_key(prefix[:-1] if isinstance(prefix, str) and prefix.endswith("/") else prefix)


def unfinished_key() -> str:
    """Return a place that nobody else uses, for content on its way."""
    return f"{UNFINISHED}/{secrets.token_hex(16)}"
