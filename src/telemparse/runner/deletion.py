"""Deletion and repetition: what is taken away from a session, and what is done to it once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from telemparse.runner.failures import Failure
from telemparse.runner.runs import fail_run
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState, JobState, SessionState
from telemparse.storage.layout import RunPlace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from telemparse.runner.database import Database
    from telemparse.runner.jobs import Queue
    from telemparse.storage.objects import Storage

__all__ = ["cancel_session", "delete_session", "open_jobs"]


def open_jobs(connection: Connection, database: Database, session_id: str) -> list[str]:
    """Return the ids of the jobs of a session that wait or run."""
    jobs, runs = database.tables.jobs.c, database.tables.runs
    query = (
        sa.select(jobs.id)
        .join_from(database.tables.jobs, runs, runs.c.id == jobs.run_id)
        .where(runs.c.session_id == session_id, jobs.status.in_((JobState.QUEUED, JobState.RUNNING)))
    )
    return list(connection.scalars(query))


def cancel_session(database: Database, queue: Queue, session_id: str) -> int:
    """Cancel what is still to be done for a session; returns the number of jobs. Its run is CANCELLED."""
    with database.transaction() as connection:
        ids = open_jobs(connection, database, session_id)
        cancelled = queue.cancel(connection, ids) if ids else []
        if cancelled:
            runs = database.tables.jobs.c
            for run_id in set(connection.scalars(sa.select(runs.run_id).where(runs.id.in_(cancelled)))):
                fail_run(connection, database, run_id, Failure.coded("RUN_CANCELLED"))
    return len(cancelled)


def delete_session(database: Database, queue: Queue, storage: Storage, session_id: str) -> bool:
    """Delete a session: first no job may go on, then the objects go, then the rows derived from them.

    The session's own row stays without its name, as DELETED, so that nobody wonders where it went. Each
    step may be repeated: who is interrupted calls again. Returns False for a session that is not there,
    or was deleted before.
    """
    tables = database.tables
    sessions, artifacts = tables.sessions, tables.artifacts
    with database.transaction() as connection:
        row = connection.execute(
            sa.select(sessions.c.tenant_id, sessions.c.driver_id, sessions.c.status, sessions.c.name)
            .where(sessions.c.id == session_id)
        ).one_or_none()  # fmt: skip
        if row is None:
            return False
        queue.cancel(connection, open_jobs(connection, database, session_id))
        now = utc_now()
        connection.execute(
            sessions.update()
            .where(sessions.c.id == session_id)
            # The same files may be handed in again.
            .values(status=SessionState.DELETED, content_key=None, deleted_at=now, updated_at=now)
        )
        raw = connection.scalars(
            sa.select(artifacts.c.storage_path).where(
                artifacts.c.session_id == session_id, artifacts.c.storage_path.is_not(None)
            )
        ).all()
    place = RunPlace(row.tenant_id, row.driver_id, session_id, "any")
    storage.delete_below(place.session_prefix)
    storage.delete(list(raw))
    with database.transaction() as connection:
        _forget_rows(connection, database, session_id)
    return str(row.status) != SessionState.DELETED


def _forget_rows(connection: Connection, database: Database, session_id: str) -> None:
    tables = database.tables
    for table in (tables.laps, tables.datasets):
        connection.execute(table.delete().where(table.c.session_id == session_id))
    own_runs = sa.select(tables.runs.c.id).where(tables.runs.c.session_id == session_id)
    connection.execute(tables.jobs.delete().where(tables.jobs.c.run_id.in_(own_runs)))
    connection.execute(tables.runs.delete().where(tables.runs.c.session_id == session_id))
    blank: dict[str, Any] = {
        "name": "", "name_folded": "", "track": None, "device_id": None, "current_run_id": None,
        "features_available": None, "feature_reasons": None,
    }  # fmt: skip
    connection.execute(tables.sessions.update().where(tables.sessions.c.id == session_id).values(**blank))
    known = sa.select(tables.sessions.c.device_id).where(tables.sessions.c.device_id.is_not(None))
    connection.execute(tables.devices.delete().where(tables.devices.c.id.not_in(known)))
    connection.execute(
        tables.artifacts.update()
        .where(tables.artifacts.c.session_id == session_id)
        .values(
            status=ArtifactState.DELETED, original_file_name="", storage_path=None,
            discarded_at=sa.func.coalesce(
                tables.artifacts.c.discarded_at,
                sa.bindparam("now", utc_now(), tables.artifacts.c.discarded_at.type),
            ),
        )
    )  # fmt: skip
    own = sa.select(tables.artifacts.c.id).where(tables.artifacts.c.session_id == session_id)
    connection.execute(
        tables.artifacts.update()
        .where(tables.artifacts.c.duplicate_of.in_(own))
        .values(original_file_name="")
    )
