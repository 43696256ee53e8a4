"""Routes of sessions: list, details, quality, and what is done to them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from telemparse.errors import CallError
from telemparse.service.answers import answers
from telemparse.service.calls import CHANGING, REPEATABLE, Call, owned_session  # noqa: TC001  (FastAPI reads the annotations)
from telemparse.service.problems import Problem
from telemparse.service.replies import JSON, reply
from telemparse.service.routes.uploads import gate_words, parse_options
from telemparse.service.session_documents import (
    ArtifactAnswer,
    DeviceAnswer,
    FailureAnswer,
    QualityAnswer,
    ReprocessAsked,
    RetryAnswer,
    RunAnswer,
    SessionDetail,
    SessionList,
    SessionSummary,
    StageAnswer,
)

if TYPE_CHECKING:
    from telemparse.runner.sessions import Session

__all__ = ["router"]

router = APIRouter(prefix="/sessions", tags=["sessions"])
_ACCEPTED = 202
_Status = Literal["UPLOADING", "PROCESSING", "READY", "PARTIAL", "FAILED"]
_Words = Annotated[str | None, Query(max_length=255)]
_MOST = 200


@router.get("", response_model=SessionList, responses=answers(422, etag=True))
def list_sessions(  # noqa: PLR0917  (FastAPI calls it by names)
    call: Call,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    cursor: Annotated[
        str | None, Query(max_length=512, description="`next_cursor` of the page before.")
    ] = None,
    status: Annotated[list[_Status] | None, Query(description="Only these; may come several times.")] = None,
    track: _Words = None,
    begins_after: Annotated[
        dt.datetime | None, Query(alias="from", description="Begins then or later.")
    ] = None,
    begins_before: Annotated[dt.datetime | None, Query(alias="to", description="Begins earlier.")] = None,
    search: _Words = None,
) -> Response:
    """List sessions, the newest first."""
    owner = call.caller.owner
    page = call.pipeline.sessions(
        owner=owner.tenant_id, driver=owner.driver_id, status=tuple(status or ()), track=track,
        begins_after=_in_utc(begins_after), begins_before=_in_utc(begins_before), search=search or None,
        limit=limit, cursor=cursor,
    )  # fmt: skip
    items = [SessionSummary(**_summary(each)) for each in page.sessions]
    return reply(call.request, SessionList(items=items, next_cursor=page.cursor))


@router.get("/{session_id}", response_model=SessionDetail, responses=answers(404, etag=True))
def show_session(call: Call, session_id: str) -> Response:
    """Give a session with its stages, files, device and failure."""
    session = owned_session(call, session_id)
    stages = {
        name: StageAnswer(
            status=str(outcome.state), reason=outcome.reason, code=outcome.code, message=outcome.message,
            issues=[dict(issue) for issue in outcome.issues], facts=dict(outcome.facts),
            elapsed_s=outcome.elapsed_s,
        )
        for name, outcome in session.stages.items()
    }  # fmt: skip
    detail = SessionDetail(
        **_summary(session), parser_id=session.parser_id, parser_version=session.parser_version,
        telemparse_version=session.telemparse_version, schema_version=session.schema_version,
        materialisation_status=session.materialisation_status, stages=stages,
        artifacts=[ArtifactAnswer.model_validate(each) for each in session.artifacts],
        features_available=dict(session.features_available), feature_reasons=dict(session.feature_reasons),
    )  # fmt: skip
    return reply(call.request, detail)


@router.get("/{session_id}/quality", response_model=QualityAnswer, responses=answers(404, etag=True))
def show_quality(call: Call, session_id: str) -> Response:
    """Give the quality of a session with its reasons."""
    session = owned_session(call, session_id)
    return reply(
        call.request, QualityAnswer(session_id=session.id, quality=call.pipeline.quality(session.id))
    )


@router.post(
    "/{session_id}/reprocess", status_code=202, response_model=RunAnswer, dependencies=REPEATABLE,
    responses=answers(403, 404, 408, 409, 413, 415, 422),
)  # fmt: skip
def reprocess_session(call: Call, session_id: str, asked: ReprocessAsked | None = None) -> Response:
    """Begin a new run of a session; older runs stay as they are."""
    session, asked = owned_session(call, session_id), asked or ReprocessAsked()
    options, gate = parse_options(asked.timezone), _checked_gate(gate_words(asked.gate))
    try:
        run_id = call.pipeline.reprocess(session.id, options=options, gate=gate)
    except CallError as error:
        raise Problem("REQUEST_CONFLICT", message=str(error)) from None
    answer = RunAnswer(session_id=session.id, run_id=run_id)
    return Response(answer.model_dump_json(), _ACCEPTED, media_type=JSON)


@router.post(
    "/{session_id}/retry", status_code=202, response_model=RetryAnswer, dependencies=REPEATABLE,
    responses=answers(403, 404, 408, 409, 413, 415, 422),
)  # fmt: skip
def retry_session(call: Call, session_id: str) -> Response:
    """Try at once what waits, or begin a new run of what failed."""
    session = owned_session(call, session_id)
    try:
        found = call.pipeline.retry(session.id)
    except CallError as error:
        raise Problem("REQUEST_CONFLICT", message=str(error)) from None
    answer = RetryAnswer(session_id=found.session_id, run_id=found.run_id, hurried=list(found.hurried))
    return Response(answer.model_dump_json(), _ACCEPTED, media_type=JSON)


@router.delete("/{session_id}", status_code=204, dependencies=CHANGING, responses=answers(403, 404))
def delete_session(call: Call, session_id: str) -> Response:
    """Delete a session with all its files and rows."""
    session = owned_session(call, session_id)
    call.pipeline.delete(session.id)
    return Response(status_code=204)


def _checked_gate(points: Any) -> Any:
    """Return a gate; raises CallError for one that is none, which is no conflict but a wrong request."""
    if points is None:
        return None
    from telemparse.analysis.given_gates import given_gate

    return given_gate(points)


def _in_utc(instant: dt.datetime | None) -> dt.datetime | None:
    # Without a zone it is UTC, as all instants of this interface are.
    return instant if instant is None or instant.tzinfo is not None else instant.replace(tzinfo=dt.UTC)


def _summary(session: Session) -> dict[str, Any]:
    failure = session.failure
    return {
        "id": session.id, "name": session.name, "status": str(session.status), "track": session.track,
        "start_time_utc": session.start_time_utc, "end_time_utc": session.end_time_utc,
        "is_dated": session.is_dated, "created_at": session.created_at, "updated_at": session.updated_at,
        "processing_run_id": session.run_id,
        "run_status": None if session.run_status is None else str(session.run_status),
        "device": DeviceAnswer(**session.device), "laps": session.laps, "best_lap_s": session.best_lap_s,
        "quality": session.quality, "quality_label": session.quality_label,
        "failure": None if failure is None else FailureAnswer.model_validate(failure),
    }  # fmt: skip
