"""The application: the door for messages, health and metrics, and what stands before them."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import FastAPI, Request, Response  # noqa: TC002  (FastAPI reads the annotations)
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

import telemparse
from telemparse.live.authentication import KeyRing
from telemparse.live.bodies import BodyReader
from telemparse.live.description import ANSWERS, REQUEST, describe
from telemparse.live.doorway import Doorway
from telemparse.live.instants import instant_text
from telemparse.live.intake import Intake
from telemparse.live.messages import MessageLimits, read_messages
from telemparse.live.pulse import Pulse
from telemparse.live.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telemparse.live.metrics import LiveMetrics
    from telemparse.live.queues import MessageQueue
    from telemparse.live.settings import LiveSettings
    from telemparse.runner.events import Events

__all__ = ["create_app"]

_ROOM = 64 * 1024 * 1024
_JSON = "application/json"
_OF_STATUS = {404: "PATH_UNKNOWN", 405: "METHOD_REFUSED"}
_ACCEPTED, _DOWN = 202, 503


def create_app(
    queue: MessageQueue, settings: LiveSettings, *, events: Events, metrics: LiveMetrics
) -> FastAPI:
    """Return the door for messages as an ASGI application.

    Args:
        queue: that messages go into; the caller closes it.
        settings: of the server; they need an `api_key`.
        events: that hear of what is refused.
        metrics: that count.

    Raises CallError for settings without a key.
    """
    keys, pulse = KeyRing(settings.api_keys), Pulse(queue, settings.backlog_s)
    bodies = BodyReader(settings.max_body_bytes, settings.body_s, _ROOM)
    intake = Intake(queue, put_s=settings.put_s, room=_ROOM, told=metrics.accepted)
    limits = MessageLimits()

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await intake.close()

    app = FastAPI(
        title="telemparse live", version=telemparse.__version__, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", redirect_slashes=False, lifespan=life,
        middleware=[Middleware(Doorway, most=settings.max_requests, events=events, metrics=metrics)],
        exception_handlers={HTTPException: _refused},
    )  # fmt: skip

    @app.post("/ingest", status_code=_ACCEPTED, responses=ANSWERS["ingest"], openapi_extra=REQUEST)
    async def ingest(request: Request) -> Response:
        """Take a message, or an array of them: all or none, durable when the answer comes."""
        keys.check(request.scope)
        body = await bodies.read(request.scope, request.receive)
        received_ns = time.time_ns()
        messages = read_messages(body, received_ns=received_ns, limits=limits)
        await intake.put([message.line() for message in messages])
        answer = {
            "accepted": len(messages),
            "message_ids": [message.message_id for message in messages],
            "ingest_received_at": instant_text(received_ns),
        }
        return Response(orjson.dumps(answer), _ACCEPTED, media_type=_JSON)

    @app.get("/health", responses=ANSWERS["health"])
    async def show_health() -> Response:
        """Say whether messages can be taken, and how many wait; anybody may ask."""
        health = await pulse.health()
        depth = health.depth
        names = ("ready", "in_flight", "dead", "oldest_s")
        answer = {"status": health.status} | {name: getattr(depth, name, None) for name in names}
        return Response(orjson.dumps(answer), _DOWN if depth is None else 200, media_type=_JSON)

    @app.get("/metrics", include_in_schema=False)
    async def show_metrics() -> Response:
        """Give the metrics, where the settings serve them."""
        if not settings.metrics:
            raise Refusal("PATH_UNKNOWN")
        depth = (await pulse.health()).depth
        if depth is not None:
            metrics.measure(depth)
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    _describe_once(app)
    return app


def _describe_once(app: FastAPI) -> None:
    document: dict[str, Any] = {}

    def described() -> dict[str, Any]:
        if not document:
            document.update(describe(app))
        return document

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to describe otherwise


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (it is asked for with this kind only)
    code = _OF_STATUS.get(error.status_code, "REQUEST_MALFORMED")
    raise Refusal(code, headers=error.headers) from None
