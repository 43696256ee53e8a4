"""Health: whether the parts of the runner answer, and how the queue stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.runner import migration
from telemparse.runner.database import Database, DatabaseUnavailable
from telemparse.runner.queues import open_queue
from telemparse.runner.states import JobState
from telemparse.runner.tools import storage_of
from telemparse.storage.failures import StorageFailed

if TYPE_CHECKING:
    from telemparse.runner.jobs import Depth, Queue
    from telemparse.runner.settings import Settings
    from telemparse.storage.objects import Storage

__all__ = ["Health", "health_at", "health_of"]


@attrs.frozen(kw_only=True)
class Health:
    """How the runner is.

    Args:
        database: `ok`, or the code and words of what is wrong.
        schema: revision of the database, None for one without tables.
        storage: `ok`, or the code of what is wrong.
        queue: what is in it, None when the database does not answer.
        workers: ids of those that hold jobs.
    """

    database: str
    schema: str | None
    storage: str
    queue: Depth | None
    workers: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True when all parts answer."""
        return self.database == "ok" and self.storage == "ok"

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, for JSON."""
        return {"ok": self.ok, **attrs.asdict(self), "workers": list(self.workers)}


def health_at(settings: Settings) -> Health:
    """Ask every part that settings name, also where a pipeline would refuse the database.

    Raises CallError and MissingExtra as a pipeline does.
    """
    with Database.open(settings) as database:
        queue = open_queue(database, settings)
        try:
            return health_of(database, queue, storage_of(settings))
        finally:
            queue.close()


def health_of(database: Database, queue: Queue, storage: Storage) -> Health:
    """Ask every part; never raises for one that does not answer."""
    words, schema, depth, workers = "ok", None, None, ()
    try:
        with database.reading() as connection:
            schema = migration.current(connection)
            migration.check(connection)
            jobs = database.tables.jobs.c
            held = sa.select(jobs.locked_by).where(jobs.status == JobState.RUNNING).distinct()
            workers = tuple(sorted(name for name in connection.scalars(held) if name))
        depth = queue.depth()
    except (DatabaseUnavailable, migration.SchemaMismatch) as error:
        words = str(error)
    try:
        storage.check()
    except StorageFailed as failed:
        stored = failed.code
    else:
        stored = "ok"
    return Health(database=words, schema=schema, storage=stored, queue=depth, workers=workers)
