"""Calls: what every route is handed, and what it may find for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Header, Request  # noqa: TC002  (FastAPI reads the annotations)
from fastapi.security import APIKeyCookie, HTTPBearer

from telemparse.errors import CallError
from telemparse.runner.keys import key_in
from telemparse.runner.states import SessionState
from telemparse.service.context import caller_of
from telemparse.service.page_auth import COOKIE, CSRF_HEADER
from telemparse.service.problems import Problem
from telemparse.service.repetition import KEY_PATTERN

if TYPE_CHECKING:
    from telemparse.runner import Pipeline
    from telemparse.runner.sessions import Session
    from telemparse.service.context import Service

__all__ = ["CHANGING", "GUARDED", "REPEATABLE", "Asking", "Call", "owned_id", "owned_session"]

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="api_key",
    bearerFormat="tp_",
    description="An API key: `tp_` and 43 characters.",
)
_COOKIE = APIKeyCookie(
    name=COOKIE, auto_error=False, scheme_name="page_cookie",
    description=f"The cookie of the pages; changes need {CSRF_HEADER} beside it.",
)  # fmt: skip


class Asking:
    """A request, the service, and who asks."""

    def __init__(self, request: Request) -> None:
        caller = caller_of(request.scope)
        if caller is None:
            # A route outside the prefix has nobody who asks: a bug of ours, and never an open door.
            raise Problem("KEY_MISSING")
        self.request, self.caller = request, caller
        self.service: Service = request.app.state.service

    @property
    def pipeline(self) -> Pipeline:
        """What all is asked of."""
        return self.service.pipeline


Call = Annotated[Asking, Depends(Asking)]


def _csrf(
    x_csrf_token: Annotated[
        str | None, Header(max_length=256, description="Of the page; needed with the cookie, not with a key.")
    ] = None,
) -> None:
    del x_csrf_token  # it was looked at before


def _key(
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=KEY_PATTERN, description="The same request with the same key is done once in 24 hours."
        ),
    ] = None,
) -> None:
    del idempotency_key  # as above


GUARDED = [Depends(_BEARER), Depends(_COOKIE)]
"""Dependencies of every route of the interface: they say in its description what the doorway has done."""

CHANGING = [Depends(_csrf)]
REPEATABLE = [Depends(_csrf), Depends(_key)]


def owned_id(asking: Asking, session_id: str) -> str:
    """Return the id of a session of whoever asks, as it is spelt; asks for no more of it.

    Raises Problem SESSION_UNKNOWN.
    """
    key = key_in(session_id)
    status = None if key is None else asking.pipeline.status_of(key, asking.caller.owner)
    if key is None or status in (None, SessionState.DELETED):
        raise Problem("SESSION_UNKNOWN")
    return key


def owned_session(asking: Asking, session_id: str) -> Session:
    """Return a session of whoever asks.

    Raises Problem SESSION_UNKNOWN: nobody can tell whether another owner has it.
    """
    try:
        session = asking.pipeline.session(session_id, asking.caller.owner)
    except CallError:
        raise Problem("SESSION_UNKNOWN") from None
    if session.status is SessionState.DELETED:
        raise Problem("SESSION_UNKNOWN")
    return session
