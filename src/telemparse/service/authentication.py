"""Authentication: no request of the interface comes further without a key, or the cookie of the pages."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from telemparse.service.context import Caller, address_of, header_of, remember
from telemparse.service.known_keys import KnownKeys
from telemparse.service.page_auth import CSRF_HEADER, cookie_of, csrf_fits
from telemparse.service.problems import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from telemparse.runner.api_keys import ApiKey
    from telemparse.service.context import Service

__all__ = ["PREFIX", "Authentication"]

PREFIX = "/api/v1/telemetry"
_SECRET = re.compile(r"tp_[A-Za-z0-9_-]{43}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="telemparse"'}


class Authentication:
    """Says who asks, before anything of a request is read but its head."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app, self.service = app, service
        self._keys = KnownKeys(service.pipeline)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or raise the Problem that it has."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            caller = await self._caller(scope)
            remember(scope, caller)
            wait_s = self.service.rates.take(caller.key_id)
            if wait_s:
                raise Problem("RATE_LIMITED", headers={"Retry-After": str(math.ceil(wait_s))})
        await self.app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        service, address = self.service, address_of(scope)
        given = header_of(scope, b"authorization")
        if given is not None:
            scheme, _space, secret = given.strip().partition(" ")
            secret = secret.strip()
            key = None
            if scheme.lower() == "bearer" and _SECRET.fullmatch(secret):
                key = await self._keys.key_of(secret)
            return self._known(key, address, by_cookie=False)
        token = cookie_of(scope)
        if token is None:
            raise Problem("KEY_MISSING", headers=_CHALLENGE)
        key = None
        if _TOKEN.fullmatch(token):
            key = await run_sync(service.pipeline.page_sessions.key_of, token)
        if key is None:
            # A login that has ended is no guess; its token is as long as a key, so nobody guesses one.
            raise Problem("KEY_MISSING", headers=_CHALLENGE)
        caller = self._known(key, address, by_cookie=True)
        if scope["method"] not in _SAFE and not csrf_fits(
            token, header_of(scope, CSRF_HEADER.lower().encode())
        ):
            raise Problem("CSRF_REFUSED")
        return caller

    def _known(self, key: ApiKey | None, address: str, *, by_cookie: bool) -> Caller:
        if key is None:
            # Whoever has a right key is let in, whatever others at the same address try.
            self.service.guard.check(address)
            self.service.guard.failed(address)
            raise Problem("KEY_UNKNOWN", headers=_CHALLENGE)
        return Caller(key_id=key.id, owner=key.owner, by_cookie=by_cookie)
