"""The queue in Postgres: many writers that step over each other's rows, and announcements of new jobs."""

from __future__ import annotations

import time
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from telemparse.runner.jobs import Job
from telemparse.runner.migration import HEAD, VERSION_TABLE
from telemparse.runner.queue_clocks import PostgresClock
from telemparse.runner.queue_watches import Watch
from telemparse.runner.stored_queue import StoredQueue, held_first
from telemparse.runner.words import json_text

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Engine, PoolProxiedConnection

    from telemparse.runner.database import Database
    from telemparse.runner.jobs import NewJob

__all__ = ["PostgresQueue"]

# The clock is read once: jobs of one call stand a microsecond apart, in the order of the call.
_INSERT = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
INSERT INTO "{jobs}" (
  id, run_id, job_type, payload, max_attempts, created_at, updated_at,
  status, attempt_count, locked_by, locked_at
)
SELECT
  item.id, item.run_id, item.job_type, item.payload, item.max_attempts,
  clock.now + item.number * INTERVAL '1 microsecond', clock.now,
  CASE WHEN held.by IS NULL THEN 'QUEUED' ELSE 'RUNNING' END, CASE WHEN held.by IS NULL THEN 0 ELSE 1 END,
  held.by, CASE WHEN held.by IS NOT NULL THEN clock.now END
FROM clock, (SELECT %s::text AS by) AS held,
  ROWS FROM (
    jsonb_to_recordset(%s::jsonb)
      AS (id uuid, run_id uuid, job_type text, payload jsonb, max_attempts integer)
  ) WITH ORDINALITY AS item (id, run_id, job_type, payload, max_attempts, number)
"""
_NOTIFY = "SELECT pg_notify(%s, '')"
# A plain `IN (SELECT ... LIMIT n)` may be asked several times for one statement, and claim more than n.
_CLAIM = """
WITH picked AS MATERIALIZED (
  SELECT id FROM "{jobs}"
  WHERE status = 'QUEUED' AND (next_retry_at IS NULL OR next_retry_at <= clock_timestamp())
    AND (SELECT version_num FROM {versions}) = '{head}'
  ORDER BY created_at, id
  LIMIT %s
  FOR UPDATE SKIP LOCKED
)
UPDATE "{jobs}" AS job
SET status = 'RUNNING', attempt_count = job.attempt_count + 1, locked_by = %s, locked_at = clock_timestamp(),
  next_retry_at = NULL, updated_at = clock_timestamp()
FROM picked
WHERE job.id = picked.id
RETURNING
  job.created_at, job.id::text, job.job_type, job.payload, job.run_id::text, job.attempt_count,
  job.max_attempts
