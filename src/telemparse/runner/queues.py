"""Queues: the one that a database's dialect asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.runner.postgres_queue import PostgresQueue
from telemparse.runner.sqlite_queue import SqliteQueue

if TYPE_CHECKING:
    from telemparse.runner.database import Database
    from telemparse.runner.jobs import Queue
    from telemparse.runner.settings import Settings

__all__ = ["open_queue"]


def open_queue(database: Database, settings: Settings) -> Queue:  # noqa: ARG001  (a dialect to come may ask)
    """Return the queue in a database; close it before the database.

    Args:
        database: with its tables; nothing is asked of it yet.
        settings: those that the database was opened with.
    """
    return PostgresQueue(database) if database.is_postgres else SqliteQueue(database)
