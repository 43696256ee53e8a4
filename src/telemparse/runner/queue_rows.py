"""Rows of the queue: what is written about jobs in the same words for both databases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from telemparse.runner.jobs import Depth, Job, LeaseLost, Rescued
from telemparse.runner.states import JobState
from telemparse.runner.words import storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Insert, Update

    from telemparse.runner.database import Database
    from telemparse.runner.queue_clocks import Clock

__all__ = ["QueueRows"]

_Item = TypeVar("_Item")

_LOST = "WORKER_LOST"
_LOST_WORDS = "the worker that held the job fell silent"
_LONGEST_WORDS = 4096
# Databases have limits on the values of one statement.
_AT_ONCE = 1000


class QueueRows(ABC):
    """The part of `jobs.Queue` that SQLAlchemy says for both databases, within a caller's transaction.

    Args:
        database: with the table of jobs.
        clock: of that database.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._jobs = database.tables.jobs

    @abstractmethod
    def _announce(self, connection: Connection) -> None:
        """Tell those who wait that there are ready jobs, as soon as the transaction is committed."""

    def record(self, connection: Connection, over: Sequence[Job], held: Job | None = None) -> None:
        """See `jobs.Queue`."""
        for jobs, insert in ((over, self._done_insert), ([held] if held else [], self._held_insert)):
            rows = [
                {
                    "id": job.id, "run_id": job.run_id, "job_type": job.job_type,
                    "payload": dict(job.payload), "attempt_count": job.attempt,
                    "max_attempts": job.max_attempts, "its_worker": job.worker,
                }
                for job in jobs
            ]  # fmt: skip
            if rows:
                connection.execute(insert, rows)

    @cached_property
    def _done_insert(self) -> Insert:
        return self._inserting(JobState.SUCCEEDED)

    @cached_property
    def _held_insert(self) -> Insert:
        worker = sa.bindparam("its_worker", type_=self._jobs.c.locked_by.type)
        return self._inserting(JobState.RUNNING, locked_by=worker, locked_at=self._clock.now())

    def _inserting(self, state: JobState, **values: Any) -> Insert:
        now = self._clock.now()
        columns = ("id", "run_id", "job_type", "payload", "attempt_count", "max_attempts")
        return self._jobs.insert().values(
            status=state, created_at=now, updated_at=now, **values,
            **{name: sa.bindparam(name, type_=self._jobs.c[name].type) for name in columns},
        )  # fmt: skip

    def hold(self, connection: Connection, job: Job) -> None:
        """See `jobs.Queue`."""
        self._write_back(connection, job, locked_at=self._clock.now())

    def succeed(self, connection: Connection, job: Job) -> None:
        """See `jobs.Queue`."""
        self._must_have_been_held(job, connection.execute(self._success, _fence(job)).rowcount)

    @cached_property
    def _success(self) -> Update:
        """The statement of every success; made once, for making it takes longer than running it."""
        columns = self._jobs.c
        parts = {"id": "its_id", "locked_by": "its_worker", "attempt_count": "its_attempt"}
        fence = [columns[name] == sa.bindparam(key, type_=columns[name].type) for name, key in parts.items()]
        return (
            self._jobs.update()
            .where(columns.status == JobState.RUNNING, *fence)
            .values(
                status=JobState.SUCCEEDED, locked_at=None, locked_by=None, updated_at=self._clock.now()
            )
        )  # fmt: skip

    def fail(
        self, connection: Connection, job: Job, code: str, message: str, *, retry_after_s: float | None = None
    ) -> None:
        """See `jobs.Queue`."""
        error = {"last_error_code": code, "last_error_message": storable(message)[:_LONGEST_WORDS]}
        if retry_after_s is None or job.is_last:
            self._let_go(connection, job, JobState.FAILED, **error)
        else:
            again = self._clock.after(retry_after_s)
            self._let_go(connection, job, JobState.QUEUED, next_retry_at=again, **error)

    def release(self, connection: Connection, job: Job) -> None:
        """See `jobs.Queue`."""
        attempts = self._jobs.c.attempt_count - 1
        self._let_go(connection, job, JobState.QUEUED, attempt_count=attempts)
        self._announce(connection)

    def _let_go(self, connection: Connection, job: Job, state: JobState, **values: Any) -> None:
        now = self._clock.now()
        self._write_back(
            connection, job, status=state, locked_at=None, locked_by=None, updated_at=now, **values
        )

    def _write_back(self, connection: Connection, job: Job, **values: Any) -> None:
        columns = self._jobs.c
        still_held = (
            columns.id == job.id,
            columns.status == JobState.RUNNING,
            columns.locked_by == job.worker,
            columns.attempt_count == job.attempt,
        )
        written = connection.execute(self._jobs.update().where(*still_held).values(**values))
        self._must_have_been_held(job, written.rowcount)

    @staticmethod
    def _must_have_been_held(job: Job, written: int) -> None:
        if written != 1:
            raise LeaseLost(f"{job.worker} does not hold job {job.id} any more in attempt {job.attempt}")

    def rescue(self, connection: Connection, lease_s: float) -> Rescued:
        """See `jobs.Queue`."""
        columns = self._jobs.c
        silent = (
            sa.select(
                columns.id, columns.job_type, columns.payload, columns.run_id, columns.attempt_count,
                columns.max_attempts, columns.locked_by,
            )
            .where(
                columns.status == _literal(JobState.RUNNING), columns.locked_at < self._clock.before(lease_s)
            )
            .order_by(columns.created_at, columns.id)
            # SQLite has one writer at a time and needs no word for it; Postgres has as many rescuers.
            .with_for_update(skip_locked=True)
        )  # fmt: skip
        found = [
            Job(
                id=row.id, job_type=row.job_type, payload=row.payload, run_id=row.run_id,
                attempt=row.attempt_count, max_attempts=row.max_attempts, worker=row.locked_by,
            )
            for row in connection.execute(silent)
        ]  # fmt: skip
        requeued = tuple(job for job in found if not job.is_last)
        exhausted = tuple(job for job in found if job.is_last)
        for jobs, state in ((requeued, JobState.QUEUED), (exhausted, JobState.FAILED)):
            self._change(
                connection, [job.id for job in jobs], status=state, locked_at=None, locked_by=None,
                last_error_code=_LOST, last_error_message=_LOST_WORDS,
            )  # fmt: skip
        if requeued:
            self._announce(connection)
        return Rescued(requeued=requeued, exhausted=exhausted)

    def cancel(self, connection: Connection, ids: Sequence[str]) -> list[str]:
        """See `jobs.Queue`."""
        open_ones = self._jobs.c.status.in_((JobState.QUEUED, JobState.RUNNING))
        found = self._locked(connection, ids, open_ones)
        gone = {"locked_at": None, "locked_by": None, "next_retry_at": None}
        self._change(connection, found, status=JobState.CANCELLED, **gone)
        return found

    def hurry(self, connection: Connection, ids: Sequence[str]) -> list[str]:
        """See `jobs.Queue`."""
        columns = self._jobs.c
        waits = sa.and_(columns.status == JobState.QUEUED, columns.next_retry_at > self._clock.now())
        found = self._locked(connection, ids, waits)
        self._change(connection, found, next_retry_at=None)
        if found:
            self._announce(connection)
        return found

    def _locked(
        self, connection: Connection, ids: Sequence[str], condition: ColumnElement[bool]
    ) -> list[str]:
        """Return the ids of which the condition is true, and stays so to the end of the transaction."""
        found: set[str] = set()
        # All who lock several jobs do so in the order of their ids, or they would wait for each other.
        for some in _pieces(sorted(set(ids))):
            query = sa.select(self._jobs.c.id).where(self._jobs.c.id.in_(some), condition)
            found.update(connection.scalars(query.order_by(self._jobs.c.id).with_for_update()))
        return [job_id for job_id in dict.fromkeys(ids) if job_id in found]

    def _change(self, connection: Connection, ids: Sequence[str], **values: Any) -> None:
        for some in _pieces(ids):
            change = self._jobs.update().where(self._jobs.c.id.in_(some))
            connection.execute(change.values(updated_at=self._clock.now(), **values))

    def depth(self) -> Depth:
        """See `jobs.Queue`."""
        columns, clock = self._jobs.c, self._clock
        queued = columns.status == _literal(JobState.QUEUED)
        later = columns.next_retry_at > clock.now()
        ready = sa.and_(queued, sa.or_(columns.next_retry_at.is_(None), ~later))
        # A job that comes back is counted from then.
        waiting_s = clock.seconds_since(sa.func.coalesce(columns.next_retry_at, columns.updated_at))
        counts = [
            sa.select(sa.func.count()).select_from(self._jobs).where(condition).scalar_subquery()
            for condition in (
                ready, sa.and_(queued, later), columns.status == _literal(JobState.RUNNING),
            )
        ]  # fmt: skip
        oldest = sa.select(sa.func.max(waiting_s)).select_from(self._jobs).where(ready).scalar_subquery()
        with self._database.reading() as connection:
            found = tuple(connection.execute(sa.select(*counts, oldest)).one())
        oldest_s = found[3]
        return Depth(
            ready=found[0], waiting=found[1], running=found[2],
            # The clock of SQLite is rounded.
            oldest_s=None if oldest_s is None else max(0.0, oldest_s),
        )  # fmt: skip


def _literal(state: JobState) -> ColumnElement[str]:
    # As a parameter it would keep Postgres from the index of such jobs.
    return sa.literal(str(state), sa.Text, literal_execute=True)


def _fence(job: Job) -> dict[str, Any]:
    return {"its_id": job.id, "its_worker": job.worker, "its_attempt": job.attempt}


def _pieces(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for begin in range(0, len(items), _AT_ONCE):
        yield items[begin : begin + _AT_ONCE]
