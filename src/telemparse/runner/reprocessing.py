"""Reprocessing: a new run of a session, from its raw files or from the tables of an older run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner.adoption import base_of
from telemparse.runner.deletion import open_jobs
from telemparse.runner.keys import key_in
from telemparse.runner.states import JobType, SessionState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from telemparse.runner.database import Database
    from telemparse.runner.submissions import Submissions

__all__ = ["begin_again"]


def begin_again(
    connection: Connection,
    database: Database,
    submissions: Submissions,
    session_id: str,
    changes: Mapping[str, Any],
) -> str:
    """Begin a new run and return its id; it is asked for what the last one was, with changes.

    Raises CallError for a session that is not there, was deleted, is being processed, or has neither raw
    files nor tables.
    """
    tables = database.tables
    sessions, runs, artifacts = tables.sessions.c, tables.runs.c, tables.artifacts.c
    key = key_in(session_id)
    status = None if key is None else connection.scalar(sa.select(sessions.status).where(sessions.id == key))
    if key is None or status is None or status == SessionState.DELETED:
        raise CallError(f"there is no session {session_id!r}")
    if open_jobs(connection, database, key):
        raise CallError("the session is being processed")
    last = sa.select(runs.options).where(runs.session_id == key)
    before = connection.scalar(last.order_by(runs.created_at.desc(), runs.id.desc()).limit(1)) or {}
    wanted = {**before, **changes}
    wanted.pop("base_run_id", None)
    files = connection.execute(
        sa.select(artifacts.id, artifacts.storage_path)
        .where(artifacts.session_id == key)
        .order_by(artifacts.position, artifacts.id)
    ).all()
    first = JobType.ARTIFACT_VALIDATE
    if any(path is None for _id, path in files):
        base = base_of(connection, database, key)
        if base is None:
            raise CallError("the raw files of the session are gone, and no run of it succeeded")
        wanted["base_run_id"], first = base, JobType.PROCESS_SESSION
    ids = [artifact_id for artifact_id, _path in files]
    return submissions.start_run(connection, key, ids, wanted, first)
