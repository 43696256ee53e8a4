"""The cookie of the pages: its name, its attributes, and the token that changes need beside it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from telemparse.service.context import header_of

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["COOKIE", "CSRF_HEADER", "cookie_of", "csrf_fits", "csrf_token", "is_local_http"]

COOKIE = "telemparse_session"
CSRF_HEADER = "X-CSRF-Token"
_PURPOSE = b"telemparse csrf"
_LONGEST_HEADER = 8192


def csrf_token(token: str) -> str:
    """Return what a page sends along with a change: nobody can make it without the cookie."""
    return hmac.new(token.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def csrf_fits(token: str, given: str | None) -> bool:
    """Return True when a request brought the token that belongs to its cookie."""
    return given is not None and hmac.compare_digest(csrf_token(token).encode(), given.encode())


def cookie_of(scope: Scope) -> str | None:
    """Return the token in the cookie of a request, None without one."""
    text = header_of(scope, b"cookie")
    if text is None or len(text) > _LONGEST_HEADER:
        return None
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None and found.value else None


def is_local_http(scope: Scope) -> bool:
    """Return True for plain http on this very machine, where a cookie cannot be `Secure`."""
    if scope.get("scheme") != "http":
        return False
    host = (header_of(scope, b"host") or "").lower()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
