"""Bodies: how large they may be and how long they may take, before anybody reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import anyio

from telemparse.service.authentication import PREFIX
from telemparse.service.context import header_of
from telemparse.service.doorway import ClientGone
from telemparse.service.problems import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from telemparse.service.context import Service

__all__ = ["Bodies", "content_length"]

_FILE = re.compile(re.escape(PREFIX) + r"/uploads/[^/]+/bytes")
_JSON = re.compile(r"application/(?:[A-Za-z0-9.!#$&^_-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
_WITH_BODY = frozenset({"POST", "PATCH", "PUT"})


def content_length(scope: Scope) -> int | None:
    """Return the length that a request claims, None where it comes in chunks or has no body."""
    text = header_of(scope, b"content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20):  # noqa: PLR2004  (more digits than any size has)
        raise Problem("REQUEST_MALFORMED")
    return int(text)


class Bodies:
    """Refuses bodies that are too large, too slow or of another kind; files have rules of their own."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with a body that is bounded, or raise the Problem that it has."""
        if scope["type"] != "http" or (scope["method"] == "PUT" and _FILE.fullmatch(scope["path"])):
            await self.app(scope, receive, send)
            return
        limit = self.service.settings.max_body_bytes
        length = content_length(scope)
        if length is not None and length > limit:
            raise Problem("BODY_TOO_LARGE", details={"limit": limit})
        has_body = bool(length) or header_of(scope, b"transfer-encoding") is not None
        if has_body and scope["method"] in _WITH_BODY and scope["path"].startswith(PREFIX):
            kind = header_of(scope, b"content-type")
            if kind is None or not _JSON.fullmatch(kind.strip()):
                raise Problem("MEDIA_TYPE_REFUSED")
        await self.app(scope, _Bounded(receive, limit, self.service.settings.body_s).receive, send)


class _Bounded:
    """A body that is read to its end, or to its limit."""

    def __init__(self, receive: Receive, limit: int, within_s: float) -> None:
        self._receive, self._left, self._limit = receive, limit, limit
        self._deadline = anyio.current_time() + within_s
        self._ended = False

    async def receive(self) -> Message:
        if self._ended:
            return await self._receive()
        with anyio.CancelScope(deadline=self._deadline) as scope:
            message = await self._receive()
        if scope.cancelled_caught:
            raise Problem("REQUEST_TIMEOUT", headers={"Connection": "close"})
        if message["type"] == "http.disconnect":
            raise ClientGone
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Problem("BODY_TOO_LARGE", details={"limit": self._limit}, headers={"Connection": "close"})
        self._ended = not message.get("more_body", False)
        return message
