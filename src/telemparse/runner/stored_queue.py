"""A queue in a database: the calls that both dialects make in the words of their drivers."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from telemparse.runner import migration
from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.jobs import Job
from telemparse.runner.queue_calls import DriverCalls
from telemparse.runner.queue_rows import QueueRows
from telemparse.runner.queue_watches import Watches

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from telemparse.runner.database import Database
    from telemparse.runner.jobs import NewJob
    from telemparse.runner.queue_clocks import Clock
    from telemparse.runner.queue_watches import Watch

__all__ = ["StoredQueue", "held_first"]

_VERSION = f"SELECT version_num FROM {migration.VERSION_TABLE}"  # noqa: S608  (a constant of ours)


class StoredQueue(QueueRows):
    """What the queues of both databases have in common beside the rows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._calls = DriverCalls(database.committing_engine())
        self._watches = Watches(self._watch)

    @abstractmethod
    def _watch(self) -> Watch:
        """Return a new watch."""

    def _claimed(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a claim; where there are none, make sure that it is not for the schema."""
        try:
            rows = self._calls.rows(statement, parameters)
        except DatabaseUnavailable:
            raise
        except self._calls.driver.Error:
            # A table or a column may be gone, or not there yet.
            self._check_schema()
            raise
        if not rows:
            self._check_schema()
        return rows

    def _check_schema(self) -> None:
        with suppress(self._calls.driver.Error):
            if self._calls.rows(_VERSION) == [(migration.HEAD,)]:
                return
        with self._database.reading() as connection:
            migration.check(connection)

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """See `jobs.Queue`."""
        self._watches.own().wait(timeout_s, stop)

    def close(self) -> None:
        """See `jobs.Queue`."""
        self._watches.close()
        if self._calls.engine is not self._database.engine:
            self._calls.engine.dispose()


def held_first(job: NewJob, worker: str) -> Job:
    """Return a new job as a worker holds it in its first attempt."""
    return Job(
        id=job.id, job_type=job.job_type, payload=job.payload, run_id=job.run_id, attempt=1,
        max_attempts=job.max_attempts, worker=worker,
    )  # fmt: skip
