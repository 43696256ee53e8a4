"""What belongs to one request: its id, who asks, and the service that answers."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from anyio import CapacityLimiter
    from starlette.types import Scope

    from telemparse.runner import Pipeline
    from telemparse.runner.submissions import Owner
    from telemparse.service.berths import Berths
    from telemparse.service.guards import Guard
    from telemparse.service.rates import Rates
    from telemparse.service.settings import ServiceSettings

__all__ = ["Caller", "Service", "address_of", "caller_of", "header_of", "remember", "request_id_of"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PLACE = "telemparse"


@attrs.frozen(kw_only=True)
class Caller:
    """Who asks: an API key, and its owner.

    Args:
        key_id: of the API key.
        owner: whose sessions it may see.
        by_cookie: True where it was not the key itself that came, but the cookie of the pages.
    """

    key_id: str
    owner: Owner
    by_cookie: bool = False


@attrs.frozen(kw_only=True, eq=False)
class Service:
    """What answers requests.

    Args:
        pipeline: that all is asked of.
        settings: of the service.
        analyst: compares laps.
        guard: of the keys that are tried.
        rates: of the requests by key.
        uploads: threads that write bodies of files; others are not kept waiting by them.
        comparing: threads that wait for the analyst; neither by those.
        drawing: threads that compute what is drawn: few, for they hold each other up.
        berths: places for such bodies.
    """

    pipeline: Pipeline
    settings: ServiceSettings
    analyst: Any
    guard: Guard
    rates: Rates
    uploads: CapacityLimiter
    comparing: CapacityLimiter
    drawing: CapacityLimiter
    berths: Berths


def header_of(scope: Scope, name: bytes) -> str | None:
    """Return the first header of a name in small letters, None without one."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return None


def request_id_of(scope: Scope) -> str:
    """Return the id of a request: the one that it brings where that is plain, else a new one."""
    known: str | None = scope.get(f"{_PLACE}.request_id")
    if known is None:
        given = header_of(scope, b"x-request-id")
        known = given if given is not None and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope[f"{_PLACE}.request_id"] = known
    return known


def caller_of(scope: Scope) -> Caller | None:
    """Return who asks, None where nobody has said so."""
    return scope.get(f"{_PLACE}.caller")


def remember(scope: Scope, caller: Caller) -> None:
    """Note who asks."""
    scope[f"{_PLACE}.caller"] = caller


def address_of(scope: Scope) -> str:
    """Return the address that a request comes from; of a network of IPv6, the part that one user has."""
    client = scope.get("client")
    if not client:
        return ""
    address = str(client[0])
    if ":" in address and "." not in address:
        import ipaddress

        try:
            return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
        except ValueError:
            return address
    return address
