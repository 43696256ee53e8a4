"""The database: an engine with the habits that the runner counts on, and transactions on it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from telemparse.errors import CallError, MissingExtra, TelemparseError
from telemparse.runner.tables import tables
from telemparse.runner.words import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from telemparse.runner.settings import Settings
    from telemparse.runner.tables import Tables

__all__ = ["Database", "DatabaseUnavailable", "unavailable"]

# Writers of one file queue up; whoever waits longer than this has met a dead lock of ours.
_BUSY_MS = 60_000
_RETRY_S = 0.01
_CONNECT_S = 10
_POOL = 8
_OVERFLOW = 24


class DatabaseUnavailable(TelemparseError):  # noqa: N818  (what was found)
    """The database does not answer, or does not take what is written; asking again may help."""

    code = "DATABASE_UNAVAILABLE"


@contextmanager
def unavailable(driver: Any = sa.exc) -> Iterator[None]:
    """Turn what drivers raise when a database is away, locked, full or read-only into one exception.

    Args:
        driver: whose exceptions come, SQLAlchemy's or those of the driver's own module.
    """
    try:
        yield
    except (driver.OperationalError, driver.InterfaceError, driver.InternalError) as error:
        cause = getattr(error, "orig", error)
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            # What SQLite says of a statement that cannot be right, as for want of a table.
            raise
        # Only the driver's first line: the rest are statements and their values.
        words = str(cause).partition("\n")[0]
        raise DatabaseUnavailable(f"{DatabaseUnavailable.code}: {words}") from error
    except sa.exc.TimeoutError as error:
        raise DatabaseUnavailable(f"{DatabaseUnavailable.code}: no connection is free") from error


@attrs.frozen
class Database:
    """An open database with its tables; close it, or use it in `with`.

    Args:
        engine: of SQLAlchemy.
        tables: under the names of the settings.
    """

    engine: Engine
    tables: Tables

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Return the database of settings; nothing is asked of it yet.

        Raises CallError for a URL that is none, MissingExtra for Postgres without the extra `postgres`.
        """
        return cls(_engine(settings.database_url), tables(settings.job_queue_table))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @property
    def where(self) -> str:
        """The URL without what may be a secret, for people."""
        return self.engine.url.set(query={}).render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database, None for a server."""
        name = self.engine.url.database
        return None if self.is_postgres or name is None else Path(name)

    @property
    def is_postgres(self) -> bool:
        """True for Postgres, False for SQLite."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection in a transaction that may write: all of it is committed, or nothing.

        Raises DatabaseUnavailable.
        """
        with unavailable(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database and writes nothing.

        Raises DatabaseUnavailable.
        """
        with unavailable(), self.engine.connect() as connection:
            if self.is_postgres:
                # By itself each statement would see another state.
                yield connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            else:
                yield connection.execution_options(telemparse_reading=True)

    def delete_some(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        """Delete rows and return how many; where there are none, nobody who writes is held up.

        Raises DatabaseUnavailable.
        """
        with self.reading() as connection:
            found = connection.execute(
                sa.select(sa.literal(1)).select_from(table).where(*conditions).limit(1)
            )
            if found.first() is None:
                return 0
        with self.transaction() as connection:
            return connection.execute(table.delete().where(*conditions)).rowcount

    def committing_engine(self) -> Engine:
        """Return an engine for the driver's own statements, each of them a transaction.

        That of SQLite is the database's own; dispose of the one of Postgres.
        """
        if not self.is_postgres:
            return self.engine
        # Statements of the queue are planned once and kept. A plan made while the table was empty would
        # read all of it when it has grown.
        return _postgres(
            self.engine.url, "-c enable_seqscan=off", isolation_level="AUTOCOMMIT", pool_use_lifo=True,
            pool_reset_on_return=None,
        )  # fmt: skip


def _engine(url_text: str) -> Engine:
    try:
        url = make_url(url_text)
    except ArgumentError:
        # The text may hold a password.
        raise CallError(
            "the database URL is none: sqlite:///FILE or postgresql://USER:WORD@HOST/NAME"
        ) from None
    if url.drivername == "sqlite":
        return _sqlite(url)
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return _postgres(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    raise CallError(f"{url.drivername} is no database of the runner: sqlite or postgresql")


def _sqlite(url: sa.URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise CallError("the runner needs an SQLite file: several connections have to see it")
    engine = sa.create_engine(
        url, pool_size=_POOL, max_overflow=_OVERFLOW, json_serializer=json_text,
        connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
    )  # fmt: skip
    sa.event.listen(engine, "connect", _settle_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _settle_sqlite(connection: Any, _record: Any) -> None:
    # Transactions begin where we say it, and not where the driver thinks that one is needed.
    connection.isolation_level = None
    _turn_to_wal(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _turn_to_wal(connection: sqlite3.Connection) -> None:
    # Who finds a file in another mode asks for all of it, and SQLite refuses at once, without waiting,
    # where another writes: two who open a new file at the same time. The last one to close a file holds
    # all of it for a moment too.
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_RETRY_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail where another one wrote in between.
    reading = connection.get_execution_options().get("telemparse_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgres(url: sa.URL, *options: str, **more: Any) -> Engine:
    try:
        return sa.create_engine(
            url, pool_size=_POOL, max_overflow=_OVERFLOW, json_serializer=json_text, **more,
            connect_args={
                "connect_timeout": _CONNECT_S,
                "options": " ".join(("-c timezone=UTC", "-c lock_timeout=60s", *options)),
            },
        )  # fmt: skip
    except (ModuleNotFoundError, NoSuchModuleError):
        raise MissingExtra("postgres", "psycopg") from None
