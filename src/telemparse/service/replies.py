"""Replies: documents as bytes with their tag, and nothing where the client has them already."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from fastapi import Response

if TYPE_CHECKING:
    from fastapi import Request
    from pydantic import BaseModel

__all__ = ["JSON", "reply"]

JSON = "application/json"
_KEEP = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


def reply(request: Request, document: BaseModel | bytes, media_type: str = JSON) -> Response:
    """Return the answer to a GET, or 304 where `If-None-Match` has its tag."""
    body = document if isinstance(document, bytes) else document.model_dump_json().encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_KEEP, "ETag": tag}
    if _has(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _has(header: str | None, tag: str) -> bool:
    if header is None:
        return False
    tags = [word.strip().removeprefix("W/") for word in header.split(",")]
    return tag in tags or tags == ["*"]
