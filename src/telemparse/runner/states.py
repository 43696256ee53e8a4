"""States of sessions, artifacts, runs and jobs, as the tables hold them."""

from __future__ import annotations

import enum

__all__ = ["ArtifactState", "JobState", "JobType", "RunState", "SessionState"]


class SessionState(enum.StrEnum):
    """What has become of a recording."""

    UPLOADING = "UPLOADING"
    PROCESSING = "PROCESSING"
    READY = "READY"
    PARTIAL = "PARTIAL"
    """There are tables, but something is missing: data was damaged, or a stage failed."""
    FAILED = "FAILED"
    DELETED = "DELETED"

    @property
    def is_settled(self) -> bool:
        """True when nothing more happens to it by itself."""
        return self not in (SessionState.UPLOADING, SessionState.PROCESSING)


class ArtifactState(enum.StrEnum):
    """What has become of an uploaded file."""

    UPLOADED = "UPLOADED"
    CANONICALISED = "CANONICALISED"
    REJECTED = "REJECTED"
    DELETED = "DELETED"


class RunState(enum.StrEnum):
    """What has become of one execution of the pipeline; SUCCEEDED, FAILED and CANCELLED never change."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """True when the run has ended."""
        return self in (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)


class JobState(enum.StrEnum):
    """Where a job stands in the queue."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class JobType(enum.StrEnum):
    """Jobs of the pipeline: each is repeated as a whole when it fails."""

    ARTIFACT_VALIDATE = "artifact_validate"
    ARTIFACT_CLASSIFY = "artifact_classify"
    PARSE_RAW = "parse_raw"
    PROCESS_SESSION = "process_session"
