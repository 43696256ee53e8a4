"""The queue in an SQLite file: one writer at a time, and a number that changes when somebody has written."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING, Any

from telemparse.runner.jobs import Job
from telemparse.runner.migration import HEAD, VERSION_TABLE
from telemparse.runner.queue_clocks import SQLITE_NOW, SqliteClock
from telemparse.runner.queue_watches import Watch
from telemparse.runner.stamps import utc_from_text, utc_text
from telemparse.runner.stored_queue import StoredQueue, held_first
from telemparse.runner.words import json_text

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Engine, PoolProxiedConnection

    from telemparse.runner.database import Database
    from telemparse.runner.jobs import NewJob

__all__ = ["SqliteQueue"]

_CLOCK = """
SELECT {now}, (SELECT max(created_at) FROM "{jobs}" WHERE status = 'QUEUED')
"""
_INSERT = """
INSERT INTO "{jobs}" (
  id, run_id, job_type, payload, max_attempts, created_at, status, attempt_count, locked_by, locked_at,
  updated_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? THEN {now} END, {now})
"""
# Outside a transaction a statement takes the lock of the writer before it reads, as BEGIN IMMEDIATE does.
_CLAIM = """
UPDATE "{jobs}"
SET status = 'RUNNING', attempt_count = attempt_count + 1, locked_by = ?, locked_at = {now},
  next_retry_at = NULL, updated_at = {now}
WHERE id IN (
  SELECT id FROM "{jobs}"
  WHERE status = 'QUEUED' AND (next_retry_at IS NULL OR next_retry_at <= {now})
    AND (SELECT version_num FROM {versions}) = '{head}'
  ORDER BY created_at, id
  LIMIT ?
)
RETURNING created_at, id, job_type, payload, run_id, attempt_count, max_attempts
"""
_COMPLETE = """
UPDATE "{jobs}"
SET status = 'SUCCEEDED', locked_by = NULL, locked_at = NULL, updated_at = {now}
WHERE status = 'RUNNING' AND (id, locked_by, attempt_count) IN (
  SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
  FROM json_each(?)
)
RETURNING id
"""
_RENEW = """
UPDATE "{jobs}"
SET locked_at = {now}
WHERE status = 'RUNNING' AND locked_by = ? AND id IN (SELECT value FROM json_each(?))
RETURNING id
"""
_MICROSECOND = dt.timedelta(microseconds=1)
_SHORTEST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.25


class SqliteQueue(StoredQueue):
    """See `jobs.Queue`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, SqliteClock())
        words = {"jobs": self._jobs.name, "now": SQLITE_NOW, "versions": VERSION_TABLE, "head": HEAD}
        self._read_clock, self._insert = _CLOCK.format(**words), _INSERT.format(**words)
        self._claim, self._complete = _CLAIM.format(**words), _COMPLETE.format(**words)
        self._renew = _RENEW.format(**words)

    def put(self, connection: Connection, jobs: Sequence[NewJob], *, worker: str | None = None) -> list[Job]:
        """See `jobs.Queue`."""
        if not jobs:
            return []
        now, last = connection.exec_driver_sql(self._read_clock).one()
        stamp = utc_from_text(now)
        if last is not None:
            # The clock has milliseconds, and whoever puts after another one comes after him.
            stamp = max(stamp, utc_from_text(last) + _MICROSECOND)
        place = ("QUEUED", 0, None, False) if worker is None else ("RUNNING", 1, worker, True)
        rows = [
            (
                _inside(job.id), job.run_id and _inside(job.run_id), job.job_type,
                json_text(dict(job.payload)), job.max_attempts, utc_text(stamp + number * _MICROSECOND),
                *place,
            )
            for number, job in enumerate(jobs)
        ]  # fmt: skip
        connection.exec_driver_sql(self._insert, rows)
        return [] if worker is None else [held_first(job, worker) for job in jobs]

    def claim(self, worker: str, limit: int = 1) -> list[Job]:
        """See `jobs.Queue`."""
        rows = self._claimed(self._claim, (worker, max(limit, 0)))
        return [
            Job(
                id=_outside(job_id), job_type=job_type, payload=json.loads(payload),
                run_id=run_id and _outside(run_id), attempt=attempt, max_attempts=most, worker=worker,
            )
            # What RETURNING gives has no order.
            for _created_at, job_id, job_type, payload, run_id, attempt, most in sorted(rows)
        ]  # fmt: skip

    def complete(self, jobs: Sequence[Job]) -> list[str]:
        """See `jobs.Queue`."""
        held = json.dumps([(_inside(job.id), job.worker, job.attempt) for job in jobs])
        done = {_outside(job_id) for (job_id,) in self._calls.rows(self._complete, (held,))}
        return [job.id for job in jobs if job.id in done]

    def renew(self, worker: str, ids: Iterable[str]) -> set[str]:
        """See `jobs.Queue`."""
        wanted = json.dumps([_inside(job_id) for job_id in ids])
        return {_outside(job_id) for (job_id,) in self._calls.rows(self._renew, (worker, wanted))}

    def _announce(self, connection: Connection) -> None:
        """Do nothing: whoever waits sees that the file has changed."""

    def _watch(self) -> Watch:
        return _FileWatch(self._calls.engine)


class _FileWatch(Watch):
    """Looks, at growing intervals, at a number that changes for a connection when another one has written."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._lent: PoolProxiedConnection | None = None
        self._seen: int | None = None
        self._pause_s = _SHORTEST_PAUSE_S

    def _sees_change(self, left_s: float, stop: threading.Event) -> bool:
        found = self._number()
        if found != self._seen:
            self._seen, self._pause_s = found, _SHORTEST_PAUSE_S
            return True
        stop.wait(min(self._pause_s, left_s))
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
        return False

    def _number(self) -> int | None:
        """Return the number, or the last one where the file does not answer: the timeout ends the wait."""
        try:
            if self._lent is None:
                self._lent = self._engine.raw_connection()
                self._lent.detach()
            connection: Any = self._lent.dbapi_connection
            return int(connection.execute("PRAGMA data_version").fetchone()[0])
        except self._engine.dialect.loaded_dbapi.Error:
            return self._seen

    def _let_go(self) -> None:
        if self._lent is not None:
            self._lent.close()


def _inside(key: str) -> str:
    return uuid.UUID(key).hex


def _outside(key: str) -> str:
    return str(uuid.UUID(key))
