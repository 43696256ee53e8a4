"""Addresses of the pages: sign in and out, the list of sessions, one session, and what they load."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response  # noqa: TC002  (FastAPI reads the annotations)
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from telemparse.errors import CallError
from telemparse.service.context import address_of
from telemparse.service.page_auth import COOKIE, cookie_of, csrf_fits, csrf_token, is_local_http
from telemparse.service.pages.forms import is_from_here, read_form
from telemparse.service.pages.rendering import page
from telemparse.service.pages.static_files import FOREVER, static_files
from telemparse.service.problems import Problem

if TYPE_CHECKING:
    from telemparse.runner import Pipeline
    from telemparse.service.settings import ServiceSettings

__all__ = ["add_pages"]

_SESSION_PATH = re.compile(r"/sessions/[0-9a-f-]{36}")
_SEE_OTHER = 303


class _Pages:
    """What the pages ask of the service."""

    def __init__(self, pipeline: Pipeline, settings: ServiceSettings) -> None:
        self._pipeline, self._settings = pipeline, settings

    async def key(self, request: Request) -> Any:
        """Return the API key of whoever is signed in, None where nobody is."""
        token = cookie_of(request.scope)
        if token is None:
            return None
        return await run_in_threadpool(self._pipeline.page_sessions.key_of, token)

    async def list_page(self, request: Request) -> Response:
        """Give the list of sessions."""
        if await self.key(request) is None:
            return _to_login(request)
        return page("sessions.html", csrf=_csrf(request))

    async def session_page(self, request: Request, session_id: str) -> Response:
        """Give the page of a session; that of another owner is missing like one that never was."""
        key = await self.key(request)
        if key is None:
            return _to_login(request)
        csrf = _csrf(request)
        try:
            session = await run_in_threadpool(self._pipeline.session, session_id, owner=key.owner)
        except CallError:
            return page("missing.html", csrf=csrf, status_code=404)
        return page("session.html", csrf=csrf, session_id=session.id, name=session.name)

    async def login_page(self, request: Request) -> Response:
        """Give the form that takes an API key."""
        if await self.key(request) is not None:
            return RedirectResponse(_ours(request.query_params.get("next")), _SEE_OTHER)
        return page("login.html", csrf=None, refusal=None, next=_ours(request.query_params.get("next")))

    async def login(self, request: Request) -> Response:
        """Take an API key and give a cookie for it."""
        fields = await read_form(request)
        onward = _ours(fields.get("next"))
        try:
            key = await self._tried_key(request, fields.get("api_key", "").strip())
        except Problem as problem:
            refusal = {"code": problem.code, "message": problem.message, "hint": _hint(problem)}
            answer = page("login.html", csrf=None, refusal=refusal, next=onward, status_code=problem.status)
            answer.headers.update(problem.headers)
            return answer
        token = await run_in_threadpool(self._pipeline.page_sessions.open, key, self._settings.cookie_s)
        signed_in = RedirectResponse(onward, _SEE_OTHER)
        signed_in.set_cookie(
            COOKIE, token, max_age=int(self._settings.cookie_s), path="/", httponly=True,
            samesite="strict", secure=not is_local_http(request.scope),
        )  # fmt: skip
        return signed_in

    async def _tried_key(self, request: Request, secret: str) -> Any:
        guard = request.app.state.guard
        address = address_of(request.scope)
        if not is_from_here(request):
            raise Problem("CSRF_REFUSED", message="The form came from another site.")
        key = await run_in_threadpool(self._pipeline.api_keys.owner_of, secret) if secret else None
        if key is None:
            guard.check(address)
            guard.failed(address)
            raise Problem("KEY_UNKNOWN")
        return key

    async def logout(self, request: Request) -> Response:
        """End the session of the cookie."""
        fields = await read_form(request)
        token = cookie_of(request.scope)
        if token is not None:
            if not csrf_fits(token, fields.get("csrf_token")):
                raise Problem("CSRF_REFUSED")
            await run_in_threadpool(self._pipeline.page_sessions.close, token)
        answer = RedirectResponse("/login", _SEE_OTHER)
        answer.delete_cookie(
            COOKIE, path="/", httponly=True, samesite="strict", secure=not is_local_http(request.scope)
        )
        return answer


async def _static(digest: str, path: str) -> Response:
    """Give a file of this release."""
    found = static_files().get(digest, path)
    if found is None:
        raise Problem("PATH_UNKNOWN")
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": FOREVER})


def _to_login(request: Request) -> Response:
    path = _ours(request.url.path)
    return RedirectResponse("/login" if path == "/" else f"/login?next={quote(path)}", _SEE_OTHER)


def _ours(path: str | None) -> str:
    """Return where to go on: a page of ours and nothing else."""
    return path if path is not None and _SESSION_PATH.fullmatch(path) else "/"


def _csrf(request: Request) -> str:
    return csrf_token(cookie_of(request.scope) or "")


def _hint(problem: Problem) -> str:
    wait = problem.headers.get("Retry-After")
    return f"Try again in {wait} s." if wait else ""


def add_pages(app: FastAPI, pipeline: Pipeline, settings: ServiceSettings) -> None:
    """Add the pages to an application, whose `state.guard` counts wrong keys."""
    pages = _Pages(pipeline, settings)
    router = APIRouter(include_in_schema=False, default_response_class=Response)
    router.add_api_route("/", pages.list_page, methods=["GET"], response_model=None)
    router.add_api_route("/sessions/{session_id}", pages.session_page, methods=["GET"], response_model=None)
    router.add_api_route("/login", pages.login_page, methods=["GET"], response_model=None)
    router.add_api_route("/login", pages.login, methods=["POST"], response_model=None)
    router.add_api_route("/logout", pages.logout, methods=["POST"], response_model=None)
    router.add_api_route("/static/{digest}/{path:path}", _static, methods=["GET"], response_model=None)
    app.include_router(router)
