"""Keys as people type them: in any of the ways to write a UUID, or no key at all."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["key_in", "keys_in"]


def key_in(text: str) -> str | None:
    """Return the key that a text means, None for a text that is none: Postgres would refuse the query."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def keys_in(texts: Iterable[str]) -> list[str]:
    """Return the keys among texts."""
    return [key for key in map(key_in, texts) if key is not None]
