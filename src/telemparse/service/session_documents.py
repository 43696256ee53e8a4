"""Documents of sessions: their list, their details, their files, and what is asked of them."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic reads the annotations)
from typing import Any

from pydantic import Field

from telemparse.service.documents import Answer, Asked
from telemparse.service.upload_documents import GateAsked  # noqa: TC001  (as dt)

__all__ = [
    "ArtifactAnswer",
    "DeviceAnswer",
    "ExportAnswer",
    "ExportFile",
    "FailureAnswer",
    "QualityAnswer",
    "ReprocessAsked",
    "RetryAnswer",
    "RunAnswer",
    "SessionDetail",
    "SessionList",
    "SessionSummary",
    "StageAnswer",
]


class FailureAnswer(Answer):
    """Why a session is FAILED or PARTIAL."""

    code: str
    message: str
    hint: str


class DeviceAnswer(Answer):
    """What recorded it; empty where the recording does not say."""

    family: str
    model: str
    serial: str


class SessionSummary(Answer):
    """A session in the list."""

    id: str
    name: str
    status: str = Field(description="UPLOADING, PROCESSING, READY, PARTIAL or FAILED.")
    track: str | None
    start_time_utc: dt.datetime = Field(description="Of the data; of creation where `is_dated` is false.")
    end_time_utc: dt.datetime
    is_dated: bool
    created_at: dt.datetime
    updated_at: dt.datetime
    processing_run_id: str | None = Field(description="Current run.")
    run_status: str | None
    device: DeviceAnswer
    laps: int | None = Field(description="From line to line; null where nobody looked for them.")
    best_lap_s: float | None
    quality: float | None = Field(description="0 to 100.")
    quality_label: str | None
    failure: FailureAnswer | None


class SessionList(Answer):
    """A page of sessions, the newest first."""

    items: list[SessionSummary]
    next_cursor: str | None = Field(description="For the next page; null at the end.")


class ArtifactAnswer(Answer):
    """A file of a session."""

    id: str
    name: str
    byte_size: int | None
    sha256: str | None
    status: str
    discarded_at: dt.datetime | None = Field(description="When its bytes went; null while they are kept.")


class StageAnswer(Answer):
    """What a stage of the run came to."""

    status: str = Field(description="DONE, SKIPPED or FAILED.")
    reason: str
    code: str
    message: str
    issues: list[dict[str, Any]]
    facts: dict[str, Any]
    elapsed_s: float


class SessionDetail(SessionSummary):
    """A session with all that became of it."""

    parser_id: str | None
    parser_version: str | None
    telemparse_version: str | None
    schema_version: int | None
    materialisation_status: str | None
    stages: dict[str, StageAnswer]
    artifacts: list[ArtifactAnswer]
    features_available: dict[str, bool]
    feature_reasons: dict[str, str]


class QualityAnswer(Answer):
    """The document of the quality of the shown run; empty where it was not judged."""

    session_id: str
    quality: dict[str, Any]


class ExportFile(Answer):
    """A Parquet file."""

    stream: str
    level: str
    rows: int
    byte_size: int
    sha256: str
    url: str


class ExportAnswer(Answer):
    """The Parquet files of the shown run."""

    session_id: str
    run_id: str | None
    files: list[ExportFile]


class ReprocessAsked(Asked):
    """What a new run does otherwise."""

    gate: GateAsked | None = Field(
        default=None, description="Start/finish line; else that of the run before."
    )
    timezone: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="IANA name, for clocks that do not say theirs.",
    )


class RunAnswer(Answer):
    """The new run."""

    session_id: str
    run_id: str


class RetryAnswer(Answer):
    """What a retry came to: jobs that were hurried, or a new run."""

    session_id: str | None
    run_id: str | None
    hurried: list[str]
