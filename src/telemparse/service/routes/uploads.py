"""Routes of uploads: begin, bytes, state, finalise."""

from __future__ import annotations

import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Response

from telemparse.model.options import ParseOptions
from telemparse.runner.upload_values import UploadState
from telemparse.service.answers import answers
from telemparse.service.bodies import content_length
from telemparse.service.calls import CHANGING, REPEATABLE, Call  # noqa: TC001  (FastAPI reads the annotations)
from telemparse.service.landing import Landing
from telemparse.service.problems import Problem
from telemparse.service.receiving import Receiving, check_length, digest_wanted
from telemparse.service.replies import JSON
from telemparse.service.upload_documents import (
    FinaliseAsked,
    Presigned,
    SessionAnswer,
    UploadAnswer,
    UploadAsked,  # noqa: TC001  (FastAPI reads the annotations)
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telemparse.runner.upload_values import Upload
    from telemparse.service.calls import Asking
    from telemparse.service.upload_documents import GateAsked


__all__ = ["gate_words", "parse_options", "router"]

router = APIRouter(prefix="/uploads", tags=["uploads"])
_CREATED, _OK, _ACCEPTED = 201, 200, 202
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "parameters": [
        {
            "name": "Content-Digest", "in": "header", "required": False,
            "description": "Digest of the body, RFC 9530; sha-256 is compared, others are left alone.",
            "schema": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
        }
    ],
}  # fmt: skip


def upload_answer(asking: Asking, upload: Upload, url: str | None = None) -> UploadAnswer:
    """Return an upload as the interface tells of it."""
    expires_s = asking.service.settings.presigned_s
    presigned = None
    if url is not None:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=expires_s)
        presigned = Presigned(method="PUT", url=url, expires_at=until)
    return UploadAnswer(
        id=upload.id, status=upload.status.value, file_name=upload.file_name,
        content_type=upload.content_type, byte_size=upload.byte_size, sha256=upload.sha256,
        session_id=upload.session_id, uploaded_at=upload.uploaded_at,
        max_bytes=asking.pipeline.settings.max_file_size_bytes,
        bytes_url=f"/api/v1/telemetry/uploads/{upload.id}/bytes", presigned=presigned,
    )  # fmt: skip


@router.post(
    "", status_code=201, response_model=UploadAnswer, dependencies=REPEATABLE,
    responses=answers(403, 409, 413, 415, 422, 408),
)  # fmt: skip
def begin_upload(call: Call, asked: UploadAsked) -> Response:
    """Begin an upload; its bytes come next."""
    uploads, owner = call.pipeline.uploads, call.caller.owner
    upload = uploads.begin(
        owner,
        asked.file_name,
        byte_size=asked.byte_size,
        sha256=asked.sha256,
        content_type=asked.content_type,
    )
    url = uploads.presigned(owner, upload.id, call.service.settings.presigned_s)
    body = upload_answer(call, upload, url).model_dump_json()
    return Response(body, _CREATED, {"Location": f"/api/v1/telemetry/uploads/{upload.id}"}, JSON)


@router.get("/{upload_id}", response_model=UploadAnswer, responses=answers(404))
def show_upload(call: Call, upload_id: str) -> Response:
    """Say how an upload is."""
    return Response(upload_answer(call, _owned_upload(call, upload_id)).model_dump_json(), media_type=JSON)


@router.put(
    "/{upload_id}/bytes", response_model=UploadAnswer, dependencies=CHANGING, openapi_extra=_BYTES,
    responses=answers(403, 404, 408, 409, 411, 413, 422),
)  # fmt: skip
async def receive_bytes(call: Call, upload_id: str) -> Response:
    """Take the bytes of an upload; who is cut off begins again, and the same bytes again are fine."""
    scope, pipeline, service = call.request.scope, call.pipeline, call.service
    limit = pipeline.settings.max_file_size_bytes
    check_length(scope, limit)
    wanted = digest_wanted(scope)
    upload = await run_sync(_owned_upload, call, upload_id)
    length = content_length(scope)
    if upload.byte_size is not None and upload.status is UploadState.AWAITING_BYTES:
        if length is not None and length != upload.byte_size:
            raise Problem(
                "UPLOAD_TRUNCATED", status=422, message="Content-Length is not the size that was announced.",
                details={"expected": upload.byte_size, "found": length}, headers={"Connection": "close"},
            )  # fmt: skip
        limit = min(limit, upload.byte_size)
    async with _landed(call) as landing:
        receiving = Receiving(
            call.request.receive, landing, service.settings, limit=limit, threads=service.uploads
        )
        await receiving.run()
        digest = await run_sync(landing.sealed)
        if wanted is not None and wanted != digest:
            raise Problem(
                "INTEGRITY_HASH_MISMATCH", status=422, message="The bytes are not those of Content-Digest.",
                details={"expected": wanted, "found": digest},
            )  # fmt: skip
        upload = await run_sync(
            pipeline.uploads.receive, call.caller.owner, upload.id, landing.path, digest, landing.byte_size
        )
    return Response(upload_answer(call, upload).model_dump_json(), media_type=JSON)


@router.post(
    "/{upload_id}/finalise", status_code=202, response_model=SessionAnswer, dependencies=REPEATABLE,
    responses={200: {"model": SessionAnswer}, **answers(403, 404, 408, 409, 413, 415, 422)},
)  # fmt: skip
def finalise_upload(call: Call, upload_id: str, asked: FinaliseAsked | None = None) -> Response:
    """Make uploads a session, and begin to process it; done again, it gives the same session."""
    asked = asked or FinaliseAsked()
    found = call.pipeline.uploads.finalise(
        call.caller.owner, [upload_id, *asked.artifact_ids], name=asked.name, track=asked.track,
        force=asked.force, options=parse_options(asked.timezone), gate=gate_words(asked.gate),
    )  # fmt: skip
    body = SessionAnswer(session_id=found.session_id, created=found.created).model_dump_json()
    place = {"Location": f"/api/v1/telemetry/sessions/{found.session_id}"}
    return Response(body, _ACCEPTED if found.created else _OK, place, JSON)


def parse_options(timezone: str | None) -> ParseOptions | None:
    """Return the options of a parse that a request names; raises CallError for a zone that nobody knows."""
    return None if timezone is None else ParseOptions(timezone=timezone)


def gate_words(gate: GateAsked | None) -> Any:
    """Return a gate as the pipeline takes it."""
    if gate is None:
        return None
    return ((gate.lat1_deg, gate.lon1_deg), (gate.lat2_deg, gate.lon2_deg))


def _owned_upload(call: Asking, upload_id: str) -> Upload:
    upload = call.pipeline.uploads.get(call.caller.owner, upload_id)
    if upload is None:
        raise Problem("UPLOAD_UNKNOWN")
    return upload


@asynccontextmanager
async def _landed(call: Asking) -> AsyncIterator[Landing]:
    """Give a file for a body, which goes whatever happens to the request."""
    threads = call.service.uploads
    if not call.service.berths.take():
        raise Problem("SERVER_BUSY", headers={"Retry-After": "5", "Connection": "close"})
    landing = Landing(call.pipeline.storage)
    try:
        await run_sync(landing.open, limiter=threads)
        yield landing
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(landing.close, limiter=threads)
        call.service.berths.give_back()