"""
# All who lock several jobs do so in the order of their ids, or they would wait for each other. The status is
# looked at after the rows were found by their keys: the index of running jobs is full of those that ran.
_COMPLETE = """
WITH held AS MATERIALIZED (
  SELECT job.id, job.status
  FROM unnest(%s::uuid[], %s::text[], %s::integer[]) AS mine (id, worker, attempt)
  JOIN "{jobs}" AS job
    ON job.id = mine.id AND job.locked_by = mine.worker AND job.attempt_count = mine.attempt
  ORDER BY job.id
  FOR UPDATE OF job
)
UPDATE "{jobs}" AS job
SET status = 'SUCCEEDED', locked_by = NULL, locked_at = NULL, updated_at = clock_timestamp()
FROM held
WHERE job.id = held.id AND held.status = 'RUNNING'
RETURNING job.id::text
"""
# A row that somebody is writing at this moment is left to him: one job must not hold up the leases of others.
_RENEW = """
WITH held AS MATERIALIZED (
  SELECT id FROM "{jobs}" WHERE id = ANY (%s::uuid[]) AND status = 'RUNNING' AND locked_by = %s
), free AS MATERIALIZED (
  SELECT job.id FROM "{jobs}" AS job JOIN held USING (id)
  WHERE job.status = 'RUNNING' AND job.locked_by = %s
  FOR UPDATE OF job SKIP LOCKED
), renewed AS (
  UPDATE "{jobs}" AS job SET locked_at = clock_timestamp() FROM free WHERE job.id = free.id
)
SELECT id::text FROM held
"""
_AT_ONCE = 10_000
# How long it may take to see that `stop` is set.
_SLICE_S = 0.2
_AGAIN_S = 2.0
_BY_AGE = itemgetter(0, 1)


class PostgresQueue(StoredQueue):
    """See `jobs.Queue`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, PostgresClock())
        words = {"jobs": self._jobs.name, "versions": VERSION_TABLE, "head": HEAD}
        self._insert, self._claim = _INSERT.format(**words), _CLAIM.format(**words)
        self._complete, self._renew = _COMPLETE.format(**words), _RENEW.format(**words)

    def put(self, connection: Connection, jobs: Sequence[NewJob], *, worker: str | None = None) -> list[Job]:
        """See `jobs.Queue`."""
        for begin in range(0, len(jobs), _AT_ONCE):
            rows = [
                {
                    "id": job.id, "run_id": job.run_id, "job_type": job.job_type,
                    "payload": dict(job.payload), "max_attempts": job.max_attempts,
                }
                for job in jobs[begin : begin + _AT_ONCE]
            ]  # fmt: skip
            connection.exec_driver_sql(self._insert, (worker, json_text(rows)))
        if worker is not None:
            return [held_first(job, worker) for job in jobs]
        if jobs:
            self._announce(connection)
        return []

    def claim(self, worker: str, limit: int = 1) -> list[Job]:
        """See `jobs.Queue`."""
        rows = self._claimed(self._claim, (max(limit, 0), worker))
        return [
            Job(
                id=job_id, job_type=job_type, payload=payload, run_id=run_id, attempt=attempt,
                max_attempts=most, worker=worker,
            )
            # What RETURNING gives has no order.
            for _created_at, job_id, job_type, payload, run_id, attempt, most in sorted(rows, key=_BY_AGE)
        ]  # fmt: skip

    def complete(self, jobs: Sequence[Job]) -> list[str]:
        """See `jobs.Queue`."""
        held = (
            _array(job.id for job in jobs),
            [job.worker for job in jobs],
            _array(job.attempt for job in jobs),
        )
        done = {job_id for (job_id,) in self._calls.rows(self._complete, held)}
        return [job.id for job in jobs if job.id in done]

    def renew(self, worker: str, ids: Iterable[str]) -> set[str]:
        """See `jobs.Queue`."""
        return {job_id for (job_id,) in self._calls.rows(self._renew, (_array(ids), worker, worker))}

    def _announce(self, connection: Connection) -> None:
        """See `QueueRows`; announcements that are the same go out once for a transaction."""
        connection.exec_driver_sql(_NOTIFY, (self._jobs.name,))

    def _watch(self) -> Watch:
        return _Listener(self._calls.engine, self._jobs.name)


class _Listener(Watch):
    """Listens to announcements on a connection of its own; while there is none, the timeout ends a wait."""

    def __init__(self, engine: Engine, channel: str) -> None:
        super().__init__()
        self._engine, self._channel = engine, channel
        self._lent: PoolProxiedConnection | None = None
        self._again = 0.0

    def _sees_change(self, left_s: float, stop: threading.Event) -> bool:
        try:
            if self._lent is not None:
                return self._hears(min(left_s, _SLICE_S))
            if time.monotonic() >= self._again:
                self._begin()
                return True
        except (self._engine.dialect.loaded_dbapi.Error, SQLAlchemyError):
            self._let_go()
            self._again = time.monotonic() + _AGAIN_S
        stop.wait(min(left_s, _SLICE_S))
        return False

    def _begin(self) -> None:
        self._lent = self._engine.raw_connection()
        self._lent.detach()
        self._line.execute(f'LISTEN "{self._channel}"')

    def _hears(self, timeout_s: float) -> bool:
        heard = any(self._line.notifies(timeout=timeout_s, stop_after=1))
        if heard:
            # One look at the queue answers all of them.
            list(self._line.notifies(timeout=0))
        return heard

    @property
    def _line(self) -> Any:
        return None if self._lent is None else self._lent.dbapi_connection

    def _let_go(self) -> None:
        lent, self._lent = self._lent, None
        if lent is not None:
            lent.close()


def _array(items: Iterable[object]) -> str:
    # In Python, and item by item, the driver takes longer to say the same.
    return f"{{{','.join(map(str, items))}}}"
