"""Runs and what belongs to them, as rows of the database."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.runner.stages import StageOutcome, StageState
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState, RunState, SessionState
from telemparse.storage.layout import RunPlace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Select

    from telemparse.runner.database import Database
    from telemparse.runner.failures import Failure
    from telemparse.runner.tables import Tables

__all__ = ["Artifact", "Run", "fail_run", "failed_stages", "read_run"]

_REJECTABLE = (ArtifactState.UPLOADED,)


@attrs.frozen(kw_only=True)
class Artifact:
    """A file of a recording, as the database knows it."""

    id: str
    name: str
    byte_size: int
    sha256: str
    storage_path: str | None


@attrs.frozen(kw_only=True)
class Run:
    """A run with what its stages need to know.

    Args:
        id, session_id: keys.
        place: where its files lie.
        status: of the run.
        session_status: of its session.
        options: what it was asked for.
        stages: outcomes so far, by stage.
        quality: document of its quality, empty before it was judged.
        artifacts: files of the recording in the order in which they were handed in.
    """

    id: str
    session_id: str
    place: RunPlace
    status: RunState
    session_status: SessionState
    options: Mapping[str, Any]
    stages: Mapping[str, StageOutcome]
    quality: Mapping[str, Any]
    artifacts: tuple[Artifact, ...]


def read_run(connection: Connection, database: Database, run_id: str) -> Run | None:
    """Return a run, None when it was deleted."""
    of_run, of_files = _queries(database.tables)
    row = connection.execute(of_run, {"its_id": run_id}).one_or_none()
    if row is None:
        return None
    files = connection.execute(of_files, {"its_ids": row.input_artifact_ids}).all()
    return Run(
        id=run_id,
        session_id=row.session_id,
        place=RunPlace(row.tenant_id, row.driver_id, row.session_id, run_id),
        status=RunState(row.status),
        session_status=SessionState(row.session_status),
        options=row.options,
        stages={name: StageOutcome.from_dict(document) for name, document in row.stages.items()},
        quality=row.quality_summary or {},
        artifacts=tuple(
            Artifact(id=file[0], name=file[1], byte_size=file[2], sha256=file[3], storage_path=file[4])
            for file in files
        ),
    )


@lru_cache
def _queries(tables: Tables) -> tuple[Select[Any], Select[Any]]:
    """Return the queries for a run and for its files; made once, for making them takes longer than asking."""
    runs, sessions, artifacts = tables.runs.c, tables.sessions.c, tables.artifacts.c
    of_run = (
        sa.select(
            runs.session_id, runs.status, runs.options, runs.stages, runs.input_artifact_ids,
            runs.quality_summary, sessions.tenant_id, sessions.driver_id,
            sessions.status.label("session_status"),
        )
        .join_from(tables.runs, tables.sessions)
        .where(runs.id == sa.bindparam("its_id", type_=runs.id.type))
    )  # fmt: skip
    of_files = (
        sa.select(
            artifacts.id, artifacts.original_file_name, artifacts.byte_size, artifacts.sha256,
            artifacts.storage_path,
        )
        .where(artifacts.id.in_(sa.bindparam("its_ids", type_=artifacts.id.type, expanding=True)))
        .order_by(artifacts.position, artifacts.id)
    )  # fmt: skip
    return of_run, of_files


def fail_run(connection: Connection, database: Database, run_id: str, failure: Failure) -> None:
    """Let a run fail, and its session with it where it is the current one; older runs stay as they are."""
    tables = database.tables
    runs, sessions, now = tables.runs, tables.sessions, utc_now()
    session_id = connection.scalar(sa.select(runs.c.session_id).where(runs.c.id == run_id))
    if session_id is None:
        return
    status = RunState.CANCELLED if failure.code == "RUN_CANCELLED" else RunState.FAILED
    changed = connection.execute(
        runs.update()
        .where(runs.c.id == run_id, runs.c.status.in_((RunState.QUEUED, RunState.RUNNING)))
        .values(
            status=status, error_code=failure.code, error_detail=failure.message, error_hint=failure.hint,
            finished_at=now,
        )
    )  # fmt: skip
    if not changed.rowcount:
        return
    connection.execute(
        sessions.update()
        .where(
            sessions.c.id == session_id,
            sessions.c.current_run_id == run_id,
            sessions.c.status != SessionState.DELETED,
        )
        .values(status=SessionState.FAILED, updated_at=now)
    )
    if failure.of_input:
        connection.execute(
            tables.artifacts.update()
            .where(
                tables.artifacts.c.session_id == session_id,
                tables.artifacts.c.status.in_(_REJECTABLE),
            )
            .values(status=ArtifactState.REJECTED)
        )


def failed_stages(stages: Mapping[str, StageOutcome]) -> tuple[str, ...]:
    """Return the names of the stages that failed."""
    return tuple(name for name, outcome in stages.items() if outcome.state is StageState.FAILED)
