"""Repetition: a POST with an Idempotency-Key is done once, and its answer is given again."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import anyio
from anyio.to_thread import run_sync

from telemparse.service.authentication import PREFIX
from telemparse.service.context import caller_of, header_of
from telemparse.service.problems import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from telemparse.runner.submissions import Owner
    from telemparse.service.context import Service

__all__ = ["KEY_PATTERN", "Repetition"]

KEY_PATTERN = r"^[A-Za-z0-9._:-]{1,128}$"
_KEY = re.compile(KEY_PATTERN)
_OK = range(200, 300)


class Repetition:
    """Keeps answers that went well, by owner and key; what failed may be tried again with the same key."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, from what is kept where it was answered before."""
        caller = caller_of(scope) if scope["type"] == "http" and scope["method"] == "POST" else None
        given = header_of(scope, b"idempotency-key") if caller is not None else None
        if caller is None or given is None or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        key = given.strip().strip('"')
        if not _KEY.fullmatch(key):
            raise Problem("IDEMPOTENCY_KEY_INVALID")
        body = await _whole(receive)
        print_ = _fingerprint(scope, body)
        kept = await run_sync(self.service.pipeline.idempotency.claim, caller.owner, key, print_)
        if kept is not None:
            await _send_again(kept.status_code, kept.body, send)
            return
        heard = _Heard()
        try:
            await self.app(scope, _again(body, receive), heard.hear)
        finally:
            # Also when the client has gone: what was done stays done. It is kept before it is said.
            with anyio.CancelScope(shield=True):
                await self._settle(caller.owner, key, heard)
        for message in heard.messages:
            await send(message)

    async def _settle(self, owner: Owner, key: str, heard: _Heard) -> None:
        idempotency = self.service.pipeline.idempotency
        if heard.status in _OK:
            await run_sync(idempotency.keep, owner, key, heard.status, heard.body.decode())
        else:
            await run_sync(idempotency.release, owner, key)


class _Heard:
    """An answer that is held back until it is kept; those of this interface to a POST are short."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""
        self.messages: list[Message] = []

    async def hear(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.body += message.get("body", b"")
        self.messages.append(message)


async def _whole(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read already."""
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


def _fingerprint(scope: Scope, body: bytes) -> str:
    digest = hashlib.sha256()
    for part in (scope["method"].encode(), scope["path"].encode(), scope["query_string"], body):
        digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


async def _send_again(status: int, text: str, send: Send) -> None:
    body = text.encode()
    headers = [
        (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)),
        (b"idempotency-replayed", b"true"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
