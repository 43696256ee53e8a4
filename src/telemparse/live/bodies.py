"""Bodies: read whole, within a size and a time, and within what the server has room for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import anyio

from telemparse.live.heads import content_length, header_of
from telemparse.live.refusals import Refusal

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

__all__ = ["BodyReader", "ClientGone"]

_JSON = re.compile(r"application/(?:[A-Za-z0-9.!#$&^_-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
_CLOSE = {"Connection": "close"}


class ClientGone(Exception):  # noqa: N818  (what is the case)
    """Nobody waits for the answer any more."""


class BodyReader:
    """Reads bodies of JSON on one event loop.

    Args:
        limit: bytes of a body.
        within_s: time for a body.
        room: bytes of all bodies that are in hand at a time; for more there is 503.
    """

    def __init__(self, limit: int, within_s: float, room: int) -> None:
        self._limit, self._within_s, self._room = limit, within_s, max(room, limit)
        self._held = 0

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body of a request.

        Raises Refusal for one that is too large, too slow or not JSON by its type, and where there is no
        room; ClientGone when the sender ends before the body does.
        """
        _check_kind(scope)
        length = content_length(scope)
        if length is not None and length > self._limit:
            raise Refusal("BODY_TOO_LARGE", details={"limit": self._limit}, headers=_CLOSE)
        pieces: list[bytes] = []
        held = 0
        try:
            with anyio.CancelScope(deadline=anyio.current_time() + self._within_s) as patience:
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    piece = message.get("body", b"")
                    held += len(piece)
                    self._take(len(piece))
                    pieces.append(piece)
                    if held > self._limit:
                        raise Refusal("BODY_TOO_LARGE", details={"limit": self._limit}, headers=_CLOSE)
                    more = message.get("more_body", False)
            if patience.cancelled_caught:
                raise Refusal("REQUEST_TIMEOUT", headers=_CLOSE)
        finally:
            self._held -= held
        return b"".join(pieces)

    def _take(self, count: int) -> None:
        self._held += count
        if self._held > self._room:
            raise Refusal("SERVER_BUSY", headers=_CLOSE)


def _check_kind(scope: Scope) -> None:
    kind = header_of(scope, b"content-type")
    coding = header_of(scope, b"content-encoding")
    if kind is None or not _JSON.fullmatch(kind.strip()) or (coding or "identity").lower() != "identity":
        raise Refusal("MEDIA_TYPE_REFUSED")
