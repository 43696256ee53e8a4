"""Routes of exports: the Parquet files of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from telemparse.service.answers import answers
from telemparse.service.calls import Call, owned_session  # noqa: TC001  (FastAPI reads the annotations)
from telemparse.service.problems import Problem
from telemparse.service.replies import reply
from telemparse.service.session_documents import ExportAnswer, ExportFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.storage.objects import Storage

__all__ = ["router"]

router = APIRouter(prefix="/sessions/{session_id}/export", tags=["exports"])
_PARQUET = "application/vnd.apache.parquet"
_ELSEWHERE = 307
_PIECE_BYTES = 256 * 1024
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {_PARQUET: {"schema": {"type": "string", "format": "binary"}}},
    },
    307: {"description": "The file lies in a store of its own, at a presigned address."},
    **answers(404),
}


@router.get("", response_model=ExportAnswer, responses=answers(404, etag=True))
def list_files(call: Call, session_id: str) -> Response:
    """List the Parquet files of a session."""
    session = owned_session(call, session_id)
    datasets = call.pipeline.datasets(session.id)
    base = f"/api/v1/telemetry/sessions/{session.id}/export"
    files = [
        ExportFile(
            stream=each.stream, level=each.level, rows=each.row_count, byte_size=each.byte_size,
            sha256=each.sha256, url=f"{base}/{each.level}/{quote(each.stream, safe='')}.parquet",
        )
        for each in datasets
    ]  # fmt: skip
    run_id = datasets[0].run_id if datasets else None
    return reply(call.request, ExportAnswer(session_id=session.id, run_id=run_id, files=files))


@router.get("/{level}/{stream}.parquet", response_class=Response, responses=_FILE)
def download_file(call: Call, session_id: str, level: Literal["L0", "L1", "L2"], stream: str) -> Response:
    """Give a Parquet file of a session."""
    session = owned_session(call, session_id)
    wanted = (level, stream)
    dataset = next(
        (each for each in call.pipeline.datasets(session.id) if (each.level, each.stream) == wanted), None
    )
    if dataset is None:
        raise Problem("EXPORT_UNKNOWN")
    storage = call.pipeline.storage
    url = storage.presigned(dataset.storage_path, "GET", call.service.settings.presigned_s)
    if url is not None:
        return RedirectResponse(url, _ELSEWHERE, {"Cache-Control": "no-store"})
    # Nothing in a name may end the header.
    name = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in stream
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{level}.parquet"',
        "Content-Length": str(dataset.byte_size),
        "Cache-Control": "private, no-cache",
    }
    return StreamingResponse(_pieces(storage, dataset.storage_path), media_type=_PARQUET, headers=headers)


def _pieces(storage: Storage, key: str) -> Iterator[bytes]:
    for chunk in storage.chunks(key):
        for first in range(0, len(chunk), _PIECE_BYTES):
            yield chunk[first : first + _PIECE_BYTES]
