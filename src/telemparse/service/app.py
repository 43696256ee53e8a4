"""The application: routes, what stands before them, and what becomes of errors."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request, Response  # noqa: TC002  (FastAPI reads the annotations)
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

import telemparse
from telemparse.doors.problems import envelope
from telemparse.errors import TelemparseError
from telemparse.service.authentication import PREFIX, Authentication
from telemparse.service.berths import Berths
from telemparse.service.bodies import Bodies
from telemparse.service.calls import GUARDED
from telemparse.service.context import Service, request_id_of
from telemparse.service.doorway import ClientGone, Doorway
from telemparse.service.guards import Guard
from telemparse.service.openapi import describe
from telemparse.service.problems import Problem
from telemparse.service.pulse import Pulse
from telemparse.service.rates import Rates
from telemparse.service.refusals import problem_of
from telemparse.service.repetition import Repetition
from telemparse.service.replies import JSON
from telemparse.service.routes import exports, operation, series, sessions, uploads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telemparse.runner import Pipeline
    from telemparse.service.settings import ServiceSettings

__all__ = ["create_app"]

_UPLOAD_THREADS = 8
_COMPARING_THREADS = 2  # one is at it, and one waits for its turn
_LONGEST_WORDS = 200
_OF_STATUS = {404: "PATH_UNKNOWN", 405: "METHOD_REFUSED", 400: "REQUEST_MALFORMED"}


def create_app(pipeline: Pipeline, settings: ServiceSettings, *, analyst: Any) -> FastAPI:
    """Return the service as an ASGI application.

    Args:
        pipeline: that all is asked of; the caller closes it.
        settings: of the service.
        analyst: compares laps, see `telemparse.service.series`; the caller closes it.
    """
    service = Service(
        pipeline=pipeline, settings=settings, analyst=analyst,
        guard=Guard(settings.failed_keys, settings.failed_keys_s),
        rates=Rates(settings.rate_per_s, settings.rate_burst),
        uploads=anyio.CapacityLimiter(_UPLOAD_THREADS),
        comparing=anyio.CapacityLimiter(_COMPARING_THREADS),
        drawing=anyio.CapacityLimiter(settings.draw_threads), berths=Berths(settings.max_uploads),
    )  # fmt: skip
    middleware = [Middleware(each, service=service) for each in (Doorway, Authentication, Bodies, Repetition)]

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = settings.threads
        yield

    app = FastAPI(
        title="telemparse", version=telemparse.__version__, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", redirect_slashes=False, middleware=middleware, lifespan=life,
        exception_handlers={
            RequestValidationError: _invalid, HTTPException: _refused, TelemparseError: _unable
        },
    )  # fmt: skip
    app.state.service, app.state.guard, app.state.pipeline = service, service.guard, pipeline
    app.state.pulse = Pulse(pipeline)
    interface = APIRouter(prefix=PREFIX, dependencies=GUARDED)
    for room in (uploads, sessions, series, exports):
        interface.include_router(room.router)
    app.include_router(interface)
    app.include_router(operation.router)
    _describe_once(app)
    if settings.pages:
        from telemparse.service.pages.routes import add_pages

        add_pages(app, pipeline, settings)
    return app


def _describe_once(app: FastAPI) -> None:
    document: dict[str, Any] = {}

    def described() -> dict[str, Any]:
        if not document:
            document.update(describe(app))
        return document

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to describe otherwise


async def _unable(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem is None:
        raise error
    return _answer(request, problem)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (it is asked for with this kind only)
    if isinstance(error.__cause__, ClientGone):
        raise error.__cause__
    if isinstance(error.__cause__, Problem):
        # What happened while FastAPI read the body, which it calls an error of parsing.
        return _answer(request, error.__cause__)
    code = _OF_STATUS.get(error.status_code, "REQUEST_MALFORMED")
    return _answer(request, Problem(code, status=error.status_code, headers=error.headers))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (as above)
    # What was wrong, and where; not what was sent, for that may be a position.
    faults = [
        {"place": [str(part)[:_LONGEST_WORDS] for part in each["loc"]], "kind": each["type"],
         "words": str(each["msg"])[:_LONGEST_WORDS]}
        for each in error.errors()[:20]
    ]  # fmt: skip
    return _answer(request, Problem("REQUEST_INVALID", details={"faults": faults}))


def _answer(request: Request, problem: Problem) -> Response:
    request.scope["telemparse.code"] = problem.code
    body = envelope(problem, request_id_of(request.scope))
    return Response(body, problem.status, {"Cache-Control": "no-store", **problem.headers}, JSON)
