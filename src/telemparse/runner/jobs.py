"""Jobs: what is put into the queue, what a worker holds, and what the queue looks like."""

from __future__ import annotations

import os
import time
import uuid
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

__all__ = ["Depth", "Job", "LeaseLost", "NewJob", "Queue", "Rescued", "new_id", "new_worker_id"]


def new_id() -> str:
    """Return a key of the kind of UUID version 7: keys made later sort later, to the millisecond."""
    stamp = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    number = (
        (stamp & (1 << 48) - 1) << 80 | 7 << 76 | (tail >> 68 & 0xFFF) << 64 | 2 << 62 | tail & (1 << 62) - 1
    )
    return str(uuid.UUID(int=number))


def new_worker_id() -> str:
    """Return an id that no other worker has had: host, process, and a random part."""
    return f"{os.uname().nodename[:64]}:{os.getpid()}:{os.urandom(6).hex()}"


class LeaseLost(TelemparseError):  # noqa: N818  (what happened, not a failure)
    """A write-back came too late: the job belongs to somebody else by now, and nothing was written."""


@attrs.frozen(kw_only=True)
class NewJob:
    """A job to put into the queue.

    Args:
        job_type: which handler does it.
        payload: JSON-able arguments.
        run_id: of the run that it belongs to, or None.
        max_attempts: after so many it has failed.
        id: its key.
    """

    job_type: str
    payload: Mapping[str, Any] = attrs.field(factory=dict)
    run_id: str | None = None
    max_attempts: int = 3
    id: str = attrs.field(factory=new_id)


@attrs.frozen(kw_only=True)
class Job:
    """A job that a worker holds: id, worker and attempt are what its write-back is fenced by.

    Args:
        id: its key.
        job_type: which handler does it.
        payload: its arguments.
        run_id: of the run that it belongs to, or None.
        attempt: 1 at the first try.
        max_attempts: the last one.
        worker: who holds it.
    """

    id: str
    job_type: str
    payload: Mapping[str, Any]
    run_id: str | None
    attempt: int
    max_attempts: int
    worker: str

    @property
    def is_last(self) -> bool:
        """True when no attempt follows this one."""
        return self.attempt >= self.max_attempts


@attrs.frozen(kw_only=True)
class Rescued:
    """Jobs whose workers fell silent: those that wait again, and those whose last attempt it was."""

    requeued: tuple[Job, ...] = ()
    exhausted: tuple[Job, ...] = ()


@attrs.frozen(kw_only=True)
class Depth:
    """What is in the queue.

    Args:
        ready: jobs that may be claimed now.
        waiting: jobs that wait for their next attempt.
        running: jobs that somebody holds.
        oldest_s: how long the oldest ready job has waited, None without one.
    """

    ready: int
    waiting: int
    running: int
    oldest_s: float | None


class Queue(Protocol):
    """The queue of a database.

    Methods that take a connection write within the caller's transaction, so that a job and what it did
    are committed together; the others commit by themselves, and raise DatabaseUnavailable: the next call
    begins with new connections. All instants are those of the database's clock, and jobs are handed out in
    the order in which they were put. Safe to use from several threads.
    """

    def put(self, connection: Connection, jobs: Sequence[NewJob], *, worker: str | None = None) -> list[Job]:
        """Insert jobs, in this order; with `worker` they are claimed by it at once, and returned."""
        ...

    def record(self, connection: Connection, over: Sequence[Job], held: Job | None = None) -> None:
        """Insert jobs that a worker has done already, as SUCCEEDED, and one that it holds."""
        ...

    def claim(self, worker: str, limit: int = 1) -> list[Job]:
        """Take the oldest ready jobs, `limit` at most, and count an attempt of each.

        Raises SchemaMismatch where the schema is not the one that this library knows: nothing is handed
        out then, also when it was changed a moment ago.
        """
        ...

    def complete(self, jobs: Sequence[Job]) -> list[str]:
        """Let jobs succeed in one transaction; returns the ids of those that were still held.

        After DatabaseUnavailable they may or may not have succeeded; to say so once more does no harm.
        """
        ...

    def renew(self, worker: str, ids: Iterable[str]) -> set[str]:
        """Renew the leases of a worker's jobs; returns the ids of those that it still holds.

        A job that somebody is writing at this moment counts as held until that is committed.
        """
        ...

    def hold(self, connection: Connection, job: Job) -> None:
        """Renew the lease of a job within the caller's transaction. Raises LeaseLost when it is not held."""
        ...

    def succeed(self, connection: Connection, job: Job) -> None:
        """Let a job succeed. Raises LeaseLost when it is not held any more."""
        ...

    def fail(
        self, connection: Connection, job: Job, code: str, message: str, *, retry_after_s: float | None = None
    ) -> None:
        """Let a job fail for good, or wait for its next attempt.

        Args:
            connection: of the caller's transaction.
            job: as it was claimed.
            code: stable.
            message: its first 4 096 characters are kept.
            retry_after_s: 0 s to ten years; None for good. A last attempt fails for good whatever it says.

        Raises LeaseLost as `succeed` does.
        """
        ...

    def release(self, connection: Connection, job: Job) -> None:
        """Give back a job that was not begun; the attempt does not count. Raises LeaseLost."""
        ...

    def rescue(self, connection: Connection, lease_s: float) -> Rescued:
        """Take jobs from workers that have not renewed for `lease_s`; the exhausted ones have failed.

        The others are ready at once. Of several rescuers each job falls to one.
        """
        ...

    def cancel(self, connection: Connection, ids: Sequence[str]) -> list[str]:
        """Cancel jobs that wait or run; returns the ids of those that did. Their holders find out."""
        ...

    def hurry(self, connection: Connection, ids: Sequence[str]) -> list[str]:
        """Let jobs that wait for their next attempt be ready now; returns the ids of those that did."""
        ...

    def depth(self) -> Depth:
        """Count what is in the queue."""
        ...

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Return when jobs may have come, when `stop` is set, or after `timeout_s`.

        A thread's first wait is over at once, for jobs may have come before it. Without a database the
        timeout ends it.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
