"""Heads of requests: single headers, and the id that a request has in answers and in the log."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from telemparse.live.refusals import Refusal

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["content_length", "header_of", "request_id_of"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PLACE = "telemparse.request_id"
_MOST_DIGITS = 19


def header_of(scope: Scope, name: bytes) -> str | None:
    """Return the first header of a name in small letters, None without one."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return None


def request_id_of(scope: Scope) -> str:
    """Return the id of a request: the one that it brings where that is plain, else a new one."""
    known: str | None = scope.get(_PLACE)
    if known is None:
        given = header_of(scope, b"x-request-id")
        known = given if given is not None and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope[_PLACE] = known
    return known


def content_length(scope: Scope) -> int | None:
    """Return the length that a request claims, None where it comes in chunks or has no body."""
    text = header_of(scope, b"content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise Refusal("REQUEST_MALFORMED", details={"problem": "its Content-Length is no length"})
    return int(text)
