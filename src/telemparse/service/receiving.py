"""Receiving: a body of any length into a file, in pieces, within bounds of memory, size and time."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

import anyio
from anyio.to_thread import run_sync

from telemparse.service.bodies import content_length
from telemparse.service.context import header_of
from telemparse.service.doorway import ClientGone
from telemparse.service.problems import Problem

if TYPE_CHECKING:
    from anyio import CapacityLimiter
    from starlette.types import Message, Receive, Scope

    from telemparse.service.landing import Landing
    from telemparse.service.settings import ServiceSettings

__all__ = ["Receiving", "check_length", "digest_wanted"]

# One upload holds so much, beside what the server and the system have read ahead.
_PIECE_BYTES = 128 * 1024
_SHA256 = re.compile(r"(?:^|,)\s*sha-256\s*=\s*([^,;]*)", re.IGNORECASE)
_SHA256_BYTES = 32
_CLOSE = {"Connection": "close"}


def digest_wanted(scope: Scope) -> str | None:
    """Return the hex sha256 that a request's Content-Digest names (RFC 9530), None without one.

    Other algorithms are left alone, as the document has it. Raises Problem for a sha-256 that is none.
    """
    text = header_of(scope, b"content-digest")
    found = None if text is None else _SHA256.search(text)
    if found is None:
        return None
    word = found[1].strip()
    if len(word) > 2 and word[0] == word[-1] == ":":  # noqa: PLR2004  (the two colons round it)
        try:
            digest = base64.b64decode(word[1:-1], validate=True)
        except binascii.Error:
            digest = b""
        if len(digest) == _SHA256_BYTES:
            return digest.hex()
    raise Problem("DIGEST_INVALID", headers=_CLOSE)


def check_length(scope: Scope, limit: int) -> None:
    """Refuse, before anything is read, a body that says it is too large, or nothing of its length."""
    length = content_length(scope)
    if length is None and header_of(scope, b"transfer-encoding") is None:
        raise Problem("LENGTH_MISSING")
    if length is not None and length > limit:
        raise too_large(limit)


def too_large(limit: int) -> Problem:
    """Return the problem of a file beyond the limit."""
    return Problem("ARTIFACT_TOO_LARGE", details={"limit": limit}, headers=_CLOSE)


class Receiving:
    """Reads a body to its end.

    Args:
        receive: of the request.
        landing: where it goes, open.
        settings: how long it may take.
        limit: bytes that it may have.
        threads: that write.
    """

    def __init__(
        self,
        receive: Receive,
        landing: Landing,
        settings: ServiceSettings,
        *,
        limit: int,
        threads: CapacityLimiter,
    ) -> None:
        self._receive, self._landing, self._settings = receive, landing, settings
        self._limit, self._threads = limit, threads
        self._begun = anyio.current_time()

    async def run(self) -> None:
        """Read, until the body ends.

        Raises Problem for one that is too large, pauses for too long or is too slow, ClientGone for one
        that breaks off.
        """
        piece = bytearray()
        read, more = 0, True
        while more:
            message = await self._next(read)
            body = message.get("body", b"")
            more = message.get("more_body", False)
            read += len(body)
            if read > self._limit:
                raise too_large(self._limit)
            piece += body
            if piece and (len(piece) >= _PIECE_BYTES or not more):
                await run_sync(self._landing.write, piece, limiter=self._threads)
                piece = bytearray()

    async def _next(self, read: int) -> Message:
        settings, now = self._settings, anyio.current_time()
        # The average has to be kept up from the end of the first pause that is allowed anyway.
        in_time = self._begun + settings.upload_stall_s + read / settings.upload_min_rate
        deadline = min(now + settings.upload_stall_s, self._begun + settings.upload_s, in_time)
        with anyio.CancelScope(deadline=deadline) as scope:
            message = await self._receive()
        if scope.cancelled_caught:
            raise Problem("UPLOAD_STALLED", headers=_CLOSE)
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message
