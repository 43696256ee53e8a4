"""Uploads as callers see them: values with what has come of a file, and why one was refused."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

from telemparse.model.coded_errors import CodedError

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["Upload", "UploadRefused", "UploadState"]


class UploadState(enum.StrEnum):
    """How far an upload is."""

    AWAITING_BYTES = "AWAITING_BYTES"
    RECEIVED = "RECEIVED"
    FINALISED = "FINALISED"


@attrs.frozen(kw_only=True)
class Upload:
    """A file on its way into a session.

    Args:
        id: of the upload, and of the artifact that it becomes.
        tenant_id, driver_id: its owner.
        file_name: as it was announced, without folders.
        content_type: likewise, None where it was not.
        byte_size, sha256: of its bytes; before they are here, as they were announced or None.
        status: see `UploadState`.
        session_id: that it belongs to, None before it is finalised. Where its content was in a session
            already, that one.
        uploaded_at: when it was begun, or its bytes came.
    """

    id: str
    tenant_id: str
    driver_id: str
    file_name: str
    content_type: str | None
    byte_size: int | None
    sha256: str | None
    status: UploadState
    session_id: str | None
    uploaded_at: dt.datetime


class UploadRefused(CodedError):  # noqa: N818  (what happened)
    """An upload is not taken, or not now.

    Args:
        code: `UPLOAD_UNKNOWN`, `UPLOAD_WITHOUT_BYTES`, `UPLOAD_ALREADY_RECEIVED`,
            `UPLOAD_ALREADY_FINALISED`, `UPLOAD_TRUNCATED`, `INTEGRITY_HASH_MISMATCH`,
            `ARTIFACT_TOO_LARGE` or `ARTIFACT_EMPTY`.
        **evidence: of `upload`, `artifact`, `session`, `bytes`, `expected`, `found`, `limit` what is known.
    """
