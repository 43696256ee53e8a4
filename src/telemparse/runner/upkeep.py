"""Upkeep: jobs of silent workers are rescued, raw files discarded, and what deletion left behind swept."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from telemparse.runner.failures import Failure
from telemparse.runner.idempotency import Idempotency
from telemparse.runner.page_sessions import PageSessions
from telemparse.runner.runs import fail_run
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState, SessionState
from telemparse.runner.upload_sweeps import sweep_uploads
from telemparse.storage.failures import StorageFailed
from telemparse.storage.layout import RunPlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.runner.jobs import Rescued
    from telemparse.runner.tools import Tools

__all__ = ["Upkeep", "discard_raw", "rescue"]

_AT_ONCE = 100
_SWEEPS_S = 3600.0
_ABANDONED_S = 86_400.0


class Upkeep:
    """Does what is due, from time to time; every worker does, and none of it twice."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self.has_work = False
        self._due = 0.0
        self._sweep_due = 0.0

    def turn(self) -> None:
        """Do what is due. Raises DatabaseUnavailable."""
        if time.monotonic() < self._due:
            return
        tools = self._tools
        # Not all workers of a machine at the same time.
        self._due = time.monotonic() + tools.settings.lease_s / 2 * random.uniform(0.8, 1.2)  # noqa: S311
        rescue(tools)
        discard_raw(tools)
        if time.monotonic() >= self._sweep_due:
            self._sweep_due = time.monotonic() + _SWEEPS_S
            self._sweep()
        if tools.events.metrics is not None:
            tools.events.metrics.measure(tools.queue.depth())

    def rest(self) -> None:
        """Do what jobs have left to do, now that none is ready. Raises DatabaseUnavailable."""
        if self.has_work:
            self.has_work = False
            discard_raw(self._tools)

    def _sweep(self) -> None:
        """Remove what nobody finished: in the store, of uploads, and what has been kept long enough."""
        tools = self._tools
        try:
            tools.storage.sweep()
            sweep_uploads(tools.database, tools.storage, _ABANDONED_S)
        except StorageFailed as error:
            tools.events.emit("upkeep_failed", code=error.code)
        PageSessions(tools.database).sweep()
        Idempotency(tools.database).sweep()

    def sweep_deleted(self, session_id: str) -> None:
        """Remove objects of a session that was deleted while a stage was writing them."""
        tools = self._tools
        sessions = tools.database.tables.sessions.c
        with tools.database.reading() as connection:
            row = connection.execute(
                sa.select(sessions.tenant_id, sessions.driver_id, sessions.status).where(
                    sessions.id == session_id
                )
            ).one_or_none()
        if row is not None and row.status == SessionState.DELETED:
            place = RunPlace(row.tenant_id, row.driver_id, session_id, "any")
            tools.storage.delete_below(place.session_prefix)


def rescue(tools: Tools) -> Rescued:
    """Give jobs of workers that fell silent to others; runs of those that had no attempt left fail."""
    with tools.database.transaction() as connection:
        rescued = tools.queue.rescue(connection, tools.settings.lease_s)
        for job in rescued.exhausted:
            if job.run_id is not None:
                fail_run(connection, tools.database, job.run_id, Failure.lost_worker(job.attempt))
    for outcome, jobs in (("requeued", rescued.requeued), ("exhausted", rescued.exhausted)):
        for job in jobs:
            tools.events.emit(
                "job_rescued", outcome=outcome, job_id=job.id, job_type=job.job_type, run_id=job.run_id,
                worker=job.worker,
            )  # fmt: skip
    return rescued


def discard_raw(tools: Tools) -> int:
    """Discard the bytes of files whose content is canonical by now; returns how many files.

    Files of a partial session stay: a later parser may read more of them. So do those of a run that is
    not over.
    """
    if tools.settings.keep_raw:
        return 0
    tables = tools.database.tables
    artifacts, sessions = tables.artifacts.c, tables.sessions.c
    query = (
        sa.select(artifacts.id, artifacts.storage_path)
        .join_from(tables.artifacts, tables.sessions)
        .where(
            artifacts.status == ArtifactState.CANONICALISED,
            artifacts.storage_path.is_not(None),
            sessions.status == SessionState.READY,
        )
        .limit(_AT_ONCE)
    )
    count = 0
    while True:
        with tools.database.reading() as connection:
            due = connection.execute(query).all()
        if not due or not _discard(tools, [(artifact_id, path) for artifact_id, path in due]):
            return count
        count += len(due)


def _discard(tools: Tools, files: Sequence[tuple[str, str]]) -> bool:
    """Discard the bytes of artifacts, given as id and key; False when the store refuses."""
    try:
        tools.storage.delete([path for _id, path in files])
    except StorageFailed as error:
        tools.events.emit("upkeep_failed", code=error.code)
        return False
    artifacts = tools.database.tables.artifacts
    with tools.database.transaction() as connection:
        connection.execute(
            artifacts.update()
            .where(artifacts.c.id.in_([artifact_id for artifact_id, _path in files]))
            .values(storage_path=None, discarded_at=utc_now())
        )
    return True
