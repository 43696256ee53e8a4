"""Jobs as callers see them: values read from the tables, with the session that each belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner.states import JobState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Select

    from telemparse.runner.database import Database

__all__ = ["JobFacts", "list_jobs", "read_job"]

_MOST = 1000


@attrs.frozen(kw_only=True)
class JobFacts:
    """A job as it stands in the queue.

    Args:
        id: of the job.
        session_id, run_id: that it belongs to, None for a job of no run.
        job_type: which handler does it.
        status: see `JobState`.
        attempts: that were begun.
        max_attempts: after so many it has failed.
        worker: who holds it, None when nobody does.
        locked_at: when that worker last renewed its lease, None without one.
        next_retry_at: when it may be claimed again, None for a job that does not wait for that.
        code, message: of its last failure, empty without one.
        created_at: when it was put.
    """

    id: str
    session_id: str | None
    run_id: str | None
    job_type: str
    status: JobState
    attempts: int
    max_attempts: int
    worker: str | None
    locked_at: dt.datetime | None
    next_retry_at: dt.datetime | None
    code: str
    message: str
    created_at: dt.datetime

    @property
    def is_open(self) -> bool:
        """True when it waits or runs."""
        return self.status in (JobState.QUEUED, JobState.RUNNING)

    def to_dict(self) -> dict[str, Any]:
        """Return the job as plain values for JSON; instants in ISO 8601."""
        document = attrs.asdict(self)
        for name in ("locked_at", "next_retry_at", "created_at"):
            if document[name] is not None:
                document[name] = document[name].isoformat()
        return {**document, "status": str(self.status)}


def list_jobs(
    connection: Connection, database: Database, *, status: Sequence[JobState], limit: int
) -> tuple[JobFacts, ...]:
    """Return jobs, the newest first; those that succeeded only where their status is asked for.

    Raises CallError for a limit that is none.
    """
    if not 1 <= limit <= _MOST:
        raise CallError(f"limit must be 1 to {_MOST}, not {limit!r}")
    jobs = database.tables.jobs.c
    query = _query(database).where(
        jobs.status.in_([*status]) if status else jobs.status != JobState.SUCCEEDED
    )
    rows = connection.execute(query.order_by(jobs.created_at.desc(), jobs.id.desc()).limit(limit)).all()
    return tuple(map(_facts, rows))


def read_job(connection: Connection, database: Database, job_id: str) -> JobFacts | None:
    """Return a job, None for an id that none has."""
    query = _query(database).where(database.tables.jobs.c.id == job_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _facts(row)


def _query(database: Database) -> Select[Any]:
    jobs, runs = database.tables.jobs, database.tables.runs
    return sa.select(jobs, runs.c.session_id).select_from(jobs.outerjoin(runs, runs.c.id == jobs.c.run_id))


def _facts(row: Row[Any]) -> JobFacts:
    status = JobState(row.status)
    return JobFacts(
        id=row.id, session_id=row.session_id, run_id=row.run_id, job_type=row.job_type, status=status,
        attempts=row.attempt_count, max_attempts=row.max_attempts,
        worker=row.locked_by if status is JobState.RUNNING else None,
        locked_at=row.locked_at if status is JobState.RUNNING else None,
        next_retry_at=row.next_retry_at if status is JobState.QUEUED else None,
        code=row.last_error_code or "", message=row.last_error_message or "", created_at=row.created_at,
    )  # fmt: skip
