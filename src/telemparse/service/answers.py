"""Answers that routes may give, for the description of the interface."""

from __future__ import annotations

from typing import Any

from telemparse.service.documents import ErrorAnswer
from telemparse.service.problems import MESSAGES

__all__ = ["answers"]

# Whatever is asked for: no key, too often, a bug, or something that is away.
_ALWAYS = (401, 429, 500, 503)


def answers(*statuses: int, etag: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a route as FastAPI takes them, 304 with them where it has an ETag."""
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorAnswer, "description": _words(status)} for status in (*statuses, *_ALWAYS)
    }
    if etag:
        found[304] = {"description": "The client has it already (If-None-Match)."}
    return found


def _words(status: int) -> str:
    codes = [code for code, (each, _message) in MESSAGES.items() if each == status]
    return f"Among others {', '.join(codes)}." if codes else "See the code."
