"""Words in the database: text of strangers without what Postgres refuses, as columns and within JSON."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Text, TypeDecorator

__all__ = ["Words", "json_text", "storable"]

_NUL = "\x00"
_NUL_IN_JSON = "\\u0000"


def storable(text: str) -> str:
    """Return text that every database holds: a question mark for each half of a character, none for NUL."""
    return text.replace(_NUL, "").encode("utf-8", "replace").decode()


class Words(TypeDecorator[str]):
    """A `text` column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002  (its signature)
        """Return what is stored."""
        return None if value is None else storable(value)


def json_text(value: Any) -> str:
    """Return a document as JSON for a `json` column. Raises TypeError for what has no plain form."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A backslash that is itself escaped stands before an even number of others.
    parts = text.split("\\\\")
    return storable("\\\\".join(part.replace(_NUL_IN_JSON, "") for part in parts))
