"""Authentication: which keys open the door, told in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from telemparse.errors import CallError
from telemparse.live.heads import header_of
from telemparse.live.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Scope

__all__ = ["KeyRing", "new_key"]

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="telemparse live"'}


def new_key() -> str:
    """Return a key that nobody guesses."""
    return f"tl_{secrets.token_urlsafe(32)}"


class KeyRing:
    """The keys that senders may have.

    Args:
        keys: one at least: a server without a key would take anything from anybody.

    Raises CallError without a key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise CallError("a key is needed: set TELEMETRY_LIVE_API_KEY")
        # Digests are of one length, so the time of a comparison tells nothing of a key.
        self._digests = tuple(_digest(key) for key in keys)

    def check(self, scope: Scope) -> None:
        """Raise Refusal KEY_MISSING or KEY_UNKNOWN for a request without a right key."""
        given = _given(scope)
        if given is None:
            raise Refusal("KEY_MISSING", headers=_CHALLENGE)
        digest = _digest(given)
        # All of them are compared: which one it was tells nothing either.
        if not sum(hmac.compare_digest(digest, each) for each in self._digests):
            raise Refusal("KEY_UNKNOWN", headers=_CHALLENGE)


def _given(scope: Scope) -> str | None:
    authorization = header_of(scope, b"authorization")
    if authorization is None:
        return header_of(scope, b"x-api-key")
    scheme, _space, key = authorization.strip().partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.strip().encode("utf-8", "surrogatepass")).digest()
