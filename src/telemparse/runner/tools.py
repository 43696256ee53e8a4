"""What a worker works with, and the job that it holds."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from telemparse.runner.jobs import LeaseLost
from telemparse.storage.objects import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from telemparse.runner.database import Database
    from telemparse.runner.events import Events
    from telemparse.runner.jobs import Job, NewJob, Queue
    from telemparse.runner.sandbox import Sandbox
    from telemparse.runner.settings import Settings

__all__ = ["Held", "Step", "Tools", "storage_of"]


@attrs.frozen(kw_only=True)
class Tools:
    """What handlers of jobs share.

    Args:
        settings, database, queue, storage, events: of the pipeline.
        sandbox: of this worker alone.
    """

    settings: Settings
    database: Database
    queue: Queue
    storage: Storage
    events: Events
    sandbox: Sandbox

    @contextmanager
    def workroom(self) -> Iterator[Path]:
        """Make a folder for files on their way into the store; it goes when the job does."""
        with self.storage.workroom() as room:
            yield room


@attrs.define(eq=False)
class Held:
    """A job that this worker holds.

    Args:
        job: in hand.
        anchor: the job that the database knows as held: the same one, or one that it follows from.
        abort: set when the lease is lost, or when the worker is to stop: the job ends soon after.
    """

    job: Job
    anchor: Job = attrs.field(default=attrs.Factory(lambda held: held.job, takes_self=True))
    abort: threading.Event = attrs.field(factory=threading.Event)
    lost: bool = False

    def lose(self) -> None:
        """Take note that the job belongs to somebody else."""
        self.lost = True
        self.abort.set()

    def check(self) -> None:
        """Raise LeaseLost where the job is known to be lost."""
        if self.lost:
            raise LeaseLost(f"job {self.job.id} is not held any more")


@attrs.frozen(kw_only=True)
class Step:
    """What remains of a job that went well: rows to write with its success, and the job that follows.

    Args:
        finish: does the last of the job, which wants no sandbox, and returns what remains then.
        write: called in the transaction that lets the job succeed, for what is not in the ledger.
        then: job that this worker goes on with.
        after: called when all that is committed.
    """

    finish: Callable[[], Step] | None = None
    write: Callable[[Connection], None] | None = None
    then: NewJob | None = None
    after: Callable[[], None] | None = None


def storage_of(settings: Settings) -> Storage:
    """Return the store of settings: a bucket, or a folder (`telemparse-data` when none is named)."""
    if settings.object_storage_bucket is not None:
        return Storage.s3(
            settings.object_storage_bucket,
            endpoint=settings.object_storage_endpoint,
            access_key=settings.object_storage_access_key,
            secret_key=settings.object_storage_secret_key,
            region=settings.object_storage_region,
            prefix=settings.object_storage_prefix,
        )
    return Storage.local(settings.parquet_path or Path("telemparse-data"))
