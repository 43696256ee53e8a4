"""The doorway: what every request and every answer goes through, whatever becomes of it in between."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from telemparse.doors.problems import send_problem
from telemparse.runner.database import DatabaseUnavailable
from telemparse.service.context import caller_of, request_id_of
from telemparse.service.problems import Problem
from telemparse.service.refusals import problem_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from telemparse.service.context import Service

__all__ = ["SECURITY_HEADERS", "ClientGone", "Doorway"]

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Of every answer, errors too."""

_ALL = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class ClientGone(Exception):  # noqa: N818  (what is the case)
    """Nobody waits for the answer any more."""


class Doorway:
    """Gives each request its id, each answer its headers, each failure an envelope, and the log a line.

    The log gets ids, codes, the name of the route and seconds: never a key, a query or a position.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app, self.service = app, service
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            # There are no websockets here; what asks for one is refused by its absence.
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        begun = time.perf_counter()
        self._inside += 1
        try:
            self._check_room()
            await self.app(scope, receive, answer.send)
        except ClientGone:
            answer.status = 499
        except Exception as error:  # noqa: BLE001  (whatever it is, the client gets an answer and the log its kind)
            await self._fail(error, scope, answer)
        finally:
            self._inside -= 1
            self._tell(scope, answer, time.perf_counter() - begun)

    def _check_room(self) -> None:
        if self._inside > self.service.settings.max_requests:
            raise Problem("SERVER_BUSY", headers={"Retry-After": "1"})

    async def _fail(self, error: Exception, scope: Scope, answer: _Answer) -> None:
        problem = problem_of(error)
        if problem is None:
            problem = Problem("SERVER_FAILED")
            self.service.pipeline.events.emit(
                "request_failed", request_id=request_id_of(scope), error=type(error).__name__,
                place=_place_of(error),
            )  # fmt: skip
        elif isinstance(error, DatabaseUnavailable):
            self.service.pipeline.events.emit("database_unavailable", request_id=request_id_of(scope))
        answer.code = problem.code
        if not answer.begun:
            await send_problem(problem, request_id_of(scope), answer.send)
            return
        # Half an answer must not look like a whole one: the server breaks the connection.
        raise error

    def _tell(self, scope: Scope, answer: _Answer, elapsed_s: float) -> None:
        caller = caller_of(scope)
        route = scope.get("route")
        self.service.pipeline.events.emit(
            "request_answered", request_id=request_id_of(scope), method=scope["method"],
            route=getattr(route, "name", None), status=answer.status, code=answer.code or None,
            key_id=None if caller is None else caller.key_id, elapsed_s=round(elapsed_s, 6),
        )  # fmt: skip


class _Answer:
    """An answer on its way out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self.begun = False
        self.status = 0
        self.code = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun, self.status = True, message["status"]
            self.code = self.code or self._scope.get("telemparse.code", "")
            headers = list(message.get("headers", ()))
            present = {name for name, _value in headers}
            headers += [pair for pair in _ALL if pair[0] not in present]
            headers.append((b"x-request-id", request_id_of(self._scope).encode()))
            if b"cache-control" not in present:
                headers.append((b"cache-control", b"no-store"))
            message["headers"] = headers
        await self._send(message)


def _place_of(error: BaseException) -> str:
    """Return where an error came from: a name of ours and a line, nothing of its words."""
    trace: Any = error.__traceback__
    place = "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "telemparse" in code.co_filename:
            place = f"{code.co_qualname if hasattr(code, 'co_qualname') else code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
