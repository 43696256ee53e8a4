"""Retries that somebody asks for: what waits is made ready now, and what has ended begins as a new run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner.deletion import open_jobs
from telemparse.runner.job_lists import read_job
from telemparse.runner.keys import key_in
from telemparse.runner.states import JobState, SessionState

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from telemparse.runner.database import Database
    from telemparse.runner.jobs import Queue

__all__ = ["Retried", "retried", "session_with"]


@attrs.frozen(kw_only=True)
class Retried:
    """What a retry came to.

    Args:
        session_id: that it was about, None for a job of no run.
        hurried: ids of jobs that waited for their next attempt and are ready now.
        run_id: of the new run, None where jobs were hurried.
    """

    session_id: str | None
    hurried: tuple[str, ...] = ()
    run_id: str | None = None


def session_with(connection: Connection, database: Database, text: str) -> str | None:
    """Return the session that has an id, or that a job with this id belongs to; None without one."""
    key = key_in(text)
    if key is None:
        return None
    sessions = database.tables.sessions.c
    if connection.scalar(sa.select(sessions.id).where(sessions.id == key)) is not None:
        return key
    job = read_job(connection, database, key)
    return None if job is None else job.session_id


def retried(connection: Connection, database: Database, queue: Queue, text: str) -> Retried:
    """Make ready what waits for its next attempt; hurries nothing where only a new run can help.

    Raises CallError for an id that neither a job nor a session has, and for one with nothing to retry.
    """
    key = key_in(text)
    job = None if key is None else read_job(connection, database, key)
    session_id = session_with(connection, database, text)
    if job is not None and (job.is_open or session_id is None):
        _refuse(job.status)
        if queue.hurry(connection, [job.id]):
            return Retried(session_id=session_id, hurried=(job.id,))
        raise CallError(f"job {job.id} is ready already")
    if session_id is None:
        raise CallError(f"there is no job and no session {text!r}")
    hurried = tuple(queue.hurry(connection, open_jobs(connection, database, session_id)))
    if hurried:
        return Retried(session_id=session_id, hurried=hurried)
    sessions = database.tables.sessions.c
    status = connection.scalar(sa.select(sessions.status).where(sessions.id == session_id))
    if status not in (SessionState.FAILED, SessionState.PARTIAL):
        raise CallError(f"session {session_id} is {status}: there is nothing to retry")
    return Retried(session_id=session_id)


def _refuse(status: JobState) -> None:
    if status is not JobState.QUEUED:
        raise CallError(f"the job is {status}: there is nothing to retry")
