"""The doorway: what every request and every answer goes through, whatever becomes of it in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.doors.problems import send_problem
from telemparse.live.bodies import ClientGone
from telemparse.live.faults import QueueUnavailable
from telemparse.live.heads import request_id_of
from telemparse.live.refusals import Refusal, refusal_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from telemparse.live.metrics import LiveMetrics
    from telemparse.runner.events import Events

__all__ = ["Doorway"]

_EVERY = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
_GONE = 499


class Doorway:
    """Gives each request its id, each answer its headers, each failure an envelope, and the log a line.

    What goes well is counted and not logged. The log gets ids and codes: never a key or a payload.

    Args:
        app: behind it.
        most: requests at a time; more get 503.
        events: that hear of refusals.
        metrics: that count the answers.
    """

    def __init__(self, app: ASGIApp, most: int, events: Events, metrics: LiveMetrics) -> None:
        self.app, self._most, self._events, self._metrics = app, most, events, metrics
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        self._inside += 1
        try:
            self._check_room()
            await self.app(scope, receive, answer.send)
        except ClientGone:
            answer.status = _GONE
        except Exception as error:  # noqa: BLE001  (whatever it is, the client gets an answer and the log its kind)
            await self._fail(error, scope, answer)
        finally:
            self._inside -= 1
            self._metrics.answered(answer.status, answer.code)

    def _check_room(self) -> None:
        if self._inside > self._most:
            raise Refusal("SERVER_BUSY", headers={"Connection": "close"})

    async def _fail(self, error: Exception, scope: Scope, answer: _Answer) -> None:
        refusal = refusal_of(error)
        request_id = request_id_of(scope)
        if refusal is None:
            refusal = Refusal("SERVER_FAILED")
            self._events.emit("request_failed", request_id=request_id, error=type(error).__name__)
        else:
            reason = error.evidence.get("error") if isinstance(error, QueueUnavailable) else None
            self._events.emit(
                "request_refused", request_id=request_id, status=refusal.status, code=refusal.code,
                error=reason,
            )  # fmt: skip
        answer.code = refusal.code
        if answer.begun:
            # Half an answer must not look like a whole one: the server breaks the connection.
            raise error
        await send_problem(refusal, request_id, answer.send)


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
            headers = list(message.get("headers", ()))
            present = {name for name, _value in headers}
            headers += [pair for pair in _EVERY if pair[0] not in present]
            headers.append((b"x-request-id", request_id_of(self._scope).encode()))
            message["headers"] = headers
        await self._send(message)
